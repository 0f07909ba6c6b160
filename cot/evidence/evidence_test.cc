// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/evidence.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "cot/evidence/cot_schema.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/task_pool.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/queue_client.h"

namespace cot {
namespace {

using ::scriptworker::http::MakeResponse;
using ::scriptworker::http::Request;
using ::scriptworker::http::Response;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kRoot = "https://firefox-ci-tc.services.mozilla.com";
constexpr std::string_view kDocker =
    R"({"provisionerId": "gecko-3", "workerType": "b-linux", "payload": {"image": "x"}})";
constexpr scriptworker::RetryPolicy kOnce = {.attempts = 1};

// Answers by decoded path, all requests at the same time; a path can be held back.
class Answers final : public scriptworker::http::Transport {
 public:
  std::map<std::string, std::string, std::less<>> bodies;        // else 404
  std::map<std::string, absl::Notification*, std::less<>> held;  // until notified
  std::function<void(std::string_view path)> on_answer = nullptr;

  absl::StatusOr<Response> Send(const Request& request) override {
    const std::string path = *scriptworker::http::PercentDecode(request.url.path());
    {
      absl::MutexLock lock(&mutex_);
      paths_.push_back(path);
    }
    if (const auto hold = held.find(path); hold != held.end()) {
      hold->second->WaitForNotification();
    }
    if (on_answer) on_answer(path);
    if (request.cancellation.cancelled()) return request.cancellation.reason();
    const auto found = bodies.find(path);
    Response response =
        found == bodies.end() ? MakeResponse(404, "{}") : MakeResponse(200, found->second);
    response.final_url = request.url;
    if (response.ok() && request.sink != nullptr) {
      const absl::Status written = request.sink->Write(response.body);
      if (!written.ok()) return written;
    }
    return response;
  }
  std::vector<std::string> paths() const {
    absl::MutexLock lock(&mutex_);
    return paths_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::string> paths_ ABSL_GUARDED_BY(mutex_);
};

std::string Path(std::string_view task_id, std::string_view rest) {
  return absl::StrCat("/api/queue/v1/task/", task_id, "/artifacts", rest);
}

class EvidenceTest : public ::testing::Test {
 protected:
  // A task with these artifacts, whose contents are their names.
  void Publish(const Link& link, const std::vector<std::string>& names) {
    std::string artifacts;
    std::string list;
    for (const std::string& name : names) {
      transport_.bodies[Path(link.task_id().str(), "/" + name)] = name;
      absl::StrAppend(&artifacts, artifacts.empty() ? "" : ",", R"(")", name, R"(": {"sha256": ")",
                      scriptworker::crypto::HexEncode(scriptworker::crypto::Sha256(name)), R"("})");
      absl::StrAppend(&list, list.empty() ? "" : ",", R"({"name": ")", name,
                      R"(", "storageType": "s3", "contentType": "x",
                          "expires": "2027-05-01T10:00:00.000Z"})");
    }
    transport_.bodies[Path(link.task_id().str(), "")] =
        absl::StrCat(R"({"artifacts": [)", list, "]}");
    transport_.bodies[Path(link.task_id().str(), "/public/chain-of-trust.json")] = absl::StrCat(
        R"({"chainOfTrustVersion": 1, "environment": {}, "runId": 0, "workerGroup": "g",
            "workerId": "w", "artifacts": {)",
        artifacts, R"(}, "taskId": ")", link.task_id().str(), R"(", "task": )",
        scriptworker::json::FormatCompact(link.task().raw()), "}");
  }

  std::unique_ptr<EvidenceCollector> Collect(const std::vector<Link>& links, std::string_view paths,
                                             int max_downloads = 32,
                                             int64_t max_cot_bytes = 1 << 20) {
    auto collector = std::make_unique<EvidenceCollector>(
        EvidenceOptions{
            .max_downloads = max_downloads,
            .with_signatures = false,
            .max_cot_bytes = max_cot_bytes,
            .upstream = ParseUpstreamArtifacts(Task(absl::StrCat(
                                                   R"({"payload": {"upstreamArtifacts": [
                                                {"taskType": "build", "taskId": ")",
                                                   kBuildId, R"(", "paths": [)", paths, "]}]}}")))
                            .value()},
        [this](const Link& link, const CotFiles& files) -> absl::StatusOr<TrustedCotBody> {
          if (!files.body.ok()) return files.body.status();
          return TrustWithoutSignature(link, *files.body, *schema_, SkipSignatureCheck());
        },
        artifacts_, **queue_, queue_reads_, cancellation_.token());
    for (const Link& link : links) {
      collector->Start(link.id());
      collector->Define(link);
    }
    return collector;
  }

  const Link build_ = MakeLink("signing:build", kBuildId, kDocker);
  const Link decision_ = MakeLink("signing:parent", kDecisionId, kDocker);

  Answers transport_;
  scriptworker::SystemClock clock_;
  scriptworker::TempDir work_dir_;
  scriptworker::MemoryLogger logger_;
  scriptworker::CancellationSource cancellation_;
  const absl::StatusOr<scriptworker::json::Schema> schema_ = LoadCotSchema("");
  const absl::StatusOr<std::unique_ptr<scriptworker::taskcluster::QueueClient>> queue_ =
      scriptworker::taskcluster::QueueClient::Create(std::string(kRoot), transport_, clock_,
                                                     std::nullopt, {.retry = kOnce});
  scriptworker::taskcluster::ArtifactDownloader downloader_{transport_, clock_};
  ArtifactVerifier artifacts_{BuiltInPolicy(),
                              **queue_,
                              downloader_,
                              logger_,
                              {.work_dir = work_dir_.path(), .retry = kOnce}};
  scriptworker::TaskPool queue_reads_{4};
};

