// SPDX-License-Identifier: MPL-2.0
//
// Scripts that reach for the worker's secrets, under the real program; one
// misbehaving script each is in //scriptworker/worker:script_box_test.

#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/worker/process/landlock.h"
#include "scriptworker/worker/process/script_cgroup.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/worker_site/running_worker.h"
#include "tools/worker_site/worker_site.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::taskcluster::TaskId;
using ::scriptworker::tools::RunningWorker;
using ::scriptworker::tools::WorkerSite;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kGithubToken = "gho_a-token-of-the-worker";

class WorkerBoxE2eTest : public testing::Test {
 protected:
  WorkerBoxE2eTest() {
    tools::LocalTaskclusterOptions options;
    options.fake.poll = absl::Milliseconds(500);
    tools::MakeTokensRandom(options.fake);
    taskcluster_ = tools::LocalTaskcluster::Start(clock_, options).value();
    site_ = std::make_unique<WorkerSite>(*taskcluster_, temp_.path());
    token_ = std::string(fake().worker_credentials().access_token.reveal());
  }
  taskcluster::FakeTaskcluster& fake() { return taskcluster_->fake(); }

  // $D is the site's folder. What the script printed; the task has to succeed.
  std::string Run(std::string_view script, std::vector<std::string> variables = {}) {
    const TaskId id =
        WorkerSite::Submit(*taskcluster_, clock_, absl::StrCat("D=", temp_.path(), "; ", script));
    RunningWorker worker({"--once", temp_.Path("scriptworker.yaml")}, temp_.Path("output"),
                         std::move(variables));
    EXPECT_EQ(worker.Wait(), 0) << Output();
    EXPECT_EQ(fake().Resolution(id, 0), "completed") << site_->WorkerLog();
    const auto log = fake().GetArtifact(id, 0, "public/logs/live_backing.log");
    EXPECT_THAT(log, IsOk());
    return log.ok() ? log->content : "";
  }
  std::string Output() const { return ReadFile(temp_.Path("output")).value_or(""); }

  SystemClock clock_;
  const TempDir temp_;
  std::unique_ptr<tools::LocalTaskcluster> taskcluster_;
  std::unique_ptr<WorkerSite> site_;
  std::string token_;
};

TEST_F(WorkerBoxE2eTest, TheWorkersSecretsAreInNoScriptsEnvironment) {
  const std::vector<std::string> variables = {"TASKCLUSTER_CLIENT_ID=from-the-environment",
                                              "TASKCLUSTER_ACCESS_TOKEN=token-from-there",
                                              "TASKCLUSTER_CERTIFICATE={}",
                                              "SCRIPTWORKER_GITHUB_OAUTH_TOKEN=token-of-github",
                                              absl::StrCat("ANOTHER_NAME=", token_),
                                              "HARMLESS=passed-on"};
  const std::string inherited = Run("env | sort; exit 0", variables);
  EXPECT_THAT(inherited, HasSubstr("HARMLESS=passed-on"));
  EXPECT_THAT(inherited, HasSubstr("TASKCLUSTER_ROOT_URL="));
  for (const std::string_view secret :
       {"CLIENT_ID", "ACCESS_TOKEN", "CERTIFICATE", "GITHUB_OAUTH_TOKEN", "ANOTHER_NAME"}) {
    EXPECT_THAT(inherited, Not(HasSubstr(secret)));
  }
  site_->WriteConfig("script_env: clean\nscript_env_allow: [PATH]\n");
  const std::string clean = Run("env | sort; exit 0", variables);
  EXPECT_THAT(clean, Not(HasSubstr("HARMLESS")));
  EXPECT_THAT(clean, HasSubstr("TASKCLUSTER_CREDENTIALS_FD=3"));
}

