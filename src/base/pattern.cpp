#include "base/pattern.hpp"

#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>

namespace rdptriage::base {

namespace {
re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

re2::RE2::Options options_for(PatternFlags flags) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!has_flag(flags, PatternFlags::ignore_case));
  options.set_dot_nl(has_flag(flags, PatternFlags::dot_all));
  return options;
}

// RE2 knows multi-line only as a flag inside the expression.
std::string with_flags(std::string_view expression, PatternFlags flags) {
  return has_flag(flags, PatternFlags::multi_line) ? "(?m)" + std::string(expression)
                                                   : std::string(expression);
}

re2::RE2::Anchor anchor_for(Anchor anchor) {
  switch (anchor) {
    case Anchor::start:
      return re2::RE2::ANCHOR_START;
    case Anchor::both:
      return re2::RE2::ANCHOR_BOTH;
    default:
      return re2::RE2::UNANCHORED;
  }
}
}  // namespace

Pattern::Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::compile(std::string_view expression, PatternFlags flags) {
  Pattern out;
  out.expression_ = expression;
  out.regex_ = std::make_unique<re2::RE2>(with_flags(expression, flags), options_for(flags));
  if (!out.regex_->ok()) {
    return fail("PATTERN_INVALID", out.regex_->error(), out.regex_->error_arg(),
                "RE2 syntax has no look-around and no back-references");
  }
  out.group_count_ = static_cast<std::size_t>(out.regex_->NumberOfCapturingGroups());
  for (const auto& [number, name] : out.regex_->CapturingGroupNames()) {
    out.names_.emplace_back(name, static_cast<std::size_t>(number));
  }
  return out;
}

bool Pattern::search(std::string_view text) const {
  return regex_->Match(piece(text), 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

bool Pattern::full_match(std::string_view text) const {
  return regex_->Match(piece(text), 0, text.size(), re2::RE2::ANCHOR_BOTH, nullptr, 0);
}

bool Pattern::match(std::string_view text, Anchor anchor,
                    std::span<std::string_view> captures) const {
  constexpr std::size_t kInline = 32;
  const std::size_t wanted = std::min(captures.size(), group_count_ + 1);
  std::array<re2::StringPiece, kInline> few;
  std::vector<re2::StringPiece> many;
  re2::StringPiece* groups = few.data();
  if (wanted > kInline) {
    many.resize(wanted);
    groups = many.data();
  }
  if (!regex_->Match(piece(text), 0, text.size(), anchor_for(anchor), groups,
                     static_cast<int>(wanted))) {
    return false;
  }
  for (std::size_t i = 0; i < captures.size(); ++i) {
    captures[i] = i < wanted && groups[i].data() != nullptr
                      ? std::string_view(groups[i].data(), groups[i].size())
                      : std::string_view{};
  }
  return true;
}

std::optional<std::size_t> Pattern::group(std::string_view name) const {
  for (const auto& [known, number] : names_) {
    if (known == name) return number;
  }
  return std::nullopt;
}

struct PatternSet::Impl {
  re2::RE2::Set set;
};

PatternSet::PatternSet() = default;
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;
PatternSet::~PatternSet() = default;

Result<PatternSet> PatternSet::compile(std::span<const std::string> expressions, Anchor anchor,
                                       PatternFlags flags, std::int64_t max_bytes) {
  re2::RE2::Options options = options_for(flags);
  options.set_max_mem(max_bytes);
  PatternSet out;
  out.impl_ = std::make_unique<Impl>(Impl{re2::RE2::Set(options, anchor_for(anchor))});
  for (const std::string& expression : expressions) {
    std::string error;
    if (out.impl_->set.Add(with_flags(expression, flags), &error) < 0) {
      return fail("PATTERN_INVALID", error, expression,
                  "RE2 syntax has no look-around and no back-references");
    }
  }
  if (!out.impl_->set.Compile()) {
    return fail("PATTERN_SET_TOO_LARGE", "the expressions together need too much memory");
  }
  return out;
}

bool PatternSet::match(std::string_view text, std::vector<int>& found) const {
  found.clear();
  re2::RE2::Set::ErrorInfo error{};
  // Asked for no positions, RE2 allocates nothing and stops at the first match; most texts have
  // none.
  if (!impl_->set.Match(piece(text), nullptr, &error)) return error.kind == re2::RE2::Set::kNoError;
  if (!impl_->set.Match(piece(text), &found, &error)) {
    found.clear();
    return error.kind == re2::RE2::Set::kNoError;
  }
  std::sort(found.begin(), found.end());
  return true;
}

std::vector<std::string> required_literals(std::string_view expression, PatternFlags flags,
                                           std::size_t shortest) {
  re2::FilteredRE2 filter(static_cast<int>(shortest));
  int id = 0;
  if (filter.Add(with_flags(expression, flags), options_for(flags), &id) != re2::RE2::NoError) {
    return {};
  }
  std::vector<std::string> atoms;
  filter.Compile(&atoms);
  for (const std::string& atom : atoms) {
    const bool ascii = std::all_of(atom.begin(), atom.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!ascii) return {};
  }
  // Atoms stand under AND and OR. Of those that an AND joins one is enough, the longest: each atom,
  // shortest first, is left out as long as the lack of the others still rules the expression out.
  const auto ruled_out_without = [&](const std::vector<bool>& needed) {
    std::vector<int> there, possible;
    for (std::size_t i = 0; i < atoms.size(); ++i) {
      if (!needed[i]) there.push_back(static_cast<int>(i));
    }
    filter.AllPotentials(there, &possible);
    return possible.empty();
  };
  std::vector<bool> needed(atoms.size(), true);
  if (atoms.empty() || !ruled_out_without(needed)) return {};
  std::vector<std::size_t> order(atoms.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  // RE2 numbers atoms in no fixed order.
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(atoms[a].size(), std::string_view(atoms[a])) <
           std::pair(atoms[b].size(), std::string_view(atoms[b]));
  });
  for (const std::size_t i : order) {
    needed[i] = false;
    if (!ruled_out_without(needed)) needed[i] = true;
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (needed[i]) out.push_back(atoms[i]);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string quote_pattern(std::string_view text) { return re2::RE2::QuoteMeta(piece(text)); }

}  // namespace rdptriage::base
