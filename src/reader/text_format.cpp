// Loads rules/formats/*.yml. A document has a format with its signs, prefixes and samples, or what
// holds for all of them: carriers, extractions, blocks, mentions, key words. Captures and columns
// have loaders of their own.
#include "reader/text_format.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/problem.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "reader/capture.hpp"
#include "reader/text_format_impl.hpp"

namespace rdptriage::reader {

namespace {

class FormatLoader {
 public:
  FormatLoader(const base::SourceText& source, FormatSet::Impl& out, std::vector<Problem>& problems)
      : source_(source), out_(out), problems_(problems) {}

  void load() {
    auto documents = base::parse_yaml(source_);
    if (!documents) {
      problems_.push_back(std::move(documents).error());
      return;
    }
    documents_ = std::move(*documents);
    for (const base::YamlNode& document : documents_) load_document(document);
  }

  // After every file is loaded: a sample needs the extractions of all of them.
  void run_samples() {
    for (const base::YamlNode& document : documents_) {
      check_capture_samples(document, source_, out_.captures, problems_);
      const auto format =
          std::find_if(out_.formats.begin(), out_.formats.end(),
                       [&](const TextFormat& f) { return f.name == document.text_of("format"); });
      if (format == out_.formats.end()) continue;
      for_each(document, "samples", [&](const base::YamlNode& node) { run_sample(*format, node); });
    }
  }

 private:
  void problem(const base::YamlNode& node, std::string message, std::string help = {}) {
    problems_.push_back(
        base::make_problem("P080", source_, node, std::move(message), {}, std::move(help)));
  }

