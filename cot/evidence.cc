// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence.h"

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cot/cot_body.h"
#include "cot/task_type.h"
#include "cot/upstream_artifacts.h"
#include "scriptworker/base/parallel.h"

namespace cot {
namespace {

using scriptworker::CancellationToken;
using scriptworker::taskcluster::ArtifactInfo;
using scriptworker::taskcluster::TaskId;
using scriptworker::taskcluster::TaskReader;

// Of a chain-of-trust.json: those of tasks with 10 000 artifacts have 3 MB.
constexpr int64_t kMaxCotBytes = int64_t{32} << 20;
// A signature has 64 bytes; what is longer is refused for that.
constexpr int64_t kMaxSignatureBytes = 4096;

bool WantsList(const TaskId& task_id, const std::vector<UpstreamArtifacts>& upstream) {
  return std::any_of(upstream.begin(), upstream.end(), [&](const UpstreamArtifacts& entry) {
    return entry.task_id == task_id && std::any_of(entry.paths.begin(), entry.paths.end(), IsGlob);
  });
}

// Control files are mandatory whatever upstreamArtifacts say of them.
std::vector<PlannedArtifact> PlanFor(const Link& link,
                                     const std::vector<UpstreamArtifacts>& upstream,
                                     const std::vector<std::string>& available) {
  std::map<std::string, PlannedArtifact> by_name;
  for (const WantedArtifact& wanted : WantedFrom(link.task_id(), upstream, available)) {
    by_name.insert_or_assign(wanted.name,
                             PlannedArtifact{&link, wanted.name, wanted.optional, KeepOpen::kNo});
  }
  const auto need = [&](std::string_view name) {
    by_name.insert_or_assign(std::string(name),
                             PlannedArtifact{&link, std::string(name), false, KeepOpen::kYes});
  };
  if (IsDecisionOrAction(link.type())) need(kTaskGraphName);
  if (link.type() == TaskType::kDecision) {
    need(kActionsName);
    need(kParametersName);
  }
  std::vector<PlannedArtifact> plan;
  for (auto& [name, artifact] : by_name) plan.push_back(std::move(artifact));
  return plan;
}

}  // namespace

std::vector<CotFiles> FetchCotFiles(const Chain& chain, bool with_signatures,
                                    ArtifactVerifier& artifacts, const FetchLimits& limits,
                                    const CancellationToken& cancellation) {
  std::vector<CotFiles> files(chain.upstream().size());
  for (size_t i = 0; i < files.size(); ++i) files[i].link = &chain.upstream()[i];
  const int per_link = with_signatures ? 2 : 1;
  scriptworker::ParallelFor(
      static_cast<int>(files.size()) * per_link, limits.max_downloads, [&](int i) {
        CotFiles& mine = files[static_cast<size_t>(i / per_link)];
        if (i % per_link == 0) {
          mine.body = artifacts.Read(*mine.link, kCotBodyName, Violation::kCotMissing, kMaxCotBytes,
                                     cancellation);
        } else {
          mine.signature =
              artifacts.Read(*mine.link, kCotSignatureName, Violation::kSignatureMissing,
                             kMaxSignatureBytes, cancellation);
        }
      });
  return files;
}

std::vector<PlannedArtifact> PlanArtifacts(const Chain& chain, const TrustedCots& cots,
                                           TaskReader& queue, const FetchLimits& limits,
                                           const CancellationToken& cancellation,
                                           std::vector<Finding>& findings,
                                           std::vector<absl::Status>& errors) {
  // A target whose list is malformed has a finding of step 1 already.
  const std::vector<UpstreamArtifacts> upstream =
      ParseUpstreamArtifacts(chain.target().task()).value_or(std::vector<UpstreamArtifacts>());
  std::vector<const Link*> links;
  for (const Link& link : chain.upstream()) {
    if (cots.contains(link.task_id())) links.push_back(&link);
  }
  std::vector<std::vector<std::string>> available(links.size());
  const std::vector<absl::Status> listed = scriptworker::ParallelStatus(
      static_cast<int>(links.size()), limits.max_queue_reads, [&](int i) -> absl::Status {
        const Link& link = *links[static_cast<size_t>(i)];
        if (!WantsList(link.task_id(), upstream)) return absl::OkStatus();
        const absl::StatusOr<std::vector<ArtifactInfo>> list =
            queue.ListLatestArtifacts(link.task_id());
        if (!list.ok()) {
          return absl::Status(list.status().code(),
                              absl::StrCat(link.Label(), ": ", list.status().message()));
        }
        for (const ArtifactInfo& info : *list) {
          available[static_cast<size_t>(i)].push_back(info.name);
        }
        return absl::OkStatus();
      });
  std::vector<PlannedArtifact> plan;
  for (size_t i = 0; i < links.size(); ++i) {
    if (!listed[i].ok()) {
      errors.push_back(EvidenceError(listed[i], cancellation));
      continue;
    }
    std::vector<PlannedArtifact> mine = PlanFor(*links[i], upstream, available[i]);
    std::vector<std::string> names;
    for (const PlannedArtifact& artifact : mine) names.push_back(artifact.name);
    const size_t before = findings.size();
    CheckNoPathTwice(*links[i], names, findings);
    if (findings.size() > before) continue;  // none of them: which would be the right one?
    std::move(mine.begin(), mine.end(), std::back_inserter(plan));
  }
  return plan;
}

std::vector<absl::StatusOr<VerifiedArtifact>> FetchArtifacts(
    const std::vector<PlannedArtifact>& plan, const TrustedCots& cots, ArtifactVerifier& artifacts,
    const FetchLimits& limits, const CancellationToken& cancellation) {
  std::vector<absl::StatusOr<VerifiedArtifact>> fetched;
  fetched.reserve(plan.size());
  for (size_t i = 0; i < plan.size(); ++i) fetched.push_back(absl::UnknownError("not fetched"));
  scriptworker::ParallelFor(static_cast<int>(plan.size()), limits.max_downloads, [&](int i) {
    const PlannedArtifact& artifact = plan[static_cast<size_t>(i)];
    fetched[static_cast<size_t>(i)] =
        artifacts.Fetch(*artifact.link, cots.at(artifact.link->task_id()), artifact.name,
                        artifact.keep_open, cancellation);
  });
  return fetched;
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
