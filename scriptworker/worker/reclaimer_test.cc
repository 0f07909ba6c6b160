// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/reclaimer.h"

#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/outcome/worker_observer.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::taskcluster::Credentials;
using ::scriptworker::taskcluster::Reclaim;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

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
  // How wrong its Date is.
  void SetDateOffset(absl::Duration offset) {
    absl::MutexLock lock(&mutex_);
    date_offset_ = offset;
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
                   .server_time = clock_.Now() + date_offset_};
  }

  absl::StatusOr<std::vector<taskcluster::ClaimedTask>> ClaimWork(
      const taskcluster::ClaimRequest&, const CancellationToken&) override {
    return absl::UnimplementedError("");
  }
  absl::Status ReportCompleted(const taskcluster::TaskId&, int, const Credentials&,
                               const CancellationToken&) override {
    return absl::UnimplementedError("");
  }
  absl::Status ReportFailed(const taskcluster::TaskId&, int, const Credentials&,
                            const CancellationToken&) override {
    return absl::UnimplementedError("");
  }
  absl::Status ReportException(const taskcluster::TaskId&, int, taskcluster::ExceptionReason,
                               const Credentials&, const CancellationToken&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<std::string> CreateArtifact(const taskcluster::TaskId&, int, std::string_view,
                                             const taskcluster::ArtifactRequest&,
                                             const Credentials&,
                                             const CancellationToken&) override {
    return absl::UnimplementedError("");
  }

 private:
  SimulatedClock& clock_;
  absl::Mutex mutex_;
  std::deque<absl::Status> failures_ ABSL_GUARDED_BY(mutex_);
  absl::Status always_ ABSL_GUARDED_BY(mutex_);
  bool block_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::string> callers_ ABSL_GUARDED_BY(mutex_);
  absl::Duration date_offset_ ABSL_GUARDED_BY(mutex_) = absl::ZeroDuration();
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
  static taskcluster::ClaimedTask Claimed(std::optional<absl::Time> server_time) {
    return {.task_id = taskcluster::TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A").value(),
            .run_id = 0,
            .worker_group = "",
            .worker_id = "",
            .taken_until = kStart + kLease,
            .definition = {},
            .task = absl::UnimplementedError(""),
            .credentials = Client("claimed"),
            .status = {},
            .server_time = server_time};
  }
  std::unique_ptr<Reclaimer> Start(std::optional<absl::Time> server_time = kStart) {
    auto reclaimer = std::make_unique<Reclaimer>(
        Claimed(server_time), clock_.Monotonic(), absl::Seconds(300),
        Reclaimer::Collaborators{queue_, credentials_, clock_, logger_, observer_, journal_},
        claim_);
    EXPECT_THAT(reclaimer->Start(), IsOk());
    return reclaimer;
  }
  // Keeper and watcher both sleep.
  void AwaitBothAsleep() { ASSERT_TRUE(clock_.AwaitSleepers(2)); }
  // The queue answers the first renewal with a conflict, which loses the claim.
  std::unique_ptr<Reclaimer> StartAndTakeTheClaimAway() {
    queue_.FailNext(taskcluster::MakeQueueError(
        "reclaimTask",
        {.http_status = 409, .code = "RequestConflict", .message = "task is cancelled"}));
    auto reclaimer = Start();
    AwaitBothAsleep();
    clock_.AdvanceTime(absl::Seconds(300));
    EXPECT_TRUE(AwaitLost());
    return reclaimer;
  }
  bool AwaitLost() { return AwaitCancelled(claim_.token()); }
  static bool AwaitCancelled(const CancellationToken& token) {
    absl::Mutex mutex;
    bool cancelled = false;
    const CancellationCallback callback(token, [&] {
      absl::MutexLock lock(&mutex);
      cancelled = true;
    });
    absl::MutexLock lock(&mutex);
    return mutex.AwaitWithTimeout(absl::Condition(&cancelled), absl::Seconds(30));
  }

  SimulatedClock clock_{kStart};
  ReclaimQueue queue_{clock_};
  SecretRedactor redactor_;
  TaskCredentialStore credentials_{Client("claimed"), redactor_};
  MemoryLogger logger_;
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
  auto reclaimer = StartAndTakeTheClaimAway();
  EXPECT_THAT(claim_.token().reason(),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("task is cancelled")));
  reclaimer.reset();  // waits for its threads: by now they have said all
  EXPECT_THAT(logger_.lines(), Contains("DEBUG 409: not reclaiming task."));
  EXPECT_THAT(logger_.lines(),
              Contains("WARNING Killing task after receiving 409 status in reclaim_task"));
  EXPECT_EQ(queue_.AwaitCalls(1).size(), 1u);
}

