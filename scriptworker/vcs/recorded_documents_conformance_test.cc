// SPDX-License-Identifier: MPL-2.0
//
// The pushlogs and projects.yml that were recorded from Mozilla's servers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/json/json.h"
#include "scriptworker/vcs/projects.h"
#include "scriptworker/vcs/pushlog.h"
#include "scriptworker/vcs/source_url.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class RecordedDocumentsTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::optional<std::string> corpora = CorporaDir();
    if (!corpora.has_value()) GTEST_SKIP() << "SKIPPED recorded documents: CORPORA_DIR is not set";
    root_ = absl::StrCat(*corpora, "/scriptworker/");
  }
  std::string Content(std::string_view name) {
    return ReadFile(absl::StrCat(root_, name), int64_t{1} << 20).value();
  }

  std::string root_;
};

TEST_F(RecordedDocumentsTest, PushlogsHaveTheFactsOfTheirPushes) {
  const struct {
    std::string_view file;
    std::string_view id;
    int64_t date;
    std::string_view user;
    std::string_view comment;
    std::string_view base;
    std::string_view node;
  } kPushes[] = {
      {"cotv2/pushlog.json", "343", 1515524845, "asasaki@mozilla.com", "fix yaml",
       "7ce449ebc213e11232cf6b2b417256893194f21f", "054fe08d229f064a71bae9bb793e7ab8d95eff61"},
      {"cotv4/pushlog.json", "323126", 1545243227, "asasaki@mozilla.com",
       "staging release: 65.0b9\n\nPushed via `mach try release`\n",
       "bc6ae80f588dde349aa0b1570657c4626ec69062", "c5429a8112e41dfabe22da0d7d0876fe05a17e67"},
  };
  for (const auto& expected : kPushes) {
    const auto pushes = ParsePushlog(json::Parse(Content(expected.file)).value(), expected.file);
    ASSERT_TRUE(pushes.ok()) << pushes.status();
    ASSERT_THAT(*pushes, SizeIs(1));
    const Push& push = pushes->front();
    EXPECT_EQ(push.id, expected.id);
    EXPECT_EQ(push.date, expected.date);
    EXPECT_EQ(push.user, expected.user);
    EXPECT_EQ(push.comment, expected.comment);
    EXPECT_EQ(push.base_revision, expected.base);
    EXPECT_THAT(push.changesets, ElementsAre(expected.node));
  }
}

TEST_F(RecordedDocumentsTest, ProjectsAreFoundWithTheirLevels) {
  const struct {
    std::string_view file;
    std::string_view url;
    std::string_view project;
    std::string_view level;
  } kProjects[] = {
      {"cotv2/projects.yml", "https://hg.mozilla.org/mozilla-central/raw-file/1/x",
       "mozilla-central", "3"},
      {"cotv2/projects.yml", "https://hg.mozilla.org/projects/ash", "ash", "2"},
      {"cotv2/projects.yml", "https://hg.mozilla.org/try/file/1/taskcluster/ci", "try", "1"},
      {"cotv4/projects.yml", "https://hg.mozilla.org/releases/mozilla-release/file/1",
       "mozilla-release", "3"},
      {"cotv4/projects.yml", "https://hg.mozilla.org/try", "try", "1"},
  };
  for (const auto& expected : kProjects) {
    const auto projects = Projects::Parse(Content(expected.file), expected.file);
    ASSERT_TRUE(projects.ok()) << projects.status();
    EXPECT_THAT(projects->FindProject(SourceUrl::Parse(expected.url).value()),
                IsOkAndHolds(expected.project));
    EXPECT_THAT(projects->ScmLevel(expected.project), IsOkAndHolds(expected.level));
  }
}

}  // namespace
}  // namespace scriptworker::vcs
