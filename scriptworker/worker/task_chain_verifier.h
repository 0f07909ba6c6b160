// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_TASK_CHAIN_VERIFIER_H_
#define SCRIPTWORKER_WORKER_TASK_CHAIN_VERIFIER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cot/policy/policy.h"
#include "cot/verifier.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/vcs/etag_transport.h"
#include "scriptworker/worker/chain_verifier.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/log/log_format.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/work_dir.h"

namespace scriptworker::worker {

// Verifies a claimed task's chain of trust as the configuration asks. The task
// itself is running: it has no chain-of-trust file yet, and its definition is the
// claim's. What hg and GitHub have told one verification the next only asks them to
// confirm, where they give ETags. Thread-compatible.
class TaskChainVerifier final : public ChainVerifier {
 public:
  struct Collaborators {
    taskcluster::TaskReader& queue;
    http::Transport& transport;  // does not retry by itself
    Clock& clock;
    Logger& logger;
    const SecretRedactor& redactor;
    const WorkDir& dirs;
  };

  // `config` and the collaborators must outlive the verifier. `log_format` is that
  // of chain_of_trust.log.
  TaskChainVerifier(const Config& config, LogFormat log_format, const Collaborators& with);

  // PermissionDenied with the findings when the chain is refused; Unavailable when
  // evidence could not be had.
  absl::Status Verify(const taskcluster::ClaimedTask& task,
                      const CancellationToken& cancellation) override;

 private:
  const Config& config_;
  const LogFormat log_format_;
  const Collaborators with_;
  vcs::EtagTransport transport_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TASK_CHAIN_VERIFIER_H_
