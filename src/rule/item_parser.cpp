#include "rule/item_parser.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "rule/modifier_chain.hpp"

namespace rdptriage::rule {

namespace {
using base::YamlNode;
using base::YamlType;

constexpr std::size_t kMaxSpelledDashes = 4;  // 5⁴ spellings under base64

class ItemParser {
 public:
  ItemParser(ItemContext& context, const YamlNode* key, base::SourceMark mark)
      : context_(context), key_(key), mark_(mark) {}

  std::optional<Item> parse(std::span<const YamlNode> values) {
    item_.mark = mark_;
    if (key_ != nullptr && !parse_key()) return std::nullopt;
    if (chain_.form == Form::exists && values.size() > 1) {
      problem("P022", values[1].mark(), "`exists` takes one value", "", "write true or false");
      return std::nullopt;
    }
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
      const auto modifier = find_modifier(parts[i]);
      if (!modifier) {
        if (parts[i].empty()) {
          problem("P020", part_of_key(parts[i]), "no modifier stands behind `|`", "",
                  "remove the `|`, or name the modifier");
          good = false;
          continue;
        }
        const auto names = modifier_names();
        const std::string_view near = base::nearest_word(parts[i], {names.begin(), names.end()});
        problem("P020", part_of_key(parts[i]), fmt::format("unknown modifier `{}`", parts[i]), "",
                near.empty() ? "docs/rule-format.md lists the modifiers"
                             : fmt::format("did you mean `{}`?", near));
        good = false;
        continue;
      }
      chain_.modifiers.push_back({*modifier, parts[i], part_of_key(parts[i])});
    }
    if (!good) return false;
    for (const UsedModifier& used : chain_.modifiers) {
      if (auto refusal = extend(chain_, used, item_)) {
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
        test.set_number(*number);
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
    const auto texts = spellings_of(value);
    if (!texts) return false;
    for (const std::string& text : *texts) {
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
      test.set_network(*network);
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
        test.set_number(*number);
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
    const auto sources = spellings_of(value);
    if (!sources) return false;
    std::vector<SigmaText> texts;
    for (const std::string& source : *sources) texts.push_back(parse_sigma_text(source));
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

  // The texts that the value stands for; nothing when it is refused.
  std::optional<std::vector<std::string>> spellings_of(const YamlNode& value) {
    if (!chain_.expand) return std::vector<std::string>{value.text};
    auto texts = expand_placeholders(value.text, context_.placeholders);
    if (texts) return std::move(*texts);
    if (texts.error().reason == ExpandError::Reason::too_many) {
      bad_value(value, fmt::format("the placeholders make more than {} values", kMaxExpansions),
                "");
      return std::nullopt;
    }
    const std::string& name = texts.error().name;
    problem("P025", value.mark(), fmt::format("no values are given for the placeholder %{}%", name),
            "", fmt::format(R"(give them with --placeholders FILE: {{"{}": ["…"]}})", name));
    return std::nullopt;
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

std::optional<Item> parse_item(const YamlNode& key, const YamlNode& value, ItemContext& context) {
  ItemParser parser(context, &key, key.mark());
  if (value.is_sequence()) return parser.parse(value.items);
  return parser.parse({&value, 1});
}

std::optional<Item> parse_keywords(std::span<const YamlNode> values, base::SourceMark mark,
                                   ItemContext& context) {
  return ItemParser(context, nullptr, mark).parse(values);
}

}  // namespace rdptriage::rule
