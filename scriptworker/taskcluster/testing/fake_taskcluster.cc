// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/fake_taskcluster.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/content_decoder.h"
#include "scriptworker/http/redirect.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/api_error.h"
#include "scriptworker/taskcluster/testing/artifact_store.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster_options.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/in_process.h"
#include "scriptworker/taskcluster/testing/new_task.h"
#include "scriptworker/taskcluster/testing/object_store.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/taskcluster/testing/queue_state.h"
#include "scriptworker/taskcluster/testing/request_log.h"
#include "scriptworker/taskcluster/testing/request_schema.h"
#include "scriptworker/taskcluster/testing/route.h"
#include "scriptworker/taskcluster/testing/services.h"
#include "scriptworker/taskcluster/testing/task_record.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::taskcluster {
namespace {

using fake::ApiError;
using fake::ArtifactRecord;
using fake::ObjectStore;
using fake::TaskRecord;
using fake::WireReply;
using fake::WireRequest;

constexpr std::string_view kRoot = "static/taskcluster/root";
constexpr std::string_view kWorker = "static/test/worker";
constexpr std::string_view kNothing = "static/test/nothing";

void Sweep(fake::QueueState& state) {
  absl::MutexLock lock(&state.mutex);
  state.tasks.Sweep(state.clock.Now());
}

void NameRun(const fake::RouteParams& params, LoggedRequest& logged) {
  for (const auto& [name, value] : params) {
    if (name == "taskId") logged.task_id = value;
    if (name == "runId" && !absl::SimpleAtoi(value, &logged.run_id)) logged.run_id = -1;
  }
}

void ApplyDelivery(const Fault& fault, WireReply& reply) {
  switch (fault.kind) {
    case Fault::Kind::kReset:
      reply.delivery = WireReply::Delivery::kReset;
      break;
    case Fault::Kind::kTimeout:
      reply.delivery = WireReply::Delivery::kNever;
      break;
    case Fault::Kind::kTruncate:
      reply.delivery = WireReply::Delivery::kTruncated;
      break;
    case Fault::Kind::kStatus:
      break;
  }
}

FakeTaskcluster::Artifact Describe(const ObjectStore& objects, std::string_view task_id,
                                   RunId run_id, const ArtifactRecord& record) {
  FakeTaskcluster::Artifact artifact;
  artifact.name = record.name;
  artifact.storage_type = record.storage_type;
  artifact.content_type = record.content_type;
  const bool is_object = record.storage_type == "object";
  const std::optional<fake::StoredObject> object = objects.Get(
      is_object || fake::IsPublicArtifact(record.name) ? fake::kPublicBucket : fake::kPrivateBucket,
      is_object ? fake::ObjectName(task_id, run_id, record.name)
                : fake::StorageKey(task_id, run_id, record.name));
  if (!object.has_value()) return artifact;
  artifact.uploaded = true;
  artifact.content_encoding = object->content_encoding;
  artifact.stored = object->blob->Read(0, object->blob->size()).value_or("");
  artifact.content = http::DecodeContent(artifact.content_encoding, artifact.stored).value_or("");
  return artifact;
}

}  // namespace

FakeTaskcluster::FakeTaskcluster(Clock& clock, FakeTaskclusterOptions options)
    : options_(std::move(options)),
      request_log_(options_.logged_requests),
      services_(std::make_unique<fake::Services>(clock, options_)) {}

FakeTaskcluster::~FakeTaskcluster() = default;

absl::StatusOr<http::Response> FakeTaskcluster::Send(const http::Request& request) {
  const auto send_one = [this](const http::Request& one) -> absl::StatusOr<http::Response> {
    if (one.cancellation.cancelled()) return one.cancellation.reason();
    // Wakes a long poll, whose condition looks at more than the lock protects.
    const CancellationCallback wake(one.cancellation,
                                    [this] { absl::MutexLock lock(&services_->state().mutex); });
    SW_ASSIGN_OR_RETURN(const WireRequest wire, fake::ToWire(one));
    Clock& clock = services_->state().clock;
    const absl::Duration sent = clock.Monotonic();
    return fake::FromWire(one, Serve(wire), clock, sent);
  };
  if (request.redirects == http::Request::Redirects::kReturn) {
    return send_one(request);
  }
  return http::SendFollowingRedirects(request, {}, send_one);
}

WireReply FakeTaskcluster::Serve(const WireRequest& request) {
  Sweep(services_->state());
  const fake::Services::Target target = services_->Find(request);
  LoggedRequest logged{.time = services_->state().clock.Now(),
                       .endpoint = std::string(target.endpoint),
                       .method = request.method,
                       .target = request.target,
                       .user_agent = std::string(request.headers.Find("User-Agent").value_or(""))};
  if (target.match.has_value()) NameRun(target.match->params, logged);
  const std::optional<Fault> fault = faults_.Next(target.endpoint);
  const bool replaced = fault.has_value() && fault->kind == Fault::Kind::kStatus;
  if (options_.on_request != nullptr) options_.on_request(target.endpoint, false);
  WireReply reply;
  if (!fault.has_value() || fault->after_the_work || fault->kind == Fault::Kind::kTruncate) {
    reply = services_->Answer(request, target);
  }
  if (replaced) reply = services_->AnswerInstead(request, target, *fault);
  if (fault.has_value()) {
    ApplyDelivery(*fault, reply);
    logged.fault = fault->ToString();
  }
  const bool answered = reply.delivery == WireReply::Delivery::kWhole ||
                        reply.delivery == WireReply::Delivery::kTruncated;
  logged.status = answered ? reply.status : 0;
  request_log_.Add(std::move(logged));
  DeliverEvents();
  if (options_.on_request != nullptr) options_.on_request(target.endpoint, true);
  return reply;
}

