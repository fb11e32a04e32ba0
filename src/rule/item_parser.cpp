#include "rule/item_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.hpp"

namespace rdptriage::rule {

namespace {
using base::YamlNode;
using base::YamlType;

constexpr std::size_t kMaxSpelledDashes = 4;  // 5⁴ spellings under base64

enum class Modifier : std::uint8_t {
  contains,
  startswith,
  endswith,
  all,
  cased,
  neq,
  re,
  i,
  m,
  s,
  cidr,
  base64,
  base64offset,
  utf16le,
  utf16be,
  utf16,
  windash,
  exists,
  lt,
  lte,
  gt,
  gte,
  minute,
  hour,
  day,
  week,
  month,
  year,
  fieldref,
  expand,
};

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

struct UsedModifier {
  Modifier modifier;
  std::string_view name;
  base::SourceMark mark;
};

// What the value is at this point of the chain.
enum class Form : std::uint8_t { text, regex, bytes, cidr, compare, time, fieldref, exists };

// The chain, checked once for all values of the item.
struct Chain {
  std::vector<UsedModifier> modifiers;
  Form form = Form::text;  // after the last modifier
  CaseMode case_mode = CaseMode::folded;
  base::PatternFlags flags = base::PatternFlags::none;
  CompareOp op = CompareOp::eq;
  TimePart part = TimePart::minute;
  Relation relation = Relation::equals;
  bool expand = false;
  bool anchored = false;     // contains, startswith or endswith was said
  bool shapes_text = false;  // some modifier works on the text, so numbers and booleans are text
};

std::string_view form_word(Form form) {
  constexpr std::string_view kWords[] = {"a text",       "a regular expression", "encoded bytes",
                                         "a network",    "a comparison",         "a part of a time",
                                         "a field name", "a yes-or-no question"};
  return kWords[static_cast<std::size_t>(form)];
}

struct Refusal {
  std::string message, help;
};

class ItemParser {
 public:
  ItemParser(ItemContext& context, const YamlNode* key, base::SourceMark mark)
      : context_(context), key_(key), mark_(mark) {}

  std::optional<Item> parse(std::span<const YamlNode> values) {
    item_.mark = mark_;
    if (key_ != nullptr && !parse_key()) return std::nullopt;
    if (values.empty()) {
      problem("P026", mark_, "an empty list matches nothing", "no value",
              "write the values, `''` for an empty text or `null` for an absent field");
      return std::nullopt;
    }
    bool good = true;
    for (const YamlNode& value : values) good = parse_value(value) && good;
    if (!good) return std::nullopt;
    return std::move(item_);
  }

 private:
  void problem(std::string_view code, base::SourceMark mark, std::string message,
               std::string_view label, std::string help) {
    context_.problems.push_back(base::make_problem(code, context_.source, mark, std::move(message),
                                                   label, std::move(help)));
  }

  bool keyword() const { return item_.field.empty(); }

  base::SourceMark part_of_key(std::string_view part) const {
    base::SourceMark mark = key_->mark();
    const auto offset = static_cast<unsigned>(part.data() - key_->text.data());
    const unsigned quote = key_->style == base::YamlStyle::quoted ? 1 : 0;
    mark.column += offset + quote;
    mark.length = static_cast<unsigned>(std::max<std::size_t>(part.size(), 1));
    return mark;
  }

