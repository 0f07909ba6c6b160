// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/script_error.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace scriptworker::client {
namespace {

constexpr char kPayloadUrl[] = "scriptworker/client/script_error";
constexpr int kUncaught = 1;

struct KindRow {
  ErrorKind kind;
  std::string_view name;
  int exit_status;
  absl::StatusCode code;
};

constexpr std::array kKinds = {
    KindRow{ErrorKind::kScriptWorker, "ScriptWorkerException", 5, absl::StatusCode::kInternal},
    KindRow{ErrorKind::kRetry, "ScriptWorkerRetryException", 4, absl::StatusCode::kUnavailable},
    KindRow{ErrorKind::kTask, "ScriptWorkerTaskException", 1, absl::StatusCode::kAborted},
    KindRow{ErrorKind::kTaskVerification, "TaskVerificationError", 3,
            absl::StatusCode::kInvalidArgument},
    KindRow{ErrorKind::kDownload, "DownloadError", 4, absl::StatusCode::kUnavailable},
    KindRow{ErrorKind::kDownload404, "Download404", 4, absl::StatusCode::kNotFound},
    KindRow{ErrorKind::kCot, "CoTError", 3, absl::StatusCode::kPermissionDenied},
    KindRow{ErrorKind::kEd25519, "ScriptWorkerEd25519Error", 3,
            absl::StatusCode::kFailedPrecondition},
    KindRow{ErrorKind::kConfig, "ConfigError", 5, absl::StatusCode::kFailedPrecondition},
};

const KindRow& RowOf(ErrorKind kind) {
  for (const KindRow& row : kKinds) {
    if (row.kind == kind) return row;
  }
  CHECK(false) << "a value that no enumerator has";
  return kKinds[0];
}

absl::Status Make(const KindRow& row, std::string_view message, int exit_status) {
  absl::Status status(row.code, message);
  status.SetPayload(kPayloadUrl, absl::Cord(absl::StrCat(row.name, " ", exit_status)));
  return status;
}

struct Payload {
  ErrorKind kind;
  int exit_status;
};

std::optional<Payload> PayloadOf(const absl::Status& status) {
  const std::optional<absl::Cord> cord = status.GetPayload(kPayloadUrl);
  if (!cord.has_value()) return std::nullopt;
  const std::vector<std::string> words = absl::StrSplit(std::string(*cord), ' ');
  int exit_status = 0;
  if (words.size() != 2 || !absl::SimpleAtoi(words[1], &exit_status)) return std::nullopt;
  for (const KindRow& row : kKinds) {
    if (row.name == words[0]) return Payload{row.kind, exit_status};
  }
  return std::nullopt;
}

}  // namespace

std::string_view ErrorKindName(ErrorKind kind) { return RowOf(kind).name; }

absl::Status ScriptError(ErrorKind kind, std::string_view message) {
  const KindRow& row = RowOf(kind);
  return Make(row, message, row.exit_status);
}

absl::Status TaskError(std::string_view message, int exit_status) {
  CHECK(exit_status >= 1 && exit_status <= 255) << "no exit status of a failure: " << exit_status;
  return Make(RowOf(ErrorKind::kTask), message, exit_status);
}

std::optional<ErrorKind> ErrorKindOf(const absl::Status& status) {
  const std::optional<Payload> payload = PayloadOf(status);
  if (!payload.has_value()) return std::nullopt;
  return payload->kind;
}

int ExitStatusOf(const absl::Status& status) {
  if (status.ok()) return 0;
  const std::optional<Payload> payload = PayloadOf(status);
  return payload.has_value() ? payload->exit_status : kUncaught;
}

}  // namespace scriptworker::client