TEST_F(ReclaimerTest, AClaimThatTheQueueHasTakenAwayIsNotSaidToHaveLapsed) {
  auto reclaimer = StartAndTakeTheClaimAway();
  ASSERT_TRUE(AwaitTrue([this] {
    return absl::c_linear_search(logger_.lines(), "DEBUG 409: not reclaiming task.");
  }));
  clock_.AdvanceTime(kLease);
  absl::SleepFor(absl::Milliseconds(100));  // in which a watcher would say so
  reclaimer.reset();
  EXPECT_THAT(logger_.lines(), Not(Contains(HasSubstr("could not be renewed"))));
}

// Hangs, as a log on a full pipe does, until the claim is lost.
class HangingLogger final : public Logger {
 public:
  explicit HangingLogger(CancellationToken claim) : claim_(std::move(claim)) {}
  void Log(LogLevel level, std::string_view) override {
    if (level < LogLevel::kWarning) return;
    ++calls_;
    EXPECT_TRUE(AwaitTrue([this] { return claim_.cancelled(); }))
        << "the claim was not lost before it was said";
  }
  int calls() const { return calls_; }

 private:
  const CancellationToken claim_;
  std::atomic<int> calls_ = 0;
};

TEST_F(ReclaimerTest, AClaimIsLostBeforeItIsSaid) {
  const auto conflict = taskcluster::MakeQueueError(
      "reclaimTask", {.http_status = 409, .code = "RequestConflict", .message = "cancelled"});
  for (const bool answered : {true, false}) {
    SCOPED_TRACE(answered);
    SimulatedClock clock(kStart);
    ReclaimQueue queue(clock);
    answered ? queue.FailAlways(conflict) : queue.BlockUntilCancelled();
    CancellationSource claim;
    HangingLogger logger(claim.token());
    {
      Reclaimer reclaimer(Claimed(kStart), clock.Monotonic(), absl::Seconds(300),
                          {queue, credentials_, clock, logger, observer_, journal_}, claim);
      ASSERT_THAT(reclaimer.Start(), IsOk());
      ASSERT_TRUE(clock.AwaitSleepers(2));
      clock.AdvanceTime(absl::Seconds(300));
      queue.AwaitCalls(1);
      ASSERT_TRUE(answered || clock.AwaitSleepers(1));
      if (!answered) clock.AdvanceTime(kLease - absl::Seconds(300));
      EXPECT_TRUE(AwaitCancelled(claim.token()));
    }
    EXPECT_GE(logger.calls(), 1);
  }
}