  bool parse_key() {
    item_.key = key_->text;
    const auto parts = base::split(key_->text, '|');
    item_.field = base::trim(parts[0]);
    bool good = true;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const auto* row =
          std::find_if(std::begin(kModifiers), std::end(kModifiers),
                       [&](const ModifierName& known) { return known.name == parts[i]; });
      if (row == std::end(kModifiers)) {
        const auto names = modifier_names();
        const std::string_view near = base::nearest_word(parts[i], {names.begin(), names.end()});
        problem("P020", part_of_key(parts[i]), fmt::format("unknown modifier `{}`", parts[i]), "",
                near.empty() ? "docs/rule-format.md lists the modifiers"
                             : fmt::format("did you mean `{}`?", near));
        good = false;
        continue;
      }
      chain_.modifiers.push_back({row->modifier, parts[i], part_of_key(parts[i])});
    }
    if (!good) return false;
    for (const UsedModifier& used : chain_.modifiers) {
      if (auto refusal = apply(used)) {
        problem("P021", used.mark, std::move(refusal->message), "", std::move(refusal->help));
        return false;
      }
    }
    if (chain_.form == Form::bytes) {
      const UsedModifier& last = chain_.modifiers.back();
      problem("P021", last.mark, fmt::format("`{}` alone matches no text", last.name), "",
              "put base64 or base64offset behind it");
      return false;
    }
    return true;
  }

  // Checks one modifier against what stands before it.
  std::optional<Refusal> apply(const UsedModifier& used) {
    const auto cannot_follow = [&]() {
      return Refusal{
          fmt::format("`{}` cannot be applied to {}", used.name, form_word(chain_.form)),
          chain_.form == Form::text ? "put it first" : "remove one of the two modifiers"};
    };
    const auto first = [&] { return chain_.form == Form::text && !chain_.shapes_text; };
    const auto needs_field = [&]() {
      return Refusal{fmt::format("`{}` needs a field", used.name),
                     "write the field's name before the `|`"};
    };
    switch (used.modifier) {
      case Modifier::all:
        item_.combine = Combine::all;
        break;
      case Modifier::cased:
        chain_.case_mode = CaseMode::exact;
        break;
      case Modifier::neq:
        if (keyword()) return needs_field();
        item_.sense = Sense::negated;
        break;
      case Modifier::contains:
      case Modifier::startswith:
      case Modifier::endswith:
        chain_.anchored = true;
        if (chain_.form == Form::regex) break;  // search is unanchored as it is
        if (chain_.form == Form::fieldref) {
          chain_.relation = used.modifier == Modifier::contains     ? Relation::contains
                            : used.modifier == Modifier::startswith ? Relation::starts_with
                                                                    : Relation::ends_with;
          break;
        }
        if (chain_.form != Form::text) return cannot_follow();
        chain_.shapes_text = true;
        break;
      case Modifier::windash:
        if (chain_.form != Form::text) return cannot_follow();
        chain_.shapes_text = true;
        break;
      case Modifier::utf16le:
      case Modifier::utf16be:
      case Modifier::utf16:
        if (chain_.form != Form::text) return cannot_follow();
        chain_.shapes_text = true;
        chain_.form = Form::bytes;
        break;
      case Modifier::base64:
      case Modifier::base64offset:
        if (chain_.form != Form::text && chain_.form != Form::bytes) return cannot_follow();
        chain_.shapes_text = true;
        chain_.form = Form::text;
        break;
      case Modifier::expand:
        if (chain_.form != Form::text && chain_.form != Form::cidr) return cannot_follow();
        chain_.expand = true;
        break;
      case Modifier::re:
        if (!first())
          return Refusal{"`re` must be the first modifier",
                         "a regular expression is taken as it is written"};
        if (chain_.expand)
          return Refusal{"`re` and `expand` cannot be combined", "list the expressions"};
        chain_.form = Form::regex;
        break;
      case Modifier::i:
      case Modifier::m:
      case Modifier::s:
        if (chain_.form != Form::regex) {
          return Refusal{fmt::format("`{}` works only behind `re`", used.name), "write `|re|i`"};
        }
        chain_.flags =
            chain_.flags | (used.modifier == Modifier::i   ? base::PatternFlags::ignore_case
                            : used.modifier == Modifier::m ? base::PatternFlags::multi_line
                                                           : base::PatternFlags::dot_all);
        break;
      case Modifier::cidr:
        if (!first())
          return Refusal{"`cidr` must be the first modifier",
                         "a network is taken as it is written"};
        chain_.form = Form::cidr;
        break;
      case Modifier::exists:
        if (keyword()) return needs_field();
        if (chain_.modifiers.size() != 1) {
          return Refusal{"`exists` stands alone", "remove the other modifiers"};
        }
        chain_.form = Form::exists;
        break;
      case Modifier::lt:
      case Modifier::lte:
      case Modifier::gt:
      case Modifier::gte:
        if (keyword()) return needs_field();
        if (chain_.form != Form::time && !first()) return cannot_follow();
        if (chain_.form == Form::time && chain_.op != CompareOp::eq) return cannot_follow();
        if (chain_.form == Form::text) chain_.form = Form::compare;
        chain_.op = used.modifier == Modifier::lt    ? CompareOp::lt
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
        if (keyword()) return needs_field();
        if (!first()) return cannot_follow();
        chain_.form = Form::time;
        chain_.part = static_cast<TimePart>(static_cast<int>(used.modifier) -
                                            static_cast<int>(Modifier::minute));
        break;
      case Modifier::fieldref:
        if (keyword()) return needs_field();
        if (!first()) {
          return Refusal{"`fieldref` must stand before the modifiers that say how to compare",
                         "write `|fieldref|startswith`"};
        }
        chain_.form = Form::fieldref;
        break;
    }
    return std::nullopt;
  }

