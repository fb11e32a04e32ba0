#include <nlohmann/json.hpp>

#include "rdptriage/share.hpp"
#include "report/json_document.hpp"

namespace rdptriage {

std::string write_share_map(const SharedReport& shared) {
  using Json = nlohmann::ordered_json;
  Json names = Json::array();
  for (const auto& [real, pseudonym] : shared.map)
    names.push_back({{"real", real}, {"pseudonym", pseudonym}});
  const Json json = {{"schema_version", "1.0"},
                     {"kind", "rdptriage.share-map"},
                     {"fingerprint", shared.report.case_fingerprint},
                     {"names", names}};
  return report::write_document(json);
}

}  // namespace rdptriage
