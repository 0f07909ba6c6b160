// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/projects.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/vcs/source_url.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

constexpr std::string_view kProjects = R"(
mozilla-central: {repo: 'https://hg.mozilla.org/mozilla-central', repo_type: hg, access: scm_level_3}
try: {repo: https://hg.mozilla.org/try, repo_type: hg, access: scm_level_1}
try-again: {repo: https://hg.mozilla.org/try, repo_type: hg, access: scm_level_2}
nss: {repo: https://hg.mozilla.org/projects/nss, repo_type: hg, access: scm_nss}
app:
  repo: https://github.com/o/app
  repo_type: git
  default_branch: develop
  branches:
    - {name: '*', level: 1}
    - {name: main, level: 2}
    - {name: develop, level: 3}
lib: {repo: https://github.com/o/lib, repo_type: git, branches: [{name: main, level: 3}]}
)";

absl::StatusOr<std::string> Find(std::string_view url, std::string_view projects = kProjects) {
  return Projects::Parse(projects, "projects.yml")->FindProject(SourceUrl::Parse(url).value());
}

absl::StatusOr<std::string> Level(std::string_view project, std::string_view projects = kProjects) {
  return Projects::Parse(projects, "projects.yml")->ScmLevel(project);
}

TEST(ProjectsTest, AUrlBelongsToTheFirstProjectThatHoldsIt) {
  for (const std::string_view url :
       {"https://hg.mozilla.org/mozilla-central", "https://hg.mozilla.org/mozilla-central/",
        "https://hg.mozilla.org/mozilla-central/file/tip/taskcluster/ci"}) {
    EXPECT_THAT(Find(url), IsOkAndHolds("mozilla-central")) << url;
  }
  EXPECT_THAT(Find("https://hg.mozilla.org/try/rev/1"), IsOkAndHolds("try"));
  EXPECT_THAT(Find("https://github.com/o/app/raw/1/f"), IsOkAndHolds("app"));
}

TEST(ProjectsTest, AUrlOfNoProjectIsNotFound) {
  for (const std::string_view url :
       {"https://hg.mozilla.org/mozilla-central2", "https://hg.mozilla.org/mozilla",
        "https://hg.mozilla.org//mozilla-central", "https://hg.mozilla.org/mozilla-central?x",
        "http://hg.mozilla.org/mozilla-central", "ssh://hg.mozilla.org/mozilla-central",
        "https://hg.mozilla.org", "https://fake_server.example/x", "git@github.com:o/app"}) {
    if (!SourceUrl::Parse(url).ok()) continue;
    EXPECT_THAT(Find(url), StatusIs(absl::StatusCode::kNotFound,
                                    "Unknown repo for source url " + std::string(url) + "!"));
  }
}

TEST(ProjectsTest, AProjectWithoutRepositoryHidesThoseAfterIt) {
  EXPECT_THAT(Find("https://h/a", "a: {repo: https://h/a}\nb: {}\nc: {repo: https://h/c}"),
              IsOkAndHolds("a"));
  EXPECT_THAT(Find("https://h/c", "a: {repo: https://h/a}\nb: {}\nc: {repo: https://h/c}"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("projects.yml: $.b")));
}

TEST(ProjectsTest, TheLevelIsOfTheAccessOrOfTheDefaultBranch) {
  EXPECT_THAT(Level("mozilla-central"), IsOkAndHolds("3"));
  EXPECT_THAT(Level("try"), IsOkAndHolds("1"));
  EXPECT_THAT(Level("nss"), IsOkAndHolds("scm_nss"));
  EXPECT_THAT(Level("app"), IsOkAndHolds("3"));
  EXPECT_THAT(Level("lib"), IsOkAndHolds("3"));
}

TEST(ProjectsTest, WithoutALevelThereIsAnError) {
  EXPECT_THAT(Level("unknown"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("unknown")));
  for (const std::string_view project : {
           "{}",
           "{access: scm_level_3}",
           "{repo_type: svn, access: scm_level_3}",
           "{repo_type: hg}",
           "{repo_type: hg, access: ''}",
           "{repo_type: hg, access: scm_level_}",
           "{repo_type: hg, access: 3}",
           "{repo_type: hg, branches: [{name: main, level: 3}]}",
           "{repo_type: git, access: scm_level_3}",
           "{repo_type: git, branches: []}",
           "{repo_type: git, branches: {name: main, level: 3}}",
           "{repo_type: git, branches: [main, 3, {}]}",
           "{repo_type: git, branches: [{name: main}]}",
           "{repo_type: git, branches: [{name: main, level: null}]}",
           "{repo_type: git, branches: [{name: main, level: 0}]}",
           "{repo_type: git, branches: [{name: master, level: 3}]}",
           "{repo_type: git, default_branch: 1, branches: [{name: main, level: 3}]}",
       }) {
    EXPECT_THAT(Level("p", "p: " + std::string(project)),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("Can't find level for project p")))
        << project;
  }
}

TEST(ProjectsTest, ADocumentOfAnotherShapeIsRefused) {
  for (const std::string_view text : {"", "[]", "a", "a: 1", "a: []", "a: null", "a: {", "\t"}) {
    EXPECT_THAT(Projects::Parse(text, "projects.yml"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("projects.yml")))
        << text;
  }
}

}  // namespace
}  // namespace scriptworker::vcs
