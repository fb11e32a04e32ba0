#include "base/yaml.hpp"

#include <fmt/format.h>
#include <yaml.h>

#include <charconv>
#include <new>
#include <unordered_set>

namespace rdptriage::base {

namespace {
constexpr std::string_view kCorePrefix = "tag:yaml.org,2002:";
constexpr std::size_t kScanKeysUpTo = 16;  // larger mappings keep a hash set of their keys

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?
bool is_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - from;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const std::size_t first = at;
  const std::size_t count = digits();
  if (count == 0 || (count > 1 && text[first] == '0')) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

YamlType type_of_plain(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return YamlType::null;
  }
  if (text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" ||
      text == "FALSE") {
    return YamlType::boolean;
  }
  return is_number(text) ? YamlType::number : YamlType::text;
}

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

SourceMark mark_at(const yaml_mark_t& mark) {
  return {static_cast<unsigned>(mark.line) + 1, static_cast<unsigned>(mark.column) + 1, 1};
}

SourceMark mark_of(const yaml_event_t& event) {
  SourceMark out = mark_at(event.start_mark);
  if (event.end_mark.line == event.start_mark.line &&
      event.end_mark.column > event.start_mark.column) {
    out.length = static_cast<unsigned>(event.end_mark.column - event.start_mark.column);
  }
  return out;
}

class Parser {
 public:
  explicit Parser(std::string_view text) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~Parser() { yaml_parser_delete(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  yaml_parser_t* get() { return &parser_; }

 private:
  yaml_parser_t parser_{};
};

struct Event {
  yaml_event_t raw{};
  Event() = default;
  ~Event() { yaml_event_delete(&raw); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
};

// Builds the trees from the event stream. Depth lives in `open_`, never on the call stack.
class Composer {
 public:
  Composer(const SourceText& source, const YamlLimits& limits) : source_(source), limits_(limits) {}

  // False: `problem` says why.
  bool add(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_ALIAS_EVENT:
        return refuse("P003", event, "rule files may not use aliases", "an alias",
                      "write the value out");
      case YAML_DOCUMENT_START_EVENT:
        if (++documents_ > limits_.max_documents) {
          return refuse("P002", event,
                        fmt::format("more than {} documents in one file", limits_.max_documents),
                        "", "split the file");
        }
        root_.reset();
        return true;
      case YAML_DOCUMENT_END_EVENT:
        if (root_ && !root_->is_null()) roots_.push_back(std::move(*root_));
        root_.reset();
        return true;
      case YAML_SCALAR_EVENT:
        return scalar(event);
      case YAML_SEQUENCE_START_EVENT:
        return open(event, YamlKind::sequence, event.data.sequence_start.anchor,
                    event.data.sequence_start.tag, "seq");
      case YAML_MAPPING_START_EVENT:
        return open(event, YamlKind::mapping, event.data.mapping_start.anchor,
                    event.data.mapping_start.tag, "map");
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        close();
        return true;
      default:
        return true;
    }
  }

  std::vector<YamlNode> take() { return std::move(roots_); }
  Problem problem;

 private:
  struct Open {
    YamlNode node;
    std::unordered_set<std::string> keys;  // filled beyond kScanKeysUpTo
    bool key_pending = false;
  };

  bool refuse(std::string_view code, SourceMark mark, std::string message, std::string_view label,
              std::string help) {
    problem = make_problem(code, source_, mark, std::move(message), label, std::move(help));
    return false;
  }
  bool refuse(std::string_view code, const yaml_event_t& event, std::string message,
              std::string_view label, std::string help) {
    return refuse(code, mark_of(event), std::move(message), label, std::move(help));
  }

  bool check_node(const yaml_event_t& event, const yaml_char_t* anchor) {
    if (anchor != nullptr) {
      return refuse("P003", event, "rule files may not use anchors", "an anchor",
                    "write the value out where it is needed");
    }
    if (++nodes_ > limits_.max_nodes) {
      return refuse("P002", event,
                    fmt::format("more than {} values in one file", limits_.max_nodes), "",
                    "split the file");
    }
    return true;
  }

  bool bad_tag(const yaml_event_t& event, std::string_view tag) {
    return refuse("P003", event, fmt::format("the tag `{}` is not allowed in rule files", tag),
                  "a tag", "remove the tag; quote the value if it shall be text");
  }

  bool scalar(const yaml_event_t& event) {
    const auto& data = event.data.scalar;
    if (!check_node(event, data.anchor)) return false;
    if (data.length > limits_.max_scalar_bytes) {
      return refuse("P002", event,
                    fmt::format("a value of more than {} bytes", limits_.max_scalar_bytes), "",
                    "split the value");
    }
    YamlNode node;
    const SourceMark mark = mark_of(event);
    node.line = mark.line;
    node.column = mark.column;
    node.length = mark.length;
    node.text.assign(reinterpret_cast<const char*>(data.value), data.length);
    node.style = data.style == YAML_PLAIN_SCALAR_STYLE ? YamlStyle::plain
                 : data.style == YAML_LITERAL_SCALAR_STYLE || data.style == YAML_FOLDED_SCALAR_STYLE
                     ? YamlStyle::block
                     : YamlStyle::quoted;
    const std::string_view tag = view(data.tag);
    if (!tag.empty()) {
      if (tag == "!" || tag == "tag:yaml.org,2002:str") {
        if (node.style == YamlStyle::plain) node.style = YamlStyle::quoted;
      } else {
        const YamlType type = type_of_plain(node.text);
        const std::string_view name =
            tag.substr(0, kCorePrefix.size()) == kCorePrefix ? tag.substr(kCorePrefix.size()) : "";
        const bool agrees = node.style == YamlStyle::plain &&
                            ((type == YamlType::number && (name == "int" || name == "float")) ||
                             (type == YamlType::boolean && name == "bool") ||
                             (type == YamlType::null && name == "null"));
        if (!agrees) return bad_tag(event, tag);
      }
    }
    return place(std::move(node), event);
  }

  bool open(const yaml_event_t& event, YamlKind kind, const yaml_char_t* anchor,
            const yaml_char_t* tag, std::string_view core_tag) {
    if (!check_node(event, anchor)) return false;
    const std::string_view name = view(tag);
    if (!name.empty() && name != "!" &&
        (name.substr(0, kCorePrefix.size()) != kCorePrefix ||
         name.substr(kCorePrefix.size()) != core_tag)) {
      return bad_tag(event, name);
    }
    if (!open_.empty() && open_.back().node.is_mapping() && !open_.back().key_pending) {
      return refuse("P003", event, "a key must be a single word or text", "a list or map as key",
                    "quote the key if it is meant as text");
    }
    if (open_.size() >= limits_.max_depth) {
      return refuse("P002", event,
                    fmt::format("nested more than {} levels deep", limits_.max_depth), "",
                    "flatten the structure");
    }
    Open frame;
    frame.node.kind = kind;
    const SourceMark mark = mark_at(event.start_mark);
    frame.node.line = mark.line;
    frame.node.column = mark.column;
    open_.push_back(std::move(frame));
    return true;
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    attach(std::move(node));
  }

  // A scalar is a key when its mapping waits for one.
  bool place(YamlNode node, const yaml_event_t& event) {
    if (open_.empty() || !open_.back().node.is_mapping() || open_.back().key_pending) {
      attach(std::move(node));
      return true;
    }
    Open& parent = open_.back();
    if (node.text == "<<" && node.style == YamlStyle::plain) {
      return refuse("P003", event, "rule files may not use merge keys", "a merge key",
                    "write the members out");
    }
    if (!is_new_key(parent, node.text)) {
      const YamlNode* first = nullptr;
      for (const YamlNode& key : parent.node.keys) {
        if (key.text == node.text) first = &key;
      }
      return refuse("P004", event, fmt::format("the key `{}` stands twice in this map", node.text),
                    first == nullptr ? "" : fmt::format("first on line {}", first->line),
                    "keep one of them; several values of one key are a list");
    }
    parent.node.keys.push_back(std::move(node));
    parent.key_pending = true;
    return true;
  }

  static bool is_new_key(Open& parent, const std::string& key) {
    const auto& keys = parent.node.keys;
    if (keys.size() < kScanKeysUpTo) {
      for (const YamlNode& known : keys) {
        if (known.text == key) return false;
      }
      return true;
    }
    if (parent.keys.empty()) {
      for (const YamlNode& known : keys) parent.keys.insert(known.text);
    }
    return parent.keys.insert(key).second;
  }

  void attach(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    open_.back().node.items.push_back(std::move(node));
    open_.back().key_pending = false;
  }

  const SourceText& source_;
  const YamlLimits& limits_;
  std::size_t nodes_ = 0, documents_ = 0;
  std::vector<Open> open_;
  std::optional<YamlNode> root_;
  std::vector<YamlNode> roots_;
};

Problem not_yaml(const yaml_parser_t& parser, const SourceText& source) {
  std::string message = fmt::format("not valid YAML: {}",
                                    parser.problem == nullptr ? "cannot be read" : parser.problem);
  std::string label;
  if (parser.context != nullptr && parser.context_mark.line != parser.problem_mark.line) {
    label = fmt::format("{} that began on line {}", parser.context, parser.context_mark.line + 1);
  } else if (parser.context != nullptr) {
    label = parser.context;
  }
  std::string help;
  const std::string_view text = parser.problem == nullptr ? "" : parser.problem;
  if (text.find("cannot start any token") != std::string_view::npos) {
    help = "tabs may not indent; quote values that begin with a special character";
  } else if (text.find("mapping values are not allowed") != std::string_view::npos) {
    help = "quote a value that contains `: `";
  } else if (text.find("did not find expected key") != std::string_view::npos) {
    help =
        "check the indentation, and quote values that contain quotes or begin with `*`, `[` or `{`";
  } else if (text.find("alphabetic or numeric") != std::string_view::npos) {
    help = "quote a value that begins with `*` or `&`";
  }
  // Errors of the character reader have no mark, only an offset.
  SourceMark mark = mark_at(parser.problem_mark);
  if (parser.error == YAML_READER_ERROR) {
    const std::string_view before = source.text.substr(0, parser.problem_offset);
    mark.line = 1;
    std::size_t start = 0;
    for (std::size_t at = 0; at < before.size(); ++at) {
      if (before[at] == '\n') {
        ++mark.line;
        start = at + 1;
      }
    }
    mark.column = static_cast<unsigned>(before.size() - start) + 1;
    help = "save the file as UTF-8, without control characters";
  }
  return make_problem("P001", source, mark, std::move(message), label, std::move(help));
}
}  // namespace

YamlType YamlNode::type() const {
  return style == YamlStyle::plain ? type_of_plain(text) : YamlType::text;
}

std::optional<bool> YamlNode::boolean() const {
  if (!is_scalar() || type() != YamlType::boolean) return std::nullopt;
  return text[0] == 't' || text[0] == 'T';
}

std::optional<std::int64_t> YamlNode::integer() const {
  if (!is_scalar() || type() != YamlType::number) return std::nullopt;
  std::int64_t out = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, out);
  if (error != std::errc{} || at != end) return std::nullopt;
  return out;
}

const YamlNode* YamlNode::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].text == key) return &items[i];
  }
  return nullptr;
}

