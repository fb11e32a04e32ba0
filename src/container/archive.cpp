#include "container/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "base/text.hpp"
#include "container/member_name.hpp"

namespace rdptriage::container {
namespace {

// libarchive converts names through the locale of the thread. A fixed one keeps its results the
// same on every machine; without it, names outside ASCII are lost when LANG is unset.
class Utf8Locale {
 public:
  Utf8Locale() {
    if (locale() != locale_t{}) previous_ = ::uselocale(locale());
  }
  ~Utf8Locale() {
    if (previous_ != locale_t{}) ::uselocale(previous_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  static locale_t locale() {
    static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
    return utf8;
  }
  locale_t previous_{};
};

// libarchive 3.6 ends the program when it cannot convert a name while errno says that memory ran
// out, even if that was of another bundle and long ago.
void forget_errors() { errno = 0; }

// "trace.log.gz" → "trace.log"; ".tgz" holds a tar, so its name does not matter.
std::string name_without_suffix(std::string_view name) {
  constexpr std::array<std::string_view, 6> kSuffixes{".gz", ".bz2", ".xz", ".zst", ".lzma", ".z"};
  const std::string lower = base::to_lower_ascii(name);
  for (const std::string_view suffix : kSuffixes) {
    if (lower.size() > suffix.size() && lower.ends_with(suffix)) {
      return std::string(name.substr(0, name.size() - suffix.size()));
    }
  }
  return std::string(name) + ".content";
}

// Bundles of a few bytes must not cost a large buffer each.
std::size_t feed_bytes(const ByteSource& source) {
  constexpr std::size_t kFewest = 4 * 1024, kMost = 256 * 1024;
  const RandomAccess* const whole = source.random_access();
  if (whole == nullptr) return kMost;
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(whole->size(), kFewest, kMost));
}

class LibarchiveReader final : public Archive {
 public:
  LibarchiveReader(ByteSource& source, BundleFormat format, const Artifact& bundle,
                   std::span<const std::string> passwords)
      : source_(&source),
        format_(format),
        shown_(bundle.path),
        single_name_(name_without_suffix(bundle.name)),
        is_named_as_a_part_(is_named_as_a_part(bundle.name)),
        passwords_(passwords.begin(), passwords.end()),
        archive_(archive_read_new()),
        buffer_(feed_bytes(source)) {}
  ~LibarchiveReader() override {
    if (archive_ != nullptr) archive_read_free(archive_);
  }
  LibarchiveReader(const LibarchiveReader&) = delete;
  LibarchiveReader& operator=(const LibarchiveReader&) = delete;

  Result<void> start() {
    if (archive_ == nullptr) return fail("BUNDLE_DAMAGED", "there is not enough memory", shown_);
    select_format();
    for (const std::string& password : passwords_) {
      archive_read_add_passphrase(archive_, password.c_str());
    }
    const Utf8Locale locale;
    archive_read_set_callback_data(archive_, this);
    archive_read_set_read_callback(archive_, &feed);
    if (source_->random_access() != nullptr) {
      archive_read_set_seek_callback(archive_, &seek);
      archive_read_set_skip_callback(archive_, &skip);
    }
    forget_errors();
    if (archive_read_open1(archive_) < ARCHIVE_WARN) return tl::make_unexpected(error());
    is_open_ = true;
    return {};
  }

  Result<std::optional<Member>> next() override {
    if (broken_) return tl::make_unexpected(*broken_);
    const Utf8Locale locale;
    block_ = {};
    hole_ = member_offset_ = 0;
    archive_entry* entry = nullptr;
    forget_errors();
    const int outcome = archive_read_next_header(archive_, &entry);
    if (outcome == ARCHIVE_EOF) return std::optional<Member>{};
    if (outcome < ARCHIVE_WARN || entry == nullptr) return tl::make_unexpected(error());

    Member member;
    forget_errors();
    if (const char* name = archive_entry_pathname(entry); name != nullptr) {
      member.stored_name = name;
    } else if (const char* utf8 = archive_entry_pathname_utf8(entry); utf8 != nullptr) {
      member.stored_name = utf8;
    }
    if (archive_format(archive_) == ARCHIVE_FORMAT_RAW) member.stored_name = single_name_;
    if (archive_entry_size_is_set(entry) != 0 && archive_entry_size(entry) >= 0) {
      member.size = static_cast<std::uint64_t>(archive_entry_size(entry));
    }
    member.kind = kind_of(entry);
    return std::optional<Member>(std::move(member));
  }

