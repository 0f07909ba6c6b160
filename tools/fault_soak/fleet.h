// SPDX-License-Identifier: MPL-2.0

#ifndef TOOLS_FAULT_SOAK_FLEET_H_
#define TOOLS_FAULT_SOAK_FLEET_H_

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/worker_site/running_worker.h"
#include "tools/worker_site/worker_site.h"

namespace scriptworker::tools {

// Several real workers beside one local Taskcluster; each that ends is started
// again. Thread-compatible.
class Fleet {
 public:
  // What the workers need of the machine, apart from their scripts.
  struct Usage {
    absl::Duration cpu;      // of all that ever ran
    double rss_min_mib = 0;  // of those that run
    double rss_max_mib = 0;
  };

  // `more`: lines for each configuration. Starts nothing yet.
  Fleet(LocalTaskcluster& taskcluster, const std::string& folder, int size,
        const std::string& task_script, const std::string& more);

  // Starts what does not run, notes what ended by itself.
  void Tend();
  // Sends SIGKILL, SIGTERM once or twice, or SIGUSR1 to one of them.
  void HurtOne(std::mt19937_64& random);
  // Lets all end in order.
  void Stop();

  // Also remembers the CPU time of those that end before the next call.
  Usage Measure();

  // By name of what was done: "KILL", "TERM", ...
  const std::map<std::string, int>& hurt() const { return hurt_; }
  int starts() const { return starts_; }
  // Workers that ended though nobody told them to, or with a wrong status.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  struct Member {
    std::unique_ptr<WorkerSite> site;
    std::optional<RunningWorker> process = {};
    std::vector<int> expected = {};  // statuses after what was done to it
    absl::Duration cpu = absl::ZeroDuration();
  };

  void NoteEnd(Member& member, int status);

  std::vector<Member> members_;
  absl::Duration cpu_of_ended_ = absl::ZeroDuration();
  std::map<std::string, int> hurt_;
  int starts_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace scriptworker::tools

#endif  // TOOLS_FAULT_SOAK_FLEET_H_
