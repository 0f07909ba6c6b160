// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/github_client.h"

#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/vcs/fetch_cache.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view kHash = "0123456789abcdef0123456789abcdef01234567";
constexpr std::string_view kOtherHash = "89abcdef0123456789abcdef0123456789abcdef";
constexpr std::string_view kRepository =
    R"({"full_name": "o/r", "html_url": "https://github.com/o/r", "fork": false})";
constexpr std::string_view kBranchPage =
    R"(<ul class="branches-list"><li class="branch"><a href="/o/r">main</a></li></ul>)";

// Answers by URL; 404 for others.
class GithubClientTest : public testing::Test {
 protected:
  GithubClientTest() { SetJson("/repos/o/r", kRepository); }

  void Set(std::string_view url, http::Response response) {
    answers_[std::string(url)] = std::move(response);
  }
  void SetJson(std::string_view path, std::string_view body) {
    Set(absl::StrCat("https://api.github.com", path), http::MakeResponse(200, std::string(body)));
  }
  void SetPage(http::Response response) {
    Set(absl::StrCat("https://github.com/o/r/branch_commits/", kHash), std::move(response));
  }
  static http::Response Html(std::string_view body) {
    http::Response response = http::MakeResponse(200, std::string(body), "");
    response.headers.Set("Content-Type", "text/html; charset=utf-8");
    return response;
  }
  GithubRepository Repository() { return client_.GetRepository({"o", "r"}).value(); }
  absl::StatusOr<bool> Landed() { return client_.HasCommitLanded(repository_, kHash); }

  static GithubRepository ParsedRepository() {
    GithubRepository repository;
    repository.name = {"o", "r"};
    repository.html_url = "https://github.com/o/r";
    return repository;
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000), SimulatedClock::Mode::kAutoAdvance};
  std::map<std::string, http::Response> answers_;
  http::FunctionTransport server_{[this](const http::Request& request) {
    const auto found = answers_.find(request.url.ToString());
    return found == answers_.end() ? http::MakeResponse(404, "{}") : found->second;
  }};
  GithubClient client_{server_, clock_, {.token = SecretString("t0ken")}};
  const GithubRepository repository_ = ParsedRepository();
};

TEST_F(GithubClientTest, ARequestToTheApiHasTheDocumentedHeaders) {
  EXPECT_EQ(Repository().html_url, "https://github.com/o/r");
  const http::SentRequest sent = server_.requests().front();
  EXPECT_EQ(sent.url, "https://api.github.com/repos/o/r");
  EXPECT_EQ(sent.headers.Find("Authorization"), "token t0ken");
  EXPECT_EQ(sent.headers.Find("Accept"), "application/vnd.github.v3.full+json");
  EXPECT_EQ(sent.headers.Find("Accept-Charset"), "utf-8");
  EXPECT_EQ(sent.headers.Find("Content-Type"), "application/json");
}

TEST_F(GithubClientTest, WithoutATokenNoneIsSent) {
  GithubClient client(server_, clock_);
  EXPECT_THAT(client.GetRepository({"o", "r"}), IsOk());
  EXPECT_FALSE(server_.requests().front().headers.contains("Authorization"));
}

