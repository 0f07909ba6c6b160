// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/pushlog.h"

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::SizeIs;

absl::StatusOr<std::vector<Push>> Parse(std::string_view text) {
  return ParsePushlog(json::Parse(text).value(), "pushlog");
}

TEST(PushlogTest, ThePushSpansItsChangesets) {
  const auto pushes = Parse(R"({"lastpushid": 900, "pushes": {"502": {
      "changesets": [
        {"author": "a", "desc": "Bug 1", "node": "111", "parents": ["000", "009"]},
        {"author": "b", "desc": "Bug 2\nmore", "node": "222", "parents": ["111"]}],
      "date": 1777000002, "user": "u@example.org"}}})");
  ASSERT_TRUE(pushes.ok()) << pushes.status();
  ASSERT_THAT(*pushes, SizeIs(1));
  const Push& push = pushes->front();
  EXPECT_EQ(push.id, "502");
  EXPECT_EQ(push.date, 1777000002);
  EXPECT_EQ(push.user, "u@example.org");
  EXPECT_EQ(push.comment, "Bug 2\nmore");
  EXPECT_EQ(push.base_revision, "000");
  EXPECT_THAT(push.changesets, ElementsAre("111", "222"));
}

TEST(PushlogTest, SeveralPushesKeepTheirOrder) {
  const auto pushes = Parse(R"({"pushes": {
      "9": {"changesets": [{"desc": "a", "node": "1", "parents": ["0"]}], "date": 1, "user": "u"},
      "10": {"changesets": [{"desc": "b", "parents": ["1"]}], "date": 2, "user": "v"}}})");
  ASSERT_TRUE(pushes.ok()) << pushes.status();
  ASSERT_THAT(*pushes, SizeIs(2));
  EXPECT_EQ((*pushes)[0].id, "9");
  EXPECT_EQ((*pushes)[1].id, "10");
}

TEST(PushlogTest, AnErrorSaysWhereAndWhat) {
  constexpr struct {
    std::string_view text;
    std::string_view error;
  } kCases[] = {
      {R"([])", "pushlog: $: expected an object, found an array"},
      {R"({"pushes": {}})", "pushlog: $.pushes: expected a push, found none"},
      {R"({"pushes": {"1": {"date": 1.5}}})",
       "pushlog: $.pushes[\"1\"].date: expected an integer, found a number"},
      {R"({"pushes": {"1": {"date": 1, "user": null}}})",
       "pushlog: $.pushes[\"1\"].user: expected a string, found null"},
      {R"({"pushes": {"1": {"date": 1, "user": "u", "changesets": []}}})",
       "pushlog: $.pushes[\"1\"].changesets: expected at least one changeset, found none"},
      {R"({"pushes": {"1": {"date": 1, "user": "u", "changesets": [{"desc": 1}]}}})",
       "pushlog: $.pushes[\"1\"].changesets[0].desc: expected a string, found an integer"},
      {R"({"pushes": {"1": {"date": 1, "user": "u", "changesets": [{"desc": "d", "parents": []}]}}})",
       "pushlog: $.pushes[\"1\"].changesets[0].parents: expected at least one parent, found none"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(Parse(c.text), StatusIs(absl::StatusCode::kInvalidArgument, c.error));
  }
}

}  // namespace
}  // namespace scriptworker::vcs
