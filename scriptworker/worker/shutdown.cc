// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/shutdown.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace scriptworker::worker {

void Shutdown::Drain(std::string_view signal_name) {
  if (drain_.Cancel(absl::CancelledError("the worker takes no more tasks"))) {
    logger_.Info(absl::StrCat(signal_name, " received; no more tasks will be taken"));
  }
}

void Shutdown::Stop(std::string_view signal_name) {
  const absl::Status reason = absl::CancelledError("the worker is shutting down");
  drain_.Cancel(reason);
  if (stop_.Cancel(reason)) {
    logger_.Info(absl::StrCat(signal_name, " received; shutting down"));
  } else if (at_once_.Cancel(absl::CancelledError("the worker stops at once"))) {
    logger_.Warning(absl::StrCat(signal_name, " received again; stopping at once"));
  }
}

}  // namespace scriptworker::worker
