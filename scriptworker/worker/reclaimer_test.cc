// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/reclaimer.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/worker/secret_redactor.h"
#include "scriptworker/worker/testing/capturing_logger.h"
#include "scriptworker/worker/worker_observer.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::StatusIs;
using ::scriptworker::taskcluster::Credentials;
using ::scriptworker::taskcluster::Reclaim;
using ::testing::Contains;
using ::testing::HasSubstr;

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);
constexpr absl::Duration kLease = absl::Minutes(20);

Credentials Client(std::string name) {
  Credentials credentials;
  credentials.client_id = std::move(name);
  credentials.access_token = SecretString("no-secret");
  return credentials;
}

// Answers reclaims as it was told, otherwise with a new lease; refuses all else.
class ReclaimQueue final : public taskcluster::TaskClaimer {
 public:
  explicit ReclaimQueue(SimulatedClock& clock) : clock_(clock) {}

  void FailNext(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    failures_.push_back(std::move(status));
  }
  void FailAlways(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    always_ = std::move(status);
  }
  void BlockUntilCancelled() {
    absl::MutexLock lock(&mutex_);
    block_ = true;
  }
  // The clients that asked, in order; waits for `count` of them.
  std::vector<std::string> AwaitCalls(size_t count) {
    const auto enough = [&]()
                            ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return callers_.size() >= count; };
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(30));
    return callers_;
  }

  absl::StatusOr<Reclaim> ReclaimTask(const taskcluster::TaskId&, taskcluster::RunId,
                                      const Credentials& credentials,
                                      const CancellationToken& cancellation) override {
    absl::MutexLock lock(&mutex_);
    callers_.push_back(credentials.client_id);
    if (block_) {
      const auto cancelled = [&] { return cancellation.cancelled(); };
      while (!mutex_.AwaitWithTimeout(absl::Condition(&cancelled), absl::Milliseconds(5))) {
      }
      return cancellation.reason();
    }
    if (!always_.ok()) return always_;
    if (!failures_.empty()) {
      absl::Status status = failures_.front();
      failures_.pop_front();
      return status;
    }
    return Reclaim{.taken_until = clock_.Now() + kLease,
                   .credentials = Client(absl::StrCat("renewed-", callers_.size())),
                   .server_time = clock_.Now()};
  }

  absl::StatusOr<std::vector<taskcluster::ClaimedTask>> ClaimWork(
      const taskcluster::ClaimRequest&, const CancellationToken&) override {
    return absl::UnimplementedError("");
  }
  absl::Status ReportCompleted(const taskcluster::TaskId&, int, const Credentials&) override {
    return absl::UnimplementedError("");
  }
  absl::Status ReportFailed(const taskcluster::TaskId&, int, const Credentials&) override {
    return absl::UnimplementedError("");
  }
  absl::Status ReportException(const taskcluster::TaskId&, int, taskcluster::ExceptionReason,
                               const Credentials&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<std::string> CreateArtifact(const taskcluster::TaskId&, int, std::string_view,
                                             const taskcluster::ArtifactRequest&,
                                             const Credentials&) override {
    return absl::UnimplementedError("");
  }

 private:
  SimulatedClock& clock_;
  absl::Mutex mutex_;
  std::deque<absl::Status> failures_ ABSL_GUARDED_BY(mutex_);
  absl::Status always_ ABSL_GUARDED_BY(mutex_);
  bool block_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::string> callers_ ABSL_GUARDED_BY(mutex_);
};

// What an observer hears.
class HeardClaim final : public WorkerObserver {
 public:
  void OnReclaimed(absl::Duration margin, absl::Duration lease) override {
    Add(absl::StrCat("renewed ", absl::FormatDuration(margin), " before its end, for ",
                     absl::FormatDuration(lease)));
  }
  void OnReclaimFailed(const absl::Status& error, absl::Duration margin) override {
    Add(absl::StrCat(error.message(), " ", absl::FormatDuration(margin), " before its end"));
  }
  void OnClaimLost(const absl::Status& reason) override { Add(reason.message()); }

  std::vector<std::string> heard() const {
    absl::MutexLock lock(&mutex_);
    return heard_;
  }

 private:
  void Add(std::string_view text) {
    absl::MutexLock lock(&mutex_);
    heard_.emplace_back(text);
  }
  mutable absl::Mutex mutex_;
  std::vector<std::string> heard_ ABSL_GUARDED_BY(mutex_);
};

