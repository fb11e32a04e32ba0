// Text without anything that tells who is concerned. Nothing is guessed to be harmless: a word
// stays when it is in the vocabulary and nobody is called so; everything else gets a pseudonym.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace rdptriage::report {

class Vocabulary {
 public:
  // All words of a trusted text, and what is joined from words by . - _ as a whole.
  void add(std::string_view trusted_text);
  // The same with words that every report is full of: "server" stays in sentences also where a host
  // is called so. Replacing it there would hide nothing and make the sentences unreadable.
  void add_common(std::string_view trusted_text);

  // Whatever the word's case.
  bool has(std::string_view word) const;
  bool is_common(std::string_view word) const;

 private:
  std::unordered_set<std::string> words_, common_;  // lower case
};

class Pseudonyms {
 public:
  explicit Pseudonyms(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  enum class Kind : std::uint8_t { user, host, domain, name };

  // The whole of `text` names a thing of this kind (a host's name, a user field). Learns it, so
  // that it is found in other texts too, and returns what stands for it.
  std::string identity(std::string_view text, Kind kind);

  // `text` with every word replaced that must not stay.
  std::string text(std::string_view text);

  // A text that the program itself brings, such as a command to type: its words stay, but not where
  // an identity is called like a name in its examples.
  std::string own_text(std::string_view text);

  // {real, pseudonym} in the order in which they were met.
  const std::vector<std::pair<std::string, std::string>>& map() const { return map_; }

 private:
  // A field that holds names, or prose in which something looks like one.
  enum class Source : std::uint8_t { field, prose };

  std::string name(std::string_view text, Kind kind, Source source);
  std::string pseudonym(std::string_view real, Kind kind, Source source = Source::prose);
  std::string remember(std::string_view real, std::string replacement);
  std::string numbered(std::string_view prefix);
  std::string ipv4(std::string_view real);
  std::string ipv6(std::string_view real);
  std::string sid(std::string_view real);
  std::string fqdn(std::string_view real, Source source = Source::prose);
  std::string mail(std::string_view real, Source source = Source::prose);
  std::string chunk(std::string_view real, Source source = Source::prose);
  std::string word(std::string_view real);
  std::string parts(std::string_view real);
  const std::string* known(std::string_view real) const;
  bool is_identity(std::string_view real) const;
  bool is_ambiguous(std::string_view real) const;
  bool holds_identity(std::string_view real) const;
  bool is_harmless(std::string_view real) const;

  const Vocabulary& vocabulary_;
  std::unordered_map<std::string, std::string> terms_;      // lower case → pseudonym
  std::unordered_map<std::string, std::string> ambiguous_;  // names that are words, too
  std::unordered_set<std::string> identities_;  // those of terms_ that a field has named
  std::map<std::string, std::size_t> counters_;
  std::map<std::string, std::map<std::string, std::size_t>> subnets_;  // class → subnet → number
  std::map<std::string, std::map<std::string, std::size_t>> members_;  // subnet → host → number
  std::vector<std::pair<std::string, std::string>> map_;
};

}  // namespace rdptriage::report
