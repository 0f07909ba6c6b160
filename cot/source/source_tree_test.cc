// SPDX-License-Identifier: MPL-2.0
#include "cot/source/source_tree.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cot/chain/task_origin.h"
#include "cot/chain/violation.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/logger.h"

namespace cot {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SilentLogger : public scriptworker::Logger {
 public:
  void Log(scriptworker::LogLevel, std::string_view) override {}
};

constexpr std::string_view kAutoland = R"({
  "taskGroupId": "OtherDAAQACAAAAAAAAAAA",
  "metadata": {"source": "https://hg.mozilla.org/integration/autoland/file/x"}})";
constexpr std::string_view kStranger = R"({
  "taskGroupId": "OtherDAAQACAAAAAAAAAAA",
  "metadata": {"source": "https://hg.mozilla.org/users/somebody/file/x"}})";
constexpr std::string_view kReleaseScope =
    R"({"scopes": ["project:releng:signing:cert:release-signing"]})";
constexpr std::string_view kNightlyScope =
    R"({"scopes": ["project:releng:signing:cert:nightly-signing"]})";

struct SourceCase {
  std::string_view name;
  std::string_view product;
  std::string_view changes;
  std::optional<Violation> violation;
};

class SourceTest : public testing::TestWithParam<SourceCase> {};

TEST_P(SourceTest, AgreesWithTheRepositoryOfTheEnvironment) {
  const auto source = SourceOf(MakeLink("signing:build", kBuildId, GetParam().changes),
                               BuiltInProduct(GetParam().product));
  if (GetParam().violation.has_value()) {
    EXPECT_THAT(source, IsViolation(*GetParam().violation));
  } else {
    EXPECT_TRUE(source.ok()) << source.status();
  }
}

constexpr SourceCase kSources[] = {
    {"NoRepository", "firefox", "{}", std::nullopt},
    {"SameRepository", "firefox",
     R"({"payload": {"env": {"GECKO_HEAD_REPOSITORY": "https://hg.mozilla.org/mozilla-central/"}}})",
     std::nullopt},
    {"OtherRepository", "firefox",
     R"({"payload": {"env": {"GECKO_HEAD_REPOSITORY": "https://hg.mozilla.org/try"}}})",
     Violation::kSourceMismatch},
    {"RepositoryIsAPrefixOfAName", "firefox",
     R"({"payload": {"env": {"GECKO_HEAD_REPOSITORY": "https://hg.mozilla.org/mozilla-centra"}}})",
     Violation::kSourceMismatch},
    {"OtherHost", "firefox",
     R"({"payload": {"env": {"GECKO_HEAD_REPOSITORY": "https://evil.example.com/mozilla-central"}}})",
     Violation::kSourceMismatch},
    {"ShortFormOfGithub", "mozillavpn",
     R"({"metadata": {"source": "https://github.com/mozilla-mobile/mozilla-vpn-client/raw/abc/.taskcluster.yml"},
         "payload": {"env": {"MOZILLAVPN_HEAD_REPOSITORY": "git@github.com:mozilla-mobile/mozilla-vpn-client.git"}}})",
     std::nullopt},
    {"EmptyRepositoryIsNone", "firefox", R"({"payload": {"env": {"GECKO_HEAD_REPOSITORY": ""}}})",
     std::nullopt},
    {"EmptyCommIsNone", "enterprise",
     R"({"metadata": {"source": "https://github.com/mozilla/enterprise-firefox/file/x"},
         "payload": {"env": {"GECKO_HEAD_REPOSITORY": "https://github.com/mozilla/enterprise-firefox",
                             "COMM_HEAD_REPOSITORY": ""}}})",
     std::nullopt},
    {"NoSource", "firefox", R"({"metadata": {"source": ""}})", Violation::kSourceMissing},
    {"UpperCaseScheme", "firefox",
     R"({"metadata": {"source": "HTTPS://hg.mozilla.org/mozilla-central"}})",
     Violation::kSourceMismatch},
    {"BlankInTheScheme", "firefox",
     R"({"metadata": {"source": "\thttps://hg.mozilla.org/mozilla-central"}})",
     Violation::kSourceMismatch},
    {"UserInfo", "firefox",
     R"({"metadata": {"source": "https://hg.mozilla.org@evil.example.com/mozilla-central"}})",
     Violation::kSourceMismatch},
    {"EnterpriseWithComm", "enterprise",
     R"({"metadata": {"source": "https://github.com/mozilla/comm/file/x"},
         "payload": {"env": {"GECKO_HEAD_REPOSITORY": "https://github.com/mozilla/enterprise-firefox",
                             "COMM_HEAD_REPOSITORY": "https://github.com/mozilla/comm"}}})",
     std::nullopt},
    {"EnterpriseWithOtherComm", "enterprise",
     R"({"metadata": {"source": "https://github.com/mozilla/enterprise-firefox/file/x"},
         "payload": {"env": {"GECKO_HEAD_REPOSITORY": "https://github.com/mozilla/enterprise-firefox",
                             "COMM_HEAD_REPOSITORY": "https://github.com/mozilla/comm"}}})",
     Violation::kSourceMismatch},
};
INSTANTIATE_TEST_SUITE_P(Table, SourceTest, testing::ValuesIn(kSources),
                         [](const auto& info) { return std::string(info.param.name); });

