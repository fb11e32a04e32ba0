// The policy allows our own style and script by their hashes and nothing else: no request, no form,
// no text of a log that acts.
#include "report/html_frame.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "base/sha256.hpp"
#include "report/html_assets.hpp"
#include "report/safe_text.hpp"

namespace rdptriage::report {

namespace {
std::string csp_hash(std::string_view content) {
  base::Sha256 hash;
  hash.update(content);
  return "'sha256-" + base::to_base64(hash.finish()) + "'";
}
}  // namespace

void write_html_head(std::string_view title, std::ostream& out) {
  out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  fmt::print(out,
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
             "{}; script-src {}; base-uri 'none'; form-action 'none'\">\n",
             csp_hash(kHtmlStyle), csp_hash(kHtmlScript));
  out << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"referrer\" content=\"no-referrer\">\n";
  fmt::print(out, "<title>{}</title>\n<style>{}</style>\n</head>\n<body class=\"no-script\">\n",
             safe_markup(title, LineBreaks::escape), kHtmlStyle);
}

void write_html_end(std::ostream& out) {
  fmt::print(out, "<script>{}</script>\n</body>\n</html>\n", kHtmlScript);
}

}  // namespace rdptriage::report
