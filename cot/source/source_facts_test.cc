// SPDX-License-Identifier: MPL-2.0
#include "cot/source/source_facts.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/vcs/fetch_cache.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::scriptworker::SecretString;
using ::scriptworker::http::FunctionTransport;
using ::scriptworker::http::MakeResponse;
using ::scriptworker::http::Request;
using ::scriptworker::http::Response;

constexpr std::string_view kRevision = "0123456789abcdef0123456789abcdef01234567";
constexpr scriptworker::RetryPolicy kOnce = {.attempts = 1};

class SourceFactsTest : public ::testing::Test {
 protected:
  SourceFacts Facts(std::string_view token = "") {
    return SourceFacts(BuiltInPolicy(), transport_, clock_, logger_,
                       SecretString(std::string(token)), kOnce);
  }

  static Link Hg(std::string_view repo = "https://hg.mozilla.org/mozilla-central") {
    return Decision(repo, absl::StrCat(repo, "/file/", kRevision, "/taskcluster"), "GECKO", "");
  }
  static Link Github(std::string_view more_env = "",
                     std::string_view repo = "https://github.com/mozilla-releng/adhoc-signing") {
    return Decision(repo, absl::StrCat(repo, "/raw/", kRevision, "/x"), "ADHOC", more_env);
  }
  static Link Decision(std::string_view repo, std::string_view source, std::string_view prefix,
                       std::string_view more_env) {
    return MakeLink("signing:parent", kDecisionId,
                    absl::StrCat(R"({"provisionerId": "gecko-3", "workerType": "decision",
                      "metadata": {"source": ")",
                                 source, R"("}, "payload": {"image": "x", "env": {")", prefix,
                                 R"(_HEAD_REPOSITORY": ")", repo, R"(", ")", prefix,
                                 R"(_HEAD_REV": ")", kRevision, "\"", more_env, "}}}"));
  }

  void Answer(std::string url, std::string body, int status = 200) {
    answers_[std::move(url)] = MakeResponse(status, std::move(body), "application/json");
  }

  std::map<std::string, Response, std::less<>> answers_;
  FunctionTransport transport_{[this](const Request& request) -> absl::StatusOr<Response> {
    const auto answer = answers_.find(request.url.ToString());
    return answer == answers_.end() ? MakeResponse(404, "{}") : answer->second;
  }};
  scriptworker::SystemClock clock_;
  scriptworker::MemoryLogger logger_;
  ContextFacts facts_;
};

std::string PushlogUrlOf(std::string_view repo) {
  return absl::StrCat(repo, "/json-pushes?changeset=", kRevision, "&version=2&full=1");
}

TEST_F(SourceFactsTest, ThePushlogIsFetchedOnce) {
  Answer(PushlogUrlOf("https://hg.mozilla.org/mozilla-central"),
         absl::StrCat(R"({"pushes": {"7": {"date": 1, "user": "u", "changesets": [{"node": ")",
                      kRevision, R"(", "desc": "d", "parents": ["p"]}]}}})"));
  SourceFacts facts = Facts();
  const Product& firefox = BuiltInProduct("firefox");
  EXPECT_THAT(facts.AddPushlog(Hg(), firefox, facts_, {}), IsOk());
  EXPECT_THAT(facts.AddPushlog(Hg(), firefox, facts_, {}), IsOk());
  EXPECT_EQ(transport_.requests().size(), 1);
  ASSERT_TRUE(facts_.push.has_value());
  EXPECT_EQ(facts_.push->id, "7");
}

TEST_F(SourceFactsTest, APushlogThatIsNotThereOrOfAnotherShapeIsAViolation) {
  EXPECT_THAT(Facts().AddPushlog(Hg(), BuiltInProduct("firefox"), facts_, {}),
              IsViolation(Violation::kEvidenceMissing));
  Answer(PushlogUrlOf("https://hg.mozilla.org/mozilla-central"), R"({"pushes": []})");
  EXPECT_THAT(Facts().AddPushlog(Hg(), BuiltInProduct("firefox"), facts_, {}),
              IsViolation(Violation::kMalformedEvidence));
}

TEST_F(SourceFactsTest, MoreThanAChainMayFetchIsAViolation) {
  Answer(absl::StrCat("https://hg.mozilla.org/mozilla-central/raw-file/", kRevision,
                      "/.taskcluster.yml"),
         std::string(static_cast<size_t>(scriptworker::vcs::FetchCache::kMaxBytes) + 1, ' '));
  EXPECT_THAT(Facts().Template(Hg(), BuiltInProduct("firefox"), {}),
              IsViolation(Violation::kMalformedEvidence));
}

