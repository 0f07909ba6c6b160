// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/schema_regex.h"

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"
#include "re2/re2.h"

namespace scriptworker::json {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

TEST(SchemaRegexTest, MatchesAsEcmaScriptDoes) {
  struct Case {
    std::string_view pattern;
    std::string_view text;
    bool matches;
  };
  using std::string_view_literals::operator""sv;
  const Case kCases[] = {
      {"^a*$", "aaa", true},
      {"a+", "xxaayy", true},
      {"^[a-zA-Z0-9-_]{1,38}$", "a-b_c", true},
      {"^[a-zA-Z0-9-_]{1,38}$", "a b", false},
      {R"(^\d\w\.$)", "1a.", true},
      {R"(^\d$)", "\u0967", false},  // DEVANAGARI DIGIT ONE
      {R"(^\w$)", "é", false},
      {R"(^\s$)", "\u00a0", true},
      {R"(^\S$)", "\u00a0", false},
      {R"(^[\s]$)", "\u2003", true},
      {"^.$", "\u2028", false},
      {"^.$", "\n", false},
      {"^.$", "é", true},
      {"^a$", "a\n", false},  // $ is the end, not the last line
      {"^[^]$", "\n", true},
      {"[]", "x", false},
      {"^[.]$", "x", false},
      {"^[[]$", "[", true},
      {R"(^\u00e9\u0041$)", "éA", true},
      {R"(^\ud83d\ude00$)", "\U0001f600", true},
      {R"(^\cC\0$)", "\x03\0"sv, true},
      {R"(^[\b]$)", "\b", true},
      {R"(^\x41\/\-$)", "A/-", true},
      {"^(?:a|b)(?<n>c)$", "bc", true},
  };
  for (const Case& c : kCases) {
    const auto regex = CompileSchemaRegex(c.pattern);
    ASSERT_THAT(regex, IsOk()) << c.pattern;
    EXPECT_EQ(RE2::PartialMatch(c.text, **regex), c.matches) << c.pattern << " " << c.text;
  }
}

TEST(SchemaRegexTest, RefusesWhatRe2DoesNotHave) {
  for (const std::string_view pattern :
       {"(?=a)b", "(?!a)b", "(?<=a)b", R"((a)\1)", "(", "[a", "a{2,1}", R"(\a)", R"(\A)", R"(\z)",
        R"(\Qx\E)", R"(\uzzzz)", "*"}) {
    EXPECT_THAT(CompileSchemaRegex(pattern), StatusIs(absl::StatusCode::kInvalidArgument))
        << pattern;
  }
}

TEST(SchemaRegexTest, LongTextsAreNoDanger) {
  const auto regex = CompileSchemaRegex("^(a|b|ab)*c$");
  ASSERT_THAT(regex, IsOk());
  EXPECT_FALSE(RE2::PartialMatch(std::string(1'000'000, 'a'), **regex));
}

}  // namespace
}  // namespace scriptworker::json
