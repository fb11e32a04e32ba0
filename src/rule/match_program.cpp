#include "rule/match_program.hpp"

#include <algorithm>
#include <cstring>

#include "base/case_fold.hpp"
#include "rule/literal_needs.hpp"
#include "rule/prefilter.hpp"

namespace rdptriage::rule {

namespace {
constexpr std::uint64_t kNoId = std::uint64_t{1} << 32;           // the event has no event id
constexpr std::uint64_t kOtherId = (std::uint64_t{1} << 32) + 1;  // one that no rule names
}  // namespace

MatchProgram::MatchProgram() = default;
MatchProgram::~MatchProgram() = default;

std::size_t MatchProgram::name_hash(std::string_view name) {
  std::uint64_t head = 0, tail = 0;
  const std::size_t count = std::min(name.size(), sizeof head);
  std::memcpy(&head, name.data(), count);
  std::memcpy(&tail, name.data() + name.size() - count, count);
  const std::uint64_t mixed =
      (head ^ (tail * 0x9E37'79B9'7F4A'7C15U) ^ name.size()) * 0xD6E8'FEB8'6659'FD93U;
  return static_cast<std::size_t>(mixed >> 32U);
}

void MatchProgram::index_names() {
  std::size_t slots = 16;
  while (slots < fields.size() * 4) slots *= 2;
  name_slots_.assign(slots, {});
  for (FieldId field = 1; field < fields.size(); ++field) {
    std::size_t at = name_hash(fields[field].name) & (slots - 1);
    while (name_slots_[at].field != kAnyField) at = (at + 1) & (slots - 1);
    name_slots_[at].field = field;
  }
}

const FieldId* MatchProgram::find_field(std::string_view name) const {
  if (name_slots_.empty() || name.empty()) return nullptr;
  const std::size_t mask = name_slots_.size() - 1;
  for (std::size_t at = name_hash(name) & mask; name_slots_[at].field != kAnyField;
       at = (at + 1) & mask) {
    if (fields[name_slots_[at].field].name == name) return &name_slots_[at].field;
  }
  return nullptr;
}

std::uint32_t MatchProgram::channel_class(std::string_view channel) const {
  const auto known = channel_classes_.find(base::fold_case(channel));
  return known == channel_classes_.end() ? 0 : known->second;
}

VariantGroup MatchProgram::make_group(std::vector<std::uint32_t> chosen) const {
  if (!literals_) literals_ = std::make_unique<LiteralTable>(*this, LiteralTable::Use::events);
  VariantGroup group;
  std::sort(chosen.begin(), chosen.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(variants[a].rule, a) < std::pair(variants[b].rule, b);
  });
  group.variants = std::move(chosen);
  group.prefilter = make_prefilter(*this, *literals_, group.variants);
  return group;
}

std::unique_ptr<Bucket> MatchProgram::make_bucket(Common common,
                                                  std::vector<std::uint32_t> own) const {
  auto bucket = std::make_unique<Bucket>();
  if (common == Common::with && !common_variants_.empty()) {
    if (!common_) common_ = std::make_unique<VariantGroup>(make_group(common_variants_));
    bucket->common = common_.get();
  }
  bucket->own = make_group(std::move(own));
  return bucket;
}

const Bucket& MatchProgram::record_bucket(std::uint32_t channel,
                                          std::optional<std::uint32_t> event_id) const {
  std::uint64_t id = kNoId;
  if (event_id) {
    id = std::binary_search(known_ids_.begin(), known_ids_.end(), *event_id) ? *event_id : kOtherId;
  }
  const std::uint64_t key = (std::uint64_t{channel} << 40U) | id;
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Bucket>& bucket = record_buckets_[key];
  if (bucket) return *bucket;
  std::vector<std::uint32_t> chosen;
  for (const std::uint32_t i : class_variants_[channel]) {
    const Variant& variant = variants[i];
    if (variant.any_id || id == kNoId ||
        (id < kNoId && std::binary_search(variant.event_ids.begin(), variant.event_ids.end(),
                                          static_cast<std::uint32_t>(id)))) {
      chosen.push_back(i);
    }
  }
  bucket = make_bucket(Common::with, std::move(chosen));
  return *bucket;
}

const Bucket& MatchProgram::source_bucket(const EventKey& key) const {
  // A word that no rule names is as good as any other, so there are only so many buckets.
  const auto named = [&](std::string_view word, std::string LogSource::*member) {
    std::string folded = base::fold_case(word);
    for (const SourceVariant& variant : source_variants) {
      if (variant.source.*member == folded) return folded;
    }
    return std::string();
  };
  const LogSource source{named(key.product, &LogSource::product),
                         named(key.category, &LogSource::category),
                         named(key.service, &LogSource::service)};
  const std::string name = source.product + '\0' + source.category + '\0' + source.service;
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Bucket>& bucket = source_buckets_[name];
  if (bucket) return *bucket;
  std::vector<std::uint32_t> chosen;
  for (const SourceVariant& variant : source_variants) {
    const LogSource& wanted = variant.source;
    if ((wanted.product.empty() || wanted.product == source.product) &&
        (wanted.category.empty() || wanted.category == source.category) &&
        (wanted.service.empty() || wanted.service == source.service)) {
      chosen.push_back(variant.variant);
    }
  }
  bucket = make_bucket(Common::without, std::move(chosen));
  return *bucket;
}

const Bucket& MatchProgram::bucket_for(const EventKey& key) const {
  const bool names_its_source =
      !key.category.empty() || !key.service.empty() || !base::equals_folded(key.product, "windows");
  if (use_log_sources && (names_its_source || key.channel.empty())) return source_bucket(key);
  if (key.channel.empty()) {
    // A flat event without a channel: only its fields can tell, so every rule is asked.
    constexpr std::uint64_t kEverything = ~std::uint64_t{0};
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Bucket>& bucket = record_buckets_[kEverything];
    if (!bucket) {
      std::vector<std::uint32_t> all(variants.size());
      for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
      bucket = make_bucket(Common::without, std::move(all));
    }
    return *bucket;
  }
  return record_bucket(channel_class(key.channel), key.event_id);
}

}  // namespace rdptriage::rule