std::vector<Violation> Trees(std::string_view target_changes, std::string_view other_changes,
                             std::string_view product_name = "firefox") {
  const Product& product = BuiltInProduct(product_name);
  const Chain chain(MakeLink("signing", kTargetId, target_changes, Link::Role::kTarget),
                    {MakeLink("signing:build", kBuildId, other_changes)});
  std::vector<Finding> findings;
  SilentLogger logger;
  const SourceTrace trace = TraceSources(chain, product, findings);
  const std::vector<PrivilegedScope> privileged =
      PrivilegedScopes(chain.target(), product, logger, findings);
  CheckTrees(trace, product, privileged, findings);
  return ViolationsOf(findings);
}

TEST(TreesTest, OneRepositoryIsGood) { EXPECT_THAT(Trees("{}", "{}"), IsEmpty()); }

TEST(TreesTest, APrivilegedScopeNeedsItsTree) {
  EXPECT_THAT(Trees(kNightlyScope, "{}"), IsEmpty());
  EXPECT_THAT(Trees(kReleaseScope, "{}"), ElementsAre(Violation::kRepoNotAllowedForScope));
}

TEST(TreesTest, ATaskOfTheSameGraphMustHaveTheSameRepository) {
  EXPECT_THAT(
      Trees("{}",
            R"({"metadata": {"source": "https://hg.mozilla.org/integration/autoland/file/x"}})"),
      ElementsAre(Violation::kRepoDiffersFromTarget));
}

TEST(TreesTest, ATaskOfAnotherGraphMayHaveAnotherTrustedRepository) {
  EXPECT_THAT(Trees(kNightlyScope, kAutoland), IsEmpty());
}

TEST(TreesTest, AnUntrustedRepositoryIsRefusedForPrivilegedChainsOnly) {
  EXPECT_THAT(Trees("{}", kStranger), IsEmpty());
  EXPECT_THAT(Trees(kNightlyScope, kStranger), ElementsAre(Violation::kUntrustedRepo));
}

TEST(TreesTest, TheTemplateOfAnotherRepositoryMustBeOfATrustedOneToo) {
  const auto of = [](std::string_view scope, std::string_view template_repository) {
    return absl::StrCat(
        R"({"scopes": [)", scope,
        R"(], "metadata": {"source": "https://github.com/mozilla/enterprise-firefox/file/x"},
            "payload": {"env": {"GECKO_HEAD_REPOSITORY": ")",
        template_repository,
        R"(", "COMM_HEAD_REPOSITORY": "https://github.com/mozilla/enterprise-firefox"}}})");
  };
  constexpr std::string_view kScope = R"("project:enterprise:releng:signing:cert:nightly-signing")";
  for (const std::string_view trusted : {"https://github.com/mozilla/enterprise-firefox",
                                         "git@github.com:mozilla/enterprise-firefox.git"}) {
    EXPECT_THAT(Trees(of(kScope, trusted), of("", trusted), "enterprise"), IsEmpty()) << trusted;
  }
  const std::string stranger = "https://github.com/mozilla/somebodys";
  EXPECT_THAT(Trees(of(kScope, stranger), of("", stranger), "enterprise"),
              ElementsAre(Violation::kUntrustedRepo, Violation::kUntrustedRepo));
  EXPECT_THAT(Trees(of("", stranger), of("", stranger), "enterprise"), IsEmpty());
}

TEST(TreesTest, ASecondSlashIsAnotherRepository) {
  EXPECT_THAT(Trees(
                  R"({"scopes": ["project:releng:signing:cert:nightly-signing"],
               "metadata": {"source": "https://hg.mozilla.org//mozilla-central/file/x"}})",
                  R"({"metadata": {"source": "https://hg.mozilla.org//mozilla-central/file/x"}})"),
              ElementsAre(Violation::kRepoNotAllowedForScope));
}

