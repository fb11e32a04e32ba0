// The tests inside rule files: `rdptriage.tests`, a list of
//   {events: [{…}], match: [positions]} · {events: […], match_count: N} · {events: […], fires:
//   {rule: [{…}]}} {lines: [text], match: [positions]} · {file: path, match_count: N}
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/case_fold.hpp"
#include "pipeline/read_case.hpp"
#include "pipeline/rule_files.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "pipeline/test_causes.hpp"
#include "pipeline/yaml_json.hpp"
#include "rdptriage/rule_set.hpp"
#include "rdptriage/rules.hpp"
#include "reader/event_json.hpp"
#include "rule/correlation.hpp"
#include "rule/matcher.hpp"

namespace rdptriage {

namespace {
using base::YamlNode;
namespace fs = std::filesystem;

// The events of a test have no log source of their own: they are taken as being of the rule's.
class TestRun {
 public:
  TestRun(const pipeline::SelectedRules& selected, RuleTestResult& result)
      : selected_(selected), rules_(selected.loaded.rules), result_(result), matcher_(rules_) {
    for (const rule::RuleFile& file : selected.files) texts_.emplace(file.path, file.text);
  }

  void run_all() {
    for (const rule::RuleInfo& info : rules_.rules()) {
      if (info.generated_for || info.visibility == rule::Visibility::disabled) continue;
      ++result_.rules;
      const std::size_t document = rules_.document_of(info.index);
      const YamlNode& tests = info.kind == rule::RuleKind::detection
                                  ? rules_.documents().detections[document].tests
                                  : rules_.documents().correlations[document].tests;
      if (!tests.is_sequence() || tests.items.empty()) {
        if (tests.line != 0)
          fail_test(info, tests, "`tests` must be a list", "write `- events: […]`");
        ++result_.untested;
        continue;
      }
      for (const YamlNode& test : tests.items) {
        ++result_.tests;
        run(info, test);
      }
    }
  }

 private:
  void fail_test(const rule::RuleInfo& info, const YamlNode& at, std::string message,
                 std::string help) {
    const auto text = texts_.find(info.file);
    result_.failures.push_back(base::make_problem(
        "P060", {info.file, text == texts_.end() ? std::string_view{} : text->second}, at,
        fmt::format("test of `{}`: {}", info.handle(), message), "", std::move(help)));
  }

  // Which events match `rule`, and all hits for the correlations.
  struct Outcome {
    std::set<std::int64_t> matched;
    std::vector<rule::Hit> hits;
    event::EventStore store;
  };

  void look(const EventView& view, std::int64_t position, rule::RuleIndex rule, Outcome& out) {
    matcher_.match(view, matched_);
    if (matched_.empty()) return;
    const event::Event& kept = out.store.keep(view);
    for (const rule::RuleIndex index : matched_) {
      if (index == rule) out.matched.insert(position);
      rule::Hit hit;
      hit.rule = index;
      hit.event = &kept;
      hit.time = kept.key.time.value_or(Timestamp{});
      out.hits.push_back(hit);
    }
  }

  void run(const rule::RuleInfo& info, const YamlNode& test) {
    const YamlNode* events = test.find("events");
    const YamlNode* lines = test.find("lines");
    const YamlNode* file = test.find("file");
    Outcome out;
    if (events != nullptr && events->is_sequence()) {
      for (std::size_t i = 0; i < events->items.size(); ++i) {
        const bool read = reader::visit_json_event(
            pipeline::yaml_as_json(events->items[i]), {},
            [&](EventView& view) { look(view, static_cast<std::int64_t>(i), info.index, out); });
        if (!read) {
          fail_test(info, events->items[i], "the event is not a map of fields",
                    "write `{Field: value}`");
          return;
        }
      }
    } else if (lines != nullptr && lines->is_sequence()) {
      std::string text;
      for (const YamlNode& line : lines->items) text += line.text + "\n";
      Case input(CaseOptions{});
      const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
      if (auto added = input.add_bytes("lines", bytes); !added) {
        fail_test(info, *lines, added.error().message, "");
        return;
      }
      read(input, info.index, out);
    } else if (file != nullptr && file->is_scalar()) {
      Case input(CaseOptions{});
      fs::path path = file->text;
      std::error_code error;
      if (!fs::exists(path, error)) path = fs::path(info.file).parent_path() / file->text;
      if (auto added = input.add_path(path); !added) {
        fail_test(info, *file, "the file of the test is not there",
                  "paths start at the rule file's folder");
        return;
      }
      read(input, info.index, out);
    } else {
      fail_test(info, test, "the test has no events",
                "write `events: […]`, `lines: […]` or `file: …`");
      return;
    }
    judge(info, test, out);
  }

