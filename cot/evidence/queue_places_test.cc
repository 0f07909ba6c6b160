// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/queue_places.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::scriptworker::taskcluster::QueueClient;

TEST(QueuePlacesTest, SayWhereTheQueueHasThingsWithoutAskingOrTellingSecrets) {
  scriptworker::http::FunctionTransport nowhere(
      [](const scriptworker::http::Request&) { return absl::UnavailableError("no network"); });
  scriptworker::SimulatedClock clock{absl::UnixEpoch()};
  scriptworker::taskcluster::Credentials credentials;
  credentials.client_id = "who";
  credentials.access_token = scriptworker::SecretString("what");
  const auto queue = QueueClient::Create("https://tc.example.com", nowhere, clock, credentials);
  ASSERT_TRUE(queue.ok()) << queue.status();
  const auto id = *scriptworker::taskcluster::TaskId::Parse("BuildBAAQACAAAAAAAAAAA");
  const std::string task = "https://tc.example.com/api/queue/v1/task/BuildBAAQACAAAAAAAAAAA";
  EXPECT_EQ(DefinitionPlace(**queue, id), task);
  EXPECT_EQ(ArtifactPlace(**queue, id, "public/a.zip"), task + "/artifacts/public%2Fa.zip");
  const std::string secret = ArtifactPlace(**queue, id, "releng/a.zip");
  EXPECT_EQ(secret.rfind(task + "/artifacts/releng%2Fa.zip", 0), 0u) << secret;
  EXPECT_EQ(secret.find("bewit="), std::string::npos) << secret;
  EXPECT_TRUE(nowhere.requests().empty());

  const auto without = QueueClient::Create("https://tc.example.com", nowhere, clock, std::nullopt);
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_EQ(ArtifactPlace(**without, id, "releng/a.zip"), "");
}

}  // namespace
}  // namespace cot
