// SPDX-License-Identifier: MPL-2.0
//
// The rest, with the configuration's lines in the messages, is in config_test.
#include "scriptworker/worker/config/config_directories.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cot/policy/defect_list.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/worker/config/settings.h"

namespace scriptworker::worker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What became of the folders of a file.
struct Read {
  Directories directories;
  std::string defects;  // "" if there are none
  std::vector<std::string> warnings;
};

Read ReadFile(std::string_view text, const std::vector<KeptPath>& kept = {}) {
  const json::YamlDocument document =
      json::ParseYamlWithMarks(text, {.source = "the file"}).value();
  cot::DefectList defects("the file", document.marks);
  const Settings settings = Settings::Read(document.value, Environment(), defects);
  Read read;
  read.directories = ReadDirectories(settings, ConfigPaths("/base"), defects);
  CheckDirectories(kept, settings, read.directories, defects, read.warnings);
  read.defects = std::string(defects.ToStatus().message());
  return read;
}

// With folders that are in order, and these lines.
Read ReadLines(std::string_view lines, const std::vector<KeptPath>& kept = {}) {
  return ReadFile(absl::StrCat("work_dir: /w/run\nartifact_dir: /w/artifacts\n"
                               "task_log_dir: /w/artifacts/logs\nlog_dir: /w/log\n"
                               "ed25519_private_key_path: /k\n",
                               lines),
                  kept);
}

TEST(ConfigPathsTest, ARelativePathIsBelowTheBase) {
  const ConfigPaths paths("/base");
  EXPECT_EQ(paths.Absolute("a/b"), "/base/a/b");
  EXPECT_EQ(paths.Absolute("/a/b"), "/a/b");
  EXPECT_EQ(paths.Absolute(""), "");
}

TEST(ConfigDirectoriesTest, TheJournalIsBesideWorkDirUnlessTheFileSaysOtherwise) {
  const Read by_default = ReadLines("");
  EXPECT_EQ(by_default.directories.state_dir, "/w/run.state");
  EXPECT_TRUE(by_default.directories.state_dir_is_default);
  const Read named = ReadLines("state_dir: state\n");
  EXPECT_EQ(named.directories.state_dir, "/base/state");
  EXPECT_FALSE(named.directories.state_dir_is_default);
}

TEST(ConfigDirectoriesTest, TheJournalMustNotBeWhereScriptsWrite) {
  EXPECT_THAT(ReadLines("state_dir: /w/run/state\n").defects,
              HasSubstr("state_dir: must be a folder of its own, but overlaps work_dir"));
  EXPECT_THAT(ReadLines("state_dir: /w\n").defects, HasSubstr("overlaps log_dir"));
  EXPECT_EQ(ReadLines("state_dir: /w/state\n").defects, "");
}

TEST(ConfigDirectoriesTest, AnImpossibleDefaultPlaceIsGivenUpWithAWarning) {
  const Read read =
      ReadFile("work_dir: /w\nartifact_dir: /a\ntask_log_dir: /a/l\nlog_dir: /w.state/log\n");
  EXPECT_EQ(read.directories.state_dir, "");
  EXPECT_THAT(read.warnings, ElementsAre(HasSubstr("no run journal is kept")));
}

TEST(ConfigDirectoriesTest, WorkThatWouldBePublishedIsAWarning) {
  const Read read = ReadFile(
      "work_dir: /a/work\nartifact_dir: /a\ntask_log_dir: /a/l\nlog_dir: /l\nstate_dir: /s\n");
  EXPECT_THAT(read.warnings,
              ElementsAre("work_dir (/a/work) lies in artifact_dir (/a): all that it holds will be "
                          "published"));
}

TEST(ConfigDirectoriesTest, NothingThatHasToStayMayBeInAFolderThatIsEmptied) {
  const std::vector<KeptPath> kept = {{"the signing key", "/w/run/key"}, {"nothing", ""}};
  EXPECT_THAT(ReadLines("", kept).defects,
              HasSubstr("work_dir: is emptied after each task, but the signing key"));
  EXPECT_EQ(ReadLines("", {{"the signing key", "/w/log/key"}}).defects, "");
  EXPECT_THAT(ReadLines("").warnings, IsEmpty());
}

}  // namespace
}  // namespace scriptworker::worker
