// SPDX-License-Identifier: MPL-2.0
//
// The configurations of the deployments are ones that the worker takes, and fit
// what starts and stops it.

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/worker/config/config.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::StartsWith;

// shutdown_grace limits all that the worker waits for; then it ends itself (operations.md).
constexpr absl::Duration kOwnEnd = absl::Seconds(10);

// As Kubernetes names pods.
constexpr std::string_view kWorkerId = "scriptworker-5c689d88bb-xv2np";

LoadedConfig Load(std::string_view path) {
  Environment environment;
  environment.Set("TASKCLUSTER_CLIENT_ID", "project/me/worker");
  environment.Set("TASKCLUSTER_ACCESS_TOKEN", "token");
  environment.Set("SCRIPTWORKER_WORKER_ID", kWorkerId);
  // As an installed file is; one of a working copy may be others' to change.
  const TempDir home;
  const std::string installed = home.Write(path, ReadTestFile(path));
  EXPECT_EQ(::chmod(installed.c_str(), 0644), 0);
  const auto loaded = LoadConfig(installed, environment, {.working_directory = "/"});
  EXPECT_THAT(loaded, IsOk());
  return loaded.ok() ? *loaded : LoadedConfig();
}

// The value of a setting of a unit, which may be there several times.
std::vector<std::string> Settings(std::string_view unit, std::string_view name) {
  std::vector<std::string> values;
  for (const std::string_view line : absl::StrSplit(unit, '\n')) {
    const std::pair<std::string_view, std::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    if (parts.first == name) values.emplace_back(parts.second);
  }
  return values;
}

class SystemdTest : public testing::Test {
 protected:
  const std::string unit_ = ReadTestFile("tools/deploy/systemd/scriptworker.service");
  const LoadedConfig loaded_ = Load("tools/deploy/systemd/scriptworker.yaml");
};

TEST_F(SystemdTest, TheWorkerHasTheTimeToEnd) {
  int64_t seconds = 0;
  ASSERT_EQ(Settings(unit_, "TimeoutStopSec").size(), 1);
  ASSERT_TRUE(absl::SimpleAtoi(Settings(unit_, "TimeoutStopSec")[0], &seconds));
  EXPECT_LE(loaded_.config.timeouts.shutdown_grace + kOwnEnd, absl::Seconds(seconds));
}

TEST_F(SystemdTest, TheFoldersAreThoseThatTheUnitMakes) {
  EXPECT_THAT(Settings(unit_, "StateDirectory"), Contains("scriptworker"));
  EXPECT_THAT(Settings(unit_, "LogsDirectory"), Contains("scriptworker"));
  const Directories& directories = loaded_.config.directories;
  for (const std::string& path :
       {directories.work_dir, directories.artifact_dir, directories.task_log_dir}) {
    EXPECT_THAT(path, StartsWith("/var/lib/scriptworker/"));
  }
  EXPECT_EQ(directories.log_dir, "/var/log/scriptworker");
}

TEST_F(SystemdTest, TheWorkerTellsWhenItIsReadyAndEndsItsScriptByItself) {
  EXPECT_THAT(Settings(unit_, "Type"), Contains("notify"));
  EXPECT_THAT(Settings(unit_, "KillMode"), Contains("mixed"));
}

// systemd gives a unit up for good that was started StartLimitBurst times in StartLimitIntervalSec.
TEST_F(SystemdTest, AWorkerThatCannotBeginIsTriedAgainForEver) {
  EXPECT_THAT(Settings(unit_, "StartLimitIntervalSec"), ElementsAre("0"));
  EXPECT_THAT(Settings(unit_, "Restart"), ElementsAre("on-failure"));
  EXPECT_THAT(Settings(unit_, "RestartSec"), ElementsAre("10"));
  EXPECT_THAT(Settings(unit_, "RestartPreventExitStatus"), ElementsAre("2"));
}

class DeployedConfigTest : public testing::TestWithParam<std::string_view> {};

TEST_P(DeployedConfigTest, VerifiesSignsAndShutsScriptsIn) {
  const LoadedConfig loaded = Load(GetParam());
  EXPECT_TRUE(loaded.config.verification.verify_chain_of_trust);
  EXPECT_TRUE(loaded.config.verification.verify_cot_signature);
  EXPECT_TRUE(loaded.config.signing.sign_chain_of_trust);
  EXPECT_TRUE(loaded.config.sandbox.landlock);
  EXPECT_THAT(loaded.warnings, testing::IsEmpty());
}

TEST_P(DeployedConfigTest, LeavesTheWorkersNameToTheEnvironmentIfItHasNone) {
  const std::string text = ReadTestFile(GetParam());
  EXPECT_EQ(Load(GetParam()).config.queue.worker_id,
            absl::StrContains(text, "worker_id:") ? "my-worker-1" : kWorkerId);
}

INSTANTIATE_TEST_SUITE_P(Files, DeployedConfigTest,
                         testing::Values("tools/deploy/systemd/scriptworker.yaml",
                                         "tools/deploy/kubernetes/scriptworker.yaml"),
                         [](const auto& info) {
                           return info.index == 0 ? "Systemd" : "Kubernetes";
                         });

}  // namespace
}  // namespace scriptworker::worker
