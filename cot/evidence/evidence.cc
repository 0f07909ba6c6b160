// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/evidence.h"

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "cot/evidence/cot_body.h"

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
  explicit Entry(LinkId the_id) : id(std::move(the_id)) {}

  const LinkId id;
  std::optional<Link> link = std::nullopt;
  CotFiles files = {};
  std::vector<std::string> available = {};
  int missing = 0;  // parts that are needed to judge; guarded by mutex_
  LinkEvidence evidence = {};
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

EvidenceCollector::~EvidenceCollector() {
  AwaitArtifacts();
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int* pending) { return *pending == 0; }, &pending_parts_));
}

void EvidenceCollector::Start(const LinkId& id) {
  const bool listed = CountPatterns(id.task_id, options_.upstream) > 0;
  const int parts = 1 + (options_.with_signatures ? 1 : 0) + (listed ? 1 : 0);
  auto made = std::make_unique<Entry>(id);
  Entry& entry = *made;
  entry.missing = parts + 1;  // the definition
  {
    absl::MutexLock lock(&mutex_);
    pending_parts_ += parts;
    CHECK(entries_.emplace(id.task_id, std::move(made)).second) << id.Label();
  }
  StartBody(entry);
  if (options_.with_signatures) StartSignature(entry);
  if (listed) StartList(entry);
}

void EvidenceCollector::Define(const Link& link) {
  Entry& entry = Find(link.id());
  entry.link = link;
  {
    absl::MutexLock lock(&mutex_);
    ++pending_parts_;
    ++pending_cots_;
  }
  Arrived(entry);
}

EvidenceCollector::Entry& EvidenceCollector::Find(const LinkId& id) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(id.task_id);
  CHECK(found != entries_.end()) << id.Label();
  return *found->second;
}

void EvidenceCollector::StartBody(Entry& entry) {
  downloads_.Start([this, &entry] {
    absl::StatusOr<UntrustedFile> file = artifacts_.Read(
        entry.id, kCotBodyName, Violation::kCotMissing, kMaxCotBytes, cancellation_);
    if (file.ok()) {
      entry.files.run_id = file->run_id;
      const absl::Status fits = Account(entry.id, static_cast<int64_t>(file->bytes.size()));
      if (!fits.ok()) file = fits;
    }
    entry.files.body = Bytes(std::move(file));
    Arrived(entry);
  });
}

void EvidenceCollector::StartSignature(Entry& entry) {
  downloads_.Start([this, &entry] {
    entry.files.signature =
        Bytes(artifacts_.Read(entry.id, kCotSignatureName, Violation::kSignatureMissing,
                              kMaxSignatureBytes, cancellation_));
    Arrived(entry);
  });
}

void EvidenceCollector::StartList(Entry& entry) {
  queue_reads_.Start([this, &entry] {
    List(entry);
    Arrived(entry);
  });
}

absl::Status EvidenceCollector::Account(const LinkId& id, int64_t bytes) {
  absl::MutexLock lock(&mutex_);
  cot_bytes_ += bytes;
  if (cot_bytes_ <= options_.max_cot_bytes) return absl::OkStatus();
  return ToStatus(About(
      id, Step::kSignatures,
      {.violation = Violation::kArtifactTooLarge,
       .message =
           absl::StrCat(id.Label(), ": with its ", kCotBodyName,
                        " those of this chain are more than ", options_.max_cot_bytes, " bytes!"),
       .expected = absl::StrCat("at most ", options_.max_cot_bytes, " bytes in all"),
       .found = absl::StrCat("at least ", cot_bytes_)}));
}

void EvidenceCollector::List(Entry& entry) {
  const absl::StatusOr<std::vector<ArtifactInfo>> list =
      queue_.ListLatestArtifacts(entry.id.task_id, cancellation_);
  if (!list.ok()) {
    entry.evidence.listed =
        EvidenceError(absl::Status(list.status().code(),
                                   absl::StrCat(entry.id.Label(), ": ", list.status().message())),
                      cancellation_);
    return;
  }
  for (const ArtifactInfo& info : *list) entry.available.push_back(info.name);
}

void EvidenceCollector::Arrived(Entry& entry) {
  bool complete = false;
  {
    absl::MutexLock lock(&mutex_);
    complete = --entry.missing == 0;
  }
  if (complete) {
    entry.evidence.cot = judge_(*entry.link, entry.files);
    if (!entry.files.body.ok() && options_.with_signatures) {
      entry.evidence.signature_missing = GetFinding(entry.files.signature.status());
    }
    entry.files = CotFiles();
    if (entry.evidence.cot.ok()) StartArtifacts(entry);
  }
  absl::MutexLock lock(&mutex_);
  --pending_parts_;
  if (complete) --pending_cots_;
}

void EvidenceCollector::StartArtifacts(Entry& entry) {
  LinkEvidence& evidence = entry.evidence;
  if (!evidence.listed.ok()) return;
  evidence.plan = PlanArtifacts(*entry.link, options_.upstream, entry.available, evidence.findings,
                                cancellation_);
  evidence.artifacts.reserve(evidence.plan.size());
  for (size_t i = 0; i < evidence.plan.size(); ++i) {
    evidence.artifacts.push_back(absl::UnknownError("not fetched"));
  }
  {
    absl::MutexLock lock(&mutex_);
    pending_artifacts_ += static_cast<int>(evidence.plan.size());
  }
  for (size_t i = 0; i < evidence.plan.size(); ++i) {
    downloads_.Start([this, &entry, &evidence, i] {
      const PlannedArtifact& artifact = evidence.plan[i];
      evidence.artifacts[i] = artifacts_.Fetch(entry.id, *evidence.cot, artifact.name,
                                               artifact.keep_open, cancellation_);
      if (evidence.artifacts[i].ok() && options_.on_artifact != nullptr) options_.on_artifact();
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

LinkEvidence& EvidenceCollector::Of(const Link& link) { return Find(link.id()).evidence; }

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
