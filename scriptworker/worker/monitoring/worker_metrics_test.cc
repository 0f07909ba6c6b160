// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/worker_metrics.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/base/version.h"
#include "scriptworker/http/body.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/worker/monitoring/measuring_transport.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/testing/claimed_task.h"

namespace scriptworker::worker {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class WorkerMetricsTest : public testing::Test {
 protected:
  // The line of a metric, without its name; "" if there is none.
  std::string Value(std::string_view name) const {
    const std::string text = absl::StrCat("\n", metrics_.Text());
    const std::string line = absl::StrCat("\n", name, " ");
    const size_t begin = text.find(line);
    if (begin == std::string::npos) return "";
    const size_t end = text.find('\n', begin + 1);
    return text.substr(begin + line.size(), end - begin - line.size());
  }
  void RunTask(const RunOutcome& outcome) {
    state_.OnTaskStarted(MakeClaimedTask(), absl::Minutes(20));
    metrics_.OnTaskStarted(MakeClaimedTask(), absl::Minutes(20));
    metrics_.OnPhase(Phase::kPrepare);
    clock_.AdvanceTime(absl::Seconds(2));
    metrics_.OnPhase(Phase::kRun);
    clock_.AdvanceTime(absl::Minutes(10));
    metrics_.OnTaskEnded(outcome);
    state_.OnTaskEnded(outcome);
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  WorkerState state_{{}, clock_, CancellationToken(), CancellationToken()};
  WorkerMetrics metrics_{{.root_url = "https://tc.example.com",
                          .provisioner_id = "p",
                          .worker_type = "t",
                          .worker_group = "g",
                          .worker_id = "i"},
                         state_,
                         clock_};
};

TEST_F(WorkerMetricsTest, SaysWhichWorkerItIs) {
  EXPECT_THAT(metrics_.Text(),
              HasSubstr(absl::StrCat("task_queue=\"p/t\",version=\"", kVersion,
                                     "\",worker_group=\"g\",worker_id=\"i\"} 1\n")));
  EXPECT_EQ(Value("scriptworker_start_time_seconds"), "1800000000");
}

TEST_F(WorkerMetricsTest, CountsRunsByTheirResolution) {
  using Resolution = RunOutcome::Resolution;
  EXPECT_EQ(Value("scriptworker_tasks_total{resolution=\"completed\"}"), "0");
  RunTask({.report = {.kind = Report::Kind::kCompleted}});
  RunTask({.report = {.kind = Report::Kind::kCompleted}});
  RunTask({.report = {.kind = Report::Kind::kFailed}});
  RunTask({.report = {.kind = Report::Kind::kException,
                      .reason = taskcluster::ExceptionReason::kMalformedPayload}});
  RunTask({.resolution = Resolution::kClaimLost});
  RunTask({.resolution = Resolution::kAbandoned});
  RunTask({.resolution = Resolution::kUnreported});
  EXPECT_EQ(Value("scriptworker_tasks_total{resolution=\"completed\"}"), "2");
  for (const std::string_view name :
       {"failed", "malformed-payload", "claim-lost", "abandoned", "unreported"}) {
    EXPECT_EQ(Value(absl::StrCat("scriptworker_tasks_total{resolution=\"", name, "\"}")), "1")
        << name;
  }
}

// increase() and rate() do not see the step from nothing to 1.
TEST_F(WorkerMetricsTest, WhatIsWorthAnAlarmIsThereBeforeItHappens) {
  for (const std::string_view resolution :
       {"completed", "failed", "worker-shutdown", "malformed-payload", "resource-unavailable",
        "internal-error", "intermittent-task", "claim-lost", "abandoned", "unreported"}) {
    EXPECT_EQ(Value(absl::StrCat("scriptworker_tasks_total{resolution=\"", resolution, "\"}")), "0")
        << resolution;
  }
  for (const std::string_view outcome : {"task", "empty", "failed"}) {
    EXPECT_EQ(Value(absl::StrCat("scriptworker_polls_total{outcome=\"", outcome, "\"}")), "0");
  }
  for (const std::string_view outcome : {"renewed", "failed", "lost"}) {
    EXPECT_EQ(Value(absl::StrCat("scriptworker_reclaims_total{outcome=\"", outcome, "\"}")), "0");
  }
  EXPECT_EQ(Value("scriptworker_http_requests_total{host=\"tc.example.com\"}"), "0");
  for (const std::string_view reason : {"connection", "timeout", "bad-answer", "http-429",
                                        "http-500", "http-502", "http-503", "http-504"}) {
    EXPECT_EQ(Value(absl::StrCat("scriptworker_http_retryable_failures_total{host=\"tc.example.com"
                                 "\",reason=\"",
                                 reason, "\"}")),
              "0")
        << reason;
  }
}

TEST_F(WorkerMetricsTest, MeasuresEachPhase) {
  RunTask({});
  EXPECT_EQ(Value("scriptworker_phase_seconds_sum{phase=\"prepare\"}"), "2");
  EXPECT_EQ(Value("scriptworker_phase_seconds_bucket{phase=\"prepare\",le=\"1\"}"), "0");
  EXPECT_EQ(Value("scriptworker_phase_seconds_bucket{phase=\"prepare\",le=\"5\"}"), "1");
  EXPECT_EQ(Value("scriptworker_phase_seconds_sum{phase=\"run\"}"), "600");
  clock_.AdvanceTime(absl::Hours(1));  // belongs to no phase
  RunTask({});
  EXPECT_EQ(Value("scriptworker_phase_seconds_sum{phase=\"run\"}"), "1200");
}

TEST_F(WorkerMetricsTest, CountsPollsAndTellsTheAgeOfTheLast) {
  clock_.AdvanceTime(absl::Seconds(7));
  EXPECT_EQ(Value("scriptworker_last_poll_age_seconds"), "7");
  state_.OnPollEnded(0);
  metrics_.OnPollEnded(0);
  metrics_.OnPollEnded(1);
  metrics_.OnPollEnded(absl::UnavailableError("no queue"));
  EXPECT_EQ(Value("scriptworker_polls_total{outcome=\"empty\"}"), "1");
  EXPECT_EQ(Value("scriptworker_polls_total{outcome=\"task\"}"), "1");
  EXPECT_EQ(Value("scriptworker_polls_total{outcome=\"failed\"}"), "1");
  clock_.AdvanceTime(absl::Seconds(3));
  EXPECT_EQ(Value("scriptworker_last_poll_age_seconds"), "3");
}

TEST_F(WorkerMetricsTest, TellsHowTheClaimIsKept) {
  EXPECT_EQ(Value("scriptworker_working"), "0");
  EXPECT_EQ(Value("scriptworker_claim_left_seconds"), "0");
  state_.OnTaskStarted(MakeClaimedTask(), absl::Minutes(20));
  clock_.AdvanceTime(absl::Minutes(5));
  EXPECT_EQ(Value("scriptworker_working"), "1");
  EXPECT_EQ(Value("scriptworker_claim_left_seconds"), "900");
  metrics_.OnReclaimed(absl::Seconds(45), absl::Minutes(20));
  metrics_.OnReclaimFailed(absl::UnavailableError(""), absl::Seconds(40));
  metrics_.OnClaimLost(absl::AbortedError(""));
  for (const std::string_view outcome : {"renewed", "failed", "lost"}) {
    EXPECT_EQ(Value(absl::StrCat("scriptworker_reclaims_total{outcome=\"", outcome, "\"}")), "1");
  }
  EXPECT_EQ(Value("scriptworker_reclaim_margin_seconds_bucket{le=\"30\"}"), "0");
  EXPECT_EQ(Value("scriptworker_reclaim_margin_seconds_bucket{le=\"60\"}"), "1");
}

TEST_F(WorkerMetricsTest, CountersAreAlsoToBeHadAsNumbers) {
  metrics_.OnPollEnded(1);
  bool found = false;
  for (const WorkerMetrics::Value& counter : metrics_.Counters()) {
    EXPECT_THAT(counter.name, HasSubstr("_total"));
    if (counter.name == "scriptworker_polls_total{outcome=\"task\"}") {
      EXPECT_EQ(counter.value, 1);
      found = true;
    }
  }
  EXPECT_TRUE(found);
}

TEST_F(WorkerMetricsTest, EachMetricIsDocumented) {
  RunTask({});
  metrics_.CountAttempt({.url = http::Url::Parse("https://api.github.com/").value()}, 0,
                        http::Response{.status = 503,
                                       .headers = {{"X-RateLimit-Limit", "1"},
                                                   {"X-RateLimit-Remaining", "1"},
                                                   {"X-RateLimit-Reset", "1"}}},
                        0);
  const std::string documentation = ReadTestFile("docs/monitoring.md");
  int count = 0;
  for (const std::string_view line : absl::StrSplit(metrics_.Text(), '\n')) {
    const std::vector<std::string_view> words = absl::StrSplit(line, ' ');
    if (words.size() < 4 || words[1] != "TYPE") continue;
    EXPECT_THAT(documentation, HasSubstr(absl::StrCat("\n| `", words[2], "` | ")));
    ++count;
  }
  EXPECT_EQ(count, 16);
}

class MeasuringTransportTest : public WorkerMetricsTest {
 protected:
  absl::StatusOr<http::Response> Send(const http::Request& request,
                                      const absl::StatusOr<http::Response>& answer) {
    http::FunctionTransport inner([&](const http::Request&) { return answer; });
    return MeasuringTransport(inner, metrics_).Send(request);
  }
  static http::Request To(std::string_view url) { return {.url = http::Url::Parse(url).value()}; }
};

TEST_F(MeasuringTransportTest, CountsRequestsAndBytesOfEveryKindOfBody) {
  http::Request request = To("https://tc.example.com/a");
  request.body = "12345";
  Send(request, http::Response{.status = 200, .body = "123"}).IgnoreError();
  http::StringSource source("1234567");
  http::StringSink sink;
  request.body_source = &source;
  request.sink = &sink;
  Send(request, http::Response{.status = 200, .body = "0123456789"}).IgnoreError();
  EXPECT_EQ(sink.data(), "0123456789");
  EXPECT_EQ(Value("scriptworker_http_requests_total{host=\"tc.example.com\"}"), "2");
  EXPECT_EQ(Value("scriptworker_http_bytes_total{direction=\"sent\"}"), "12");
  EXPECT_EQ(Value("scriptworker_http_bytes_total{direction=\"received\"}"), "13");
}

TEST_F(MeasuringTransportTest, CountsWhatIsWorthAnotherTryByHostAndReason) {
  struct Case {
    absl::StatusOr<http::Response> answer;
    std::string_view reason;  // "": not counted
  };
  const Case cases[] = {
      {http::Response{.status = 200}, ""},
      {http::Response{.status = 404}, ""},
      {http::Response{.status = 429}, "http-429"},
      {http::Response{.status = 503}, "http-503"},
      {absl::UnavailableError("reset"), "connection"},
      {absl::DeadlineExceededError("slow"), "timeout"},
      {absl::DataLossError("cut"), "bad-answer"},
      {absl::ResourceExhaustedError("cap"), ""},
  };
  int failures = 0;
  for (const Case& c : cases) {
    Send(To("https://h/"), c.answer).IgnoreError();
    if (c.reason.empty()) continue;
    ++failures;
    EXPECT_EQ(Value(absl::StrCat("scriptworker_http_retryable_failures_total{host=\"h\",reason=\"",
                                 c.reason, "\"}")),
              "1");
  }
  int counted = 0;
  for (const WorkerMetrics::Value& counter : metrics_.Counters()) {
    if (counter.name.find("retryable_failures_total{host=\"h\"") != std::string::npos) ++counted;
  }
  EXPECT_EQ(counted, failures);
}

TEST_F(MeasuringTransportTest, ARequestThatWasCancelledIsNoFailureOfTheHost) {
  CancellationSource source;
  source.Cancel(absl::UnavailableError("the claim is lost"));
  http::Request request = To("https://h/");
  request.cancellation = source.token();
  Send(request, source.token().reason()).IgnoreError();
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("retryable_failures_total{host=\"h\"")));
}