TEST_F(ReclaimerTest, IsAnErrorWithoutThreads) {
  Reclaimer reclaimer(Claimed(kStart), clock_.Monotonic(), absl::Seconds(300),
                      {queue_, credentials_, clock_, logger_, observer_, journal_}, claim_);
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [&] {
    EXPECT_THAT(reclaimer.Start(), StatusIs(absl::StatusCode::kResourceExhausted));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
  EXPECT_EQ(reclaimer.LeaseLeft(), kLease);
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

// The queue's own clock is hours off, while this machine's is right.
TEST_F(ReclaimerTest, AWrongDateNeitherEndsTheClaimNorLetsItLapse) {
  for (const absl::Duration off : {absl::Hours(5), absl::Hours(-5), absl::Minutes(15),
                                   absl::Minutes(-90), absl::Hours(24 * 365 * 50)}) {
    SCOPED_TRACE(absl::FormatDuration(off));
    SimulatedClock clock(kStart);
    ReclaimQueue queue(clock);
    queue.SetDateOffset(off);
    CancellationSource claim;
    Reclaimer reclaimer(Claimed(kStart + off), clock.Monotonic(), absl::Seconds(300),
                        {queue, credentials_, clock, logger_, observer_, journal_}, claim);
    ASSERT_THAT(reclaimer.Start(), IsOk());
    EXPECT_LE(reclaimer.LeaseLeft(), kLease) << "or it would lapse";
    EXPECT_GE(reclaimer.LeaseLeft(), absl::Minutes(1)) << "or the script would be ended";
    for (size_t renewals = 1; renewals <= 3; ++renewals) {
      while (queue.AwaitCalls(0).size() < renewals) {
        ASSERT_TRUE(clock.AwaitSleepers(2));
        clock.AdvanceTime(absl::Seconds(10));
      }
      ASSERT_TRUE(clock.AwaitSleepers(2));
    }
    EXPECT_LE(clock.Now() - kStart, absl::Minutes(16)) << "three intervals, and then some";
    EXPECT_FALSE(claim.token().cancelled());
  }
}

TEST_F(ReclaimerTest, WithoutADateThisMachinesClockTells) {
  const auto reclaimer = Start(std::nullopt);
  EXPECT_EQ(reclaimer->LeaseLeft(), kLease);
}

TEST_F(ReclaimerTest, ClocksThatContradictEachOtherAreNamed) {
  const auto reclaimer = Start(kStart + absl::Hours(5));
  EXPECT_THAT(logger_.lines(), Contains(HasSubstr("are 5h apart")));
}

// Its waits do not count the time that the machine sleeps, its clock does.
class SleepyClock final : public Clock {
 public:
  absl::Time Now() const override { return awake_.Now() + absl::Seconds(slept_.load()); }
  absl::Duration Monotonic() const override {
    return awake_.Monotonic() + absl::Seconds(slept_.load());
  }
  bool AwaitWithTimeout(absl::Mutex& mu, const absl::Condition& condition,
                        absl::Duration timeout) override {
    return awake_.AwaitWithTimeout(mu, condition, timeout);
  }
  void Suspend(absl::Duration duration) { slept_ += absl::ToInt64Seconds(duration); }
  SimulatedClock& awake() { return awake_; }

 private:
  SimulatedClock awake_{kStart};
  std::atomic<int64_t> slept_ = 0;  // seconds
};

TEST_F(ReclaimerTest, AMachineThatSleptPastTheLeaseDoesNotGoOnBelievingInIt) {
  SleepyClock clock;
  queue_.FailAlways(absl::UnavailableError("the network is not up yet"));
  Reclaimer reclaimer(Claimed(kStart), clock.Monotonic(), absl::Seconds(300),
                      {queue_, credentials_, clock, logger_, observer_, journal_}, claim_);
  ASSERT_THAT(reclaimer.Start(), IsOk());
  ASSERT_TRUE(clock.awake().AwaitSleepers(2));
  clock.Suspend(absl::Hours(1));
  EXPECT_LT(reclaimer.LeaseLeft(), absl::ZeroDuration());
  clock.awake().AdvanceTime(absl::Seconds(10));
  EXPECT_TRUE(AwaitLost());
}

TEST_F(ReclaimerTest, AMachineThatSleptPartOfTheLeaseRenewsItSoonAfter) {
  SleepyClock clock;
  Reclaimer reclaimer(Claimed(kStart), clock.Monotonic(), absl::Seconds(300),
                      {queue_, credentials_, clock, logger_, observer_, journal_}, claim_);
  ASSERT_THAT(reclaimer.Start(), IsOk());
  ASSERT_TRUE(clock.awake().AwaitSleepers(2));
  clock.Suspend(absl::Minutes(19));
  clock.awake().AdvanceTime(absl::Seconds(10));
  EXPECT_EQ(queue_.AwaitCalls(1).size(), 1u);
  EXPECT_FALSE(claim_.token().cancelled());
}

}  // namespace
}  // namespace scriptworker::worker
