// SPDX-License-Identifier: MPL-2.0
//
// What became of the tasks, looked at from outside: downloaded over HTTP as any
// client would, signatures and hashes checked.

#ifndef TOOLS_QUICKSTART_OUTCOME_H_
#define TOOLS_QUICKSTART_OUTCOME_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "tools/quickstart/plan.h"

namespace scriptworker::tools {

struct SeenArtifact {
  std::string name;
  int64_t size = 0;
  std::string sha256;  // of the content
  std::string content;
};

struct RunOutcome {
  std::string resolution;  // "" while unresolved
  absl::Duration duration = absl::ZeroDuration();
  std::vector<SeenArtifact> artifacts;
  bool signature_good = false;  // and hashes equal to those it signs
};

struct TaskOutcome {
  std::vector<RunOutcome> runs;
  // What is not as planned; empty: nothing.
  std::vector<std::string> problems;
};

// Where the outcome is looked at.
struct Observer {
  taskcluster::FakeTaskcluster& fake;
  taskcluster::QueueClient& queue;
  http::Transport& transport;
  const crypto::Ed25519PublicKey& public_key;
  // Downloads are kept below it.
  std::string folder;
};

TaskOutcome Observe(const PlannedTask& planned, const taskcluster::TaskId& id, int reclaims,
                    const Observer& observer);

}  // namespace scriptworker::tools

#endif  // TOOLS_QUICKSTART_OUTCOME_H_
