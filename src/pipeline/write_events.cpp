#include "rdptriage/write_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/output_buffer.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "container/walk.hpp"
#include "pipeline/artifact_row.hpp"
#include "pipeline/find_reader.hpp"
#include "pipeline/hashing_source.hpp"
#include "pipeline/notice_cap.hpp"
#include "pipeline/reading_order.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "pipeline/same_bytes.hpp"
#include "pipeline/seen_records.hpp"
#include "rdptriage/threads.hpp"
#include "reader/reader.hpp"
#include "report/event_csv.hpp"
#include "report/event_import.hpp"
#include "report/event_json.hpp"
#include "report/event_xml.hpp"

namespace rdptriage {

namespace {

using Out = FunctionRef<EventFlow(std::string_view)>;

bool is_one_of(std::string_view text, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return base::equals_ignoring_case(text, name);
  });
}

// The key decides first: the rest of an event is decoded for those that are written.
bool is_wanted(const EventView& event, const EventFilter& filter) {
  const EventKey& key = event.key();
  if (!filter.channels.empty() && !is_one_of(key.channel, filter.channels)) return false;
  if (!filter.providers.empty() && !is_one_of(key.provider, filter.providers)) return false;
  if (!filter.event_ids.empty() &&
      (!key.event_id || std::find(filter.event_ids.begin(), filter.event_ids.end(),
                                  *key.event_id) == filter.event_ids.end())) {
    return false;
  }
  if (filter.since && (!key.time || *key.time < *filter.since)) return false;
  if (filter.until && (!key.time || !(*key.time < *filter.until))) return false;
  if (filter.hosts.empty()) return true;
  const auto& computer = event.system().computer;
  return computer && is_one_of(*computer, filter.hosts);
}

bool is_import(EventFormat format) {
  return format == EventFormat::timesketch || format == EventFormat::ecs;
}

// Bytes gathered before they are handed out.
constexpr std::size_t kEnough = std::size_t{256} << 10;

class Sink final : public reader::EventSink {
 public:
  // `out` is null in a forked sink, which keeps its bytes until it is joined. `seen` is null when
  // there is nothing that records could be repeated in.
  Sink(std::string_view artifact, EventFormat format, const EventFilter& filter,
       const pipeline::SeenRecords* seen, const Out* out)
      : artifact_(artifact), format_(format), filter_(filter), out_(out), seen_(seen) {
    if (seen != nullptr) records_.emplace(*seen);
  }

  reader::Flow event(EventView& event) override {
    if (!is_wanted(event, filter_)) return reader::Flow::go_on;
    if (is_import(format_) && !report::has_date(event.key())) {
      ++without_date_;
      return reader::Flow::go_on;
    }
    if (records_ && records_->is_repeated(event)) return reader::Flow::go_on;
    write(event);
    if (records_) records_->add(event);  // behind the decoding, which may find it torn
    return out_ != nullptr && buffer_.size() >= kEnough ? flush(buffer_) : reader::Flow::go_on;
  }
  void notice(Notice notice) override {
    if (cap_.take()) notices_.push_back(std::move(notice));
  }

  std::unique_ptr<EventSink> fork() override {
    return std::make_unique<Sink>(artifact_, format_, filter_, seen_, nullptr);
  }
  reader::Flow join(EventSink& forked) override {
    const reader::Flow flow = flush(buffer_);
    auto& other = static_cast<Sink&>(forked);
    without_date_ += std::exchange(other.without_date_, 0);
    if (records_) records_->append(*other.records_);
    return flow == reader::Flow::stop ? flow : flush(other.buffer_);
  }

  reader::Flow finish() { return flush(buffer_); }
  std::vector<Notice>& notices() { return notices_; }
  const pipeline::NoticeCap& cap() const { return cap_; }
  std::uint64_t without_date() const { return without_date_; }
  std::optional<pipeline::SeenRecords::OfFile>& records() { return records_; }

 private:
  void write(const EventView& event) {
    switch (format_) {
      case EventFormat::jsonl:
        json_.write(artifact_, event, buffer_);
        break;
      case EventFormat::csv:
        csv_.write(artifact_, event, buffer_);
        break;
      case EventFormat::xml:
        xml_.write(event, buffer_);
        break;
      case EventFormat::timesketch:
        import_.write_timesketch(artifact_, event, buffer_);
        break;
      case EventFormat::ecs:
        import_.write_ecs(artifact_, event, buffer_);
        break;
    }
  }
  reader::Flow flush(base::OutputBuffer& buffer) {
    if (buffer.size() == 0) return reader::Flow::go_on;
    const EventFlow flow = (*out_)(buffer.view());
    buffer.clear();
    return flow == EventFlow::stop ? reader::Flow::stop : reader::Flow::go_on;
  }