TEST_F(MeasuringTransportTest, ManyHostsBecomeOne) {
  for (int i = 0; i < 100; ++i) {
    Send(To(absl::StrCat("https://h", i, ".example.com/")), http::Response{.status = 200})
        .IgnoreError();
  }
  EXPECT_EQ(Value("scriptworker_http_requests_total{host=\"h63.example.com\"}"), "1");
  EXPECT_EQ(Value("scriptworker_http_requests_total{host=\"other\"}"), "36");
}

TEST_F(MeasuringTransportTest, KnowsWhatIsLeftOfGithubsQuota) {
  http::Response response{.status = 200,
                          .headers = {{"x-ratelimit-limit", "5000"},
                                      {"x-ratelimit-remaining", "4321"},
                                      {"x-ratelimit-reset", "1800000500"}}};
  Send(To("https://example.com/"), response).IgnoreError();
  EXPECT_EQ(Value("scriptworker_github_quota_remaining"), "");
  Send(To("https://api.github.com/repos/a/b"), response).IgnoreError();
  EXPECT_EQ(Value("scriptworker_github_quota_remaining"), "4321");
  EXPECT_EQ(Value("scriptworker_github_quota_limit"), "5000");
  EXPECT_EQ(Value("scriptworker_github_quota_reset_time_seconds"), "1800000500");
}

}  // namespace
}  // namespace scriptworker::worker
