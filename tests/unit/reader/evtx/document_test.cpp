// Any document that BinXML can hold, made at random: what the reader makes of it is what the
// document says, read from the log and read from the log's XML.
#include <algorithm>
#include <map>
#include <random>
#include <utility>

#include "libevtx.hpp"
#include "reader/event_xml.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "report/json_text.hpp"
#include "support/catch.hpp"
#include "support/choices.hpp"
#include "support/event_lines.hpp"
#include "support/evtx_builder.hpp"

using namespace rdptriage;
using namespace rdptriage::test;
using V = EvtxValue;
using Kind = EvtxPiece::Kind;

namespace {

// What a document says: fields by path, in order; several of one path are a list.
class Fields {
 public:
  void add(const std::string& path, const std::string& text) {
    auto& texts = texts_[path];
    if (texts.empty()) order_.push_back(path);
    texts.push_back(text);
  }
  std::string json() const {
    std::string out = "{";
    for (const std::string& path : order_) {
      const auto& texts = texts_.at(path);
      if (out.size() > 1) out += ',';
      out += quoted(path) + (texts.size() > 1 ? ":[" : ":");
      for (std::size_t i = 0; i < texts.size(); ++i) out += (i > 0 ? "," : "") + quoted(texts[i]);
      if (texts.size() > 1) out += ']';
    }
    return out + '}';
  }

 private:
  static std::string quoted(const std::string& text) {
    std::string out(report::json_room(text), '\0');
    out.resize(static_cast<std::size_t>(report::write_json_text(text, out.data()) - out.data()));
    return '"' + out + '"';
  }