  std::string_view artifact_;
  EventFormat format_;
  const EventFilter& filter_;
  const Out* out_;
  base::OutputBuffer buffer_;
  report::EventJsonWriter json_;
  report::EventCsvWriter csv_;
  report::EventXmlWriter xml_;
  report::EventImportWriter import_;
  std::uint64_t without_date_ = 0;
  std::vector<Notice> notices_;
  pipeline::NoticeCap cap_;
  const pipeline::SeenRecords* seen_;
  std::optional<pipeline::SeenRecords::OfFile> records_;
};

// Whether a record can be in more than one file of the case.
enum class Repeats : std::uint8_t { impossible, possible };

class Visitor final : public container::Visitor {
 public:
  Visitor(EventFormat format, const EventFilter& filter, const reader::ReadContext& context,
          const RuleSet* rules, const Out& out, Repeats repeats, const container::Listing& listing,
          WriteSummary& summary)
      : format_(format),
        filter_(filter),
        context_(context),
        rules_(rules),
        out_(out),
        repeats_(repeats),
        summary_(summary) {
    const bool has_bundles =
        std::any_of(listing.files.begin(), listing.files.end(),
                    [](const container::ListedFile& file) { return file.opens_bundle(); });
    if (has_bundles) seen_bytes_.emplace(listing);
  }

  bool stopped() const { return stopped_; }

  void repeated(const container::Artifact& artifact, const container::Artifact& first) {
    add(artifact).because = "the same bytes as " + first.path;
  }

  void artifact(const container::Artifact& artifact, container::PeekSource& source) override {
    if (stopped_) return;
    ArtifactReport& row = add(artifact);
    if (const std::string* first = seen_bytes_ ? seen_bytes_->find(source) : nullptr) {
      row.because = "the same bytes as " + *first;
      return;
    }
    const auto head = source.peek(reader::kProbeBytes);
    const auto load = [this] {
      return (rules_ != nullptr ? *rules_ : RuleSet::builtin()).impl().formats();
    };
    const reader::ReaderInfo* const reader =
        pipeline::find_reader(head, artifact.name, context_, load);
    if (reader == nullptr) {
      row.because = pipeline::why_no_reader(head, artifact.name);
      return;
    }
    Sink sink(artifact.path, format_, filter_, repeats_ == Repeats::possible ? &seen_ : nullptr,
              &out_);
    const reader::ReadOutcome outcome = read(*reader, artifact, source, head, sink);
    if (sink.finish() == reader::Flow::stop) stopped_ = true;
    row.format = outcome.format.empty() ? std::string(reader->format) : outcome.format;
    row.encoding = outcome.encoding;
    row.detected_by = "content";
    row.records_read = outcome.records_read;
    row.records_refused = outcome.records_refused;
    row.bytes_lost = outcome.bytes_lost;
    row.state = outcome.damaged             ? ArtifactState::damaged
                : outcome.records_read != 0 ? ArtifactState::used
                                            : ArtifactState::not_used;
    const bool is_whole = outcome.records_refused == 0 && outcome.bytes_lost == 0;
    if (row.state != ArtifactState::not_used || is_whole) ++summary_.logs;
    if (sink.without_date() != 0) {
      Notice left_out;
      left_out.code = "EVENTS_WITHOUT_DATE";
      left_out.text = "events of " + artifact.path +
                      " without a date, which no other timeline can "
                      "place, are left out: " +
                      std::to_string(sink.without_date()) + "; --format jsonl has them";
      left_out.artifact = artifact.index;
      summary_.notices.push_back(std::move(left_out));
    }
    for (Notice& notice : sink.notices()) summary_.notices.push_back(std::move(notice));
    if (auto rest = sink.cap().rest(artifact.index)) {
      summary_.notices.push_back(std::move(*rest));
    }
    if (sink.records()) take_records(artifact, std::move(*sink.records()));
  }
  void bundle_begin(const container::Artifact& artifact, std::string_view format) override {
    ArtifactReport& row = add(artifact);
    row.format = format;
    row.state = ArtifactState::used;
    open_bundles_.push_back(summary_.artifacts.size() - 1);
  }
  void not_used(const container::Artifact& artifact, const container::Sniffed& why) override {
    pipeline::judge_sniffed(why, add(artifact));
  }
  void refused(const container::Artifact& artifact, Notice notice) override {
    ArtifactReport& row = add(artifact);
    row.state = ArtifactState::refused;
    row.because = pipeline::reason_of(notice, row);
    summary_.notices.push_back(std::move(notice));
  }
  void bundle_end(const container::Artifact&, std::string_view lost) override {
    if (!lost.empty()) summary_.artifacts[open_bundles_.back()].state = ArtifactState::damaged;
    open_bundles_.pop_back();
  }
  void notice(Notice notice) override { summary_.notices.push_back(std::move(notice)); }