TEST_F(SourceFactsTest, AsksWithoutPausesWhereThePolicyHasNone) {
  scriptworker::SimulatedClock clock(absl::UnixEpoch(),
                                     scriptworker::SimulatedClock::Mode::kAutoAdvance);
  SourceFacts facts(BuiltInPolicy(), transport_, clock, logger_, SecretString(),
                    {.attempts = 3, .initial = absl::ZeroDuration(), .max = absl::ZeroDuration()});
  Answer(PushlogUrlOf("https://hg.mozilla.org/mozilla-central"), "<html>");
  EXPECT_THAT(facts.AddPushlog(Hg(), BuiltInProduct("firefox"), facts_, {}),
              StatusIs(absl::StatusCode::kUnavailable));
  Response limited = MakeResponse(403, "{}");
  limited.headers.Set("Retry-After", "30");
  answers_["https://api.github.com/repos/mozilla-releng/adhoc-signing"] = limited;
  EXPECT_THAT(facts.AddGithubCommit(Github(), BuiltInProduct("adhoc"), facts_, {}),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(clock.Monotonic(), absl::ZeroDuration());
}

TEST_F(SourceFactsTest, AServerThatFailsIsUnavailableEvidence) {
  Answer(PushlogUrlOf("https://hg.mozilla.org/mozilla-central"), "", 500);
  EXPECT_THAT(Facts().AddPushlog(Hg(), BuiltInProduct("firefox"), facts_, {}),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(SourceFactsTest, ARepositoryThatIsNoCanonicalUrlIsAViolation) {
  EXPECT_THAT(
      Facts().AddPushlog(Hg("https://HG.mozilla.org/x"), BuiltInProduct("firefox"), facts_, {}),
      IsViolation(Violation::kUnsupportedVcs));
}

TEST_F(SourceFactsTest, TheProjectOfAnHgSourceAndItsLevel) {
  Answer(BuiltInPolicy().project_configuration_url,
         "mozilla-central:\n  repo: https://hg.mozilla.org/mozilla-central\n"
         "  repo_type: hg\n  access: scm_level_3\n");
  EXPECT_THAT(Facts().AddProject(Hg(), BuiltInProduct("firefox"), facts_, {}), IsOk());
  EXPECT_EQ(facts_.project, "mozilla-central");
  EXPECT_EQ(facts_.level, "3");
  EXPECT_THAT(Facts().AddProject(Hg("https://hg.mozilla.org/unknown"), BuiltInProduct("firefox"),
                                 facts_, {}),
              IsViolation(Violation::kUnknownProject));
}

TEST_F(SourceFactsTest, ATemplateInAPrivateRepositoryIsReadWithTheToken) {
  const std::string url =
      absl::StrCat("https://raw.githubusercontent.com/mozilla-releng/adhoc-signing/", kRevision,
                   "/.taskcluster.yml");
  answers_[url] = MakeResponse(200, "version: 1\ntasks: []\n", "text/plain");
  EXPECT_THAT(Facts("secret").Template(Github(), BuiltInProduct("adhoc"), {}), IsOk());
  EXPECT_EQ(transport_.requests().back().headers.Find("Authorization"), std::nullopt);
  EXPECT_THAT(Facts("secret").Template(Github("", "ssh://github.com/mozilla-releng/adhoc-signing"),
                                       BuiltInProduct("adhoc"), {}),
              IsOk());
  EXPECT_EQ(transport_.requests().back().headers.Find("Authorization"),
            absl::StrCat("Basic ", absl::Base64Escape("secret:")));
}

TEST_F(SourceFactsTest, ATemplateThatIsMissingOrNoYamlIsAViolation) {
  EXPECT_THAT(Facts().Template(Github(), BuiltInProduct("adhoc"), {}),
              IsViolation(Violation::kTemplateMissing));
  answers_[absl::StrCat("https://raw.githubusercontent.com/mozilla-releng/adhoc-signing/",
                        kRevision, "/.taskcluster.yml")] =
      MakeResponse(200, "tasks: [", "text/plain");
  EXPECT_THAT(Facts().Template(Github(), BuiltInProduct("adhoc"), {}),
              IsViolation(Violation::kMalformedTemplate));
}

constexpr char kRepositoryUrl[] = "https://api.github.com/repos/mozilla-releng/adhoc-signing";

TEST_F(SourceFactsTest, APullRequestOfAForkIsNumberedInItsParent) {
  const std::string fork = "https://github.com/somebody/adhoc-signing";
  Answer("https://api.github.com/repos/somebody/adhoc-signing",
         R"({"full_name": "somebody/adhoc-signing", "fork": true,
             "html_url": "https://github.com/somebody/adhoc-signing",
             "parent": {"name": "adhoc-signing", "owner": {"login": "mozilla-releng"}}})");
  Answer(absl::StrCat(kRepositoryUrl, "/pulls/12"),
         absl::StrCat(R"({"number": 12, "head": {"sha": ")", kRevision,
                      R"(", "user": {"login": "s"}, "repo": null}, "base": {"ref": "main",
                      "sha": "1", "repo": {"full_name": "mozilla-releng/adhoc-signing"}}})"));
  const Link decision =
      Github(R"(, "ADHOC_BASE_REPOSITORY": "https://github.com/mozilla-releng/adhoc-signing",
                "ADHOC_PULL_REQUEST_NUMBER": "12")",
             fork);
  EXPECT_THAT(Facts().AddGithubPullRequest(decision, BuiltInProduct("adhoc"), facts_, {}), IsOk());
  ASSERT_TRUE(facts_.pull_request.has_value());
  EXPECT_EQ(facts_.pull_request->number, 12);
}

