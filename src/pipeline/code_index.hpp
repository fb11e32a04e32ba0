// Finds the code tables that a question needs without parsing the others: the lines that name a
// code are recognized in the text of the embedded files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnosis/code_table.hpp"
#include "pipeline/embedded_pack.hpp"

namespace rdptriage::pipeline {

// Tables with a row whose `code` or `also` is the number, or whose `names` has the word (any case,
// with or without the family's prefix, as in "ERRINFO_"), in the order of the pack.
std::vector<diagnosis::CodeTable> tables_with_code(std::uint32_t code);
std::vector<diagnosis::CodeTable> tables_with_name(std::string_view name);
std::vector<diagnosis::CodeTable> all_tables();
std::optional<diagnosis::CodeTable> table_of(std::string_view id);
// Ids of the tables that the word is a part of: "schannel" → "events-schannel".
std::vector<std::string_view> tables_called(std::string_view word);

bool is_same_name(std::string_view stored, std::string_view asked);
// "ERRINFO_", "STATUS_" …: the part in front of a name that many names share, "" without one.
std::string_view family_of(std::string_view name);

const std::vector<diagnosis::Claim>& all_claims();

// The file of a cause, or null. `id`: "<area>.<slug>", or the slug alone if that is unique.
const PackFile* cause_file(std::string_view id);
// "causes/<area>/<slug>.yml" → "<area>.<slug>"; "" for any other file.
std::string cause_id_of(std::string_view path);
// The title of a cause, without parsing the rest of its file.
std::string cause_title(const PackFile& file);
// The title of the rule with this handle, "" when there is none.
std::string rule_title(std::string_view handle);

}  // namespace rdptriage::pipeline
