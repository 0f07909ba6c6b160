// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/worker_metrics.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/version.h"
#include "scriptworker/http/retrying_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/outcome/run_outcome.h"

namespace scriptworker::worker {
namespace {

using ::prometheus::Counter;
using ::prometheus::Family;
using ::prometheus::Gauge;
using ::prometheus::Histogram;

constexpr std::string_view kGithubApi = "api.github.com";
// Redirects and other people's configuration decide which hosts there are.
constexpr size_t kMaxHosts = 64;

// Of FailureReason(), those that are worth an alarm from the first on.
constexpr const char* kUsualReasons[] = {"connection", "timeout",  "bad-answer", "http-429",
                                         "http-500",   "http-502", "http-503",   "http-504"};

// Seconds: from a request to the longest of scripts.
const Histogram::BucketBoundaries kPhaseBuckets = {0.01, 0.1, 1,    5,    15,  60,
                                                   300,  900, 1800, 3600, 7200};
const Histogram::BucketBoundaries kMarginBuckets = {0, 10, 30, 60, 120, 300, 600, 900, 1200};

// "completed", "failed", the reason of an exception, or why nothing was reported.
std::string ResolutionName(const RunOutcome& outcome) {
  switch (outcome.resolution) {
    case RunOutcome::Resolution::kReported:
      break;
    case RunOutcome::Resolution::kClaimLost:
      return "claim-lost";
    case RunOutcome::Resolution::kAbandoned:
      return "abandoned";
    case RunOutcome::Resolution::kUnreported:
      return "unreported";
  }
  switch (outcome.report.kind) {
    case Report::Kind::kCompleted:
      return "completed";
    case Report::Kind::kFailed:
      return "failed";
    case Report::Kind::kException:
      return std::string(taskcluster::ToString(outcome.report.reason));
  }
  return "";
}

// Everything that ResolutionName() says; nothing is reported as superseded.
std::vector<std::string> ResolutionNames() {
  using taskcluster::ExceptionReason;
  std::vector<std::string> names;
  for (const auto resolution :
       {RunOutcome::Resolution::kClaimLost, RunOutcome::Resolution::kAbandoned,
        RunOutcome::Resolution::kUnreported}) {
    names.push_back(ResolutionName({.resolution = resolution}));
  }
  for (const Report::Kind kind : {Report::Kind::kCompleted, Report::Kind::kFailed}) {
    names.push_back(ResolutionName({.report = {.kind = kind}}));
  }
  for (const ExceptionReason reason :
       {ExceptionReason::kWorkerShutdown, ExceptionReason::kMalformedPayload,
        ExceptionReason::kResourceUnavailable, ExceptionReason::kInternalError,
        ExceptionReason::kIntermittentTask}) {
    names.push_back(
        ResolutionName({.report = {.kind = Report::Kind::kException, .reason = reason}}));
  }
  return names;
}

// Why an attempt is worth another one; nullopt: it is not.
std::optional<std::string> FailureReason(const absl::StatusOr<http::Response>& result) {
  if (result.ok()) {
    if (!http::IsRetryableStatus(result->status)) return std::nullopt;
    return absl::StrCat("http-", result->status);
  }
  if (!http::IsRetryableError(result.status())) return std::nullopt;
  if (absl::IsDeadlineExceeded(result.status())) return "timeout";
  return absl::IsDataLoss(result.status()) ? "bad-answer" : "connection";
}

std::optional<double> Number(const http::Response& response, std::string_view header) {
  double number = 0;
  const std::optional<std::string_view> text = response.headers.Find(header);
  if (!text.has_value() || !absl::SimpleAtod(*text, &number)) return std::nullopt;
  return number;
}

std::string FullName(const std::string& name,
                     const std::vector<prometheus::ClientMetric::Label>& labels) {
  std::string text = name;
  std::string_view separator = "{";
  for (const prometheus::ClientMetric::Label& label : labels) {
    absl::StrAppend(&text, separator, label.name, "=\"", label.value, "\"");
    separator = ",";
  }
  return labels.empty() ? text : absl::StrCat(text, "}");
}

}  // namespace

// References into the registry, which owns what they refer to.
struct WorkerMetrics::Families {
  Families(const QueueIdentity& queue, absl::Time start) {
    Gauges("scriptworker_info", "The worker's version and names; always 1")
        .Add({{"version", std::string(kVersion)},
              {"task_queue", queue.task_queue_id()},
              {"worker_group", queue.worker_group},
              {"worker_id", queue.worker_id}})
        .Set(1);
    Gauges("scriptworker_start_time_seconds", "Since the epoch")
        .Add({})
        .Set(absl::ToDoubleSeconds(start - absl::UnixEpoch()));
    // The first event is seen only as a step from what was there before it, 0.
    for (const char* outcome : {"task", "empty", "failed"}) polls.Add({{"outcome", outcome}});
    for (const char* outcome : {"renewed", "failed", "lost"}) reclaims.Add({{"outcome", outcome}});
    for (const std::string& resolution : ResolutionNames()) tasks.Add({{"resolution", resolution}});
    for (const char* direction : {"sent", "received"}) bytes.Add({{"direction", direction}});
    const absl::StatusOr<http::Url> deployment = http::Url::Parse(queue.root_url);
    if (!deployment.ok()) return;
    const std::string host(deployment->host());
    requests.Add({{"host", host}});
    for (const char* reason : kUsualReasons) failures.Add({{"host", host}, {"reason", reason}});
  }