TEST_F(WorkerBoxE2eTest, ASandboxedScriptGetsAtNothingOfTheWorkers) {
  if (worker::LandlockAbi() == 0) GTEST_SKIP() << "SKIPPED: this kernel has no Landlock";
  site_->WriteConfig("script_env: clean\nsandbox: {landlock: true, required: true}\n");
  EXPECT_EQ(Run("exec 2>/dev/null; "
                "for f in $D/key $D/scriptworker.yaml $D/work/../key /proc/self/root$D/key "
                "/proc/$PPID/root$D/key $D/state/* /proc/$PPID/environ /proc/$PPID/mem; "
                "do cat $f && echo read $f; done; "
                "for p in /proc/[0-9]*; do read -r i n s f r < $p/stat; "
                "[ $n = '(sw-signer)' ] && [ $f = $PPID ] && echo found a signer && "
                "(cat $p/mem || cat $p/environ || readlink $p/fd/3) && echo read $p; done; "
                "ln $D/key $D/artifacts/public/key && echo linked; "
                "mv $D/key $D/work/key && echo moved; "
                "echo x > $D/scriptworker.yaml && echo wrote; rm -f $D/key && echo removed; "
                "echo x > $D/artifacts/public/mine && echo x > $D/work/mine && echo mine; exit 0"),
            "found a signer\nmine\nexit code: 0\n");
  EXPECT_THAT(ReadFile(temp_.Path("key")), IsOk());
  EXPECT_THAT(site_->WorkerLog(), Not(HasSubstr("can read the worker's secrets")));
}

TEST_F(WorkerBoxE2eTest, WithoutASandboxTheStartSaysWhatScriptsCanRead) {
  Run("exit 0");
  EXPECT_THAT(site_->WorkerLog(), HasSubstr("WARNING - scripts can read the worker's secrets"));
  EXPECT_THAT(site_->WorkerLog(), HasSubstr(temp_.Path("key")));
  site_->WriteConfig("sandbox: {no_new_privs: true, required: true}\n");
  RunningWorker worker = site_->Start({"--once"});
  EXPECT_EQ(worker.Wait(), 1);
  EXPECT_THAT(Output(), HasSubstr("scripts can read the worker's secrets"));
}

TEST_F(WorkerBoxE2eTest, ChecksTheSandboxBeforeWork) {
  site_->WriteConfig("sandbox: {script_user: no-such-user}\n");
  RunningWorker worker = site_->Start({"--check-config"});
  EXPECT_EQ(worker.Wait(), 1);
  EXPECT_THAT(Output(), HasSubstr("failed   sandbox: script_user: this machine has no"));
}

// What the journal would not find either: another session, without the environment.
TEST_F(WorkerBoxE2eTest, AStartThatFailsAtItsJournalLeavesNothingOfADeadWorkersScript) {
  if (const auto group = worker::ScriptCgroup::Create(); !group.ok()) {
    GTEST_SKIP() << "SKIPPED: " << group.status();
  }
  WorkerSite::Submit(*taskcluster_, clock_,
                     absl::StrCat("(setsid env -i bash -c 'echo $$ > ", temp_.path(),
                                  "/daemon; exec sleep 1000' &); ", "exec sleep 1000"));
  RunningWorker killed = site_->Start();
  const auto daemon = [&] {
    int pid = 0;
    return absl::SimpleAtoi(ReadFile(temp_.Path("daemon")).value_or(""), &pid) ? pid : 0;
  };
  ASSERT_TRUE(AwaitTrue([&] { return daemon() != 0; }));
  killed.Signal(SIGKILL);
  killed.Wait();
  std::filesystem::remove_all(temp_.Path("state"));
  temp_.Write("state", "a file in its place");
  RunningWorker worker({temp_.Path("scriptworker.yaml")}, temp_.Path("output"));
  EXPECT_EQ(worker.Wait(), 1);
  EXPECT_THAT(Output(), HasSubstr(temp_.Path("state")));
  // Nor of one that has ended and was not yet waited for.
  EXPECT_EQ(ReadFile(absl::StrCat("/proc/", daemon(), "/cmdline")).value_or(""), "");
}

