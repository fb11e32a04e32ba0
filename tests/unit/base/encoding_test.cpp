#include "base/encoding.hpp"

#include <iconv.h>

#include "base/key_words.hpp"
#include "support/catch.hpp"

using namespace rdptriage::base;

namespace {
std::string encode(std::string_view utf8, const char* code_page) {
  iconv_t handle = iconv_open(code_page, "UTF-8");
  std::string in(utf8), out(utf8.size() * 2 + 8, '\0');
  char* from = in.data();
  char* to = out.data();
  std::size_t from_left = in.size(), to_left = out.size();
  const auto failed = iconv(handle, &from, &from_left, &to, &to_left);
  iconv_close(handle);
  if (failed != 0) return {};
  out.resize(out.size() - to_left);
  return out;
}

std::string decode(std::string_view bytes, const KeyWords& words = {}) {
  std::string out;
  guess_code_page(bytes, words).page->append(bytes, out);
  return out;
}
}  // namespace

TEST_CASE("encoding: strict UTF-8") {
  CHECK(is_valid_utf8("plain ASCII that is longer than eight bytes"));
  CHECK(is_valid_utf8("ABH\xC3\x96REN \xE2\x82\xAC \xF0\x9F\x98\x80"));
  CHECK_FALSE(is_valid_utf8("ABH\x99REN"));
  CHECK_FALSE(is_valid_utf8("\xC0\xAF"));          // overlong
  CHECK_FALSE(is_valid_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
  CHECK_FALSE(is_valid_utf8("cut \xE2\x82"));
}

TEST_CASE("encoding: UTF-16 is known by its mark or by its zeros") {
  using namespace std::string_literals;
  CHECK(detect_text_start("\xFF\xFE"s + "a\0b\0"s).shape == TextShape::utf16le);
  CHECK(detect_text_start("\xFF\xFE"s + "a\0b\0"s).bom_bytes == 2);
  CHECK(detect_text_start("a\0b\0c\0d\0"s).shape == TextShape::utf16le);
  CHECK(detect_text_start("\0a\0b\0c\0d"s).shape == TextShape::utf16be);
  CHECK(detect_text_start("\0\0\0\0a\0b\0c\0d\0"s).shape == TextShape::utf16le);
  CHECK(detect_text_start("\0\0\0\0\0a\0b\0c\0d"s).shape == TextShape::utf16be);
  CHECK(detect_text_start("\0\0\0\0abcdef"s).shape == TextShape::bytes);
  CHECK(detect_text_start("\0\0\0\0"s).shape == TextShape::bytes);
  CHECK(detect_text_start("\xEF\xBB\xBF"
                          "abc")
            .bom_bytes == 3);
  CHECK(detect_text_start("abcdef").shape == TextShape::bytes);
  CHECK(detect_text_start("").shape == TextShape::bytes);
  // 8-bit text with UTF-16 appended, however long that is.
  std::string appended(129, 'a');
  for (int i = 0; i < 1000; ++i) appended += "b\0"s;
  CHECK(detect_text_start(appended).shape == TextShape::bytes);
  std::string out;
  append_utf16("\x3D\xD8\x00\xDE\x00\xD8x"s, ByteOrder::little, out);
  CHECK(out == "\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBD");  // pair, lone surrogate, odd byte
}

TEST_CASE("encoding: the code page of a text is guessed from its letters") {
  struct Case {
    const char* text;
    std::vector<const char*> pages;
  };
  const Case kCases[] = {
      {"CertUtil: -store-Befehl wurde erfolgreich ausgeführt.",
       {"CP850", "CP437", "CP1252", "CP852"}},
      {"Zeitüberschreitung bei Anforderung an UnKnown", {"CP850", "CP437", "CP1252"}},
      {"  Proto  Adresse locale         Adresse distante       État", {"CP850", "CP437", "CP1252"}},
      {"Impossible d’obtenir les informations de propriétaire", {"CP1252"}},
      {"Le système ne peut pas exécuter l'opération demandée à distance",
       {"CP850", "CP437", "CP1252"}},
      {"  Proto  Dirección local          Dirección remota", {"CP850", "CP437", "CP1252"}},
      {"Conexões ativas  Endereço local", {"CP850", "CP1252"}},
      {"Активные подключения  Имя    Локальный адрес", {"CP866", "CP1251"}},
      {"アクティブな接続 プロトコル  ローカル アドレス 外部アドレス 状態", {"CP932"}},
      {"活动连接 协议  本地地址          外部地址        状态", {"CP936"}},
      {"使用中連線 協定  本機位址  外部位址  狀態", {"CP950"}},
      {"활성 연결 프로토콜  로컬 주소  외부 주소  상태", {"CP949"}},
      {"Połączenia aktywne  Adres lokalny  Obcy adres  Stan źródło", {"CP852", "CP1250"}},
      {"Aktivní připojení  Místní adresa  Cizí adresa  Stav", {"CP852", "CP1250"}},
      {"Ενεργές συνδέσεις  Τοπική διεύθυνση", {"CP737", "CP1253"}},
  };
  for (const Case& c : kCases) {
    for (const char* page : c.pages) {
      INFO(c.text << " in " << page);
      const std::string bytes = encode(c.text, page);
      REQUIRE_FALSE(bytes.empty());
      CHECK(decode(bytes) == c.text);
    }
  }
}

TEST_CASE("encoding: key words decide where letters alone do not") {
  KeyWords words;
  words.add("ABHÖREN");
  for (const char* page : {"CP850", "CP437", "CP1252", "CP852", "CP1250"}) {
    INFO(page);
    CHECK(decode(encode("ABHÖREN", page), words) == "ABHÖREN");
  }
}

TEST_CASE("encoding: text that no page explains is read as 1252 and says so") {
  const CodePageGuess guess = guess_code_page("\x01\x81\x8D", {});
  CHECK(guess.uncertain);
  CHECK(guess.page->name() == "cp1252");
}

TEST_CASE("encoding: text read in the wrong page once is read back") {
  const auto has = [](const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  CHECK(has(undo_mojibake("ABH™REN"), "ABHÖREN"));   // cp850 read as 1252
  CHECK(has(undo_mojibake("ABHÃ–REN"), "ABHÖREN"));  // UTF-8 read as 1252
  CHECK(has(undo_mojibake("ABHÍREN"), "ABHÖREN"));   // 1252 read as cp850
  CHECK(undo_mojibake("LISTENING").empty());
}

TEST_CASE("encoding: key words are counted where they stand") {
  KeyWords words;
  for (const char* word : {"ABHÖREN", "État", "État", "STATE", "接続"}) words.add(word);
  CHECK(words.count_in(code_points("nothing of them")) == 0);
  CHECK(words.count_in(code_points("a STATE in ASCII tells nothing")) == 0);
  CHECK(words.count_in(code_points("ABHÖREN ABHÖREN")) == 1);
  CHECK(words.count_in(code_points("État, 接続")) == 3);  // one was added twice
  CHECK(words.count_in(code_points("HÖREN")) == 0);       // begins before the text does
  CHECK(words.count_in(code_points("ABHÖRE")) == 0);      // ends behind it
}