  // Every key must be one of `known`: a mistyped one would silently do nothing.
  bool check_keys(const base::YamlNode& node, const std::vector<std::string_view>& known) {
    if (!node.is_mapping()) {
      problem(node, "a mapping is expected here");
      return false;
    }
    for (const base::YamlNode& key : node.keys) {
      if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
      const auto near = base::nearest_word(key.text, known);
      problem(key, fmt::format("unknown key `{}`", key.text),
              near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
    }
    return true;
  }

  void load_document(const base::YamlNode& document) {
    if (is_capture_document(document)) {
      load_capture(document, source_, out_.captures, problems_);
      return;
    }
    if (load_columns(document, source_, out_.columns, out_.key_words, problems_)) return;
    if (!check_keys(document,
                    {"format", "title", "client", "signs", "prefixes", "samples", "extract",
                     "blocks", "key_words", "catch_all", "carriers", "names", "mentions"})) {
      return;
    }
    for_each(document, "key_words",
             [&](const base::YamlNode& node) { out_.key_words.add(node.text); });
    for_each(document, "carriers", [&](const base::YamlNode& node) { load_carrier(node); });
    for_each(document, "extract", [&](const base::YamlNode& node) {
      if (auto pattern = field_pattern(node, Use::anywhere))
        out_.extractions.push_back(std::move(*pattern));
    });
    for_each(document, "mentions", [&](const base::YamlNode& node) {
      if (auto pattern = compile(node)) out_.mentions.push_back(std::move(*pattern));
    });
    for_each(document, "blocks", [&](const base::YamlNode& node) { load_block(node); });
    if (!document.find("format")) return;
    TextFormat format;
    format.name = document.text_of("format");
    format.title = document.text_of("title");
    format.client = document.text_of("client");
    format.catch_all = document.find("catch_all") != nullptr;
    for_each(document, "signs", [&](const base::YamlNode& node) {
      if (auto pattern = compile(node)) format.signs.push_back(std::move(*pattern));
    });
    for_each(document, "names", [&](const base::YamlNode& node) {
      if (auto pattern = compile(node)) format.names.push_back(std::move(*pattern));
    });
    for_each(document, "prefixes", [&](const base::YamlNode& node) {
      if (auto pattern = field_pattern(node, Use::prefix))
        format.prefixes.push_back(std::move(*pattern));
    });
    if (!document.find("samples"))
      problem(document, "the format has no sample lines", "add `samples:` that show it works");
    out_.formats.push_back(std::move(format));
  }

  template <class Each>
  void for_each(const base::YamlNode& node, std::string_view key, Each each) {
    const base::YamlNode* list = node.find(key);
    if (!list) return;
    if (!list->is_sequence()) return problem(*list, fmt::format("`{}` is a list", key));
    for (const base::YamlNode& item : list->items) each(item);
  }

  std::optional<base::Pattern> compile(const base::YamlNode& node) {
    return compile(node, node.text);
  }

  std::optional<base::Pattern> compile(const base::YamlNode& node, std::string_view expression) {
    auto pattern = base::Pattern::compile(expression);
    if (pattern) return std::move(*pattern);
    problem(node, "the expression is refused: " + pattern.error().message,
            "RE2 syntax: no look-around, no back-references");
    return std::nullopt;
  }

  // `literal` of the file, one or a list; else what the expression itself needs.
  void add_literals(const base::YamlNode& node, std::string_view expression,
                    std::vector<std::string>& out) {
    constexpr std::size_t kShortest = base::LiteralSet::kShortest;
    const base::YamlNode* given = node.is_mapping() ? node.find("literal") : nullptr;
    if (given == nullptr) {
      out = base::required_literals(expression, base::PatternFlags::none, kShortest);
      return;
    }
    const auto add = [&](const base::YamlNode& literal) {
      if (literal.text.size() < kShortest) {
        return problem(literal, fmt::format("a literal has at least {} characters", kShortest));
      }
      out.push_back(base::to_lower_ascii(literal.text));
    };
    if (given->is_scalar()) return add(*given);
    for_each(node, "literal", add);
  }

  enum class Use : std::uint8_t { prefix, anywhere };

  std::optional<FieldPattern> field_pattern(const base::YamlNode& node, Use use) {
    const base::YamlNode* expression = node.is_scalar() ? &node : node.find("expr");
    if (node.is_mapping()) check_keys(node, {"expr", "hex", "literal", "lower", "set"});
    if (!expression) {
      problem(node, "an expression needs `expr`");
      return std::nullopt;
    }
    // What follows the part in front need not be looked at by the expression.
    constexpr std::string_view kRest = "(?P<Message>.*)$";
    std::string text = expression->text;
    const bool rest_is_message = use == Use::prefix && text.ends_with(kRest);
    if (rest_is_message) text.resize(text.size() - kRest.size());
    auto pattern = compile(*expression, text);
    if (!pattern) return std::nullopt;
    FieldPattern out{std::move(*pattern), {}, {}, {}, {}, rest_is_message};
    add_literals(node, text, out.literals);
    if (node.is_mapping()) {
      for_each(node, "hex", [&](const base::YamlNode& field) { out.hex.push_back(field.text); });
      for_each(node, "lower",
               [&](const base::YamlNode& field) { out.lowered.push_back(field.text); });
      if (const base::YamlNode* set = node.find("set"); set && set->is_mapping()) {
        for (std::size_t i = 0; i < set->keys.size(); ++i)
          out.set.emplace_back(set->keys[i].text, set->items[i].text);
      }
    }
    return out;
  }

  void load_carrier(const base::YamlNode& node) {
    auto pattern = field_pattern(node, Use::anywhere);
    if (!pattern) return;
    if (!pattern->pattern.group(kCarriedLine)) {
      return problem(node, fmt::format("a carrier needs the group `(?P<{}>.*)`", kCarriedLine));
    }
    out_.carriers.push_back(std::move(*pattern));
  }

  void load_block(const base::YamlNode& node) {
    if (!check_keys(node, {"service", "lines", "required", "within", "waits", "linger", "unless"}))
      return;
    LineBlock block;
    block.service = node.text_of("service");
    for_each(node, "lines", [&](const base::YamlNode& line) {
      if (auto pattern = field_pattern(line, Use::anywhere))
        block.lines.push_back(std::move(*pattern));
    });
    for_each(node, "required",
             [&](const base::YamlNode& field) { block.required.push_back(field.text); });
    if (const base::YamlNode* within = node.find("within")) {
      block.within =
          static_cast<unsigned>(std::clamp<std::int64_t>(within->integer().value_or(8), 1, 100));
    }
    if (const base::YamlNode* linger = node.find("linger")) {
      block.linger =
          static_cast<unsigned>(std::clamp<std::int64_t>(linger->integer().value_or(0), 0, 10));
    }
    block.waits = node.text_of("waits") == "true";
    for_each(node, "unless", [&](const base::YamlNode& expression) {
      if (auto pattern = compile(expression)) block.unless.push_back(std::move(*pattern));
    });
    if (block.lines.empty()) return problem(node, "a block needs at least one line");
    out_.blocks.push_back(std::move(block));
  }

  void run_sample(const TextFormat& format, const base::YamlNode& sample) {
    if (!check_keys(sample, {"line", "fields"})) return;
    std::vector<std::string> storage;
    LineFields got;
    const std::string_view line = sample.text_of("line");
    take_line_apart(out_, format, line, out_.every_line->look(line), storage, got);
    const base::YamlNode* fields = sample.find("fields");
    if (!fields || !fields->is_mapping())
      return problem(sample, "a sample needs `line` and `fields`");
    for (std::size_t i = 0; i < fields->keys.size(); ++i) {
      const auto field = std::find_if(got.fields.begin(), got.fields.end(), [&](const Field& f) {
        return f.name == fields->keys[i].text;
      });
      const std::string_view value =
          field == got.fields.end() ? std::string_view("(absent)") : field->value;
      if (value != fields->items[i].text) {
        problem(fields->items[i],
                fmt::format("the sample gives `{}` = `{}`", fields->keys[i].text, value));
      }
    }
  }

  base::SourceText source_;
  FormatSet::Impl& out_;
  std::vector<Problem>& problems_;
  std::vector<base::YamlNode> documents_;
};

}  // namespace

void SignFinder::index(const std::vector<TextFormat>& formats) {
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << (i % 64);
    for (const base::Pattern& sign : formats[i].signs) {
      const auto literals = base::required_literals(sign.expression(), base::PatternFlags::none,
                                                    base::LiteralSet::kShortest);
      if (literals.empty()) always_ |= bit;
      for (const std::string& literal : literals) literals_.add(literal, bit);
    }
  }
  literals_.index();
}

void FormatSet::Impl::index() {
  captures.index();
  signs.index(formats);
  std::vector<std::string> expressions;
  for (const FieldPattern& carrier : carriers) expressions.push_back(carrier.pattern.expression());
  if (expressions.empty()) return;
  constexpr std::int64_t kMaxBytes = std::int64_t{8} << 20;  // hostile lines fill such a cache
  auto together = base::PatternSet::compile(expressions, base::Anchor::start,
                                            base::PatternFlags::none, kMaxBytes);
  if (together) all_carriers = std::move(*together);
}

FormatSet::FormatSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FormatSet::FormatSet(FormatSet&&) noexcept = default;
FormatSet& FormatSet::operator=(FormatSet&&) noexcept = default;
FormatSet::~FormatSet() = default;

const CaptureSet& FormatSet::captures() const { return impl_->captures; }

FormatSet FormatSet::load(std::span<const FormatFile> files, std::vector<Problem>& problems) {
  auto impl = std::make_unique<Impl>();
  std::vector<FormatLoader> loaders;
  for (const FormatFile& file : files)
    loaders.emplace_back(base::SourceText{file.path, file.text}, *impl, problems);
  for (FormatLoader& loader : loaders) loader.load();
  impl->index();
  FormatSet set(std::move(impl));
  set.impl_->every_line.emplace(set, std::nullopt);
  for (FormatLoader& loader : loaders) loader.run_samples();
  return set;
}

}  // namespace rdptriage::reader
