// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/stable_json.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/limits.h"

namespace scriptworker::jsone {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

absl::StatusOr<std::string> Write(const json::Value& value, const Limits& limits = {}) {
  Budget budget(limits);
  return StableJson(value, budget);
}

TEST(StableJsonTest, EscapesAsTheReferenceDoesAndNothingElse) {
  EXPECT_THAT(Write(json::Value(std::string("\"\\\b\f\n\r\t"))),
              IsOkAndHolds(R"("\"\\\b\f\n\r\t")"));
  EXPECT_THAT(Write(json::Value(std::string("\x01\x1f"))), IsOkAndHolds(R"("\u0001\u001f")"));
  EXPECT_THAT(Write(json::Value(std::string("/ \x7f é \U0001F600"))),
              IsOkAndHolds("\"/ \x7f é \U0001F600\""));
}

TEST(StableJsonTest, EveryControlCharacterIsReadBackAsItself) {
  for (char c = 0; c < ' '; ++c) {
    const json::Value value(std::string("key ") + c);
    const absl::StatusOr<std::string> text = Write(value);
    ASSERT_THAT(text, absl_testing::IsOk());
    EXPECT_THAT(json::Parse(*text), IsOkAndHolds(value)) << *text;
  }
}

TEST(StableJsonTest, SortsKeysAndWritesNoBlanks) {
  EXPECT_THAT(Write(*json::Parse(R"({"b": [1, 2.5, true, null], "a\n": {}, "B": []})")),
              IsOkAndHolds(R"({"B":[],"a\n":{},"b":[1,2.5,true,null]})"));
}

TEST(StableJsonTest, TextsCountAgainstTheBudget) {
  const json::Value value = *json::Parse(R"(["12345", "12345"])");
  EXPECT_THAT(Write(value, {.max_string_bytes = 14}), IsOkAndHolds(R"(["12345","12345"])"));
  EXPECT_THAT(Write(value, {.max_string_bytes = 13}),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace scriptworker::jsone
