#include "rule/prefilter.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "rule/literal_needs.hpp"

namespace rdptriage::rule {

namespace {
constexpr std::size_t kWorthwhile = 24;   // variants; fewer are evaluated outright …
constexpr std::size_t kManyKeywords = 4;  // … unless they search every value of every event

std::uint32_t gram_at(const char* text) {
  std::uint32_t out = 0;
  std::memcpy(&out, text, kGram);
  return out;
}

std::uint32_t mix(std::uint32_t gram) {
  gram *= 0x9E37'79B1U;
  return gram ^ (gram >> 15U);
}

bool is_lead_byte(char c) { return static_cast<unsigned char>(c) >= 0xC0; }

std::uint32_t short_key(std::string_view text) {
  std::uint32_t out = static_cast<std::uint32_t>(text.size());
  for (const char c : text) out = out << 8U | static_cast<unsigned char>(c);
  return out;
}

// Decimal and hexadecimal numbers and RFC 3339 times, folded, between their marks.
bool can_be_in_a_number(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefxtz:.-\x01\x02") == std::string_view::npos;
}

std::size_t power_of_two(std::size_t least, std::size_t wanted) {
  while (least < wanted) least *= 2;
  return least;
}

// How many needles hold a window.
class GramCounts {
 public:
  explicit GramCounts(const std::vector<Prefilter::Needle>& needles) {
    std::size_t windows = 0;
    for (const auto& needle : needles) windows += needle.text.size();
    counts_.resize(power_of_two(64, windows * 2));
    for (const auto& needle : needles) {
      for (std::size_t i = 0; i + kGram <= needle.text.size(); ++i) {
        Count& known = find(gram_at(needle.text.data() + i));
        known.gram = gram_at(needle.text.data() + i);
        ++known.count;
      }
    }
  }
  std::uint32_t of(const char* window) { return find(gram_at(window)).count; }

 private:
  struct Count {
    std::uint32_t gram = 0, count = 0;
  };
  Count& find(std::uint32_t gram) {
    std::size_t at = mix(gram) & (counts_.size() - 1);
    while (counts_[at].count != 0 && counts_[at].gram != gram) at = (at + 1) & (counts_.size() - 1);
    return counts_[at];
  }

