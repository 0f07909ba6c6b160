// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

const std::vector<std::string> kEnvironment = {"PATH=/usr/bin:/bin"};

// A file open for writing, with a number that no test uses otherwise.
UniqueFd OpenOutput(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 50));
}

class SpawnTest : public testing::Test {
 protected:
  SpawnOptions Options(std::vector<std::string> argv) const {
    return {.argv = std::move(argv),
            .environment = kEnvironment,
            .stdout_fd = out_.get(),
            .stderr_fd = err_.get()};
  }
  SpawnOptions Bash(std::string script) const { return Options({"bash", "-c", std::move(script)}); }
  std::string Run(const SpawnOptions& options) {
    const absl::StatusOr<pid_t> pid = Spawn(options);
    EXPECT_THAT(pid, IsOk());
    if (!pid.ok()) return "";
    EXPECT_EQ(::waitpid(*pid, nullptr, 0), *pid);
    return ReadFile(out_path_).value();
  }

  const TempDir temp_;
  const std::string out_path_ = temp_.Path("out");
  const std::string err_path_ = temp_.Path("err");
  const UniqueFd out_ = OpenOutput(out_path_);
  const UniqueFd err_ = OpenOutput(err_path_);
};

TEST_F(SpawnTest, ConnectsTheOutputs) {
  EXPECT_EQ(Run(Bash("echo out; echo err >&2")), "out\n");
  EXPECT_THAT(ReadFile(err_path_), IsOkAndHolds("err\n"));
}

TEST_F(SpawnTest, HasTheFolderAndTheStdinOfTheWorker) {
  const UniqueFd saved(::fcntl(0, F_DUPFD_CLOEXEC, 100));
  const UniqueFd input(::open(temp_.Write("input", "for the worker").c_str(), O_RDONLY));
  ASSERT_EQ(::dup2(input.get(), 0), 0);
  EXPECT_EQ(Run(Bash("pwd -P; cat")),
            absl::StrCat(std::filesystem::current_path().string(), "\nfor the worker"));
  if (saved.valid()) ::dup2(saved.get(), 0);
}

TEST_F(SpawnTest, PassesArgumentsWithoutAShell) {
  EXPECT_EQ(Run(Options({"echo", "$HOME", "a  b", "*"})), "$HOME a  b *\n");
}

TEST_F(SpawnTest, PassesNoOtherDescriptors) {
  // Not even one that was left inheritable.
  const UniqueFd leak(::open("/dev/null", O_RDONLY));
  EXPECT_EQ(Run(Bash("cd /proc/self/fd; echo [0-9]*")), "0 1 2 3\n")
      << "3 is the shell's own, of the folder";
}

TEST_F(SpawnTest, PassesTheCredentialsAsDescriptor3) {
  const UniqueFd credentials(
      ::open(temp_.Write("credentials", "the secret").c_str(), O_RDONLY | O_CLOEXEC));
  SpawnOptions options = Bash("cat <&3");
  options.credentials_fd = credentials.get();
  EXPECT_EQ(Run(options), "the secret");
}

TEST_F(SpawnTest, TheCredentialsMayHaveThatNumberAlready) {
  const UniqueFd saved(::fcntl(3, F_DUPFD_CLOEXEC, 100));
  const UniqueFd file(::open(temp_.Write("credentials", "the secret").c_str(), O_RDONLY));
  const UniqueFd high(::fcntl(file.get(), F_DUPFD_CLOEXEC, 100));
  ASSERT_EQ(::dup3(high.get(), 3, O_CLOEXEC), 3);
  SpawnOptions options = Bash("cat <&3");
  options.credentials_fd = 3;
  EXPECT_EQ(Run(options), "the secret");
  if (saved.valid()) ::dup3(saved.get(), 3, O_CLOEXEC);
}

TEST_F(SpawnTest, LeadsItsOwnSessionAndGroup) {
  EXPECT_EQ(Run(Bash("read -r _ _ _ _ group session _ < /proc/$$/stat; "
                     "echo $((group == $$)) $((session == $$))")),
            "1 1\n");
}

TEST_F(SpawnTest, HasDefaultSignals) {
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::sigaddset(&blocked, SIGUSR1);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
  const auto pipe_handler = ::signal(SIGPIPE, SIG_IGN);
  const auto size_handler = ::signal(SIGXFSZ, SIG_IGN);
  // The C library ignores two signals of its own, 32 and 33.
  EXPECT_THAT(Run(Options({"grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"})),
              testing::AnyOf("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n",
                             "SigBlk:\t0000000000000000\nSigIgn:\t0000000180000000\n"));
  ::signal(SIGPIPE, pipe_handler);
  ::signal(SIGXFSZ, size_handler);
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
}

TEST_F(SpawnTest, LooksProgramsUpInThePathOfTheScript) {
  temp_.Write("bin/tool", "#!/bin/sh\necho found\n");
  ASSERT_EQ(::chmod(temp_.Path("bin/tool").c_str(), 0755), 0);
  SpawnOptions options = Options({"tool"});
  options.environment = {absl::StrCat("PATH=/nonexistent:", temp_.Path("bin"), ":/bin")};
  EXPECT_EQ(Run(options), "found\n");
}

TEST_F(SpawnTest, AFolderOfTheNameIsNoProgram) {
  temp_.Write("first/tool/file", "a folder in the way");
  temp_.Write("second/tool", "#!/bin/sh\necho found\n");
  ASSERT_EQ(::chmod(temp_.Path("second/tool").c_str(), 0755), 0);
  SpawnOptions options = Options({"tool"});
  options.environment = {absl::StrCat("PATH=", temp_.Path("first"), ":", temp_.Path("second"))};
  EXPECT_EQ(Run(options), "found\n");
}

TEST_F(SpawnTest, AMissingProgramIsNotFound) {
  EXPECT_THAT(Spawn(Options({"no-such-program"})).status(),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("task_script: no-such-program: not found in PATH (")));
  EXPECT_THAT(Spawn(Options({"/no/such/program"})).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such/program")));
}

TEST_F(SpawnTest, AFileThatIsNoProgramIsRefused) {
  const std::string path = temp_.Write("data", "no program");
  EXPECT_THAT(Spawn(Options({path})).status(),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr(path)));
}

TEST_F(SpawnTest, AnEmptyCommandIsRefused) {
  EXPECT_THAT(Spawn(Options({})).status(), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(SpawnTest, IsKilledWhenTheThreadThatSpawnedItEnds) {
  absl::StatusOr<pid_t> pid;
  std::thread worker([&] { pid = Spawn(Bash("trap '' TERM HUP; sleep 1000")); });
  worker.join();
  ASSERT_THAT(pid, IsOk());
  int status = 0;
  EXPECT_EQ(::waitpid(*pid, &status, 0), *pid);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

}  // namespace
}  // namespace scriptworker::worker
