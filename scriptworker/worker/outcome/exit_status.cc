// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/outcome/exit_status.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/taskcluster/artifact_upload.h"
#include "scriptworker/taskcluster/queue.h"

namespace scriptworker::worker {
namespace {

using ::scriptworker::taskcluster::ExceptionReason;

// The built-in codes that are exceptions.
std::map<int, ExceptionReason> BuiltInReasons() {
  return {
      {kWorkerShutdown, ExceptionReason::kWorkerShutdown},
      {kMalformedPayload, ExceptionReason::kMalformedPayload},
      {kResourceUnavailable, ExceptionReason::kResourceUnavailable},
      {kInternalError, ExceptionReason::kInternalError},
      {kSuperseded, ExceptionReason::kSuperseded},
      {kIntermittentTask, ExceptionReason::kIntermittentTask},
  };
}

bool IsOutage(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded;
}

// Faults of the worker or its machine, not of the chain that is verified.
bool IsOwnFault(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kResourceExhausted || code == absl::StatusCode::kUnimplemented;
}

}  // namespace

std::string_view ToString(Phase phase) {
  switch (phase) {
    case Phase::kPrepare:
      return "prepare";
    case Phase::kVerify:
      return "verify";
    case Phase::kRun:
      return "run";
    case Phase::kGenerate:
      return "generate";
    case Phase::kUpload:
      return "upload";
    case Phase::kReport:
      return "report";
    case Phase::kCleanUp:
      return "clean up";
  }
  return "unknown";
}

int WorstStatus(int a, int b) { return std::max(a, b); }

int StatusForError(Phase phase, const absl::Status& error) {
  if (absl::IsCancelled(error)) return kWorkerShutdown;
  switch (phase) {
    case Phase::kPrepare:
      return absl::IsInvalidArgument(error) ? kMalformedPayload : kInternalError;
    case Phase::kVerify:
      if (IsOutage(error.code())) return kResourceUnavailable;
      return IsOwnFault(error.code()) ? kInternalError : kMalformedPayload;
    case Phase::kRun:
    case Phase::kReport:
    case Phase::kCleanUp:
      return kInternalError;
    case Phase::kGenerate:
      return absl::IsFailedPrecondition(error) || absl::IsInvalidArgument(error) ? kMalformedPayload
                                                                                 : kInternalError;
    case Phase::kUpload:
      if (taskcluster::IsStoreRefusal(error)) return kResourceUnavailable;
      return IsOutage(error.code()) ? kIntermittentTask : kInternalError;
  }
  return kInternalError;
}

std::string LogLineForError(Phase phase, const absl::Status& error) {
  if (StatusForError(phase, error) != kInternalError) {
    return absl::StrCat("Hit ScriptWorkerException: ", error.message());
  }
  return absl::StrCat("SCRIPTWORKER_UNEXPECTED_EXCEPTION ",
                      phase == Phase::kUpload ? "upload " : "task ", error.message());
}

StatusTable::StatusTable(std::map<int, ExceptionReason> reversed_statuses)
    : reasons_(std::move(reversed_statuses)) {
  reasons_.merge(BuiltInReasons());  // keeps what the configuration says
}

Report StatusTable::ReportFor(int status) const {
  if (status == kSuccess) return {.kind = Report::Kind::kCompleted};
  if (status == kFailure) return {.kind = Report::Kind::kFailed};
  const auto named = reasons_.find(status);
  if (named == reasons_.end()) return {.kind = Report::Kind::kFailed};
  if (named->second != ExceptionReason::kSuperseded) {
    return {.kind = Report::Kind::kException, .reason = named->second};
  }
  // The queue knew it once and refuses it now.
  return {.kind = Report::Kind::kException,
          .reason = ExceptionReason::kInternalError,
          .note = absl::StrCat("the queue accepts no reason \"", ToString(named->second),
                               "\" (status ", status, "): reporting internal-error")};
}

}  // namespace scriptworker::worker
