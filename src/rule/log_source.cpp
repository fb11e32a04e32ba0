#include "rule/log_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/case_fold.hpp"
#include "base/text.hpp"
#include "rule/document_context.hpp"

namespace rdptriage::rule {

using base::YamlNode;

namespace {
constexpr std::string_view kWindows = "windows";

// Both must hold.
LogSourceAlternative both(const LogSourceAlternative& a, const LogSourceAlternative& b) {
  LogSourceAlternative out = a;
  if (a.any_channel) {
    out.any_channel = b.any_channel;
    out.channels = b.channels;
  } else if (!b.any_channel) {
    out.channels.clear();
    for (const std::string& channel : a.channels) {
      if (std::find(b.channels.begin(), b.channels.end(), channel) != b.channels.end()) {
        out.channels.push_back(channel);
      }
    }
  }
  out.conditions.insert(out.conditions.end(), b.conditions.begin(), b.conditions.end());
  out.renames.insert(out.renames.end(), b.renames.begin(), b.renames.end());
  return out;
}
}  // namespace

void LogSourceMap::add(const base::SourceText& source, std::vector<Problem>& problems) {
  const auto roots = base::parse_yaml(source);
  if (!roots) {
    problems.push_back(roots.error());
    return;
  }
  const Placeholders none;
  DocumentContext context{source, 0, none, patterns_, problems};
  ItemContext items{source, none, patterns_, problems};
  for (const YamlNode& root : *roots) {
    constexpr std::string_view kParts[] = {"services", "categories", "fields"};
    if (std::none_of(std::begin(kParts), std::end(kParts),
                     [&root](std::string_view part) { return root.find(part) != nullptr; })) {
      context.problem("P011", root, "the map of log sources has no `services` and no `categories`",
                      "", "write `services: {name: [Channel]}`");
    }
    if (const YamlNode* services = root.find("services")) {
      for (std::size_t i = 0; i < services->keys.size(); ++i) {
        std::vector<std::string> channels;
        for (const std::string& channel : context.texts(*services, services->keys[i].text)) {
          channels.push_back(base::fold_case(channel));
        }
        if (channels.empty()) {
          context.problem("P026", services->keys[i], "the service has no channel");
        }
        services_[base::fold_case(services->keys[i].text)] = std::move(channels);
      }
    }
    if (const YamlNode* lists = root.find("fields")) {
      for (const YamlNode& node : lists->items) {
        fields_.push_back({{base::fold_case(context.text(node, "product")),
                            base::fold_case(context.text(node, "category")),
                            base::fold_case(context.text(node, "service"))},
                           context.texts(node, "names")});
      }
    }
    const YamlNode* entries = root.find("categories");
    if (entries == nullptr) continue;
    for (const YamlNode& node : entries->items) {
      Entry entry;
      entry.product = base::fold_case(context.text(node, "product"));
      entry.category = base::fold_case(context.text(node, "category"));
      entry.service = base::fold_case(context.text(node, "service"));
      const YamlNode* alternatives = node.find("alternatives");
      if ((entry.category.empty() && entry.service.empty()) || alternatives == nullptr) {
        context.problem("P012", node,
                        "an entry needs a category (or service) and its alternatives");
        continue;
      }
      for (const YamlNode& alternative : alternatives->items) {
        LogSourceAlternative made;
        const std::string service = base::fold_case(context.text(alternative, "service"));
        if (!service.empty()) {
          made.any_channel = false;
          const auto known = services_.find(service);
          if (known == services_.end()) {
            context.problem("P018", *alternative.find("service"),
                            fmt::format("there is no service `{}`", service), "",
                            "list it under `services` with its channels");
            continue;
          }
          made.channels = known->second;
        }
        if (const YamlNode* conditions = alternative.find("conditions")) {
          for (std::size_t i = 0; i < conditions->keys.size(); ++i) {
            if (auto item = parse_item(conditions->keys[i], conditions->items[i], items)) {
              made.conditions.push_back(std::move(*item));
            }
          }
        }
        if (const YamlNode* renames = alternative.find("fieldmappings")) {
          for (std::size_t i = 0; i < renames->keys.size(); ++i) {
            made.renames.emplace_back(renames->keys[i].text,
                                      context.text(*renames, renames->keys[i].text));
          }
        }
        entry.alternatives.push_back(std::move(made));
      }
      const auto same = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& known) {
        return known.product == entry.product && known.category == entry.category &&
               known.service == entry.service;
      });
      if (same == entries_.end()) {
        entries_.push_back(std::move(entry));
      } else {
        *same = std::move(entry);
      }
    }
  }
}

const std::vector<LogSourceAlternative>* LogSourceMap::find_entry(const LogSource& source,
                                                                  bool by_category) const {
  const std::string wanted = base::fold_case(by_category ? source.category : source.service);
  for (const Entry& entry : entries_) {
    if (by_category ? entry.category == wanted
                    : entry.category.empty() && entry.service == wanted) {
      return &entry.alternatives;
    }
  }
  return nullptr;
}

std::vector<LogSourceAlternative> LogSourceMap::resolve(const LogSource& source) const {
  if (!source.product.empty() && !base::equals_ignoring_case(source.product, kWindows)) return {};
  std::vector<LogSourceAlternative> out(1);
  const auto narrow = [&](const std::vector<LogSourceAlternative>& by) {
    std::vector<LogSourceAlternative> narrowed;
    for (const LogSourceAlternative& a : out) {
      for (const LogSourceAlternative& b : by) {
        narrowed.push_back(both(a, b));
        if (!narrowed.back().any_channel && narrowed.back().channels.empty()) narrowed.pop_back();
      }
    }
    out = std::move(narrowed);
  };
  if (!source.category.empty()) {
    const auto* entry = find_entry(source, true);
    if (entry == nullptr) return {};
    narrow(*entry);
  }
  if (!source.service.empty()) {
    const auto known = services_.find(base::fold_case(source.service));
    if (known != services_.end()) {
      LogSourceAlternative channels;
      channels.any_channel = false;
      channels.channels = known->second;
      narrow({channels});
    } else if (const auto* entry = find_entry(source, false)) {
      narrow(*entry);
    } else {
      return {};
    }
  }
  return out;
}

bool LogSourceMap::knows_service(std::string_view service) const {
  LogSource source;
  source.service = service;
  return services_.count(base::fold_case(service)) != 0 || find_entry(source, false) != nullptr;
}

std::vector<std::string> LogSourceMap::fields_of(const LogSource& source) const {
  std::vector<std::string> out;
  bool listed = false;
  for (const FieldList& list : fields_) {
    const bool everywhere =
        list.source.product.empty() && list.source.category.empty() && list.source.service.empty();
    const bool same = list.source.product == base::fold_case(source.product) &&
                      list.source.category == base::fold_case(source.category) &&
                      list.source.service == base::fold_case(source.service);
    // What the System part of every event log holds.
    const bool system_part = list.source.product == kWindows && list.source.category.empty() &&
                             list.source.service.empty();
    const bool of_logs = system_part && source.category.empty() && knows_service(source.service);
    if (!everywhere && !of_logs && (!same || system_part)) continue;
    listed = listed || (same && !system_part);
    out.insert(out.end(), list.names.begin(), list.names.end());
  }
  if (!listed) out.clear();
  return out;
}

bool LogSourceMap::knows_category(std::string_view category) const {
  LogSource source;
  source.category = category;
  return find_entry(source, true) != nullptr;
}

}  // namespace rdptriage::rule
