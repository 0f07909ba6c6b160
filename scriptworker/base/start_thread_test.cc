// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/start_thread.h"

#include <sys/syscall.h>

#include <cerrno>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/refused_calls.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

TEST(StartThreadTest, RunsTheBody) {
  bool ran = false;
  absl::StatusOr<std::thread> thread = StartThread([&] { ran = true; });
  ASSERT_THAT(thread, IsOk());
  thread->join();
  EXPECT_TRUE(ran);
}

TEST(StartThreadTest, IsAnErrorWhereTheSystemHasNone) {
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [] {
    EXPECT_THAT(StartThread([] {}).status(),
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("cannot start a thread")));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

}  // namespace
}  // namespace scriptworker
