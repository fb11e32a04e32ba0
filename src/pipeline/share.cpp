// Two passes with the same pseudonyms: the first learns every name from the places that hold names
// (hosts, user fields, DOMAIN\user, mail), so that the second finds them in running text too.
#include "rdptriage/share.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "pipeline/ticket.hpp"
#include "report/pseudonyms.hpp"

namespace rdptriage {

namespace {

using report::Pseudonyms;
using report::Vocabulary;
using Kind = Pseudonyms::Kind;

// What the program itself writes into reports and logs write around names. These stay in sentences
// also where somebody or something is called so, hence no names, and of roles only those that
// everybody has: docs/sharing.md tells it.
constexpr std::string_view kCommonWords = R"(
the and for not with from that this was are has have had its but all any one two three first last next
event record line lines file files bytes chunk damaged torn read refused used unused not_used case report
connection connected connecting disconnect disconnected session client server gateway host target user
domain name names address port ports local remote error errors warning info debug trace fatal critical
failed failure fail success succeeded unknown denied refused reset timeout expired invalid missing empty
tcp udp tls ssl http https rdp rpc dns ldap kerberos ntlm credssp nla certificate key store service
listening established close_wait syn_sent time_wait syn_received closed listen state protocol code status
reason result value type level id pid process thread message function component logon login password
account group policy resource authorization authentication license licensing windows microsoft security
admin owner proxy firewall router broker support laptop network internet home office company
measured outcome looked favor utc gmt time date year month day hour minute second milliseconds start started stop stopped end
true false yes null none default system administrator local service network anonymous nt authority
evtx xml csv json txt log zip text part parts also more less than into onto over under after before
eventinfo eventxml userdata eventdata data param1 param2 param3 param4 param5 authtype connectionprotocol
resource username ipaddress ipport targetusername targetdomainname targetusersid targetlogonid
subjectusername subjectdomainname subjectusersid subjectlogonid logontype logonprocessname
authenticationpackagename workstationname logonguid transmittedservices lmpackagename keylength processid
processname failurereason substatus sessionid computer eventid activityid customlevel errorcode
errorname httpstatus clientname clientaddress servername serverinfo connectionname sessionname property
freerdp winpr core gdi channels channel drdynvc rdpgfx rdpsnd cliprdr codec cache utils thread sspi common
hkey_local_machine hkey_current_user service_name win32_exit_code service_exit_code display_name exit code
crlf ipv4 ipv6 ethernet physical autoconfiguration preferred adapter subnet mask dhcp enabled disabled
warning remote desktop services terminal winstations rdp-tcp portnumber segments sent received retransmitted
pixel_format_bgrx32 pixel_format_bgra32 framebuffer loading dynamic virtual capabilities confirm active pdu
when which there other only same while because again still
could can cannot must may might will would should does did done been being being nothing something
)";

// Words of logs as well, and names of people.
constexpr std::string_view kCalendar = R"(
january february march april june july august september october november december mon tue wed thu fri
sat sun
)";

// Where `key` stands as a key in the line; npos when it does not.
std::size_t find_key(std::string_view line, std::string_view key) {
  const auto at = line.find(key);
  if (at == std::string_view::npos || at == 0) return at;
  const char before = line[at - 1];
  const bool longer = (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') ||
                      before == '_' || before == '-';
  return longer ? std::string_view::npos : at;
}

// Test cases, samples, commands and comments inside rule files hold made-up names that may be
// somebody's real ones.
std::string without_examples(std::string_view text) {
  std::string out;
  std::size_t hidden = std::string_view::npos;  // deeper lines than this belong to one
  for (const std::string_view line : base::split(text, '\n')) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    const std::string_view content = line.substr(indent);
    if (content.empty() || content.front() == '#') continue;
    if (hidden != std::string_view::npos &&
        (indent > hidden || (indent == hidden && content.front() == '-')))
      continue;
    hidden = std::string_view::npos;
    std::string_view kept = line;
    for (const std::string_view key : {"tests:", "samples:", "run:", "undo:"}) {
      const auto at = find_key(content, key);
      if (at == std::string_view::npos) continue;
      kept = line.substr(0, indent + at);
      hidden = indent;
    }
    out += kept;
    out += '\n';
  }
  return out;
}

Vocabulary vocabulary_of(const RuleSet& rules) {
  Vocabulary out;
  out.add_common(kCommonWords);
  out.add(kCalendar);
  for (const pipeline::RulePackFile& file : rules.impl().files()) {
    out.add(without_examples(file.text));
    out.add(file.path);
  }
  return out;
}

