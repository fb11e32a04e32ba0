// Text without anything that tells who is concerned. Nothing is guessed to be harmless: a word
// stays when it is in the vocabulary, everything else gets a pseudonym.
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
  bool has(std::string_view word) const;  // whatever its case

 private:
  std::unordered_set<std::string> words_;  // lower case
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

  // {real, pseudonym} in the order in which they were met.
  const std::vector<std::pair<std::string, std::string>>& map() const { return map_; }

 private:
  std::string pseudonym(std::string_view real, Kind kind);
  std::string remember(std::string_view real, std::string replacement);
  std::string numbered(std::string_view prefix);
  std::string ipv4(std::string_view real);
  std::string ipv6(std::string_view real);
  std::string sid(std::string_view real);
  std::string fqdn(std::string_view real);
  std::string mail(std::string_view real);
  std::string chunk(std::string_view real);
  std::string word(std::string_view real);
  std::string parts(std::string_view real);
  const std::string* known(std::string_view real) const;

  const Vocabulary& vocabulary_;
  std::unordered_map<std::string, std::string> terms_;      // lower case → pseudonym
  std::unordered_map<std::string, std::string> ambiguous_;  // names that are words, too
  std::map<std::string, std::size_t> counters_;
  std::map<std::string, std::map<std::string, std::size_t>> subnets_;  // class → subnet → number
  std::map<std::string, std::map<std::string, std::size_t>> members_;  // subnet → host → number
  std::vector<std::pair<std::string, std::string>> map_;
};

}  // namespace rdptriage::report
