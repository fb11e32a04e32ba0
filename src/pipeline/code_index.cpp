#include "pipeline/code_index.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/yaml.hpp"

namespace rdptriage::pipeline {
namespace {

using diagnosis::CodeTable;

constexpr std::string_view kCodes = "codes/", kClaims = "codes/claims.yml", kCauses = "causes/";
// A row for a range of codes, as the tables are laid out.
constexpr std::string_view kRange = "      to: ";

bool is_table(const PackFile& file) {
  return file.path.starts_with(kCodes) && file.path != kClaims;
}

template <class Wanted>  // bool(std::string_view line)
bool any_line(std::string_view text, Wanted wanted) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (wanted(text.substr(0, end))) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

// The embedded pack is tested as a whole, so a table that does not parse does not get here.
std::optional<CodeTable> load(const PackFile& file) {
  auto table = diagnosis::parse_code_table({file.path, file.text});
  if (!table) return std::nullopt;
  return std::move(*table);
}

template <class Wanted>  // bool(const PackFile&)
std::vector<CodeTable> load_if(Wanted wanted) {
  std::vector<CodeTable> tables;
  for (const PackFile& file : embedded_pack()) {
    if (!is_table(file) || !wanted(file)) continue;
    if (auto table = load(file)) tables.push_back(std::move(*table));
  }
  return tables;
}

// The value of a top-level `title`, which is a text or a map of languages.
std::string title_in(std::string_view document) {
  std::size_t start = document.starts_with("title:") ? 0 : document.find("\ntitle:");
  if (start == std::string_view::npos) return {};
  if (document[start] == '\n') ++start;
  std::size_t end = document.find('\n', start);
  while (end != std::string_view::npos && end + 1 < document.size() && document[end + 1] == ' ') {
    end = document.find('\n', end + 1);
  }
  const auto parsed = base::parse_yaml({"title", document.substr(start, end - start)});
  if (!parsed || parsed->empty()) return {};
  const base::YamlNode* title = parsed->front().find("title");
  if (title == nullptr) return {};
  return title->is_mapping() ? std::string(title->text_of("en")) : title->text;
}

}  // namespace

bool is_same_name(std::string_view stored, std::string_view asked) {
  if (base::equals_ignoring_case(stored, asked)) return true;
  const std::string_view family = family_of(stored);
  return !family.empty() && base::equals_ignoring_case(stored.substr(family.size()), asked);
}

std::string_view family_of(std::string_view name) {
  for (const std::string_view prefix :
       {"ERRINFO_", "ERRCONNECT_", "exDiscReason", "E_PROXY_", "STATUS_", "ERR_", "ERROR_"}) {
    if (base::equals_ignoring_case(name.substr(0, prefix.size()), prefix)) return prefix;
  }
  return {};
}

std::vector<CodeTable> tables_with_code(std::uint32_t code) {
  using diagnosis::Notation;
  const std::string forms[] = {format_code(code, Notation::decimal),
                               format_code(code, Notation::hex), format_code(code, Notation::hex8)};
  return load_if([&](const PackFile& file) {
    return any_line(file.text, [&](std::string_view line) {
      if (line.starts_with(kRange)) return true;
      const bool names_codes = line.find("code: ") != std::string_view::npos ||
                               line.find("also: ") != std::string_view::npos;
      return names_codes && std::any_of(std::begin(forms), std::end(forms), [&](const auto& form) {
               return base::has_word(line, form);
             });
    });
  });
}

std::vector<CodeTable> tables_with_name(std::string_view name) {
  const std::string wanted = base::to_lower_ascii(name);
  return load_if([&](const PackFile& file) {
    return any_line(file.text, [&](std::string_view line) {
      return line.find("names: ") != std::string_view::npos &&
             base::to_lower_ascii(line).find(wanted) != std::string::npos;
    });
  });
}

std::vector<CodeTable> all_tables() {
  return load_if([](const PackFile&) { return true; });
}

std::optional<CodeTable> table_of(std::string_view id) {
  for (const PackFile& file : embedded_pack()) {
    if (is_table(file) && file.path.substr(kCodes.size()) == std::string(id) + ".yml") {
      return load(file);
    }
  }
  return std::nullopt;
}

std::vector<std::string_view> tables_called(std::string_view word) {
  std::vector<std::string_view> ids;
  for (const PackFile& file : embedded_pack()) {
    if (!is_table(file)) continue;
    std::string_view id = file.path.substr(kCodes.size());
    id = id.substr(0, id.rfind('.'));
    const auto parts = base::split(id, '-');
    const bool called = std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
      return base::equals_ignoring_case(part, word);
    });
    if (called) ids.push_back(id);
  }
  return ids;
}

const std::vector<diagnosis::Claim>& all_claims() {
  static const std::vector<diagnosis::Claim> claims = [] {
    for (const PackFile& file : embedded_pack()) {
      if (file.path != kClaims) continue;
      if (auto parsed = diagnosis::parse_claims({file.path, file.text})) return std::move(*parsed);
    }
    return std::vector<diagnosis::Claim>();
  }();
  return claims;
}

std::string cause_id_of(std::string_view path) {
  if (!path.starts_with(kCauses) || !path.ends_with(".yml")) return {};
  path.remove_prefix(kCauses.size());
  path.remove_suffix(4);
  std::string id(path);
  const std::size_t slash = id.find('/');
  if (slash == std::string::npos) return {};
  id[slash] = '.';
  return id;
}

const PackFile* cause_file(std::string_view id) {
  const PackFile* by_last_part = nullptr;
  unsigned found = 0;
  for (const PackFile& file : embedded_pack()) {
    const std::string known = cause_id_of(file.path);
    if (known.empty()) continue;
    if (base::equals_ignoring_case(known, id)) return &file;
    if (base::equals_ignoring_case(known.substr(known.find('.') + 1), id)) {
      by_last_part = &file;
      ++found;
    }
  }
  return found == 1 ? by_last_part : nullptr;
}

std::string cause_title(const PackFile& file) { return title_in(file.text); }

std::string rule_title(std::string_view handle) {
  const std::string line = "\nname: " + std::string(handle) + '\n';
  for (const PackFile& file : embedded_pack()) {
    if (!file.path.starts_with("detections/") && !file.path.starts_with("correlations/")) continue;
    const std::size_t at = file.text.find(line);
    if (at == std::string_view::npos) continue;
    // A file can hold several documents: the one around the name.
    std::size_t begin = file.text.rfind("\n---", at);
    begin = begin == std::string_view::npos ? 0 : begin + 1;
    const std::size_t end = file.text.find("\n---", at);
    return title_in(file.text.substr(begin, end == std::string_view::npos ? end : end - begin));
  }
  return {};
}

}  // namespace rdptriage::pipeline