  Family<Counter>& Counters(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Family<Gauge>& Gauges(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
  Family<Histogram>& Histograms(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }

  prometheus::Registry registry;
  Family<Counter>& polls = Counters("scriptworker_polls_total", "Answers of claimWork");
  Family<Counter>& tasks = Counters("scriptworker_tasks_total", "Runs by their resolution");
  Family<Histogram>& phase_seconds =
      Histograms("scriptworker_phase_seconds", "How long the phases of runs took");
  Family<Counter>& reclaims = Counters("scriptworker_reclaims_total", "Renewals of claims");
  Histogram& reclaim_margin = Histograms("scriptworker_reclaim_margin_seconds",
                                         "What was left of a claim when it was renewed")
                                  .Add({}, kMarginBuckets);
  Family<Counter>& requests = Counters("scriptworker_http_requests_total", "Attempts of requests");
  Family<Counter>& failures =
      Counters("scriptworker_http_retryable_failures_total",
               "Attempts that failed so that they are repeated, if any try is left");
  Family<Counter>& bytes = Counters("scriptworker_http_bytes_total", "Bytes of bodies");
  Gauge& poll_age = Gauges("scriptworker_last_poll_age_seconds",
                           "Since the last answer of claimWork, or the start")
                        .Add({});
  Gauge& working = Gauges("scriptworker_working", "1 while a run is in hand").Add({});
  Gauge& claim_left =
      Gauges("scriptworker_claim_left_seconds", "What is left of the claim; 0 without a run")
          .Add({});
  // Not there before GitHub has said it.
  Family<Gauge>& github_limit =
      Gauges("scriptworker_github_quota_limit", "Requests that GitHub grants in a period");
  Family<Gauge>& github_remaining =
      Gauges("scriptworker_github_quota_remaining", "Requests that are left in this period");
  Family<Gauge>& github_reset = Gauges("scriptworker_github_quota_reset_time_seconds",
                                       "When the next period begins, since the epoch");
};

WorkerMetrics::WorkerMetrics(const QueueIdentity& queue, const WorkerState& state,
                             const Clock& clock)
    : state_(state), clock_(clock), families_(std::make_unique<Families>(queue, clock.Now())) {}

WorkerMetrics::~WorkerMetrics() = default;

std::string WorkerMetrics::HostLabel(const http::Url& url) {
  std::string host(url.host());
  absl::MutexLock lock(&mutex_);
  if (hosts_.size() < kMaxHosts) hosts_.insert(host);
  return hosts_.contains(host) ? host : "other";
}

void WorkerMetrics::NextPhase(std::string_view next) {
  absl::MutexLock lock(&mutex_);
  const absl::Duration now = clock_.Monotonic();
  if (!phase_.empty()) {
    families_->phase_seconds.Add({{"phase", phase_}}, kPhaseBuckets)
        .Observe(absl::ToDoubleSeconds(now - phase_began_));
  }
  phase_ = std::string(next);
  phase_began_ = now;
}

std::string WorkerMetrics::Text() const {
  const WorkerState::Snapshot now = state_.Get();
  families_->poll_age.Set(
      absl::ToDoubleSeconds(now.last_poll.has_value() ? now.last_poll->age : now.up));
  families_->working.Set(now.run.has_value() ? 1 : 0);
  families_->claim_left.Set(now.run.has_value() ? absl::ToDoubleSeconds(now.run->lease_left) : 0);
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

std::vector<WorkerMetrics::Value> WorkerMetrics::Counters() const {
  std::vector<Value> values;
  for (const prometheus::MetricFamily& family : families_->registry.Collect()) {
    if (family.type != prometheus::MetricType::Counter) continue;
    for (const prometheus::ClientMetric& metric : family.metric) {
      values.push_back({FullName(family.name, metric.label), metric.counter.value});
    }
  }
  std::sort(values.begin(), values.end(),
            [](const Value& a, const Value& b) { return a.name < b.name; });
  return values;
}

void WorkerMetrics::CountAttempt(const http::Request& request, int64_t sent,
                                 const absl::StatusOr<http::Response>& result, int64_t received) {
  const std::string host = HostLabel(request.url);
  families_->requests.Add({{"host", host}}).Increment();
  families_->bytes.Add({{"direction", "sent"}}).Increment(static_cast<double>(sent));
  families_->bytes.Add({{"direction", "received"}}).Increment(static_cast<double>(received));
  if (request.cancellation.cancelled()) return;  // its own doing
  if (const std::optional<std::string> reason = FailureReason(result); reason.has_value()) {
    families_->failures.Add({{"host", host}, {"reason", *reason}}).Increment();
  }
  if (!result.ok() || request.url.host() != kGithubApi) return;
  const std::pair<Family<Gauge>&, std::string_view> quotas[] = {
      {families_->github_limit, "X-RateLimit-Limit"},
      {families_->github_remaining, "X-RateLimit-Remaining"},
      {families_->github_reset, "X-RateLimit-Reset"}};
  for (const auto& [gauge, header] : quotas) {
    if (const std::optional<double> number = Number(*result, header); number.has_value()) {
      gauge.Add({}).Set(*number);
    }
  }
}

void WorkerMetrics::OnPollEnded(const absl::StatusOr<int>& tasks) {
  const char* const outcome = !tasks.ok() ? "failed" : *tasks > 0 ? "task" : "empty";
  families_->polls.Add({{"outcome", outcome}}).Increment();
}

void WorkerMetrics::OnTaskStarted(const taskcluster::ClaimedTask& /*task*/,
                                  absl::Duration /*lease*/) {
  NextPhase("");
}

void WorkerMetrics::OnPhase(Phase phase) { NextPhase(ToString(phase)); }

void WorkerMetrics::OnTaskEnded(const RunOutcome& outcome) {
  NextPhase("");
  families_->tasks.Add({{"resolution", ResolutionName(outcome)}}).Increment();
}

void WorkerMetrics::OnReclaimed(absl::Duration margin, absl::Duration /*lease*/) {
  families_->reclaims.Add({{"outcome", "renewed"}}).Increment();
  families_->reclaim_margin.Observe(absl::ToDoubleSeconds(margin));
}

void WorkerMetrics::OnReclaimFailed(const absl::Status& /*error*/, absl::Duration /*margin*/) {
  families_->reclaims.Add({{"outcome", "failed"}}).Increment();
}

void WorkerMetrics::OnClaimLost(const absl::Status& /*reason*/) {
  families_->reclaims.Add({{"outcome", "lost"}}).Increment();
}

}  // namespace scriptworker::worker
