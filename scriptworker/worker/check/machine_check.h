// SPDX-License-Identifier: MPL-2.0
//
// The part of --check-config that asks nobody but this machine.

#ifndef SCRIPTWORKER_WORKER_CHECK_MACHINE_CHECK_H_
#define SCRIPTWORKER_WORKER_CHECK_MACHINE_CHECK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/base/environment.h"
#include "scriptworker/worker/check/check.h"
#include "scriptworker/worker/config/config.h"

namespace scriptworker::worker {

// What is left on a file system: below 1 GiB a warning, below 1 MiB a failure.
Check JudgeFreeSpace(std::string_view key, const std::string& path, int64_t free_bytes);

// One check at least for each folder (kind, permissions, free space; of that for temporary
// files whether it can be used), the signing key, the script, its sandbox, where the worker
// is watched, the rules of the chain of trust, the authorities' bundle. Changes nothing: a
// folder that is missing is well if it could be made, which is tried out with one that is
// gone at once.
std::vector<Check> CheckMachine(const Config& config, const Environment& environment);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CHECK_MACHINE_CHECK_H_
