// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/worker/testing/thread_rest.h"

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/await.h"

namespace scriptworker::worker {
namespace {

// A thread needs a moment to fall asleep, longer on a loaded machine.
bool ComeToRest() { return AwaitTrue(OtherThreadsRest); }

TEST(OtherThreadsRestTest, AThreadThatRunsDoesNotRest) {
  std::atomic<bool> started = false, done = false;
  std::thread busy([&] {
    started = true;
    while (!done) {
    }
  });
  EXPECT_TRUE(AwaitTrue([&] { return started.load(); }));
  const bool rest = OtherThreadsRest();
  done = true;
  busy.join();
  EXPECT_FALSE(rest);
}

TEST(OtherThreadsRestTest, AThreadThatWaitsRestsAndTheCallerDoesNotCount) {
  absl::Notification end;
  std::thread waiting([&] { end.WaitForNotification(); });
  EXPECT_TRUE(ComeToRest());
  end.Notify();
  waiting.join();
  EXPECT_TRUE(ComeToRest());
}

}  // namespace
}  // namespace scriptworker::worker