// As `ulimit -f` sets it, or LimitFSIZE= of systemd.
TEST_F(WorkerBoxE2eTest, AFileThatGrowsBeyondItsLimitIsTheEndOfItsTaskAlone) {
  RunningWorker worker = site_->Start();
  ASSERT_TRUE(site_->AwaitLogged("Running scriptworker version"));
  const rlimit limit = {.rlim_cur = 200'000, .rlim_max = 200'000};
  ASSERT_EQ(::prlimit(worker.pid(), RLIMIT_FSIZE, &limit, nullptr), 0);
  const TaskId large = WorkerSite::Submit(*taskcluster_, clock_, "yes | head -c 400000; exit 0");
  const TaskId small = WorkerSite::Submit(*taskcluster_, clock_, "exit 0");
  ASSERT_TRUE(AwaitTrue(
      [&] { return worker.Poll().has_value() || fake().Resolution(small, 0) == "completed"; }));
  EXPECT_EQ(worker.Poll(), std::nullopt);  // though its own log, which repeats the output, is full
  EXPECT_EQ(fake().Resolution(large, 0), "internal-error");
}

// What is secret in what the script was handed.
std::vector<std::string> SecretsIn(const std::string& file) {
  const absl::StatusOr<json::Value> value = json::Parse(file);
  EXPECT_THAT(value, IsOk());
  if (!value.ok()) return {};
  const auto credentials = taskcluster::Credentials::FromJson(json::Reader(*value, file));
  EXPECT_THAT(credentials, IsOk());
  if (!credentials.ok()) return {};
  const json::Value& certificate = credentials->certificate.value().value();
  return {std::string(credentials->access_token.reveal()),
          std::string(certificate.Find("seed")->string_value()),
          std::string(certificate.Find("signature")->string_value())};
}

TEST_F(WorkerBoxE2eTest, NoLogHoldsASecretOfTheWorkers) {
  site_->WriteConfig(absl::StrCat("github_oauth_token: ", kGithubToken, "\n"));
  // The scripts can read all of it here, and print it in every way that bash has.
  constexpr std::string_view kScripts[] = {
      "cat $D/scriptworker.yaml; exit 0",
      "cat <&3 | tee $D/credentials.json; cat $D/credentials.json >&2; exit 0",
      "t=$(sed -n s/.*accessToken:.//p $D/scriptworker.yaml); echo $t$t; printf %s ${t:0:9}; "
      "sleep 0.1; printf %s ${t:9}; echo; printf x%.0s {1..65530}; echo $t; exit 0",
      "cat <&3 > $D/credentials.json; mkdir -p $D/artifacts/public/x; "
      "ln -s /nonexistent $D/artifacts/public/$(sed -n s/.*accessToken:.//p $D/scriptworker.yaml); "
      "exit 0",
  };
  std::vector<std::string> logs;
  std::vector<std::string> secrets = {token_, std::string(kGithubToken)};
  for (const std::string_view script : kScripts) {
    logs.push_back(Run(script));
    if (const auto credentials = ReadFile(temp_.Path("credentials.json")); credentials.ok()) {
      for (std::string& secret : SecretsIn(*credentials)) secrets.push_back(std::move(secret));
    }
  }
  EXPECT_THAT(logs[0], HasSubstr("accessToken: [redacted]"));
  EXPECT_THAT(logs[1], HasSubstr("[redacted]"));
  const WorkerSite refused(*taskcluster_, temp_.path(), {.access_token = "a-wrong-access-token"});
  EXPECT_NE(refused.Start({"--once"}).Wait(), 0);
  secrets.emplace_back("a-wrong-access-token");
  logs.push_back(site_->WorkerLog());
  logs.push_back(Output());
  EXPECT_GE(secrets.size(), 9u);
  for (const std::string& log : logs) {
    EXPECT_FALSE(log.empty());
    for (const std::string& secret : secrets) {
      ASSERT_GE(secret.size(), 10u);
      EXPECT_EQ(log.find(secret), std::string::npos) << secret << " in " << log;
    }
    EXPECT_EQ(log.find("28CK5/8euw24"), std::string::npos) << "the signing key";
  }
}

}  // namespace
}  // namespace scriptworker