  bool bad_value(const YamlNode& value, std::string message, std::string help) {
    problem("P022", value.mark(), std::move(message), "", std::move(help));
    return false;
  }

  bool parse_value(const YamlNode& value) {
    if (!value.is_scalar()) {
      return bad_value(value, "a value must be a text, a number, a boolean or null",
                       value.is_sequence() ? "lists cannot nest" : "a map cannot be a value");
    }
    switch (chain_.form) {
      case Form::exists: {
        const auto wanted = value.boolean();
        if (!wanted)
          return bad_value(value, "`exists` takes true or false", "write true or false, unquoted");
        ValueTest test;
        test.kind = *wanted ? TestKind::exists : TestKind::absent;
        return add(std::move(test));
      }
      case Form::compare:
      case Form::time: {
        const auto number = value.type() == YamlType::number
                                ? parse_decimal(value.text, Exponent::allowed)
                                : std::nullopt;
        if (!number) {
          return bad_value(value, fmt::format("`{}` needs a number", chain_.modifiers.back().name),
                           value.style == base::YamlStyle::quoted ? "remove the quotes"
                                                                  : "write a decimal number");
        }
        ValueTest test;
        test.kind = chain_.form == Form::time ? TestKind::time_part : TestKind::compare;
        test.op = chain_.op;
        test.part = chain_.part;
        test.number = *number;
        return add(std::move(test));
      }
      case Form::fieldref: {
        if (value.type() == YamlType::null || base::trim(value.text).empty()) {
          return bad_value(value, "`fieldref` needs the name of a field", "");
        }
        ValueTest test;
        test.kind = TestKind::field_ref;
        test.case_mode = chain_.case_mode;
        test.relation = chain_.relation;
        test.text = base::trim(value.text);
        return add(std::move(test));
      }
      case Form::regex:
        return regex(value);
      case Form::cidr:
        return networks(value);
      default:
        return text(value);
    }
  }

  bool regex(const YamlNode& value) {
    if (value.type() == YamlType::null) return bad_value(value, "`re` needs an expression", "");
    auto compiled = context_.patterns.get(value.text, chain_.flags);
    if (!compiled) {
      const Error& error = compiled.error();
      problem("P023", value.mark(),
              fmt::format("the regular expression is refused: {}", error.message), error.where,
              error.help);
      return false;
    }
    ValueTest test;
    test.kind = TestKind::regex;
    test.text = value.text;
    test.flags = chain_.flags;
    test.regex = std::move(*compiled);
    return add(std::move(test));
  }

