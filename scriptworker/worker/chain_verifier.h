// SPDX-License-Identifier: MPL-2.0
//
// The place in a run where the chain of trust is verified.

#ifndef SCRIPTWORKER_WORKER_CHAIN_VERIFIER_H_
#define SCRIPTWORKER_WORKER_CHAIN_VERIFIER_H_

#include "absl/status/status.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/taskcluster/task_claim.h"

namespace scriptworker::worker {

class ChainVerifier {
 public:
  virtual ~ChainVerifier() = default;

  // Proves where the task comes from, and leaves its upstream artifacts in the
  // work folder. What it did is in chain_of_trust.log, which is closed when it
  // returns. Errors: see StatusForError; the token's reason if it is cancelled.
  virtual absl::Status Verify(const taskcluster::ClaimedTask& task,
                              const CancellationToken& cancellation) = 0;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CHAIN_VERIFIER_H_