TEST(TaskOriginTest, TryIsSeenInEverySign) {
  EXPECT_FALSE(IsTry(Task(), "GECKO"));
  EXPECT_TRUE(IsTry(Task(R"({"schedulerId": "gecko-level-1"})"), "GECKO"));
  EXPECT_TRUE(IsTry(Task(R"({"payload": {"env": {"MH_BRANCH": "try-comm-central"}}})"), "GECKO"));
  EXPECT_TRUE(IsTry(
      Task(R"({"payload": {"env": {"GECKO_HEAD_REPOSITORY": "https://hg.mozilla.org/try/"}}})"),
      "GECKO"));
  EXPECT_TRUE(
      IsTry(Task(R"({"metadata": {"source": "https://hg.mozilla.org/try-comm-central/file/x"}})"),
            "GECKO"));
}

TEST(TaskOriginTest, GithubTasksAreKnownByEverySign) {
  EXPECT_FALSE(IsGithubTask(Task(), "github.com"));
  EXPECT_TRUE(IsGithubTask(Task(R"({"schedulerId": "taskcluster-github"})"), "github.com"));
  EXPECT_TRUE(IsGithubTask(Task(R"({"extra": {"tasks_for": "github-push"}})"), "github.com"));
  EXPECT_TRUE(
      IsGithubTask(Task(R"({"metadata": {"source": "https://github.com/a/b"}})"), "github.com"));
  EXPECT_TRUE(
      IsGithubTask(Task(R"({"metadata": {"source": "ssh://github.com/a/b"}})"), "github.com"));
  EXPECT_TRUE(
      IsGithubTask(Task(R"({"metadata": {"source": "git@github.com:a/b"}})"), "github.com"));
  EXPECT_TRUE(
      IsGithubTask(Task(R"({"metadata": {"source": "ssh://git@github.com/a/b"}})"), "github.com"));
  EXPECT_FALSE(IsGithubTask(Task(R"({"metadata": {"source": "https://github.com.evil.org/a/b"}})"),
                            "github.com"));
}

constexpr std::string_view kOfficial = R"({
  "metadata": {"source": "https://github.com/mozilla/glean/raw/abc/.taskcluster.yml"},
  "payload": {"env": {"GLEAN_HEAD_REPOSITORY": "https://github.com/mozilla/glean",
                      "GLEAN_HEAD_REV": "def"}}})";

TEST(TaskOriginTest, BothRevisionsOfAnOfficialTaskMustHaveLanded) {
  const auto signs = FindPullRequestSigns(Task(kOfficial), "GLEAN", "mozilla", "github.com");
  ASSERT_TRUE(signs.ok()) << signs.status();
  EXPECT_FALSE(signs->is_pull_request);
  ASSERT_EQ(signs->must_have_landed.size(), 2u);
  EXPECT_EQ(signs->must_have_landed[0].revision, "def");
  EXPECT_EQ(signs->must_have_landed[1].revision, "abc");
  EXPECT_EQ(signs->must_have_landed[1].repo.full_name(), "mozilla/glean");
}

TEST(TaskOriginTest, AnEmptyRevisionIsNone) {
  const std::string without = absl::StrReplaceAll(kOfficial, {{R"("def")", R"("")"}});
  const auto signs = FindPullRequestSigns(Task(without), "GLEAN", "mozilla", "github.com");
  ASSERT_TRUE(signs.ok()) << signs.status();
  EXPECT_FALSE(signs->is_pull_request);
  ASSERT_EQ(signs->must_have_landed.size(), 1u);
  EXPECT_EQ(signs->must_have_landed[0].revision, "abc");
  // Whose repository it is still counts.
  EXPECT_TRUE(FindPullRequestSigns(Task(without), "GLEAN", "mozilla-mobile", "github.com")
                  ->is_pull_request);
}

TEST(TaskOriginTest, ATaskOfAnotherOwnerIsAPullRequest) {
  EXPECT_TRUE(FindPullRequestSigns(Task(kOfficial), "GLEAN", "mozilla-mobile", "github.com")
                  ->is_pull_request);
}

TEST(TaskOriginTest, PullRequestsSayIt) {
  for (const std::string_view reason : {"github-pull-request", "github-pull-request-untrusted"}) {
    EXPECT_TRUE(
        FindPullRequestSigns(
            Task(std::string(R"({"extra": {"tasks_for": ")") + std::string(reason) +
                 R"("}, "metadata": {"source": "https://github.com/mozilla/glean/raw/abc/x"}})"),
            "GLEAN", "mozilla", "github.com")
            ->is_pull_request)
        << reason;
  }
}

TEST(TaskOriginTest, ASourceThatIsNotOfGithubIsRefused) {
  EXPECT_THAT(FindPullRequestSigns(Task(), "GLEAN", "mozilla", "github.com"),
              IsViolation(Violation::kSourceMismatch));
  EXPECT_THAT(
      FindPullRequestSigns(Task(R"({"metadata": {"source": "https://github.com/mozilla/glean"}})"),
                           "GLEAN", "mozilla", "github.com"),
      IsViolation(Violation::kSourceMismatch));
}

}  // namespace
}  // namespace cot
