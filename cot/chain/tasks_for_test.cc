// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/tasks_for.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

struct Case {
  std::string_view text;
  TasksFor tasks_for;
};

constexpr Case kCases[] = {
    {.text = "hg-push", .tasks_for = TasksFor::kHgPush},
    {.text = "cron", .tasks_for = TasksFor::kCron},
    {.text = "action", .tasks_for = TasksFor::kAction},
    {.text = "pr-action", .tasks_for = TasksFor::kPrAction},
    {.text = "github-push", .tasks_for = TasksFor::kGithubPush},
    {.text = "github-release", .tasks_for = TasksFor::kGithubRelease},
    {.text = "github-pull-request", .tasks_for = TasksFor::kGithubPullRequest},
    {.text = "github-pull-request-untrusted", .tasks_for = TasksFor::kGithubPullRequestUntrusted},
};

TEST(TasksForTest, EachNameIsReadAndWritten) {
  for (const Case& c : kCases) {
    EXPECT_THAT(ParseTasksFor(c.text), IsOkAndHolds(c.tasks_for)) << c.text;
    EXPECT_EQ(ToString(c.tasks_for), c.text);
  }
}

TEST(TasksForTest, OtherTextsAreRefusedAndTheKnownOnesListed) {
  for (std::string_view text : {"", "HG-PUSH", "hg-push ", "nightly"}) {
    EXPECT_THAT(ParseTasksFor(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                              HasSubstr("expected one of hg-push, cron, action")))
        << text;
  }
}

}  // namespace
}  // namespace cot
