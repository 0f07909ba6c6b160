// SPDX-License-Identifier: MPL-2.0
//
// Fetches what the tasks of a chain left behind.
#ifndef COT_EVIDENCE_EVIDENCE_H_
#define COT_EVIDENCE_EVIDENCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cot/chain/link.h"
#include "cot/chain/link_id.h"
#include "cot/chain/upstream_artifacts.h"
#include "cot/chain/violation.h"
#include "cot/evidence/artifact_plan.h"
#include "cot/evidence/artifact_verifier.h"
#include "cot/evidence/cot_signature.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/task_pool.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// chain-of-trust.json and its signature, as they came. What could not be had is the reason
// why not.
struct CotFiles {
  absl::StatusOr<std::string> body = absl::UnknownError("not fetched");
  absl::StatusOr<std::string> signature = absl::UnknownError("not fetched");
  // The run that the former is of, if the queue told.
  std::optional<int64_t> run_id = std::nullopt;
};

// What one link left behind. What could not be had is the reason why not.
struct LinkEvidence {
  // What its CotFiles are worth.
  absl::StatusOr<TrustedCotBody> cot = absl::UnknownError("not judged");
  // What is also to be said then: that neither of the two is there.
  std::optional<Finding> signature_missing = std::nullopt;
  // Of the artifacts; empty unless `cot` is trusted. Result i is that of plan[i].
  absl::Status listed;
  std::vector<Finding> findings = {};
  std::vector<PlannedArtifact> plan = {};
  std::vector<absl::StatusOr<VerifiedArtifact>> artifacts = {};
};

struct EvidenceOptions {
  int max_downloads = 32;  // at a time; a redirect is a part of its download
  bool with_signatures = true;
  // Of all chain-of-trust.json files of the chain together: they stay in memory, parsed.
  int64_t max_cot_bytes = int64_t{256} << 20;
  // The target's payload.upstreamArtifacts.
  std::vector<UpstreamArtifacts> upstream = {};
  // Called on any thread, beside itself, for each artifact that is verified. May be null.
  std::function<void()> on_artifact = nullptr;
};

// Fetches everything about each link of one chain as soon as its task id is known:
// its chain-of-trust.json and signature, and the queue's list of its artifacts if a
// pattern needs it; and when these and the task's definition are there and are trusted, the
// artifacts. Links are fetched beside each other and beside whatever finds more links. Each
// URL is fetched once.
//
// Start() and Define() are thread-safe; the rest is for one thread.
class EvidenceCollector {
 public:
  // Whether the files are to be trusted. Called beside itself, once per defined link, before
  // any artifact of the link is fetched.
  using Judge = std::function<absl::StatusOr<TrustedCotBody>(const Link&, const CotFiles&)>;

  // Borrows the references; `queue_reads` bounds what the queue is asked.
  EvidenceCollector(EvidenceOptions options, Judge judge, ArtifactVerifier& artifacts,
                    scriptworker::taskcluster::TaskReader& queue,
                    scriptworker::TaskPool& queue_reads,
                    scriptworker::CancellationToken cancellation);
  ~EvidenceCollector();  // waits; whoever is in a hurry cancels the token

  // REQUIRES: nothing was started for this task before.
  void Start(const LinkId& id) ABSL_LOCKS_EXCLUDED(mutex_);
  // The definition of a started task has come, and makes it a link. Where it never does,
  // nothing is judged. May call the Judge itself.
  void Define(const Link& link) ABSL_LOCKS_EXCLUDED(mutex_);

  // Wait until of all defined links `cot`, or everything, is there.
  void AwaitCots() ABSL_LOCKS_EXCLUDED(mutex_);
  void AwaitArtifacts() ABSL_LOCKS_EXCLUDED(mutex_);

  // REQUIRES: the link was defined, and what is looked at was waited for.
  LinkEvidence& Of(const Link& link) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Entry;
  Entry& Find(const LinkId& id) ABSL_LOCKS_EXCLUDED(mutex_);
  void StartBody(Entry& entry);
  void StartSignature(Entry& entry);
  void StartList(Entry& entry);
  // A part of what the judgement needs is there; the last one brings it about.
  void Arrived(Entry& entry) ABSL_LOCKS_EXCLUDED(mutex_);
  void StartArtifacts(Entry& entry) ABSL_LOCKS_EXCLUDED(mutex_);
  void List(Entry& entry);
  // kArtifactTooLarge if this one is more than the chain may have.
  absl::Status Account(const LinkId& id, int64_t bytes) ABSL_LOCKS_EXCLUDED(mutex_);

  const EvidenceOptions options_;
  const Judge judge_;
  ArtifactVerifier& artifacts_;
  scriptworker::taskcluster::TaskReader& queue_;
  scriptworker::TaskPool& queue_reads_;
  const scriptworker::CancellationToken cancellation_;

  absl::Mutex mutex_;
  absl::flat_hash_map<scriptworker::taskcluster::TaskId, std::unique_ptr<Entry>> entries_
      ABSL_GUARDED_BY(mutex_);
  int pending_parts_ ABSL_GUARDED_BY(mutex_) = 0;  // of defined links or not
  int pending_cots_ ABSL_GUARDED_BY(mutex_) = 0;
  int pending_artifacts_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t cot_bytes_ ABSL_GUARDED_BY(mutex_) = 0;

  scriptworker::TaskPool downloads_;  // last: its tasks use all of the above
};

// The bytes of a verified artifact that was kept open. kResourceExhausted if they
// are more than `max_bytes`.
absl::StatusOr<std::string> ReadVerified(const VerifiedArtifact& artifact, int64_t max_bytes);

}  // namespace cot

#endif  // COT_EVIDENCE_EVIDENCE_H_
