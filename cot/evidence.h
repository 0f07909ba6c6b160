// SPDX-License-Identifier: MPL-2.0
//
// Fetches what the tasks of a chain left behind.
#ifndef COT_EVIDENCE_H_
#define COT_EVIDENCE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "cot/artifact_verifier.h"
#include "cot/chain.h"
#include "cot/cot_signature.h"
#include "cot/link.h"
#include "cot/violation.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// By task id: only what step 2 let pass.
using TrustedCots = absl::flat_hash_map<scriptworker::taskcluster::TaskId, TrustedCotBody>;

struct FetchLimits {
  int max_downloads = 32;
  int max_queue_reads = 16;
};

// chain-of-trust.json of a link and its signature, as they came. An element that
// could not be had is the reason.
struct CotFiles {
  const Link* link = nullptr;
  absl::StatusOr<std::string> body = absl::UnknownError("not fetched");
  absl::StatusOr<std::string> signature = absl::UnknownError("not fetched");
};

// Those of all upstream links, in their order, all at the same time.
std::vector<CotFiles> FetchCotFiles(const Chain& chain, bool with_signatures,
                                    ArtifactVerifier& artifacts, const FetchLimits& limits,
                                    const scriptworker::CancellationToken& cancellation);

// The control files of decision tasks, which rules read.
inline constexpr std::string_view kTaskGraphName = "public/task-graph.json";
inline constexpr std::string_view kActionsName = "public/actions.json";
inline constexpr std::string_view kParametersName = "public/parameters.yml";

// An artifact that somebody needs.
struct PlannedArtifact {
  const Link* link = nullptr;
  std::string name = {};
  bool optional = false;
  KeepOpen keep_open = KeepOpen::kNo;
};

// What the rules and the target's script need from the links with a trusted body,
// in the order of the links, then by name: the control files of decision and
// action tasks, and the target's upstreamArtifacts, patterns expanded by the
// queue's lists (fetched at the same time). Findings: kArtifactPathTwice, and
// those of ParseUpstreamArtifacts. What could not be listed goes to `errors`.
std::vector<PlannedArtifact> PlanArtifacts(const Chain& chain, const TrustedCots& cots,
                                           scriptworker::taskcluster::TaskReader& queue,
                                           const FetchLimits& limits,
                                           const scriptworker::CancellationToken& cancellation,
                                           std::vector<Finding>& findings,
                                           std::vector<absl::Status>& errors);

// All of them at the same time; result i is that of plan[i].
std::vector<absl::StatusOr<VerifiedArtifact>> FetchArtifacts(
    const std::vector<PlannedArtifact>& plan, const TrustedCots& cots, ArtifactVerifier& artifacts,
    const FetchLimits& limits, const scriptworker::CancellationToken& cancellation);

// The bytes of a verified artifact that was kept open. kResourceExhausted if they
// are more than `max_bytes`.
absl::StatusOr<std::string> ReadVerified(const VerifiedArtifact& artifact, int64_t max_bytes);

}  // namespace cot

#endif  // COT_EVIDENCE_H_
