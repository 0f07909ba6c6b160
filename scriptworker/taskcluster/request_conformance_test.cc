// SPDX-License-Identifier: MPL-2.0
//
// Every request that the library sends is one of Taskcluster's API reference:
// its route exists, and its body validates against the published JSON Schema.
// Needs the corpora; says SKIPPED without.
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_schema.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_creator.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

constexpr std::string_view kRoot = "https://tc.test";
constexpr std::string_view kApi = "https://tc.test/api/queue/v1";

// Taskcluster's references.json: API descriptions and schemas by file name.
class References {
 public:
  explicit References(const std::string& corpora) {
    const std::string path = corpora + "/taskcluster/references.json";
    const json::Value all = json::Parse(ReadFile(path).value(), {.source = path}).value();
    for (const json::Value& file : all.array()) {
      files_[std::string(file.Find("filename")->string_value())] = *file.Find("content");
    }
  }

  // A schema by its path; "$schema" and "$id" are Taskcluster's own relative
  // names, the draft is 6.
  absl::StatusOr<json::Value> Schema(std::string_view path) const {
    const auto file = files_.find(std::string(absl::StripPrefix(path, "/")));
    if (file == files_.end()) {
      return absl::NotFoundError(absl::StrCat("no schema ", path));
    }
    json::Object schema = file->second.object();
    schema.Erase("$schema");
    schema.Erase("$id");
    return json::Value(std::move(schema));
  }

  // OK if `request` is a call of the queue with a valid body.
  absl::Status Check(const http::SentRequest& request) const {
    for (const json::Value& entry :
         files_.at("references/queue/v1/api.json").Find("entries")->array()) {
      if (!IsCallOf(request, entry)) continue;
      const json::Value* input = entry.Find("input");
      if (input == nullptr) {
        return request.body.empty() ? absl::OkStatus()
                                    : absl::InvalidArgumentError("the call has no body");
      }
      return CheckBody(request.body, input->string_value());
    }
    return absl::NotFoundError(absl::StrCat("no such call: ", request.url));
  }

 private:
  static bool IsCallOf(const http::SentRequest& request, const json::Value& entry) {
    if (absl::AsciiStrToLower(http::MethodName(request.method)) !=
        entry.Find("method")->string_value()) {
      return false;
    }
    const std::vector<std::string_view> sent =
        absl::StrSplit(absl::StripPrefix(request.url, kApi), '/');
    const std::vector<std::string_view> route =
        absl::StrSplit(entry.Find("route")->string_value(), '/');
    if (sent.size() != route.size()) return false;
    for (size_t i = 0; i < sent.size(); ++i) {
      if (!absl::StartsWith(route[i], "<") && sent[i] != route[i]) return false;
    }
    return true;
  }

  absl::Status CheckBody(std::string_view body, std::string_view input) const {
    const std::string path = absl::StrCat("/schemas/queue/", absl::StripSuffix(input, "#"));
    const absl::StatusOr<json::Value> value = json::Parse(body);
    if (!value.ok()) return value.status();
    const absl::StatusOr<json::Value> document = Schema(path);
    if (!document.ok()) return document.status();
    const auto schema = json::Schema::Compile(
        *document, absl::StrCat(kRoot, path),
        [this](std::string_view uri) { return Schema(absl::StripPrefix(uri, kRoot)); });
    if (!schema.ok()) return schema.status();
    return schema->Validate(*value);
  }

  std::map<std::string, json::Value> files_;
};

// A definition such as the tools of this project create.
json::Value Definition() {
  return json::Parse(R"({
    "provisionerId": "scriptworker-k8s", "workerType": "local-1",
    "taskQueueId": "scriptworker-k8s/local-1", "schedulerId": "-",
    "taskGroupId": "NsqSIRDwQtuVxPjPCFpS1A", "dependencies": [],
    "requires": "all-completed", "routes": [], "priority": "low", "retries": 5,
    "created": "2026-11-22T15:03:17.000Z",
    "deadline": "2026-11-22T16:03:17.000Z",
    "expires": "2026-11-23T15:03:17.000Z", "scopes": ["project:x:*"],
    "payload": {"maxRunTime": 600},
    "metadata": {"name": "a task", "description": "d",
                 "owner": "nobody@example.com",
                 "source": "https://example.com/source"},
    "tags": {"kind": "test"}, "extra": {}})")
      .value();
}

