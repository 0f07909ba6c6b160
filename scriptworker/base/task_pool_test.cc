// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/task_pool.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "absl/synchronization/barrier.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker {
namespace {

using ::testing::ElementsAre;

TEST(TaskPoolTest, RunsEachTaskOnce) {
  std::atomic<int> calls = 0;
  {
    TaskPool pool(8);
    for (int i = 0; i < 1000; ++i) pool.Start([&] { ++calls; });
  }
  EXPECT_EQ(calls, 1000);
}

TEST(TaskPoolTest, RunsAsManyAtATimeAsItMayAndNoMore) {
  constexpr int kThreads = 4;
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  TaskPool pool(kThreads);
  // None of the first four ends before all four have begun.
  absl::Barrier* barrier = new absl::Barrier(kThreads);
  for (int i = 0; i < 50; ++i) {
    pool.Start([&, i] {
      const int now = ++running;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      if (i < kThreads && barrier->Block()) delete barrier;
      --running;
    });
  }
  pool.Wait();
  EXPECT_EQ(most, kThreads);
}

// Each of them waits for all others.
TEST(TaskPoolTest, TasksThatWaitGetAllThreads) {
  constexpr int kThreads = 40;
  TaskPool pool(kThreads);
  absl::Barrier* barrier = new absl::Barrier(kThreads);
  std::atomic<int> calls = 0;
  for (int i = 0; i < kThreads; ++i) {
    pool.Start([&] {
      if (barrier->Block()) delete barrier;
      ++calls;
    });
  }
  pool.Wait();
  EXPECT_EQ(calls, kThreads);
}

TEST(TaskPoolTest, TasksThatEndBeforePatienceDoesNeedFewThreads) {
  absl::Mutex mutex;
  std::set<std::thread::id> threads;
  {
    TaskPool pool(40, /*patience=*/absl::InfiniteDuration());
    for (int i = 0; i < 1000; ++i) {
      pool.Start([&] {
        absl::MutexLock lock(&mutex);
        threads.insert(std::this_thread::get_id());
      });
    }
  }
  EXPECT_LE(threads.size(), TaskPool::kFewThreads);
}

TEST(TaskPoolTest, WithOneThreadTheOrderIsThatOfStarting) {
  std::vector<int> order;
  TaskPool pool(1);
  for (int i = 0; i < 4; ++i) pool.Start([&, i] { order.push_back(i); });
  pool.Wait();
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3));
}

TEST(TaskPoolTest, WaitingIncludesWhatTasksHaveStarted) {
  std::atomic<int> calls = 0;
  TaskPool pool(2);
  pool.Start([&] {
    pool.Start([&] {
      pool.Start([&] { ++calls; });
      ++calls;
    });
    ++calls;
  });
  pool.Wait();
  EXPECT_EQ(calls, 3);
}

TEST(TaskPoolTest, ForEachWaitsForItsOwnCallsOnly) {
  absl::Notification end;
  std::vector<std::atomic<int>> calls(100);
  TaskPool pool(2);
  pool.Start([&] { end.WaitForNotification(); });
  pool.ForEach(100, [&](int i) { ++calls[static_cast<size_t>(i)]; });
  EXPECT_TRUE(std::all_of(calls.begin(), calls.end(), [](const auto& n) { return n == 1; }));
  end.Notify();
}

TEST(TaskPoolTest, ForEachOfNothingReturns) {
  TaskPool pool(2);
  pool.ForEach(0, [](int) { FAIL(); });
  pool.Wait();
}

TEST(TaskPoolTest, APoolOfNoThreadsHasOne) {
  bool called = false;
  TaskPool pool(0);
  pool.Start([&] { called = true; });
  pool.Wait();
  EXPECT_TRUE(called);
}

}  // namespace
}  // namespace scriptworker
