// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/worker_registration.h"

#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/worker_manager_client.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/testing/time_driver.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::scriptworker::taskcluster::Fault;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSecret[] = "static0secret0static0secret0static0secret000";

taskcluster::FakeTaskclusterOptions WithOneWorker() {
  taskcluster::FakeTaskclusterOptions options;
  options.poll = absl::ZeroDuration();
  options.static_workers = {{.worker_pool_id = "prov/pool",
                             .worker_group = "group",
                             .worker_id = "id",
                             .static_secret = kSecret}};
  return options;
}

class WorkerRegistrationTest : public testing::Test {
 protected:
  // Whether the queue lets these credentials claim.
  absl::Status TryToClaim(const taskcluster::Credentials& credentials) {
    return taskcluster::QueueClient::Create(fake_.root_url(), fake_, clock_, credentials)
        .value()
        ->ClaimWork({.task_queue_id = "prov/pool", .worker_group = "group", .worker_id = "id"}, {})
        .status();
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  taskcluster::FakeTaskcluster fake_{clock_, WithOneWorker()};
  MemoryLogger logger_;
  SecretRedactor redactor_;
  const taskcluster::WorkerManagerClient manager_ =
      taskcluster::WorkerManagerClient::Create(fake_.root_url(), fake_, clock_).value();
  WorkerRegistration registration_{{.worker_pool_id = "prov/pool",
                                    .provider_id = "static",
                                    .worker_group = "group",
                                    .worker_id = "id"},
                                   SecretString(kSecret),
                                   {manager_, clock_, logger_, redactor_}};
};

TEST_F(WorkerRegistrationTest, GetsCredentialsThatMayClaim) {
  ASSERT_THAT(registration_.Register({}), IsOk());
  EXPECT_EQ(registration_.credentials().client_id, "worker/static/prov/pool/group/id");
  EXPECT_THAT(TryToClaim(registration_.credentials()), IsOk());
  EXPECT_EQ(registration_.UntilRenewal(), absl::Minutes(30));
}

TEST_F(WorkerRegistrationTest, AWrongSecretIsRefusedAndNotLogged) {
  WorkerRegistration wrong({.worker_pool_id = "prov/pool",
                            .provider_id = "static",
                            .worker_group = "group",
                            .worker_id = "id"},
                           SecretString(std::string(44, 'x')),
                           {manager_, clock_, logger_, redactor_});
  EXPECT_THAT(wrong.Register({}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("bad staticSecret")));
}

TEST_F(WorkerRegistrationTest, RenewsByTheSecretThatCameLast) {
  ASSERT_THAT(registration_.Register({}), IsOk());
  const taskcluster::Credentials first = registration_.credentials();
  for (int i = 0; i < 3; ++i) {
    clock_.AdvanceTime(absl::Minutes(30));
    ASSERT_THAT(registration_.Renew({}), IsOk());
  }
  EXPECT_EQ(fake_.request_log().Count("registerWorker"), 1);
  EXPECT_EQ(fake_.request_log().Count("reregisterWorker"), 3);
  EXPECT_THAT(TryToClaim(registration_.credentials()), IsOk());
  EXPECT_THAT(TryToClaim(first), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(WorkerRegistrationTest, RegistersOnceMoreAfterAnAnswerWasLost) {
  ASSERT_THAT(registration_.Register({}), IsOk());
  fake_.faults().Add("reregisterWorker", Fault::Reset().AfterTheWork());
  const TimeDriver driver(clock_, absl::Seconds(30));
  EXPECT_THAT(registration_.Renew({}), IsOk());  // the secret was used up by the first try
  EXPECT_EQ(fake_.request_log().Count("registerWorker"), 2);
  EXPECT_THAT(TryToClaim(registration_.credentials()), IsOk());
}

TEST_F(WorkerRegistrationTest, RegistersOnceMoreAfterItSleptTooLong) {
  ASSERT_THAT(registration_.Register({}), IsOk());
  clock_.AdvanceTime(absl::Hours(5));
  EXPECT_THAT(registration_.Renew({}), IsOk());
  EXPECT_THAT(TryToClaim(registration_.credentials()), IsOk());
}

TEST_F(WorkerRegistrationTest, AFailureIsTriedAgainSoonerTheLessIsLeft) {
  ASSERT_THAT(registration_.Register({}), IsOk());
  clock_.AdvanceTime(absl::Minutes(56));
  fake_.faults().Add("reregisterWorker", Fault::Status(503), 1, 6);
  {
    const TimeDriver driver(clock_, absl::Seconds(30));
    EXPECT_THAT(registration_.Renew({}), StatusIs(absl::StatusCode::kUnavailable));
  }
  EXPECT_LE(registration_.UntilRenewal(), absl::Minutes(1));
  EXPECT_GE(registration_.UntilRenewal(), absl::Seconds(10));
}

TEST_F(WorkerRegistrationTest, NoSecretReachesALog) {
  ASSERT_THAT(registration_.Register({}), IsOk());
  std::string text(registration_.credentials().access_token.reveal());
  redactor_.Redact(text);
  EXPECT_EQ(text, "[redacted]");
  text = registration_.credentials().certificate.value().text();
  const json::Value certificate = json::Parse(text).value();
  redactor_.Redact(text);
  EXPECT_THAT(text, Not(HasSubstr(certificate.Find("seed")->string_value())));
  EXPECT_THAT(text, Not(HasSubstr(certificate.Find("signature")->string_value())));
  text = kSecret;
  redactor_.Redact(text);
  EXPECT_EQ(text, "[redacted]");
  const std::string token(registration_.credentials().access_token.reveal());
  EXPECT_THAT(logger_.lines(), Each(Not(HasSubstr(token))));
  EXPECT_THAT(logger_.lines(),
              Contains(HasSubstr("worker/static/prov/pool/group/id, good for 1h")));
}

TEST_F(WorkerRegistrationTest, AWorkerThatIsRemovedCannotRegisterAgain) {
  ASSERT_THAT(registration_.Register({}), IsOk());
  EXPECT_THAT(registration_.Remove({}), IsOk());
  EXPECT_THAT(registration_.Register({}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("worker is not running")));
}

TEST_F(WorkerRegistrationTest, AWorkerIsWantedUntilWorkerManagerSaysWhyNot) {
  ASSERT_THAT(registration_.Register({}), IsOk());
  EXPECT_THAT(registration_.ReasonToTerminate({}), IsOkAndHolds(std::nullopt));
}

// What a keeper has handed on.
class Receiver {
 public:
  RegistrationKeeper::Receivers receivers() {
    return {.credentials = [this](const taskcluster::Credentials& c) { Take(c); },
            .terminate =
                [this](std::string_view reason) {
                  absl::MutexLock lock(&mutex_);
                  reasons_.emplace_back(reason);
                }};
  }
  std::vector<std::string> AwaitReason() {
    const auto told = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !reasons_.empty(); };
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&told), absl::Seconds(30));
    return reasons_;
  }
  void Take(const taskcluster::Credentials& credentials) {
    absl::MutexLock lock(&mutex_);
    tokens_.emplace_back(credentials.access_token.reveal());
  }
  bool Await(size_t count) {
    const auto enough = [&]()
                            ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return tokens_.size() >= count; };
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(30));
  }

 private:
  absl::Mutex mutex_;
  std::vector<std::string> tokens_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> reasons_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(WorkerRegistrationTest, AKeeperRenewsInTimeAndSaysWhatFails) {
  ASSERT_THAT(registration_.Register({}), IsOk());
  fake_.faults().Add("reregisterWorker", Fault::Status(503), 2, 6);
  Receiver receiver;
  const auto keeper =
      RegistrationKeeper::Start(registration_, clock_, logger_, receiver.receivers());
  ASSERT_THAT(keeper, IsOk());
  ASSERT_TRUE(clock_.AwaitSleepers(1));
  clock_.AdvanceTime(absl::Minutes(29));
  EXPECT_EQ(fake_.request_log().Count("reregisterWorker"), 0);
  const TimeDriver driver(clock_, absl::Hours(1));
  EXPECT_TRUE(receiver.Await(2));
  EXPECT_THAT(logger_.lines(), Contains(HasSubstr("WARNING the worker's credentials were not")));
}