  std::vector<Count> counts_;  // open addressing, a power of two
};
}  // namespace

Prefilter::Prefilter(const std::vector<Needle>& needles, std::vector<std::uint32_t> always,
                     std::size_t field_count)
    : wanted_(field_count), always_(std::move(always)) {
  static std::atomic<std::size_t> made{0};
  number_ = made++;
  for (const Needle& needle : needles) {
    wanted_[needle.field] = true;
    if (needle.field == kAnyField && can_be_in_a_number(needle.text)) wants_numbers_ = true;
    if (needle.text.size() >= kGram) continue;
    Entry entry;
    entry.field = needle.field;
    entry.position = needle.position;
    (is_short_value(needle.text) ? short_values_ : beyond_ascii_)[short_key(needle.text)].push_back(
        entry);
  }
  index(needles);
}

void Prefilter::index(const std::vector<Needle>& needles) {
  // Each needle is found by its rarest window: ".exe" would be found everywhere.
  GramCounts counts(needles);
  std::vector<std::pair<std::uint32_t, Entry>> found;  // by window
  for (const Needle& needle : needles) {
    if (needle.text.size() < kGram) continue;
    std::size_t best = 0;
    for (std::size_t i = 1; i + kGram <= needle.text.size(); ++i) {
      if (counts.of(needle.text.data() + i) < counts.of(needle.text.data() + best)) best = i;
    }
    Entry entry;
    entry.text = static_cast<std::uint32_t>(texts_.size());
    entry.length = static_cast<std::uint32_t>(needle.text.size());
    entry.offset = static_cast<std::uint32_t>(best);
    entry.field = needle.field;
    entry.position = needle.position;
    texts_ += needle.text;
    found.emplace_back(gram_at(needle.text.data() + best), entry);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  constexpr std::size_t kBitsPerGram = 32, kFewestBits = std::size_t{1} << 16,
                        kMostBits = std::size_t{1} << 21;
  const std::size_t bits =
      power_of_two(kFewestBits, std::min(found.size() * kBitsPerGram, kMostBits));
  bitmap_.resize(bits / 64);
  slots_.resize(power_of_two(64, found.size() * 2));
  for (std::size_t i = 0; i < found.size();) {
    const std::uint32_t gram = found[i].first, hash = mix(gram);
    Slot slot{gram, static_cast<std::uint32_t>(entries_.size()), 0};
    for (; i < found.size() && found[i].first == gram; ++i, ++slot.count) {
      entries_.push_back(found[i].second);
    }
    const std::size_t bit = hash & (bits - 1);
    bitmap_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].count != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

void Prefilter::scan(std::string_view framed, FieldId field,
                     std::vector<std::uint32_t>& hits) const {
  const auto add_short = [&](const ShortEntries& entries, std::string_view text) {
    const auto known = entries.find(short_key(text));
    if (known == entries.end()) return;
    for (const Entry& entry : known->second) {
      if (entry.field == field || entry.field == kAnyField) hits.push_back(entry.position);
    }
  };
  if (framed.size() < kGram) return add_short(short_values_, framed);
  const std::size_t bit_mask = bitmap_.size() * 64 - 1, slot_mask = slots_.size() - 1;
  const std::uint64_t* const bitmap = bitmap_.data();
  for (std::size_t at = 0; at + kGram <= framed.size(); ++at) {
    const std::uint32_t gram = gram_at(framed.data() + at);
    const std::uint32_t hash = mix(gram);
    const std::size_t bit = hash & bit_mask;
    if ((bitmap[bit / 64] >> (bit % 64) & 1U) == 0) continue;
    for (std::size_t slot = hash & slot_mask; slots_[slot].count != 0;
         slot = (slot + 1) & slot_mask) {
      if (slots_[slot].gram != gram) continue;
      for (std::uint32_t i = 0; i < slots_[slot].count; ++i) {
        const Entry& entry = entries_[slots_[slot].first + i];
        if ((entry.field != field && entry.field != kAnyField) || entry.offset > at) continue;
        const std::size_t start = at - entry.offset;
        if (framed.compare(start, entry.length, texts_, entry.text, entry.length) == 0) {
          hits.push_back(entry.position);
        }
      }
      break;
    }
  }
  if (beyond_ascii_.empty()) return;
  for (std::size_t at = 0; at < framed.size(); ++at) {
    if (!is_lead_byte(framed[at])) continue;
    for (std::size_t length = 2; length < kGram && at + length <= framed.size(); ++length) {
      add_short(beyond_ascii_, framed.substr(at, length));
    }
  }
}

std::shared_ptr<const Prefilter> make_prefilter(const MatchProgram& program, LiteralTable& literals,
                                                const std::vector<std::uint32_t>& variants) {
  const NeedFinder finder(program, literals, variants);
  std::vector<Prefilter::Needle> needles;
  std::vector<std::uint32_t> always;
  std::size_t keywords = 0;
  for (std::uint32_t position = 0; position < variants.size(); ++position) {
    const auto need = finder.need_of(variants[position]);
    if (!need) {
      always.push_back(position);
      continue;
    }
    for (const Need::Literal& wanted : need->literals) {
      if (wanted.field == kAnyField) ++keywords;
      needles.push_back({literals.text(wanted.literal), wanted.field, position});
    }
  }
  if (variants.size() - always.size() < kWorthwhile && keywords < kManyKeywords) return nullptr;
  return std::make_shared<const Prefilter>(needles, std::move(always), program.fields.size());
}

}  // namespace rdptriage::rule
