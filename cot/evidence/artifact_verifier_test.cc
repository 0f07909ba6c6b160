// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/artifact_verifier.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cot/chain/link.h"
#include "cot/chain/violation.h"
#include "cot/evidence/cot_schema.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/queue_error.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::scriptworker::http::FunctionTransport;
using ::scriptworker::http::MakeResponse;
using ::scriptworker::http::Request;
using ::scriptworker::http::Response;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ArtifactVerifierTest : public ::testing::Test {
 protected:
  ArtifactVerifierTest()
      : link_(MakeLink("signing:build", kBuildId,
                       R"({"provisionerId": "gecko-3", "workerType": "b-linux",
                           "payload": {"image": "x"}})")),
        transport_([this](const Request&) -> absl::StatusOr<Response> { return answer_; }),
        downloader_(transport_, clock_) {
    queue_ = *scriptworker::taskcluster::QueueClient::Create(
        "https://firefox-ci-tc.services.mozilla.com", transport_, clock_, std::nullopt);
    verifier_ = std::make_unique<ArtifactVerifier>(
        BuiltInPolicy(), *queue_, downloader_, logger_,
        ArtifactOptions{
            .work_dir = temp_dir_.path(),
            .retry = scriptworker::RetryPolicy{
                .attempts = 2, .initial = absl::ZeroDuration(), .max = absl::ZeroDuration()}});
  }

  // Fetches `name` when the task's chain-of-trust.json has `artifacts`, as JSON.
  absl::StatusOr<VerifiedArtifact> Fetch(std::string_view artifacts, std::string_view name,
                                         KeepOpen keep_open = KeepOpen::kNo) {
    const std::string text = absl::StrCat(
        R"({"chainOfTrustVersion": 1, "environment": {}, "runId": 0, "workerGroup": "g",
            "workerId": "w", "taskId": ")",
        kBuildId, R"(", "artifacts": )", artifacts, R"(, "task": )",
        scriptworker::json::FormatCompact(link_.task().raw()), "}");
    const auto schema = LoadCotSchema("");
    if (!schema.ok()) return schema.status();
    const auto cot = TrustWithoutSignature(link_, text, *schema, SkipSignatureCheck());
    if (!cot.ok()) return cot.status();
    return verifier_->Fetch(link_.id(), *cot, name, keep_open, cancellation_.token());
  }

  std::vector<std::string> Files() const {
    return scriptworker::ListFiles(temp_dir_.path())->files;
  }

  Link link_;
  absl::StatusOr<Response> answer_ = MakeResponse(200, "zipped", "application/zip");
  scriptworker::SystemClock clock_;
  FunctionTransport transport_;
  scriptworker::taskcluster::ArtifactDownloader downloader_;
  std::unique_ptr<scriptworker::taskcluster::QueueClient> queue_;
  scriptworker::MemoryLogger logger_;
  scriptworker::TempDir temp_dir_;
  scriptworker::CancellationSource cancellation_;
  std::unique_ptr<ArtifactVerifier> verifier_;
};

std::string Good(std::string_view name) {
  return absl::StrCat(
      R"({")", name, R"(": {"sha256": ")",
      scriptworker::crypto::HexEncode(scriptworker::crypto::Sha256("zipped")), R"(", "sha512": ")",
      scriptworker::crypto::HexEncode(scriptworker::crypto::Sha512("zipped")), R"("}})");
}

TEST_F(ArtifactVerifierTest, AFileWithAllItsDigestsGetsItsPlace) {
  const auto artifact = Fetch(Good("public/a.zip"), "public/a.zip", KeepOpen::kYes);
  ASSERT_THAT(artifact, IsOk());
  EXPECT_EQ(artifact->path(), temp_dir_.Path(absl::StrCat("cot/", kBuildId, "/public/a.zip")));
  EXPECT_EQ(artifact->size(), 6);
  EXPECT_EQ(artifact->hashes().size(), 2);
  EXPECT_GE(artifact->fd(), 0);
  EXPECT_THAT(scriptworker::ReadFile(artifact->path()), IsOkAndHolds("zipped"));
}