class ReclaimerTest : public testing::Test {
 protected:
  std::unique_ptr<Reclaimer> Start(std::optional<absl::Time> server_time = kStart) {
    return std::make_unique<Reclaimer>(
        taskcluster::ClaimedTask{
            .task_id = taskcluster::TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A").value(),
            .run_id = 0,
            .worker_group = "",
            .worker_id = "",
            .taken_until = kStart + kLease,
            .definition = {},
            .task = absl::UnimplementedError(""),
            .credentials = Client("claimed"),
            .status = {},
            .server_time = server_time},
        clock_.Monotonic(), absl::Seconds(300),
        Reclaimer::Collaborators{queue_, credentials_, clock_, logger_, observer_, journal_},
        claim_);
  }
  // Keeper and watcher both sleep.
  void AwaitBothAsleep() { ASSERT_TRUE(clock_.AwaitSleepers(2)); }
  bool AwaitLost() {
    absl::Mutex mutex;
    bool lost = false;
    const CancellationCallback callback(claim_.token(), [&] {
      absl::MutexLock lock(&mutex);
      lost = true;
    });
    absl::MutexLock lock(&mutex);
    return mutex.AwaitWithTimeout(absl::Condition(&lost), absl::Seconds(30));
  }

  SimulatedClock clock_{kStart};
  ReclaimQueue queue_{clock_};
  SecretRedactor redactor_;
  TaskCredentialStore credentials_{Client("claimed"), redactor_};
  CapturingLogger logger_;
  HeardClaim observer_;
  RunJournal journal_;
  CancellationSource claim_;
};

TEST_F(ReclaimerTest, RenewsAtEachIntervalWithTheLatestCredentials) {
  const auto reclaimer = Start();
  for (size_t i = 1; i <= 3; ++i) {
    AwaitBothAsleep();
    clock_.AdvanceTime(absl::Seconds(300));
    queue_.AwaitCalls(i);
  }
  AwaitBothAsleep();
  EXPECT_THAT(queue_.AwaitCalls(3), testing::ElementsAre("claimed", "renewed-1", "renewed-2"));
  EXPECT_EQ(credentials_.Get().client_id, "renewed-3");
  EXPECT_FALSE(claim_.token().cancelled());
}

TEST_F(ReclaimerTest, DoesNotAskBeforeItIsTime) {
  const auto reclaimer = Start();
  AwaitBothAsleep();
  clock_.AdvanceTime(absl::Seconds(299));
  AwaitBothAsleep();
  EXPECT_THAT(queue_.AwaitCalls(0), testing::IsEmpty());
}

TEST_F(ReclaimerTest, AConflictLosesTheClaimAtOnce) {
  queue_.FailNext(taskcluster::MakeQueueError(
      "reclaimTask",
      {.http_status = 409, .code = "RequestConflict", .message = "task is cancelled"}));
  const auto reclaimer = Start();
  AwaitBothAsleep();
  clock_.AdvanceTime(absl::Seconds(300));
  ASSERT_TRUE(AwaitLost());
  EXPECT_THAT(claim_.token().reason(),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("task is cancelled")));
  EXPECT_THAT(logger_.lines(), Contains("DEBUG 409: not reclaiming task."));
  EXPECT_THAT(logger_.lines(),
              Contains("WARNING Killing task after receiving 409 status in reclaim_task"));
  EXPECT_EQ(queue_.AwaitCalls(1).size(), 1u);
}

TEST_F(ReclaimerTest, OtherFailuresAreRepeatedAndTheClaimIsKept) {
  for (const auto& error : {absl::UnavailableError("500"), absl::PermissionDeniedError("403"),
                            absl::DataLossError("no JSON"), absl::DeadlineExceededError("slow")}) {
    queue_.FailNext(error);
  }
  const auto reclaimer = Start();
  AwaitBothAsleep();
  clock_.AdvanceTime(absl::Seconds(300));
  for (size_t i = 1; i <= 4; ++i) {
    queue_.AwaitCalls(i);
    AwaitBothAsleep();
    clock_.AdvanceTime(absl::Seconds(15));  // more than any pause so far
  }
  queue_.AwaitCalls(5);
  AwaitBothAsleep();
  EXPECT_EQ(credentials_.Get().client_id, "renewed-5");
  EXPECT_FALSE(claim_.token().cancelled());
}

TEST_F(ReclaimerTest, ALeaseThatCannotBeRenewedIsGivenUpBeforeItsEnd) {
  queue_.FailAlways(absl::UnavailableError("no route to host"));
  const auto reclaimer = Start();
  AwaitBothAsleep();
  while (clock_.Now() < kStart + kLease - absl::Seconds(40)) {
    clock_.AdvanceTime(absl::Seconds(30));
    AwaitBothAsleep();
    ASSERT_FALSE(claim_.token().cancelled());
  }
  clock_.AdvanceTime(kStart + kLease - absl::Seconds(10) - clock_.Now());
  ASSERT_TRUE(AwaitLost());
  EXPECT_THAT(claim_.token().reason(), StatusIs(absl::StatusCode::kAborted));
  EXPECT_LT(clock_.Now(), kStart + kLease);
}

TEST_F(ReclaimerTest, ARequestThatHangsDoesNotHideTheEndOfTheLease) {
  queue_.BlockUntilCancelled();
  const auto reclaimer = Start();
  AwaitBothAsleep();
  clock_.AdvanceTime(absl::Seconds(300));
  queue_.AwaitCalls(1);
  ASSERT_TRUE(clock_.AwaitSleepers(1));
  clock_.AdvanceTime(kLease - absl::Seconds(300));
  EXPECT_TRUE(AwaitLost());
}

