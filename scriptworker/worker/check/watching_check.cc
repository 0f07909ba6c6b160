// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/check/watching_check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/http/listener.h"
#include "scriptworker/worker/check/check.h"
#include "scriptworker/worker/config/config_watching.h"

namespace scriptworker::worker {
namespace {

using Outcome = Check::Outcome;

constexpr absl::Duration kPatience = absl::Seconds(1);

Check CheckHealthAddress(const std::string& address) {
  Check check{Outcome::kOk, "health_address", address};
  const absl::Status tried = http::Listener::ListenOnTcp(address).status();
  if (absl::IsAlreadyExists(tried)) {
    check.outcome = Outcome::kWarning;
    check.text = absl::StrCat(tried.message(), ", which is well if this worker runs already");
  } else if (!tried.ok()) {
    check.outcome = Outcome::kFailed;
    check.text = std::string(tried.message());
  }
  return check;
}

Check CheckStatusSocket(const std::string& path) {
  const auto check = [](Outcome outcome, std::string text) {
    return Check{outcome, "status_socket", std::move(text)};
  };
  const std::string folder(Dirname(path));
  struct stat info = {};
  if (::stat(folder.c_str(), &info) != 0) {
    return check(Outcome::kFailed, absl::StrCat("its folder ", folder, ": ", std::strerror(errno)));
  }
  if (!S_ISDIR(info.st_mode)) return check(Outcome::kFailed, absl::StrCat(folder, " is no folder"));
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return check(Outcome::kFailed, absl::StrCat("user ", ::geteuid(), " cannot make it in ", folder,
                                                ": ", std::strerror(errno)));
  }
  if (::lstat(path.c_str(), &info) != 0) return check(Outcome::kOk, path);
  if (!S_ISSOCK(info.st_mode)) {
    return check(Outcome::kFailed, absl::StrCat(path, ": exists and is no socket"));
  }
  const absl::Status connected = http::ConnectToUnix(path, kPatience).status();
  if (connected.ok() || absl::IsDeadlineExceeded(connected)) {
    return check(Outcome::kWarning,
                 absl::StrCat(path, ": is in use, which is well if this worker runs already"));
  }
  // One that is left over is replaced.
  if (absl::IsUnavailable(connected)) return check(Outcome::kOk, path);
  return check(Outcome::kFailed, std::string(connected.message()));
}

}  // namespace

std::vector<Check> CheckWatching(const Watching& watching) {
  std::vector<Check> checks;
  if (!watching.status_socket.empty()) checks.push_back(CheckStatusSocket(watching.status_socket));
  if (!watching.health_address.empty()) {
    checks.push_back(CheckHealthAddress(watching.health_address));
  }
  return checks;
}

}  // namespace scriptworker::worker
