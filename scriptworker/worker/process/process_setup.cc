// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/process_setup.h"

#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
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
  if (::gethostname(name, sizeof(name) - 1) != 0) return "unknown";
  addrinfo hints = {};
  hints.ai_flags = AI_CANONNAME;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(name, nullptr, &hints, &found) != 0) return name;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  const std::string canonical = found->ai_canonname == nullptr ? "" : found->ai_canonname;
  return absl::StrContains(canonical, '.') ? canonical : name;
}

}  // namespace scriptworker::worker
