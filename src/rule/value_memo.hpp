// What was found out about the values seen last. Logs repeat nearly all of their values: a look
// here takes a tenth of folding and scanning them again, or of asking a regular expression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rdptriage::rule {

std::uint64_t hash_of_value(std::uint64_t question, std::string_view value);

// `Answer` is what is remembered of a question about a value.
template <class Answer>
class ValueMemo {
 public:
  // Longer values are worth no memory.
  static constexpr std::size_t kLongestValue = 512;

  struct Entry {
    bool used = false;
    bool known = false;  // else the caller sets `answer`
    Answer answer{};     // of the value whose place this was
    std::uint64_t hash = 0, question = 0;
    std::string value;
  };

  // The entry of a value of at most that length; lives until the next call.
  Entry& find(std::uint64_t question, std::string_view value) {
    if (entries_.empty()) entries_.resize(kEntries);
    const std::uint64_t hash = hash_of_value(question, value);
    Entry& entry = entries_[hash % kEntries];
    entry.known =
        entry.used && entry.hash == hash && entry.question == question && entry.value == value;
    if (!entry.known) {
      entry.used = true;
      entry.hash = hash;
      entry.question = question;
      entry.value = value;
    }
    return entry;
  }

 private:
  static constexpr std::size_t kEntries = 16384;  // a power of two; some megabytes when full
  std::vector<Entry> entries_;                    // by hash; a new value takes the place of an old
};

}  // namespace rdptriage::rule
