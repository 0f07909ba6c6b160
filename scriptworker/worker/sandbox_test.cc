// SPDX-License-Identifier: MPL-2.0
//
// Real scripts under real restrictions; what the machine does not allow is
// skipped, with the reason.

#include "scriptworker/worker/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/descriptors_left.h"
#include "scriptworker/base/testing/ordinary_user.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/process/landlock.h"
#include "scriptworker/worker/process/spawn.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// An ordinary user that every machine has.
constexpr std::string_view kUser = "nobody";

// The scripts' user has to get to the folders; TEST_TMPDIR may lie in a home.
class FoldersInTmp : public testing::Environment {
  void SetUp() override { ::setenv("TEST_TMPDIR", "/tmp", 1); }
};
[[maybe_unused]] const testing::Environment* const kFoldersInTmp =
    testing::AddGlobalTestEnvironment(new FoldersInTmp);

class SandboxTest : public testing::Test {
 protected:
  SandboxTest() {
    EXPECT_THAT(dirs_.Cleanup(), IsOk());
    ::chmod(temp_.path().c_str(), 0755);
    ::chmod(key_.c_str(), 0600);
  }

  absl::StatusOr<Sandbox> Create(SandboxConfig config) {
    return Sandbox::Create(std::move(config), {key_}, warnings_);
  }

  // What the script printed. It runs in the sandbox, with $TEMP.
  std::string Run(const SandboxConfig& config, std::string script) {
    const absl::StatusOr<Sandbox> sandbox = Create(config);
    EXPECT_THAT(sandbox, IsOk());
    if (!sandbox.ok()) return "";
    const absl::StatusOr<Restrictions> restrictions = sandbox->Prepare(dirs_);
    EXPECT_THAT(restrictions, IsOk());
    if (!restrictions.ok()) return "";
    const std::string path = temp_.Path("out");
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    const UniqueFd high(::fcntl(file.get(), F_DUPFD_CLOEXEC, 50));
    const absl::StatusOr<pid_t> pid =
        Spawn({.argv = {"bash", "-c", std::move(script)},
               .environment = {"PATH=/usr/bin:/bin", absl::StrCat("TEMP=", temp_.path())},
               .stdout_fd = high.get(),
               .stderr_fd = high.get(),
               .restrictions = &*restrictions});
    EXPECT_THAT(pid, IsOk());
    if (pid.ok()) {
      EXPECT_EQ(::waitpid(*pid, nullptr, 0), *pid);
    }
    return ReadFile(path).value();
  }

  const TempDir temp_;
  const std::string key_ = temp_.Write("secrets/key", "the key\n");
  const WorkDir dirs_{temp_.Path("inputs"), temp_.Path("artifacts"),
                      temp_.Path("artifacts/public/logs")};
  std::vector<std::string> warnings_;
};

TEST_F(SandboxTest, WithoutAnyOfItTheStartWarnsOfTheKey) {
  EXPECT_EQ(Run({}, "cat $TEMP/secrets/key"), "the key\n");
  EXPECT_THAT(warnings_, ElementsAre(AllOf(HasSubstr("scripts can read the worker's secrets"),
                                           HasSubstr(key_))));
}

TEST_F(SandboxTest, AReadableKeyIsRefusedIfTheSandboxIsRequired) {
  EXPECT_THAT(Create({.required = true, .no_new_privs = true}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(key_)));
}

TEST_F(SandboxTest, LandlockHidesTheKeyAndLeavesTheTwoFolders) {
  if (LandlockAbi() == 0) GTEST_SKIP() << "SKIPPED: this kernel has no Landlock";
  EXPECT_EQ(Run({.required = true, .landlock = true},
                "exec 2>/dev/null; cat $TEMP/secrets/key || echo unreadable; "
                "echo x > $TEMP/inputs/a && echo x > $TEMP/artifacts/public/b && echo written; "
                "echo x > $TEMP/c || echo refused; (echo x > /dev/stdout) | cat"),
            "unreadable\nwritten\nrefused\nx\n");
  EXPECT_THAT(warnings_, Not(testing::Contains(HasSubstr("can read"))));
}