  std::vector<std::string> order_;
  std::map<std::string, std::vector<std::string>> texts_;
};

// A value beside the texts of its items; what is no array has one.
struct Known {
  V value;
  std::vector<std::string> items;
};
const std::vector<Known>& scalars() {
  static const std::vector<Known> all = {
      {V::text("ab"), {"ab"}},
      {V::text(" <&> \xC3\xA9\xF0\x9F\x98\x80 "), {" <&> \xC3\xA9\xF0\x9F\x98\x80 "}},
      {V::u32(70'000), {"70000"}},
      {V::ansi("caf\xE9"), {"caf\xC3\xA9"}},
      {V::i8(-1), {"-1"}},
      {V::hex64(0x3E7), {"0x3e7"}},
      {V::boolean(true), {"true"}},
      {V::real64(0.5), {"0.5"}},
      {V::guid("{C76BAA63-AE81-421C-B425-340B4B24157F}"),
       {"{C76BAA63-AE81-421C-B425-340B4B24157F}"}},
      {V::sid("S-1-5-18"), {"S-1-5-18"}},
      {V::file_time(131'939'362'733'172'597), {"2019-02-06T14:17:53.3172597Z"}},
      {V::system_time(131'939'362'733'172'597), {"2019-02-06T14:17:53.3170000Z"}},
      {V::binary(std::string("\x00\xAF", 2)), {"00AF"}},
  };
  return all;
}
// These exist as values of a template only.
const std::vector<Known>& template_values() {
  static const std::vector<Known> all = {
      {V::null(), {""}},
      {V::null(4), {""}},
      {V::size_type(0x7FF0), {"0x7ff0"}},
      {V::text_array({"one", "", "three"}), {"one", "", "three"}},
      {V::array({V::u16(7), V::u16(8)}), {"7", "8"}},
      {V::array({V::boolean(true), V::boolean(false)}), {"true", "false"}},
  };
  return all;
}
const Known& known(const V& value) {
  for (const auto* list : {&scalars(), &template_values()}) {
    for (const Known& one : *list) {
      if (one.value.type == value.type && one.value.bytes == value.bytes) return one;
    }
  }
  FAIL("a value that is in no list");
  return scalars().front();
}

// An event with these elements in UserData.
EvtxElement document_with(const std::vector<EvtxElement>& elements) {
  EvtxElement wrapper{"W", {}, {}, false};
  for (const EvtxElement& one : elements) wrapper.content.push_back(child(one));
  EvtxElement user{"UserData", {}, {child(std::move(wrapper))}, false};
  EvtxElement event = document(EvtxEvent{}, 1);
  event.content.resize(1);  // System
  event.content.push_back(child(std::move(user)));
  return event;
}

// Makes documents.
class Maker {
 public:
  Maker(Choices& choices, EvtxStyle style)
      : choices_(choices), in_template_(style == EvtxStyle::templates) {}

  EvtxElement document() {
    std::vector<EvtxElement> elements;
    for (auto i = choices_.below(4); i > 0; --i) elements.push_back(element(0));
    if (elements.empty()) elements.push_back({"E", {}, {}, false});
    return document_with(elements);
  }

 private:
  EvtxPiece value_of(const std::vector<Known>& list) {
    EvtxPiece piece = substitution(list[choices_.below(list.size())].value);
    piece.optional = choices_.below(2) == 0;
    return piece;
  }

  EvtxPiece text_piece() {
    EvtxPiece piece;
    switch (choices_.below(in_template_ ? 8 : 7)) {
      case 0:
        piece.kind = Kind::entity;
        piece.text = choices_.from({"amp", "lt", "gt", "quot", "apos", "nbsp"});
        return piece;
      case 1:
        piece.kind = Kind::character;
        piece.unit = choices_.below(2) == 0 ? 0xE4 : 0x4E00;
        return piece;
      case 2:
        piece.kind = Kind::cdata;
        piece.text = "<raw&>";
        return piece;
      case 3:
        piece.kind = Kind::instruction;
        piece.text = "pi";
        return piece;
      case 4:
        piece.kind = Kind::typed;
        piece.value = scalars()[choices_.below(scalars().size())].value;
        return piece;
      case 5:
        return literal(choices_.from({"x", "0", " y ", "a\r\nb"}));
      case 6:
        return value_of(scalars());
      default:
        return value_of(template_values());
    }
  }
  std::vector<EvtxPiece> text_pieces() {
    std::vector<EvtxPiece> out;
    for (auto i = 1 + choices_.below(3); i > 0; --i) out.push_back(text_piece());
    return out;
  }
  // XML has no instructions in attributes.
  std::vector<EvtxPiece> attribute_pieces() {
    std::vector<EvtxPiece> out = text_pieces();
    for (EvtxPiece& piece : out) {
      if (piece.kind == Kind::instruction) piece = literal("no instruction");
    }
    return out;
  }

  EvtxElement element(int depth) {
    EvtxElement out{choices_.from({"A", "B", "C", "D-d", "E_e"}), {}, {}, false};
    for (auto i = choices_.below(6); i > 3; --i) {
      out.attributes.push_back({choices_.from({"k", "l"}) + std::to_string(i), attribute_pieces()});
    }
    switch (choices_.below(depth < 4 ? 6 : 3)) {
      case 0:
        break;
      case 1:
        out.content = text_pieces();
        break;
      case 2:
        out.content = {in_template_ ? value_of(template_values()) : value_of(scalars())};
        out.depends_on_value = choices_.below(2) == 0;
        break;
      case 3: {
        EvtxPiece inner;
        inner.kind = Kind::nested;
        inner.is_template = in_template_ && choices_.below(2) == 0;
        inner.trailing_zeros = choices_.below(std::size_t{8});
        const bool outside = std::exchange(in_template_, inner.is_template);
        inner.children.push_back(element(depth + 1));
        in_template_ = outside;
        out.content.push_back(std::move(inner));
        break;
      }
      default:
        for (auto i = 1 + choices_.below(3); i > 0; --i) {
          out.content.push_back(child(element(depth + 1)));
        }
    }
    return out;
  }

  Choices& choices_;
  bool in_template_;
};

// Says what a document says, from its model alone.
class Teller {
 public:
  explicit Teller(EvtxStyle style) : is_template_(style == EvtxStyle::templates) {}

  Fields fields;

  void wrapper_of(const EvtxElement& document) {
    bool any = false;
    for (const EvtxPiece& piece : document.content[1].children[0].content[0].children[0].content)
      any |= element(piece.children[0], piece.children[0].name,
                     is_template_ ? Place::template_definition : Place::elsewhere);
    if (!any) fields.add("W", "");
  }

 private:
  static bool is_null(const EvtxPiece& piece) {
    return piece.kind == Kind::value && piece.value.type == 0;
  }

  static std::string text_of(const EvtxPiece& piece) {
    static const std::map<std::string, std::string> entities = {
        {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    switch (piece.kind) {
      case Kind::entity:
        return entities.count(piece.text) != 0 ? entities.at(piece.text) : '&' + piece.text + ';';
      case Kind::character:
        return piece.unit == 0xE4 ? "\xC3\xA4" : "\xE4\xB8\x80";
      case Kind::instruction:
        return "";
      case Kind::typed:
      case Kind::value: {
        std::string out;
        for (const std::string& item : known(piece.value).items)
          out += (&item == &known(piece.value).items.front() ? "" : ", ") + item;
        return out;
      }
      default:
        return piece.text;
    }
  }
  static std::string text_of(const std::vector<EvtxPiece>& pieces) {
    std::string out;
    for (const EvtxPiece& piece : pieces) out += text_of(piece);
    return out;
  }

  void attributes(const EvtxElement& one, const std::string& path) {
    for (const EvtxAttribute& attribute : one.attributes) {
      const EvtxPiece& first = attribute.content.front();
      if (attribute.content.size() == 1 && is_null(first) && first.optional) continue;
      fields.add(path + '@' + attribute.name, text_of(attribute.content));
    }
  }

  // Only definitions know dependencies, and their root is there whatever it depends on.
  enum class Place { template_root, template_definition, elsewhere };

  // Whether it is there.
  bool element(const EvtxElement& one, const std::string& path, Place place) {
    if (place == Place::template_definition && one.depends_on_value && is_null(one.content.front()))
      return false;
    // An array that is the whole content repeats the element; an instruction is nothing.
    const auto is_said = [](const EvtxPiece& piece) { return piece.kind != Kind::instruction; };
    const auto whole = std::find_if(one.content.begin(), one.content.end(), is_said);
    if (std::count_if(one.content.begin(), one.content.end(), is_said) == 1 &&
        whole->kind == Kind::value && known(whole->value).items.size() > 1) {
      for (const std::string& item : known(whole->value).items) {
        attributes(one, path);
        fields.add(path, item);
      }
      return true;
    }
    attributes(one, path);
    if (!one.content.empty() &&
        (one.content[0].kind == Kind::element || one.content[0].kind == Kind::nested)) {
      bool any = false;
      for (const EvtxPiece& piece : one.content) {
        Place inner = place == Place::elsewhere ? place : Place::template_definition;
        if (piece.kind == Kind::nested && inner == Place::template_definition)
          inner = piece.is_template ? Place::template_root : Place::elsewhere;
        any |= element(piece.children[0], path + '/' + piece.children[0].name, inner);
      }
      if (!any) fields.add(path, "");  // a leaf
      return true;
    }
    fields.add(path, text_of(one.content));
    return true;
  }

  bool is_template_;
};

// For messages.
std::string shown(const EvtxElement& one) {
  static constexpr const char* kKinds[] = {"literal",     "value",     "typed",
                                           "cdata",       "character", "entity",
                                           "instruction", "element",   "nested"};
  const auto pieces = [](const std::vector<EvtxPiece>& content) {
    std::string out;
    for (const EvtxPiece& piece : content) {
      out += std::string(" ") + kKinds[static_cast<std::size_t>(piece.kind)] + "(" + piece.text +
             (piece.kind == Kind::value ? std::to_string(piece.value.type) : "") +
             (piece.kind == Kind::value && piece.optional ? "?" : "") +
             (piece.kind == Kind::nested && piece.is_template ? "template " : "");
      for (const EvtxElement& inner : piece.children) out += shown(inner);
      out += ")";
    }
    return out;
  };
  std::string out = "<" + one.name + (one.depends_on_value ? "!" : "");
  for (const EvtxAttribute& attribute : one.attributes)
    out += " " + attribute.name + "=" + pieces(attribute.content);
  return out + ">" + pieces(one.content);
}

std::string data_of(const std::string& line) {
  const std::size_t at = line.find("\"data\":") + 7;
  return line.substr(at, line.find_last_of('}') - at);
}

std::string disagreement(const CaseBytes& bytes, std::size_t* members = nullptr) {
  Choices choices(bytes);
  const EvtxStyle style = choices.one_in(4) ? EvtxStyle::no_templates : EvtxStyle::templates;
  const EvtxElement document = Maker(choices, style).document();
  Teller teller(style);
  teller.wrapper_of(document);
  const std::string want = teller.fields.json();
  EvtxBuilder log;
  log.add(document, 0, style);
  const auto written = log.finish();
  const Reading reading = read_events(reader::read_evtx, written);
  if (!reading.notices.empty()) return shown(document) + "\n" + reading.notices[0].text;
  if (reading.lines.size() != 1) return shown(document) + "\nnot one record";
  if (members != nullptr)
    *members += static_cast<std::size_t>(std::count(want.begin(), want.end(), ':'));
  if (data_of(reading.lines[0]) != want)
    return shown(document) + "\nwant " + want + "\ngot  " + data_of(reading.lines[0]);
  const Reading again =
      read_events(reader::read_event_xml, as_bytes(xml_of(reader::read_evtx, written)));
  if (again.lines.size() != 1) return "the XML does not hold one event";
  if (data_of(again.lines[0]) != want)
    return shown(document) + "\nwant " + want + "\nXML  " + data_of(again.lines[0]);
  return {};
}

}  // namespace

TEST_CASE("evtx document: read from the log and from its XML it says what was written") {
  std::mt19937 random(20261123);
  std::size_t members = 0;
  for (int round = 0; round < 3000; ++round) {
    CaseBytes bytes(120);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    if (disagreement(bytes, &members).empty()) continue;
    const CaseBytes smallest =
        shrink(bytes, [](const CaseBytes& one) { return !disagreement(one).empty(); });
    FAIL("round " << round << ":\n" << disagreement(smallest));
  }
  CHECK(members > 5'000);  // the documents are not all empty
}

// Not what it does not know: character references beside other pieces, nested values without a
// template, arrays of booleans, and attributes of more than one literal or value.
TEST_CASE("evtx document: libevtx accepts each construct that it knows") {
  const auto piece = [](Kind kind, const std::string& text) {
    EvtxPiece out;
    out.kind = kind;
    out.text = text;
    return out;
  };
  EvtxPiece nested;
  nested.kind = Kind::nested;
  nested.trailing_zeros = 4;
  nested.children = {{"I", {}, {literal("deep")}, false}};
  struct Case {
    const char* name;
    EvtxElement element;
  };
  const auto with = [](EvtxPiece one) { return EvtxElement{"E", {}, {std::move(one)}, false}; };
  std::vector<Case> cases = {
      {"literal", with(literal("x"))},
      {"entity", {"E", {}, {literal("a"), piece(Kind::entity, "amp"), literal("b")}, false}},
      {"cdata", with(piece(Kind::cdata, "<raw>"))},
      {"instruction", with(piece(Kind::instruction, "pi"))},
      {"nested with a template", with(nested)},
      {"child", with(child({"C", {}, {literal("x")}, false}))},
      {"empty", {"E", {}, {}, false}},
      {"dropped", {"E", {}, {substitution(V::null())}, true}},
      {"attribute", {"E", {{"k", {literal("x")}}}, {literal("y")}, false}},
      {"attribute with a value", {"E", {{"k", {substitution(V::text("x"))}}}, {}, false}},
      {"attribute left out", {"E", {{"k", {substitution(V::null())}}}, {}, false}},
  };
  for (const auto* list : {&scalars(), &template_values()}) {
    for (const Known& one : *list) {
      if (one.value.type != (0x80 | 0x0D))
        cases.push_back({"value", with(substitution(one.value))});
    }
  }
  for (const Case& c : cases) {
    INFO(c.name);
    EvtxBuilder log;
    log.add(document_with({c.element}), 0);
    const auto seen = seen_by_libevtx(log.finish());
    if (!seen) return;
    CHECK(seen->events == 1);
    CHECK(seen->complaint == "");
  }
}
