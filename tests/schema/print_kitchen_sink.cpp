// Prints the report that uses every member once, in the format given; with a number, with that many
// pieces of evidence.
#include <cstdlib>
#include <iostream>

#include "rdptriage/analyze.hpp"
#include "support/kitchen_sink.hpp"

int main(int argc, char** argv) {
  const char* format = argc > 1 ? argv[1] : "json";
  rdptriage::Report report = rdptriage::test::kitchen_sink_report();
  const unsigned long count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
  const rdptriage::Evidence pattern = report.evidence.front();
  for (unsigned long i = report.evidence.size(); i < count; ++i) {
    rdptriage::Evidence evidence = pattern;
    evidence.id = "E" + std::to_string(i + 1);
    evidence.time->ticks += static_cast<std::int64_t>(i) * 10'000'000;
    evidence.host = i % 2 == 0 ? "h1" : "h2";
    evidence.text = "line " + std::to_string(i) + " of a log that says what it says";
    report.evidence.push_back(evidence);
  }
  return rdptriage::write_report(report, format, std::cout) ? 0 : 2;
}
