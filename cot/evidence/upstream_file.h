// SPDX-License-Identifier: MPL-2.0
#ifndef COT_EVIDENCE_UPSTREAM_FILE_H_
#define COT_EVIDENCE_UPSTREAM_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// Writes what belongs to a task of the chain to WORK_DIR/cot/TASKID/NAME, which no link on the
// way can lead elsewhere. kInternal if that fails. Thread-safe for different files.
absl::Status WriteUpstreamFile(const std::string& work_dir,
                               const scriptworker::taskcluster::TaskId& task_id,
                               std::string_view name, std::string_view bytes);

}  // namespace cot

#endif  // COT_EVIDENCE_UPSTREAM_FILE_H_
