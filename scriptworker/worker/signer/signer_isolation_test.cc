// SPDX-License-Identifier: MPL-2.0
//
// A process isolates itself and says what it is then; signer_process_test attacks it.

#include "scriptworker/worker/signer/signer_isolation.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

// What `describe` returns in an isolated process, which sends it over its socket. The
// process ends as programs do, not by _exit(): coverage is counted then.
std::string InIsolation(absl::FunctionRef<std::string()> describe, pid_t worker = ::getpid()) {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const UniqueFd mine(ends[0]);
  UniqueFd its(ends[1]);
  // Not where it is to be, as the worker's is not.
  its.reset(::fcntl(its.get(), F_DUPFD_CLOEXEC, 50));
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (!IsolateSigner(its.get(), worker)) std::exit(7);
    std::exit(WriteAll(kSignerSocket, describe(), "test").ok() ? 0 : 1);
  }
  its.reset();
  const std::string text = ReadAll(mine.get(), "test").value_or("no answer");
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return absl::StrCat("status ", WIFEXITED(status) ? WEXITSTATUS(status) : -1, ": ", text);
}

TEST(SignerIsolationTest, NobodyOfTheSameUserLooksInAndNoCoreIsWritten) {
  ASSERT_EQ(::prctl(PR_GET_DUMPABLE), 1) << "before";
  EXPECT_EQ(InIsolation([] {
              rlimit core = {.rlim_cur = 1, .rlim_max = 1};
              ::getrlimit(RLIMIT_CORE, &core);
              return absl::StrCat("dumpable ", ::prctl(PR_GET_DUMPABLE), ", cores of ",
                                  core.rlim_cur, " to ", core.rlim_max, " bytes, no new rights ",
                                  ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
            }),
            "status 0: dumpable 0, cores of 0 to 0 bytes, no new rights 1");
}

TEST(SignerIsolationTest, ItIsKilledWhenItsParentEnds) {
  EXPECT_EQ(InIsolation([] {
              int signal = 0;
              ::prctl(PR_GET_PDEATHSIG, &signal);
              return absl::StrCat("signal ", signal);
            }),
            "status 0: signal 9");
}

TEST(SignerIsolationTest, ItDoesNotStartIfItsParentHasEnded) {
  // Whose child is somebody else's: the worker is gone.
  EXPECT_EQ(InIsolation([] { return "it starts"; }, /*worker=*/::getppid()), "status 7: ");
}

TEST(SignerIsolationTest, OfTheWorkersDescriptorsOnlyTheErrorOutputAndTheSocketStay) {
  const UniqueFd high(::fcntl(STDERR_FILENO, F_DUPFD, 200));
  ASSERT_TRUE(high.valid());
  struct stat null = {};
  ASSERT_EQ(::stat("/dev/null", &null), 0);
  struct stat error = {};
  ASSERT_EQ(::fstat(STDERR_FILENO, &error), 0);
  EXPECT_EQ(InIsolation([&null, &error] {
              std::string open;
              for (int fd = 0; fd < 1024; ++fd) {
                struct stat info = {};
                if (::fstat(fd, &info) != 0) continue;
                const auto is = [&info](const struct stat& other) {
                  return info.st_dev == other.st_dev && info.st_ino == other.st_ino;
                };
                absl::StrAppend(&open, fd,
                                S_ISSOCK(info.st_mode) ? " socket"
                                : fd == STDERR_FILENO  ? (is(error) ? " error output" : " other")
                                : is(null)             ? " null"
                                                       : " other",
                                ";");
              }
              return open;
            }),
            "status 0: 0 null;1 null;2 error output;3 socket;");
}

TEST(SignerIsolationTest, SignalsThatEndTheWorkerInOrderAreIgnored) {
  EXPECT_EQ(InIsolation([] {
              for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2}) {
                ::raise(signal);
              }
              return "it still lives";
            }),
            "status 0: it still lives");
}

TEST(SignerIsolationTest, ItHasANameAndHoldsNoFolder) {
  EXPECT_EQ(InIsolation([] {
              char name[16] = {};
              ::prctl(PR_GET_NAME, name);
              return absl::StrCat(name, " in ", std::filesystem::current_path().string());
            }),
            "status 0: sw-signer in /");
}

}  // namespace
}  // namespace scriptworker::worker
