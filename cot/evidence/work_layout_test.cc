// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/work_layout.h"

#include "gtest/gtest.h"

namespace cot {
namespace {

// What scripts rely on: they are told work_dir and nothing else.
TEST(WorkLayoutTest, IsWhatScriptsAreTold) {
  EXPECT_EQ(kTaskFileName, "task.json");
  EXPECT_EQ(UpstreamPath("TASKID", "public/target.zip"), "cot/TASKID/public/target.zip");
  EXPECT_EQ(UpstreamPath("TASKID"), "cot/TASKID");
}

}  // namespace
}  // namespace cot