TEST_F(WorkerRegistrationTest, AKeeperAsksAtOnceAndThenEveryFiveMinutes) {
  ASSERT_THAT(registration_.Register({}), IsOk());
  Receiver receiver;
  const auto keeper =
      RegistrationKeeper::Start(registration_, clock_, logger_, receiver.receivers());
  ASSERT_THAT(keeper, IsOk());
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(clock_.AwaitSleepers(1));
    EXPECT_EQ(fake_.request_log().Count("shouldWorkerTerminate"), i);
    clock_.AdvanceTime(absl::Minutes(4));
    ASSERT_TRUE(clock_.AwaitSleepers(1));
    EXPECT_EQ(fake_.request_log().Count("shouldWorkerTerminate"), i);
    clock_.AdvanceTime(absl::Minutes(1));
  }
}

TEST_F(WorkerRegistrationTest, AKeeperPassesTheReasonOnOnce) {
  taskcluster::FakeTaskclusterOptions options = WithOneWorker();
  options.static_workers[0].reason_to_terminate = "over capacity";
  taskcluster::FakeTaskcluster fake(clock_, options);
  const auto manager =
      taskcluster::WorkerManagerClient::Create(fake.root_url(), fake, clock_).value();
  WorkerRegistration registration({.worker_pool_id = "prov/pool",
                                   .provider_id = "static",
                                   .worker_group = "group",
                                   .worker_id = "id"},
                                  SecretString(kSecret), {manager, clock_, logger_, redactor_});
  ASSERT_THAT(registration.Register({}), IsOk());
  Receiver receiver;
  const auto keeper =
      RegistrationKeeper::Start(registration, clock_, logger_, receiver.receivers());
  ASSERT_THAT(keeper, IsOk());
  EXPECT_THAT(receiver.AwaitReason(), ElementsAre("over capacity"));
  ASSERT_TRUE(clock_.AwaitSleepers(1));
  clock_.AdvanceTime(absl::Minutes(20));
  ASSERT_TRUE(clock_.AwaitSleepers(1));
  EXPECT_THAT(receiver.AwaitReason(), ElementsAre("over capacity"));
  EXPECT_EQ(fake.request_log().Count("shouldWorkerTerminate"), 1);
}

