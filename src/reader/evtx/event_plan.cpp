#include "reader/evtx/event_plan.hpp"

#include <cstring>

namespace rdptriage::reader::evtx {

namespace {

class Planner {
 public:
  Planner(const Program& program, base::Arena& text) : ops_(program.ops), text_(text) {}

  std::optional<EventPlan> run() {
    if (ops_.empty() || ops_[0].kind != OpKind::open || ops_[0].after != ops_.size()) {
      return std::nullopt;
    }
    const std::string_view name = ops_[0].text;
    const bool is_section = name == "EventData" || name == "UserData";
    plan_.root = name == "Event" ? EventPlan::Root::event
                 : is_section    ? EventPlan::Root::section
                                 : EventPlan::Root::user_element;
    const bool planned = name == "Event" ? event()
                         : is_section    ? section(0)
                                         : user_element(0, {}, kNoDependency);
    return planned ? std::optional(std::move(plan_)) : std::nullopt;
  }

 private:
  const Op& op(std::size_t i) const { return ops_[i]; }
  // The first op behind the attributes of the element opened at `i`.
  std::size_t content(std::size_t i) const {
    ++i;
    while (op(i).kind == OpKind::attribute) i = op(i).after;
    return i;
  }
  bool has_elements(std::size_t i, std::size_t close) const {
    for (; i < close; ++i) {
      if (op(i).kind != OpKind::text && op(i).kind != OpKind::value) return true;
    }
    return false;
  }

  // Ops [begin, end) as one source: nothing, literals, or one value alone.
  std::optional<Source> source(std::size_t begin, std::size_t end, std::uint16_t dependency) {
    Source out;
    out.dependency = dependency;
    out.kind = Source::Kind::literal;
    if (end - begin == 1 && op(begin).kind == OpKind::value) {
      out.kind = Source::Kind::value;
      out.index = op(begin).index;
      out.optional = op(begin).optional;
      return out;
    }
    std::size_t size = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (op(i).kind != OpKind::text) return std::nullopt;
      size += op(i).text.size();
    }
    if (end - begin == 1) out.literal = op(begin).text;
    if (end - begin > 1) {
      char* at = text_.reserve(size);
      for (std::size_t i = begin; i < end; ++i) {
        std::memcpy(at, op(i).text.data(), op(i).text.size());
        at += op(i).text.size();
      }
      out.literal = text_.commit(at);
    }
    return out;
  }

  // The Event element itself depends on the value that holds its EventData, with many providers;
  // an event without data is an event all the same.
  bool event() {
    const std::size_t end = ops_.size() - 1;
    for (std::size_t i = content(0); i < end;) {
      if (op(i).kind == OpKind::value) {
        const auto nested = source(i, i + 1, kNoDependency);
        plan_.fields.push_back({FieldPlan::Kind::nested, FieldSection::other, {}, *nested});
        ++i;
        continue;
      }
      if (op(i).kind != OpKind::open) return false;
      if (!(op(i).text == "System" ? system(i) : section(i))) return false;
      i = op(i).after;
    }
    return true;
  }

  bool system(std::size_t start) {
    if (op(start).index != kNoDependency) return false;
    for (std::size_t i = content(start); i < op(start).after - 1; i = op(i).after) {
      if (op(i).kind != OpKind::open) return false;
      const std::string_view element = op(i).text;
      const std::uint16_t dependency = op(i).index;
      const std::size_t body = content(i);
      for (std::size_t a = i + 1; a < body; a = op(a).after) {
        const auto slot = find_system_slot(element, op(a).text);
        if (!slot) continue;
        auto from = source(a + 1, op(a).after, dependency);
        if (!from) return false;
        if (is_guid_slot(*slot)) from->literal = normalized_guid(from->literal, text_);
        plan_.system[static_cast<std::size_t>(*slot)] = *from;
      }
      const std::size_t close = op(i).after - 1;
      if (has_elements(body, close)) return false;
      if (const auto slot = find_system_slot(element, "")) {
        const auto from = source(body, close, dependency);
        if (!from) return false;
        plan_.system[static_cast<std::size_t>(*slot)] = *from;
      }
    }
    return true;
  }

