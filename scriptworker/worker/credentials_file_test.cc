// SPDX-License-Identifier: MPL-2.0
//
// Shrinking, growing and concurrent readers: task_credential_store_test.

#include "scriptworker/worker/credentials_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;

TEST(CredentialsFileTest, IsARegularFileWithoutANameThatOnlyItsOwnerMayRead) {
  const TempDir temp;
  const absl::StatusOr<CredentialsFile> file = CredentialsFile::Create(temp.path());
  ASSERT_THAT(file, IsOk());
  struct stat info;
  ASSERT_EQ(::fstat(file->fd(), &info), 0);
  EXPECT_TRUE(S_ISREG(info.st_mode));
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(info.st_nlink, 0U);
  EXPECT_NE(::fcntl(file->fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(CredentialsFileTest, WritingDoesNotMoveTheReadersOffset) {
  const TempDir temp;
  absl::StatusOr<CredentialsFile> file = CredentialsFile::Create(temp.path());
  ASSERT_THAT(file, IsOk());
  taskcluster::Credentials credentials;
  credentials.client_id = "a-client";
  credentials.access_token = SecretString("no-secret");
  ASSERT_THAT(file->Write(credentials), IsOk());
  EXPECT_EQ(::lseek(file->fd(), 0, SEEK_CUR), 0);
  ASSERT_EQ(::lseek(file->fd(), 5, SEEK_SET), 5);
  ASSERT_THAT(file->Write(credentials), IsOk());
  EXPECT_EQ(::lseek(file->fd(), 0, SEEK_CUR), 5);
}

}  // namespace
}  // namespace scriptworker::worker
