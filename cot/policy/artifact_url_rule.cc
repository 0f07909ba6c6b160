// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/artifact_url_rule.h"

#include <map>
#include <optional>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace cot {
namespace {

using scriptworker::http::Url;
using scriptworker::taskcluster::ArtifactName;
using scriptworker::taskcluster::TaskId;

using Groups = std::map<std::string, std::string, std::less<>>;

// The rule's group `filepath` if everything else of it fits.
std::optional<std::string> FilePath(const UrlRule& rule, const Url& url, const std::string& path,
                                    absl::Span<const TaskId> valid_task_ids) {
  if (!absl::c_linear_search(rule.schemes, url.scheme()) ||
      !absl::c_linear_search(rule.netlocs, url.authority())) {
    return std::nullopt;
  }
  for (const PathPattern& pattern : rule.path_patterns) {
    const std::optional<Groups> groups = pattern.Match(path);
    if (!groups.has_value()) continue;
    if (pattern.HasGroup("taskId")) {
      const auto id = groups->find("taskId");
      if (id == groups->end() || !absl::c_any_of(valid_task_ids, [&](const TaskId& valid) {
            return valid.str() == id->second;
          })) {
        continue;
      }
    }
    const auto file = groups->find("filepath");
    if (file != groups->end()) return file->second;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<ArtifactName> ArtifactOfUrl(const std::vector<UrlRule>& rules, const Url& url,
                                           absl::Span<const TaskId> valid_task_ids) {
  const auto refused = [&](std::string_view why) {
    return absl::PermissionDeniedError(
        absl::StrCat("Can't validate url ", url.Redacted(), why.empty() ? "" : ": ", why));
  };
  const absl::StatusOr<std::string> path = scriptworker::http::PercentDecode(url.path());
  if (!path.ok()) return refused(path.status().message());
  for (const UrlRule& rule : rules) {
    const std::optional<std::string> file = FilePath(rule, url, *path, valid_task_ids);
    if (!file.has_value()) continue;
    absl::StatusOr<ArtifactName> name = ArtifactName::Parse(*file);
    if (!name.ok()) return refused(name.status().message());
    return name;
  }
  return refused("");
}

}  // namespace cot
