#include "rule/modifier_chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace rdptriage::rule {

namespace {
struct ModifierName {
  std::string_view name;
  Modifier modifier;
};
constexpr ModifierName kModifiers[] = {
    {"contains", Modifier::contains},
    {"startswith", Modifier::startswith},
    {"endswith", Modifier::endswith},
    {"all", Modifier::all},
    {"cased", Modifier::cased},
    {"neq", Modifier::neq},
    {"re", Modifier::re},
    {"i", Modifier::i},
    {"ignorecase", Modifier::i},
    {"m", Modifier::m},
    {"multiline", Modifier::m},
    {"s", Modifier::s},
    {"dotall", Modifier::s},
    {"cidr", Modifier::cidr},
    {"base64", Modifier::base64},
    {"base64offset", Modifier::base64offset},
    {"wide", Modifier::utf16le},
    {"utf16le", Modifier::utf16le},
    {"utf16be", Modifier::utf16be},
    {"utf16", Modifier::utf16},
    {"windash", Modifier::windash},
    {"exists", Modifier::exists},
    {"lt", Modifier::lt},
    {"lte", Modifier::lte},
    {"gt", Modifier::gt},
    {"gte", Modifier::gte},
    {"minute", Modifier::minute},
    {"hour", Modifier::hour},
    {"day", Modifier::day},
    {"week", Modifier::week},
    {"month", Modifier::month},
    {"year", Modifier::year},
    {"fieldref", Modifier::fieldref},
    {"expand", Modifier::expand},
};

std::string_view form_word(Form form) {
  constexpr std::string_view kWords[] = {"a text",       "a regular expression", "encoded bytes",
                                         "a network",    "a comparison",         "a part of a time",
                                         "a field name", "a yes-or-no question"};
  return kWords[static_cast<std::size_t>(form)];
}

}  // namespace

std::optional<Modifier> find_modifier(std::string_view name) {
  const auto* row = std::find_if(std::begin(kModifiers), std::end(kModifiers),
                                 [&](const ModifierName& known) { return known.name == name; });
  if (row == std::end(kModifiers)) return std::nullopt;
  return row->modifier;
}

std::span<const std::string_view> modifier_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> out;
    for (const ModifierName& row : kModifiers) out.push_back(row.name);
    return out;
  }();
  return names;
}

std::optional<Refusal> extend(Chain& chain, const UsedModifier& used, Item& item) {
  const bool keyword = item.field.empty();
  const auto cannot_follow = [&]() {
    return Refusal{fmt::format("`{}` cannot be applied to {}", used.name, form_word(chain.form)),
                   chain.form == Form::text ? "put it first" : "remove one of the two modifiers"};
  };
  const auto first = [&] { return chain.form == Form::text && !chain.shapes_text; };
  const auto needs_field = [&]() {
    return Refusal{fmt::format("`{}` needs a field", used.name),
                   "write the field's name before the `|`"};
  };
  switch (used.modifier) {
    case Modifier::all:
      item.combine = Combine::all;
      break;
    case Modifier::cased:
      chain.case_mode = CaseMode::exact;
      break;
    case Modifier::neq:
      if (keyword) return needs_field();
      item.sense = Sense::negated;
      break;
    case Modifier::contains:
    case Modifier::startswith:
    case Modifier::endswith:
      chain.anchored = true;
      if (chain.form == Form::regex) break;  // search is unanchored as it is
      if (chain.form == Form::fieldref) {
        chain.relation = used.modifier == Modifier::contains     ? Relation::contains
                         : used.modifier == Modifier::startswith ? Relation::starts_with
                                                                 : Relation::ends_with;
        break;
      }
      if (chain.form != Form::text) return cannot_follow();
      chain.shapes_text = true;
      break;
    case Modifier::windash:
      if (chain.form != Form::text) return cannot_follow();
      chain.shapes_text = true;
      break;
    case Modifier::utf16le:
    case Modifier::utf16be:
    case Modifier::utf16:
      if (chain.form != Form::text) return cannot_follow();
      chain.shapes_text = true;
      chain.form = Form::bytes;
      break;
    case Modifier::base64:
    case Modifier::base64offset:
      if (chain.form != Form::text && chain.form != Form::bytes) return cannot_follow();
      chain.shapes_text = true;
      chain.form = Form::text;
      break;
    case Modifier::expand:
      if (chain.form != Form::text && chain.form != Form::cidr) return cannot_follow();
      chain.expand = true;
      break;
    case Modifier::re:
      if (!first())
        return Refusal{"`re` must be the first modifier",
                       "a regular expression is taken as it is written"};
      if (chain.expand)
        return Refusal{"`re` and `expand` cannot be combined", "list the expressions"};
      chain.form = Form::regex;
      break;
    case Modifier::i:
    case Modifier::m:
    case Modifier::s:
      if (chain.form != Form::regex) {
        return Refusal{fmt::format("`{}` works only behind `re`", used.name), "write `|re|i`"};
      }
      chain.flags = chain.flags | (used.modifier == Modifier::i   ? base::PatternFlags::ignore_case
                                   : used.modifier == Modifier::m ? base::PatternFlags::multi_line
                                                                  : base::PatternFlags::dot_all);
      break;
    case Modifier::cidr:
      if (!first())
        return Refusal{"`cidr` must be the first modifier", "a network is taken as it is written"};
      chain.form = Form::cidr;
      break;
    case Modifier::exists:
      if (keyword) return needs_field();
      if (chain.modifiers.size() != 1) {
        return Refusal{"`exists` stands alone", "remove the other modifiers"};
      }
      chain.form = Form::exists;
      break;
    case Modifier::lt:
    case Modifier::lte:
    case Modifier::gt:
    case Modifier::gte:
      if (keyword) return needs_field();
      if (chain.form != Form::time && !first()) return cannot_follow();
      if (chain.form == Form::time && chain.op != CompareOp::eq) return cannot_follow();
      if (chain.form == Form::text) chain.form = Form::compare;
      chain.op = used.modifier == Modifier::lt    ? CompareOp::lt
                 : used.modifier == Modifier::lte ? CompareOp::lte
                 : used.modifier == Modifier::gt  ? CompareOp::gt
                                                  : CompareOp::gte;
      break;
    case Modifier::minute:
    case Modifier::hour:
    case Modifier::day:
    case Modifier::week:
    case Modifier::month:
    case Modifier::year:
      if (keyword) return needs_field();
      if (!first()) return cannot_follow();
      chain.form = Form::time;
      chain.part = static_cast<TimePart>(static_cast<int>(used.modifier) -
                                         static_cast<int>(Modifier::minute));
      break;
    case Modifier::fieldref:
      if (keyword) return needs_field();
      if (!first()) {
        return Refusal{"`fieldref` must stand before the modifiers that say how to compare",
                       "write `|fieldref|startswith`"};
      }
      chain.form = Form::fieldref;
      break;
  }
  return std::nullopt;
}

}  // namespace rdptriage::rule
