// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/task_id.h"

#include <set>
#include <string>
#include <string_view>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

TEST(TaskIdTest, KeepsTheTextOfASlugid) {
  const auto id = TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A");
  ASSERT_THAT(id, IsOk());
  EXPECT_EQ(id->str(), "NsqSIRDwQtuVxPjPCFpS1A");
  EXPECT_EQ(absl::StrCat("task ", *id), "task NsqSIRDwQtuVxPjPCFpS1A");
}

TEST(TaskIdTest, MayBeginWithADashSinceOthersMakeSuchIds) {
  EXPECT_THAT(TaskId::Parse("-sqSIRDwQtuVxPjPCFpS1A"), IsOk());
}

TEST(TaskIdTest, RefusesWhatIsNoSlugid) {
  for (const std::string_view text : {
           "",
           "NsqSIRDwQtuVxPjPCFpS1",
           "NsqSIRDwQtuVxPjPCFpS1AA",
           "NsqSIRDwQtuVxPjPCFpS1A\n",
           "NsqSIRDw1tuVxPjPCFpS1A",
           "NsqSIRDwQtBVxPjPCFpS1A",
           "NsqSIRDwQtuVxPjPCFpS1B",
           "NsqSIRDwQtu/xPjPCFpS1A",
           "NsqSIRDwQtu.xPjPCFpS1A",
           "../../../etc/passwd...",
       }) {
    EXPECT_THAT(TaskId::Parse(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(TaskIdTest, QuotesTheRefusedTextWithoutControlCharacters) {
  EXPECT_THAT(TaskId::Parse("a\x1b[1m\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"a\\x1b[1m\\n\"")));
}

TEST(TaskIdTest, RandomIdsAreValidDistinctAndBeginWithNoDash) {
  absl::BitGen bitgen;
  std::set<TaskId> seen;
  for (int i = 0; i < 2000; ++i) {
    const TaskId id = TaskId::Random(bitgen);
    EXPECT_THAT(TaskId::Parse(id.str()), IsOk());
    EXPECT_NE(id.str().front(), '-');
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 2000u);
}

}  // namespace
}  // namespace scriptworker::taskcluster
