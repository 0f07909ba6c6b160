// SPDX-License-Identifier: MPL-2.0
//
// One misbehaving script each: whatever it does, its task is resolved as it
// deserves, what is published is what was hashed, nothing of it stays, and the
// next task runs.

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/worker/process/script_cgroup.h"
#include "scriptworker/worker/testing/time_driver.h"
#include "scriptworker/worker/testing/worker_harness.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::taskcluster::TaskId;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr std::string_view kLog = "public/logs/live_backing.log";

// Every uploaded file that the chain of trust lists has the digest that it lists.
void ExpectPublishedAsHashed(WorkerHarness& h, const TaskId& id) {
  const absl::StatusOr<json::Value> body =
      json::Parse(h.Artifact(id, "public/chain-of-trust.json"));
  ASSERT_THAT(body, IsOk());
  for (const auto& [name, digests] : body->Find("artifacts")->object()) {
    EXPECT_EQ(crypto::HexEncode(crypto::Sha256(h.Artifact(id, name))),
              digests.Find("sha256")->string_value())
        << name;
  }
}

// The one run of a new task.
TaskId RunOne(WorkerHarness& h) {
  const TaskId id = h.Submit();
  h.RunPending();
  return id;
}

bool IsAlive(const std::string& pid_file) {
  pid_t pid = 0;
  EXPECT_TRUE(absl::SimpleAtoi(ReadFile(pid_file).value_or(""), &pid)) << pid_file;
  return ::kill(pid, 0) == 0;
}

TEST(ScriptBoxTest, AProcessThatDetachedItselfAndWritesOnIsEndedBeforeAnythingIsHashed) {
  WorkerHarness h(
      "(setsid bash -c 'echo $$ > $DIR/pid; while true; do echo x >> $ARTIFACTS/public/a.bin; "
      "done' </dev/null >/dev/null 2>&1 &); "
      "while ! [ -s $ARTIFACTS/public/a.bin ]; do sleep 0.01; done");
  const TaskId id = RunOne(h);
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
  EXPECT_FALSE(IsAlive(h.temp.Path("pid")));
  ExpectPublishedAsHashed(h, id);
  EXPECT_NE(h.Artifact(id, "public/a.bin"), "");
}

TEST(ScriptBoxTest, AProcessThatKeepsThePipesDoesNotHoldTheTaskUp) {
  WorkerHarness h(
      "(setsid bash -c 'echo $$ > $DIR/pid; exec sleep 1000' &); "
      "while ! [ -s $DIR/pid ]; do sleep 0.01; done; echo done");
  const TaskId id = RunOne(h);
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
  EXPECT_FALSE(IsAlive(h.temp.Path("pid")));
  EXPECT_EQ(h.Artifact(id, kLog), "done\nexit code: 0\n");
}

TEST(ScriptBoxTest, AScriptThatIgnoresTermAndClosedItsPipesIsEndedByTheTimeLimit) {
  WorkerHarness h("exec >&- 2>&-; trap '' TERM; echo $$ > $DIR/pid; while true; do :; done");
  json::Object payload;
  payload.Set("maxRunTime", json::Value(30));
  const TaskId id = h.Submit(json::Value(payload));
  const TimeDriver driver(h.clock, absl::Seconds(150),
                          [&] { return !ReadFile(h.temp.Path("pid")).value_or("").empty(); });
  h.RunPending();
  EXPECT_THAT(h.Runs(id), ElementsAre("failed"));
  EXPECT_FALSE(IsAlive(h.temp.Path("pid")));
  EXPECT_THAT(h.Artifact(id, kLog), EndsWith("Automation Error: python exited with signal -9\n"));
}

TEST(ScriptBoxTest, AForkStormEnds) {
  WorkerHarness h(
      "(setsid bash -c 'touch $DIR/started; while true; do (sleep 1000 &); done' &); "
      "while ! [ -e $DIR/started ]; do sleep 0.01; done");
  const TaskId id = RunOne(h);
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
}

TEST(ScriptBoxTest, AScriptKilledByASignalHasFailed) {
  WorkerHarness h("kill -KILL $$");
  const TaskId id = RunOne(h);
  EXPECT_THAT(h.Runs(id), ElementsAre("failed"));
  ExpectPublishedAsHashed(h, id);
}

TEST(ScriptBoxTest, AnyBytesAndAnyLengthOfLineGoToTheLog) {
  WorkerHarness h("head -c 300000 /dev/urandom; head -c 300000 /dev/zero | tr '\\0' x");
  const TaskId id = RunOne(h);
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
  EXPECT_THAT(h.Artifact(id, kLog), EndsWith("xxxexit code: 0\n"));
  ExpectPublishedAsHashed(h, id);
}

