// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence.h"

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "cot/cot_body.h"

namespace cot {

using scriptworker::CancellationToken;
using scriptworker::TaskPool;
using scriptworker::taskcluster::ArtifactInfo;
using scriptworker::taskcluster::TaskReader;

namespace {

// Of a chain-of-trust.json: those of tasks with 10 000 artifacts have 3 MB.
constexpr int64_t kMaxCotBytes = int64_t{32} << 20;
// A signature has 64 bytes; what is longer is refused for that.
constexpr int64_t kMaxSignatureBytes = 4096;

absl::StatusOr<std::string> Bytes(absl::StatusOr<UntrustedFile> file) {
  if (!file.ok()) return file.status();
  return std::move(file->bytes);
}

}  // namespace

// Each member is written by one task; the lock around `missing` hands them on to
// whoever brings the last part, and that around the counters to the waiting thread.
struct EvidenceCollector::Entry {
  explicit Entry(const Link& link) : evidence(link) {}

  LinkEvidence evidence;
  std::vector<std::string> available = {};
  int missing = 0;  // parts that are needed to go on; guarded by mutex_
};

EvidenceCollector::EvidenceCollector(EvidenceOptions options, Judge judge,
                                     ArtifactVerifier& artifacts, TaskReader& queue,
                                     TaskPool& queue_reads, CancellationToken cancellation)
    : options_(std::move(options)),
      judge_(std::move(judge)),
      artifacts_(artifacts),
      queue_(queue),
      queue_reads_(queue_reads),
      cancellation_(std::move(cancellation)),
      downloads_(options_.max_downloads) {}

EvidenceCollector::~EvidenceCollector() { AwaitArtifacts(); }

void EvidenceCollector::Start(const Link& link) {
  const bool listed = NeedsList(link.task_id(), options_.upstream);
  auto made = std::make_unique<Entry>(link);
  Entry& entry = *made;
  entry.missing = 1 + (options_.with_signatures ? 1 : 0) + (listed ? 1 : 0);
  {
    absl::MutexLock lock(&mutex_);
    ++pending_cots_;
    CHECK(entries_.emplace(link.task_id(), std::move(made)).second) << link.Label();
  }
  LinkEvidence& evidence = entry.evidence;
  downloads_.Start([this, &entry, &evidence] {
    absl::StatusOr<UntrustedFile> file = artifacts_.Read(
        evidence.link, kCotBodyName, Violation::kCotMissing, kMaxCotBytes, cancellation_);
    if (file.ok()) evidence.run_id = file->run_id;
    evidence.body = Bytes(std::move(file));
    Arrived(entry);
  });
  if (options_.with_signatures) {
    downloads_.Start([this, &entry, &evidence] {
      evidence.signature =
          Bytes(artifacts_.Read(evidence.link, kCotSignatureName, Violation::kSignatureMissing,
                                kMaxSignatureBytes, cancellation_));
      Arrived(entry);
    });
  }
  if (listed) {
    queue_reads_.Start([this, &entry] {
      List(entry);
      Arrived(entry);
    });
  }
}

void EvidenceCollector::List(Entry& entry) {
  const Link& link = entry.evidence.link;
  const absl::StatusOr<std::vector<ArtifactInfo>> list = queue_.ListLatestArtifacts(link.task_id());
  if (!list.ok()) {
    entry.evidence.listed =
        EvidenceError(absl::Status(list.status().code(),
                                   absl::StrCat(link.Label(), ": ", list.status().message())),
                      cancellation_);
    return;
  }
  for (const ArtifactInfo& info : *list) entry.available.push_back(info.name);
}

void EvidenceCollector::Arrived(Entry& entry) {
  {
    absl::MutexLock lock(&mutex_);
    if (--entry.missing > 0) return;
  }
  entry.evidence.cot = judge_(entry.evidence);
  if (entry.evidence.cot.ok()) StartArtifacts(entry);
  absl::MutexLock lock(&mutex_);
  --pending_cots_;
}

void EvidenceCollector::StartArtifacts(Entry& entry) {
  LinkEvidence& evidence = entry.evidence;
  if (!evidence.listed.ok()) return;
  evidence.plan =
      PlanArtifacts(evidence.link, options_.upstream, entry.available, evidence.findings);
  evidence.artifacts.reserve(evidence.plan.size());
  for (size_t i = 0; i < evidence.plan.size(); ++i) {
    evidence.artifacts.push_back(absl::UnknownError("not fetched"));
  }
  {
    absl::MutexLock lock(&mutex_);
    pending_artifacts_ += static_cast<int>(evidence.plan.size());
  }
  for (size_t i = 0; i < evidence.plan.size(); ++i) {
    downloads_.Start([this, &evidence, i] {
      const PlannedArtifact& artifact = evidence.plan[i];
      evidence.artifacts[i] = artifacts_.Fetch(evidence.link, *evidence.cot, artifact.name,
                                               artifact.keep_open, cancellation_);
      absl::MutexLock lock(&mutex_);
      --pending_artifacts_;
    });
  }
}

void EvidenceCollector::AwaitCots() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int* pending) { return *pending == 0; }, &pending_cots_));
}

void EvidenceCollector::AwaitArtifacts() {
  AwaitCots();
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int* pending) { return *pending == 0; }, &pending_artifacts_));
}

LinkEvidence& EvidenceCollector::Of(const Link& link) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(link.task_id());
  CHECK(found != entries_.end()) << link.Label();
  return found->second->evidence;
}

absl::StatusOr<std::string> ReadVerified(const VerifiedArtifact& artifact, int64_t max_bytes) {
  if (artifact.size() > max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(artifact.path(), ": ", artifact.size(),
                                                     " bytes, at most ", max_bytes, " are read"));
  }
  std::string bytes(static_cast<size_t>(artifact.size()), '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n =
        ::pread(artifact.fd(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return absl::InternalError(absl::StrCat(artifact.path(), ": cannot be read"));
    done += static_cast<size_t>(n);
  }
  return bytes;
}

}  // namespace cot
