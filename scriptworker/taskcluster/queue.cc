// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/queue.h"

#include <optional>
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

std::optional<ExceptionReason> ParseExceptionReason(std::string_view name) {
  for (const ExceptionReason reason : kExceptionReasons) {
    if (name == ToString(reason)) return reason;
  }
  return std::nullopt;
}

}  // namespace scriptworker::taskcluster
