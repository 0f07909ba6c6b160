// SPDX-License-Identifier: MPL-2.0
#include "cot/verification.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/chain/upstream_artifacts.h"
#include "cot/chain/worker_impl.h"
#include "cot/evidence/queue_places.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/file_beneath.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/ed25519.h"

namespace cot {

using scriptworker::CancellationToken;
using scriptworker::Logger;
using scriptworker::crypto::Ed25519PublicKey;
using scriptworker::taskcluster::PatientTaskReader;
using scriptworker::taskcluster::TaskId;

namespace {

// A decision task that is not to be checked as a link, because it still runs, may rest on
// nothing else: then there are no files to judge. BuildTheChain says that they are not checked.
bool HasNoFiles(Step step, const std::optional<Chain>& chain) {
  return (step == Step::kSignatures || step == Step::kArtifacts) && chain.has_value() &&
         chain->upstream().empty() && chain->target().type() == TaskType::kDecision;
}

}  // namespace

Verification::Verification(const VerifyRequest& the_request, const Policy& the_policy,
                           const Product& the_product, scriptworker::json::Schema the_schema,
                           const EvidenceSources& the_sources, Logger& the_logger,
                           const CancellationToken& the_cancellation)
    : request(the_request),
      policy(the_policy),
      product(the_product),
      schema(std::move(the_schema)),
      sources(the_sources),
      logger(the_logger),
      cancellation(the_cancellation),
      definitions(sources.queue, request.retry.value_or(PatientTaskReader::DefaultPolicy()),
                  sources.clock),
      downloader(sources.transport, sources.clock),
      artifacts(policy, sources.queue, downloader, logger,
                {.work_dir = request.work_dir, .retry = request.retry}),
      source_facts(policy, sources.transport, sources.clock, logger, sources.github_token,
                   request.retry.value_or(scriptworker::ReferenceRetryPolicy())),
      fetching(cancellation),
      queue_reads(request.max_parallel_reads),
      evidence(
          {.max_downloads = request.max_concurrent_downloads,
           .with_signatures = request.verify_signatures,
           // A malformed list is a finding of step 1.
           .upstream =
               ParseUpstreamArtifacts(request.task).value_or(std::vector<UpstreamArtifacts>()),
           .on_artifact = request.on_artifact},
          [this](const Link& link, const CotFiles& files) { return Judge(link, files); }, artifacts,
          sources.queue, queue_reads, fetching.token()),
      questions(policy, product, source_facts, logger, request.max_parallel_reads,
                fetching.token()) {
  verdict.task_id = request.task_id.str();
  verdict.task_type = request.name;
  verdict.product = product.name;
  if (!request.verify_signatures) {
    verdict.not_checked.push_back(
        "the signatures of all chain-of-trust.json files (switched off): anybody who can answer "
        "for the queue could have written them");
  }
}

Verification::~Verification() {
  fetching.Cancel(absl::CancelledError("the verification has ended"));
  evidence.AwaitArtifacts();
  scriptworker::RemoveTree(scriptworker::JoinPath(request.work_dir, ".quarantine")).IgnoreError();
}

bool Verification::stopped() const {
  return !verdict.failure.ok() || cancellation.cancelled() ||
         (!chain.has_value() && !verdict.steps.empty());
}

void Verification::Run(Step step, absl::FunctionRef<int(Verification&)> check) {
  if (stopped()) return;
  const bool faultless = verdict.findings.empty() && verdict.unavailable.empty();
  const size_t listed_before = verdict.findings.size();
  const int64_t before = FindingCount();
  const absl::Duration start = sources.clock.Monotonic();
  const int checks = check(*this);
  if (checks == 0 && faultless && verdict.findings.empty() && verdict.unavailable.empty() &&
      verdict.failure.ok() && !cancellation.cancelled() && !HasNoFiles(step, chain)) {
    Add(Finding{.violation = Violation::kEmptyChain,
                .step = step,
                .message = absl::StrCat("There was nothing to ", StepTitle(step), "!"),
                .expected = "at least one check",
                .found = "none"});
  }
  verdict.steps.push_back({.step = step,
                           .checks = checks,
                           .violations = static_cast<int>(FindingCount() - before),
                           .duration = sources.clock.Monotonic() - start});
  if (verdict.findings.size() == listed_before) return;
  logger.Critical(absl::StrJoin(
      verdict.findings.begin() + static_cast<std::ptrdiff_t>(listed_before), verdict.findings.end(),
      "\n",
      [](std::string* out, const Finding& finding) { absl::StrAppend(out, finding.message); }));
}

void Verification::Add(const absl::Status& error) {
  if (std::optional<Finding> finding = GetFinding(error)) {
    Add(*std::move(finding));
    return;
  }
  const absl::Status meaning = EvidenceError(error, cancellation);
  if (absl::IsUnavailable(meaning) && !cancellation.cancelled()) {
    logger.Error(meaning.message());
    verdict.unavailable.emplace_back(meaning.message());
  } else if (verdict.failure.ok()) {
    verdict.failure = meaning;
  }
}

void Verification::Add(std::vector<Finding> findings) {
  for (Finding& finding : findings) Add(std::move(finding));
}

void Verification::Add(Finding finding) {
  if (verdict.findings.size() < kMaxFindings) {
    if (const auto task_id = TaskId::Parse(finding.task_id);
        finding.source.empty() && task_id.ok()) {
      finding.source = DefinitionPlace(sources.queue, *task_id);
    }
    verdict.findings.push_back(std::move(finding));
  } else {
    ++verdict.findings_left_out;
  }
}

int64_t Verification::FindingCount() const {
  return static_cast<int64_t>(verdict.findings.size()) + verdict.findings_left_out;
}

bool Verification::HasFault(const TaskId& task_id) const {
  return !verdict.unavailable.empty() || !verdict.failure.ok() || verdict.findings_left_out > 0 ||
         std::any_of(verdict.findings.begin(), verdict.findings.end(),
                     [&](const Finding& finding) { return finding.task_id == task_id.str(); });
}

Verdict Verification::Finish() {
  Add(std::move(source_findings));  // if a fault of this machine has kept step 7 from running
  if (cancellation.cancelled()) verdict.failure = cancellation.reason();
  if (!verdict.findings.empty() && !cancellation.cancelled()) {
    // Also where this machine had a fault then: a violation will not go away.
    verdict.outcome = Verdict::Outcome::kRefused;
  } else if (!verdict.failure.ok()) {
    verdict.outcome = Verdict::Outcome::kFailed;
  } else if (!verdict.unavailable.empty()) {
    verdict.outcome = Verdict::Outcome::kEvidenceUnavailable;
  } else {
    verdict.outcome = Verdict::Outcome::kVerified;
    logger.Info("Good.");
    return std::move(verdict);
  }
  logger.Critical(
      absl::StrCat("Chain of Trust verification error!\n", ToStatus(verdict).message()));
  return std::move(verdict);
}

const VerifiedArtifact* Verification::ControlFile(const TaskId& task_id,
                                                  std::string_view name) const {
  const auto found = control_files.find({task_id, std::string(name)});
  return found == control_files.end() ? nullptr : &found->second;
}

const CotBody* Verification::TrustedBody(const TaskId& task_id) const {
  const auto found = cots.find(task_id);
  return found == cots.end() ? nullptr : &found->second->body();
}

// The run that the queue's answers are of: of the target what the caller knows, else what
// came with the file, else the latest.
absl::StatusOr<std::optional<int64_t>> Verification::ExpectedRun(const Link& link,
                                                                 const CotFiles& files) const {
  if (link.task_id() == request.task_id && request.target_run_id.has_value()) {
    return request.target_run_id;
  }
  if (files.run_id.has_value()) return files.run_id;
  const absl::StatusOr<scriptworker::taskcluster::TaskStatus> status =
      sources.queue.Status(link.task_id(), fetching.token());
  if (absl::IsNotFound(status.status())) return std::nullopt;
  if (!status.ok()) return EvidenceError(status.status(), fetching.token());
  if (status->runs.empty()) return std::nullopt;
  return status->runs.back().run_id;
}

absl::Status Verification::CheckRun(const Link& link, const CotFiles& files, const CotBody& body) {
  SW_ASSIGN_OR_RETURN(const std::optional<int64_t> expected, ExpectedRun(link, files));
  if (!expected.has_value()) {
    absl::MutexLock lock(&mutex_);
    of_unknown_run_.insert(link.task_id());
    return absl::OkStatus();
  }
  if (body.run_id == *expected) return absl::OkStatus();
  return ToStatus({.violation = Violation::kCotRunIdMismatch,
                   .step = Step::kSignatures,
                   .link_name = link.name(),
                   .task_id = link.task_id().str(),
                   .message = absl::StrCat(link.Label(), ": Chain of Trust artifact is about run ",
                                           body.run_id, ", the queue's is of run ", *expected, "!"),
                   .expected = absl::StrCat("run ", *expected),
                   .found = absl::StrCat("run ", body.run_id)});
}

bool Verification::IsOfUnknownRun(const Link& link) const {
  absl::MutexLock lock(&mutex_);
  return of_unknown_run_.contains(link.task_id());
}

absl::StatusOr<TrustedCotBody> Verification::Judge(const Link& link, const CotFiles& files) {
  absl::StatusOr<TrustedCotBody> trusted = JudgeFiles(link, files);
  const absl::Status status =
      trusted.ok() ? CheckRun(link, files, trusted->body()) : trusted.status();
  if (!status.ok()) {
    return WithSource(status, ArtifactPlace(sources.queue, link.task_id(), kCotBodyName));
  }
  SW_RETURN_IF_ERROR(Write(link, kCotBodyName, *files.body));
  return trusted;
}

absl::StatusOr<TrustedCotBody> Verification::JudgeFiles(const Link& link,
                                                        const CotFiles& files) const {
  if (!files.body.ok()) return files.body.status();
  if (!request.verify_signatures) {
    return TrustWithoutSignature(link, *files.body, schema, SkipSignatureCheck());
  }
  if (!files.signature.ok()) return files.signature.status();
  const auto keys = policy.public_keys.find(ToString(link.worker_impl()));
  return VerifyCot(
      link, *files.body, *files.signature,
      keys == policy.public_keys.end() ? std::vector<Ed25519PublicKey>() : keys->second, schema);
}

absl::Status Verification::Write(const Link& link, std::string_view name,
                                 std::string_view bytes) const {
  const absl::Status status = scriptworker::WriteFileBeneath(
      request.work_dir, scriptworker::JoinPath("cot", link.task_id().str(), name), bytes);
  return status.ok() ? status : absl::InternalError(status.message());
}

bool Verification::IsBareTarget(const Link& link) const {
  return link.task_id() == chain->target().task_id() && chain->Find(link.task_id()) == nullptr;
}

}  // namespace cot
