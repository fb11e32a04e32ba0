#include "timeline/product_build.hpp"

#include "support/catch.hpp"

using namespace rdptriage::timeline;

TEST_CASE("product build: how captures and rules write it") {
  struct Case {
    const char *text, *exact, *found;
  };
  for (const Case& c : {
           Case{"26100", "26100", "26100"},
           Case{"26100.3194", "26100.3194", "26100.3194"},
           Case{"10.0.26100", "26100", "26100"},
           Case{"10.0.26100.3194", "26100.3194", "26100.3194"},
           Case{"10.0.20348 N/A Build 20348", "", "20348"},
           Case{" 6.1.7601 Service Pack 1 Build 7601", "", "7601"},
           Case{"10.0.26100.", "", ""},
           Case{"10.0", "", ""},
           Case{"24H2", "", ""},
           Case{"10.0.26100.1.2", "", ""},
           Case{"99999999999", "", ""},
           Case{"", "", ""},
           Case{"Windows", "", ""},
       }) {
    INFO(c.text);
    const auto text_of = [](const auto& build) { return build ? build->text() : std::string(); };
    CHECK(text_of(parse_product_build(c.text)) == c.exact);
    CHECK(text_of(find_product_build(c.text)) == c.found);
  }
}

TEST_CASE("product build: a range holds both of its ends, and what may lie in it") {
  struct Case {
    const char *since, *until, *build;
    bool holds;
  };
  for (const Case& c : {
           Case{"22631", "", "22631", true},
           Case{"22631", "", "22630.9999", false},
           Case{"22631", "", "26100.1", true},
           Case{"22631.3000", "", "22631.2999", false},
           Case{"22631.3000", "", "22631.3000", true},
           Case{"22631.3000", "", "22631", true},  // its updates are not known
           Case{"", "22631", "22631.9999", true},
           Case{"", "22631", "22632", false},
           Case{"", "10.0.22631.10", "22631.11", false},
           Case{"19041", "19045", "19044.1", true},
           Case{"19041", "19045", "19046", false},
           Case{"", "", "1500", true},
       }) {
    INFO(c.since << " to " << c.until << ": " << c.build);
    const BuildRange range{parse_product_build(c.since), parse_product_build(c.until)};
    CHECK(range.may_hold(*parse_product_build(c.build)) == c.holds);
    CHECK_FALSE(range.is_reversed());
  }
  CHECK(BuildRange{parse_product_build("26100"), parse_product_build("22631.5000")}.is_reversed());
  CHECK(BuildRange{parse_product_build("26100.2"), parse_product_build("26100.1")}.is_reversed());
}
