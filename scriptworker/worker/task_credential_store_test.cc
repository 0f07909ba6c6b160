// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/task_credential_store.h"

#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;

taskcluster::Credentials Make(std::string client_id, std::string token) {
  taskcluster::Credentials credentials;
  credentials.client_id = std::move(client_id);
  credentials.access_token = SecretString(std::move(token));
  return credentials;
}

std::string ReadFd(int fd) {
  std::string text(4096, '\0');
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  EXPECT_GE(size, 0);
  text.resize(static_cast<size_t>(size));
  return text;
}

class TaskCredentialStoreTest : public testing::Test {
 protected:
  TaskCredentialStoreTest()
      : store_(
            TaskCredentialStore::Create(Make("task-client", "no-secret"), temp_.path(), redactor_)
                .value()) {}

  const TempDir temp_;
  SecretRedactor redactor_;
  const std::unique_ptr<TaskCredentialStore> store_;
};

TEST_F(TaskCredentialStoreTest, TheScriptReadsTheSameAsTheWorker) {
  EXPECT_EQ(store_->Get().client_id, "task-client");
  EXPECT_EQ(ReadFd(store_->script_fd()),
            "{\n  \"accessToken\": \"no-secret\",\n"
            "  \"clientId\": \"task-client\"\n}");
}

TEST_F(TaskCredentialStoreTest, TheFileHasNoName) {
  EXPECT_EQ(::rmdir(temp_.path().c_str()), 0) << "the folder is not empty";
}

TEST_F(TaskCredentialStoreTest, ShorterCredentialsLeaveNoTail) {
  ASSERT_THAT(store_->Update(Make("a", "b")), IsOk());
  const std::string text = ReadFd(store_->script_fd());
  EXPECT_THAT(json::Parse(text), IsOk()) << text;
  EXPECT_TRUE(text.ends_with("}" + std::string(17, ' '))) << text;
  ASSERT_THAT(store_->Update(Make(std::string(500, 'c'), "d")), IsOk());
  EXPECT_THAT(json::Parse(ReadFd(store_->script_fd())), IsOk());
  EXPECT_EQ(store_->Get().client_id, std::string(500, 'c'));
}

TEST_F(TaskCredentialStoreTest, AReaderAlwaysSeesOneValidDocument) {
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) {
      const std::string text = ReadFd(store_->script_fd());
      ASSERT_THAT(json::Parse(text), IsOk()) << text;
    }
  });
  for (int i = 0; i < 2000; ++i) {
    const size_t length = static_cast<size_t>(i * 37 % 400);
    ASSERT_THAT(store_->Update(Make(std::string(length, 'c'), "t")), IsOk());
  }
  done = true;
  reader.join();
}

TEST_F(TaskCredentialStoreTest, TokensStayOutOfTheLogs) {
  ASSERT_THAT(store_->Update(Make("task-client", "new-secret")), IsOk());
  std::string text = "no-secret new-secret";
  redactor_.Redact(text);
  EXPECT_EQ(text, "[redacted] [redacted]");
}

TEST(TaskCredentialStoreErrorTest, NamesTheFolderThatCannotBeUsed) {
  SecretRedactor redactor;
  EXPECT_THAT(
      TaskCredentialStore::Create(Make("a", "b"), "/nonexistent/dir", redactor).status().message(),
      testing::HasSubstr("/nonexistent/dir"));
}

}  // namespace
}  // namespace scriptworker::worker