TEST_F(SandboxTest, ListedFoldersAreWritableAndHiddenToo) {
  if (LandlockAbi() == 0) GTEST_SKIP() << "SKIPPED: this kernel has no Landlock";
  temp_.Write("cache/x", "");
  const std::string other = temp_.Write("other", "other secret\n");
  EXPECT_EQ(Run({.landlock = true, .writable = {temp_.Path("cache")}, .hidden = {other}},
                "exec 2>/dev/null; echo x > $TEMP/cache/y && echo written; "
                "cat $TEMP/other || echo unreadable"),
            "written\nunreadable\n");
}

TEST_F(SandboxTest, AHiddenPathThatIsNotThereIsAWarningOrRefusedIfRequired) {
  if (LandlockAbi() == 0) GTEST_SKIP() << "SKIPPED: this kernel has no Landlock";
  const std::string typo = temp_.Path("typo");
  EXPECT_THAT(Create({.landlock = true, .hidden = {typo}}), IsOk());
  EXPECT_THAT(warnings_,
              testing::Contains(AllOf(HasSubstr("hidden: there is no"), HasSubstr(typo))));
  EXPECT_THAT(Create({.required = true, .landlock = true, .hidden = {typo}}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(typo)));
}

TEST_F(SandboxTest, AFolderOfTheWorkersOwnIsHiddenAndNeedNotBeThere) {
  if (LandlockAbi() == 0) GTEST_SKIP() << "SKIPPED: this kernel has no Landlock";
  temp_.Write("state/journal", "credentials\n");
  EXPECT_EQ(Run({.required = true,
                 .landlock = true,
                 .own_folders = {temp_.Path("state"), temp_.Path("not yet")}},
                "cat $TEMP/state/journal 2>/dev/null || echo unreadable"),
            "unreadable\n");
}

TEST_F(SandboxTest, AKeyInAWritableFolderIsRefused) {
  if (LandlockAbi() == 0) GTEST_SKIP() << "SKIPPED: this kernel has no Landlock";
  EXPECT_THAT(Create({.landlock = true, .writable = {temp_.path()}}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(temp_.path())));
}

