// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/headers.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;
using ::testing::Pair;

TEST(HeadersTest, NamesCompareWithoutCase) {
  const Headers headers = {{"Content-Type", "text/plain"}};
  EXPECT_THAT(headers.Find("content-type"), Optional(Eq("text/plain")));
  EXPECT_EQ(headers.Find("Content-Typ"), std::nullopt);
  EXPECT_TRUE(headers.contains("CONTENT-TYPE"));
}

TEST(HeadersTest, FindGivesTheFirst) {
  Headers headers;
  headers.Add("X", "1");
  headers.Add("x", "2");
  EXPECT_THAT(headers.Find("X"), Optional(Eq("1")));
  EXPECT_EQ(headers.size(), 2);
}

TEST(HeadersTest, SetReplacesAllInThePlaceOfTheFirst) {
  Headers headers = {{"A", "1"}, {"X", "2"}, {"B", "3"}, {"x", "4"}};
  headers.Set("x", "5");
  EXPECT_THAT(headers, ElementsAre(Pair("A", "1"), Pair("x", "5"), Pair("B", "3")));
  headers.Set("C", "6");
  EXPECT_EQ(headers.size(), 4);
}

TEST(HeadersTest, RemoveTakesAll) {
  Headers headers = {{"X", "2"}, {"B", "3"}, {"x", "4"}};
  headers.Remove("X");
  EXPECT_THAT(headers, ElementsAre(Pair("B", "3")));
}

TEST(ValidateHeadersTest, NothingCanBeginAnotherField) {
  EXPECT_THAT(ValidateHeaders({{"X-A", "b\tc \xc3\xbc"}}), IsOk());
  for (const Headers& headers :
       {Headers{{"X", "a\r\nY: b"}}, Headers{{"X", "a\nb"}}, Headers{{"X", std::string("a\0b", 3)}},
        Headers{{"X:", "a"}}, Headers{{"X Y", "a"}}, Headers{{"", "a"}}, Headers{{"X\n", "a"}}}) {
    EXPECT_THAT(ValidateHeaders(headers), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(ValidateHeadersTest, TheErrorDoesNotHoldTheValue) {
  EXPECT_THAT(ValidateHeaders({{"Authorization", "secret\n"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::AllOf(HasSubstr("Authorization"), Not(HasSubstr("secret")))));
}

TEST(AddHeaderLineTest, StripsBlanksAndLineEnds) {
  Headers headers;
  EXPECT_TRUE(AddHeaderLine("Content-Type: \t text/plain \r\n", headers));
  EXPECT_TRUE(AddHeaderLine("Empty:", headers));
  EXPECT_THAT(headers, ElementsAre(Pair("Content-Type", "text/plain"), Pair("Empty", "")));
}

TEST(AddHeaderLineTest, RefusesWhatIsNoField) {
  Headers headers;
  for (std::string_view line :
       {"", "no colon", ": no name", "blank : x", " folded: x", "bare: a\rb"}) {
    EXPECT_FALSE(AddHeaderLine(line, headers)) << line;
  }
  EXPECT_TRUE(headers.empty());
}

}  // namespace
}  // namespace scriptworker::http
