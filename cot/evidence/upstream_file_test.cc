// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/upstream_file.h"

#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "cot/testing/links.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

class UpstreamFileTest : public testing::Test {
 protected:
  absl::Status Write() {
    return WriteUpstreamFile(work_dir_.path(), *scriptworker::taskcluster::TaskId::Parse(kBuildId),
                             "public/a", "x");
  }

  scriptworker::TempDir work_dir_;
};

TEST_F(UpstreamFileTest, LiesBelowItsTask) {
  EXPECT_THAT(Write(), IsOk());
  EXPECT_THAT(scriptworker::ReadFile(work_dir_.Path("cot/BuildBAAQACAAAAAAAAAAA/public/a")),
              IsOkAndHolds("x"));
}

TEST_F(UpstreamFileTest, NoLinkOnTheWayLeadsElsewhere) {
  const scriptworker::TempDir elsewhere;
  ASSERT_EQ(symlink(elsewhere.path().c_str(), work_dir_.Path("cot").c_str()), 0);
  EXPECT_THAT(Write(), StatusIs(absl::StatusCode::kInternal));
  EXPECT_FALSE(scriptworker::ReadFile(elsewhere.Path("BuildBAAQACAAAAAAAAAAA/public/a")).ok());
}

}  // namespace
}  // namespace cot
