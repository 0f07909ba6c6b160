// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process_setup.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {

void OpenStandardDescriptors() {
  int fd = 0;
  while (fd >= 0 && fd <= 2) fd = ::open("/dev/null", O_RDWR);  // takes the lowest free number
  const UniqueFd spare(fd);
}

void KeepEndedChildren() { ::signal(SIGCHLD, SIG_DFL); }

void HideFromOtherProcesses() { ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

absl::StatusOr<std::string> EnterWorkingDirectory(const Environment& environment) {
  const std::string wanted = environment.GetOr("BUILD_WORKING_DIRECTORY", "");
  if (!wanted.empty() && ::chdir(wanted.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("BUILD_WORKING_DIRECTORY: ", wanted));
  }
  const std::unique_ptr<char, decltype(&std::free)> current(::getcwd(nullptr, 0), &std::free);
  if (current == nullptr) return absl::ErrnoToStatus(errno, "the working directory");
  return std::string(current.get());
}

std::string HostName() {
  char name[256] = "";
  return ::gethostname(name, sizeof(name) - 1) == 0 ? name : "unknown";
}

}  // namespace scriptworker::worker