  // Through the readers and the text formats of the built-in pack and of those that were given.
  void read(const Case& input, rule::RuleIndex rule, Outcome& out) {
    struct Consumer final : pipeline::EventConsumer {
      Consumer(TestRun& owner, rule::RuleIndex wanted, Outcome& to)
          : run(owner), rule(wanted), out(to) {}
      reader::Flow event(EventView& view) override {
        // Positions of lines, so that `match` can name them.
        const auto line = view.locator().line;
        run.look(view, line ? static_cast<std::int64_t>(*line) - 1 : count, rule, out);
        ++count;
        return reader::Flow::go_on;
      }
      TestRun& run;
      rule::RuleIndex rule;
      Outcome& out;
      std::int64_t count = 0;
    };
    const auto make = [&](const container::Artifact&,
                          std::string_view) -> std::unique_ptr<pipeline::EventConsumer> {
      return std::make_unique<Consumer>(*this, rule, out);
    };
    pipeline::read_case(
        input, {[this] { return selected_.text_formats(); }, nullptr, 1, reader::JsonObjects::all},
        make, [](std::uint32_t, std::unique_ptr<pipeline::EventConsumer>) {});
  }

  void judge(const rule::RuleInfo& info, const YamlNode& test, const Outcome& out) {
    bool judged = false;
    if (const YamlNode* match = test.find("match")) {
      judged = true;
      std::set<std::int64_t> wanted;
      bool readable = match->is_sequence();
      for (const YamlNode& item : match->items) {
        const auto position = item.integer();
        readable = readable && position;
        if (position) wanted.insert(*position);
      }
      if (!readable) {
        fail_test(info, *match, "`match` must be a list of positions", "write `match: [0, 2]`");
        return;
      }
      if (wanted != out.matched) {
        fail_test(info, *match,
                  fmt::format("it matches [{}], expected [{}]", fmt::join(out.matched, ", "),
                              fmt::join(wanted, ", ")),
                  "`rdptriage rules explain RULE EVENT` shows why");
      }
    }
    if (const YamlNode* count = test.find("match_count")) {
      judged = true;
      const auto wanted = count->integer();
      if (!wanted || static_cast<std::int64_t>(out.matched.size()) != *wanted) {
        fail_test(info, *count,
                  fmt::format("{} event{} match, expected {}", out.matched.size(),
                              out.matched.size() == 1 ? "" : "s", count->text),
                  "");
      }
    }
    if (const YamlNode* fires = test.find("fires")) {
      judged = true;
      judge_firings(info, *fires, out);
    }
    if (!judged) {
      fail_test(info, test, "the test expects nothing",
                "write `match: […]`, `match_count: N` or `fires: {…}`");
    }
  }

  using GroupValues = std::map<std::string, std::string>;

  void judge_firings(const rule::RuleInfo& info, const YamlNode& fires, const Outcome& out) {
    std::map<rule::RuleIndex, std::set<GroupValues>> fired;
    for (const rule::Firing& firing : rule::correlate(rules_, out.hits)) {
      GroupValues group;
      for (const auto& [name, value] : firing.group)
        group[name] = value ? base::fold_case(*value) : "(none)";
      fired[firing.rule].insert(std::move(group));
    }
    for (std::size_t i = 0; i < fires.keys.size(); ++i) {
      const rule::RuleInfo* named = rules_.find(fires.keys[i].text);
      if (named == nullptr) {
        fail_test(info, fires.keys[i], fmt::format("there is no rule `{}`", fires.keys[i].text),
                  "");
        continue;
      }
      std::set<GroupValues> wanted;
      for (const YamlNode& group : fires.items[i].items) {
        GroupValues values;
        for (std::size_t j = 0; j < group.keys.size(); ++j) {
          const YamlNode& value = group.items[j];
          values[group.keys[j].text] = value.is_null() ? "(none)" : base::fold_case(value.text);
        }
        wanted.insert(std::move(values));
      }
      if (wanted == fired[named->index]) continue;
      fail_test(info, fires.keys[i],
                fmt::format("`{}` fires for {}, expected {}", named->handle(),
                            show(fired[named->index]), show(wanted)),
                "");
    }
  }

  static std::string show(const std::set<GroupValues>& groups) {
    if (groups.empty()) return "nothing";
    std::vector<std::string> all;
    for (const GroupValues& group : groups) {
      std::vector<std::string> parts;
      for (const auto& [name, value] : group) parts.push_back(name + "=" + value);
      all.push_back(fmt::format("{{{}}}", fmt::join(parts, ", ")));
    }
    return fmt::format("{}", fmt::join(all, " "));
  }

  const pipeline::SelectedRules& selected_;
  const rule::CompiledRules& rules_;
  RuleTestResult& result_;
  rule::Matcher matcher_;
  std::vector<rule::RuleIndex> matched_;
  std::map<std::string_view, std::string_view> texts_;
};
}  // namespace

Result<RuleTestResult> test_rules(const RuleSelection& selection) {
  RuleSelection flat = selection;
  flat.log_sources = RuleSelection::LogSources::ignore;
  RDPTRIAGE_TRY(const auto selected, pipeline::load_selection(flat));
  RuleTestResult result;
  result.problems = selected->loaded.problems;
  TestRun(*selected, result).run_all();
  pipeline::test_causes(*selected, result);
  return result;
}

}  // namespace rdptriage
