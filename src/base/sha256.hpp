// SHA-256, incrementally; the only place that sees libcrypto. Without memory for it, throws
// std::bad_alloc.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace rdptriage::base {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> bytes);
  void update(std::string_view text) { update(std::as_bytes(std::span(text))); }
  // The digest of everything so far; ends the computation, so it is called once.
  std::array<std::byte, 32> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string to_hex(std::span<const std::byte> bytes);     // lower case
std::string to_base64(std::span<const std::byte> bytes);  // RFC 4648 section 4, padded

// The digest as lower-case hex.
std::string sha256_hex(std::string_view text);

}  // namespace rdptriage::base
