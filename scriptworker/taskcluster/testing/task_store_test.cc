// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/task_store.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/taskcluster/testing/task_record.h"

namespace scriptworker::taskcluster::fake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Duration kClaim = absl::Minutes(20);

class TaskStoreTest : public ::testing::Test {
 protected:
  TaskRecord& Create(std::string id, std::vector<std::string> dependencies = {},
                     std::string priority = "lowest") {
    TaskRecord task;
    task.task_id = std::move(id);
    task.task_queue_id = "p/w";
    task.task_group_id = "group";
    task.priority = std::move(priority);
    task.dependencies = std::move(dependencies);
    task.retries = task.retries_left = 2;
    task.deadline = now_ + absl::Hours(1);
    task.expires = now_ + absl::Hours(24);
    return store_.Create(std::move(task), now_);
  }

  // Claims one task; returns its id, or "-".
  std::string Claim() {
    const auto claimed = store_.ClaimWork("p/w", {"g", "w"}, 1, now_, now_ + kClaim);
    return claimed.empty() ? "-" : claimed.front()->task_id;
  }

  void Advance(absl::Duration duration) {
    now_ += duration;
    store_.Sweep(now_);
  }

  static std::string Reason(const TaskRecord& task, size_t run) {
    return task.runs.at(run).reason_resolved;
  }

