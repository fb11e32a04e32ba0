#include "timeline/fate.hpp"

namespace rdptriage::timeline {

bool can_be_one_try(const Fate& client, const Fate& server, Server by) {
  if (!client.failed()) return true;
  static const std::size_t host_tcp = *stage_depth("host-tcp");
  const std::size_t broke = *client.broke;
  const bool got_over_it = server.broke && server.passed && *server.passed > *server.broke;
  const bool server_failed = server.broke && !got_over_it;
  const std::size_t server_broke = server_failed ? *server.broke : 0;
  if (is_optional_stage(broke)) {
    // What the gateway calls a stage need not be what the client calls it; but the host saw nobody.
    return by == Server::gateway || ((!server.passed || *server.passed < host_tcp) &&
                                     (!server_failed || server_broke < host_tcp));
  }
  if (broke <= host_tcp) {
    if (server.passed && *server.passed >= broke) return false;
    return !server_failed || server_broke == host_tcp;
  }
  // The stages on the host run into each other, so each side may name another one.
  return !server_failed || server_broke >= host_tcp;
}

}  // namespace rdptriage::timeline