TEST(ScriptBoxTest, LeavingTheControlGroupDoesNotHelp) {
  const absl::StatusOr<ScriptCgroup> group = ScriptCgroup::Create();
  if (!group.ok()) GTEST_SKIP() << "SKIPPED: " << group.status();
  const std::string above = group->path().substr(0, group->path().rfind('/'));
  WorkerHarness h(absl::StrCat("(setsid bash -c 'echo $$ > ", above,
                               "/cgroup.procs; echo $$ > $DIR/pid; exec sleep 1000' &); "
                               "while ! [ -s $DIR/pid ]; do sleep 0.01; done"));
  const TaskId id = RunOne(h);
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
  EXPECT_FALSE(IsAlive(h.temp.Path("pid")));
}

// A small disk of its own in place of a folder. Only this process sees it.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& folder) : folder_(folder) {
    mounted_ = ::unshare(CLONE_NEWNS) == 0 &&
               ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=1m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }

 private:
  const std::string folder_;
  bool mounted_ = false;
};

TEST(ScriptBoxTest, AFullDiskFailsTheTaskAndNotTheWorker) {
  WorkerHarness h(
      "if [ -e $DIR/second ]; then exit 0; fi; touch $DIR/second; echo before; "
      "while ! grep -q before $ARTIFACTS/public/logs/live_backing.log; do sleep 0.01; done; "
      "head -c 5000000 /dev/zero > $ARTIFACTS/public/big.bin; "
      "for i in {1..2000}; do echo a line that finds no place any more; done; exit 0");
  const SmallDisk disk(h.dirs.artifact_dir());
  if (!disk.mounted()) GTEST_SKIP() << "SKIPPED: this process may not mount a small disk";
  ASSERT_THAT(h.dirs.Cleanup(), IsOk());
  const TaskId first = h.Submit();
  EXPECT_THAT(h.RunPending().cleaned, IsOk());
  EXPECT_THAT(h.Runs(first), ElementsAre("exception internal-error"));
  EXPECT_THAT(h.logger.lines(), Contains(HasSubstr("No space left on device")));
  EXPECT_THAT(h.Artifact(first, kLog), HasSubstr("before\n")) << "what was written is published";
  const TaskId second = h.Submit();
  h.RunPending();
  EXPECT_THAT(h.Runs(second), ElementsAre("completed"));
}

TEST(ScriptBoxTest, AFileLargerThanItsLimitIsTheScriptsOwnProblem) {
  WorkerHarness h("ulimit -f 1; head -c 5000000 /dev/zero > $ARTIFACTS/public/big.bin");
  const TaskId id = RunOne(h);
  EXPECT_THAT(h.Runs(id), ElementsAre("failed"));
  ExpectPublishedAsHashed(h, id);
}

TEST(ScriptBoxTest, OnlyRegularFilesArePublishedAndTheRestIsNamed) {
  WorkerHarness h(
      "cd $ARTIFACTS/public; echo x > file.bin; ln -s $DIR/private_key link; mkfifo fifo; "
      "ln -s $DIR folder; ln $DIR/private_key hard; ln file.bin twin.bin; exit 0");
  const TaskId id = RunOne(h);
  EXPECT_THAT(h.Runs(id), ElementsAre("completed"));
  EXPECT_THAT(h.ArtifactNames(id),
              ElementsAre("public/chain-of-trust.json", "public/chain-of-trust.json.sig",
                          "public/file.bin", "public/logs/live_backing.log", "public/twin.bin"));
  const auto warning = [](std::string_view name, std::string_view what) {
    return Contains(AllOf(HasSubstr(absl::StrCat("\"public/", name, "\"")), HasSubstr(what)));
  };
  EXPECT_THAT(h.logger.lines(), warning("link", "symbolic link"));
  EXPECT_THAT(h.logger.lines(), warning("folder", "symbolic link"));
  EXPECT_THAT(h.logger.lines(), warning("fifo", "fifo"));
  EXPECT_THAT(h.logger.lines(), warning("hard", "one of the worker's secrets"));
  EXPECT_THAT(h.logger.lines(), warning("twin.bin", "another name (hard link) as well"));
  EXPECT_THAT(ReadFile(h.temp.Path("private_key")), IsOk()) << "the key itself stays";
  ExpectPublishedAsHashed(h, id);
}

}  // namespace
}  // namespace scriptworker::worker
