// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/process_setup.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(OpenStandardDescriptorsTest, FillsTheHolesAndNothingElse) {
  const UniqueFd saved(::fcntl(0, F_DUPFD_CLOEXEC, 10));
  ::close(0);
  OpenStandardDescriptors();
  EXPECT_NE(::fcntl(0, F_GETFD), -1);
  const UniqueFd next(::open("/dev/null", O_RDONLY));
  const int lowest = next.get();
  OpenStandardDescriptors();
  const UniqueFd after(::open("/dev/null", O_RDONLY));
  EXPECT_EQ(after.get(), lowest + 1) << "a descriptor was left open";
  if (saved.valid()) ::dup2(saved.get(), 0);
}

// As a program is that was started with SIGCHLD ignored.
TEST(KeepEndedChildrenTest, AnExitStatusIsNotLost) {
  ::signal(SIGCHLD, SIG_IGN);
  KeepEndedChildren();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(3);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

// Whether an ordinary process of the same user can read the environment of one
// that ran `setup`.
bool CanBeRead(void (*setup)()) {
  int status = -1;
  const pid_t observed = ::fork();
  if (observed == 0) {
    // The superuser is an ordinary user as well then.
    __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const __user_cap_data_struct none[2] = {};
    if (::syscall(SYS_capset, &header, none) != 0) ::_exit(2);
    setup();
    const std::string path = absl::StrCat("/proc/", ::getpid(), "/environ");
    const pid_t observer = ::fork();
    if (observer == 0) {
      ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
      ::_exit(::open(path.c_str(), O_RDONLY) >= 0 ? 1 : 0);
    }
    ::waitpid(observer, &status, 0);
    ::_exit(WEXITSTATUS(status));
  }
  ::waitpid(observed, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < 2);
  return WEXITSTATUS(status) != 0;
}

TEST(HideFromOtherProcessesTest, NoOtherProcessReadsTheEnvironment) {
  EXPECT_TRUE(CanBeRead([] {}));
  EXPECT_FALSE(CanBeRead(HideFromOtherProcesses));
}

Environment InBazel(const std::string& working_directory) {
  Environment environment;
  environment.Set("BUILD_WORKING_DIRECTORY", working_directory);
  return environment;
}

TEST(EnterWorkingDirectoryTest, GoesWhereTheUserIs) {
  const std::filesystem::path before = std::filesystem::current_path();
  const TempDir temp;
  EXPECT_THAT(EnterWorkingDirectory(InBazel(temp.path())), IsOkAndHolds(temp.path()));
  EXPECT_EQ(std::filesystem::current_path(), temp.path());
  std::filesystem::current_path(before);
}

TEST(EnterWorkingDirectoryTest, StaysWithoutBazel) {
  EXPECT_THAT(EnterWorkingDirectory(Environment()),
              IsOkAndHolds(std::filesystem::current_path().string()));
}

TEST(EnterWorkingDirectoryTest, NamesAFolderThatIsNotThere) {
  EXPECT_THAT(EnterWorkingDirectory(InBazel("/no/such")).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such")));
}

TEST(HostNameTest, IsThisMachinesOrTheFullFormOfIt) {
  char name[256] = "";
  ASSERT_EQ(::gethostname(name, sizeof(name) - 1), 0);
  const std::string found = HostName();  // once: a resolver that does not answer takes its time
  EXPECT_THAT(found, Not(IsEmpty()));
  EXPECT_TRUE(found == name || found.find('.') != std::string::npos) << found;
}

}  // namespace
}  // namespace scriptworker::worker
