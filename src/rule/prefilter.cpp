#include "rule/prefilter.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <tuple>
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

// What they are written with, folded, and their marks; by NumberStyle.
constexpr std::string_view kNumberCharacters[] = {"0123456789\x01\x02", "0123456789abcdefx\x01\x02",
                                                  "0123456789tz:.-\x01\x02",
                                                  "0123456789abcdef-{}\x01\x02"};

std::size_t power_of_two(std::size_t least, std::size_t wanted) {
  while (least < wanted) least *= 2;
  return least;
}

// What the values of Windows logs are full of: windows of it find nothing rare.
constexpr std::string_view kEverywhere[] = {"\001c:\\windows\\system32\\",
                                            "\\syswow64\\",
                                            "c:\\program files (x86)\\",
                                            "c:\\programdata\\microsoft\\",
                                            "c:\\users\\",
                                            "\\appdata\\local\\temp\\",
                                            "\\roaming\\",
                                            ".exe\x02",
                                            ".exe\" ",
                                            ".dll\x02",
                                            "svchost.exe -k",
                                            "nt authority\\system\x02",
                                            "hklm\\software\\microsoft\\windows\\currentversion\\",
                                            "hklm\\system\\currentcontrolset\\services\\",
                                            "microsoft-windows-",
                                            "microsoft corporation\x02",
                                            "/operational\x02",
                                            "windowspowershell",
                                            "\001s-1-5-21-",
                                            "\0010x0000",
                                            "0000",
                                            "\001true\x02",
                                            "\001false\x02",
                                            "-0000-"};

// How many needles hold a window.
class GramCounts {
 public:
  explicit GramCounts(const std::vector<Prefilter::Needle>& needles) : counts_(1024) {
    for (std::size_t i = 0; i < needles.size();) {
      const std::string_view text = needles[i].text;
      std::uint32_t same = 0;
      for (; i < needles.size() && needles[i].text.data() == text.data(); ++i) ++same;
      add(text, same);
    }
    for (const std::string_view text : kEverywhere) add(text, kMany);
  }
  std::uint32_t of(const char* window) { return find(gram_at(window)).count; }

 private:
  static constexpr std::uint32_t kMany = 1000;
  struct Count {
    std::uint32_t gram = 0, count = 0;
  };
  void add(std::string_view text, std::uint32_t weight) {
    for (std::size_t i = 0; i + kGram <= text.size(); ++i) {
      Count& known = find(gram_at(text.data() + i));
      known.gram = gram_at(text.data() + i);
      const bool is_new = known.count == 0;
      known.count += weight;
      if (is_new && ++used_ * 2 > counts_.size()) grow();
    }
  }
  Count& find(std::uint32_t gram) {
    std::size_t at = mix(gram) & (counts_.size() - 1);
    while (counts_[at].count != 0 && counts_[at].gram != gram) at = (at + 1) & (counts_.size() - 1);
    return counts_[at];
  }
  void grow() {
    std::vector<Count> before(counts_.size() * 2);
    before.swap(counts_);
    for (const Count& count : before) {
      if (count.count != 0) find(count.gram) = count;
    }
  }

  std::vector<Count> counts_;  // open addressing, a power of two
  std::size_t used_ = 0;
};
}  // namespace

Prefilter::Prefilter(const std::vector<Needle>& needles, std::vector<std::uint32_t> always,
                     std::size_t field_count)
    : wanted_(field_count), always_(std::move(always)) {
  static std::atomic<std::size_t> made{0};
  number_ = made++;
  GramCounts counts(needles);
  Windows windows;
  for (std::size_t i = 0; i < needles.size();) {
    const Needle& needle = needles[i];
    wanted_[needle.field] = true;
    for (std::size_t style = 0; style < wants_numbers_.size(); ++style) {
      wants_numbers_[style] =
          wants_numbers_[style] ||
          (needle.field == kAnyField &&
           needle.text.find_first_not_of(kNumberCharacters[style]) == std::string_view::npos);
    }
    Entry entry;
    entry.field = needle.field;
    entry.first = static_cast<std::uint32_t>(positions_.size());
    for (; i < needles.size() && needles[i].field == needle.field &&
           needles[i].text.data() == needle.text.data();
         ++i) {
      positions_.push_back(needles[i].position);
    }
    entry.count = static_cast<std::uint32_t>(positions_.size()) - entry.first;
    if (needle.text.size() < kGram) {
      ShortEntries& entries = is_short_value(needle.text) ? short_values_ : beyond_ascii_;
      entries[short_key(needle.text)].push_back(entry);
      continue;
    }
    // Each needle is found by its rarest window: ".exe" would be found everywhere.
    const char* const text = needle.text.data();
    std::size_t best = 0;
    for (std::size_t at = 1; at + kGram <= needle.text.size(); ++at) {
      if (counts.of(text + at) < counts.of(text + best)) best = at;
    }
    entry.text = static_cast<std::uint32_t>(texts_.size());
    entry.length = static_cast<std::uint32_t>(needle.text.size());
    entry.offset = static_cast<std::uint32_t>(best);
    texts_ += needle.text;
    windows.emplace_back(gram_at(text + best), entry);
  }
  index(std::move(windows));
}

void Prefilter::index(Windows windows) {
  std::stable_sort(windows.begin(), windows.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  constexpr std::size_t kBitsPerGram = 32, kFewestBits = std::size_t{1} << 16,
                        kMostBits = std::size_t{1} << 21;
  const std::size_t bits =
      power_of_two(kFewestBits, std::min(windows.size() * kBitsPerGram, kMostBits));
  bitmap_.resize(bits / 64);
  slots_.resize(power_of_two(64, windows.size() * 2));
  for (std::size_t i = 0; i < windows.size();) {
    const std::uint32_t gram = windows[i].first, hash = mix(gram);
    Slot slot{gram, static_cast<std::uint32_t>(entries_.size()), 0};
    for (; i < windows.size() && windows[i].first == gram; ++i, ++slot.count) {
      entries_.push_back(windows[i].second);
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
      if (entry.field == field || entry.field == kAnyField) add(entry, hits);
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
          add(entry, hits);
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
  struct Wanted {
    LiteralId literal = 0;
    FieldId field = kAnyField;
    std::uint32_t position = 0;
  };
  std::vector<Wanted> all;
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
      all.push_back({wanted.literal, wanted.field, position});
    }
  }
  if (variants.size() - always.size() < kWorthwhile && keywords < kManyKeywords) return nullptr;
  std::sort(all.begin(), all.end(), [](const Wanted& a, const Wanted& b) {
    return std::tie(a.literal, a.field, a.position) < std::tie(b.literal, b.field, b.position);
  });
  std::vector<Prefilter::Needle> needles;
  for (const Wanted& one : all) {
    needles.push_back({literals.text(one.literal), one.field, one.position});
  }
  return std::make_shared<const Prefilter>(needles, std::move(always), program.fields.size());
}

}  // namespace rdptriage::rule
