// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/signer/signer_process.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/descriptors_left.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/ed25519.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::scriptworker::crypto::Ed25519PrivateKey;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Runs `body` in a copy of this process and returns the status that it gives.
int InChild(const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body());
  int status = -1;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// So that a test that runs as the superuser is an ordinary user as well.
bool DropCapabilities() {
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const __user_cap_data_struct none[2] = {};
  return ::syscall(SYS_capset, &header, none) == 0;
}

bool IsGone(pid_t pid) {
  const absl::StatusOr<std::string> stat = ReadFile(absl::StrCat("/proc/", pid, "/stat"));
  return !stat.ok() || stat->find(") Z ") != std::string::npos;
}

bool AwaitGone(pid_t pid) {
  return AwaitTrue([pid] { return IsGone(pid); });
}

class SignerProcessTest : public testing::Test {
 protected:
  static std::unique_ptr<SignerProcess> Start() {
    absl::StatusOr<std::unique_ptr<SignerProcess>> signer = SignerProcess::Start();
    EXPECT_THAT(signer, IsOk());
    return signer.ok() ? *std::move(signer) : nullptr;
  }

  const TempDir temp_;
  const Ed25519PrivateKey key_ = Ed25519PrivateKey::Generate();
  const std::string path_ = temp_.Write("key", key_.SeedToBase64().reveal());
};

TEST_F(SignerProcessTest, SignsWhatIsVerifiedWithTheFilesKey) {
  const std::unique_ptr<SignerProcess> signer = Start();
  EXPECT_THAT(signer->Load(path_), IsOkAndHolds(key_.public_key()));
  const std::string large(1'000'000, 'x');
  for (const std::string_view message : {std::string_view("message"), std::string_view(large)}) {
    const absl::StatusOr<std::string> signature = signer->Sign(message);
    ASSERT_THAT(signature, IsOk());
    EXPECT_THAT(key_.public_key().Verify(*signature, message), IsOk());
  }
  EXPECT_THAT(signer->Check(), IsOk());
}

// kB that the kernel may not swap out.
int LockedMemory(pid_t pid) {
  int kilobytes = -1;
  const std::string status = ReadFile(absl::StrCat("/proc/", pid, "/status")).value_or("");
  for (std::string_view line : absl::StrSplit(status, '\n')) {
    if (!absl::ConsumePrefix(&line, "VmLck:") || !absl::ConsumeSuffix(&line, "kB")) continue;
    if (!absl::SimpleAtoi(line, &kilobytes)) return -1;
  }
  return kilobytes;
}

TEST_F(SignerProcessTest, TheKeyIsInLockedMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIPPED: sanitizers lock no memory";
#endif
  // By the limit of an ordinary user not all of the process can be locked.
  EXPECT_EQ(InChild([&] {
              const rlimit usual = {.rlim_cur = 64 << 10, .rlim_max = 64 << 10};
              if (::setrlimit(RLIMIT_MEMLOCK, &usual) != 0 || !DropCapabilities()) return 1;
              const std::unique_ptr<SignerProcess> signer = Start();
              if (!signer->Load(path_).ok()) return 2;
              return LockedMemory(signer->pid()) >= 4 ? 0 : 3;
            }),
            0);
}

TEST_F(SignerProcessTest, NobodyWaitsForAnAbandonedOne) {
  const std::unique_ptr<SignerProcess> signer = Start();
  ASSERT_THAT(signer->Load(path_), IsOk());
  ASSERT_EQ(::kill(signer->pid(), SIGSTOP), 0);
  const absl::Time asked = absl::Now();
  absl::StatusOr<std::string> signature;
  std::thread waiting([&] { signature = signer->Sign("message"); });
  signer->Abandon();
  waiting.join();
  EXPECT_THAT(signature, StatusIs(absl::StatusCode::kInternal, HasSubstr("has ended")));
  EXPECT_LT(absl::Now() - asked, absl::Seconds(30)) << "it waited until its patience was over";
  EXPECT_TRUE(IsGone(signer->pid()));
  EXPECT_THAT(signer->Check(), StatusIs(absl::StatusCode::kInternal));
}

TEST_F(SignerProcessTest, TheKeyIsReadOnce) {
  const std::unique_ptr<SignerProcess> signer = Start();
  ASSERT_THAT(signer->Load(path_), IsOk());
  std::filesystem::remove(path_);
  const absl::StatusOr<std::string> signature = signer->Sign("message");
  ASSERT_THAT(signature, IsOk());
  EXPECT_THAT(key_.public_key().Verify(*signature, "message"), IsOk());
}

TEST_F(SignerProcessTest, AKeyThatComesLaterIsUsed) {
  const std::unique_ptr<SignerProcess> signer = Start();
  const std::string path = temp_.Path("later");
  const auto is_unusable =
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr("the signing key cannot be used"), HasSubstr(path)));
  EXPECT_THAT(signer->Load(path), is_unusable);
  EXPECT_THAT(signer->Sign("message"), is_unusable);
  EXPECT_THAT(signer->Check(), IsOk());
  temp_.Write("later", key_.SeedToBase64().reveal());
  EXPECT_THAT(signer->Sign("message"), IsOk());
}

