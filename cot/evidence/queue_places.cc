// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/queue_places.h"

#include "absl/status/statusor.h"
#include "scriptworker/http/url.h"

namespace cot {

using scriptworker::taskcluster::TaskId;
using scriptworker::taskcluster::TaskReader;

std::string ArtifactPlace(TaskReader& queue, const TaskId& task_id, std::string_view name) {
  const absl::StatusOr<scriptworker::http::Url> url = queue.ArtifactUrl(task_id, name);
  return url.ok() ? url->Redacted() : std::string();
}

std::string DefinitionPlace(TaskReader& queue, const TaskId& task_id) {
  // Artifacts lie below their task.
  const std::string place = ArtifactPlace(queue, task_id, "public/x");
  const size_t end = place.rfind("/artifacts/");
  return end == std::string::npos ? std::string() : place.substr(0, end);
}

}  // namespace cot
