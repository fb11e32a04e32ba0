#include "pipeline/find_reader.hpp"

namespace rdptriage::pipeline {

const reader::ReaderInfo* find_reader(std::span<const std::byte> head, std::string_view name,
                                      reader::ReadContext& context, LoadFormats load) {
  const reader::ReaderInfo* const found = reader::find_reader(head, name, context);
  if (context.formats != nullptr) return found;
  const bool is_sure =
      found != nullptr && found->probe(head, name, context) == reader::Sureness::certain;
  if (is_sure || head.empty()) return found;
  context.formats = load();
  return reader::find_reader(head, name, context);
}

}  // namespace rdptriage::pipeline
