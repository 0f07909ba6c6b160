// SPDX-License-Identifier: MPL-2.0
#include "cot/verification_steps.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/chain_builder.h"
#include "cot/docker_image.h"
#include "cot/task_graph.h"
#include "cot/task_origin.h"
#include "cot/task_type_checks.h"
#include "cot/trusted_repo.h"
#include "cot/worker_checks.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/parallel.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"

namespace cot {
namespace {

using scriptworker::crypto::Ed25519PublicKey;
using scriptworker::taskcluster::TaskId;

// Writes a file that belongs to a link into the work folder.
void Write(Verification& v, const Link& link, std::string_view name, std::string_view bytes) {
  const std::string path = v.artifacts.PathOf(link.task_id(), name);
  absl::Status status = scriptworker::MakeDirs(std::string(scriptworker::Dirname(path)));
  if (status.ok()) status = scriptworker::WriteFile(path, bytes);
  if (!status.ok()) v.Add(absl::InternalError(status.message()));
}

LinkVerdict Describe(const Link& link, bool is_target) {
  return {.name = link.name(),
          .task_id = link.task_id().str(),
          .task_type = std::string(ToString(link.type())),
          .worker_impl = std::string(ToString(link.worker_impl())),
          .worker_pool = link.worker_pool_id(),
          .is_target = is_target};
}

absl::StatusOr<TrustedCotBody> Trust(Verification& v, const CotFiles& files) {
  if (!files.body.ok()) return files.body.status();
  if (!v.request.verify_signatures) {
    return TrustWithoutSignature(*files.link, *files.body, v.schema, SkipSignatureCheck());
  }
  if (!files.signature.ok()) return files.signature.status();
  const auto keys = v.policy.public_keys.find(ToString(files.link->worker_impl()));
  return VerifyCot(
      *files.link, *files.body, *files.signature,
      keys == v.policy.public_keys.end() ? std::vector<Ed25519PublicKey>() : keys->second,
      v.schema);
}

// `parent` made what the chain says that it made. Runs beside others of its kind.
absl::Status CheckChildren(Verification& v, const Link& parent, std::vector<Finding>& findings) {
  const VerifiedArtifact* graph = v.ControlFile(parent.task_id(), kTaskGraphName);
  if (graph == nullptr) return absl::OkStatus();
  const std::vector<const Link*> children = ChildrenOf(parent, *v.chain);
  SW_ASSIGN_OR_RETURN(const scriptworker::json::Object entries,
                      ReadTaskGraph(graph->fd(), parent, children));
  for (const Link* child : children) {
    CheckAgainstGraph(*child, parent, entries, v.chain->target().decision_task_id(), v.logger,
                      findings);
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

// A finding, or nothing: whether the task is of a try push or a pull request.
absl::Status CheckOrigin(Verification& v, const Link& link) {
  const Product& product = v.product;
  if (!IsGithubTask(link.task())) {
    return IsTry(link.task(), product.source_env_prefix) ? ToStatus(TryOrPullRequest(link))
                                                         : absl::OkStatus();
  }
  const absl::StatusOr<PullRequestSigns> signs =
      FindPullRequestSigns(link.task(), product.source_env_prefix, product.official_github_owner);
  if (!signs.ok()) {
    std::optional<Finding> finding = GetFinding(signs.status());
    if (!finding.has_value()) return signs.status();
    finding->link_name = link.name();
    finding->task_id = link.task_id().str();
    return ToStatus(*finding);
  }
  if (signs->is_pull_request) return ToStatus(TryOrPullRequest(link));
  if (RequiresSecret(product.trusted_vcs_rules)) {
    v.logger.Info(
        "has_commit_landed_on_repository() not implemented for private repositories, assume True");
    return absl::OkStatus();
  }
  for (const LandedQuestion& question : signs->must_have_landed) {
    SW_ASSIGN_OR_RETURN(const bool landed,
                        v.source_facts.HasLanded(link, question, v.cancellation));
    if (!landed) return ToStatus(TryOrPullRequest(link));
  }
  return absl::OkStatus();
}

}  // namespace

int BuildTheChain(Verification& v) {
  std::vector<Finding> findings;
  absl::StatusOr<Chain> chain = BuildChain({.task_id = v.request.task_id,
                                            .name = v.request.name,
                                            .check_target = v.request.check_target,
                                            .max_chain_length = v.request.max_chain_length,
                                            .max_links = v.request.max_links,
                                            .max_parallel_reads = v.request.max_parallel_reads},
                                           v.request.task, v.policy.scriptworker_provisioners,
                                           v.sources.queue, v.logger, v.cancellation, findings);
  v.Add(std::move(findings));
  if (!chain.ok()) {
    v.Add(chain.status());
    return 1;
  }
  v.chain = *std::move(chain);
  v.privileged = PrivilegedScopes(v.chain->target(), v.product, v.logger, v.privileged_findings);
  for (const Link* link : v.chain->AllLinks()) {
    v.verdict.links.push_back(Describe(*link, link->task_id() == v.chain->target().task_id()));
  }
  for (const Link& link : v.chain->upstream()) {
    Write(v, link, "task.json", scriptworker::json::Format(link.task().raw()));
  }
  return static_cast<int>(v.chain->upstream().size());
}

int CheckCotFiles(Verification& v) {
  const std::vector<CotFiles> files =
      FetchCotFiles(*v.chain, v.request.verify_signatures, v.artifacts, v.limits(), v.cancellation);
  for (const CotFiles& file : files) {
    absl::StatusOr<TrustedCotBody> trusted = Trust(v, file);
    if (!trusted.ok()) {
      v.Add(trusted.status());
      continue;
    }
    Write(v, *file.link, kCotBodyName, *file.body);
    for (LinkVerdict& link : v.verdict.links) {
      if (link.task_id != file.link->task_id().str()) continue;
      link.cot_trusted = true;
      link.key = trusted->key();
    }
    v.cots.emplace(file.link->task_id(), *std::move(trusted));
  }
  return static_cast<int>(files.size());
}

int CheckArtifacts(Verification& v) {
  std::vector<Finding> findings;
  std::vector<absl::Status> errors;
  const std::vector<PlannedArtifact> plan = PlanArtifacts(
      *v.chain, v.cots, v.sources.queue, v.limits(), v.cancellation, findings, errors);
  v.Add(std::move(findings));
  for (const absl::Status& error : errors) v.Add(error);
  std::vector<absl::StatusOr<VerifiedArtifact>> fetched =
      FetchArtifacts(plan, v.cots, v.artifacts, v.limits(), v.cancellation);
  std::vector<std::string> absent;
  for (size_t i = 0; i < plan.size(); ++i) {
    const PlannedArtifact& planned = plan[i];
    const TaskId& task_id = planned.link->task_id();
    if (fetched[i].ok()) {
      v.verdict.artifacts.push_back({.task_id = task_id.str(),
                                     .name = planned.name,
                                     .path = fetched[i]->path(),
                                     .hashes = fetched[i]->hashes(),
                                     .size = fetched[i]->size()});
      if (planned.keep_open == KeepOpen::kYes) {
        v.control_files.emplace(std::pair(task_id, planned.name), *std::move(fetched[i]));
      }
      continue;
    }
    if (!planned.optional || v.cancellation.cancelled() || absl::IsInternal(fetched[i].status())) {
      v.Add(fetched[i].status());
      continue;
    }
    const std::optional<Finding> finding = GetFinding(fetched[i].status());
    v.logger.Warning(absl::StrCat("Async task failed with error: ", fetched[i].status().message()));
    v.verdict.absent.push_back(
        {.task_id = task_id.str(),
         .name = planned.name,
         .reason = std::string(fetched[i].status().message()),
         .violation = finding.has_value() ? std::string(ViolationName(finding->violation)) : ""});
    absent.push_back(absl::StrCat("'", v.artifacts.PathOf(task_id, planned.name), "'"));
  }
  if (!absent.empty()) {
    v.logger.Warning(absl::StrCat("Could not download ", absent.size(), " artifacts: [",
                                  absl::StrJoin(absent, ", "), "]"));
  }
  return static_cast<int>(plan.size());
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
  if (v.verdict.findings.empty() || v.verdict.findings.front().step != Step::kBuildChain) {
    CheckEveryTaskHasAGraph(*v.chain, findings);
  }
  // One after the other for the log; graphs are read beside each other.
  std::vector<std::vector<Finding>> found(parents.size());
  const std::vector<absl::Status> read = scriptworker::ParallelStatus(
      static_cast<int>(parents.size()), v.request.max_parallel_reads, [&](int i) {
        return CheckChildren(v, *parents[static_cast<size_t>(i)], found[static_cast<size_t>(i)]);
      });
  v.Add(std::move(findings));
  for (size_t i = 0; i < parents.size(); ++i) {
    if (!read[i].ok()) v.Add(read[i]);
    v.Add(std::move(found[i]));
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
    ++checks;
    if (link->worker_impl() != WorkerImpl::kDockerWorker || v.IsBareTarget(*link)) continue;
    if (const std::optional<DockerImageFacts> facts = ImageFacts(v, *link)) {
      CheckDockerImage(*link, v.product, *facts, findings);
    }
  }
  v.Add(std::move(findings));
  return checks;
}

int CheckSourceTree(Verification& v) {
  std::vector<Finding> findings = v.privileged_findings;
  const SourceTrace trace = TraceSources(*v.chain, v.product, findings);
  CheckTrees(trace, v.product, v.privileged, findings);
  v.Add(std::move(findings));
  if (!v.privileged.empty()) {
    const std::vector<const Link*> links = v.chain->AllLinks();
    const std::vector<absl::Status> origins = scriptworker::ParallelStatus(
        static_cast<int>(links.size()), v.request.max_parallel_reads,
        [&](int i) { return CheckOrigin(v, *links[static_cast<size_t>(i)]); });
    for (const absl::Status& origin : origins) {
      if (!origin.ok()) v.Add(origin);
    }
  }
  return static_cast<int>(trace.links.size());
}

}  // namespace cot