TEST_F(SignerProcessTest, WithoutAPathThereIsNoKey) {
  EXPECT_THAT(Start()->Sign("message"), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(SignerProcessTest, WithoutDescriptorsItDoesNotStart) {
  EXPECT_THAT(
      WithDescriptorsLeft(1, SignerProcess::Start),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("a socket for the signer process")));
}

TEST_F(SignerProcessTest, AnEndOfTheProcessIsNoticedAndNamed) {
  const std::unique_ptr<SignerProcess> signer = Start();
  ASSERT_THAT(signer->Load(path_), IsOk());
  ASSERT_EQ(::kill(signer->pid(), SIGKILL), 0);
  ASSERT_TRUE(AwaitGone(signer->pid()));
  const auto is_gone =
      StatusIs(absl::StatusCode::kInternal,
               AllOf(HasSubstr("by signal 9"), HasSubstr("has to be started again")));
  EXPECT_THAT(signer->Check(), is_gone);
  EXPECT_THAT(signer->Sign("message"), is_gone);
}

TEST_F(SignerProcessTest, SignNoticesTheEndToo) {
  const std::unique_ptr<SignerProcess> signer = Start();
  ASSERT_EQ(::kill(signer->pid(), SIGKILL), 0);
  ASSERT_TRUE(AwaitGone(signer->pid()));
  EXPECT_THAT(signer->Load(path_), StatusIs(absl::StatusCode::kInternal));
}

TEST_F(SignerProcessTest, SignalsThatEndTheWorkerInOrderLeaveIt) {
  const std::unique_ptr<SignerProcess> signer = Start();
  ASSERT_THAT(signer->Load(path_), IsOk());
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
    ASSERT_EQ(::kill(signer->pid(), signal), 0);
  }
  EXPECT_THAT(signer->Sign("message"), IsOk());
}

TEST_F(SignerProcessTest, WaitingForTheScriptsProcessesDoesNotSeeIt) {
  const std::unique_ptr<SignerProcess> signer = Start();
  siginfo_t info;
  EXPECT_EQ(::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(SignerProcessTest, EndsWithItsObject) {
  pid_t pid = 0;
  {
    const std::unique_ptr<SignerProcess> signer = Start();
    pid = signer->pid();
    EXPECT_FALSE(IsGone(pid));
  }
  EXPECT_TRUE(IsGone(pid));
}

TEST_F(SignerProcessTest, EndsWithAWorkerThatIsKilled) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]), writer(ends[1]);
  EXPECT_EQ(InChild([&] {
              const std::unique_ptr<SignerProcess> signer = Start();
              if (!signer->Load(path_).ok()) return 1;
              const pid_t pid = signer->pid();
              if (::write(writer.get(), &pid, sizeof(pid)) != sizeof(pid)) return 2;
              ::kill(::getpid(), SIGKILL);
              return 3;
            }),
            -SIGKILL);
  pid_t pid = 0;
  ASSERT_EQ(::read(reader.get(), &pid, sizeof(pid)), static_cast<ssize_t>(sizeof(pid)));
  EXPECT_TRUE(AwaitGone(pid));
}

// What a script of the same user may try. Each returns whether it got in.
bool ReadsMemory(pid_t pid) {
  return UniqueFd(::open(absl::StrCat("/proc/", pid, "/mem").c_str(), O_RDONLY)).valid();
}
bool ReadsEnvironment(pid_t pid) {
  return UniqueFd(::open(absl::StrCat("/proc/", pid, "/environ").c_str(), O_RDONLY)).valid();
}
bool ListsDescriptors(pid_t pid) {
  std::error_code error;
  const std::filesystem::path link =
      std::filesystem::read_symlink(absl::StrCat("/proc/", pid, "/fd/3"), error);
  return !error;
}
bool TakesDescriptors(pid_t pid) {
#ifdef SYS_pidfd_getfd
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), 3, 0))).valid();
#else
  return false;
#endif
}
bool Traces(pid_t pid) { return ::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) == 0; }

TEST_F(SignerProcessTest, NoProcessOfTheSameUserGetsAtTheKey) {
  constexpr struct {
    std::string_view name;
    bool (*gets_in)(pid_t);
  } kAttacks[] = {{"/proc/PID/mem", ReadsMemory},
                  {"/proc/PID/environ", ReadsEnvironment},
                  {"/proc/PID/fd", ListsDescriptors},
                  {"pidfd_getfd", TakesDescriptors},
                  {"ptrace", Traces}};
  for (const auto& attack : kAttacks) {
    EXPECT_EQ(InChild([&] {
                if (!DropCapabilities()) return 1;
                const std::unique_ptr<SignerProcess> signer = Start();
                if (!signer->Load(path_).ok()) return 2;
                return attack.gets_in(signer->pid()) ? 3 : 0;
              }),
              0)
        << attack.name;
  }
}

TEST_F(SignerProcessTest, ThatTestWouldNoticeADumpableProcess) {
  EXPECT_EQ(InChild([&] {
              if (!DropCapabilities()) return 1;
              ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
              const pid_t pid = ::fork();
              if (pid == 0) {
                ::pause();
                ::_exit(0);
              }
              const bool gets_in = ReadsMemory(pid) && ReadsEnvironment(pid);
              ::kill(pid, SIGKILL);
              return gets_in ? 0 : 3;
            }),
            0);
}

}  // namespace
}  // namespace scriptworker::worker
