// rules/schema/pysigma-pipeline.yaml: only what pySigma's ProcessingPipeline.from_dict takes (1.5:
// it refuses any other key of the pipeline, and hands those of an item to the constructor of its
// transformation or condition), and the same channels and conditions as rules/logsources.yml.
#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/yaml.hpp"
#include "support/catch.hpp"

using namespace rdptriage;
using base::YamlNode;

namespace {
YamlNode document(const std::string& path) {
  std::ifstream in(RDPTRIAGE_SOURCE_DIR + path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto roots = base::parse_yaml({path, text});
  REQUIRE(roots);
  REQUIRE(roots->size() == 1);
  return roots->front();
}

void has_only(const YamlNode& map, std::initializer_list<std::string_view> allowed) {
  REQUIRE(map.is_mapping());
  for (const YamlNode& key : map.keys) {
    INFO("line " << key.line << ": " << key.text);
    CHECK(std::find(allowed.begin(), allowed.end(), key.text) != allowed.end());
  }
}

using Values = std::set<std::string>;
using Conditions = std::map<std::string, Values>;  // field → values

Values values_of(const YamlNode& node) {
  if (node.is_scalar()) return {node.text};
  Values out;
  for (const YamlNode& item : node.items) {
    CHECK(item.is_scalar());
    CHECK_FALSE(item.is_null());
    out.insert(item.text);
  }
  return out;
}

Conditions conditions_of(const YamlNode& map) {
  Conditions out;
  for (std::size_t i = 0; i < map.keys.size(); ++i) out[map.keys[i].text] = values_of(map.items[i]);
  return out;
}

// What logsources.yml says of a service: its channels, or another service with conditions.
Conditions meaning_of(const YamlNode& sources, const std::string& service) {
  const YamlNode& services = *sources.find("services");
  if (const YamlNode* channels = services.find(service)) return {{"Channel", values_of(*channels)}};
  for (const YamlNode& entry : sources.find("categories")->items) {
    if (entry.text_of("service") != service) continue;
    const auto& alternatives = entry.find("alternatives")->items;
    REQUIRE(alternatives.size() == 1);
    Conditions out = conditions_of(*alternatives[0].find("conditions"));
    out["Channel"] = values_of(*services.find(alternatives[0].text_of("service")));
    return out;
  }
  return {};
}

// The service of an item, after all its keys were checked.
std::string checked_service(const YamlNode& item) {
  has_only(item, {"id", "type", "conditions", "rule_conditions"});
  CHECK(item.text_of("type") == "add_condition");
  REQUIRE(item.find("conditions") != nullptr);
  CHECK(item.find("conditions")->is_mapping());
  const YamlNode* rules = item.find("rule_conditions");
  REQUIRE(rules != nullptr);
  REQUIRE(rules->is_sequence());
  REQUIRE(rules->items.size() == 1);
  const YamlNode& source = rules->items[0];
  has_only(source, {"type", "category", "product", "service"});
  CHECK(source.text_of("type") == "logsource");
  CHECK(source.text_of("product") == "windows");
  return std::string(source.text_of("service"));
}
}  // namespace

TEST_CASE("pySigma pipeline: what pySigma reads, and what the pack's own log sources mean") {
  const YamlNode pipeline = document("/rules/schema/pysigma-pipeline.yaml");
  const YamlNode sources = document("/rules/logsources.yml");
  has_only(pipeline, {"name", "priority", "transformations"});
  CHECK(pipeline.find("priority")->integer().has_value());
  Values services, ids;
  for (const YamlNode& item : pipeline.find("transformations")->items) {
    INFO("line " << item.line << ": " << item.text_of("id"));
    const std::string service = checked_service(item);
    CHECK(services.insert(service).second);
    CHECK(ids.insert(std::string(item.text_of("id"))).second);
    const Conditions meant = meaning_of(sources, service);
    CHECK_FALSE(meant.empty());
    CHECK(conditions_of(*item.find("conditions")) == meant);
  }
  // SigmaHQ's own pipelines know the other services.
  const auto is_own = [](const std::string& service) {
    return service == "rdpcorets" || (service.rfind("terminalservices-", 0) == 0 &&
                                      service != "terminalservices-localsessionmanager");
  };
  Values own = {"schannel", "nps"};
  for (const YamlNode& service : sources.find("services")->keys) {
    if (is_own(service.text)) own.insert(service.text);
  }
  CHECK(services == own);
}