TEST_F(SandboxTest, WithoutLandlockInTheKernelTheStartWarnsOrRefuses) {
  constexpr long kLandlockCreateRuleset = 444;
  const bool refused = RunWithRefusedCalls({kLandlockCreateRuleset}, ENOSYS, [this] {
    EXPECT_EQ(LandlockAbi(), 0);
    EXPECT_THAT(Create({.landlock = true}), IsOk());
    EXPECT_THAT(warnings_, testing::Contains(HasSubstr("no Landlock")));
    EXPECT_THAT(warnings_, testing::Contains(HasSubstr("scripts can read")));
    EXPECT_THAT(Create({.required = true, .landlock = true}).status(),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no Landlock")));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

TEST_F(SandboxTest, ATrialThatCannotAnswerIsAFault) {
  // Nothing is written here but the trial's answer.
  const bool refused = RunWithRefusedCalls({SYS_write}, EIO, [this] {
    EXPECT_THAT(Create({.no_new_privs = true}).status(),
                StatusIs(absl::StatusCode::kInternal, HasSubstr("gave no answer")));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

TEST_F(SandboxTest, WithoutDescriptorsOrProcessesNothingIsTriedOut) {
  EXPECT_THAT(WithDescriptorsLeft(1, [this] { return Create({}).status(); }),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("a pipe")));
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [this] {
    EXPECT_THAT(Create({}).status(),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr("cannot start a process")));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

TEST_F(SandboxTest, ProgramsGiveNoMoreRights) {
  EXPECT_EQ(Run({.no_new_privs = true}, "grep NoNewPrivs /proc/self/status"), "NoNewPrivs:\t1\n");
  EXPECT_EQ(Run({}, "grep NoNewPrivs /proc/self/status"), "NoNewPrivs:\t0\n");
}

TEST_F(SandboxTest, LimitsHoldForTheScriptAlone) {
  rlimit before, after;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(Run({.rlimits = {{RLIMIT_NOFILE, 77}, {RLIMIT_FSIZE, 4096}, {RLIMIT_CORE, 0}}},
                "ulimit -Sn; ulimit -Hn; ulimit -f; ulimit -c"),
            "77\n77\n4\n0\n");
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(before.rlim_cur, after.rlim_cur);
}

TEST_F(SandboxTest, ALimitAboveTheHardOneIsRefusedAtTheStart) {
  rlimit limit = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const OrdinaryUser ordinary;
  EXPECT_THAT(Create({.rlimits = {{RLIMIT_NOFILE, limit.rlim_max}}}), IsOk());
  EXPECT_THAT(Create({.rlimits = {{RLIMIT_NOFILE, limit.rlim_max + 1}}}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("sandbox: cannot set a resource limit")));
}

TEST_F(SandboxTest, AnotherUserIsRefusedAtTheStartIfTheWorkerMayNotBecomeOne) {
  const OrdinaryUser ordinary;
  EXPECT_THAT(Create({.script_user = std::string(kUser)}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("sandbox: cannot become the script's user")));
}

TEST_F(SandboxTest, AnUnknownUserIsRefused) {
  for (const std::string user : {"no-such-user", "4000000000"}) {
    EXPECT_THAT(Create({.script_user = user}).status(),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr("script_user"), HasSubstr(user))));
  }
}

TEST_F(SandboxTest, TheSuperuserIsNoUserForScripts) {
  EXPECT_THAT(Create({.script_user = "root"}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("superuser")));
  EXPECT_THAT(Create({.script_user = "0"}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("superuser")));
}

class ScriptUserTest : public SandboxTest {
 protected:
  void SetUp() override {
    std::vector<std::string> warnings;
    const absl::StatusOr<Sandbox> tried =
        Sandbox::Create({.script_user = std::string(kUser)}, {}, warnings);
    if (!tried.ok())
      GTEST_SKIP() << "SKIPPED: this process cannot change its user: " << tried.status();
  }
};

TEST_F(ScriptUserTest, RunsAsThatUserWhoCannotReadTheKey) {
  EXPECT_EQ(Run({.required = true, .script_user = std::string(kUser)},
                "exec 2>/dev/null; id -un; cat $TEMP/secrets/key || echo unreadable"),
            "nobody\nunreadable\n");
  EXPECT_THAT(warnings_, IsEmpty());
}

// The kernel forgets what was asked for the parent's death when a process
// changes its user.
TEST_F(ScriptUserTest, EndsWithItsWorker) {
  const absl::StatusOr<Sandbox> sandbox = Create({.script_user = std::string(kUser)});
  ASSERT_THAT(sandbox, IsOk());
  const absl::StatusOr<Restrictions> restrictions = sandbox->Prepare(dirs_);
  ASSERT_THAT(restrictions, IsOk());
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const UniqueFd high(::fcntl(null.get(), F_DUPFD_CLOEXEC, 50));
  absl::StatusOr<pid_t> pid;
  std::thread worker([&] {
    pid = Spawn({.argv = {"sleep", "1000"},
                 .environment = {"PATH=/usr/bin:/bin"},
                 .stdout_fd = high.get(),
                 .stderr_fd = high.get(),
                 .restrictions = &*restrictions});
  });
  worker.join();  // the thread that has started it
  ASSERT_THAT(pid, IsOk());
  int status = 0;
  ASSERT_TRUE(AwaitTrue([&] { return ::waitpid(*pid, &status, WNOHANG) != 0; })) << "it still runs";
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

// The flag belongs to memory, which worker and script share for a moment.
TEST_F(ScriptUserTest, LeavesTheWorkersDumpableFlagAlone) {
  const int before = ::prctl(PR_GET_DUMPABLE);
  for (const int flag : {0, 1}) {
    ASSERT_EQ(::prctl(PR_SET_DUMPABLE, flag), 0);
    EXPECT_EQ(Run({.script_user = std::string(kUser)}, "id -un"), "nobody\n");
    EXPECT_EQ(::prctl(PR_GET_DUMPABLE), flag);
  }
  ::prctl(PR_SET_DUMPABLE, before);
}

TEST_F(ScriptUserTest, KeepsNoneOfTheWorkersGroups) {
  EXPECT_EQ(Run({.script_user = std::string(kUser)},
                "id -G > $TEMP/inputs/a; id -G nobody | "
                "cmp - $TEMP/inputs/a && echo same"),
            "same\n");
}

TEST_F(ScriptUserTest, OwnsTheFoldersThatItWorksIn) {
  temp_.Write("inputs/cot/TASK/public/upstream.bin", "x");
  ::chmod(temp_.Path("inputs/cot/TASK/public/upstream.bin").c_str(), 0600);
  temp_.Write("artifacts/public/logs/live_backing.log", "log\n");
  EXPECT_EQ(Run({.script_user = std::string(kUser)},
                "exec 2>/dev/null; cat $TEMP/inputs/cot/TASK/public/upstream.bin; echo; "
                "echo x > $TEMP/inputs/a && echo x > $TEMP/artifacts/b && "
                "echo x > $TEMP/artifacts/public/c && echo written; "
                "echo x >> $TEMP/artifacts/public/logs/live_backing.log || echo refused; "
                "echo x > $TEMP/d || echo refused"),
            "x\nwritten\nrefused\nrefused\n");
}

TEST_F(ScriptUserTest, AFolderThatCannotBeGivenAwayIsAnErrorThatNamesIt) {
  const absl::StatusOr<Sandbox> sandbox = Create({.script_user = std::string(kUser)});
  ASSERT_THAT(sandbox, IsOk());
  const OrdinaryUser ordinary;  // who may give nothing away
  EXPECT_THAT(sandbox->Prepare(dirs_),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr(absl::StrCat("cannot give ", dirs_.work_dir(), " to nobody"))));
}

TEST_F(ScriptUserTest, AFolderThatIsNotThereIsAnErrorThatNamesIt) {
  const absl::StatusOr<Sandbox> sandbox = Create({.script_user = std::string(kUser)});
  ASSERT_THAT(sandbox, IsOk());
  ASSERT_THAT(RemoveTree(dirs_.artifact_dir()), IsOk());
  EXPECT_THAT(sandbox->Prepare(dirs_),
              StatusIs(absl::StatusCode::kInternal, HasSubstr(dirs_.artifact_dir())));
}

TEST_F(ScriptUserTest, AKeyThatThisUserCanReadIsWarnedOf) {
  ::chmod(key_.c_str(), 0644);
  EXPECT_THAT(Create({.script_user = std::string(kUser)}), IsOk());
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr(key_)));
}

TEST_F(ScriptUserTest, TheEnvironmentNamesThatUser) {
  const absl::StatusOr<Sandbox> sandbox = Create({.script_user = std::string(kUser)});
  ASSERT_THAT(sandbox, IsOk());
  Environment environment;
  environment.Set("HOME", "/root");
  environment.Set("PATH", "/bin");
  sandbox->AdaptEnvironment(environment);
  EXPECT_EQ(environment.GetOr("USER", ""), kUser);
  EXPECT_EQ(environment.GetOr("LOGNAME", ""), kUser);
  EXPECT_NE(environment.GetOr("HOME", ""), "/root");
  EXPECT_EQ(environment.GetOr("PATH", ""), "/bin");
}

}  // namespace
}  // namespace scriptworker::worker
