// SPDX-License-Identifier: MPL-2.0
//
// Start here: verifier.cc is the list of steps that docs/chain_of_trust.md
// explains, with the same numbers.
#ifndef COT_VERIFIER_H_
#define COT_VERIFIER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "cot/policy/policy.h"
#include "cot/verdict.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

struct VerifyRequest {
  scriptworker::taskcluster::TaskId task_id;
  // The definition as the queue gives it (or as it was claimed).
  scriptworker::taskcluster::TaskDefinition task;
  std::string name = {};     // the task's type ("signing"): cot_job_type
  std::string product = {};  // cot_product
  // The task has run: its own chain-of-trust.json is verified, too.
  bool check_target = false;
  // The run that its chain-of-trust.json must be about: the latest. (Of upstream tasks the
  // queue tells it with the file.)
  std::optional<int64_t> target_run_id = std::nullopt;
  // False (verify_cot_signature): the verdict says so.
  bool verify_signatures = true;
  // Absolute. Verified files end below WORK_DIR/cot/TASKID.
  std::string work_dir = {};
  std::string schema_path = {};  // cot_schema_path; empty: built in
  int max_chain_length = 20;
  int max_links = 1000;
  int max_concurrent_downloads = 32;
  int max_parallel_reads = 16;  // of the queue, and of hg and GitHub
  // Called on any thread, beside themselves, for each link that is found and each artifact that
  // is verified. May be null.
  std::function<void()> on_link = nullptr;
  std::function<void()> on_artifact = nullptr;
  // Of downloads, and of what hg and GitHub are asked. Default: as the reference.
  std::optional<scriptworker::RetryPolicy> retry = std::nullopt;
};

// Where evidence comes from. Borrowed; thread-safe.
struct EvidenceSources {
  scriptworker::taskcluster::TaskReader& queue;
  // For artifacts, hg and GitHub. It does not retry by itself.
  scriptworker::http::Transport& transport;
  scriptworker::Clock& clock;
  scriptworker::SecretString github_token = {};  // may be empty
};

// Verifies all that the task rests on, back to its tree. Everything that can be
// judged is judged, also after a violation, and the verdict is complete: an
// error is only a mistake of the caller (kInvalidArgument: a product that the
// policy does not have, a bad schema). What it does is logged as the reference
// does (chain_of_trust.log).
absl::StatusOr<Verdict> Verify(const VerifyRequest& request, const Policy& policy,
                               const EvidenceSources& sources, scriptworker::Logger& logger,
                               const scriptworker::CancellationToken& cancellation);

}  // namespace cot

#endif  // COT_VERIFIER_H_