  // "task-pending a 0 (scheduled)" ...
  std::vector<std::string> Events() {
    std::vector<std::string> events;
    while (std::optional<QueueEvent> event = store_.TakeEvent()) {
      events.push_back(absl::StrCat(ToString(event->kind), " ", event->task_id, " ", event->run_id,
                                    " (", event->detail, ")"));
    }
    return events;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  TaskStore store_;
};

TEST_F(TaskStoreTest, ATaskGoesFromPendingToCompleted) {
  TaskRecord& task = Create("a");
  EXPECT_EQ(task.state(), TaskState::kPending);
  EXPECT_EQ(Claim(), "a");
  EXPECT_EQ(task.state(), TaskState::kRunning);
  EXPECT_EQ(Claim(), "-");
  store_.Resolve(task, TaskState::kCompleted, "completed", "", now_);
  EXPECT_EQ(task.state(), TaskState::kCompleted);
  EXPECT_THAT(Events(), ElementsAre("task-defined a -1 ()", "task-pending a 0 (scheduled)",
                                    "task-running a 0 (w)", "task-completed a 0 (completed)"));
}

TEST_F(TaskStoreTest, HigherPriorityGoesFirstThenTheOlder) {
  Create("low1", {}, "low");
  Create("low2", {}, "low");
  Create("high", {}, "highest");
  EXPECT_EQ(Claim(), "high");
  EXPECT_EQ(Claim(), "low1");
  EXPECT_EQ(Claim(), "low2");
}

TEST_F(TaskStoreTest, ARetryWithRetriesLeftMakesAnotherRun) {
  TaskRecord& task = Create("a");
  for (size_t run = 0; run < 2; ++run) {
    ASSERT_EQ(Claim(), "a");
    store_.Resolve(task, TaskState::kException, "worker-shutdown", "retry", now_);
    EXPECT_EQ(task.state(), TaskState::kPending) << run;
    EXPECT_EQ(task.runs.back().reason_created, "retry");
  }
  ASSERT_EQ(Claim(), "a");
  store_.Resolve(task, TaskState::kException, "worker-shutdown", "retry", now_);
  EXPECT_EQ(task.state(), TaskState::kException);
  EXPECT_THAT(task.runs, SizeIs(3));
  EXPECT_EQ(task.retries_left, 0);
}

TEST_F(TaskStoreTest, OtherExceptionsMakeNoOtherRun) {
  TaskRecord& task = Create("a");
  Claim();
  store_.Resolve(task, TaskState::kException, "malformed-payload", "", now_);
  EXPECT_THAT(task.runs, SizeIs(1));
  EXPECT_EQ(task.retries_left, 2);
}

TEST_F(TaskStoreTest, AClaimThatIsNotRenewedExpires) {
  TaskRecord& task = Create("a");
  Claim();
  EXPECT_EQ(store_.NextDue(), now_ + kClaim);
  Advance(kClaim - absl::Milliseconds(1));
  EXPECT_EQ(task.state(), TaskState::kRunning);
  Advance(absl::Milliseconds(1));
  EXPECT_EQ(task.state(), TaskState::kPending);
  EXPECT_EQ(Reason(task, 0), "claim-expired");
  EXPECT_EQ(Claim(), "a");
}

TEST_F(TaskStoreTest, AReclaimPutsTheEndOff) {
  TaskRecord& task = Create("a");
  Claim();
  Advance(kClaim / 2);
  store_.Reclaim(task, now_, now_ + kClaim);
  Advance(kClaim / 2);
  EXPECT_EQ(task.state(), TaskState::kRunning);
  Advance(kClaim / 2);
  EXPECT_EQ(task.state(), TaskState::kPending);
}

TEST_F(TaskStoreTest, TheDeadlineEndsATaskInAnyState) {
  TaskRecord& pending = Create("pending");
  Create("blocker");
  TaskRecord& unscheduled = Create("unscheduled", {"blocker"});
  Advance(absl::Hours(1));
  EXPECT_EQ(Reason(pending, 0), "deadline-exceeded");
  EXPECT_EQ(Reason(unscheduled, 0), "deadline-exceeded");
  EXPECT_EQ(unscheduled.runs[0].reason_created, "exception");
  EXPECT_EQ(Claim(), "-");
}

TEST_F(TaskStoreTest, ATaskWaitsForItsDependencies) {
  TaskRecord& first = Create("first");
  TaskRecord& second = Create("second");
  TaskRecord& dependent = Create("dependent", {"first", "second"});
  EXPECT_EQ(dependent.state(), TaskState::kUnscheduled);
  Claim();
  Claim();
  store_.Resolve(first, TaskState::kCompleted, "completed", "", now_);
  EXPECT_EQ(dependent.state(), TaskState::kUnscheduled);
  store_.Resolve(second, TaskState::kCompleted, "completed", "", now_);
  EXPECT_EQ(dependent.state(), TaskState::kPending);
}

TEST_F(TaskStoreTest, AFailedDependencyBlocksForGoodUnlessAllResolvedIsEnough) {
  TaskRecord& failing = Create("failing");
  TaskRecord& strict = Create("strict", {"failing"});
  TaskRecord& lenient = Create("lenient", {"failing"});
  lenient.requires_completed = false;
  Claim();
  store_.Resolve(failing, TaskState::kFailed, "failed", "", now_);
  EXPECT_EQ(strict.state(), TaskState::kUnscheduled);
  EXPECT_EQ(lenient.state(), TaskState::kPending);
}

TEST_F(TaskStoreTest, AnUnscheduledTaskCanBeScheduledByForce) {
  TaskRecord& task = Create("itself", {"itself"});
  EXPECT_EQ(task.state(), TaskState::kUnscheduled);
  store_.Schedule(task, now_);
  EXPECT_EQ(task.state(), TaskState::kPending);
  store_.Schedule(task, now_);
  EXPECT_THAT(task.runs, SizeIs(1));
}

TEST_F(TaskStoreTest, CancellingEndsWhatIsNotResolved) {
  TaskRecord& pending = Create("pending");
  TaskRecord& unscheduled = Create("unscheduled", {"pending"});
  store_.Cancel(pending, now_);
  store_.Cancel(unscheduled, now_);
  EXPECT_EQ(Reason(pending, 0), "canceled");
  EXPECT_EQ(Reason(unscheduled, 0), "canceled");
  EXPECT_EQ(Claim(), "-");
  store_.Cancel(pending, now_);
  EXPECT_THAT(pending.runs, SizeIs(1));
}

TEST_F(TaskStoreTest, ARerunRestoresTheRetries) {
  TaskRecord& task = Create("a");
  store_.Rerun(task, now_);
  EXPECT_THAT(task.runs, SizeIs(1)) << "a pending task stays as it is";
  Claim();
  store_.Resolve(task, TaskState::kException, "worker-shutdown", "retry", now_);
  Claim();
  store_.Resolve(task, TaskState::kFailed, "failed", "", now_);
  EXPECT_EQ(task.retries_left, 1);
  store_.Rerun(task, now_);
  EXPECT_EQ(task.state(), TaskState::kPending);
  EXPECT_EQ(task.runs.back().reason_created, "rerun");
  EXPECT_EQ(task.retries_left, 2);
}

TEST_F(TaskStoreTest, QueuesAreSeparate) {
  Create("a");
  EXPECT_TRUE(store_.HasPending("p/w"));
  EXPECT_FALSE(store_.HasPending("p/other"));
  EXPECT_THAT(store_.ClaimWork("p/other", {"g", "w"}, 5, now_, now_ + kClaim), IsEmpty());
}

}  // namespace
}  // namespace scriptworker::taskcluster::fake
