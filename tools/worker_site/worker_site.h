// SPDX-License-Identifier: MPL-2.0
//
// Where one worker lives: its folder, its configuration and its program, beside
// a local Taskcluster. For tests of the whole program.

#ifndef TOOLS_WORKER_SITE_WORKER_SITE_H_
#define TOOLS_WORKER_SITE_WORKER_SITE_H_

#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/base/clock.h"
#include "scriptworker/taskcluster/task_id.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/worker_site/running_worker.h"

namespace scriptworker::tools {

// What a site's task_script does by default: bash runs the payload's `script`,
// which must need no escapes in JSON.
std::string ScriptFromPayload(std::string_view folder);

struct SiteOptions {
  std::string worker_id = "test-id";
  std::string root_url = {};      // empty: the local Taskcluster's
  std::string access_token = {};  // empty: the worker's
  // Run by `bash -c`; empty: ScriptFromPayload.
  std::string task_script = {};
  int poll_interval = 1;     // seconds
  int reclaim_interval = 1;  // seconds
  bool verbose = true;
  std::string more = {};  // further lines of the configuration
};

struct SubmittedTask {
  int max_run_time = 600;          // seconds
  std::string task_group_id = {};  // empty: the task's own
};

// Thread-compatible.
class WorkerSite {
 public:
  // `taskcluster` must outlive the site. Writes scriptworker.yaml into `folder`,
  // which has to exist; below it the worker has work, artifacts, log and state.
  WorkerSite(LocalTaskcluster& taskcluster, std::string folder, SiteOptions options = {});

  // Once more, with other lines at the end.
  void WriteConfig(std::string_view more);

  // With the configuration, after `options` of the command line.
  RunningWorker Start(std::vector<std::string> options = {}) const;

  // A task for the queue that this worker asks.
  static taskcluster::TaskId Submit(LocalTaskcluster& taskcluster, const Clock& clock,
                                    std::string_view script, const SubmittedTask& task = {});

  std::string Path(std::string_view name) const;
  std::string WorkerLog() const;  // "" if there is none
  // Waits until the log has the text.
  bool AwaitLogged(std::string_view text) const;
  bool AwaitFile(std::string_view name) const;

 private:
  LocalTaskcluster& taskcluster_;
  const std::string folder_;
  const SiteOptions options_;
};

}  // namespace scriptworker::tools

#endif  // TOOLS_WORKER_SITE_WORKER_SITE_H_
