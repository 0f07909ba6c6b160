// SPDX-License-Identifier: MPL-2.0

#include "tools/quickstart/outcome.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "tools/quickstart/plan.h"

namespace scriptworker::tools {
namespace {

using taskcluster::RunId;
using taskcluster::TaskId;

constexpr std::string_view kLog = "public/logs/live_backing.log";
constexpr std::string_view kCot = "public/chain-of-trust.json";
constexpr std::string_view kSignature = "public/chain-of-trust.json.sig";

absl::StatusOr<std::string> Download(const Observer& observer, const TaskId& id, RunId run,
                                     const std::string& name) {
  http::Request request;
  SW_ASSIGN_OR_RETURN(request.url, observer.queue.RunArtifactUrl(id, run, name));
  request.redirects = http::Request::Redirects::kFollow;
  SW_ASSIGN_OR_RETURN(http::Response response, observer.transport.Send(request));
  if (!response.ok()) {
    return absl::UnavailableError(absl::StrCat(name, ": status ", response.status));
  }
  return std::move(response.body);
}

absl::Status Keep(const std::string& folder, const SeenArtifact& artifact) {
  SW_ASSIGN_OR_RETURN(const taskcluster::ArtifactName name,
                      taskcluster::ArtifactName::Parse(artifact.name));
  const std::string path = JoinPath(folder, name.path());
  SW_RETURN_IF_ERROR(MakeDirs(std::string(Dirname(path))));
  return WriteFile(path, artifact.content);
}

const SeenArtifact* Find(const RunOutcome& run, std::string_view name) {
  for (const SeenArtifact& artifact : run.artifacts) {
    if (artifact.name == name) return &artifact;
  }
  return nullptr;
}

// The signature, what it signs, and that it is about this run's artifacts.
absl::Status CheckChainOfTrust(const RunOutcome& run, const TaskId& id, RunId run_id,
                               const crypto::Ed25519PublicKey& public_key) {
  const SeenArtifact* body = Find(run, kCot);
  const SeenArtifact* signature = Find(run, kSignature);
  if (body == nullptr || signature == nullptr) {
    return absl::NotFoundError("there is no signed chain of trust");
  }
  SW_RETURN_IF_ERROR(public_key.Verify(signature->content, body->content));
  SW_ASSIGN_OR_RETURN(const json::Value parsed, json::Parse(body->content, {.source = kCot}));
  const json::Reader reader(parsed, kCot);
  SW_ASSIGN_OR_RETURN(const std::string signed_id, reader.String("taskId"));
  SW_ASSIGN_OR_RETURN(const int64_t signed_run, reader.Int("runId"));
  if (signed_id != id.str() || signed_run != run_id) {
    return absl::DataLossError(
        absl::StrCat("the chain of trust is of another run: ", signed_id, "/", signed_run));
  }
  SW_ASSIGN_OR_RETURN(const json::Reader artifacts, reader.Field("artifacts"));
  SW_ASSIGN_OR_RETURN(const auto members, artifacts.Members());
  for (const auto& [name, hashes] : members) {
    SW_ASSIGN_OR_RETURN(const std::string hash, hashes.String("sha256"));
    const SeenArtifact* seen = Find(run, name);
    if (seen == nullptr || seen->sha256 != hash) {
      return absl::DataLossError(absl::StrCat(name, " is not what was signed"));
    }
  }
  for (const SeenArtifact& seen : run.artifacts) {
    if (seen.name == kCot || seen.name == kSignature) continue;
    if (artifacts.value().Find(seen.name) == nullptr) {
      return absl::DataLossError(absl::StrCat(seen.name, " is not in the chain of trust"));
    }
  }
  return absl::OkStatus();
}

RunOutcome ObserveRun(const taskcluster::RunStatus& status, const PlannedTask& planned,
                      const TaskId& id, const Observer& observer,
                      std::vector<std::string>& problems) {
  RunOutcome run;
  run.resolution = status.reason_resolved;
  if (status.started.has_value() && status.resolved.has_value()) {
    run.duration = *status.resolved - *status.started;
  }
  for (const auto& stored : observer.fake.Artifacts(id, status.run_id)) {
    SeenArtifact artifact;
    artifact.name = stored.name;
    absl::StatusOr<std::string> content = Download(observer, id, status.run_id, stored.name);
    if (!content.ok()) {
      problems.push_back(std::string(content.status().message()));
      continue;
    }
    artifact.content = *std::move(content);
    artifact.size = static_cast<int64_t>(artifact.content.size());
    artifact.sha256 = crypto::HexEncode(crypto::Sha256(artifact.content));
    const absl::Status kept = Keep(
        JoinPath(observer.folder, planned.name, absl::StrCat("run-", status.run_id)), artifact);
    if (!kept.ok()) problems.push_back(std::string(kept.message()));
    run.artifacts.push_back(std::move(artifact));
  }
  return run;
}

void CompareRun(const PlannedTask& planned, size_t index, const TaskId& id,
                const Observer& observer, RunOutcome& run, std::vector<std::string>& problems) {
  const PlannedRun& expected = planned.runs[index];
  const auto complain = [&](const auto&... words) {
    problems.push_back(absl::StrCat("run ", index, ": ", words...));
  };
  if (run.resolution != expected.resolution) {
    complain("resolved as ", run.resolution.empty() ? "nothing" : run.resolution, ", not as ",
             expected.resolution);
  }
  std::vector<std::string> wanted = expected.artifacts;
  wanted.emplace_back(kLog);
  if (expected.has_chain_of_trust) {
    wanted.emplace_back(kCot);
    wanted.emplace_back(kSignature);
    const absl::Status good =
        CheckChainOfTrust(run, id, static_cast<RunId>(index), observer.public_key);
    run.signature_good = good.ok();
    if (!good.ok()) complain(good.message());
  }
  absl::c_sort(wanted);
  std::vector<std::string> names;
  for (const SeenArtifact& artifact : run.artifacts) names.push_back(artifact.name);
  if (names != wanted) {
    complain("has the artifacts ", absl::StrJoin(names, ", "), ", not ",
             absl::StrJoin(wanted, ", "));
  }
  for (const auto& [name, hash] : planned.hashes) {
    const SeenArtifact* artifact = Find(run, name);
    if (artifact != nullptr && artifact->sha256 != hash) {
      complain(name, " differs from the recorded one");
    }
  }
}

}  // namespace

TaskOutcome Observe(const PlannedTask& planned, const TaskId& id, int reclaims,
                    const Observer& observer) {
  TaskOutcome outcome;
  const absl::StatusOr<taskcluster::TaskStatus> status = observer.queue.Status(id, {});
  if (!status.ok()) {
    outcome.problems.push_back(std::string(status.status().message()));
    return outcome;
  }
  for (const taskcluster::RunStatus& run : status->runs) {
    outcome.runs.push_back(ObserveRun(run, planned, id, observer, outcome.problems));
  }
  if (outcome.runs.size() != planned.runs.size()) {
    outcome.problems.push_back(
        absl::StrCat(outcome.runs.size(), " runs, not ", planned.runs.size()));
  } else {
    for (size_t i = 0; i < outcome.runs.size(); ++i) {
      CompareRun(planned, i, id, observer, outcome.runs[i], outcome.problems);
    }
  }
  if (reclaims < planned.min_reclaims) {
    outcome.problems.push_back(
        absl::StrCat("reclaimed ", reclaims, " times, not ", planned.min_reclaims, " or more"));
  }
  return outcome;
}

}  // namespace scriptworker::tools
