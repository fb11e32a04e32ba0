// BinXML: the token stream inside records and template definitions.
//
// scan_tokens() is the one walk over tokens; it reports to a handler, so that building a program
// and fingerprinting a template cannot disagree about the grammar. A Program is the tokens of one
// fragment as a flat list, names and literals already UTF-8, ready to be run again for every
// record.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "reader/evtx/layout.hpp"
#include "reader/evtx/value.hpp"

namespace rdptriage::reader::evtx {

// Elements inside elements; the deepest public log has nine.
inline constexpr unsigned kMaxElementDepth = 128;

// UTF-16LE text inside a chunk.
struct Utf16View {
  const std::byte* units = nullptr;
  std::size_t count = 0;
};

// Where the parts of a template instance lie, as offsets into the chunk; checked to be inside it.
struct Instance {
  std::uint32_t definition = 0;
  std::uint32_t specs = 0;  // four bytes a value: size, type, zero
  std::uint32_t count = 0;
  std::uint32_t values = 0;
  std::uint32_t end = 0;
};
// `at` is behind the instance's token, nothing is read at or behind `end`.
std::optional<Instance> locate_instance(Bytes chunk, std::size_t at, std::size_t end);

// The same with its values, valid as long as the chunk and until `storage`, which is reused from
// record to record, is used again.
struct LoadedInstance {
  Instance instance;
  std::span<const Value> values;
};
std::optional<LoadedInstance> load_instance(Bytes chunk, std::size_t at, std::size_t end,
                                            std::vector<Value>& storage);

struct Definition {
  const std::byte* guid = nullptr;   // 16 bytes
  std::uint32_t begin = 0, end = 0;  // its tokens
};
std::optional<Definition> locate_definition(Bytes chunk, std::size_t offset);

// The name stored at `offset`: next name, hash, count, units, NUL.
std::optional<Utf16View> name_at(Bytes chunk, std::size_t offset);

enum class OpKind : std::uint8_t {
  open,       // text: name; index: dependency; after: behind the matching close
  attribute,  // text: name; after: behind its content
  close,
  text,      // text: literal
  value,     // index: substitution; optional
  instance,  // after: offset in the chunk behind the instance's token
};
struct Op {
  OpKind kind = OpKind::text;
  bool optional = false;
  std::uint16_t index = 0;
  std::uint32_t after = 0;
  std::string_view text;
};

struct Program {
  std::vector<Op> ops;
  bool has_instances = false;  // then it is bound to the chunk it was built from
};

// Elements in template definitions carry a dependency, elements anywhere else do not ([MS-EVEN6]
// 2.2.12: DependencyID).
enum class Place : std::uint8_t { template_definition, fragment };

// Appends the tokens of chunk[begin, end) to `program`; text is put into `text` where it is not a
// constant. False when the tokens are malformed: what was read before stands, closed properly.
bool build_program(Bytes chunk, std::size_t begin, std::size_t end, Place place, base::Arena& text,
                   Program& program);

// A number that two definitions share when their tokens mean the same, wherever their names are
// stored; nothing for malformed ones.
std::optional<std::uint64_t> fingerprint(Bytes chunk, const Definition& definition);

}  // namespace rdptriage::reader::evtx
