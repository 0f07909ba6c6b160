// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/shared_calls.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

class SharedCallsTest : public testing::Test {
 protected:
  absl::StatusOr<int> Count() { return ++count_; }
  absl::StatusOr<int> Get(SharedCalls<int>& calls, bool fresh = false) {
    return calls.Get(
        "key", [this] { return Count(); }, fresh);
  }

  std::atomic<int> count_ = 0;
};

TEST_F(SharedCallsTest, KeysDoNotShare) {
  SharedCalls<int> calls;
  EXPECT_THAT(calls.Get("a", [this] { return Count(); }), IsOkAndHolds(1));
  EXPECT_THAT(calls.Get("b", [this] { return Count(); }), IsOkAndHolds(2));
  EXPECT_THAT(calls.Get("a", [this] { return Count(); }), IsOkAndHolds(1));
}

TEST_F(SharedCallsTest, AFreshResultReplacesTheKeptOne) {
  SharedCalls<int> calls;
  EXPECT_THAT(Get(calls), IsOkAndHolds(1));
  EXPECT_THAT(Get(calls, /*fresh=*/true), IsOkAndHolds(2));
  EXPECT_THAT(Get(calls), IsOkAndHolds(2));
}

TEST_F(SharedCallsTest, AnErrorIsNotKept) {
  SharedCalls<int> calls;
  EXPECT_THAT(calls.Get("key", []() -> absl::StatusOr<int> { return absl::UnavailableError("x"); }),
              StatusIs(absl::StatusCode::kUnavailable, "x"));
  EXPECT_THAT(Get(calls), IsOkAndHolds(1));
}

TEST_F(SharedCallsTest, AResultThatDoesNotLastIsNotKept) {
  SharedCalls<int> calls([](const int& n) { return n > 1; });
  EXPECT_THAT(Get(calls), IsOkAndHolds(1));
  EXPECT_THAT(Get(calls), IsOkAndHolds(2));
  EXPECT_THAT(Get(calls), IsOkAndHolds(2));
}

TEST_F(SharedCallsTest, CallersAtTheSameTimeShareOneCall) {
  SharedCalls<int> calls;
  absl::Notification begun;
  absl::Notification may_end;
  std::thread first([&] {
    EXPECT_THAT(calls.Get("key",
                          [&]() -> absl::StatusOr<int> {
                            begun.Notify();
                            may_end.WaitForNotification();
                            return Count();
                          }),
                IsOkAndHolds(1));
  });
  begun.WaitForNotification();
  std::atomic<int> asked = 0;
  std::vector<std::thread> others;
  others.reserve(3);
  for (int i = 0; i < 3; ++i) {
    others.emplace_back([&] {
      ++asked;
      EXPECT_THAT(Get(calls), IsOkAndHolds(1));
    });
  }
  while (asked < 3) std::this_thread::yield();
  may_end.Notify();
  first.join();
  for (std::thread& other : others) other.join();
  EXPECT_EQ(count_, 1);
}

TEST_F(SharedCallsTest, AWaitingCallerGetsTheErrorToo) {
  SharedCalls<int> calls;
  absl::Notification begun;
  std::thread waiting;
  EXPECT_THAT(calls.Get("key",
                        [&]() -> absl::StatusOr<int> {
                          // Its call of Get begins while this one runs: it waits, or, if it
                          // comes late, counts.
                          waiting = std::thread([&] {
                            begun.Notify();
                            EXPECT_THAT(Get(calls),
                                        testing::AnyOf(IsOkAndHolds(1),
                                                       StatusIs(absl::StatusCode::kAborted)));
                          });
                          begun.WaitForNotification();
                          return absl::AbortedError("x");
                        }),
              StatusIs(absl::StatusCode::kAborted));
  waiting.join();
}

}  // namespace
}  // namespace scriptworker::vcs
