// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_download.h"

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/recording.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

class ArtifactDownloadTest : public ::testing::Test {
 protected:
  void Answer(std::vector<absl::StatusOr<http::Response>> answers) {
    transport_ = std::make_unique<http::FunctionTransport>(http::InTurn(std::move(answers)));
    downloader_ = std::make_unique<ArtifactDownloader>(*transport_, clock_);
    options_.quarantine_directory = folder_.Path("quarantine");
  }
  absl::StatusOr<QuarantinedFile> Fetch() {
    return downloader_->Fetch(url_, options_, CancellationToken());
  }
  std::vector<std::string> Files() const { return ListFiles(folder_.path())->files; }

  SimulatedClock clock_{absl::FromUnixSeconds(0), SimulatedClock::Mode::kAutoAdvance};
  TempDir folder_;
  const http::Url url_ = http::Url::Parse("https://tc.test/a?bewit=SECRET").value();
  DownloadOptions options_;
  std::unique_ptr<http::FunctionTransport> transport_;
  std::unique_ptr<ArtifactDownloader> downloader_;
};

TEST_F(ArtifactDownloadTest, KeepsAFileInQuarantineUntilItIsAccepted) {
  Answer({http::MakeResponse(200, "content")});
  options_.algorithms = {crypto::HashAlgorithm::kSha256, crypto::HashAlgorithm::kSha512};
  auto file = Fetch();
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->size(), 7);
  EXPECT_EQ(file->hex_digest(crypto::HashAlgorithm::kSha256),
            crypto::HexEncode(crypto::Sha256("content")));
  EXPECT_EQ(file->hex_digest(crypto::HashAlgorithm::kSha512),
            crypto::HexEncode(crypto::Sha512("content")));
  EXPECT_THAT(Files(), SizeIs(1));
  const std::string path = folder_.Path("cot/id/public/a");
  const auto fd = std::move(*file).Commit(path);
  ASSERT_THAT(fd, IsOk());
  EXPECT_THAT(Files(), ElementsAre("cot/id/public/a"));
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("content"));
}

TEST_F(ArtifactDownloadTest, TheUmaskAloneSaysWhoMayWriteToAFile) {
  for (const mode_t mask : {mode_t{0002}, mode_t{0022}}) {
    Answer({http::MakeResponse(200, "content")});
    const std::string folder = folder_.Path(absl::StrCat(mask));
    options_.quarantine_directory = folder + "/quarantine";
    const mode_t before = ::umask(mask);
    auto file = Fetch();
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT(std::move(*file).Commit(folder + "/cot/a"), IsOk());
    ::umask(before);
    struct stat info = {};
    ASSERT_EQ(::stat((folder + "/cot/a").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0666U & ~mask);
    for (const std::string_view made : {"/quarantine", "/cot"}) {
      ASSERT_EQ(::stat(absl::StrCat(folder, made).c_str(), &info), 0);
      EXPECT_EQ(info.st_mode & 07777, 0777U & ~mask) << made;
    }
  }
}

TEST_F(ArtifactDownloadTest, WhatIsNotAcceptedVanishes) {
  Answer({http::MakeResponse(200, "content")});
  {
    auto file = Fetch();
    ASSERT_THAT(file, IsOk());
    const QuarantinedFile moved = *std::move(file);
    EXPECT_THAT(Files(), SizeIs(1));
  }
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(ArtifactDownloadTest, EveryFailureButA404IsTriedFiveTimes) {
  Answer({http::MakeResponse(500, "cut"), absl::DataLossError("truncated"), http::MakeResponse(401),
          http::MakeResponse(424), http::MakeResponse(200, "content")});
  auto file = Fetch();
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->hex_digest(crypto::HashAlgorithm::kSha256),
            crypto::HexEncode(crypto::Sha256("content")));
  const auto between = [](int low, int high) {
    return AllOf(Ge(absl::Seconds(low)), Le(absl::Seconds(high)));
  };
  EXPECT_THAT(clock_.sleeps(),
              ElementsAre(between(10, 15), between(15, 15), between(15, 15), between(15, 15)));
}

TEST_F(ArtifactDownloadTest, TaskclustersWordAboutCredentialsIsFinal) {
  Answer({http::MakeResponse(403, R"({"code": "InsufficientScopes", "message": "m"})")});
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kPermissionDenied));
  Answer({http::MakeResponse(401, R"({"code": "AuthenticationFailed", "message": "m"})")});
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST_F(ArtifactDownloadTest, A404IsFinal) {
  Answer({http::MakeResponse(404, R"({"message": "Artifact not found"})")});
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kNotFound,
                                AllOf(HasSubstr("https://tc.test/a?"),
                                      HasSubstr("Artifact not found"), Not(HasSubstr("SECRET")))));
  EXPECT_THAT(transport_->requests(), SizeIs(1));
  EXPECT_THAT(Files(), IsEmpty());
}

