// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process_setup.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(OpenStandardDescriptorsTest, FillsTheHolesAndNothingElse) {
  const UniqueFd saved(::fcntl(0, F_DUPFD_CLOEXEC, 10));
  ::close(0);
  OpenStandardDescriptors();
  EXPECT_NE(::fcntl(0, F_GETFD), -1);
  const UniqueFd next(::open("/dev/null", O_RDONLY));
  const int lowest = next.get();
  OpenStandardDescriptors();
  const UniqueFd after(::open("/dev/null", O_RDONLY));
  EXPECT_EQ(after.get(), lowest + 1) << "a descriptor was left open";
  if (saved.valid()) ::dup2(saved.get(), 0);
}

Environment InBazel(const std::string& working_directory) {
  Environment environment;
  environment.Set("BUILD_WORKING_DIRECTORY", working_directory);
  return environment;
}

TEST(EnterWorkingDirectoryTest, GoesWhereTheUserIs) {
  const std::filesystem::path before = std::filesystem::current_path();
  const TempDir temp;
  EXPECT_THAT(EnterWorkingDirectory(InBazel(temp.path())), IsOkAndHolds(temp.path()));
  EXPECT_EQ(std::filesystem::current_path(), temp.path());
  std::filesystem::current_path(before);
}

TEST(EnterWorkingDirectoryTest, StaysWithoutBazel) {
  EXPECT_THAT(EnterWorkingDirectory(Environment()),
              IsOkAndHolds(std::filesystem::current_path().string()));
}

TEST(EnterWorkingDirectoryTest, NamesAFolderThatIsNotThere) {
  EXPECT_THAT(EnterWorkingDirectory(InBazel("/no/such")).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such")));
}

TEST(HostNameTest, IsNotEmpty) { EXPECT_THAT(HostName(), Not(IsEmpty())); }

}  // namespace
}  // namespace scriptworker::worker
