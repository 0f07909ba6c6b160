// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/downloads.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
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
#include "scriptworker/base/file.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/client/artifact_rules.h"
#include "scriptworker/client/script_config.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/client/script_logger.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::client {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::scriptworker::taskcluster::TaskId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kTask = "VQU9QMO4Teq7zr91FhBusg";

std::string UrlOf(std::string_view name) {
  return absl::StrCat("https://tc.test/task/", kTask, "/artifacts/", name);
}

class DownloadsTest : public testing::Test {
 protected:
  Downloads& Answer(std::vector<absl::StatusOr<http::Response>> answers) {
    transport_ = std::make_unique<http::FunctionTransport>(http::InTurn(std::move(answers)));
    downloads_ = std::make_unique<Downloads>(*transport_, clock_, log_);
    return *downloads_;
  }
  size_t Requests() const { return transport_->requests().size(); }

  SimulatedClock clock_{absl::UnixEpoch(), SimulatedClock::Mode::kAutoAdvance};
  std::ostringstream output_;
  ScriptLogger log_{output_, "test", LogLevel::kDebug, clock_, absl::UTCTimeZone()};
  const TempDir temp_;
  const ArtifactRules rules_ =
      ArtifactRules::FromConfig(
          ScriptConfig(
              json::Parse(
                  R"json({"valid_artifact_rules": [{"schemes": ["https"], "netlocs": ["tc.test"],
                      "path_regexes": ["^/task/(?P<taskId>[^/]+)/artifacts/(?P<filepath>.*)$"]}]})json")
                  .value()
                  .object()))
          .value();
  const std::vector<TaskId> ids_ = {TaskId::Parse(kTask).value()};
  std::unique_ptr<http::FunctionTransport> transport_;
  std::unique_ptr<Downloads> downloads_;
};

TEST_F(DownloadsTest, AFileAndItsFolders) {
  EXPECT_THAT(
      Answer({http::MakeResponse(200, "content")}).Fetch("https://a.test/x", temp_.Path("a/b/c")),
      IsOk());
  EXPECT_THAT(ReadFile(temp_.Path("a/b/c")), IsOkAndHolds("content"));
}

TEST_F(DownloadsTest, WhatIsNotThereIsAskedForOnce) {
  const absl::Status done =
      Answer({http::MakeResponse(404, "{}")}).Fetch("https://a.test/x", temp_.Path("a"));
  EXPECT_EQ(ErrorKindOf(done), ErrorKind::kDownload404);
  EXPECT_EQ(ExitStatusOf(done), 4);
  EXPECT_EQ(Requests(), 1);
}

TEST_F(DownloadsTest, AnyOtherFailureIsTriedFiveTimes) {
  const absl::Status done =
      Answer(std::vector<absl::StatusOr<http::Response>>(5, http::MakeResponse(500, "no")))
          .Fetch("https://a.test/x?bewit=c2VjcmV0", temp_.Path("a"));
  EXPECT_EQ(ErrorKindOf(done), ErrorKind::kDownload);
  EXPECT_EQ(ExitStatusOf(done), 4);
  EXPECT_EQ(Requests(), 5);
  EXPECT_FALSE(std::filesystem::exists(temp_.Path("a")));
  EXPECT_THAT(output_.str(), HasSubstr("WARNING"));
  EXPECT_THAT(output_.str(), Not(HasSubstr("c2VjcmV0")));
}

TEST_F(DownloadsTest, AnUnusableUrlIsADownloadError) {
  EXPECT_EQ(ErrorKindOf(Answer({http::MakeResponse(200, "")}).Fetch("file:///x", temp_.Path("a"))),
            ErrorKind::kDownload);
  EXPECT_EQ(Requests(), 0);
}

TEST_F(DownloadsTest, ArtifactsComeToThePathsOfTheirNames) {
  const auto paths = Answer({http::MakeResponse(200, "1"), http::MakeResponse(200, "2")})
                         .FetchArtifacts(rules_, {UrlOf("public/b.zip"), UrlOf("public/x/a.zip")},
                                         ids_, temp_.path(), 1);
  ASSERT_THAT(paths, IsOk());
  EXPECT_THAT(*paths, ElementsAre(temp_.Path("public/b.zip"), temp_.Path("public/x/a.zip")));
  EXPECT_THAT(ReadFile((*paths)[0]), IsOkAndHolds("1"));
  EXPECT_THAT(ReadFile((*paths)[1]), IsOkAndHolds("2"));
}