TEST_F(ArtifactVerifierTest, APercentSignInANameIsOne) {
  const auto artifact = Fetch(Good("public/a%41.zip"), "public/a%41.zip");
  ASSERT_THAT(artifact, IsOk());
  EXPECT_THAT(Files(), ElementsAre(absl::StrCat("cot/", kBuildId, "/public/a%41.zip")));
}

struct RefusedCase {
  std::string_view test_name;
  std::string artifacts;
  Violation violation;
  std::string name = "public/a.zip";
};
class RefusedArtifactTest : public ArtifactVerifierTest,
                            public ::testing::WithParamInterface<RefusedCase> {};

TEST_P(RefusedArtifactTest, AndNothingRemains) {
  EXPECT_THAT(Fetch(GetParam().artifacts, GetParam().name), IsViolation(GetParam().violation));
  EXPECT_THAT(Files(), IsEmpty());
}

std::string Entry(std::string_view hashes) {
  return absl::StrCat(R"({"public/a.zip": )", hashes, "}");
}
const std::string kZeros(64, '0');

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedArtifactTest,
    ::testing::Values(
        RefusedCase{"NoHash", Entry("{}"), Violation::kNoArtifactHash},
        RefusedCase{"OnlyMd5", Entry(R"({"md5": "0123456789abcdef0123456789abcdef"})"),
                    Violation::kHashAlgorithmNotAllowed},
        RefusedCase{"Md5BesideAGoodOne",
                    Entry(absl::StrCat(R"({"md5": "00", "sha256": ")", kZeros, R"("})")),
                    Violation::kHashAlgorithmNotAllowed},
        RefusedCase{"Short", Entry(R"({"sha256": "0123"})"), Violation::kMalformedArtifactHash},
        RefusedCase{"Empty", Entry(R"({"sha256": ""})"), Violation::kMalformedArtifactHash},
        RefusedCase{"UpperCase",
                    Entry(absl::StrCat(R"({"sha256": ")", std::string(64, 'A'), R"("})")),
                    Violation::kMalformedArtifactHash},
        RefusedCase{"Wrong", Entry(absl::StrCat(R"({"sha256": ")", kZeros, R"("})")),
                    Violation::kArtifactHashMismatch},
        RefusedCase{"OneOfTwoWrong",
                    Entry(absl::StrCat(
                        R"({"sha512": ")",
                        scriptworker::crypto::HexEncode(scriptworker::crypto::Sha512("zipped")),
                        R"(", "sha256": ")", kZeros, R"("})")),
                    Violation::kArtifactHashMismatch},
        RefusedCase{"NotListed", "{}", Violation::kArtifactNotInCot},
        RefusedCase{"Parent", Good("../../escaped"), Violation::kIllegalArtifactName,
                    "../../escaped"},
        RefusedCase{"Absolute", Good("/etc/passwd"), Violation::kIllegalArtifactName,
                    "/etc/passwd"}),
    [](const auto& info) { return std::string(info.param.test_name); });

TEST(IsDefinitelyMissingTest, IsNoMatterOfTryingAgain) {
  const auto answer = [](int status) {
    return scriptworker::taskcluster::MakeQueueError(
        "artifact", {.http_status = status, .code = "", .message = ""});
  };
  EXPECT_TRUE(IsDefinitelyMissing(answer(404)));
  EXPECT_TRUE(IsDefinitelyMissing(answer(424)));
  EXPECT_FALSE(IsDefinitelyMissing(answer(403)));
  EXPECT_FALSE(IsDefinitelyMissing(answer(503)));
  EXPECT_FALSE(IsDefinitelyMissing(absl::OkStatus()));
}

TEST_F(ArtifactVerifierTest, A404IsAViolation) {
  answer_ = MakeResponse(404, "{}");
  EXPECT_THAT(Fetch(Good("public/a.zip"), "public/a.zip"),
              IsViolation(Violation::kArtifactMissing));
}

