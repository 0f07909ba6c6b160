// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/task_creator.h"

#include <memory>
#include <string_view>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/api_caller.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/task_status.h"

namespace scriptworker::taskcluster {
namespace {

absl::StatusOr<TaskStatus> ReadStatus(const ApiCaller::Answer& answer) {
  absl::StatusOr<TaskStatus> status =
      TaskStatus::FromAnswer(json::Reader(answer.body, answer.url.Redacted()));
  if (!status.ok()) return answer.WrongShape(status.status());
  return status;
}

}  // namespace

TaskCreator::TaskCreator(ApiCaller api, Credentials credentials)
    : api_(std::move(api)), credentials_(std::move(credentials)) {}

absl::StatusOr<std::unique_ptr<TaskCreator>> TaskCreator::Create(std::string_view root_url,
                                                                 http::Transport& transport,
                                                                 Clock& clock,
                                                                 Credentials credentials,
                                                                 ApiOptions options) {
  SW_ASSIGN_OR_RETURN(
      ApiCaller api, ApiCaller::Create(root_url, "queue/v1", transport, clock, std::move(options)));
  return absl::WrapUnique(new TaskCreator(std::move(api), std::move(credentials)));
}

absl::StatusOr<TaskStatus> TaskCreator::CreateTask(const TaskId& task_id,
                                                   const json::Value& definition) const {
  SW_ASSIGN_OR_RETURN(const ApiCaller::Answer answer,
                      api_.Send({.name = "createTask",
                                 .method = http::Method::kPut,
                                 .route = Route("/task/{}", {task_id.str()}),
                                 .body = &definition,
                                 .credentials = &credentials_}));
  return ReadStatus(answer);
}

absl::StatusOr<TaskStatus> TaskCreator::CancelTask(const TaskId& task_id) const {
  SW_ASSIGN_OR_RETURN(const ApiCaller::Answer answer,
                      api_.Send({.name = "cancelTask",
                                 .method = http::Method::kPost,
                                 .route = Route("/task/{}/cancel", {task_id.str()}),
                                 .credentials = &credentials_}));
  return ReadStatus(answer);
}

}  // namespace scriptworker::taskcluster
