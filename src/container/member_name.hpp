// Names from inside bundles, made harmless. They are only shown, never opened or written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace rdptriage::container {

struct MemberName {
  std::string shown;         // "logs/System.evtx": no root, no dots, no control characters, UTF-8
  bool neutralized = false;  // it tried to point outside of its bundle, or hid characters
};

// `stored`: the bytes of the name as the bundle has them.
MemberName neutralize_member_name(std::string_view stored);

// ".7z.001", ".zip.003", ".z01": one part of an archive that was split.
bool is_named_as_a_part(std::string_view name);
inline constexpr std::string_view kJoinParts =
    "join the parts first (7z x FIRST-PART), then give the folder";

// Makes the second "a.txt" of a bundle "a.txt (2)".
class UniqueNames {
 public:
  // True when `name` had to be changed.
  bool make_unique(std::string& name);

 private:
  std::unordered_map<std::string, std::uint32_t> seen_;
};

}  // namespace rdptriage::container
