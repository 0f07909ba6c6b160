// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/hg_client.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/testing/function_transport.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kServer = "https://hg.mozilla.org";
constexpr std::string_view kTemplate = "{repo}/json-pushes?changeset={revision}&version=2&full=1";
constexpr std::string_view kRevision = "222222222222abcdef0123456789abcdef012345";

class StoringLogger final : public Logger {
 public:
  void Log(LogLevel level, std::string_view message) override {
    if (level >= LogLevel::kWarning) warnings.emplace_back(message);
  }
  std::vector<std::string> warnings;
};

class HgClientTest : public testing::Test {
 protected:
  static SourceUrl Repo(std::string_view url = "https://hg.mozilla.org/releases/x") {
    return SourceUrl::Parse(url).value();
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000), SimulatedClock::Mode::kAutoAdvance};
  std::string body_;
  int status_ = 200;
  http::FunctionTransport server_{
      [this](const http::Request&) { return http::MakeResponse(status_, body_); }};
  StoringLogger logger_;
  HgClient client_{server_, clock_, logger_, std::string(kServer)};
};

TEST_F(HgClientTest, ThePushOfARevisionIsFetched) {
  body_ = R"({"pushes": {"7": {"changesets":
      [{"desc": "d", "node": "222222222222abcdef0123456789abcdef012345", "parents": ["0"]}],
      "date": 1, "user": "u"}}})";
  const absl::StatusOr<Push> push =
      client_.GetPush(kTemplate, Repo("https://hg.mozilla.org/releases/x/"), kRevision);
  ASSERT_TRUE(push.ok()) << push.status();
  EXPECT_EQ(push->id, "7");
  EXPECT_THAT(logger_.warnings, IsEmpty());
  EXPECT_EQ(server_.requests().front().url,
            "https://hg.mozilla.org/releases/x/json-pushes?changeset=" + std::string(kRevision) +
                "&version=2&full=1");
}

TEST_F(HgClientTest, OfSeveralPushesTheFirstCountsWithAWarning) {
  body_ = R"({"pushes": {
      "7": {"changesets": [{"desc": "d", "node": "222222222222abcdef0123456789abcdef012345",
             "parents": ["0"]}], "date": 1, "user": "u"},
      "8": {"changesets": [{"desc": "e", "node": "333", "parents": ["1"]}], "date": 2,
             "user": "v"}}})";
  const absl::StatusOr<Push> push = client_.GetPush(kTemplate, Repo(), kRevision);
  ASSERT_TRUE(push.ok()) << push.status();
  EXPECT_EQ(push->id, "7");
  EXPECT_THAT(logger_.warnings, ElementsAre(HasSubstr("has 2 pushes")));
  // A short hash is one, too.
  EXPECT_TRUE(client_.GetPush(kTemplate, Repo(), "222222222222").ok());
}

TEST_F(HgClientTest, OfSeveralPushesTheFirstMustHoldTheRevision) {
  body_ = R"({"pushes": {
      "7": {"changesets": [{"desc": "d", "node": "333", "parents": ["0"]}], "date": 1,
             "user": "u"},
      "8": {"changesets": [{"desc": "e", "node": "222222222222abcdef0123456789abcdef012345",
             "parents": ["1"]}], "date": 2, "user": "v"}}})";
  EXPECT_THAT(client_.GetPush(kTemplate, Repo(), kRevision),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("found 2 pushes")));
}

TEST_F(HgClientTest, APushWithoutTheRevisionIsAnotherPush) {
  body_ = R"({"pushes": {"7": {"changesets": [{"desc": "d", "node": "333", "parents": ["0"]}],
             "date": 1, "user": "u"}}})";
  EXPECT_THAT(client_.GetPush(kTemplate, Repo(), kRevision),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("found another push")));
  // What is no hash cannot be compared.
  EXPECT_TRUE(client_.GetPush(kTemplate, Repo(), "tip").ok());
}

TEST_F(HgClientTest, APushlogOfAnotherShapeIsAnErrorWithItsUrl) {
  body_ = R"({"pushes": []})";
  EXPECT_THAT(client_.GetPush(kTemplate, Repo(), kRevision),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("https://hg.mozilla.org/releases/x/json-pushes"),
                             HasSubstr("$.pushes"))));
}

TEST_F(HgClientTest, AMissingPushlogIsNotFound) {
  status_ = 404;
  EXPECT_THAT(client_.GetPush(kTemplate, Repo(), kRevision), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(HgClientTest, AskedIsTheServerThatItIsToldWhateverHostTheRepositoryIsAt) {
  HgClient mirror(server_, clock_, logger_, "http://127.0.0.1:81/mirror");
  EXPECT_FALSE(mirror.GetPush(kTemplate, Repo(), "0123abc").ok());
  EXPECT_EQ(server_.requests().front().url,
            "http://127.0.0.1:81/mirror/releases/x/json-pushes?changeset=0123abc&version=2&full=1");
  EXPECT_EQ(HgRawFileUrl("http://127.0.0.1:81/mirror", Repo(), "0123abc", "f").value().ToString(),
            "http://127.0.0.1:81/mirror/releases/x/raw-file/0123abc/f");
}

TEST_F(HgClientTest, AFileLiesAtItsRevision) {
  EXPECT_EQ(HgRawFileUrl(kServer, Repo(), "0123abc", ".taskcluster.yml").value().ToString(),
            "https://hg.mozilla.org/releases/x/raw-file/0123abc/.taskcluster.yml");
}

TEST_F(HgClientTest, WhatFitsIntoNoUrlIsRefused) {
  for (const std::string_view repo :
       {"http://hg.mozilla.org/x", "ssh://hg.mozilla.org/x", "https://hg.mozilla.org",
        "https://hg.mozilla.org/", "https://hg.mozilla.org/x?y", "https://hg.mozilla.org/x#y",
        "https://hg.mozilla.org/x%40y", "https://hg.mozilla.org/x%3F",
        "https://hg.mozilla.org/x%23"}) {
    EXPECT_THAT(HgRawFileUrl(kServer, Repo(repo), "tip", "f"),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << repo;
    EXPECT_THAT(PushlogUrl(kTemplate, kServer, Repo(repo), "tip"),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << repo;
  }
  for (const std::string_view revision : {"", "a/b", "a&full=0", "..", "a?b", "a b", "%61", "a#"}) {
    EXPECT_THAT(HgRawFileUrl(kServer, Repo(), revision, "f"),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << revision;
    EXPECT_THAT(PushlogUrl(kTemplate, kServer, Repo(), revision),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << revision;
  }
}

}  // namespace
}  // namespace scriptworker::vcs
