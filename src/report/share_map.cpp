#include <nlohmann/json.hpp>

#include "rdptriage/share.hpp"

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
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace rdptriage
