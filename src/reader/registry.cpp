#include <iterator>

#include "reader/reader.hpp"

namespace rdptriage::reader {

namespace {
constexpr std::span<const ReaderInfo> kNone;
}

std::span<const ReaderInfo> registry() { return kNone; }

const ReaderInfo* find_reader(std::span<const std::byte> head, std::string_view name,
                              const ReadContext& context) {
  const ReaderInfo* best = nullptr;
  Sureness sureness = Sureness::no;
  for (const ReaderInfo& reader : registry()) {
    const Sureness sure = reader.probe(head, name, context);
    if (sure > sureness) {
      best = &reader;
      sureness = sure;
    }
  }
  return best;
}

}  // namespace rdptriage::reader
