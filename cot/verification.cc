// SPDX-License-Identifier: MPL-2.0
#include "cot/verification.h"

#include "absl/status/status.h"
#include "cot/chain/upstream_artifacts.h"
#include "cot/evidence/work_layout.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/retry.h"

namespace cot {

using scriptworker::CancellationToken;
using scriptworker::Logger;
using scriptworker::taskcluster::PatientTaskReader;
using scriptworker::taskcluster::TaskId;

namespace {

// A decision task that is not to be checked as a link, because it still runs, may rest on
// nothing else: then there are no files to judge. BuildTheChain says that they are not checked.
bool HasNoFiles(Step step, const std::optional<Chain>& chain) {
  return (step == Step::kSignatures || step == Step::kArtifacts) && chain.has_value() &&
         chain->upstream().empty() && chain->target().type() == TaskType::kDecision;
}

Verdict StartOf(const VerifyRequest& request, const Product& product) {
  Verdict verdict{
      .task_id = request.task_id.str(), .task_type = request.name, .product = product.name};
  if (!request.verify_signatures) {
    verdict.not_checked.push_back(
        "the signatures of all chain-of-trust.json files (switched off): anybody who can answer "
        "for the queue could have written them");
  }
  return verdict;
}

}  // namespace

Verification::Verification(const VerifyRequest& the_request, const Policy& the_policy,
                           const Product& the_product, scriptworker::json::Schema schema,
                           const EvidenceSources& the_sources, Logger& the_logger,
                           const CancellationToken& the_cancellation)
    : request(the_request),
      policy(the_policy),
      product(the_product),
      sources(the_sources),
      logger(the_logger),
      cancellation(the_cancellation),
      verdict(StartOf(request, product), sources.queue, sources.clock, logger, cancellation),
      definitions(sources.queue, request.retry.value_or(PatientTaskReader::DefaultPolicy()),
                  sources.clock),
      downloader(sources.transport, sources.clock),
      source_facts(policy, sources.transport, sources.clock, logger, sources.github_token,
                   request.retry.value_or(scriptworker::ReferenceRetryPolicy())),
      fetching(cancellation),
      judge({.target = request.task_id,
             .target_run_id = request.target_run_id,
             .verify_signatures = request.verify_signatures,
             .work_dir = request.work_dir},
            policy, std::move(schema), sources.queue, fetching.token()),
      artifacts(policy, sources.queue, downloader, logger,
                {.work_dir = request.work_dir, .retry = request.retry}),
      queue_reads(request.max_parallel_reads),
      evidence(
          {.max_downloads = request.max_concurrent_downloads,
           .with_signatures = request.verify_signatures,
           // A malformed list is a finding of step 1.
           .upstream =
               ParseUpstreamArtifacts(request.task).value_or(std::vector<UpstreamArtifacts>()),
           .on_artifact = request.on_artifact},
          [this](const Link& link, const CotFiles& files) { return judge.Judge(link, files); },
          artifacts, sources.queue, queue_reads, fetching.token()),
      questions(policy, product, source_facts, logger, request.max_parallel_reads,
                fetching.token()) {}

Verification::~Verification() {
  fetching.Cancel(absl::CancelledError("the verification has ended"));
  evidence.AwaitArtifacts();
  scriptworker::RemoveTree(scriptworker::JoinPath(request.work_dir, kQuarantineFolder))
      .IgnoreError();
}

bool Verification::stopped(Step next) const {
  return verdict.failed() || cancellation.cancelled() ||
         (!chain.has_value() && next != Step::kBuildChain);
}

void Verification::Run(Step step, absl::FunctionRef<int(Verification&)> check) {
  if (stopped(step)) return;
  verdict.RunStep(
      step, [&] { return check(*this); },
      [&] {
        return HasNoFiles(step, chain) ? VerdictBuilder::Emptiness::kIsFine
                                       : VerdictBuilder::Emptiness::kIsAViolation;
      });
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

bool Verification::IsBareTarget(const Link& link) const {
  return link.task_id() == chain->target().task_id() && chain->Find(link.task_id()) == nullptr;
}

}  // namespace cot
