// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/cot_body.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"

namespace cot {
namespace {

using ::scriptworker::json::Object;
using ::scriptworker::json::Reader;
using ::scriptworker::json::Value;

}  // namespace

std::string FormatCotBody(const CotBody& body) {
  Object artifacts;
  for (const auto& [name, hashes] : body.artifacts) {
    Object by_algorithm;
    for (const auto& [algorithm, digest] : hashes) {
      by_algorithm.Set(algorithm, digest);
    }
    artifacts.Set(name, std::move(by_algorithm));
  }
  Object text{
      {"artifacts", std::move(artifacts)},
      {"chainOfTrustVersion", body.version},
      {"environment", body.environment},
      {"runId", body.run_id},
      {"task", body.task},
      {"taskId", body.task_id},
      {"workerGroup", body.worker_group},
      {"workerId", body.worker_id},
      {"workerType", body.worker_type},
  };
  return scriptworker::json::Format(Value(std::move(text)));
}

absl::StatusOr<CotBody> ReadCotBody(const Value& value, std::string_view source) {
  const Reader reader(value, source);
  CotBody body;
  SW_ASSIGN_OR_RETURN(const Reader artifacts, reader.Field("artifacts"));
  SW_ASSIGN_OR_RETURN(const auto names, artifacts.Members());
  for (const auto& [name, entry] : names) {
    ArtifactHashes& hashes = body.artifacts[name];
    SW_ASSIGN_OR_RETURN(const auto algorithms, entry.Members());
    for (const auto& [algorithm, digest] : algorithms) {
      SW_ASSIGN_OR_RETURN(hashes[algorithm], digest.AsString());
    }
  }
  SW_ASSIGN_OR_RETURN(body.version, reader.Int("chainOfTrustVersion"));
  SW_ASSIGN_OR_RETURN(const Reader environment, reader.Field("environment"));
  SW_RETURN_IF_ERROR(environment.CheckObject());
  body.environment = environment.value();
  SW_ASSIGN_OR_RETURN(body.run_id, reader.Int("runId"));
  SW_ASSIGN_OR_RETURN(const Reader task, reader.Field("task"));
  SW_RETURN_IF_ERROR(task.CheckObject());
  body.task = task.value();
  SW_ASSIGN_OR_RETURN(body.task_id, reader.String("taskId"));
  SW_ASSIGN_OR_RETURN(body.worker_group, reader.String("workerGroup"));
  SW_ASSIGN_OR_RETURN(body.worker_id, reader.String("workerId"));
  SW_ASSIGN_OR_RETURN(body.worker_type, reader.StringOr("workerType", ""));
  return body;
}

}  // namespace cot
