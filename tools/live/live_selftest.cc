// SPDX-License-Identifier: MPL-2.0
//
// That the live tests can pass, can fail, and say so when they do nothing: the
// program itself, against a local Taskcluster.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/worker_site/running_worker.h"

namespace scriptworker::tools {
namespace {

using ::scriptworker::taskcluster::Fault;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LiveSelftest : public testing::Test {
 protected:
  LiveSelftest() {
    LocalTaskclusterOptions options;
    options.fake.poll = absl::Milliseconds(500);
    MakeTokensRandom(options.fake);
    taskcluster_ = LocalTaskcluster::Start(clock_, options).value();
  }
  void WriteSecrets(std::string_view access_token) {
    temp_.Write(".scriptworker",
                absl::StrCat(R"({"integration_credentials": {"clientId": )",
                             json::FormatString(taskcluster_->fake().root_credentials().client_id),
                             R"(, "accessToken": )", json::FormatString(access_token), "}}"));
  }
  std::string RootToken() {
    return std::string(taskcluster_->fake().root_credentials().access_token.reveal());
  }
  // The exit status; the output is in output().
  int Run(const std::vector<std::string>& flags = {}) {
    std::vector<std::string> arguments;
    // What this test was told by Bazel is not for the other.
    for (const char* variable :
         {"XML_OUTPUT_FILE", "TESTBRIDGE_TEST_ONLY", "TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX",
          "TEST_SHARD_STATUS_FILE", "TEST_PREMATURE_EXIT_FILE"}) {
      arguments.insert(arguments.end(), {"-u", variable});
    }
    arguments.insert(arguments.end(),
                     {absl::StrCat("HOME=", temp_.path()),
                      absl::StrCat("TASKCLUSTER_ROOT_URL=", taskcluster_->root_url()),
                      TestFilePath("tools/live/live_test")});
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    RunningWorker test(std::move(arguments), temp_.Path("output"), {}, "/usr/bin/env");
    return test.Wait(absl::Minutes(4)).value_or(-1000);
  }
  std::string output() const { return ReadFile(temp_.Path("output")).value_or(""); }

  SystemClock clock_;
  const TempDir temp_;
  std::unique_ptr<LocalTaskcluster> taskcluster_;
};

TEST_F(LiveSelftest, WithoutCredentialsEachSaysSkippedAndWhy) {
  EXPECT_EQ(Run(), 0) << output();
  EXPECT_THAT(output(), AllOf(HasSubstr("SKIPPED: no integration_credentials"),
                              HasSubstr("[  PASSED  ] 0 tests"), Not(HasSubstr("[       OK ]"))));
  EXPECT_EQ(taskcluster_->fake().request_log().total(), 0);
}

TEST_F(LiveSelftest, AgainstATaskclusterThatWorksAllPass) {
  WriteSecrets(RootToken());
  EXPECT_EQ(Run(), 0) << output();
  EXPECT_THAT(output(), AllOf(HasSubstr("[  PASSED  ] 8 tests"), Not(HasSubstr("SKIPPED"))));
  EXPECT_THAT(output(), Not(HasSubstr(RootToken())));
}

TEST_F(LiveSelftest, CredentialsThatAreWrongAreAFailure) {
  WriteSecrets("wrong");
  EXPECT_NE(Run({"--gtest_filter=*Completed"}), 0);
  EXPECT_THAT(output(), HasSubstr("createTask"));
}

TEST_F(LiveSelftest, AQueueThatTakesNoArtifactsIsAFailure) {
  WriteSecrets(RootToken());
  taskcluster_->fake().faults().Add("createArtifact", Fault::Status(403), 1, 1000);
  EXPECT_NE(Run({"--gtest_filter=*Completed"}), 0);
  EXPECT_THAT(output(), HasSubstr("[  FAILED  ]"));
}

}  // namespace
}  // namespace scriptworker::tools