TEST_F(GithubClientTest, ARenamedRepositoryIsFollowedWithinTheApi) {
  http::Response moved = http::MakeResponse(301, "{}");
  moved.headers.Set("Location", "https://api.github.com/repositories/1");
  Set("https://api.github.com/repos/o/old", moved);
  SetJson("/repositories/1", kRepository);
  EXPECT_EQ(client_.GetRepository({"o", "old"})->name.full_name(), "o/r");

  moved.headers.Set("Location", "https://evil.example/repositories/1");
  Set("https://api.github.com/repos/o/old", moved);
  Set("https://evil.example/repositories/1", http::MakeResponse(200, std::string(kRepository)));
  EXPECT_THAT(client_.GetRepository({"o", "old"}), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(server_.requests().back().headers.contains("Authorization"));
}

TEST_F(GithubClientTest, ARepositoryOfAnotherWebSiteIsRefused) {
  SetJson("/repos/o/r",
          R"({"full_name": "o/r", "html_url": "https://evil.example/o/r", "fork": false})");
  EXPECT_THAT(client_.GetRepository({"o", "r"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("html_url")));
}

TEST_F(GithubClientTest, ObjectsAreFetchedFromTheirPlaces) {
  SetJson(absl::StrCat("/repos/o/r/commits/", kHash),
          absl::StrCat(R"({"sha": ")", kHash, R"(", "author": {"login": "a"}})"));
  EXPECT_EQ(client_.GetCommit(repository_, kHash)->author_login, "a");

  SetJson("/repos/o/r/pulls/5",
          absl::StrCat(R"({"number": 5, "head": {"sha": ")", kHash, R"(", "user": {"login": "u"},
              "repo": null}, "base": {"ref": "main", "repo": {"full_name": "o/r"}}})"));
  EXPECT_EQ(client_.GetPullRequest(repository_, 5)->head_user_login, "u");

  SetJson("/repos/o/r/releases/tags/releases/v1",
          R"({"tag_name": "releases/v1", "target_commitish": "main",
              "published_at": "2026-05-05T09:10:00Z", "author": {"login": "x"}})");
  EXPECT_EQ(client_.GetRelease(repository_, "releases/v1")->author_login, "x");
}

TEST_F(GithubClientTest, AnAnswerAboutAnotherObjectIsRefused) {
  SetJson(absl::StrCat("/repos/o/r/commits/", kHash),
          absl::StrCat(R"({"sha": ")", kOtherHash, R"("})"));
  EXPECT_THAT(client_.GetCommit(repository_, kHash),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("sha")));
  SetJson("/repos/o/r/pulls/5",
          absl::StrCat(R"({"number": 6, "head": {"sha": ")", kHash,
                       R"("}, "base": {"ref": "main", "repo": {"full_name": "o/r"}}})"));
  EXPECT_THAT(client_.GetPullRequest(repository_, 5),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("number")));
  SetJson("/repos/o/r/releases/tags/v1", R"({"tag_name": "v2", "target_commitish": "main"})");
  EXPECT_THAT(client_.GetRelease(repository_, "v1"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tag_name")));
}

TEST_F(GithubClientTest, WhatDoesNotExistIsNotFound) {
  EXPECT_THAT(client_.GetRepository({"o", "none"}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(client_.GetCommit(repository_, kHash), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(client_.GetPullRequest(repository_, 5), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(client_.GetRelease(repository_, "v1"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(GithubClientTest, NamesThatFitIntoNoUrlAreNeverSent) {
  EXPECT_THAT(client_.GetRepository({"o", "r/../x"}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(client_.GetCommit(repository_, "a?b"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(client_.GetRelease(repository_, "../x"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(client_.HasCommitLanded(repository_, "a b"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(server_.requests(), SizeIs(0));
}

std::string Tag(std::string_view name, std::string_view sha) {
  return absl::StrCat(R"({"name": ")", name, R"(", "commit": {"sha": ")", sha, R"("}})");
}

TEST_F(GithubClientTest, ATagIsLookedForOnAllPages) {
  http::Response first = http::MakeResponse(200, absl::StrCat("[", Tag("v1", kOtherHash), "]"));
  first.headers.Set("Link", R"(<https://api.github.com/repositories/1/tags?page=2>; rel="next")");
  Set("https://api.github.com/repos/o/r/tags?per_page=100", first);
  SetJson("/repositories/1/tags?page=2", absl::StrCat("[", Tag("v2", kHash), "]"));
  EXPECT_THAT(client_.GetTagHash(repository_, "v2"), IsOkAndHolds(kHash));
  EXPECT_THAT(client_.GetTagHash(repository_, "v1"), IsOkAndHolds(kOtherHash));
  EXPECT_EQ(server_.requests()[1].headers.Find("Authorization"), "token t0ken");
}

TEST_F(GithubClientTest, NoTagAndSeveralTagsAreErrors) {
  SetJson("/repos/o/r/tags?per_page=100", "[]");
  EXPECT_THAT(client_.GetTagHash(repository_, "v1"),
              StatusIs(absl::StatusCode::kNotFound, R"(No tag "v1" exist. Given: [])"));
  SetJson("/repos/o/r/tags?per_page=100",
          absl::StrCat("[", Tag("v1", kHash), ",", Tag("v1", kOtherHash), "]"));
  EXPECT_THAT(client_.GetTagHash(repository_, "v2"),
              StatusIs(absl::StatusCode::kNotFound, R"(No tag "v2" exist. Given: [v1, v1])"));
  EXPECT_THAT(
      client_.GetTagHash(repository_, "v1"),
      StatusIs(absl::StatusCode::kInvalidArgument, R"(Too many tags "v1" found. Given: [v1, v1])"));
}

TEST_F(GithubClientTest, TheTokenDoesNotFollowALinkOutOfTheApi) {
  for (const std::string_view link :
       {"https://evil.example/tags?page=2", "https://api.github.com.evil.example/tags",
        "http://api.github.com/tags?page=2", "https://api.github.com@evil.example/"}) {
    http::Response page = http::MakeResponse(200, "[]");
    page.headers.Set("Link", absl::StrCat("<", link, R"(>; rel="next")"));
    Set("https://api.github.com/repos/o/r/tags?per_page=100", page);
    EXPECT_THAT(client_.GetTagHash(repository_, "v1"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("out of the API")))
        << link;
  }
}

TEST_F(GithubClientTest, EndlessPagesAreUnavailableEvidence) {
  http::Response page = http::MakeResponse(200, "[]");
  page.headers.Set("Link", R"(<https://api.github.com/repos/o/r/tags?per_page=100>; rel="next")");
  Set("https://api.github.com/repos/o/r/tags?per_page=100", page);
  EXPECT_THAT(client_.GetTagHash(repository_, "v1"), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(GithubClientTest, ACommitWithABranchHasLanded) {
  SetPage(Html(kBranchPage));
  EXPECT_THAT(Landed(), IsOkAndHolds(true));
  const http::SentRequest sent = server_.requests().back();
  EXPECT_FALSE(sent.headers.contains("Authorization"));
}

TEST_F(GithubClientTest, AnEmptyPageMeansThatTheCommitHasNotLanded) {
  SetPage(Html(" \r\n\n"));
  EXPECT_THAT(Landed(), IsOkAndHolds(false));
}

TEST_F(GithubClientTest, ATagHasLandedIfItsCommitHas) {
  SetJson("/repos/o/r/tags?per_page=100", absl::StrCat("[", Tag("v1", kHash), "]"));
  SetPage(Html(kBranchPage));
  EXPECT_THAT(client_.HasCommitLanded(repository_, "v1"), IsOkAndHolds(true));
  EXPECT_THAT(client_.HasCommitLanded(repository_, "v2"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(GithubClientTest, NoOtherPageMeansThatTheCommitHasLanded) {
  http::Response moved = http::MakeResponse(302);
  moved.headers.Set("Location", "https://github.com/login");
  Set("https://github.com/login", Html(kBranchPage));
  http::Response untyped = http::MakeResponse(200, std::string(kBranchPage), "");
  http::Response created = Html(kBranchPage);
  created.status = 203;
  const std::pair<std::string_view, http::Response> kPages[] = {
      {"a redirect", moved},
      {"a login page", Html(R"(<html><a href="/login">Sign in</a></html>)")},
      {"no type", untyped},
      {"plain text", http::MakeResponse(200, std::string(kBranchPage), "text/plain")},
      {"JSON", http::MakeResponse(200, R"({"branches": [{"branch": "main"}]})")},
      {"another type", http::MakeResponse(200, std::string(kBranchPage), "text/html5")},
      {"another good status", created},
      {"an error", http::MakeResponse(500)},
      {"blank plain text", http::MakeResponse(200, " ", "text/plain")},
  };
  for (const auto& [what, page] : kPages) {
    SetPage(page);
    EXPECT_THAT(Landed(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("branch_commits")))
        << what;
  }
  SetPage(http::MakeResponse(404));
  EXPECT_THAT(Landed(), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(GithubClientTest, OverAFetchCacheAFactIsFetchedOnce) {
  FetchCache cache(server_);
  GithubClient client(cache, clock_);
  EXPECT_THAT(client.GetRepository({"o", "r"}), IsOk());
  SetJson("/repos/o/r", "{}");
  EXPECT_THAT(client.GetRepository({"o", "r"}), IsOk());
  EXPECT_THAT(server_.requests(), SizeIs(1));
}

TEST_F(GithubClientTest, OverAFetchCacheOneRequestAnswersWhetherACommitHasLanded) {
  FetchCache cache(server_);
  GithubClient client(cache, clock_);
  SetPage(http::MakeResponse(500));
  EXPECT_THAT(client.HasCommitLanded(repository_, kHash), StatusIs(absl::StatusCode::kUnavailable));
  SetPage(Html(kBranchPage));
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(
        [&] { EXPECT_THAT(client.HasCommitLanded(repository_, kHash), IsOkAndHolds(true)); });
  }
  for (std::thread& thread : threads) thread.join();
  SetPage(Html(""));
  EXPECT_THAT(client.HasCommitLanded(repository_, kHash), IsOkAndHolds(true));
  EXPECT_THAT(server_.requests(), SizeIs(2));
}

TEST_F(GithubClientTest, AUsedUpRateLimitSaysUntilWhenAndNotTheToken) {
  http::Response limited = http::MakeResponse(403, "{}");
  limited.headers.Set("X-RateLimit-Remaining", "0");
  limited.headers.Set("X-RateLimit-Reset", "1800001799");
  Set("https://api.github.com/repos/o/r", limited);
  EXPECT_THAT(client_.GetRepository({"o", "r"}),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("until 2027-01-15T08:30:00Z"), Not(HasSubstr("t0ken")))));
}

TEST_F(GithubClientTest, ACancelledTokenGivesItsReason) {
  CancellationSource source;
  source.Cancel(absl::CancelledError("shutdown"));
  EXPECT_THAT(client_.GetRepository({"o", "r"}, source.token()),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("shutdown")));
}

TEST(GithubRawFileUrlTest, NamesAFileAtItsRevisionOrNothing) {
  const std::string_view raw = "https://raw.githubusercontent.com";
  EXPECT_EQ(GithubRawFileUrl(raw, {"o", "r"}, "v1/x", ".taskcluster.yml").value().ToString(),
            "https://raw.githubusercontent.com/o/r/v1/x/.taskcluster.yml");
  for (const std::string_view revision : {"", "v1?x", "v1#x", "../v1", "a b", "%61", "v1/"}) {
    EXPECT_THAT(GithubRawFileUrl(raw, {"o", "r"}, revision, "f"),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << revision;
  }
  for (const std::string_view name : {"", "r?", "r#", "a/b", "..", "r%3F"}) {
    EXPECT_THAT(GithubRawFileUrl(raw, {"o", std::string(name)}, "v1", "f"),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << name;
  }
}

}  // namespace
}  // namespace scriptworker::vcs