// The commands of the rule pack as a report holds them: nothing of the case is filled in.
std::unordered_set<std::string> commands_of(const RuleSet& rules) {
  std::unordered_set<std::string> out;
  const diagnosis::CauseSet& causes = rules.impl().causes();
  for (const diagnosis::Cause& cause : causes.causes()) {
    std::size_t step = 0;
    for (const diagnosis::Remedy& remedy : cause.remedies) {
      const std::string key = fmt::format("{}.remedy.{}.undo", cause.id, ++step);
      out.insert(remedy.run);
      out.emplace(rules.impl().translations().text(key, remedy.undo));
    }
    for (const diagnosis::CollectItem& item : cause.collect_next) out.insert(item.run);
  }
  for (const diagnosis::CollectItem& item : causes.general_collect()) out.insert(item.run);
  return out;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// What a field of this name holds as its whole value; nothing when it is text.
std::optional<Kind> kind_of_field(std::string_view name) {
  // "EventInfo/Resource": the last part of the path into the event.
  const std::string lower = base::to_lower_ascii(name.substr(name.rfind('/') + 1));
  if (contains(lower, "sid") || contains(lower, "address") || contains(lower, "time")) return {};
  if (contains(lower, "domain") || contains(lower, "realm")) return Kind::domain;
  if (contains(lower, "username") || contains(lower, "user") || contains(lower, "account") ||
      contains(lower, "upn"))
    return Kind::user;
  if (contains(lower, "workstation") || contains(lower, "computer") ||
      contains(lower, "hostname") || contains(lower, "machine") || contains(lower, "servername") ||
      contains(lower, "clientname") || contains(lower, "gatewayhost") ||
      contains(lower, "targethost") || lower == "host" || lower == "server" || lower == "target" ||
      lower == "resource" || lower == "gateway")
    return Kind::host;
  return {};
}

// "INC0012345", "OPS-217".
bool is_ticket_number(std::string_view text) {
  std::size_t letters = 0;
  while (letters < text.size() && text[letters] >= 'A' && text[letters] <= 'Z') ++letters;
  std::string_view digits = text.substr(letters);
  if (!digits.empty() && digits.front() == '-') digits.remove_prefix(1);
  return letters >= 2 && letters <= 10 && digits.size() >= 2 && digits.size() <= 12 &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "u1": stands for a name already. A report from elsewhere may hold anything there.
bool is_identity_id(std::string_view text) {
  return text.size() > 1 && text.front() == 'u' &&
         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

// The rows beside one of a table name machines and users of whom nothing else of the report tells,
// so nothing can be learned about them. Lines beside one of a trace are of the same connection.
void drop_rows_beside(Evidence& evidence) {
  const bool trace = std::any_of(evidence.data.begin(), evidence.data.end(),
                                 [](const auto& value) { return value.first == "Message"; });
  if (!trace) evidence.context.clear();
}

class Sharing {
 public:
  Sharing(const Vocabulary& vocabulary, const std::unordered_set<std::string>& commands)
      : names_(vocabulary), commands_(commands) {}

  // Reads and replaces; the second time with everything learned.
  Report run(Report report) {
    for (Host& host : report.hosts) host.name = names_.identity(host.name, Kind::host);
    for (Evidence& evidence : report.evidence) {
      drop_rows_beside(evidence);
      values(evidence.data);
      text(evidence.time_original);
      text(evidence.channel);
      text(evidence.provider);
      text(evidence.text);
      for (ContextLine& line : evidence.context) text(line.text);
    }
    for (Diagnosis& diagnosis : report.diagnoses) diagnose(diagnosis);
    for (Finding& finding : report.findings) {
      text(finding.title);
      text(finding.message);
    }
    for (ArtifactReport& artifact : report.artifacts) {
      text(artifact.path);
      text(artifact.because);
    }
    for (Attempt& attempt : report.attempts) {
      if (!is_identity_id(attempt.user)) text(attempt.user);
    }
    for (Identity& identity : report.identities) {
      text(identity.kind);
      identity.name = names_.identity(identity.name, Kind::user);
    }
    for (Host& host : report.hosts) text(host.time_zone);
    for (Coverage& coverage : report.coverage) text(coverage.effect);
    for (NotEvaluated& rule : report.rules_not_evaluated) text(rule.because);
    for (CollectNext& next : report.collect_next) {
      text(next.why);
      command(next.command);
    }
    for (Notice& notice : report.notices) text(notice.text);
    for (std::string& line : report.derivation) text(line);
    if (report.run) {
      for (std::string& word : report.run->command) text(word);
    }
    text(report.headline);
    // A ticket's number is what finds the report again; anything else could be a name.
    if (!is_ticket_number(report.case_id)) text(report.case_id);
    return report;
  }

  const Pseudonyms& names() const { return names_; }

 private:
  void text(std::string& value) { value = names_.text(value); }
  void command(std::string& value) {
    value = commands_.count(value) != 0 ? names_.own_text(value) : names_.text(value);
  }
  void texts(std::vector<std::string>& list) {
    for (std::string& value : list) text(value);
  }
  void values(NamedValues& list) {
    for (auto& [name, value] : list) {
      if (const auto kind = kind_of_field(name)) {
        value = names_.identity(value, *kind);
      } else {
        text(value);
      }
      text(name);
    }
  }
  void diagnose(Diagnosis& diagnosis) {
    values(diagnosis.facts);
    text(diagnosis.title);
    text(diagnosis.explanation);
    texts(diagnosis.confidence.why);
    texts(diagnosis.verify);
    for (RemediationStep& step : diagnosis.remediation) {
      text(step.host);
      text(step.text);
      command(step.command);
      command(step.undo);
    }
  }

  Pseudonyms names_;
  const std::unordered_set<std::string>& commands_;
};

}  // namespace

SharedReport share(const Report& report, const RuleSet& rules) {
  const Vocabulary vocabulary = vocabulary_of(rules);
  const std::unordered_set<std::string> commands = commands_of(rules);
  Sharing sharing(vocabulary, commands);
  sharing.run(report);  // learns
  SharedReport out;
  out.report = sharing.run(report);
  out.map = sharing.names().map();
  out.report.ticket = pipeline::compose_ticket(out.report);
  // Every customer's first gateway is "host1" now: the content keeps tickets apart.
  out.report.ticket.dedupe_key =
      "rdptriage-" +
      base::sha256_hex(out.report.ticket.dedupe_key + out.report.case_fingerprint).substr(0, 16);
  return out;
}

}  // namespace rdptriage