struct FailureCase {
  int status;
  absl::StatusCode code;
};

TEST_F(ArtifactDownloadTest, TheLastFailureIsReported) {
  for (const FailureCase& one : {FailureCase{401, absl::StatusCode::kUnauthenticated},
                                 FailureCase{403, absl::StatusCode::kPermissionDenied},
                                 FailureCase{424, absl::StatusCode::kFailedPrecondition},
                                 FailureCase{503, absl::StatusCode::kUnavailable},
                                 FailureCase{206, absl::StatusCode::kUnavailable}}) {
    Answer(std::vector<absl::StatusOr<http::Response>>(5, http::MakeResponse(one.status)));
    EXPECT_THAT(Fetch(), StatusIs(one.code)) << one.status;
    EXPECT_THAT(transport_->requests(), SizeIs(5));
    EXPECT_THAT(Files(), IsEmpty());
  }
}

TEST_F(ArtifactDownloadTest, APartOfAnEarlierTryIsForgotten) {
  int sent = 0;
  transport_ = std::make_unique<http::FunctionTransport>(
      [&sent](const http::Request& request) -> absl::StatusOr<http::Response> {
        if (++sent == 1) {
          EXPECT_THAT(request.sink->Write("a long first part"), IsOk());
          return absl::DataLossError("cut off");
        }
        return http::MakeResponse(200, "content");
      });
  downloader_ = std::make_unique<ArtifactDownloader>(*transport_, clock_);
  options_.quarantine_directory = folder_.Path("quarantine");
  auto file = Fetch();
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->size(), 7);
  EXPECT_EQ(file->hex_digest(crypto::HashAlgorithm::kSha256),
            crypto::HexEncode(crypto::Sha256("content")));
  ASSERT_THAT(std::move(*file).Commit(folder_.Path("a")), IsOk());
  EXPECT_THAT(ReadFile(folder_.Path("a")), IsOkAndHolds("content"));
}

TEST_F(ArtifactDownloadTest, AForbiddenRedirectOrATooLargeBodyIsFinal) {
  for (const absl::Status& error : {absl::PermissionDeniedError("redirect to http"),
                                    absl::ResourceExhaustedError("too large")}) {
    Answer({error});
    EXPECT_THAT(Fetch(), StatusIs(error.code()));
    EXPECT_THAT(transport_->requests(), SizeIs(1));
  }
}

TEST_F(ArtifactDownloadTest, AnHtmlPageInPlaceOfAnotherTypeIsRefused) {
  const auto page = http::MakeResponse(200, "<html>", "Text/HTML; charset=utf-8");
  options_.expected_content_type = "application/json";
  Answer({page, page, page, page, page});
  EXPECT_THAT(Fetch(), StatusIs(absl::StatusCode::kDataLoss,
                                AllOf(HasSubstr("got HTML"), HasSubstr("https://tc.test/a"))));
  EXPECT_THAT(Files(), IsEmpty());
  options_.expected_content_type = "text/html";
  Answer({page});
  EXPECT_THAT(Fetch(), IsOk());
  options_.expected_content_type.reset();
  Answer({page});
  EXPECT_THAT(Fetch(), IsOk());
}

