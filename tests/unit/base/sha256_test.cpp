#include "base/sha256.hpp"

#include "support/catch.hpp"

using namespace rdptriage::base;

TEST_CASE("sha256: FIPS 180-4 example values, in one piece and in several") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 hash;
  hash.update("a");
  hash.update("");
  hash.update("bc");
  CHECK(to_hex(hash.finish()) == sha256_hex("abc"));
}

TEST_CASE("base64: RFC 4648 section 10 test vectors") {
  const auto encode = [](std::string_view text) {
    return to_base64(std::as_bytes(std::span(text)));
  };
  CHECK(encode("") == "");
  CHECK(encode("f") == "Zg==");
  CHECK(encode("fo") == "Zm8=");
  CHECK(encode("foo") == "Zm9v");
  CHECK(encode("foobar") == "Zm9vYmFy");
}
