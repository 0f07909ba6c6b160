// SPDX-License-Identifier: MPL-2.0
// Compares yaml-cpp, behind our checks, with the reference's grammar.
#include "scriptworker/json/yaml_events.h"

#include <cstddef>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "scriptworker/json/testing/event_dump.h"
#include "scriptworker/json/testing/reference_yaml.h"

namespace scriptworker::json {
namespace {

// An explicit tag hides from yaml-cpp whether a scalar was quoted, which then does
// not matter.
std::string Dump(std::string_view text) { return DumpYamlEvents(text, ParseYamlEvents); }
std::string DumpAsReference(std::string_view text) {
  return DumpYamlEvents(text, ParseYamlEventsAsReference);
}

bool IsError(std::string_view dump) { return absl::StartsWith(dump, "error "); }

TEST(YamlEventsTest, AgreesWithTheReferenceOnWhatDocumentsAreMadeOf) {
  for (const std::string_view text : {
           "",
           "# only a comment\n",
           "a",
           "- a\n- b\n",
           "-\n- \n",
           "- - a\n  - b\n- c",
           "a: 1\nb:\n  c: 2\n",
           "a:\n- 1\n- 2\nb: 3",
           "a:\n  - 1\nb:",
           "- a: 1\n  b: 2\n- c: 3",
           "? a\n: b\n? c\n",
           "a :  b # c",
           "'a': \"b\"",
           "a:b",
           "a: b:c",
           "http://x: y",
           "[]",
           "{a: ~, b: null, NULL: [~, Null]}",
           "- ~\n- null\n- &n null\n",
           "null: a",
           "{}",
           "[a, b, ]",
           "{a: 1, b: 2, }",
           "{\"a\":1,\"b\":[true,null]}",
           "{a, b: , c: 1}",
           "[a: 1, b]",
           "[? a : b]",
           "{? a : b, ? c}",
           "[[a],\n{b: [c]}]",
           "a: {\n}\n",
           "a b  c",
           "a\nb\n\nc",
           "k: a\n  b\n  c\nl: d",
           "a#b #c",
           "-a",
           "?a",
           ":a",
           "é: ü",
           "a\r\nb",
           ("\xef\xbb\xbf"
            "a: b"),
           "a\n---\nb",
           "'a''b'",
           "'a\\n\"'",
           "'a\n  b\n\n  c '",
           "\"a\\\n  b\"",
           "\"a  \n  b\"",
           R"("\0\a\b\t\n\v\f\r\e\ \"\/\\\L\P")",
           R"("\x41\u00e9\U0001f600")",
           "|\n a\n  b\n\n c\n",
           ">\n a\n b\n\n c\n",
           ">\n a\n  b\n c\n",
           "|-\n a\n\n",
           "|+\n a\n\n",
           "|2-\n   a\n",
           "|-2\n   a\n",
           "a: |\n  x\n  y\nb: 1",
           "- |\n  x\n- >-\n  y",
           "| # comment\n a",
           "|\n",
           "&a {b: c}",
           "- &a b\n- *a",
           "&a [b]",
           "&a\n- b",
           "--- !!map\n!!str a: b",
           "---\na\n...\n",
           "---\n",
           "---\n---\na",
           "%YAML 1.1\n---\na",
           "a: \"x\ty\" # \t\nb: |\n  x\ty\n",
       }) {
    EXPECT_EQ(absl::StrReplaceAll(Dump(text), {{"='a'", "=a"}}),
              absl::StrReplaceAll(DumpAsReference(text), {{"='a'", "=a"}}))
        << text;
    EXPECT_FALSE(IsError(Dump(text))) << text;
  }
}

TEST(YamlEventsTest, RefusesWhatTheReferenceRefuses) {
  for (const std::string_view text : {
           "[a, [b",
           "{a: 1",
           "[,]",
           "[a, , b]",
           "[a]]",
           "[a}",
           "a: 'b'\n c: d",
           "@a",
           "`a",
           "%a",
           "\ta",
           "a:\tb",
           "a: b\t",
           "-\ta",
           "\"a",
           "'a",
           "'a\n---\n'",
           "\"\\q\"",
           "\"\\'\"",
           "\"\\x4\"",
           "\"\\ud800\"",
           "\"\\U00110000\"",
           "'a' b",
           "|0\n a",
           "|x\n a",
           ">#x\n a",
           "*",
           "&a&b c",
           "!<a b",
           "a\n...\nb",
           "%YAML 2.0\n---\na",
           "%YAML 1.1\na",
           "%YAML1.1\n---\n",
           "%YAML 1.1\n",
           "a: b: c",
           "a: - b",
           "- a\nb: c",
           "a: 1\n b: 2",
           "a:\n  b: 1\n c: 2",
           "a: 1\nb\nc: 2",
           "foo:\n  bar\ninvalid\n",
           "- a\nb",
           "{x: :x}",
           "{\"k\"::v}",
           "[:x]",
           ": a",
           "{: a}",
           "- :",
           "a: \xff",
           "\"\x01\"",
           "\u0080",
       }) {
    EXPECT_TRUE(IsError(DumpAsReference(text))) << text;
    EXPECT_TRUE(IsError(Dump(text))) << text << Dump(text);
  }
}

TEST(YamlEventsTest, IsStricterThanTheReferenceWhereYamlCppWouldDiffer) {
  for (const std::string_view text : {
           "! a",
           "&a:b c",
           R"("\N")",
           R"("\_")",
           R"("\ud83d\ude00")",
           "a\u2028b",
           ("a\u0085"
            "b"),
           "a\rb",
           ">+\n a\n\n",
           "|\n a\n  ",
           "[?x]",
           "{ a\n b, c: d}",
           "? \n: b",
       }) {
    EXPECT_FALSE(IsError(DumpAsReference(text))) << text;
    EXPECT_TRUE(IsError(Dump(text))) << text << " " << Dump(text);
  }
}

TEST(YamlEventsTest, ErrorsSayWhere) {
  struct Case {
    std::string_view text;
    std::string_view error;
  };
  const Case kCases[] = {
      {"a: [b", "error 1:6: end of sequence flow not found"},
      {"é: é\n  é: x", "error 2:4: illegal map value"},
      {"a: \"b\nc: d", "error 2:5: illegal EOF in scalar"},
      {"foo:\n  bar\ninvalid\n", "error 3:1: the key before has no ':' on its line"},
      {"- a\n-\tb", "error 2:2: a tab is not allowed here"},
      {"a: &é b", "error 1:4: an anchor's name has letters, digits, '-' and '_' only"},
      {"- a\nb: c", "error 2:1: expected '---' or the end of the document"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Dump(c.text), c.error) << c.text;
}

TEST(YamlEventsTest, TheHandlersErrorEndsTheParse) {
  class Refuser : public YamlEventHandler {
   public:
    absl::Status OnDocumentStart(YamlPosition) override { return absl::OkStatus(); }
    absl::Status OnScalar(const YamlNode&, std::string_view, bool) override {
      return absl::OkStatus();
    }
    absl::Status OnAlias(YamlPosition, std::string_view) override { return absl::OkStatus(); }
    absl::Status OnSequenceStart(const YamlNode&) override { return absl::AbortedError("stop"); }
    absl::Status OnSequenceEnd() override { return absl::OkStatus(); }
    absl::Status OnMappingStart(const YamlNode&) override { return absl::OkStatus(); }
    absl::Status OnMappingEnd() override { return absl::OkStatus(); }
  };
  Refuser refuser;
  EXPECT_EQ(ParseYamlEvents("- a\n- b\n", "f", refuser), absl::AbortedError("stop"));
}

// Whenever both read a random document, they read the same.
TEST(YamlEventsTest, NeverReadsADocumentDifferently) {
  static constexpr std::string_view kParts[] = {
      "a",     "b",      "c d",   ": ",  ":",           "\n",       "\n  ",      "\n- ", "- ",
      "? ",    "[",      "]",     "{",   "}",           ", ",       "'",         "\"",   "#",
      " # x",  "|\n  ",  ">\n  ", "&a ", "*a ",         "!!str ",   "1",         "\\n",  "---\n",
      "...\n", "\n    ", "''",    "\t",  "\"\\x41\n\n", "\\\n\n\n", "'a''\n\n\n"};
  std::mt19937 random(7);
  const auto pick = [&random](size_t n) {
    return std::uniform_int_distribution<size_t>(0, n - 1)(random);
  };
  int both = 0;
  for (int i = 0; i < 30000; ++i) {
    std::string text;
    for (size_t n = 1 + pick(12); n > 0; --n) text.append(kParts[pick(std::size(kParts))]);
    const std::string ours = Dump(text);
    const std::string reference = DumpAsReference(text);
    if (IsError(ours) || IsError(reference)) continue;
    ++both;
    // See Dump: a tagged scalar counts as quoted.
    if (absl::StrContains(text, "!!str")) continue;
    ASSERT_EQ(ours, reference) << text;
  }
  EXPECT_GT(both, 1000);
}

}  // namespace
}  // namespace scriptworker::json