TEST_F(ArtifactDownloadTest, RedirectsAreFollowed) {
  http::Response redirect = http::MakeResponse(303, "{}");
  redirect.headers.Add("Location", "https://store.test/x");
  Answer({redirect, http::MakeResponse(200, "content")});
  EXPECT_THAT(Fetch(), IsOk());
  EXPECT_EQ(transport_->requests().at(1).url, "https://store.test/x");
}

TEST_F(ArtifactDownloadTest, DownloadReplacesTheTargetOnlyWhenAllIsThere) {
  const std::string path = folder_.Write("sub/a.json", "old");
  Answer(std::vector<absl::StatusOr<http::Response>>(5, http::MakeResponse(500)));
  EXPECT_THAT(downloader_->Download(url_, path, {}, CancellationToken()),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("old"));
  Answer({http::MakeResponse(200, "new")});
  EXPECT_THAT(downloader_->Download(url_, path, {}, CancellationToken()), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("new"));
  EXPECT_THAT(Files(), ElementsAre("sub/a.json"));
}

TEST_F(ArtifactDownloadTest, AFolderInTheWayIsAnErrorAndNothingStays) {
  std::filesystem::create_directories(folder_.Path("taken"));
  Answer({http::MakeResponse(200, "content")});
  EXPECT_FALSE(downloader_->Download(url_, folder_.Path("taken"), {}, CancellationToken()).ok());
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(ArtifactDownloadTest, SaysEachRepetitionAndCanBeCancelledBetween) {
  CancellationSource source;
  std::vector<std::string> lines;
  options_.log = [&](std::string_view line) {
    lines.emplace_back(line);
    source.Cancel(absl::CancelledError("shutdown"));
  };
  Answer({http::MakeResponse(500), http::MakeResponse(200, "content")});
  EXPECT_THAT(downloader_->Fetch(url_, options_, source.token()),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(lines, ElementsAre(AllOf(HasSubstr("500"), Not(HasSubstr("SECRET")))));
}

TEST_F(ArtifactDownloadTest, SaysWhereTheLastTryWasRedirectedTo) {
  std::optional<http::Url> place;
  options_.redirected_to = &place;
  http::Response moved = http::MakeResponse(303);
  moved.headers.Set("Location", "https://store.test/id/0/a");
  Answer({moved, http::MakeResponse(200, "content")});
  ASSERT_THAT(Fetch(), IsOk());
  EXPECT_EQ(place, http::Url::Parse("https://store.test/id/0/a").value());
  Answer({moved, http::MakeResponse(503), http::MakeResponse(200, "content")});
  ASSERT_THAT(Fetch(), IsOk());
  EXPECT_FALSE(place.has_value());
}

// Public artifacts of a real task: the queue's redirect, then the store.
TEST_F(ArtifactDownloadTest, RecordedArtifactsArriveAsTheirChainOfTrustSays) {
  const Recording recording = LoadRecording("py-cot-reads");
  int used = 0;
  transport_ = std::make_unique<http::FunctionTransport>(Replay(recording, &used));
  downloader_ = std::make_unique<ArtifactDownloader>(*transport_, clock_);
  const auto fetch = [this](std::string_view name) {
    const auto url = http::Url::Parse(
        absl::StrCat("http://127.0.0.1:8180/api/queue/v1/task/NsqSIRDwQtuVxPjPCFpS1A/artifacts/",
                     http::PercentEncode(name)));
    EXPECT_THAT(downloader_->Download(*url, folder_.Path(name), {}, CancellationToken()), IsOk());
    return ReadFile(folder_.Path(name)).value();
  };
  const json::Value cot = json::Parse(fetch("public/chain-of-trust.json")).value();
  for (const std::string_view name : {"public/build/target.bin", "public/build/hello.txt"}) {
    EXPECT_EQ(crypto::HexEncode(crypto::Sha256(fetch(name))),
              cot.Find("artifacts")->Find(name)->Find("sha256")->string_value())
        << name;
  }
  EXPECT_EQ(used, 6);
}

}  // namespace
}  // namespace scriptworker::taskcluster