TEST_F(WorkerRegistrationTest, ADeploymentThatDoesNotAnswerIsNamedOnce) {
  ASSERT_THAT(registration_.Register({}), IsOk());
  fake_.faults().Add("shouldWorkerTerminate", Fault::Status(404), 1, 3);
  Receiver receiver;
  const auto keeper =
      RegistrationKeeper::Start(registration_, clock_, logger_, receiver.receivers());
  ASSERT_THAT(keeper, IsOk());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(clock_.AwaitSleepers(1));
    clock_.AdvanceTime(absl::Minutes(5));
  }
  ASSERT_TRUE(clock_.AwaitSleepers(1));
  EXPECT_EQ(std::ranges::count_if(logger_.lines(),
                                  [](const std::string& line) {
                                    return absl::StrContains(line, "whether the worker is wanted");
                                  }),
            1);
}

TEST_F(WorkerRegistrationTest, AKeeperIsAnErrorWhereTheMachineHasNoThreadToGive) {
  Receiver receiver;
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [&] {
    EXPECT_THAT(RegistrationKeeper::Start(registration_, clock_, logger_, receiver.receivers()),
                StatusIs(absl::StatusCode::kResourceExhausted));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

TEST(ReadStaticSecretTest, TakesTheOneLineOfItsFile) {
  const TempDir temp;
  EXPECT_EQ(ReadStaticSecret(temp.Write("s", std::string(kSecret) + "\n"))->reveal(), kSecret);
}

TEST(ReadStaticSecretTest, AnotherTextIsRefusedAndNotQuoted) {
  const TempDir temp;
  const absl::Status refused = ReadStaticSecret(temp.Write("s", "not a secret")).status();
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(temp.Path("s"))));
  EXPECT_THAT(std::string(refused.message()), Not(HasSubstr("not a secret")));
  EXPECT_THAT(ReadStaticSecret(temp.Path("missing")), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace scriptworker::worker
