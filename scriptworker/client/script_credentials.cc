// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/script_credentials.h"

#include <errno.h>
#include <unistd.h>

#include <cstddef>
#include <optional>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"

namespace scriptworker::client {
namespace {

constexpr char kVariable[] = "TASKCLUSTER_CREDENTIALS_FD";
constexpr size_t kMaxBytes = 1 << 20;
constexpr int kMoreReads = 20;
constexpr absl::Duration kPause = absl::Milliseconds(5);

// The whole file, in one read if it can be: the worker replaces it in one write.
absl::Status ReadWhole(int fd, std::string& text) {
  text.resize(kMaxBytes);
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got =
        ::pread(fd, text.data() + size, text.size() - size, static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::ErrnoToStatus(errno, "cannot read");
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  text.resize(size);
  return absl::OkStatus();
}

absl::StatusOr<taskcluster::Credentials> Read(int fd) {
  std::string text;
  const auto wipe = absl::MakeCleanup([&text] { Wipe(text); });
  SW_RETURN_IF_ERROR(ReadWhole(fd, text));
  size_t consumed = 0;
  // Something may follow: the Python worker leaves the end of a longer text.
  SW_ASSIGN_OR_RETURN(const json::Value value,
                      json::ParsePrefix(text, &consumed, {.source = kVariable}));
  return taskcluster::Credentials::FromJson(json::Reader(value, kVariable));
}

}  // namespace

absl::StatusOr<taskcluster::Credentials> ReadScriptCredentials(const Environment& environment) {
  const std::optional<std::string> number = environment.Get(kVariable);
  int fd = -1;
  if (!number.has_value() || !absl::SimpleAtoi(*number, &fd) || fd < 0) {
    return ScriptError(ErrorKind::kConfig,
                       absl::StrCat(kVariable,
                                    " must be the number of a descriptor; is this run "
                                    "by a worker?"));
  }
  absl::StatusOr<taskcluster::Credentials> credentials = Read(fd);
  // A read that meets the worker's write may have found a mixture of the two.
  for (int again = 0; again < kMoreReads && absl::IsInvalidArgument(credentials.status());
       ++again) {
    absl::SleepFor(kPause);
    credentials = Read(fd);
  }
  if (credentials.ok()) return credentials;
  return ScriptError(ErrorKind::kScriptWorker, absl::StrCat("descriptor ", fd, " (", kVariable,
                                                            "): ", credentials.status().message()));
}

}  // namespace scriptworker::client