void FakeTaskcluster::DeliverEvents() {
  absl::MutexLock deliver(&delivery_mutex_);
  while (true) {
    std::optional<QueueEvent> event;
    {
      fake::QueueState& state = services_->state();
      absl::MutexLock lock(&state.mutex);
      event = state.tasks.TakeEvent();
    }
    if (!event.has_value()) return;
    if (options_.on_event != nullptr) options_.on_event(*event);
  }
}

Credentials FakeTaskcluster::CredentialsOf(std::string_view client_id) const {
  Credentials credentials;
  credentials.client_id = std::string(client_id);
  for (const fake::Client& client : options_.clients) {
    if (client.client_id == client_id) {
      credentials.access_token = SecretString(client.access_token);
    }
  }
  return credentials;
}

void FakeTaskcluster::SetClaim(absl::Duration claim) {
  absl::MutexLock lock(&services_->state().mutex);
  services_->state().times.claim = claim;
}

void FakeTaskcluster::Shutdown() {
  absl::MutexLock lock(&services_->state().mutex);
  services_->state().shut_down = true;
}

Credentials FakeTaskcluster::root_credentials() const { return CredentialsOf(kRoot); }

Credentials FakeTaskcluster::worker_credentials() const { return CredentialsOf(kWorker); }

Credentials FakeTaskcluster::powerless_credentials() const { return CredentialsOf(kNothing); }

absl::StatusOr<TaskId> FakeTaskcluster::CreateTask(const json::Value& definition) {
  SW_ASSIGN_OR_RETURN(const TaskId id, TaskId::Parse(services_->issuer().SlugId()));
  SW_RETURN_IF_ERROR(CreateTask(id, definition));
  return id;
}

absl::Status FakeTaskcluster::CreateTask(const TaskId& id, const json::Value& definition) {
  const std::vector<std::string> errors =
      fake::CheckAgainstSchema("create-task-request", definition);
  if (!errors.empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(errors, "; "));
  }
  const auto complete = fake::CompleteDefinition(id.str(), definition);
  if (const auto* error = std::get_if<ApiError>(&complete)) {
    return absl::InvalidArgumentError(error->message);
  }
  {
    absl::MutexLock lock(&services_->state().mutex);
    const absl::Time now = services_->state().clock.Now();
    services_->state().tasks.Sweep(now);
    const auto added =
        fake::AddTask(id.str(), std::get<json::Value>(complete), services_->state().tasks, now);
    if (const auto* error = std::get_if<ApiError>(&added)) {
      return absl::InvalidArgumentError(error->message);
    }
  }
  DeliverEvents();
  return absl::OkStatus();
}

absl::Status FakeTaskcluster::CancelTask(const TaskId& id) {
  {
    absl::MutexLock lock(&services_->state().mutex);
    TaskRecord* task = services_->state().tasks.Find(id.str());
    if (task == nullptr) return absl::NotFoundError(id.str());
    services_->state().tasks.Cancel(*task, services_->state().clock.Now());
  }
  DeliverEvents();
  return absl::OkStatus();
}

absl::StatusOr<json::Value> FakeTaskcluster::Status(const TaskId& id) {
  Sweep(services_->state());
  DeliverEvents();
  absl::MutexLock lock(&services_->state().mutex);
  const TaskRecord* task = services_->state().tasks.Find(id.str());
  if (task == nullptr) return absl::NotFoundError(id.str());
  return task->Status();
}

std::string FakeTaskcluster::State(const TaskId& id) {
  const absl::StatusOr<json::Value> status = Status(id);
  if (!status.ok()) return "";
  return std::string(status->Find("state")->string_value());
}

std::string FakeTaskcluster::Resolution(const TaskId& id, RunId run_id) {
  const absl::StatusOr<json::Value> status = Status(id);
  if (!status.ok()) return "";
  const json::Array& runs = status->Find("runs")->array();
  if (run_id < 0 || static_cast<size_t>(run_id) >= runs.size()) return "";
  const json::Value* reason = runs[static_cast<size_t>(run_id)].Find("reasonResolved");
  return reason == nullptr ? "" : std::string(reason->string_value());
}

std::vector<FakeTaskcluster::Artifact> FakeTaskcluster::Artifacts(const TaskId& id, RunId run_id) {
  absl::MutexLock lock(&services_->state().mutex);
  std::vector<Artifact> artifacts;
  for (const ArtifactRecord* record : services_->state().artifacts.List(id.str(), run_id)) {
    artifacts.push_back(Describe(services_->objects(), id.str(), run_id, *record));
  }
  return artifacts;
}

absl::StatusOr<FakeTaskcluster::Artifact> FakeTaskcluster::GetArtifact(const TaskId& id,
                                                                       RunId run_id,
                                                                       std::string_view name) {
  absl::MutexLock lock(&services_->state().mutex);
  const ArtifactRecord* record = services_->state().artifacts.Find(id.str(), run_id, name);
  if (record == nullptr) {
    return absl::NotFoundError(absl::StrCat("task ", id, " run ", run_id, " has no ", name));
  }
  return Describe(services_->objects(), id.str(), run_id, *record);
}

}  // namespace scriptworker::taskcluster
