// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/script_environment.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::worker {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const taskcluster::TaskId kTaskId = taskcluster::TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A").value();

TEST(ScriptEnvironmentTest, AddsWhatTheScriptNeedsToKnow) {
  EXPECT_THAT(ScriptEnvironment(Environment(), kTaskId, 2, "https://tc.example.com/"),
              ElementsAre("RUN_ID=2", "TASKCLUSTER_CREDENTIALS_FD=3",
                          "TASKCLUSTER_ROOT_URL=https://tc.example.com/",
                          "TASK_ID=NsqSIRDwQtuVxPjPCFpS1A"));
}

TEST(ScriptEnvironmentTest, PassesTheWorkersVariablesOn) {
  const Environment own({{"PATH", "/bin"}, {"EMPTY", ""}, {"A", "b=c"}});
  const std::vector<std::string> variables = ScriptEnvironment(own, kTaskId, 0, "https://tc");
  EXPECT_THAT(variables, Contains("PATH=/bin"));
  EXPECT_THAT(variables, Contains("EMPTY="));
  EXPECT_THAT(variables, Contains("A=b=c"));
}

TEST(ScriptEnvironmentTest, KeepsTheWorkersSecretsBack) {
  const Environment own({{"TASKCLUSTER_CLIENT_ID", "the-worker"},
                         {"TASKCLUSTER_ACCESS_TOKEN", "no-secret"},
                         {"TASKCLUSTER_CERTIFICATE", "{no-secret}"},
                         {"SCRIPTWORKER_GITHUB_OAUTH_TOKEN", "no-secret"}});
  const std::vector<std::string> variables = ScriptEnvironment(own, kTaskId, 0, "https://tc");
  EXPECT_THAT(variables, Not(Contains(HasSubstr("no-secret"))));
  EXPECT_THAT(variables, Not(Contains(HasSubstr("the-worker"))));
}

TEST(ScriptEnvironmentTest, TheRunsVariablesReplaceTheWorkersOwn) {
  const Environment own({{"TASK_ID", "another"}, {"TASKCLUSTER_ROOT_URL", "https://other"}});
  const std::vector<std::string> variables = ScriptEnvironment(own, kTaskId, 0, "https://tc");
  EXPECT_EQ(variables.size(), 4u);
  EXPECT_THAT(variables, Contains("TASKCLUSTER_ROOT_URL=https://tc"));
}

}  // namespace
}  // namespace scriptworker::worker
