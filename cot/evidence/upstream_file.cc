// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/upstream_file.h"

#include "cot/evidence/work_layout.h"
#include "scriptworker/base/file_beneath.h"

namespace cot {

absl::Status WriteUpstreamFile(const std::string& work_dir,
                               const scriptworker::taskcluster::TaskId& task_id,
                               std::string_view name, std::string_view bytes) {
  const absl::Status status =
      scriptworker::WriteFileBeneath(work_dir, UpstreamPath(task_id.str(), name), bytes);
  return status.ok() ? status : absl::InternalError(status.message());
}

}  // namespace cot