TEST_F(EvidenceTest, EachFileIsFetchedOnceAndAccepted) {
  Publish(build_, {"public/a", "public/unwanted"});
  Publish(decision_, {"public/actions.json", "public/parameters.yml", "public/task-graph.json"});
  const auto collector = Collect({build_, decision_}, R"("public/a")");
  collector->AwaitArtifacts();
  const LinkEvidence& build = collector->Of(build_);
  ASSERT_TRUE(build.cot.ok()) << build.cot.status();
  ASSERT_THAT(build.artifacts, SizeIs(1));
  EXPECT_TRUE(build.artifacts[0].ok()) << build.artifacts[0].status();
  EXPECT_THAT(collector->Of(decision_).artifacts, SizeIs(3));
  EXPECT_THAT(transport_.paths(),
              UnorderedElementsAre(Path(kBuildId, "/public/chain-of-trust.json"),
                                   Path(kBuildId, "/public/a"),
                                   Path(kDecisionId, "/public/chain-of-trust.json"),
                                   Path(kDecisionId, "/public/actions.json"),
                                   Path(kDecisionId, "/public/parameters.yml"),
                                   Path(kDecisionId, "/public/task-graph.json")));
}

TEST_F(EvidenceTest, AnArtifactDoesNotWaitForOtherLinks) {
  Publish(build_, {"public/a"});
  Publish(decision_, {"public/actions.json", "public/parameters.yml", "public/task-graph.json"});
  // The decision task's file comes only after the build's artifact was asked for.
  absl::Notification artifact_came;
  transport_.on_answer = [&](std::string_view path) {
    if (path == Path(kBuildId, "/public/a")) artifact_came.Notify();
  };
  transport_.held[Path(kDecisionId, "/public/chain-of-trust.json")] = &artifact_came;
  const auto collector = Collect({decision_, build_}, R"("public/a")");
  collector->AwaitArtifacts();
  EXPECT_TRUE(collector->Of(build_).artifacts[0].ok());
  EXPECT_TRUE(collector->Of(decision_).cot.ok());
}

