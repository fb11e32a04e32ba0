// The fixed parts of an EVTX file. The format is described, layout first, in docs/formats/evtx.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/byte_cursor.hpp"

namespace rdptriage::reader::evtx {

using base::Bytes;
using base::load_le;

inline constexpr std::string_view kFileMagic("ElfFile\0", 8);
inline constexpr std::string_view kChunkMagic("ElfChnk\0", 8);
inline constexpr std::uint32_t kRecordMagic = 0x00002A2A;

inline constexpr std::size_t kFileHeaderBytes = 4096;  // one page; 128 bytes are used
inline constexpr std::size_t kChunkBytes = 65536;
inline constexpr std::size_t kChunkHeaderBytes = 512;
inline constexpr std::size_t kRecordHeaderBytes = 24;
inline constexpr std::size_t kLeastRecordBytes =
    kRecordHeaderBytes + 4 + 4;  // fragment header, size copy

// Offsets inside a chunk's header.
inline constexpr std::size_t kChunkLastRecord = 44;
inline constexpr std::size_t kChunkFreeSpace = 48;

// A template definition in front of its tokens: next definition, GUID, size.
inline constexpr std::size_t kTemplateHeaderBytes = 24;

enum Token : std::uint8_t {
  kEndOfStream = 0x00,
  kOpenStartElement = 0x01,
  kCloseStartElement = 0x02,
  kCloseEmptyElement = 0x03,
  kEndElement = 0x04,
  kValueText = 0x05,
  kAttribute = 0x06,
  kCdata = 0x07,
  kCharacterReference = 0x08,
  kEntityReference = 0x09,
  kInstructionTarget = 0x0A,
  kInstructionText = 0x0B,
  kTemplateInstance = 0x0C,
  kNormalSubstitution = 0x0D,
  kOptionalSubstitution = 0x0E,
  kFragmentHeader = 0x0F,
  kMoreFlag = 0x40,  // another attribute or a list of them follows
};

inline constexpr std::uint16_t kNoDependency = 0xFFFF;

inline bool starts_with(Bytes bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

// Each byte equals the one before it, and the first is zero.
inline bool is_zero(Bytes bytes) {
  return bytes.empty() || (bytes[0] == std::byte{0} &&
                           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace rdptriage::reader::evtx
