// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/worker/testing/thread_rest.h"

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace scriptworker::worker {
namespace {

// A thread needs a moment to fall asleep, longer on a loaded machine.
bool ComeToRest() {
  for (int i = 0; i < 6000; ++i) {
    if (OtherThreadsRest()) return true;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return false;
}

TEST(OtherThreadsRestTest, AThreadThatRunsDoesNotRest) {
  std::atomic<bool> started = false, done = false;
  std::thread busy([&] {
    started = true;
    while (!done) {
    }
  });
  while (!started) absl::SleepFor(absl::Milliseconds(1));
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