  bool section(std::size_t start) {
    // A root's own dependency means nothing: it is there, or nobody would read it.
    const std::uint16_t dependency = start == 0 ? kNoDependency : op(start).index;
    const std::size_t body = content(start);
    if (op(start).text == "EventData") return event_data(body, op(start).after - 1, dependency);
    if (op(start).text != "UserData") return false;
    if (op(body).kind == OpKind::value && body + 2 == op(start).after) {
      const auto nested = source(body, body + 1, dependency);
      plan_.fields.push_back({FieldPlan::Kind::nested, FieldSection::user_data, {}, *nested});
      return true;
    }
    return user_elements(body, op(start).after - 1, {}, dependency);
  }

  // An element can be dropped for its own sake or for its parent's; a source knows one reason.
  static std::optional<std::uint16_t> either(std::uint16_t parent, std::uint16_t own) {
    if (parent == kNoDependency || parent == own) return own;
    return own == kNoDependency ? std::optional(parent) : std::nullopt;
  }

  bool event_data(std::size_t begin, std::size_t end, std::uint16_t parent) {
    for (std::size_t i = begin; i < end; i = op(i).after) {
      if (op(i).kind != OpKind::open) return false;
      const auto dependency = either(parent, op(i).index);
      if (!dependency) return false;
      FieldPlan field;
      const bool is_data = op(i).text == "Data" || op(i).text == "ComplexData";
      if (!is_data) field.name = op(i).text;
      const std::size_t body = content(i);
      for (std::size_t a = i + 1; a < body; a = op(a).after) {
        if (op(a).text != "Name") continue;
        const auto name = source(a + 1, op(a).after, kNoDependency);
        if (!name || name->kind != Source::Kind::literal) return false;
        field.name = name->literal;
      }
      const std::size_t close = op(i).after - 1;
      if (has_elements(body, close)) return false;
      const auto from = source(body, close, *dependency);
      if (!from) return false;
      field.source = *from;
      plan_.fields.push_back(field);
    }
    return true;
  }

  // Depth is bounded by kMaxElementDepth, which the token walk enforces.
  bool user_elements(std::size_t begin, std::size_t end, std::string_view path,
                     std::uint16_t dependency) {
    for (std::size_t i = begin; i < end; i = op(i).after) {
      if (op(i).kind != OpKind::open || !user_element(i, path, dependency)) return false;
    }
    return true;
  }

  bool user_element(std::size_t i, std::string_view path, std::uint16_t parent) {
    const auto dependency = either(parent, i == 0 ? kNoDependency : op(i).index);
    if (!dependency) return false;
    const std::string_view name = path.empty() ? op(i).text : text_.join(path, '/', op(i).text);
    const std::size_t body = content(i);
    bool bound = false;
    for (std::size_t a = i + 1; a < body; a = op(a).after) {
      if (op(a).text == "xmlns" || op(a).text.substr(0, 6) == "xmlns:") continue;
      const auto from = source(a + 1, op(a).after, *dependency);
      if (!from) return false;
      plan_.fields.push_back({FieldPlan::Kind::attribute, FieldSection::user_data,
                              text_.join(name, '@', op(a).text), *from});
      bound = true;
    }
    const std::size_t close = op(i).after - 1;
    if (has_elements(body, close)) return user_elements(body, close, name, *dependency);
    const auto from = source(body, close, *dependency);
    if (!from) return false;
    plan_.fields.push_back({bound ? FieldPlan::Kind::bound : FieldPlan::Kind::element,
                            FieldSection::user_data, name, *from});
    return true;
  }

  const std::vector<Op>& ops_;
  base::Arena& text_;
  EventPlan plan_;
};

}  // namespace

std::optional<EventPlan> plan_event(const Program& program, base::Arena& text) {
  return Planner(program, text).run();
}

}  // namespace rdptriage::reader::evtx
