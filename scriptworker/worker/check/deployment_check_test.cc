// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/check/deployment_check.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/worker/check/check.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/testing/check_is.h"
#include "scriptworker/worker/testing/time_driver.h"

namespace scriptworker::worker {
namespace {

using Outcome = Check::Outcome;
using ::scriptworker::taskcluster::Credentials;
using ::scriptworker::taskcluster::Fault;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DeploymentCheckTest : public testing::Test {
 protected:
  DeploymentCheckTest() {
    queue_ = {.root_url = fake_.root_url(),
              .provisioner_id = "prov",
              .worker_type = "type",
              .worker_group = "group",
              .worker_id = "id"};
  }
  std::vector<Check> Run(const Credentials& credentials) {
    return CheckDeployment(queue_, credentials, fake_, clock_);
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  SimulatedClock theirs_{absl::FromUnixSeconds(1'800'000'000)};
  taskcluster::FakeTaskcluster fake_{theirs_};
  QueueIdentity queue_;
};

TEST_F(DeploymentCheckTest, AClientThatMayClaimPasses) {
  EXPECT_THAT(Run(fake_.worker_credentials()),
              ElementsAre(CheckIs(Outcome::kOk, "taskcluster", fake_.root_url()),
                          CheckIs(Outcome::kOk, "clock", "within"),
                          CheckIs(Outcome::kOk, "credentials", "may claim from prov/type")));
  EXPECT_EQ(fake_.request_log().Count("claimWork"), 0);
}

TEST_F(DeploymentCheckTest, MissingScopesAreNamed) {
  EXPECT_THAT(Run(fake_.powerless_credentials()).back(),
              CheckIs(Outcome::kFailed, "credentials",
                      "queue:claim-work:prov/type, queue:worker-id:group/id"));
}

TEST_F(DeploymentCheckTest, AWrongAccessTokenFailsAndIsNotRepeated) {
  Credentials wrong = fake_.worker_credentials();
  wrong.access_token = SecretString("a-wrong-access-token");
  const Check check = Run(wrong).back();
  EXPECT_THAT(check, CheckIs(Outcome::kFailed, "credentials", "Bad mac"));
  EXPECT_THAT(check.text, testing::Not(HasSubstr("a-wrong-access-token")));
}

TEST_F(DeploymentCheckTest, AClientThatMayNotReadItsScopesIsOnlyAWarning) {
  fake_.faults().Add("currentScopes", Fault::Status(403));
  EXPECT_THAT(Run(fake_.worker_credentials()).back(),
              CheckIs(Outcome::kWarning, "credentials", "auth:current-scopes"));
}

TEST_F(DeploymentCheckTest, AClockThatGoesWrongIsAWarningAndThenAFailure) {
  clock_.AdvanceTime(absl::Minutes(2));
  EXPECT_THAT(Run(fake_.worker_credentials())[1], CheckIs(Outcome::kWarning, "clock", "ahead of"));
  clock_.AdvanceTime(absl::Minutes(20));
  EXPECT_THAT(Run(fake_.worker_credentials())[1], CheckIs(Outcome::kFailed, "clock", "ahead of"));
  theirs_.AdvanceTime(absl::Minutes(23));
  EXPECT_THAT(Run(fake_.worker_credentials())[1], CheckIs(Outcome::kWarning, "clock", "behind"));
}

TEST_F(DeploymentCheckTest, ADeploymentThatDoesNotAnswerEndsTheChecks) {
  for (int i = 0; i < 3; ++i) fake_.faults().Add("ping", Fault::Status(503));
  const TimeDriver driver(clock_, absl::Minutes(1));
  EXPECT_THAT(Run(fake_.worker_credentials()),
              ElementsAre(CheckIs(Outcome::kFailed, "taskcluster", "ping")));
}

TEST_F(DeploymentCheckTest, WhereWorkerManagerGivesThemOutItIsAskedForASignOfLife) {
  EXPECT_THAT(CheckDeployment(queue_, std::nullopt, fake_, clock_).back(),
              CheckIs(Outcome::kOk, "worker-manager", "answers"));
  EXPECT_EQ(fake_.request_log().Count("registerWorker"), 0);
  fake_.faults().Add("ping", Fault::Status(404), 2);
  EXPECT_THAT(CheckDeployment(queue_, std::nullopt, fake_, clock_).back(),
              CheckIs(Outcome::kFailed, "worker-manager", "ping"));
}

TEST_F(DeploymentCheckTest, AnImpossibleRootUrlFails) {
  queue_.root_url = "no url";
  EXPECT_THAT(Run(fake_.worker_credentials()),
              ElementsAre(CheckIs(Outcome::kFailed, "taskcluster", "no url")));
}

}  // namespace
}  // namespace scriptworker::worker
