// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/url_rule.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::Pair;

PathPattern Compiled(std::string_view expression) {
  absl::StatusOr<PathPattern> pattern = PathPattern::Compile(expression);
  EXPECT_THAT(pattern, IsOk());
  return *std::move(pattern);
}

TEST(PathPatternTest, PythonsNamedGroupsAreRead) {
  const PathPattern pattern = Compiled(R"(^(?P<path>/releases/mozilla-(beta|esr\d+))(/|$))");
  EXPECT_THAT(pattern.Match("/releases/mozilla-esr115/rev/abc"),
              Optional(ElementsAre(Pair("path", "/releases/mozilla-esr115"))));
  EXPECT_TRUE(pattern.HasGroup("path"));
  EXPECT_FALSE(pattern.HasGroup("filepath"));
}

struct MatchCase {
  std::string_view name;
  std::string_view expression;
  std::string_view path;
  bool matches;
};

constexpr MatchCase kMatchCases[] = {
    {.name = "PrefixIsEnoughWithoutDollar", .expression = "^/a", .path = "/a/b", .matches = true},
    {.name = "MatchBeginsAtTheStartEvenWithoutCaret",
     .expression = "/a",
     .path = "/x/a",
     .matches = false},
    {.name = "CaretInAnAlternativeIsNoWayToBeginLater",
     .expression = "b|^/a",
     .path = "/xb",
     .matches = false},
    {.name = "DollarIsTheVeryEnd", .expression = "^/a$", .path = "/a\n", .matches = false},
    {.name = "DotMatchesNoNewline", .expression = "^/.*$", .path = "/a\nb", .matches = false},
    {.name = "DigitsAreAsciiOnly",
     .expression = R"(^/\d$)",
     .path = "/\xd9\xa3",  // ARABIC-INDIC DIGIT THREE
     .matches = false},
    {.name = "BytesThatAreNoTextDoNotMatchDot",
     .expression = "^/.$",
     .path = "/\xff",
     .matches = false},
};

TEST(PathPatternTest, MatchesAsDocumented) {
  for (const MatchCase& c : kMatchCases) {
    EXPECT_EQ(Compiled(c.expression).Match(c.path).has_value(), c.matches) << c.name;
  }
}

TEST(PathPatternTest, AGroupThatTookNoPartIsAbsent) {
  const PathPattern pattern = Compiled("^/(?P<a>a)?(?P<b>b)?");
  EXPECT_THAT(pattern.Match("/b"), Optional(ElementsAre(Pair("b", "b"))));
}

TEST(PathPatternTest, TheDefaultArtifactRuleAcceptsARunNumber) {
  const PathPattern pattern =
      Compiled(R"(^/v1/task/(?P<taskId>[^/]+)(/runs/\d+)?/artifacts/(?P<filepath>.*)$)");
  for (std::string_view path :
       {"/v1/task/T/artifacts/public/f", "/v1/task/T/runs/0/artifacts/public/f",
        "/v1/task/T/runs/12/artifacts/public/f"}) {
    EXPECT_THAT(pattern.Match(path),
                Optional(ElementsAre(Pair("filepath", "public/f"), Pair("taskId", "T"))))
        << path;
  }
  EXPECT_THAT(pattern.Match("/v1/task/T/runs/x/artifacts/public/f"), Eq(std::nullopt));
}

struct RefusedCase {
  std::string_view name;
  std::string_view expression;
  std::string_view reason;
};

constexpr RefusedCase kRefusedCases[] = {
    {.name = "OpenGroup", .expression = "^(/a", .reason = "missing )"},
    {.name = "LookAhead",
     .expression = "^/(?!evil)",
     .reason = "neither look-around nor back references"},
    {.name = "LookBehind",
     .expression = "(?<=x)y",
     .reason = "neither look-around nor back references"},
    {.name = "NumberedBackReference",
     .expression = R"(^/(a)\1)",
     .reason = "neither look-around nor back references"},
    {.name = "NamedBackReference",
     .expression = "^/(?P<a>a)(?P=a)",
     .reason = "neither look-around nor back references"},
    {.name = "PythonsEndOfText", .expression = R"(^/a\Z)", .reason = "\\Z"},
    {.name = "RepetitionWithoutMinimum", .expression = "^/a{,3}$", .reason = "read differently"},
    {.name = "PosixClass", .expression = "^/[[:alpha:]]$", .reason = "read differently"},
    {.name = "PosixClassBehindABracket",
     .expression = "^/[^][:alpha:]]$",
     .reason = "read differently"},
    {.name = "TooManyRepetitions", .expression = "^/a{100000}", .reason = "does not compile"},
};

TEST(PathPatternTest, WhatCannotBeMatchedAlikeIsRefusedWithTheReason) {
  for (const RefusedCase& c : kRefusedCases) {
    EXPECT_THAT(PathPattern::Compile(c.expression),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(c.expression), HasSubstr(c.reason))))
        << c.name;
  }
}

TEST(PathPatternTest, EscapedBracesAndBracketsAreOrdinaryCharacters) {
  EXPECT_TRUE(Compiled(R"(^/a\{,3\}$)").Match("/a{,3}").has_value());
  EXPECT_TRUE(Compiled(R"(^/[\[:]$)").Match("/:").has_value());
  EXPECT_EQ(Compiled("^/a$").expression(), "^/a$");
}

}  // namespace
}  // namespace cot
