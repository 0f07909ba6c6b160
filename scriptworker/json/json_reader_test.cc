// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/json_reader.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"

namespace scriptworker::json {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class ReaderTest : public testing::Test {
 protected:
  const Value document_ = *Parse(R"({
      "text": "hello", "number": 7, "big": 18446744073709551615, "half": 0.5,
      "whole": 3.0, "yes": true, "nothing": null, "list": ["a", "b"],
      "mixed": ["a", 1], "payload": {"command": [{"run": 1}]},
      "odd key/\"": {"x": 1}, "9x": 1})");
  const Reader reader_{document_, "task.json"};
};

TEST_F(ReaderTest, ReadsMembersOfTheirTypes) {
  EXPECT_THAT(reader_.String("text"), IsOkAndHolds("hello"));
  EXPECT_THAT(reader_.Int("number"), IsOkAndHolds(7));
  EXPECT_THAT(reader_.DoubleOr("half", 0), IsOkAndHolds(0.5));
  EXPECT_THAT(reader_.DoubleOr("number", 0), IsOkAndHolds(7.0));
  EXPECT_THAT(reader_.Bool("yes"), IsOkAndHolds(true));
  EXPECT_THAT(reader_.Strings("list"), IsOkAndHolds(ElementsAre("a", "b")));
}

TEST_F(ReaderTest, WrongTypesNameSourcePathExpectedAndFound) {
  EXPECT_THAT(reader_.Int("text"),
              StatusIs(kInvalid, "task.json: $.text: expected an integer, found a string"));
  EXPECT_THAT(reader_.Int("whole"),
              StatusIs(kInvalid, "task.json: $.whole: expected an integer, found a number"));
  EXPECT_THAT(reader_.Int("big"),
              StatusIs(kInvalid, "task.json: $.big: expected an integer below 2^63"));
  EXPECT_THAT(reader_.String("nothing"),
              StatusIs(kInvalid, "task.json: $.nothing: expected a string, found null"));
  EXPECT_THAT(reader_.Bool("number"),
              StatusIs(kInvalid, "task.json: $.number: expected a boolean, found an integer"));
  EXPECT_THAT(reader_.Strings("mixed"),
              StatusIs(kInvalid, "task.json: $.mixed[1]: expected a string, found an integer"));
  EXPECT_THAT(reader_.Strings("text"),
              StatusIs(kInvalid, "task.json: $.text: expected an array, found a string"));
}

TEST_F(ReaderTest, AbsentMembersAreNamed) {
  EXPECT_THAT(reader_.String("absent"),
              StatusIs(kInvalid, "task.json: $: the member \"absent\" is missing"));
  EXPECT_THAT(reader_.Field("text")->Field("x"),
              StatusIs(kInvalid, "task.json: $.text: expected an object, found a string"));
}

TEST_F(ReaderTest, OptionalFieldTellsAbsentFromNull) {
  EXPECT_EQ(reader_.OptionalField("absent")->has_value(), false);
  EXPECT_EQ(reader_.OptionalField("nothing")->has_value(), true);
  EXPECT_THAT(reader_.Field("list")->OptionalField("x"),
              StatusIs(kInvalid, "task.json: $.list: expected an object, found an array"));
}

TEST_F(ReaderTest, DefaultsStandInForAbsentMembersOnly) {
  EXPECT_THAT(reader_.StringOr("absent", "d"), IsOkAndHolds("d"));
  EXPECT_THAT(reader_.StringOr("text", "d"), IsOkAndHolds("hello"));
  EXPECT_THAT(reader_.IntOr("absent", 1), IsOkAndHolds(1));
  EXPECT_THAT(reader_.BoolOr("absent", true), IsOkAndHolds(true));
  EXPECT_THAT(reader_.DoubleOr("absent", 1.5), IsOkAndHolds(1.5));
  EXPECT_THAT(reader_.StringsOr("absent", {}), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(reader_.StringOr("nothing", "d"), StatusIs(kInvalid));
  EXPECT_THAT(reader_.IntOr("text", 1), StatusIs(kInvalid));
}

TEST_F(ReaderTest, PathsGoThroughArraysAndOddKeys) {
  const Reader run = *reader_.Field("payload")->Field("command")->Elements()->front().Field("run");
  EXPECT_EQ(run.path(), "$.payload.command[0].run");
  EXPECT_EQ(reader_.Field("odd key/\"")->Field("x")->path(), R"($["odd key/\""].x)");
  EXPECT_EQ(reader_.Field("9x")->path(), R"($["9x"])");
  EXPECT_THAT(run.Error("too small"),
              StatusIs(kInvalid, "task.json: $.payload.command[0].run: too small"));
}

TEST_F(ReaderTest, ListsMembersInOrder) {
  const auto members = reader_.Field("payload")->Members();
  ASSERT_THAT(members, IsOk());
  ASSERT_EQ(members->size(), 1u);
  EXPECT_EQ(members->front().first, "command");
  EXPECT_EQ(members->front().second.path(), "$.payload.command");
}

TEST_F(ReaderTest, RefusesUnknownMembersAllAtOnce) {
  const Value value = *Parse(R"({"a": 1, "x": 2, "y z": 3})");
  const Reader reader(value, "f");
  EXPECT_THAT(reader.RefuseOtherFields({"a", "x", "y z"}), IsOk());
  EXPECT_THAT(reader.RefuseOtherFields({"a", "x"}),
              StatusIs(kInvalid, "f: $: unknown member \"y z\""));
  EXPECT_THAT(reader.RefuseOtherFields({"a"}),
              StatusIs(kInvalid, "f: $: unknown members \"x\", \"y z\""));
}

}  // namespace
}  // namespace scriptworker::json