  Result<std::size_t> read(std::span<std::byte> out) override {
    if (broken_) return tl::make_unexpected(*broken_);
    if (hole_ == 0 && block_.empty()) {
      RDPTRIAGE_TRY(const bool is_more, next_block());
      if (!is_more) return std::size_t{0};
    }
    std::size_t count = 0;
    if (hole_ != 0) {
      count = static_cast<std::size_t>(std::min<std::uint64_t>(hole_, out.size()));
      std::fill_n(out.begin(), count, std::byte{0});
      hole_ -= count;
    } else {
      count = std::min(block_.size(), out.size());
      std::copy_n(block_.begin(), count, out.begin());
      block_ = block_.subspan(count);
    }
    member_offset_ += count;
    return count;
  }

  std::uint64_t bytes_consumed() const override {
    const la_int64_t count = archive_filter_bytes(archive_, -1);
    return count < 0 ? 0 : static_cast<std::uint64_t>(count);
  }

  bool must_drain() const override {
    return format_ != BundleFormat::zip || source_->random_access() == nullptr;
  }

  std::string_view advice_when_encrypted() const override {
    return format_ == BundleFormat::zip
               ? "give the password with --password-file, or unpack the bundle and give the folder"
               : "unpack the bundle and give the folder";
  }

 private:
  // Block by block: archive_read_data() keeps back what it has of a small member when the checksum
  // behind it is wrong. Holes of sparse tar members become zeros, so that they count as what they
  // expand to. False at the end of the member.
  Result<bool> next_block() {
    for (;;) {
      const void* data = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      forget_errors();
      const int outcome = archive_read_data_block(archive_, &data, &size, &offset);
      if (outcome == ARCHIVE_EOF) return false;
      if (outcome < ARCHIVE_OK) {
        // libarchive 3.6 crashes on a cabinet that is read on after this. Members of a zip do not
        // share anything, so the next one can still be read.
        if (outcome == ARCHIVE_FATAL && format_ != BundleFormat::zip) broken_ = error();
        return tl::make_unexpected(error());
      }
      if (offset < 0 || static_cast<std::uint64_t>(offset) < member_offset_) {
        return fail("BUNDLE_DAMAGED", "is damaged: parts of a member overlap", shown_,
                    "ask for the file once more");
      }
      hole_ = static_cast<std::uint64_t>(offset) - member_offset_;
      block_ = {static_cast<const std::byte*>(data), size};
      if (hole_ != 0 || !block_.empty()) return true;
    }
  }

  // Only what was sniffed: a format that nobody asked for is code that an attacker could reach.
  void select_format() {
    switch (format_) {
      case BundleFormat::zip:
        archive_read_support_format_zip(archive_);
        break;
      case BundleFormat::seven_zip:
        archive_read_support_format_7zip(archive_);
        break;
      case BundleFormat::cab:
        archive_read_support_format_cab(archive_);
        break;
      case BundleFormat::tar:
        archive_read_support_format_tar(archive_);
        break;
      case BundleFormat::gzip:
        archive_read_support_filter_gzip(archive_);
        break;
      case BundleFormat::bzip2:
        archive_read_support_filter_bzip2(archive_);
        break;
      case BundleFormat::xz:
        archive_read_support_filter_xz(archive_);
        break;
      case BundleFormat::zstd:
        archive_read_support_filter_zstd(archive_);
        break;
      case BundleFormat::none:
        break;
    }
    switch (format_) {
      case BundleFormat::gzip:
      case BundleFormat::bzip2:
      case BundleFormat::xz:
      case BundleFormat::zstd:
        archive_read_support_format_tar(archive_);
        archive_read_support_format_raw(archive_);
        break;
      default:
        break;
    }
  }

  MemberKind kind_of(archive_entry* entry) const {
    if (archive_entry_hardlink(entry) != nullptr) return MemberKind::link;
    switch (archive_entry_filetype(entry)) {
      case AE_IFDIR:
        return MemberKind::folder;
      case AE_IFLNK:
        return MemberKind::link;
      case 0:  // zips from tools that store no mode
      case AE_IFREG:
        break;
      default:
        return MemberKind::special;
    }
    const bool can_decrypt = format_ == BundleFormat::zip && !passwords_.empty();
    return archive_entry_is_encrypted(entry) != 0 && !can_decrypt ? MemberKind::encrypted
                                                                  : MemberKind::file;
  }

