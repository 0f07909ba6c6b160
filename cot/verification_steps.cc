// SPDX-License-Identifier: MPL-2.0
#include "cot/verification_steps.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "cot/chain/chain_builder.h"
#include "cot/docker_image.h"
#include "cot/evidence/control_files.h"
#include "cot/evidence/queue_places.h"
#include "cot/evidence/upstream_file.h"
#include "cot/evidence/work_layout.h"
#include "cot/parent/task_graph.h"
#include "cot/task_type_checks.h"
#include "cot/worker_checks.h"
#include "scriptworker/base/parallel.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/readable_format.h"

namespace cot {
namespace {

using scriptworker::taskcluster::TaskId;

LinkVerdict Describe(const Link& link, bool is_target) {
  return {.name = link.name(),
          .task_id = link.task_id().str(),
          .task_type = std::string(ToString(link.type())),
          .worker_impl = std::string(ToString(link.worker_impl())),
          .worker_pool = link.worker_pool_id(),
          .is_target = is_target};
}

// The target of a chain that could not be built: the verdict has it all the same.
LinkVerdict DescribeTarget(const Verification& v) {
  const scriptworker::taskcluster::TaskDefinition& task = v.request.task;
  const absl::StatusOr<Link> target =
      Link::Create(v.request.name, v.request.task_id, task, Link::Role::kTarget,
                   v.policy.scriptworker_provisioners);
  if (target.ok()) return Describe(*target, true);
  return {.name = v.request.name,
          .task_id = v.request.task_id.str(),
          .task_type = "unknown",
          .worker_impl = "unknown",
          .worker_pool = absl::StrCat(task.provisioner_id(), "/", task.worker_type()),
          .is_target = true};
}

// Takes an artifact, or why it is none, into the verdict; `absent` gets the path of an
// optional one that was not to be had.
void AcceptArtifact(Verification& v, const Link& link, const PlannedArtifact& planned,
                    absl::StatusOr<VerifiedArtifact> artifact, std::vector<std::string>& absent) {
  const std::string& task_id = link.task_id().str();
  if (artifact.ok()) {
    v.verdict.AddArtifact({.task_id = task_id,
                           .name = planned.name,
                           .path = artifact->path(),
                           .hashes = artifact->hashes(),
                           .size = artifact->size()});
    if (planned.keep_open == KeepOpen::kYes) {
      v.control_files.emplace(std::pair(link.task_id(), planned.name), *std::move(artifact));
    }
    return;
  }
  const absl::Status& error = artifact.status();
  if (!planned.optional || v.cancellation.cancelled() || absl::IsInternal(error)) {
    v.verdict.Add(error);
    return;
  }
  const std::optional<Finding> finding = GetFinding(error);
  v.logger.Warning(absl::StrCat("Async task failed with error: ", error.message()));
  v.verdict.AddAbsent(
      {.task_id = task_id,
       .name = planned.name,
       .reason = std::string(error.message()),
       .violation = finding.has_value() ? std::string(ViolationName(finding->violation)) : ""});
  absent.push_back(absl::StrCat("'", v.artifacts.PathOf(link.task_id(), planned.name), "'"));
}

// `parent` made what the chain says that it made. Runs beside others of its kind.
absl::Status CheckChildren(Verification& v, const Link& parent, std::vector<Finding>& findings) {
  const VerifiedArtifact* graph = v.ControlFile(parent.task_id(), kTaskGraphName);
  if (graph == nullptr && v.verdict.HasFault(parent.task_id())) return absl::OkStatus();
  if (graph == nullptr) {
    return absl::InternalError(absl::StrCat(parent.Label(), ": its task graph was not fetched"));
  }
  const std::vector<const Link*> children = ChildrenOf(parent, *v.chain);
  const std::string place = ArtifactPlace(v.sources.queue, parent.task_id(), kTaskGraphName);
  const absl::StatusOr<scriptworker::json::Object> entries =
      ReadTaskGraph(graph->fd(), parent, children);
  if (!entries.ok()) return WithSource(entries.status(), place);
  for (const Link* child : children) {
    CheckAgainstGraph(*child, parent, *entries, v.chain->target().decision_task_id(), v.logger,
                      findings);
  }
  for (Finding& finding : findings) {
    if (finding.violation != Violation::kMalformedTask) finding.source = place;
  }
  return absl::OkStatus();
}

// What CheckDockerImage needs; nullopt if a body that did not pass step 2 keeps it
// from being judged.
std::optional<DockerImageFacts> ImageFacts(const Verification& v, const Link& link) {
  DockerImageFacts facts{.own_cot = v.TrustedBody(link.task_id()),
                         .privileged_chain = !v.privileged.empty()};
  if (facts.own_cot == nullptr) return std::nullopt;
  const scriptworker::json::Value* image = link.task().payload().Find("image");
  const scriptworker::json::Value* id = image == nullptr ? nullptr : image->Find("taskId");
  if (id == nullptr || !id->is_string()) return facts;
  const absl::StatusOr<TaskId> image_task = TaskId::Parse(id->string_value());
  if (!image_task.ok()) return facts;
  facts.image_cot = v.TrustedBody(*image_task);
  if (facts.image_cot == nullptr && v.chain->Find(*image_task) != nullptr) return std::nullopt;
  return facts;
}

}  // namespace

int BuildTheChain(Verification& v) {
  std::vector<Finding> findings;
  absl::Mutex mutex;
  absl::Status written;
  absl::StatusOr<Chain> chain = BuildChain(
      {.task_id = v.request.task_id,
       .name = v.request.name,
       .check_target = v.request.check_target,
       .max_chain_length = v.request.max_chain_length,
       .max_links = v.request.max_links,
       .on_link_id = [&](const LinkId& id) { v.evidence.Start(id); },
       .on_link =
           [&](const Link& link) {
             // Before its artifacts: one of them may have the same name, and if
             // the script wants that, it is what lies there in the end.
             const absl::Status status =
                 WriteUpstreamFile(v.request.work_dir, link.task_id(), kTaskFileName,
                                   scriptworker::json::FormatReadably(link.task().raw()));
             v.evidence.Define(link);
             if (v.request.on_link != nullptr) v.request.on_link();
             absl::MutexLock lock(&mutex);
             written.Update(status);
           }},
      v.request.task, v.policy.scriptworker_provisioners, v.definitions, v.queue_reads, v.logger,
      v.cancellation, findings);
  v.verdict.Add(std::move(findings));
  if (!chain.ok()) {
    v.verdict.Add(chain.status());
    v.verdict.AddLinks({DescribeTarget(v)});
    return 1;
  }
  if (!written.ok()) v.verdict.Add(written);
  v.chain = *std::move(chain);
  std::vector<Finding> ambiguous;
  v.privileged = PrivilegedScopes(v.chain->target(), v.product, v.logger, ambiguous);
  for (Finding& finding : ambiguous) v.verdict.LeaveToSourceTree(std::move(finding));
  std::vector<LinkVerdict> links;
  for (const Link* link : v.chain->AllLinks()) {
    links.push_back(Describe(*link, link->task_id() == v.chain->target().task_id()));
  }
  v.verdict.AddLinks(std::move(links));
  v.questions.Start(*v.chain, /*ask_origins=*/!v.privileged.empty());
  const Link& target = v.chain->target();
  if (IsDecisionOrAction(target.type()) && v.IsBareTarget(target)) {
    v.verdict.AddNotChecked(absl::StrCat(
        target.Label(), ": its docker image, and what it leaves behind, such as ", kTaskGraphName));
  }
  // At least its target, which was found to rest on nothing else.
  return std::max(1, static_cast<int>(v.chain->upstream().size()));
}

int CheckCotFiles(Verification& v) {
  v.evidence.AwaitCots();
  for (const Link& link : v.chain->upstream()) {
    const LinkEvidence& evidence = v.evidence.Of(link);
    if (!evidence.cot.ok()) {
      v.verdict.Add(evidence.cot.status());
      if (evidence.signature_missing.has_value())
        v.verdict.Add(ToStatus(*evidence.signature_missing));
      continue;
    }
    v.verdict.MarkTrusted(link.task_id(), evidence.cot->key());
    v.cots.emplace(link.task_id(), &*evidence.cot);
    if (!v.judge.IsOfUnknownRun(link)) continue;
    std::string unknown = absl::StrCat(link.Label(), ": which run its ", kCotBodyName,
                                       " is of (the queue does not tell)");
    v.logger.Warning(absl::StrCat("Not checked: ", unknown));
    v.verdict.AddNotChecked(std::move(unknown));
  }
  return static_cast<int>(v.chain->upstream().size());
}

int CheckArtifacts(Verification& v) {
  v.evidence.AwaitArtifacts();
  int checks = 0;
  std::vector<std::string> absent;
  for (const Link& link : v.chain->upstream()) {
    LinkEvidence& evidence = v.evidence.Of(link);
    if (!evidence.cot.ok()) continue;
    if (!evidence.listed.ok()) v.verdict.Add(evidence.listed);
    v.verdict.Add(std::move(evidence.findings));
    for (size_t i = 0; i < evidence.plan.size(); ++i, ++checks) {
      AcceptArtifact(v, link, evidence.plan[i], std::move(evidence.artifacts[i]), absent);
    }
  }
  if (!absent.empty()) {
    v.logger.Warning(absl::StrCat("Could not download ", absent.size(), " artifacts: [",
                                  absl::StrJoin(absent, ", "), "]"));
  }
  return checks;
}

int CheckTaskTypes(Verification& v) {
  int checks = 0;
  std::vector<Finding> findings;
  std::vector<const Link*> parents;
  for (const Link* link : v.chain->AllLinks()) {
    v.logger.Info(
        absl::StrCat("Verifying ", link->Label(), " as a ", ToString(link->type()), " task..."));
    CheckTaskType(*link, v.product, findings);
    if (IsDecisionOrAction(link->type()) && !v.IsBareTarget(*link)) parents.push_back(link);
    ++checks;
  }
  // A task that step 1 left out would make this say so of all that it made.
  if (v.verdict.findings().empty() || v.verdict.findings().front().step != Step::kBuildChain) {
    CheckEveryTaskHasAGraph(*v.chain, findings);
  }
  // One after the other for the log; graphs are read beside each other.
  std::vector<std::vector<Finding>> found(parents.size());
  const std::vector<absl::Status> read = scriptworker::ParallelStatus(
      static_cast<int>(parents.size()), v.request.max_parallel_reads, [&](int i) {
        return CheckChildren(v, *parents[static_cast<size_t>(i)], found[static_cast<size_t>(i)]);
      });
  v.verdict.Add(std::move(findings));
  for (size_t i = 0; i < parents.size(); ++i) {
    if (!read[i].ok()) v.verdict.Add(read[i]);
    v.verdict.Add(std::move(found[i]));
  }
  return checks;
}

int CheckWorkerImplementations(Verification& v) {
  int checks = 0;
  std::vector<Finding> findings;
  for (const Link* link : v.chain->AllLinks()) {
    v.logger.Info(absl::StrCat("Verifying ", link->Label(), " as a ", ToString(link->worker_impl()),
                               " task..."));
    CheckNotInteractive(*link, findings);
    CheckEnvironment(*link, v.product.source_env_prefix, findings);
    ++checks;
    if (link->worker_impl() != WorkerImpl::kDockerWorker || v.IsBareTarget(*link)) continue;
    if (const std::optional<DockerImageFacts> facts = ImageFacts(v, *link)) {
      CheckDockerImage(*link, v.product, *facts, findings);
    }
  }
  v.verdict.Add(std::move(findings));
  return checks;
}

int CheckSourceTree(Verification& v) {
  std::vector<Finding> findings;
  const SourceTrace trace = TraceSources(*v.chain, v.product, findings);
  CheckTrees(trace, v.product, v.privileged, findings);
  std::set<Defect> known;
  for (const Finding& finding : findings) known.insert(DefectOf(finding));
  for (Finding& earlier : v.verdict.TakeLeftToSourceTree()) {
    if (known.insert(DefectOf(earlier)).second) findings.push_back(std::move(earlier));
  }
  v.verdict.Add(std::move(findings));
  for (const absl::Status& origin : v.questions.AwaitOrigins()) {
    if (!origin.ok()) v.verdict.Add(origin);
  }
  for (const Link* link : v.questions.assumed_to_have_landed()) {
    v.verdict.AddNotChecked(
        absl::StrCat(link->Label(),
                     ": whether its commit has landed on a branch of its private repository (a "
                     "rule with require_secret)"));
  }
  return static_cast<int>(trace.links.size());
}

}  // namespace cot
