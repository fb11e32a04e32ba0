// The YAML of rule files: a stream of documents as trees of nodes that know where they stand.
//
// A strict subset of YAML 1.2, the same for every rule file: no anchors, aliases or merge keys, no
// tags but the core ones, no repeated keys, UTF-8 only. Files come from anywhere, so sizes are
// capped before anything is built (YamlLimits) and a document can never grow beyond its text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/problem.hpp"

namespace rdptriage::base {

enum class YamlKind : std::uint8_t { scalar, sequence, mapping };
enum class YamlStyle : std::uint8_t { plain, quoted, block };  // scalars; block: | and >
enum class YamlType : std::uint8_t { text, number, boolean, null };

struct YamlNode {
  YamlKind kind = YamlKind::scalar;
  YamlStyle style = YamlStyle::plain;
  unsigned line = 0, column = 0;  // of the first character, from 1; columns in code points
  unsigned length = 1;            // characters to mark on that line
  std::string text;               // scalar: a plain one exactly as written ("0012" stays "0012")
  std::vector<YamlNode> items;    // sequence: the elements; mapping: the values
  std::vector<YamlNode> keys;     // mapping: the keys (scalars), parallel to `items`

  bool is_scalar() const { return kind == YamlKind::scalar; }
  bool is_sequence() const { return kind == YamlKind::sequence; }
  bool is_mapping() const { return kind == YamlKind::mapping; }
  bool is_null() const { return is_scalar() && type() == YamlType::null; }

  // What a scalar is: only plain ones are anything but text. Numbers are decimal without leading
  // zeros (fraction and exponent allowed), booleans true/false, null is null, ~ or nothing;
  // yes/no/on/off, 0x17 and dates are text.
  YamlType type() const;
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer() const;  // nothing when it is no whole number of 64 bits

  // The value of a key of a mapping, or null; null for any other kind of node.
  const YamlNode* find(std::string_view key) const;
  const YamlNode* find_key(std::string_view key) const;
  // The text of a scalar member, "" when there is none.
  std::string_view text_of(std::string_view key) const;

  SourceMark mark() const { return {line, column, length}; }
};

struct YamlLimits {
  std::size_t max_bytes = std::size_t{1} << 20;
  std::size_t max_depth = 64;
  std::size_t max_nodes = 100'000;
  std::size_t max_scalar_bytes = 64 * 1024;
  std::size_t max_documents = 1000;
};

// The roots of all documents of the stream, empty ones left out. The problem (P001 not YAML, P002
// over a limit, P003 a feature that rule files may not use, P004 repeated key) names the place.
tl::expected<std::vector<YamlNode>, Problem> parse_yaml(const SourceText& source,
                                                        const YamlLimits& limits = {});

// A problem with a node of the file.
Problem make_problem(std::string_view code, const SourceText& source, const YamlNode& node,
                     std::string message, std::string_view label = {}, std::string help = {});

}  // namespace rdptriage::base
