#include "reader/capture_reading.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "reader/netstat.hpp"

namespace rdptriage::reader {

namespace {
// A prompt with a filter behind netstat is no heading.
bool is_heading(std::string_view line) {
  return !base::trim(line).empty() && line.find('|') == std::string_view::npos &&
         line.find('>') == std::string_view::npos;
}
}  // namespace

CaptureReading::CaptureReading(const CaptureSet& set, const container::Artifact& artifact,
                               const ReadContext& context, EventSink& sink)
    : set_(set),
      artifact_(artifact),
      sink_(sink),
      given_role_(given_role(context, artifact.path)),
      role_(given_role_.empty() ? set.role_of_path(artifact.path) : given_role_),
      date_order_(context.date_order),
      sockets_(set, artifact, given_role_),
      statistics_(artifact.index),
      registry_(artifact.index, role_) {}

bool CaptureReading::add(const TextLine& line) {
  const bool blank = base::trim(line.text).empty();
  Share share = take_socket(line, blank) ? Share::taken : Share::none;
  if (share == Share::none && !blank) share = take_other(line);
  if (!blank) {
    ++lines_;
    known_ += share != Share::none;
    before_ = line.text;
  }
  return share == Share::taken;
}

void CaptureReading::finish() {
  close();
  properties_.take({});
  add_property_socket(TextLine{});
  flush_sockets();
  statistics_.finish(sink_, records_);
  registry_.finish(sink_, records_);
}

bool CaptureReading::take_socket(const TextLine& line, bool blank) {
  if (const auto row = parse_socket_row(line.text)) {
    close();
    if (sockets_.empty() && is_heading(before_)) sockets_.saw_heading();
    sockets_.add(*row, line.number, line.byte_offset, line.byte_length);
    note("netstat");
    return true;
  }
  const bool property = properties_.take(line.text);
  add_property_socket(line);
  if (property) {
    close();
    return true;
  }
  if (sockets_.empty()) return false;
  if (property_rows_) return blank;  // objects stand between blank lines
  const std::string_view first = base::trim(line.text).substr(0, 4);
  if (first == "TCP " || first == "UDP " || first == "tcp " || first == "udp ") {
    sockets_.saw_cut_row();
    return true;
  }
  if (blank || sockets_.add_owner_line(line.text)) return true;
  flush_sockets();
  return false;
}

void CaptureReading::add_property_socket(const TextLine& line) {
  const auto socket = properties_.take_socket();
  if (!socket) return;
  if (sockets_.empty()) sockets_.saw_heading();
  property_rows_ = true;
  sockets_.add(*socket, line.number, line.byte_offset, line.byte_length);
  note("netstat");
}

CaptureReading::Share CaptureReading::take_other(const TextLine& line) {
  if (registry_.take(line, sink_, records_)) {
    close();
    note("registry");
    return Share::taken;
  }
  const Share share = take_record(line);
  if (share != Share::none || !statistics_.take(line, sink_, records_)) return share;
  note("netstat-s");
  return Share::taken;
}

CaptureReading::Share CaptureReading::take_record(const TextLine& line) {
  const auto starts = [&](const std::vector<base::Pattern>& patterns) {
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (patterns[i].search(line.text)) return static_cast<int>(i);
    }
    return -1;
  };
  if (open_) {
    const int begin = starts(open_->format().begin);
    if (begin >= 0 && open_->restarts_at(begin)) {
      const CaptureFormat& format = open_->format();
      close();
      open_.emplace(set_, format);
    }
    if (begin >= 0) open_->set_begin(begin);
    const bool took = open_->take(line) || begin >= 0;
    if (took) {
      const bool last = starts(open_->format().end) >= 0;
      if (last || open_->full()) close();
      return Share::taken;
    }
  }
  const bool indexed = set_.openers && set_.openers->match(line.text, opened_by_);
  for (const CaptureFormat& format : set_.formats) {
    if (indexed && !opens(format)) continue;
    const int begin = starts(format.begin);
    if (begin < 0 && starts(format.lead) < 0) continue;
    if (open_ && &open_->format() == &format) continue;
    close();
    open_.emplace(set_, format);
    open_->set_begin(begin);
    open_->take(line);
    return Share::taken;
  }
  if (open_ && open_->full()) close();
  return open_ ? Share::inside : Share::none;
}

// Whether one of the openers found in the line is of this format.
bool CaptureReading::opens(const CaptureFormat& format) const {
  const auto index = static_cast<std::size_t>(&format - set_.formats.data());
  return std::any_of(opened_by_.begin(), opened_by_.end(), [&](int found) {
    return set_.opener_format[static_cast<std::size_t>(found)] == index;
  });
}

void CaptureReading::close() {
  if (!open_) return;
  const std::uint64_t before = records_;
  open_->emit({artifact_.index, role_, date_order_}, sink_, records_);
  if (records_ > before) note(open_->format().name);
  open_.reset();
}

void CaptureReading::flush_sockets() {
  sockets_.emit(sink_, records_);
  sockets_.clear();
  property_rows_ = false;
}

void CaptureReading::note(std::string_view format) {
  if (format_.empty()) format_ = format;
}

}  // namespace rdptriage::reader