 private:
  // Remembers what the artifact holds, where bundles may repeat it.
  reader::ReadOutcome read(const reader::ReaderInfo& reader, const container::Artifact& artifact,
                           container::PeekSource& source, std::span<const std::byte> head,
                           Sink& sink) {
    if (!seen_bytes_) return reader.read(artifact, source, context_, sink);
    base::Sha256 hash;
    const bool is_member = source.random_access() == nullptr;
    pipeline::HashingSource hashing(source, is_member ? &hash : nullptr, nullptr);
    const std::vector<std::byte> begin(head.begin(), head.end());  // reading lets go of it
    const reader::ReadOutcome outcome = reader.read(artifact, hashing, context_, sink);
    if (is_member) hashing.drain();
    if (hashing.failed()) return outcome;
    seen_bytes_->add(artifact, begin, is_member ? std::optional(hash.finish()) : std::nullopt);
    return outcome;
  }

  void take_records(const container::Artifact& artifact, pipeline::SeenRecords::OfFile records) {
    if (records.repeated() != 0) {
      Notice repeated;
      repeated.code = "RECORDS_REPEATED";
      repeated.text =
          fmt::format("{}: {} records are in files before it, too; each is written once",
                      artifact.path, records.repeated());
      repeated.artifact = artifact.index;
      summary_.notices.push_back(std::move(repeated));
    }
    const bool was_full = seen_.full();
    seen_.add(std::move(records));
    if (was_full || !seen_.full()) return;
    Notice full;
    full.code = "RECORDS_NOT_COMPARED";
    full.text = artifact.path +
                ": the logs so far have too many gaps to remember; records that later files repeat "
                "are written again";
    full.artifact = artifact.index;
    summary_.notices.push_back(std::move(full));
  }

  ArtifactReport& add(const container::Artifact& artifact) {
    return summary_.artifacts.emplace_back(pipeline::artifact_row(artifact));
  }

  EventFormat format_;
  const EventFilter& filter_;
  reader::ReadContext context_;
  const RuleSet* rules_;
  const Out& out_;
  Repeats repeats_;
  pipeline::SeenRecords seen_;
  std::optional<pipeline::SeenBytes> seen_bytes_;  // where there are bundles
  WriteSummary& summary_;
  std::vector<std::size_t> open_bundles_;  // rows, the innermost last
  bool stopped_ = false;
};

}  // namespace

std::optional<Timestamp> parse_time(std::string_view text, std::int64_t ahead) {
  constexpr std::size_t kDate = 10, kToMinutes = 16;
  std::string whole(text);
  if (whole.size() == kDate) whole += "T00:00:00";
  const bool no_seconds =
      whole.size() == kToMinutes || (whole.size() > kToMinutes && whole[kToMinutes] != ':');
  if (no_seconds) whole.insert(kToMinutes, ":00");
  const auto parsed = base::parse_iso8601(whole);
  if (!parsed) return std::nullopt;
  return Timestamp{parsed->zoned ? parsed->ticks : parsed->ticks - ahead};
}

WriteSummary write_events(const Case& input, EventFormat format, const EventFilter& filter,
                          FunctionRef<EventFlow(std::string_view bytes)> out,
                          const RuleSet* rules) {
  WriteSummary summary;
  container::Guard guard(input.options().limits, input.options().passwords);
  std::vector<container::WalkInput> inputs;
  for (const Case::Input& given : input.inputs()) {
    inputs.push_back({given.name, given.path, given.bytes});
  }
  const container::Listing listing = container::list_artifacts(inputs, guard);
  summary.notices = listing.notices;
  reader::ReadContext context;
  context.limits = input.options().limits;
  context.carve = input.options().carve;
  context.jobs = thread_count(input.options().jobs);
  const std::string_view head = format == EventFormat::csv   ? report::kEventCsvHead
                                : format == EventFormat::xml ? report::kEventXmlHead
                                                             : std::string_view();
  bool stopped = !head.empty() && out(head) == EventFlow::stop;
  container::Walk walk(listing, guard);
  const bool alone = listing.files.size() == 1 && !listing.files[0].opens_bundle();
  Visitor visitor(format, filter, context, rules, out,
                  alone ? Repeats::impossible : Repeats::possible, listing, summary);
  const auto repeats = pipeline::find_same_bytes(listing);
  using pipeline::Round;
  for (const Round round : {Round::log, Round::list, Round::bundle}) {
    for (const container::ListedFile& file : listing.files) {
      if (stopped || visitor.stopped() || pipeline::round_of(file) != round) continue;
      if (const auto repeat = repeats.find(&file); repeat != repeats.end()) {
        visitor.repeated(file.artifact, repeat->second->artifact);
      } else {
        walk.open(file, visitor);
      }
    }
  }
  stopped = stopped || visitor.stopped();
  if (format == EventFormat::xml && !stopped) out(report::kEventXmlTail);
  return summary;
}

}  // namespace rdptriage