class RequestConformanceTest : public ::testing::Test {
 protected:
  RequestConformanceTest() {
    Credentials credentials;
    credentials.client_id = "c";
    credentials.access_token = SecretString("t");
    queue_ = QueueClient::Create(kRoot, transport_, clock_, credentials).value();
    creator_ = TaskCreator::Create(kRoot, transport_, clock_, credentials).value();
    credentials_ = credentials;
  }

  // All answers are {}: the requests are what counts.
  http::FunctionTransport transport_{[](const http::Request&) -> absl::StatusOr<http::Response> {
    return http::MakeResponse(200, "{}");
  }};
  SimulatedClock clock_{absl::FromUnixSeconds(0), SimulatedClock::Mode::kAutoAdvance};
  std::unique_ptr<QueueClient> queue_;
  std::unique_ptr<TaskCreator> creator_;
  Credentials credentials_;
  const TaskId task_ = TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A").value();
};

TEST_F(RequestConformanceTest, EveryRequestIsOneOfTheApiReference) {
  const std::optional<std::string> corpora = CorporaDir();
  if (!corpora.has_value()) {
    GTEST_SKIP() << "SKIPPED request bodies: CORPORA_DIR is not set";
  }
  const References references(*corpora);

  for (const int tasks : {1, 32}) {
    (void)queue_->ClaimWork({.task_queue_id = "scriptworker-k8s/local-1",
                             .worker_group = "group",
                             .worker_id = "worker-1",
                             .tasks = tasks},
                            CancellationToken());
  }
  (void)queue_->ReclaimTask(task_, 0, credentials_, CancellationToken());
  (void)queue_->ReportCompleted(task_, 0, credentials_, {});
  (void)queue_->ReportFailed(task_, 0, credentials_, {});
  for (const ExceptionReason reason :
       {ExceptionReason::kWorkerShutdown, ExceptionReason::kMalformedPayload,
        ExceptionReason::kResourceUnavailable, ExceptionReason::kInternalError,
        ExceptionReason::kIntermittentTask}) {
    (void)queue_->ReportException(task_, 0, reason, credentials_, {});
  }
  std::vector<ArtifactRequest> artifacts;
  for (const std::string_view expires : {"2030-01-01T00:00:00.000Z", "2030-01-01T00:00:00.958Z"}) {
    const absl::Time time = ParseTimestamp(expires).value();
    artifacts.push_back(S3Artifact{.content_type = "text/plain", .expires = time});
    artifacts.push_back(
        LinkArtifact{.artifact = "public/a", .content_type = "text/plain", .expires = time});
    for (const ErrorArtifact::Reason reason :
         {ErrorArtifact::Reason::kFileMissing, ErrorArtifact::Reason::kInvalidResource,
          ErrorArtifact::Reason::kTooLarge, ErrorArtifact::Reason::kNotReadable}) {
      artifacts.push_back(
          ErrorArtifact{.reason = reason, .message = "no such file", .expires = time});
    }
  }
  for (const ArtifactRequest& artifact : artifacts) {
    (void)queue_->CreateArtifact(task_, 0, "public/a", artifact, credentials_, {});
  }
  (void)queue_->Task(task_, {});
  (void)queue_->Status(task_, {});
  (void)queue_->ListLatestArtifacts(task_, {});
  (void)creator_->CreateTask(task_, Definition());
  (void)creator_->CancelTask(task_);

  int valid = 0;
  const std::vector<http::SentRequest> requests = transport_.requests();
  for (const http::SentRequest& request : requests) {
    const absl::Status status = references.Check(request);
    EXPECT_TRUE(status.ok()) << http::MethodName(request.method) << " " << request.url << " "
                             << request.body << ": " << status;
    if (status.ok()) ++valid;
  }
  std::cout << "request bodies " << valid << "/" << requests.size() << "\n";
  EXPECT_EQ(requests.size(), 27u);
}

TEST_F(RequestConformanceTest, TheReasonSupersededIsNotOneOfTheQueues) {
  const std::optional<std::string> corpora = CorporaDir();
  if (!corpora.has_value()) {
    GTEST_SKIP() << "SKIPPED request bodies: CORPORA_DIR is not set";
  }
  (void)queue_->ReportException(task_, 0, ExceptionReason::kSuperseded, credentials_, {});
  EXPECT_EQ(References(*corpora).Check(transport_.requests().at(0)).code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace scriptworker::taskcluster