TEST_F(SourceFactsTest, AGithubAnswerOfAnotherShapeIsAViolation) {
  const Link decision =
      Github(R"(, "ADHOC_BASE_REPOSITORY": "https://github.com/mozilla-releng/adhoc-signing",
                "ADHOC_PULL_REQUEST_NUMBER": "12")");
  const Product& adhoc = BuiltInProduct("adhoc");
  Answer(kRepositoryUrl, R"({"full_name": "mozilla-releng/adhoc-signing", "fork": false,
                             "html_url": "https://github.com/mozilla-releng/adhoc-signing"})");
  for (const std::string body : {"[]", "7", "{}", "null", R"({"head": 5, "base": []})"}) {
    Answer(absl::StrCat(kRepositoryUrl, "/commits/", kRevision), body);
    Answer(absl::StrCat(kRepositoryUrl, "/releases/tags/", kRevision), body);
    Answer(absl::StrCat(kRepositoryUrl, "/pulls/12"), body);
    EXPECT_THAT(Facts().AddGithubCommit(decision, adhoc, facts_, {}),
                IsViolation(Violation::kMalformedEvidence))
        << body;
    EXPECT_THAT(Facts().AddGithubRelease(decision, adhoc, facts_, {}),
                IsViolation(Violation::kMalformedEvidence))
        << body;
    EXPECT_THAT(Facts().AddGithubPullRequest(decision, adhoc, facts_, {}),
                IsViolation(Violation::kMalformedEvidence))
        << body;
  }
}

TEST_F(SourceFactsTest, APullRequestNeedsItsNumberAndBase) {
  EXPECT_THAT(Facts().AddGithubPullRequest(Github(), BuiltInProduct("adhoc"), facts_, {}),
              IsViolation(Violation::kSourceMissing));
  EXPECT_THAT(Facts().AddGithubPullRequest(
                  Github(R"(, "ADHOC_BASE_REPOSITORY": "https://github.com/mozilla-releng/x",
                              "ADHOC_PULL_REQUEST_NUMBER": "twelve")"),
                  BuiltInProduct("adhoc"), facts_, {}),
              IsViolation(Violation::kSourceMissing));
}

TEST_F(SourceFactsTest, ARepositoryThatGithubDoesNotKnowIsAViolation) {
  EXPECT_THAT(Facts().AddGithubCommit(Github(), BuiltInProduct("adhoc"), facts_, {}),
              IsViolation(Violation::kEvidenceMissing));
  EXPECT_THAT(Facts().AddGithubRelease(Github(), BuiltInProduct("adhoc"), facts_, {}),
              IsViolation(Violation::kEvidenceMissing));
}

TEST_F(SourceFactsTest, ACommitHasLandedIfTheWebPageNamesABranch) {
  Answer(kRepositoryUrl, R"({"full_name": "mozilla-releng/adhoc-signing", "fork": false,
                            "html_url": "https://github.com/mozilla-releng/adhoc-signing"})");
  const LandedQuestion question = {{"mozilla-releng", "adhoc-signing"}, std::string(kRevision)};
  const std::string page =
      absl::StrCat("https://github.com/mozilla-releng/adhoc-signing/branch_commits/", kRevision);
  answers_[page] =
      MakeResponse(200, R"(<ul><li class="branch"><a href="/x">main</a></li></ul>)", "text/html");
  EXPECT_THAT(Facts().HasLanded(question, {}), IsOkAndHolds(true));
  answers_[page] = MakeResponse(200, "\n", "text/html");
  EXPECT_THAT(Facts().HasLanded(question, {}), IsOkAndHolds(false));
  answers_[page] = MakeResponse(200, "<html>Sign in</html>", "text/html");
  EXPECT_THAT(Facts().HasLanded(question, {}), StatusIs(absl::StatusCode::kUnavailable));
  // For a link: no repository is a violation, no answer is none.
  EXPECT_THAT(SourceFacts::JudgeLanded(Github(), absl::NotFoundError("404"), "https://h/x", {}),
              IsViolation(Violation::kEvidenceMissing));
  EXPECT_THAT(SourceFacts::JudgeLanded(Github(), absl::UnavailableError("503"), "https://h/x", {}),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace cot
