#include "pipeline/pack_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <unordered_map>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "base/yaml.hpp"

namespace rdptriage::pipeline {

namespace {
// "1.10.2" → 1, 10, 2; a part that is no number counts as 0.
std::vector<unsigned> parts_of(std::string_view version) {
  std::vector<unsigned> out;
  for (const std::string_view part : base::split(version, '.')) {
    unsigned number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    out.push_back(number);
  }
  while (!out.empty() && out.back() == 0) out.pop_back();
  return out;
}

constexpr std::string_view kKeys[] = {"version", "min_engine", "date",
                                      "license", "title",      "sha256"};
constexpr std::string_view kUpdate = "update rdptriage, or take an older version of the pack";

// Checks the files of one pack against the list that it has of them.
class SumCheck {
 public:
  SumCheck(const base::SourceText& pack, const base::YamlNode& sums, std::vector<Problem>& problems)
      : pack_(pack),
        sums_(sums),
        folder_(pack.file.substr(0, pack.file.find_last_of("/\\") + 1)),
        problems_(problems) {}

  void check(std::span<const base::SourceText> files) {
    std::unordered_map<std::string_view, std::string_view> here;  // path in the pack → text
    for (const base::SourceText& file : files) {
      const bool inside = file.file.substr(0, folder_.size()) == folder_;
      if (inside && file.file != pack_.file) here[file.file.substr(folder_.size())] = file.text;
    }
    for (std::size_t i = 0; i < sums_.keys.size(); ++i) {
      const auto file = here.find(sums_.keys[i].text);
      if (file == here.end()) {
        add(sums_.keys[i], fmt::format("the file `{}` of the pack is missing", sums_.keys[i].text));
        continue;
      }
      base::Sha256 hash;
      hash.update(file->second);
      if (base::to_hex(hash.finish()) != base::to_lower_ascii(sums_.items[i].text))
        add(sums_.items[i], fmt::format("`{}` is not the file that the pack lists", file->first));
      here.erase(file);
    }
    std::vector<std::string_view> others;
    for (const auto& [path, text] : here) others.push_back(path);
    std::sort(others.begin(), others.end());
    for (const std::string_view path : others)
      add(sums_, fmt::format("the pack does not list the file `{}`", path));
  }

 private:
  void add(const base::YamlNode& at, std::string message) {
    problems_.push_back(base::make_problem(
        "P039", pack_, at, std::move(message), "",
        "take the pack anew from its source; your own rules belong into a folder of their own"));
  }

  const base::SourceText& pack_;
  const base::YamlNode& sums_;
  std::string_view folder_;
  std::vector<Problem>& problems_;
};
}  // namespace

PackInfo read_pack_info(const base::SourceText& source) {
  PackInfo out;
  const auto documents = base::parse_yaml(source);
  if (!documents || documents->empty()) return out;
  const base::YamlNode& root = documents->front();
  out.version = root.text_of("version");
  const std::string midnight = std::string(root.text_of("date")) + "T00:00:00Z";
  if (const auto time = base::parse_iso8601(midnight)) out.date = Timestamp{time->ticks};
  return out;
}

std::vector<Problem> check_pack(const base::SourceText& pack,
                                std::span<const base::SourceText> files) {
  std::vector<Problem> out;
  const auto documents = base::parse_yaml(pack);
  if (!documents) return {documents.error()};
  if (documents->empty()) return out;
  const base::YamlNode& root = documents->front();
  for (const base::YamlNode& key : root.keys) {
    if (std::find(std::begin(kKeys), std::end(kKeys), key.text) != std::end(kKeys)) continue;
    const std::string_view near =
        base::nearest_word(key.text, {std::begin(kKeys), std::end(kKeys)});
    out.push_back(base::make_problem(
        "P013", pack, key, fmt::format("unknown key `{}` of a pack", key.text), "",
        near.empty() ? fmt::format("known are: {}", fmt::join(kKeys, ", "))
                     : fmt::format("did you mean `{}`?", near)));
  }
  const base::YamlNode* least = root.find("min_engine");
  if (least != nullptr && parts_of(least->text) > parts_of(RDPTRIAGE_VERSION)) {
    out.push_back(base::make_problem("P038", pack, *least,
                                     fmt::format("the pack needs rdptriage {} or newer; this is {}",
                                                 least->text, RDPTRIAGE_VERSION),
                                     "", std::string(kUpdate)));
  }
  const base::YamlNode* sums = root.find("sha256");
  if (sums == nullptr) return out;
  if (!sums->is_mapping()) {
    out.push_back(base::make_problem("P012", pack, *sums, "`sha256` must be a map", "",
                                     "write a line for each file: `detections/x.yml: <sum>`"));
  } else {
    SumCheck(pack, *sums, out).check(files);
  }
  return out;
}

}  // namespace rdptriage::pipeline
