// SPDX-License-Identifier: MPL-2.0
//
// The part of --check-config about where the worker says how it is.

#ifndef SCRIPTWORKER_WORKER_CHECK_WATCHING_CHECK_H_
#define SCRIPTWORKER_WORKER_CHECK_WATCHING_CHECK_H_

#include <vector>

#include "scriptworker/worker/check/check.h"
#include "scriptworker/worker/config/config_watching.h"

namespace scriptworker::worker {

// One check for each address that is configured. The health address is listened on for
// a moment; of the socket only its folder, and who may be there already, is looked at.
// One that is in use is a warning: the worker itself may run.
std::vector<Check> CheckWatching(const Watching& watching);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CHECK_WATCHING_CHECK_H_
