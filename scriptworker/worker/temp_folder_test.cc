// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/temp_folder.h"

#include <filesystem>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

TEST(TempFolderTest, TheFirstUsableOneOfTheEnvironmentIsTaken) {
  const TempDir temp;
  EXPECT_THAT(FindTempFolder(Environment({{"TMPDIR", temp.path()}, {"TEMP", "/tmp"}})),
              IsOkAndHolds(temp.path()));
  EXPECT_THAT(FindTempFolder(Environment({{"TMPDIR", temp.Path("missing")}, {"TMP", temp.path()}})),
              IsOkAndHolds(temp.path()));
  EXPECT_THAT(FindTempFolder(Environment({{"TMPDIR", ""}, {"TEMP", temp.path()}})),
              IsOkAndHolds(temp.path()));
  EXPECT_TRUE(std::filesystem::is_empty(temp.path()));
}

TEST(TempFolderTest, WithoutSuchVariablesItIsOneOfTheSystems) {
  EXPECT_THAT(FindTempFolder(Environment()),
              IsOkAndHolds(AnyOf("/tmp", "/var/tmp", "/usr/tmp", ".")));
}

TEST(TempFolderTest, NoneIsAnErrorThatNamesAll) {
  const TempDir temp;
  EXPECT_THAT(FirstUsableFolder({temp.Path("a"), temp.Write("b", "a file")}),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr(temp.Path("a")), HasSubstr(temp.Path("b")))));
}

}  // namespace
}  // namespace scriptworker::worker