  Error error() const {
    if (source_error_) return *source_error_;
    const char* text = archive_error_string(archive_);
    const std::string why = text != nullptr ? text : "";
    // libarchive 3.6 crashes when it is asked this after a failed opening.
    if (is_open_ && archive_read_has_encrypted_entries(archive_) > 0) {
      const bool tried = format_ == BundleFormat::zip && !passwords_.empty();
      return {"BUNDLE_ENCRYPTED",
              tried ? "is encrypted, and no given password opens it" : "is encrypted", shown_,
              std::string(advice_when_encrypted())};
    }
    // "Unsupported ZIP compression method (deflate-64-bit)", "LZMA codec is unsupported" …
    if (base::to_lower_ascii(why).find("unsupported") != std::string::npos) {
      return {"BUNDLE_METHOD", "is packed in a way that is not supported: " + why, shown_,
              "unpack it and give the folder, or pack it again as a plain zip"};
    }
    return {"BUNDLE_DAMAGED", why.empty() ? "is damaged" : "is damaged: " + why, shown_,
            is_named_as_a_part_ ? std::string(kJoinParts) : "ask for the file once more"};
  }

  static la_ssize_t feed(archive* archive, void* self_pointer, const void** data) {
    auto& self = *static_cast<LibarchiveReader*>(self_pointer);
    const RandomAccess* random = self.source_->random_access();
    auto count = random != nullptr ? random->read_at(self.position_, self.buffer_)
                                   : self.source_->read(self.buffer_);
    forget_errors();  // of the bundle that this one is a member of
    if (!count) {
      self.source_error_ = std::move(count).error();
      archive_set_error(archive, EIO, "%s", self.source_error_->message.c_str());
      return ARCHIVE_FATAL;
    }
    *data = self.buffer_.data();
    self.position_ += *count;
    return static_cast<la_ssize_t>(*count);
  }

  static la_int64_t seek(archive*, void* self_pointer, la_int64_t offset, int whence) {
    auto& self = *static_cast<LibarchiveReader*>(self_pointer);
    const auto size = static_cast<la_int64_t>(self.source_->random_access()->size());
    la_int64_t base = 0;
    if (whence == SEEK_CUR) base = static_cast<la_int64_t>(self.position_);
    if (whence == SEEK_END) base = size;
    if (offset > size - base || offset < -base) return ARCHIVE_FATAL;
    self.position_ = static_cast<std::uint64_t>(base + offset);
    return base + offset;
  }

  static la_int64_t skip(archive*, void* self_pointer, la_int64_t count) {
    auto& self = *static_cast<LibarchiveReader*>(self_pointer);
    const std::uint64_t size = self.source_->random_access()->size();
    const std::uint64_t left = size > self.position_ ? size - self.position_ : 0;
    if (count <= 0) return 0;
    const std::uint64_t step = std::min(left, static_cast<std::uint64_t>(count));
    self.position_ += step;
    return static_cast<la_int64_t>(step);
  }

  ByteSource* source_;
  BundleFormat format_;
  std::string shown_;
  std::string single_name_;
  bool is_named_as_a_part_;
  std::vector<std::string> passwords_;
  archive* archive_;
  std::vector<std::byte> buffer_;
  std::uint64_t position_ = 0;
  std::span<const std::byte> block_;  // of the member, not handed out yet; libarchive's
  std::uint64_t hole_ = 0;            // zeros in front of it
  std::uint64_t member_offset_ = 0;   // how much of the member was handed out
  bool is_open_ = false;
  std::optional<Error> source_error_;
  std::optional<Error> broken_;  // what ended the archive: nothing can be read behind it
};

}  // namespace

Result<std::unique_ptr<Archive>> Archive::open(ByteSource& source, BundleFormat format,
                                               const Artifact& bundle,
                                               std::span<const std::string> passwords) {
  auto reader = std::make_unique<LibarchiveReader>(source, format, bundle, passwords);
  RDPTRIAGE_CHECK(reader->start());
  return reader;
}

}  // namespace rdptriage::container
