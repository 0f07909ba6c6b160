// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/queue.h"

#include <string_view>

namespace scriptworker::taskcluster {

std::string_view ToString(ExceptionReason reason) {
  switch (reason) {
    case ExceptionReason::kWorkerShutdown:
      return "worker-shutdown";
    case ExceptionReason::kMalformedPayload:
      return "malformed-payload";
    case ExceptionReason::kResourceUnavailable:
      return "resource-unavailable";
    case ExceptionReason::kInternalError:
      return "internal-error";
    case ExceptionReason::kSuperseded:
      return "superseded";
    case ExceptionReason::kIntermittentTask:
      return "intermittent-task";
  }
  return "";
}

std::string_view ToString(ErrorArtifact::Reason reason) {
  switch (reason) {
    case ErrorArtifact::Reason::kFileMissing:
      return "file-missing-on-worker";
    case ErrorArtifact::Reason::kInvalidResource:
      return "invalid-resource-on-worker";
    case ErrorArtifact::Reason::kTooLarge:
      return "too-large-file-on-worker";
    case ErrorArtifact::Reason::kNotReadable:
      return "file-not-readable-on-worker";
  }
  return "";
}

}  // namespace scriptworker::taskcluster