TEST_F(EvidenceTest, FilesAreFetchedBeforeTheDefinitionHasCome) {
  Publish(build_, {"public/a.log"});
  absl::Notification body_came;
  transport_.on_answer = [&](std::string_view path) {
    if (path == Path(kBuildId, "/public/chain-of-trust.json")) body_came.Notify();
  };
  const auto collector = Collect({}, R"("public/*.log")");
  collector->Start(build_.id());
  body_came.WaitForNotification();
  collector->Define(build_);
  collector->AwaitArtifacts();
  ASSERT_THAT(collector->Of(build_).artifacts, SizeIs(1));
  EXPECT_TRUE(collector->Of(build_).artifacts[0].ok());
}

TEST_F(EvidenceTest, ATaskThatIsNeverDefinedIsNotJudgedAndHoldsNobodyUp) {
  Publish(build_, {"public/a"});
  Publish(decision_, {"public/actions.json", "public/parameters.yml", "public/task-graph.json"});
  absl::Notification held;
  transport_.held[Path(kBuildId, "/public/chain-of-trust.json")] = &held;
  const auto collector = Collect({decision_}, R"("public/a")");
  collector->Start(build_.id());
  collector->AwaitArtifacts();
  EXPECT_TRUE(collector->Of(decision_).cot.ok());
  held.Notify();
}

TEST_F(EvidenceTest, TheBodiesOfAChainHaveALimitTogether) {
  Publish(build_, {"public/a"});
  Publish(decision_, {"public/actions.json", "public/parameters.yml", "public/task-graph.json"});
  const auto size_of = [this](const Link& link) {
    return static_cast<int64_t>(
        transport_.bodies[Path(link.task_id().str(), "/public/chain-of-trust.json")].size());
  };
  const int64_t both = size_of(build_) + size_of(decision_);
  const auto fitting = Collect({build_, decision_}, "", 32, both);
  fitting->AwaitArtifacts();
  EXPECT_TRUE(fitting->Of(build_).cot.ok() && fitting->Of(decision_).cot.ok());
  const auto collector = Collect({build_, decision_}, "", 32, both - 1);
  collector->AwaitArtifacts();
  // Whichever came last.
  const LinkEvidence& build = collector->Of(build_);
  const LinkEvidence& refused = build.cot.ok() ? collector->Of(decision_) : build;
  EXPECT_THAT(refused.cot, IsViolation(Violation::kArtifactTooLarge));
  EXPECT_NE(build.cot.ok(), collector->Of(decision_).cot.ok());
}

TEST_F(EvidenceTest, WithOneDownloadAtATimeNothingIsLost) {
  Publish(build_, {"public/a", "public/b"});
  Publish(decision_, {"public/actions.json", "public/parameters.yml", "public/task-graph.json"});
  const auto collector = Collect({build_, decision_}, R"("public/a", "public/b")", 1);
  collector->AwaitArtifacts();
  for (const Link* link : {&build_, &decision_}) {
    for (const auto& artifact : collector->Of(*link).artifacts) {
      EXPECT_TRUE(artifact.ok()) << artifact.status();
    }
  }
}

TEST_F(EvidenceTest, PatternsAreExpandedByTheQueuesList) {
  Publish(build_, {"public/a.log", "public/b.log", "public/c"});
  const auto collector = Collect({build_}, R"("public/*.log")");
  collector->AwaitArtifacts();
  EXPECT_THAT(collector->Of(build_).artifacts, SizeIs(2));
  EXPECT_THAT(transport_.paths(), testing::Contains(Path(kBuildId, "")).Times(1));
}

TEST_F(EvidenceTest, OfATaskWithoutTrustedBodyNothingElseIsFetched) {
  Publish(build_, {"public/a"});
  transport_.bodies[Path(kBuildId, "/public/chain-of-trust.json")] = "{}";
  const auto collector = Collect({build_}, R"("public/a")");
  collector->AwaitArtifacts();
  EXPECT_THAT(collector->Of(build_).cot, IsViolation(Violation::kMalformedCot));
  EXPECT_THAT(collector->Of(build_).plan, IsEmpty());
  EXPECT_THAT(transport_.paths(), SizeIs(1));
}

TEST_F(EvidenceTest, AnAliasOfAnArtifactIsAViolationAndNoneOfThemIsFetched) {
  Publish(build_, {"public/a.zip"});
  const auto collector = Collect({build_}, R"("public/a.zip", "public/a%2Ezip")");
  collector->AwaitArtifacts();
  EXPECT_THAT(ViolationsOf(collector->Of(build_).findings),
              ElementsAre(Violation::kArtifactPathTwice));
  EXPECT_THAT(transport_.paths(), SizeIs(1));
}

TEST_F(EvidenceTest, AListThatCannotBeHadIsUnavailableEvidence) {
  Publish(build_, {"public/a"});
  transport_.bodies.erase(Path(kBuildId, ""));
  const auto collector = Collect({build_}, R"("public/*")");
  collector->AwaitArtifacts();
  EXPECT_TRUE(absl::IsUnavailable(collector->Of(build_).listed));
  EXPECT_THAT(collector->Of(build_).artifacts, IsEmpty());
}

TEST_F(EvidenceTest, EndsSoonWhenItIsCancelled) {
  Publish(build_, {"public/a"});
  absl::Notification never;
  transport_.held[Path(kBuildId, "/public/a")] = &never;
  const auto collector = Collect({build_}, R"("public/a")");
  collector->AwaitCots();
  cancellation_.Cancel(absl::CancelledError("enough"));
  never.Notify();  // as a real transport does by itself
  collector->AwaitArtifacts();
  EXPECT_TRUE(absl::IsCancelled(collector->Of(build_).artifacts[0].status()));
}

}  // namespace
}  // namespace cot
