// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TEST_WORKDIR_H_
#define COT_TEST_WORKDIR_H_

#include <string>

#include "absl/status/status.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// Fills the folder `path` as a worker fills work_dir for the task's script:
// task.json, and the files of payload.upstreamArtifacts below cot/TASKID. For
// trying out scripts: nothing is verified. An optional artifact that is missing is a
// warning.
//
// kAlreadyExists if `path` exists and `overwrite` is not set; else it is removed
// first.
absl::Status CreateTestWorkdir(const scriptworker::taskcluster::TaskId& task_id,
                               const std::string& path, bool overwrite,
                               scriptworker::taskcluster::TaskReader& queue,
                               scriptworker::taskcluster::ArtifactDownloader& downloader,
                               scriptworker::Logger& logger,
                               const scriptworker::CancellationToken& cancellation);

}  // namespace cot

#endif  // COT_TEST_WORKDIR_H_