TEST_F(ArtifactVerifierTest, AnErrorArtifactIsAViolation) {
  answer_ = MakeResponse(424, R"({"reason": "file-missing-on-worker", "message": "gone"})");
  EXPECT_THAT(Fetch(Good("public/a.zip"), "public/a.zip"),
              IsViolation(Violation::kArtifactMissing));
}

TEST_F(ArtifactVerifierTest, OtherAnswersAreUnavailableEvidence) {
  for (const int status : {400, 401, 403, 500, 503}) {
    answer_ = MakeResponse(status, "{}");
    const auto artifact = Fetch(Good("public/a.zip"), "public/a.zip");
    EXPECT_THAT(artifact, StatusIs(absl::StatusCode::kUnavailable)) << status;
    EXPECT_FALSE(GetFinding(artifact.status()).has_value()) << status;
  }
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(ArtifactVerifierTest, APrivateArtifactWithoutCredentialsIsSaidInWords) {
  EXPECT_THAT(Fetch(Good("private/a.zip"), "private/a.zip"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("credentials")));
}

TEST_F(ArtifactVerifierTest, TheReasonOfACancellationIsKept) {
  cancellation_.Cancel(absl::CancelledError("the worker stops"));
  EXPECT_THAT(Fetch(Good("public/a.zip"), "public/a.zip"), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(ArtifactVerifierTest, ReadGivesTheBytesAndLeavesNoFile) {
  EXPECT_THAT(verifier_->Read(link_.id(), "public/chain-of-trust.json", Violation::kCotMissing, 100,
                              cancellation_.token()),
              IsOkAndHolds(AllOf(Field(&UntrustedFile::bytes, "zipped"),
                                 Field(&UntrustedFile::run_id, std::nullopt))));
  EXPECT_THAT(Files(), IsEmpty());
}

struct PlaceCase {
  std::string place;  // where the queue redirects to; "@" stands for the task's id
  std::optional<int64_t> run_id;
};

// What is behind the queue's own redirect is the store's word, and does not count.
TEST_F(ArtifactVerifierTest, TheRunIsReadFromWhereTheQueueRedirectsTo) {
  const std::string name = "/public/chain-of-trust.json";
  const std::vector<PlaceCase> cases = {
      {"https://store.example.net/@/3" + name, 3},
      {"https://store.example.net/bucket/@/12" + name + "?signature=1", 12},
      {"https://tc.example.net/api/object/v1/download/t%2F@%2F0%2Fpublic%2Fchain-of-trust.json", 0},
      {"https://store.example.net/@" + name, std::nullopt},
      {"https://store.example.net/@/3/public/other.json", std::nullopt},
      {"https://store.example.net/@/3/4" + name, std::nullopt},
      {"https://store.example.net/x@/3" + name, std::nullopt},
      {"https://store.example.net/AAAAAAAAQACAAAAAAAAAAA/3" + name, std::nullopt},
      {"https://store.example.net/@/-3" + name, std::nullopt},
      {"https://store.example.net/@/+3" + name, std::nullopt},
      {"https://store.example.net/@/99999999999999999999" + name, std::nullopt},
      {"https://store.example.net/@/" + name, std::nullopt},
  };
  for (const PlaceCase& c : cases) {
    const std::string place = absl::StrReplaceAll(c.place, {{"@", kBuildId}});
    const std::string elsewhere = absl::StrCat("https://evil.example.org/", kBuildId, "/7", name);
    for (const bool goes_on : {false, true}) {
      FunctionTransport transport([&](const Request& request) -> absl::StatusOr<Response> {
        Response response = MakeResponse(200, "zipped", "application/json");
        const bool is_queue = request.url.host() == "firefox-ci-tc.services.mozilla.com";
        if (is_queue || (goes_on && request.url.ToString() == place)) {
          response.status = 303;
          response.headers.Set("Location", is_queue ? place : elsewhere);
        }
        return response;
      });
      scriptworker::taskcluster::ArtifactDownloader downloader(transport, clock_);
      ArtifactVerifier verifier(BuiltInPolicy(), *queue_, downloader, logger_,
                                ArtifactOptions{.work_dir = temp_dir_.path()});
      const auto file = verifier.Read(link_.id(), name.substr(1), Violation::kCotMissing, 100,
                                      cancellation_.token());
      ASSERT_THAT(file, IsOk());
      EXPECT_EQ(file->run_id, c.run_id) << c.place;
    }
  }
}

TEST_F(ArtifactVerifierTest, ABodyOverACapIsAViolation) {
  answer_ = absl::ResourceExhaustedError("the body has more than 5 bytes");
  EXPECT_THAT(verifier_->Read(link_.id(), "public/chain-of-trust.json", Violation::kCotMissing, 5,
                              cancellation_.token()),
              IsViolation(Violation::kArtifactTooLarge));
}

TEST_F(ArtifactVerifierTest, ADiskThatTakesNoFileIsNoViolation) {
  ASSERT_THAT(scriptworker::WriteFile(temp_dir_.Path(".quarantine"), "in the way"), IsOk());
  EXPECT_THAT(Fetch(Good("public/a.zip"), "public/a.zip"), StatusIs(absl::StatusCode::kInternal));
}

TEST_F(ArtifactVerifierTest, NoWordOfAServerMakesAFaultOfThisMachine) {
  answer_ = MakeResponse(500, R"({"message": "No space left on device, Disk quota exceeded"})");
  EXPECT_THAT(Fetch(Good("public/a.zip"), "public/a.zip"),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(EvidenceError(absl::DataLossError("No space left on device"), cancellation_.token()),
              StatusIs(absl::StatusCode::kUnavailable));
  answer_ = absl::ResourceExhaustedError("the body, No space left on device, is over the cap");
  EXPECT_THAT(Fetch(Good("public/a.zip"), "public/a.zip"),
              IsViolation(Violation::kArtifactTooLarge));
}

TEST(CheckNoPathTwiceTest, RefusesWhatCouldBeTakenForOneAnother) {
  const Link link = MakeLink("signing:build", kBuildId);
  const auto count = [&](const std::vector<std::string>& names) {
    std::vector<Finding> findings;
    CheckNoPathTwice(link, names, findings);
    for (const Finding& finding : findings) {
      EXPECT_EQ(finding.violation, Violation::kArtifactPathTwice);
    }
    return findings.size();
  };
  EXPECT_EQ(count({"public/a", "public/b", "public/a.b"}), 0);
  EXPECT_EQ(count({"public/a.zip", "public/a%2Ezip"}), 1);
  EXPECT_EQ(count({"public/a", "public%2Fa"}), 1);
  EXPECT_EQ(count({"public/a", "public/a/b"}), 1);
  EXPECT_EQ(count({"public/a", "public/A"}), 0);
  // Once for each name, or n names would make n * n findings.
  EXPECT_EQ(count({"a", "a/b", "a/b/c", "a/b/c/d"}), 3);
}

TEST(CheckNoPathTwiceTest, KnowsTheFilesThatLieThereAlready) {
  const Link link = MakeLink("signing:build", kBuildId);
  const auto found = [&](const std::string& name) {
    std::vector<Finding> findings;
    CheckNoPathTwice(link, {name}, findings);
    return ViolationsOf(findings);
  };
  for (const char* name : {"task.json/x", "task.json/x/y", "public/chain-of-trust.json/x",
                           "task%2Ejson/x", "public"}) {
    EXPECT_THAT(found(name), testing::ElementsAre(Violation::kArtifactPathTwice)) << name;
  }
  for (const char* name : {"task.json", "public/chain-of-trust.json", "task.json.x", "public/x",
                           "public/task.json/x"}) {
    EXPECT_THAT(found(name), testing::IsEmpty()) << name;
  }
}

}  // namespace
}  // namespace cot
