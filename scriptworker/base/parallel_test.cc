// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/parallel.h"

#include <sys/syscall.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/synchronization/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/refused_calls.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ParallelForTest, CallsEachIndexOnce) {
  std::vector<std::atomic<int>> calls(1000);
  ParallelFor(1000, 8, [&](int i) { ++calls[static_cast<size_t>(i)]; });
  EXPECT_TRUE(std::all_of(calls.begin(), calls.end(), [](const auto& n) { return n == 1; }));
}

TEST(ParallelForTest, RunsInOrderOnTheCallersThreadIfThereIsOne) {
  std::vector<int> order;
  const std::thread::id caller = std::this_thread::get_id();
  ParallelFor(4, 1, [&](int i) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    order.push_back(i);
  });
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3));
}

TEST(ParallelForTest, DoesNothingForNothing) {
  ParallelFor(0, 8, [](int) { FAIL(); });
  ParallelFor(-1, 8, [](int) { FAIL(); });
  EXPECT_THAT(ParallelStatus(0, 8, [](int) { return absl::OkStatus(); }), IsEmpty());
}

TEST(ParallelForTest, RunsAsManyAtOnceAsAllowedAndNoMore) {
  absl::Mutex mutex;
  int running = 0;
  int most = 0;
  ParallelFor(9, 3, [&](int) {
    absl::MutexLock lock(&mutex);
    most = std::max(most, ++running);
    const auto all_started = [&most] { return most == 3; };
    mutex.Await(absl::Condition(&all_started));
    --running;
  });
  EXPECT_EQ(most, 3);
}

TEST(ParallelForTest, TheCallersThreadDoesAllIfTheSystemGivesNoOther) {
  std::vector<int> order;
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [&] {
    const std::thread::id caller = std::this_thread::get_id();
    ParallelFor(3, 8, [&](int i) {
      EXPECT_EQ(std::this_thread::get_id(), caller);
      order.push_back(i);
    });
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
  EXPECT_THAT(order, ElementsAre(0, 1, 2));
}

TEST(ParallelStatusTest, KeepsTheStatusOfEachCall) {
  const std::vector<absl::Status> statuses = ParallelStatus(4, 4, [](int i) -> absl::Status {
    if (i % 2 == 0) return absl::OkStatus();
    return absl::UnknownError(std::to_string(i));
  });
  EXPECT_THAT(statuses, ElementsAre(IsOk(), StatusIs(absl::StatusCode::kUnknown, "1"), IsOk(),
                                    StatusIs(absl::StatusCode::kUnknown, "3")));
  EXPECT_THAT(FirstError(statuses), StatusIs(absl::StatusCode::kUnknown, "1"));
  EXPECT_THAT(FirstError({}), IsOk());
}

}  // namespace
}  // namespace scriptworker
