// SPDX-License-Identifier: MPL-2.0
//
// Why a script ends early, and with which exit status: the reference's exception
// classes as Statuses. What the worker reports for a status is in
// docs/new_instance.md.

#ifndef SCRIPTWORKER_CLIENT_SCRIPT_ERROR_H_
#define SCRIPTWORKER_CLIENT_SCRIPT_ERROR_H_

#include <optional>
#include <string_view>

#include "absl/status/status.h"

namespace scriptworker::client {

// The class of the reference, and its exit status.
enum class ErrorKind {
  kScriptWorker,      // ScriptWorkerException: 5, internal-error
  kRetry,             // ScriptWorkerRetryException: 4, resource-unavailable
  kTask,              // ScriptWorkerTaskException: 1, failed, or as given
  kTaskVerification,  // TaskVerificationError: 3, malformed-payload
  kDownload,          // DownloadError: 4
  kDownload404,       // Download404: 4
  kCot,               // CoTError: 3
  kEd25519,           // ScriptWorkerEd25519Error: 3
  kConfig,            // ConfigError: 5
};

// "TaskVerificationError", ...
std::string_view ErrorKindName(ErrorKind kind);

// An error of `kind`, with its exit status. The codes of the Statuses, which
// nothing depends on, are the nearest ones.
absl::Status ScriptError(ErrorKind kind, std::string_view message);

// A TaskError's exit status: malformed-payload.
inline constexpr int kMalformedPayload = 3;

// A kTask error with another exit status than 1. REQUIRES: 1 <= exit_status <= 255.
absl::Status TaskError(std::string_view message, int exit_status);

// nullopt for a Status that no function of this package has made.
std::optional<ErrorKind> ErrorKindOf(const absl::Status& status);

// What a script that returns `status` exits with: 0 if it is OK, 1 for an error
// that has no kind (the reference: an exception that nobody catches).
int ExitStatusOf(const absl::Status& status);

}  // namespace scriptworker::client

#endif  // SCRIPTWORKER_CLIENT_SCRIPT_ERROR_H_