  bool networks(const YamlNode& value) {
    std::vector<ValueTest> spellings;
    std::vector<std::string> texts = {value.text};
    if (chain_.expand && !expand(value, texts)) return false;
    for (const std::string& text : texts) {
      const auto network = parse_network(text);
      if (!network) {
        problem("P024", value.mark(),
                fmt::format("`{}` is no network: {}", text, network.error().message), "",
                network.error().help);
        return false;
      }
      ValueTest test;
      test.kind = TestKind::cidr;
      test.text = text;
      test.network = *network;
      spellings.push_back(std::move(test));
    }
    item_.values.push_back(std::move(spellings));
    return true;
  }

  bool text(const YamlNode& value) {
    const YamlType type = value.type();
    if (!keyword() && !chain_.shapes_text && !chain_.expand && type != YamlType::text) {
      ValueTest test;
      if (type == YamlType::null) {
        test.kind = TestKind::is_null;
      } else if (type == YamlType::boolean) {
        test.text = *value.boolean() ? "true" : "false";
      } else if (const auto number = parse_decimal(value.text, Exponent::allowed)) {
        test.kind = TestKind::number;
        test.number = *number;
        test.text = number->canonical();
      } else {
        return bad_value(value, "the number is too large", "quote it to compare it as text");
      }
      return add(std::move(test));
    }
    if (type == YamlType::null) {
      return bad_value(
          value, keyword() ? "a keyword cannot be null" : "null has no text to work on",
          keyword() ? "write the text to search for" : "remove the modifiers, or write `''`");
    }
    std::vector<std::string> sources = {value.text};
    if (chain_.expand && !expand(value, sources)) return false;
    std::vector<SigmaText> texts;
    for (const std::string& source : sources) texts.push_back(parse_sigma_text(source));
    if (!shape(value, texts)) return false;
    std::vector<ValueTest> spellings;
    for (SigmaText& shaped : texts) {
      if (keyword() && !chain_.anchored) {
        add_wildcard_before(shaped);
        add_wildcard_after(shaped);
      }
      spellings.push_back(make_text_test(std::move(shaped), chain_.case_mode));
    }
    item_.values.push_back(std::move(spellings));
    return true;
  }

  // Applies the text modifiers, left to right, to every spelling of the value.
  bool shape(const YamlNode& value, std::vector<SigmaText>& texts) {
    std::optional<Utf16> utf16;
    for (const UsedModifier& used : chain_.modifiers) {
      switch (used.modifier) {
        case Modifier::contains:
          for (SigmaText& text : texts) {
            add_wildcard_before(text);
            add_wildcard_after(text);
          }
          break;
        case Modifier::startswith:
          for (SigmaText& text : texts) add_wildcard_after(text);
          break;
        case Modifier::endswith:
          for (SigmaText& text : texts) add_wildcard_before(text);
          break;
        case Modifier::windash:
          for (SigmaText& text : texts) text = mark_dashes(text);
          break;
        case Modifier::utf16le:
          utf16 = Utf16::little;
          break;
        case Modifier::utf16be:
          utf16 = Utf16::big;
          break;
        case Modifier::utf16:
          utf16 = Utf16::little_with_mark;
          break;
        case Modifier::base64:
        case Modifier::base64offset:
          if (!encode(value, used, utf16, texts)) return false;
          utf16.reset();
          break;
        default:
          break;
      }
    }
    return true;
  }

