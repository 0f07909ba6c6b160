// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/monitoring.h"

#include <memory>
#include <string_view>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/get_server.h"
#include "scriptworker/http/listener.h"
#include "scriptworker/json/format.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/log/worker_log.h"
#include "scriptworker/worker/monitoring/service_notifier.h"
#include "scriptworker/worker/monitoring/status_document.h"
#include "scriptworker/worker/process/shutdown.h"

namespace scriptworker::worker {

using Answer = http::GetServer::Answer;

absl::StatusOr<std::unique_ptr<Monitoring>> Monitoring::Start(const Config& config,
                                                              const Environment& environment,
                                                              Clock& clock, WorkerLog& log,
                                                              const Shutdown& shutdown) {
  absl::StatusOr<ServiceNotifier> notifier = ServiceNotifier::Create(environment);
  if (!notifier.ok()) {
    log.Warning(absl::StrCat("the service manager is told nothing: ", notifier.status().message()));
    notifier = ServiceNotifier();
  }
  std::unique_ptr<Monitoring> monitoring =
      absl::WrapUnique(new Monitoring(config, *std::move(notifier), clock, log, shutdown));
  SW_RETURN_IF_ERROR(monitoring->Serve(config.watching, clock, log));
  SW_RETURN_IF_ERROR(monitoring->reporter_.Start());
  return monitoring;
}

Monitoring::Monitoring(const Config& config, ServiceNotifier notifier, Clock& clock, WorkerLog& log,
                       const Shutdown& shutdown)
    : queue_(config.queue),
      state_({.idle = WorkerState::Bounds().idle + config.timeouts.poll_interval}, clock,
             shutdown.drain(), shutdown.stop()),
      metrics_(config.queue, state_, clock),
      run_tag_(log),
      notifier_(std::move(notifier)),
      reporter_(notifier_, state_, clock, shutdown.drain(), shutdown.stop()),
      observers_({&run_tag_, &state_, &metrics_, &reporter_}) {}

absl::Status Monitoring::Serve(const Watching& watching, Clock& clock, WorkerLog& log) {
  if (!watching.health_address.empty()) {
    absl::StatusOr<http::Listener> listener = http::Listener::ListenOnTcp(watching.health_address);
    if (!listener.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("health_address: ", listener.status().message()));
    }
    SW_ASSIGN_OR_RETURN(
        health_,
        http::GetServer::Start(
            *std::move(listener), [this](std::string_view path) { return AnswerTo(path); }, clock));
    log.Info(absl::StrCat("Health and metrics: http://", health_->address()));
  }
  if (!watching.status_socket.empty()) {
    absl::StatusOr<http::Listener> listener = http::Listener::ListenOnUnix(watching.status_socket);
    if (!listener.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("status_socket: ", listener.status().message()));
    }
    SW_ASSIGN_OR_RETURN(
        status_, http::GetServer::Start(
                     *std::move(listener),
                     [this](std::string_view path) { return AnswerWithStatusTo(path); }, clock));
  }
  return absl::OkStatus();
}

Answer Monitoring::AnswerTo(std::string_view path) const {
  if (path == "/metrics") {
    return {.body = metrics_.Text(), .content_type = "text/plain; version=0.0.4; charset=utf-8"};
  }
  if (path != "/healthz" && path != "/readyz") {
    return {.status = 404, .body = "there are /healthz, /readyz and /metrics\n"};
  }
  const absl::Status status = path == "/healthz" ? state_.Alive() : state_.Ready();
  if (status.ok()) return {.body = "ok\n"};
  return {.status = 503, .body = absl::StrCat(status.message(), "\n")};
}

Answer Monitoring::AnswerWithStatusTo(std::string_view path) const {
  if (path != "/status") return AnswerTo(path);
  return {.body = json::Format(
              StatusDocument(queue_, state_.Get(), state_.Alive(), metrics_.Counters())),
          .content_type = "application/json"};
}

}  // namespace scriptworker::worker
