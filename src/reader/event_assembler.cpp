#include "reader/event_assembler.hpp"

namespace rdptriage::reader {

namespace {

// Collectors and hand-made exports sometimes carry a namespace prefix.
std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

void EventAssembler::begin() {
  system_.fill(std::nullopt);
  fields_.clear();
  levels_.clear();
  text_.clear();
  section_ = Section::none;
  is_event_ = false;
  overflowed_ = false;
}

std::string_view EventAssembler::keep(std::string_view text) {
  if (arena_.used() + text.size() > kMaxEventText) {
    overflowed_ = true;
    return {};
  }
  return arena_.copy(text);
}

void EventAssembler::emit(std::string_view name, std::string_view value) {
  FieldSection section = FieldSection::other;
  if (section_ == Section::event_data) section = FieldSection::event_data;
  if (section_ == Section::user_data) section = FieldSection::user_data;
  fields_.push_back({name, keep(value), section, ValueKind::text});
}

void EventAssembler::open(std::string_view element) {
  element = local_name(element);
  Level level;
  level.text_start = text_.size();
  if (!levels_.empty()) levels_.back().has_children = true;
  switch (levels_.size()) {
    case 0:
      is_event_ = is_event_ || element == "Event";
      break;
    case 1:
      // RenderingInfo repeats System in words of the exporting machine's language.
      section_ = element == "System"          ? Section::system
                 : element == "EventData"     ? Section::event_data
                 : element == "UserData"      ? Section::user_data
                 : element == "RenderingInfo" ? Section::none
                                              : Section::other;
      if (section_ == Section::other) level.path = keep(element);
      break;
    case 2:
      system_element_ = section_ == Section::system ? keep(element) : std::string_view();
      level.is_data =
          section_ == Section::event_data && (element == "Data" || element == "ComplexData");
      if (section_ == Section::event_data) {
        if (!level.is_data) level.path = keep(element);
      } else if (section_ == Section::user_data) {
        level.path = keep(element);
      } else if (section_ == Section::other) {
        level.path = arena_.join(levels_.back().path, '/', element);
      }
      break;
    default:
      if (section_ == Section::none || section_ == Section::system) break;
      if (arena_.used() > kMaxEventText) {
        overflowed_ = true;
        break;
      }
      level.path = arena_.join(levels_.back().path, '/', element);
  }
  levels_.push_back(level);
}

void EventAssembler::attribute(std::string_view name, std::string_view value) {
  if (name == "xmlns" || name.substr(0, 6) == "xmlns:") return;
  if (levels_.size() < 3) return;
  Level& level = levels_.back();
  switch (section_) {
    case Section::system:
      if (const auto slot = find_system_slot(system_element_, name); slot && levels_.size() == 3) {
        value = keep(value);
        if (is_guid_slot(*slot)) value = normalized_guid(value, arena_);
        system_[static_cast<std::size_t>(*slot)] = value;
      }
      break;
    case Section::event_data:
      if (name == "Name" && levels_.size() == 3) level.path = keep(value);
      break;
    case Section::user_data:
    case Section::other:
      if (arena_.used() > kMaxEventText) {
        overflowed_ = true;
        break;
      }
      emit(arena_.join(level.path, '@', name), value);
      break;
    case Section::none:
      break;
  }
}

void EventAssembler::text(std::string_view piece) {
  if (text_.size() + piece.size() > kMaxEventText) {
    overflowed_ = true;
    return;
  }
  text_.append(piece);
}

void EventAssembler::close() {
  if (levels_.empty()) return;
  const Level level = levels_.back();
  const std::string_view text = std::string_view(text_).substr(level.text_start);
  if (levels_.size() == 3 && section_ == Section::system) {
    const auto slot = find_system_slot(system_element_, "");
    if (slot && !level.has_children) system_[static_cast<std::size_t>(*slot)] = keep(text);
  } else if (levels_.size() >= 3 && section_ != Section::none && section_ != Section::system) {
    if (!level.has_children || !is_blank(text)) emit(level.path, text);
  }
  text_.resize(level.text_start);
  levels_.pop_back();
  if (levels_.size() == 1) section_ = Section::none;
}

}  // namespace rdptriage::reader
