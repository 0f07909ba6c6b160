// SPDX-License-Identifier: MPL-2.0
//
// Skipped where this process may not make control groups.

#include "scriptworker/worker/process/script_cgroup.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// In a group of this test's own: workers beside it remove what they find in theirs.
class ScriptCgroupTest : public testing::Test {
 protected:
  void SetUp() override {
    {
      const absl::StatusOr<ScriptCgroup> probe = ScriptCgroup::Create();
      if (!probe.ok()) GTEST_SKIP() << "SKIPPED: " << probe.status();
      above_ = std::filesystem::path(probe->path()).parent_path();
    }
    own_ = absl::StrCat(above_, "/script_cgroup_test.", ::getpid());
    ASSERT_EQ(::mkdir(own_.c_str(), 0755), 0);
    Enter(own_, ::getpid());
    group_ = std::make_unique<ScriptCgroup>(ScriptCgroup::Create().value());
    ASSERT_EQ(group_->path().rfind(own_, 0), 0u) << "this process did not get there";
  }
  void TearDown() override {
    if (own_.empty()) return;
    Enter(above_, ::getpid());
    EXPECT_TRUE(WriteFile(absl::StrCat(own_, "/cgroup.kill"), "1").ok());
    for (const pid_t pid : started_) ::waitpid(pid, nullptr, 0);
    group_.reset();
    for (const std::string& path : made_) ::rmdir(path.c_str());
    EXPECT_EQ(::rmdir(own_.c_str()), 0);
  }

  static void Enter(const std::string& group, pid_t pid) {
    EXPECT_TRUE(WriteFile(absl::StrCat(group, "/cgroup.procs"), absl::StrCat(pid)).ok());
  }
  // A process in `group`.
  pid_t Start(const std::string& group) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::pause();
      ::_exit(0);
    }
    started_.push_back(pid);
    Enter(group, pid);
    return pid;
  }
  pid_t Start() { return Start(group_->path()); }
  // A group that no worker has locked.
  std::string Make(const std::string& name) {
    std::string path = absl::StrCat(own_, "/", name);
    EXPECT_EQ(::mkdir(path.c_str(), 0755), 0) << path;
    made_.push_back(path);
    return path;
  }
  // Whether its end will wait until Release(), as if it hung in the kernel.
  [[nodiscard]] static bool LetHang(pid_t pid) {
    return ::ptrace(PTRACE_SEIZE, pid, nullptr, PTRACE_O_TRACEEXIT) == 0;
  }
  static void AwaitHanging(pid_t pid) { EXPECT_EQ(::waitpid(pid, nullptr, __WALL), pid); }
  static void Release(pid_t pid) { EXPECT_EQ(::ptrace(PTRACE_DETACH, pid, nullptr, nullptr), 0); }
  // The start of another worker.
  pid_t StartAnotherWorker(absl::Duration patience = absl::Seconds(60)) {
    const pid_t start = ::fork();
    if (start == 0) ::_exit(ScriptCgroup::RemoveAbandoned(clock_, patience).ok() ? 0 : 1);
    return start;
  }
  static int AwaitExit(pid_t pid) {
    int status = -1;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    return status;
  }
  static bool IsAlive(pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) == 0; }

  std::string above_, own_;
  std::unique_ptr<ScriptCgroup> group_;
  SystemClock clock_;

 private:
  std::vector<pid_t> started_;
  std::vector<std::string> made_;
};

TEST_F(ScriptCgroupTest, KnowsWhetherAnythingLivesInIt) {
  EXPECT_FALSE(group_->populated());
  const pid_t pid = Start();
  EXPECT_TRUE(group_->populated());
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  EXPECT_FALSE(group_->populated());
}

TEST_F(ScriptCgroupTest, EndsAllInItAtOnce) {
  const pid_t first = Start();
  const pid_t second = Start();
  group_->Kill();
  int status = 0;
  for (const pid_t pid : {first, second}) {
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
  }
}

