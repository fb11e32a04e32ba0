// A cause is a SARIF rule, a diagnosis a result, its evidence the result's locations, a notice a
// tool execution notification. A file inside a bundle names its bundle by parentIndex
// (SARIF 3.24.6). GitHub code scanning refuses more than 25,000 results, 25,000 rules or 1,000
// locations a result, shows only the first location, and needs a uri that is relative.
#include "report/sarif.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "rdptriage/names.hpp"
#include "report/json_document.hpp"
#include "report/safe_text.hpp"
#include "report/wording.hpp"

namespace rdptriage::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostLocations = 100;
constexpr std::size_t kMostNotifications = 1000;

std::string_view level_of(const Diagnosis& diagnosis) {
  switch (diagnosis.confidence.label) {
    case ConfidenceLabel::confirmed:
      return "error";
    case ConfidenceLabel::likely:
      return "warning";
    case ConfidenceLabel::possible:
      return "note";
  }
  return "note";
}

Json message(std::string_view text) { return {{"text", safe_text(text, LineBreaks::keep)}}; }

class SarifLog {
 public:
  explicit SarifLog(const Report& report) : report_(report) {
    for (std::size_t i = 0; i < report.artifacts.size(); ++i)
      artifact_index_[report.artifacts[i].id] = i;
  }

  Json build() const {
    Json run = {{"tool", {{"driver", driver()}}},
                {"invocations", Json::array({invocation()})},
                {"artifacts", artifacts()},
                {"results", results()},
                {"columnKind", "unicodeCodePoints"}};
    if (!report_.case_id.empty())
      run["automationDetails"] = {{"id", "rdptriage/" + safe_text(report_.case_id)}};
    return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
            {"version", "2.1.0"},
            {"runs", Json::array({run})}};
  }

 private:
  Json driver() const {
    Json rules = Json::array();
    for (const Diagnosis& diagnosis : report_.diagnoses) {
      Json rule = {{"id", diagnosis.cause}, {"shortDescription", message(diagnosis.title)}};
      if (!diagnosis.explanation.empty()) rule["fullDescription"] = message(diagnosis.explanation);
      if (!diagnosis.references.empty()) rule["helpUri"] = diagnosis.references.front().url;
      rule["properties"] = {{"tags", Json::array({diagnosis.category})}};
      rules.push_back(rule);
    }
    Json driver = {{"name", "rdptriage"}, {"version", report_.tool_version}, {"rules", rules}};
    return driver;
  }

  Json invocation() const {
    Json notifications = Json::array();
    for (const Notice& notice : report_.notices) {
      if (notifications.size() == kMostNotifications) break;
      Json item = {{"descriptor", {{"id", notice.code}}},
                   {"level", "warning"},
                   {"message", message(notice.text)}};
      if (notice.artifact && *notice.artifact < report_.artifacts.size()) {
        item["locations"] = Json::array(
            {{{"physicalLocation", {{"artifactLocation", artifact_location(*notice.artifact)}}}}});
      }
      notifications.push_back(item);
    }
    return {{"executionSuccessful", report_.status != Status::failed},
            {"toolExecutionNotifications", notifications}};
  }

  Json artifact_location(std::size_t index) const {
    return {{"uri", sarif_uri(report_.artifacts[index].path)}, {"index", index}};
  }

  Json artifacts() const {
    Json list = Json::array();
    for (const ArtifactReport& artifact : report_.artifacts) {
      Json item = {{"location", {{"uri", sarif_uri(artifact.path)}}}};
      if (const auto parent = artifact_index_.find(artifact.parent);
          parent != artifact_index_.end()) {
        item["parentIndex"] = parent->second;
      }
      if (artifact.bytes) item["length"] = *artifact.bytes;
      if (!artifact.sha256.empty()) item["hashes"] = {{"sha-256", artifact.sha256}};
      list.push_back(item);
    }
    return list;
  }

  Json location_of(const Evidence& evidence) const {
    Json location;
    const auto artifact = artifact_index_.find(evidence.artifact);
    if (artifact != artifact_index_.end()) {
      Json region;
      if (evidence.line) {
        region["startLine"] = *evidence.line;
      } else if (evidence.byte_length != 0) {
        region["byteOffset"] = evidence.byte_offset;
        region["byteLength"] = evidence.byte_length;
      }
      if (!region.is_null() && !evidence.text.empty())
        region["snippet"] = message(cut_to(evidence.text, 1000));
      Json physical = {{"artifactLocation", artifact_location(artifact->second)}};
      if (!region.is_null()) physical["region"] = region;
      location["physicalLocation"] = physical;
    }
    std::string text = evidence.id + " " + place_of(report_, evidence);
    if (const std::string time = time_of(evidence); !time.empty()) text += " " + time;
    location["message"] = message(text);
    return location;
  }

  Json results() const {
    Json list = Json::array();
    for (std::size_t i = 0; i < report_.diagnoses.size(); ++i) {
      const Diagnosis& diagnosis = report_.diagnoses[i];
      std::string text = diagnosis.title;
      if (!diagnosis.explanation.empty()) text += ". " + diagnosis.explanation;
      Json locations = Json::array();
      for (const std::string& id : diagnosis.evidence) {
        const Evidence* evidence = find_evidence(report_, id);
        if (evidence && locations.size() < kMostLocations)
          locations.push_back(location_of(*evidence));
      }
      Json result = {{"ruleId", diagnosis.cause},
                     {"ruleIndex", i},
                     {"level", level_of(diagnosis)},
                     {"message", message(text)},
                     {"locations", locations}};
      if (!report_.ticket.dedupe_key.empty()) {
        result["partialFingerprints"] = {
            {"rdptriage/v1", report_.ticket.dedupe_key + "/" + diagnosis.cause}};
      }
      list.push_back(result);
    }
    return list;
  }

  const Report& report_;
  std::map<std::string, std::size_t> artifact_index_;
};

}  // namespace

// RFC 3986: what is not unreserved or a slash is percent-encoded, so that any file name is a
// relative reference.
std::string sarif_uri(std::string_view path) {
  std::string out;
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

void write_sarif(const Report& report, const WriteOptions&, std::ostream& out) {
  out << write_document(SarifLog(report).build());
}

}  // namespace rdptriage::report