TEST_F(DownloadsTest, NothingIsAskedIfOneUrlIsRefused) {
  const auto paths =
      Answer({http::MakeResponse(200, "1")})
          .FetchArtifacts(rules_, {UrlOf("public/a"), "https://evil.test/task/x/artifacts/b"}, ids_,
                          temp_.path());
  EXPECT_EQ(ExitStatusOf(paths.status()), 3);
  EXPECT_EQ(Requests(), 0);
}

TEST_F(DownloadsTest, TwoArtifactsWithOnePathAreRefused) {
  const auto paths =
      Answer({http::MakeResponse(200, "1")})
          .FetchArtifacts(rules_, {UrlOf("public/a"), UrlOf("public%2Fa")}, ids_, temp_.path());
  EXPECT_EQ(ErrorKindOf(paths.status()), ErrorKind::kTask);
  EXPECT_EQ(Requests(), 0);
}

TEST_F(DownloadsTest, NoArtifactLeavesTheFolderByALink) {
  const TempDir outside;
  std::filesystem::create_directory_symlink(outside.path(), temp_.Path("public"));
  const auto paths = Answer({http::MakeResponse(200, "1")})
                         .FetchArtifacts(rules_, {UrlOf("public/a")}, ids_, temp_.path());
  EXPECT_EQ(ErrorKindOf(paths.status()), ErrorKind::kTask);
  EXPECT_EQ(ExitStatusOf(paths.status()), 1);
  EXPECT_THAT(paths.status().message(),
              HasSubstr(absl::StrCat("is not under ", temp_.path(), "!")));
  EXPECT_TRUE(std::filesystem::is_empty(outside.path()));
}

TEST_F(DownloadsTest, QueriesAndFragmentsDoNotCount) {
  const auto paths = Answer({http::MakeResponse(200, "1")})
                         .FetchArtifacts(rules_, {absl::StrCat(UrlOf("public/a"), "?x=1#frag")},
                                         ids_, temp_.path());
  ASSERT_THAT(paths, IsOk());
  EXPECT_EQ(transport_->requests()[0].url, absl::StrCat(UrlOf("public/a"), "?x=1"));
  EXPECT_THAT(ReadFile(temp_.Path("public/a")), IsOkAndHolds("1"));
}

TEST_F(DownloadsTest, AFaultOfTheDiskIsNoDownloadError) {
  const std::string file = temp_.Write("file", "in the way of a folder");
  Answer({http::MakeResponse(200, "1"), http::MakeResponse(200, "1")});
  const absl::Status made = downloads_->Fetch("https://a.test/x", absl::StrCat(file, "/a"));
  EXPECT_FALSE(made.ok());
  EXPECT_EQ(ErrorKindOf(made), std::nullopt);
  EXPECT_EQ(ExitStatusOf(made), 1);
  temp_.Write("folder/file", "a folder in the way of the file");
  const absl::Status moved = downloads_->Fetch("https://a.test/x", temp_.Path("folder"));
  EXPECT_FALSE(moved.ok());
  EXPECT_EQ(ErrorKindOf(moved), std::nullopt);
}

TEST_F(DownloadsTest, TheFirstFailureInOrderIsTheResult) {
  const auto paths =
      Answer({http::MakeResponse(200, "1"), http::MakeResponse(404, "{}")})
          .FetchArtifacts(rules_, {UrlOf("public/a"), UrlOf("public/b")}, ids_, temp_.path(), 1);
  EXPECT_EQ(ErrorKindOf(paths.status()), ErrorKind::kDownload404);
}

TEST_F(DownloadsTest, NoArtifactsAreNoRequests) {
  const auto paths =
      Answer({http::MakeResponse(200, "1")}).FetchArtifacts(rules_, {}, ids_, temp_.path());
  ASSERT_THAT(paths, IsOk());
  EXPECT_THAT(*paths, IsEmpty());
}

}  // namespace
}  // namespace scriptworker::client