TEST_F(ScriptCgroupTest, IsRemovedWithGroupsThatWereMadeInIt) {
  const std::string path = group_->path();
  std::filesystem::create_directories(absl::StrCat(path, "/a/b"));
  group_.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

// Makes a group with a process in it, and is killed. `give_up`: it has given the group up by then.
std::pair<std::string, pid_t> DieWithAGroup(bool give_up = false) {
  int fds[2];
  EXPECT_EQ(::pipe2(fds, O_CLOEXEC), 0);
  UniqueFd reading(fds[0]), writing(fds[1]);
  const pid_t worker = ::fork();
  if (worker == 0) {
    auto group = std::make_unique<ScriptCgroup>(ScriptCgroup::Create().value());
    const std::string path = group->path();
    const pid_t script = ::fork();
    if (script == 0) {
      ::close(group->fd());  // as exec does
      writing.reset();
      ::pause();
    }
    WriteFile(absl::StrCat(path, "/cgroup.procs"), absl::StrCat(script)).IgnoreError();
    if (give_up) group.reset();
    WriteAll(writing.get(), absl::StrCat(script, " ", path), "pipe").IgnoreError();
    ::kill(::getpid(), SIGKILL);
  }
  writing.reset();
  ::waitpid(worker, nullptr, 0);
  const std::string told = ReadAll(reading.get(), "pipe").value();
  return {told.substr(told.find(' ') + 1), std::stoi(told)};
}

TEST_F(ScriptCgroupTest, OfAWorkerThatWasKilledIsEndedAndRemoved) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);  // to see how the script ends
  const auto [path, script] = DieWithAGroup();
  ASSERT_TRUE(std::filesystem::exists(path));
  Start();
  EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock_), IsOkAndHolds(1));
  EXPECT_FALSE(std::filesystem::exists(path));
  int status = 0;
  ASSERT_EQ(::waitpid(script, &status, 0), script);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_TRUE(group_->populated()) << "has its worker";
  EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock_), IsOkAndHolds(0));
}

TEST_F(ScriptCgroupTest, OfAWorkerThatLivesIsLeftAloneThoughItIsEmpty) {
  EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock_), IsOkAndHolds(0));
  EXPECT_TRUE(std::filesystem::exists(group_->path()));
}

TEST_F(ScriptCgroupTest, IsClosedToOtherUsersWhoCouldHoldItsLock) {
  EXPECT_EQ(std::filesystem::status(group_->path()).permissions(),
            std::filesystem::perms::owner_all);
}

TEST_F(ScriptCgroupTest, OfAnotherUserIsLeftAloneWithoutAWait) {
  const std::string path = Make("scriptworker.0123456789abcdef");
  if (::chown(path.c_str(), 65534, 65534) != 0) GTEST_SKIP() << "SKIPPED: not the superuser";
  const pid_t other = Start(path);
  SimulatedClock clock(absl::UnixEpoch(), SimulatedClock::Mode::kAutoAdvance);
  EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock), IsOkAndHolds(0));
  EXPECT_THAT(clock.sleeps(), IsEmpty());
  EXPECT_TRUE(IsAlive(other));
}

TEST_F(ScriptCgroupTest, WhatOnlyBeginsLikeItIsLeftAlone) {
  for (const char* name :
       {"scriptworker.slice", "scriptworker.service", "scriptworker.0123456789abcde",
        "scriptworker.0123456789abcdef0", "scriptworker.0123456789ABCDEF", "scriptworker-1.scope",
        "0123456789abcdef"}) {
    const std::string path = Make(name);
    const std::string empty = absl::StrCat(path, "/empty");
    ASSERT_EQ(::mkdir(empty.c_str(), 0755), 0);
    const pid_t pid = Start(path);
    EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock_), IsOkAndHolds(0)) << name;
    EXPECT_TRUE(IsAlive(pid)) << name;
    EXPECT_EQ(::rmdir(empty.c_str()), 0) << name;
  }
}

TEST_F(ScriptCgroupTest, OfAFormerReleaseIsRemovedIfNothingLivesInIt) {
  const std::string empty = Make("scriptworker-0123456789abcdef");
  const std::string lived_in = Make("scriptworker-fedcba9876543210");
  const pid_t pid = Start(lived_in);
  EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock_), IsOkAndHolds(1));
  EXPECT_FALSE(std::filesystem::exists(empty));
  EXPECT_TRUE(std::filesystem::exists(lived_in));
  EXPECT_TRUE(IsAlive(pid));
}

TEST_F(ScriptCgroupTest, WhoseProcessesCannotBeEndedIsNamedWhenPatienceIsOver) {
  const std::string hanging = Make("scriptworker.0123456789abcdef");
  const std::string empty = Make("scriptworker.fedcba9876543210");
  const pid_t pid = Start(hanging);
  if (!LetHang(pid)) GTEST_SKIP() << "SKIPPED: may not trace a process";
  SimulatedClock clock(absl::UnixEpoch(), SimulatedClock::Mode::kAutoAdvance);
  EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock, absl::Seconds(1)),
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       AllOf(HasSubstr(hanging), Not(HasSubstr(empty)))));
  EXPECT_EQ(clock.Monotonic(), absl::Seconds(1));
  EXPECT_FALSE(std::filesystem::exists(empty));
  AwaitHanging(pid);
  Release(pid);
}

TEST_F(ScriptCgroupTest, ThatTheStartOfAnotherWorkerIsEndingIsWaitedFor) {
  const std::string hanging = Make("scriptworker.0123456789abcdef");
  const pid_t pid = Start(hanging);
  if (!LetHang(pid)) GTEST_SKIP() << "SKIPPED: may not trace a process";
  const pid_t other = StartAnotherWorker();
  AwaitHanging(pid);
  SimulatedClock clock(absl::UnixEpoch(), SimulatedClock::Mode::kAutoAdvance);
  EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock, absl::Seconds(1)),
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       AllOf(HasSubstr(hanging), HasSubstr("another worker"))));
  EXPECT_EQ(clock.Monotonic(), absl::Seconds(1));
  Release(pid);
  EXPECT_EQ(AwaitExit(other), 0);
  EXPECT_FALSE(std::filesystem::exists(hanging));
}

