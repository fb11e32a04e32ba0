// What stays in shared text and what does not.
#include "report/pseudonyms.hpp"

#include "support/catch.hpp"

using rdptriage::report::Pseudonyms;
using rdptriage::report::Vocabulary;
using Kind = Pseudonyms::Kind;

namespace {

const Vocabulary& vocabulary() {
  static const Vocabulary kVocabulary = [] {
    Vocabulary words;
    words.add(
        "com freerdp connection to refused by print event record line log Rename-Account "
        "freerdp_set_last_error_ex Microsoft-Windows-TerminalServices-Gateway/Operational code "
        "{1139C61B-B549-4251-8ED3-27250A1EDEC8} error last set");
    words.add_common("the server user");
    return words;
  }();
  return kVocabulary;
}

std::string shared(std::string_view text) { return Pseudonyms(vocabulary()).text(text); }

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("share: what is in the vocabulary and plain numbers stay") {
  for (const char* text :
       {"connection refused by the server", "event 201, code 23003", "0x80075a1d 80090327 3389",
        "2026-11-20T08:11:52.1031234Z 09:41:37.331", "Microsoft-Windows-TerminalServices-Gateway",
        "{1139C61B-B549-4251-8ED3-27250A1EDEC8}", "freerdp_set_last_error_ex", "S-1-5-18",
        "127.0.0.1:3389 ::1 0.0.0.0:0 255.255.255.0", "…  ·  –", ""}) {
    CHECK(shared(text) == text);
  }
}

TEST_CASE("share: everything that tells who is concerned is replaced") {
  struct Row {
    const char* text;
    const char* gone;
  };
  constexpr Row kRows[] = {
      {"user zqanna refused", "zqanna"},
      {"user ZQCORP\\zqanna refused", "zqanna"},
      {"user ZQCORP\\\\zqanna refused", "ZQCORP"},
      {"to zqgw.zqcorp.example:443", "zqcorp"},
      {"to zq-pc-17", "zq-pc"},
      {"print-server refused", "print-server"},
      {"print_server refused", "print_server"},
      {"mail zq.anna@zqcorp.example", "anna"},
      {"\\\\zqfiles\\zqteam$\\x", "zqfiles"},
      {"\\\\zqfiles\\zqteam$\\x", "zqteam"},
      {"C:\\Users\\zqanna\\a.rdp", "zqanna"},
      {"/srv/homes/zqanna/x", "zqanna"},
      {"https://zqgw.example/path?user=zqanna", "zqanna"},
      {"203.0.113.77:51000", "203.0.113.77"},
      {"[2001:db8:beef::77]:3389", "beef"},
      {"fe80::1234:5678:9abc:def0%12", "9abc"},
      {"aa:bb:cc:12:34:56", "12:34:56"},
      {"AA-BB-CC-12-34-56", "12-34-56"},
      {"S-1-5-21-1111111111-2222222222-3333333333-4242", "2222222222"},
      {"S-1-5-21-1111111111-2222222222-3333333333-4242", "4242"},
      {"{5f3c2b1a-9d8e-4f70-8a6b-1c2d3e4f5a6b}", "5f3c2b1a"},
      {"0123456789abcdef0123456789abcdef01234567", "0123456789abcdef"},
      {"phone 004930123456789", "004930123456789"},
      {"\xE5\xB1\xB1\xE7\x94\xB0 refused", "\xE5\xB1\xB1"},
      {"M\xC3\xBCllerzq refused", "llerzq"},
      {"ZqAnna's connection", "ZqAnna"},
  };
  for (const Row& row : kRows) {
    INFO(row.text);
    CHECK_FALSE(contains(shared(row.text), row.gone));
  }
}

TEST_CASE("share: the class, the subnet, the port and loopback of addresses are kept") {
  Pseudonyms names(vocabulary());
  const std::string a = names.text("10.1.2.3"), b = names.text("10.1.2.99"),
                    c = names.text("10.1.7.3"), d = names.text("10.9.2.3");
  const auto start = [](const std::string& text, int dots) {
    std::size_t at = 0;
    for (int i = 0; i < dots; ++i) at = text.find('.', at) + 1;
    return text.substr(0, at);
  };
  CHECK(start(a, 1) == "10.");
  CHECK(start(a, 3) == start(b, 3));
  CHECK(a != b);
  CHECK(start(a, 2) == start(c, 2));
  CHECK(start(a, 3) != start(c, 3));
  CHECK(start(a, 2) != start(d, 2));
  CHECK(start(names.text("192.168.50.9"), 2) == "192.168.");
  CHECK(start(names.text("172.20.1.1"), 1) == "172.");
  CHECK(start(names.text("169.254.7.7"), 2) == "169.254.");
  CHECK(start(names.text("100.70.1.1"), 2) == "100.64.");
  CHECK(start(names.text("8.8.8.8"), 2) == "198.18.");
  const std::string endpoint = names.text("TCP 10.1.2.3:50112 8.8.8.8:443");
  CHECK(contains(endpoint, a + ":50112"));
  CHECK(contains(endpoint, ":443"));
  CHECK(names.text("fe80::a:b:c:d").rfind("fe80::", 0) == 0);
  CHECK(names.text("fd12:3456::1").rfind("fd00:", 0) == 0);
}

TEST_CASE("share: one thing has one pseudonym, whatever its case and form") {
  Pseudonyms names(vocabulary());
  names.identity("ZQ-PC-17", Kind::host);
  names.text("ZQCORP\\zqanna");
  CHECK(names.text("zq-pc-17") == names.text("ZQ-PC-17"));
  CHECK(names.text("zq-pc-17.zqcorp.example") ==
        names.text("ZQ-PC-17") + "." + names.text("ZQCORP") + ".example");
  CHECK(names.text("zqanna@zqcorp.example").rfind(names.text("zqanna") + "@", 0) == 0);
  CHECK(names.text("(zqanna)") == "(user1)");
}

TEST_CASE("share: a program's part is no host, a leading joiner no part of a name") {
  Pseudonyms names(vocabulary());
  CHECK(names.text("com.freerdp.print") == "com.freerdp.print");
  CHECK(names.text("freerdp refused") == "freerdp refused");
  CHECK(names.text("*.zqcorp.example") == "*." + names.text("zqcorp.example"));
  CHECK(names.text("--user") == "--user");
}

TEST_CASE("share: a name that is a word is replaced as a name, not as a word") {
  Pseudonyms names(vocabulary());
  CHECK(names.identity("SERVER", Kind::host) == "host1");
  CHECK(names.identity("server", Kind::host) == "host1");
  CHECK(names.text("refused by the print server") == "refused by the print server");
  CHECK(names.text("ZQCORP\\user") == "domain1\\user1");
  CHECK(names.identity("to", Kind::user) == "user2");
  CHECK(names.text("SERVER\\user to the server") == "host1\\user1 to the server");
}

TEST_CASE("share: a name goes before the same word of the rules") {
  Pseudonyms names(vocabulary());
  CHECK(names.text("refused by print, com.freerdp.print") == "refused by print, com.freerdp.print");
  CHECK(names.identity("PRINT\\Account", Kind::user) == "domain1\\user1");
  CHECK(names.text("account of Print\\account refused by the print") ==
        "user1 of domain1\\user1 refused by the domain1");
  CHECK(names.text("print/account.log com.freerdp.print") ==
        "domain1/user1.log com.freerdp.domain1");
  // What joins words of the rules holds the name, too.
  CHECK_FALSE(contains(names.text("Rename-Account"), "Account"));
  CHECK_FALSE(contains(names.text("freerdp_account"), "account"));
}

TEST_CASE("share: what looks like a name in running text takes no word from the rules") {
  Pseudonyms names(vocabulary());
  names.text("print.record.zq and print@log.zq and ZQ\\print");
  CHECK(names.text("print record log") == "print record log");
}

TEST_CASE("share: a text of the program's own keeps all but the names") {
  Pseudonyms names(vocabulary());
  const char* command =
      "Add-Member -Member ZQCORP\\zqanna /v:zqrds.zqcorp.example … -SID S-1-5-32-555";
  names.text("zqanna Add-Member");
  CHECK(names.own_text(command) == command);
  names.identity("ZQAnna", Kind::user);
  names.identity("zqcorp", Kind::domain);
  const std::string shared = names.own_text(command);
  CHECK(shared.rfind("Add-Member -Member domain1\\", 0) == 0);
  CHECK(contains(shared, " … -SID S-1-5-32-555"));
  CHECK_FALSE(contains(shared, "zqanna"));
  CHECK_FALSE(contains(shared, "zqcorp"));
}

TEST_CASE("share: the same text gives the same pseudonyms") {
  const char* text = "ZQCORP\\zqanna from 203.0.113.77 and zqben@zqcorp.example";
  CHECK(shared(text) == shared(text));
}
