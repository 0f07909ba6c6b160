// SPDX-License-Identifier: MPL-2.0
//
// Which errors of a report to the queue are worth another try later.

#ifndef SCRIPTWORKER_WORKER_PASSING_ERROR_H_
#define SCRIPTWORKER_WORKER_PASSING_ERROR_H_

#include "absl/status/status.h"

namespace scriptworker::worker {

// The queue was not reached, took too long, or something else answered in its
// place (a proxy's login page, a cut body: kDataLoss, see api_caller.h). What the
// queue itself refuses it will refuse again.
bool IsPassing(const absl::Status& error);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PASSING_ERROR_H_
