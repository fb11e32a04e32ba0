#include "pipeline/judged_dates.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "reader/local_date.hpp"

namespace rdptriage::pipeline {

namespace {
constexpr std::string_view kPassed = "Passed";

std::string_view in_words(std::string_view date, const std::optional<DateReference>& reference,
                          DateOrder order) {
  if (!reference) return "unknown";
  const std::optional<bool> passed = reader::has_passed(date, reference->time, order);
  if (!passed) return "unknown";
  if (*passed) return "true";
  return reference->kind == DateReference::Kind::incident ? "false" : "unknown";
}
}  // namespace

bool holds_unjudged_date(const EventView& event, std::span<const std::string> date_fields) {
  if (date_fields.empty() || event.key().category.empty() || !event.key().channel.empty()) {
    return false;
  }
  bool found = false;
  for (const Field& field : event.fields()) {
    if (std::binary_search(date_fields.begin(), date_fields.end(), field.name)) found = true;
    if (field.name.ends_with(kPassed) && field.name.size() > kPassed.size()) return false;
  }
  return found;
}

void judge_dates(event::Event& event, std::span<const std::string> date_fields,
                 const std::optional<DateReference>& reference, DateOrder order,
                 event::EventStore& store) {
  std::vector<Field> judged;
  for (const Field& field : event.fields) {
    if (!std::binary_search(date_fields.begin(), date_fields.end(), field.name)) continue;
    judged.push_back({store.intern(std::string(field.name) + std::string(kPassed)),
                      in_words(field.value, reference, order), FieldSection::other,
                      ValueKind::text});
  }
  event.fields.insert(event.fields.end(), judged.begin(), judged.end());
}

}  // namespace rdptriage::pipeline
