// rdptriage: why did this Remote Desktop connection fail, what proves it, what fixes it?
//
//   rdptriage::Case input;
//   if (auto added = input.add_path("case.zip"); !added) …            // Error: code, message, help
//   const rdptriage::Report report = rdptriage::analyze(input);       // never fails
//   rdptriage::write_report(report, "json", std::cout);
//
// Start at analyze.hpp; report.hpp is the answer, event.hpp what readers deliver, rule_set.hpp the
// knowledge. Everything else in the source tree is internal.
#pragma once

#include "rdptriage/analyze.hpp"
#include "rdptriage/case.hpp"
#include "rdptriage/compare.hpp"
#include "rdptriage/event.hpp"
#include "rdptriage/explain.hpp"
#include "rdptriage/fleet.hpp"
#include "rdptriage/focus.hpp"
#include "rdptriage/function_ref.hpp"
#include "rdptriage/inspect.hpp"
#include "rdptriage/limits.hpp"
#include "rdptriage/names.hpp"
#include "rdptriage/notice.hpp"
#include "rdptriage/report.hpp"
#include "rdptriage/result.hpp"
#include "rdptriage/rule_set.hpp"
#include "rdptriage/safe_text.hpp"
#include "rdptriage/share.hpp"
#include "rdptriage/ticket.hpp"
#include "rdptriage/write_events.hpp"