TEST_F(ReclaimerTest, JumpsOfTheWallClockChangeNothing) {
  const auto reclaimer = Start();
  AwaitBothAsleep();
  clock_.JumpWallClock(kStart + absl::Hours(5));
  clock_.AdvanceTime(absl::Seconds(299));
  AwaitBothAsleep();
  EXPECT_THAT(queue_.AwaitCalls(0), testing::IsEmpty());
  EXPECT_FALSE(claim_.token().cancelled());
}

TEST_F(ReclaimerTest, AJumpBackDoesNotPutTheRenewalOff) {
  const auto reclaimer = Start();
  AwaitBothAsleep();
  clock_.JumpWallClock(kStart - absl::Hours(5));
  clock_.AdvanceTime(absl::Seconds(300));
  EXPECT_EQ(queue_.AwaitCalls(1).size(), 1u);
}

TEST_F(ReclaimerTest, NorDoesItPutTheEndOfTheLeaseOff) {
  queue_.FailAlways(absl::UnavailableError("no route to host"));
  const auto reclaimer = Start();
  AwaitBothAsleep();
  clock_.JumpWallClock(kStart - absl::Hours(5));
  clock_.AdvanceTime(kLease - absl::Seconds(10));
  EXPECT_TRUE(AwaitLost());
}

TEST_F(ReclaimerTest, AWrongWallClockIsCorrectedByTheQueuesOwn) {
  clock_.JumpWallClock(kStart + absl::Hours(5));  // takenUntil seems long past
  const auto reclaimer = Start(kStart);
  AwaitBothAsleep();
  clock_.AdvanceTime(absl::Seconds(299));
  AwaitBothAsleep();
  EXPECT_FALSE(claim_.token().cancelled());
  EXPECT_THAT(queue_.AwaitCalls(0), testing::IsEmpty());
}

TEST_F(ReclaimerTest, StoppingAbandonsARequestUnderWay) {
  queue_.BlockUntilCancelled();
  const auto reclaimer = Start();
  AwaitBothAsleep();
  clock_.AdvanceTime(absl::Seconds(300));
  queue_.AwaitCalls(1);
  reclaimer->Stop();
  EXPECT_FALSE(claim_.token().cancelled());
}

TEST_F(ReclaimerTest, AnObserverHearsWhatBecomesOfTheClaim) {
  auto reclaimer = Start();
  EXPECT_EQ(reclaimer->LeaseLeft(), kLease);
  AwaitBothAsleep();
  clock_.AdvanceTime(absl::Seconds(300));
  queue_.AwaitCalls(1);
  AwaitBothAsleep();
  EXPECT_EQ(reclaimer->LeaseLeft(), kLease);
  queue_.FailNext(absl::UnavailableError("no route"));
  queue_.FailNext(taskcluster::MakeQueueError(
      "reclaimTask", {.http_status = 409, .code = "RequestConflict", .message = "cancelled"}));
  clock_.AdvanceTime(absl::Seconds(300));
  queue_.AwaitCalls(2);
  AwaitBothAsleep();
  clock_.AdvanceTime(absl::Seconds(2));
  ASSERT_TRUE(AwaitLost());
  reclaimer.reset();  // waits for its threads: by now they have said all
  EXPECT_THAT(observer_.heard(),
              testing::ElementsAre("renewed 15m before its end, for 20m",
                                   "no route 15m before its end", HasSubstr("the claim was lost")));
}

struct ScheduleCase {
  std::string_view name;
  absl::Duration length, interval, renew, give_up;
};

class ScheduleTest : public testing::TestWithParam<ScheduleCase> {};

TEST_P(ScheduleTest, RenewsEarlyEnough) {
  const LeaseSchedule schedule = ScheduleFor(GetParam().length, GetParam().interval);
  EXPECT_EQ(schedule.renew, GetParam().renew);
  EXPECT_EQ(schedule.give_up, GetParam().give_up);
}

INSTANTIATE_TEST_SUITE_P(
    Leases, ScheduleTest,
    testing::Values(ScheduleCase{"the_usual", absl::Minutes(20), absl::Seconds(300),
                                 absl::Seconds(300), absl::Seconds(1190)},
                    ScheduleCase{"an_interval_beyond_the_lease", absl::Minutes(20), absl::Hours(1),
                                 absl::Minutes(18), absl::Seconds(1190)},
                    ScheduleCase{"a_short_lease", absl::Seconds(30), absl::Seconds(300),
                                 absl::Seconds(20), absl::Seconds(27)},
                    ScheduleCase{"a_very_short_lease", absl::Seconds(6), absl::Seconds(300),
                                 absl::Seconds(4), absl::Seconds(4)},
                    ScheduleCase{"a_lease_of_the_past", absl::Seconds(-5), absl::Seconds(300),
                                 absl::Milliseconds(500), absl::Seconds(-7)}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace scriptworker::worker