const YamlNode* YamlNode::find_key(std::string_view key) const {
  for (const YamlNode& node : keys) {
    if (node.text == key) return &node;
  }
  return nullptr;
}

std::string_view YamlNode::text_of(std::string_view key) const {
  const YamlNode* node = find(key);
  return node != nullptr && node->is_scalar() ? std::string_view(node->text) : std::string_view{};
}

tl::expected<std::vector<YamlNode>, Problem> parse_yaml(const SourceText& source,
                                                        const YamlLimits& limits) {
  using namespace std::string_view_literals;
  std::string_view text = source.text;
  if (text.size() > limits.max_bytes) {
    return tl::make_unexpected(make_problem("P002", source, SourceMark{},
                                            fmt::format("larger than {} bytes", limits.max_bytes),
                                            "", "split the file"));
  }
  if (text.substr(0, 2) == "\xFF\xFE"sv || text.substr(0, 2) == "\xFE\xFF"sv) {
    return tl::make_unexpected(make_problem("P001", source, SourceMark{1, 1, 1},
                                            "not UTF-8 but UTF-16", "", "save the file as UTF-8"));
  }
  if (text.substr(0, 3) == "\xEF\xBB\xBF"sv) text.remove_prefix(3);
  const SourceText stream{source.file, text};

  Parser parser(text);
  Composer composer(stream, limits);
  for (;;) {
    Event event;
    if (yaml_parser_parse(parser.get(), &event.raw) == 0) {
      return tl::make_unexpected(not_yaml(*parser.get(), stream));
    }
    if (event.raw.type == YAML_STREAM_END_EVENT) return composer.take();
    if (!composer.add(event.raw)) return tl::make_unexpected(std::move(composer.problem));
  }
}

Problem make_problem(std::string_view code, const SourceText& source, const YamlNode& node,
                     std::string message, std::string_view label, std::string help) {
  return make_problem(code, source, node.mark(), std::move(message), label, std::move(help));
}

}  // namespace rdptriage::base
