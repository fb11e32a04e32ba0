#include "reader/netstat.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"

using namespace rdptriage::reader;

TEST_CASE("netstat row: every tool's shape gives the same fields") {
  struct Case {
    const char* line;
    const char* want;  // protocol local port remote port state pid image
  };
  constexpr Case kCases[] = {
      {"  TCP    192.0.2.25:50231       198.51.100.20:3389     SYN_SENT        9412",
       "TCP 192.0.2.25 50231 198.51.100.20 3389 SYN_SENT 9412 "},
      {"  TCP    192.0.2.25:50231       198.51.100.20:3389     SYN_SENT",
       "TCP 192.0.2.25 50231 198.51.100.20 3389 SYN_SENT  "},
      {"  TCP    0.0.0.0:135            0.0.0.0:0              IN ASCOLTO      1012",
       "TCP 0.0.0.0 135 0.0.0.0 0 IN ASCOLTO 1012 "},
      {"  TCP    192.0.2.31:139  0.0.0.0:0  LISTENING  4  InHost",
       "TCP 192.0.2.31 139 0.0.0.0 0 LISTENING 4 "},
      {"  TCP    [2001:db8:1::25]:50871  [2001:db8:2::10]:3389  SYN_SENT        9412",
       "TCP 2001:db8:1::25 50871 2001:db8:2::10 3389 SYN_SENT 9412 "},
      {"  UDP    [fe80::9d2:41ff:feaa:1c07%11]:1900  *:*                                    3340",
       "UDP fe80::9d2:41ff:feaa:1c07%11 1900 * *  3340 "},
      {"  TCP    WS-0417:50114          rds01:ms-wbt-server    ESTABLISHED",
       "TCP WS-0417 50114 rds01 ms-wbt-server ESTABLISHED  "},
      {"tcp        0      1 192.0.2.25:47778        198.51.100.20:3389      SYN_SENT    "
       "29674/xfreerdp",
       "TCP 192.0.2.25 47778 198.51.100.20 3389 SYN_SENT 29674 xfreerdp"},
      {"tcp6       0      0 :::3389                 :::*                    LISTEN      -",
       "TCP :: 3389 :: * LISTEN  "},
      {"tcp4       0      0  192.0.2.5.50123        198.51.100.20.3389     SYN_SENT",
       "TCP 192.0.2.5 50123 198.51.100.20 3389 SYN_SENT  "},
      {"udp        0      0 0.0.0.0:68              0.0.0.0:*                           "
       "512/dhclient",
       "UDP 0.0.0.0 68 0.0.0.0 *  512 dhclient"},
      {"SYN-SENT  0      1         192.0.2.25:51570 198.51.100.21:3389 "
       "users:((\"xfreerdp\",pid=29852,fd=29)) timer:(on,600ms,4)",
       "TCP 192.0.2.25 51570 198.51.100.21 3389 SYN-SENT 29852 xfreerdp"},
      {"tcp   ESTAB 0      0      192.0.2.25%eth0:35302 198.51.100.10:443",
       "TCP 192.0.2.25%eth0 35302 198.51.100.10 443 ESTAB  "},
      {"192.0.2.25                          50231     198.51.100.20                       3389     "
       "  SynSent                    9412",
       "TCP 192.0.2.25 50231 198.51.100.20 3389 SynSent 9412 "},
      {"::                                  135       ::                                  0        "
       "  Listen                     1012",
       "TCP :: 135 :: 0 Listen 1012 "},
      {"  Proto  Local Address          Foreign Address        State           PID", ""},
      {"State     Recv-Q Send-Q Local Address:Port   Peer Address:PortProcess", ""},
      {" [svchost.exe]", ""},
      {"  TCP    192.0.2.25:50231       198.51", ""},
      {"", ""},
  };
  for (const Case& c : kCases) {
    INFO(c.line);
    const auto got = parse_socket_row(c.line);
    REQUIRE(got.has_value() == (c.want[0] != '\0'));
    if (!got) continue;
    const SocketRow& r = got->row;
    CHECK(fmt::format("{} {} {} {} {} {} {} {}", r.protocol, r.local_ip, r.local_port, r.remote_ip,
                      r.remote_port, r.state, r.process_id, r.image) == c.want);
  }
}