TEST_F(ScriptCgroupTest, ThatTheStartOfAnotherWorkerCouldNotEndIsTakenOver) {
  const std::string hanging = Make("scriptworker.0123456789abcdef");
  const pid_t pid = Start(hanging);
  if (!LetHang(pid)) GTEST_SKIP() << "SKIPPED: may not trace a process";
  const pid_t other = StartAnotherWorker();
  AwaitHanging(pid);
  ::kill(other, SIGKILL);
  AwaitExit(other);
  std::thread late([&] { EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock_), IsOkAndHolds(1)); });
  Release(pid);  // by the thread that traces it
  late.join();
  EXPECT_FALSE(std::filesystem::exists(hanging));
}

// However they come upon it, none goes on while something of it lives.
TEST_F(ScriptCgroupTest, IsEndedForAllWorkersThatStartAtTheSameTime) {
  constexpr int kStarts = 6;
  const pid_t own = Start();
  for (int round = 0; round < 20; ++round) {
    const std::string path = DieWithAGroup().first;
    ASSERT_TRUE(std::filesystem::exists(path));
    std::atomic<int> gone = 0;
    std::vector<std::thread> starts;
    starts.reserve(kStarts);
    for (int i = 0; i < kStarts; ++i) {
      starts.emplace_back([&] {
        const absl::StatusOr<int> removed = ScriptCgroup::RemoveAbandoned(clock_);
        EXPECT_THAT(removed, absl_testing::IsOk());
        EXPECT_THAT(ReadFile(absl::StrCat(path, "/cgroup.events")).value_or(""),
                    Not(HasSubstr("populated 1")));
        gone += removed.value_or(0);
      });
    }
    for (std::thread& start : starts) start.join();
    EXPECT_GE(gone, 1);
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_TRUE(IsAlive(own)) << "has its worker, whoever looks";
}

TEST_F(ScriptCgroupTest, ThatItsWorkerHasGivenUpHasItsWorkerAsLongAsThatLives) {
  const pid_t pid = Start(own_);
  // A new one, of which that process has no descriptor.
  group_ = std::make_unique<ScriptCgroup>(ScriptCgroup::Create().value());
  Enter(group_->path(), pid);
  const std::string path = group_->path();
  group_.reset();
  ASSERT_TRUE(std::filesystem::exists(path));
  SimulatedClock clock(absl::UnixEpoch(), SimulatedClock::Mode::kAutoAdvance);
  EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock), IsOkAndHolds(0));
  EXPECT_THAT(clock.sleeps(), IsEmpty());
  EXPECT_TRUE(IsAlive(pid));
  ::kill(pid, SIGKILL);
  AwaitExit(pid);
  ::rmdir(path.c_str());
}

TEST_F(ScriptCgroupTest, ThatItsWorkerHadGivenUpIsRemovedWhenThatHasDied) {
  const std::string path = DieWithAGroup(/*give_up=*/true).first;
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock_), IsOkAndHolds(1));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ScriptCgroupTest, ThatCannotBeLookedIntoCountsAsLivedIn) {
  const bool refused =
      RunWithRefusedCalls({SYS_openat}, EMFILE, [&] { EXPECT_TRUE(group_->populated()); });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
  EXPECT_FALSE(group_->populated());
  ASSERT_EQ(::rmdir(group_->path().c_str()), 0);
  EXPECT_FALSE(group_->populated()) << "it is gone";
}

// At whatever point the descriptors are used up.
TEST_F(ScriptCgroupTest, IsNotPassedOverForWantOfDescriptors) {
  group_.reset();
  Start(Make("scriptworker.0123456789abcdef"));
  struct rlimit usual = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  const int first_free = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(first_free);
  SimulatedClock clock(absl::UnixEpoch(), SimulatedClock::Mode::kAutoAdvance);
  for (int left = 0; left < 3; ++left) {
    struct rlimit few = usual;
    few.rlim_cur = static_cast<rlim_t>(first_free) + static_cast<rlim_t>(left);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    const absl::Status removed = ScriptCgroup::RemoveAbandoned(clock, absl::Seconds(1)).status();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
    EXPECT_THAT(removed, StatusIs(left == 0 ? absl::StatusCode::kResourceExhausted
                                            : absl::StatusCode::kDeadlineExceeded,
                                  HasSubstr(left == 0 ? "/proc/self/cgroup"
                                                      : "scriptworker.0123456789abcdef")))
        << left;
  }
  EXPECT_THAT(ScriptCgroup::RemoveAbandoned(clock_), IsOkAndHolds(1));
}

}  // namespace
}  // namespace scriptworker::worker
