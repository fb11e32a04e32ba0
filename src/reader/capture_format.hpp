// Output of commands as data: what rules/formats/captures/*.yml says of each, compiled.
//
// A capture format names the lines that open a record, the lines that fill it and the lines that
// are rows of their own (docs/formats/captures.md). Texts may hold the output of several commands.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/key_words.hpp"
#include "base/pattern.hpp"
#include "base/yaml.hpp"
#include "rdptriage/problem.hpp"

namespace rdptriage::reader {

using CaptureConstants = std::vector<std::pair<std::string, std::string>>;

// Canonical word → what it is called in which language, for one kind of word.
class WordTable {
 public:
  void add(std::string_view canonical, std::string_view word);
  // The canonical word; "" when the word is not known. ASCII case does not matter, nor what a wrong
  // code page made of letters outside ASCII.
  std::string_view find(std::string_view word) const;

 private:
  std::map<std::string, std::string, std::less<>> exact_;     // lower-case word → canonical
  std::map<std::string, std::string, std::less<>> skeleton_;  // without letters outside ASCII
};

// An expression for one line; its named groups become fields. The group `label` names the field by
// the format's labels, `value` is then its value; `more` continues the field before.
struct CapturePattern {
  base::Pattern pattern;
  CaptureConstants set;
  std::string row;    // not empty: the line is a record of its own, of this RecordType
  bool once = false;  // takes part only until it has matched in this record
};

struct CaptureFormat {
  std::string name, title, category;
  std::vector<base::Pattern> begin;  // a record starts; again at the same or an earlier expression
  std::vector<base::Pattern> lead;   // belongs to the record that follows
  std::vector<base::Pattern> end;    // last line of the record
  std::vector<CapturePattern> lines;
  std::vector<std::string> required;      // all of these fields …
  std::vector<std::string> required_any;  // … and one of these make it a record
  CaptureConstants constants;
  WordTable labels;
  std::vector<std::pair<std::string, std::string>> values;  // field → word table
  std::vector<std::string> dates;
  bool summary = false;    // rows: one more event with all their values as lists
  bool row_lines = false;  // lines after a row belong to it
  unsigned max_lines = 400;
};

// All capture formats, word tables and names of hosts' roles of a rule set.
struct CaptureSet {
  std::vector<CaptureFormat> formats;
  std::map<std::string, WordTable, std::less<>> words;
  WordTable roles;                        // words of file and folder names → host role
  WordTable machine_roles;                // words of machines' names → host role
  std::vector<base::Pattern> collectors;  // names of a collector's folder; group `machine`
  base::KeyWords key_words;
  // All `begin` and `lead` expressions in one, because every line of every text is held against
  // them; nothing before index() and when they do not fit into memory together.
  std::optional<base::PatternSet> openers;
  std::vector<std::size_t> opener_format;  // expression → index into formats

  // To be called once, after the last format.
  void index();

  std::string_view constant(std::string_view format, std::string_view name) const;
  // The canonical word of a table, or "".
  std::string_view canonical(std::string_view table, std::string_view word) const;
  // The machine that a collector named its folder or archive after, in the nearest name along the
  // path that such a one is, and what stands before that; "" and the path when there is none.
  struct Collected {
    std::string_view machine, before;
  };
  Collected collected(std::string_view path) const;
  // What a machine's name alone says of its part; "" when nothing, or two things.
  std::string_view role_of_machine(std::string_view name) const;
  // What the names along a path say of the host: "session-host", "gateway", "client" or "".
  std::string_view role_of_path(std::string_view path) const;
};

// Loads one document that has the key `capture`, `words` or `host_roles`.
void load_capture(const base::YamlNode& document, const base::SourceText& source, CaptureSet& out,
                  std::vector<Problem>& problems);
bool is_capture_document(const base::YamlNode& document);

}  // namespace rdptriage::reader
