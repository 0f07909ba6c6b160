// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/secret_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker::worker {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Optional;

struct ModeCase {
  std::string_view name;
  mode_t mode;
  std::string_view as_secret;  // part of the warning; empty: none
  std::string_view as_trusted;
};

constexpr ModeCase kModeCases[] = {
    {.name = "OwnersAlone", .mode = 0600, .as_secret = "", .as_trusted = ""},
    {.name = "OthersMayRun", .mode = 0711, .as_secret = "", .as_trusted = ""},
    {.name = "GroupMayRead",
     .mode = 0640,
     .as_secret = "the key can be read by others (mode 0640)",
     .as_trusted = ""},
    {.name = "AllMayRead",
     .mode = 0644,
     .as_secret = "the key can be read by others (mode 0644)",
     .as_trusted = ""},
    {.name = "GroupMayWrite",
     .mode = 0620,
     .as_secret = "the key can be changed by others (mode 0620)",
     .as_trusted = "the key can be changed by others (mode 0620)"},
    {.name = "AllMayWrite",
     .mode = 0666,
     .as_secret = "the key can be changed by others (mode 0666)",
     .as_trusted = "the key can be changed by others (mode 0666)"},
};

TEST(ExposureWarningTest, OthersMayNeitherChangeNorReadASecret) {
  const TempDir dir;
  const std::string path = dir.Write("file", "text");
  for (const ModeCase& c : kModeCases) {
    ASSERT_EQ(chmod(path.c_str(), c.mode), 0);
    for (const auto& [sensitivity, expected] : {std::pair(Sensitivity::kSecret, c.as_secret),
                                                std::pair(Sensitivity::kTrusted, c.as_trusted)}) {
      const auto warning = ExposureWarning(path, "the key", sensitivity);
      if (expected.empty()) {
        EXPECT_EQ(warning, std::nullopt) << c.name;
      } else {
        EXPECT_THAT(warning, Optional(AllOf(HasSubstr(path), HasSubstr(expected)))) << c.name;
      }
    }
  }
}

TEST(ExposureWarningTest, AFolderThatAnyoneMayChangeIsAConcern) {
  const TempDir dir;
  const std::string path = dir.Write("folder/file", "text");
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  ASSERT_EQ(chmod(dir.Path("folder").c_str(), 0777), 0);
  EXPECT_THAT(ExposureWarning(path, "the key", Sensitivity::kTrusted),
              Optional(HasSubstr("can be replaced by anyone")));
  ASSERT_EQ(chmod(dir.Path("folder").c_str(), 01777), 0);
  EXPECT_EQ(ExposureWarning(path, "the key", Sensitivity::kTrusted), std::nullopt);
}

TEST(ExposureWarningTest, AFolderThatIsMountedReadOnlyIsNobodysToChange) {
  // A ConfigMap's, in a container of user 1000.
  FileExposure file{.owner = 0, .mode = 0100644, .folder_mode = 040777};
  const auto judge = [&file](Sensitivity sensitivity) {
    return JudgeExposure(file, /*user=*/1000, "/etc/w/w.yaml", "the configuration", sensitivity);
  };
  EXPECT_THAT(judge(Sensitivity::kTrusted),
              Optional(HasSubstr("can be replaced by anyone, since anyone may change /etc/w;")));
  file.folder_is_read_only = true;
  EXPECT_EQ(judge(Sensitivity::kTrusted), std::nullopt);
  EXPECT_THAT(judge(Sensitivity::kSecret), Optional(HasSubstr("can be read by others")));
  file.owner = 1001;
  EXPECT_THAT(judge(Sensitivity::kTrusted), Optional(HasSubstr("belongs to user 1001")));
}

TEST(ExposureWarningTest, AMissingFileIsNoConcern) {
  const TempDir dir;
  EXPECT_EQ(ExposureWarning(dir.Path("absent"), "the key", Sensitivity::kSecret), std::nullopt);
}

TEST(ExposureWarningTest, AnotherUsersFileIsNamed) {
  const TempDir dir;
  const std::string path = dir.Write("file", "text");
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  if (chown(path.c_str(), 12345, static_cast<gid_t>(-1)) != 0) {
    GTEST_SKIP() << "SKIPPED: giving a file to another user needs root";
  }
  EXPECT_THAT(ExposureWarning(path, "the key", Sensitivity::kTrusted),
              Optional(HasSubstr("the key belongs to user 12345")));
}

}  // namespace
}  // namespace scriptworker::worker