  bool encode(const YamlNode& value, const UsedModifier& used, std::optional<Utf16> utf16,
              std::vector<SigmaText>& texts) {
    std::vector<SigmaText> encoded;
    for (const SigmaText& text : texts) {
      if (has_wildcard(text)) {
        return bad_value(
            value, fmt::format("a value with a wildcard cannot be encoded by `{}`", used.name),
            R"(escape the character as `\*` or `\?`, and put contains behind the encoding)");
      }
      const auto spellings = spell_dashes(text, kMaxSpelledDashes);
      if (spellings.empty()) {
        return bad_value(
            value,
            fmt::format("more than {} dashes under windash cannot be encoded", kMaxSpelledDashes),
            "split the value");
      }
      for (const SigmaText& spelling : spellings) {
        std::string bytes = plain_text(spelling);
        if (utf16) bytes = encode_utf16(bytes, *utf16);
        if (used.modifier == Modifier::base64) {
          encoded.push_back(literal_text(encode_base64(bytes)));
        } else {
          for (const std::string& part : encode_base64_offsets(bytes)) {
            if (!part.empty()) encoded.push_back(literal_text(part));
          }
        }
      }
    }
    if (encoded.empty()) return bad_value(value, "the value is too short to be encoded", "");
    texts = std::move(encoded);
    return true;
  }

  // Replaces %name% by each value the user gave for it; `\%` is a percent sign.
  bool expand(const YamlNode& value, std::vector<std::string>& texts) {
    constexpr std::size_t kMaxExpansions = 10'000;
    const std::string source = texts.front();
    texts.assign(1, "");
    const auto append = [&](std::string_view part) {
      for (std::string& text : texts) text += part;
    };
    for (std::size_t at = 0; at < source.size();) {
      if (source[at] == '\\' && at + 1 < source.size()) {
        // `\%` is resolved here, every other escape later.
        append(std::string_view(source).substr(source[at + 1] == '%' ? at + 1 : at,
                                               source[at + 1] == '%' ? 1 : 2));
        at += 2;
        continue;
      }
      const auto end = source[at] == '%' ? source.find('%', at + 1) : std::string::npos;
      const std::string_view name = end == std::string::npos
                                        ? std::string_view{}
                                        : std::string_view(source).substr(at + 1, end - at - 1);
      const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_';
      });
      if (!is_name) {
        append(std::string_view(source).substr(at++, 1));
        continue;
      }
      const auto known = context_.placeholders.find(name);
      if (known == context_.placeholders.end() || known->second.empty()) {
        problem("P025", value.mark(),
                fmt::format("no values are given for the placeholder %{}%", name), "",
                fmt::format(R"(give them with --placeholders FILE: {{"{}": ["…"]}})", name));
        return false;
      }
      if (texts.size() * known->second.size() > kMaxExpansions) {
        return bad_value(
            value, fmt::format("the placeholders make more than {} values", kMaxExpansions), "");
      }
      std::vector<std::string> more;
      for (const std::string& text : texts) {
        for (const std::string& replacement : known->second) more.push_back(text + replacement);
      }
      texts = std::move(more);
      at = end + 1;
    }
    return true;
  }

  bool add(ValueTest test) {
    item_.values.emplace_back();
    item_.values.back().push_back(std::move(test));
    return true;
  }

  ItemContext& context_;
  const YamlNode* key_;
  base::SourceMark mark_;
  Item item_;
  Chain chain_;
};
}  // namespace

Result<std::shared_ptr<const base::Pattern>> PatternCache::get(std::string_view expression,
                                                               base::PatternFlags flags) {
  std::string key(1, static_cast<char>('0' + static_cast<int>(flags)));
  key += expression;
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  RDPTRIAGE_TRY(base::Pattern pattern, base::Pattern::compile(expression, flags));
  auto shared = std::make_shared<const base::Pattern>(std::move(pattern));
  known_.emplace(std::move(key), shared);
  return shared;
}

std::optional<Item> parse_item(const YamlNode& key, const YamlNode& value, ItemContext& context) {
  ItemParser parser(context, &key, key.mark());
  if (value.is_sequence()) return parser.parse(value.items);
  return parser.parse({&value, 1});
}

std::optional<Item> parse_keywords(std::span<const YamlNode> values, base::SourceMark mark,
                                   ItemContext& context) {
  return ItemParser(context, nullptr, mark).parse(values);
}

std::span<const std::string_view> modifier_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> out;
    for (const ModifierName& row : kModifiers) out.push_back(row.name);
    return out;
  }();
  return names;
}

}  // namespace rdptriage::rule
