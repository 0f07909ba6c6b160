// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/ready_thread.h"

#include <sys/syscall.h>

#include <cerrno>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/refused_calls.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

TEST(ReadyThreadTest, RunsBesideWhoeverAsks) {
  bool ran = false;
  {
    absl::Notification go;
    const absl::StatusOr<std::unique_ptr<ReadyThread>> ready = ReadyThread::Create();
    ASSERT_THAT(ready, IsOk());
    (*ready)->Run([&] {
      go.WaitForNotification();
      ran = true;
    });
    go.Notify();
  }
  EXPECT_TRUE(ran);
}

TEST(ReadyThreadTest, WhatIsLeftRunsOnByItself) {
  const auto go = std::make_shared<absl::Notification>(),
             done = std::make_shared<absl::Notification>();
  {
    const absl::StatusOr<std::unique_ptr<ReadyThread>> ready = ReadyThread::Create();
    ASSERT_THAT(ready, IsOk());
    (*ready)->Run([go, done] {
      go->WaitForNotification();
      done->Notify();
    });
    (*ready)->Leave();
  }
  go->Notify();
  EXPECT_TRUE(done->WaitForNotificationWithTimeout(absl::Seconds(30)));
}

TEST(ReadyThreadTest, EndsIfItHasNothingToRun) { EXPECT_THAT(ReadyThread::Create(), IsOk()); }

TEST(ReadyThreadTest, IsAnErrorWhereTheMachineHasNoThreadToGive) {
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [] {
    EXPECT_THAT(ReadyThread::Create(), StatusIs(absl::StatusCode::kResourceExhausted));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

}  // namespace
}  // namespace scriptworker::worker
