// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/task_creator.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::EndsWith;

constexpr char kStatus[] = R"({"status": {
  "taskId": "NsqSIRDwQtuVxPjPCFpS1A", "taskGroupId": "NsqSIRDwQtuVxPjPCFpS1A",
  "state": "pending", "runs": []}})";

class TaskCreatorTest : public ::testing::Test {
 protected:
  TaskCreatorTest() {
    credentials_.client_id = "root";
    credentials_.access_token = SecretString("t");
  }

  SimulatedClock clock_{absl::FromUnixSeconds(0), SimulatedClock::Mode::kAutoAdvance};
  Credentials credentials_;
  const TaskId task_ = TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A").value();
};

TEST_F(TaskCreatorTest, PutsTheDefinitionAsItIs) {
  http::FunctionTransport transport(http::InTurn({http::MakeResponse(200, kStatus)}));
  const auto creator = TaskCreator::Create("https://tc.test/", transport, clock_, credentials_);
  ASSERT_THAT(creator, IsOk());
  const auto status =
      (*creator)->CreateTask(task_, json::Parse(R"({"workerType": "w", "created": "x"})").value());
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(status->state, TaskState::kPending);
  const http::SentRequest sent = transport.requests().at(0);
  EXPECT_EQ(sent.method, http::Method::kPut);
  EXPECT_EQ(sent.url, "https://tc.test/api/queue/v1/task/NsqSIRDwQtuVxPjPCFpS1A");
  EXPECT_EQ(sent.body, R"({"workerType":"w","created":"x"})");
}

TEST_F(TaskCreatorTest, CancelsATask) {
  http::FunctionTransport transport(http::InTurn({http::MakeResponse(200, kStatus)}));
  const auto creator = TaskCreator::Create("https://tc.test", transport, clock_, credentials_);
  ASSERT_THAT(creator, IsOk());
  EXPECT_THAT((*creator)->CancelTask(task_), IsOk());
  EXPECT_THAT(transport.requests().at(0).url, EndsWith("/cancel"));
}

TEST_F(TaskCreatorTest, AnotherDefinitionUnderTheSameIdIsAborted) {
  http::FunctionTransport transport(http::InTurn(
      {http::MakeResponse(409, R"({"code": "RequestConflict", "message": "taskId is taken"})")}));
  const auto creator = TaskCreator::Create("https://tc.test", transport, clock_, credentials_);
  ASSERT_THAT(creator, IsOk());
  EXPECT_THAT((*creator)->CreateTask(task_, json::Value(json::Object())),
              StatusIs(absl::StatusCode::kAborted));
}

TEST_F(TaskCreatorTest, AnOddAnswerIsDataLoss) {
  http::FunctionTransport transport(http::InTurn({http::MakeResponse(200, "{}")}));
  const auto creator = TaskCreator::Create("https://tc.test", transport, clock_, credentials_);
  ASSERT_THAT(creator, IsOk());
  EXPECT_THAT((*creator)->CancelTask(task_), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace scriptworker::taskcluster
