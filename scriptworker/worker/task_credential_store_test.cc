// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/task_credential_store.h"

#include <unistd.h>

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

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
  const TempDir temp_;
  SecretRedactor redactor_;
  TaskCredentialStore store_{Make("task-client", "no-secret"), redactor_};
  const int script_fd_ = store_.OpenForScript(temp_.path()).value();
};

TEST_F(TaskCredentialStoreTest, TheScriptReadsTheSameAsTheWorker) {
  EXPECT_EQ(store_.Get().client_id, "task-client");
  EXPECT_EQ(ReadFd(script_fd_),
            "{\n  \"accessToken\": \"no-secret\",\n"
            "  \"clientId\": \"task-client\"\n}");
}

TEST_F(TaskCredentialStoreTest, TheFileHasNoName) {
  EXPECT_EQ(::rmdir(temp_.path().c_str()), 0) << "the folder is not empty";
}

TEST_F(TaskCredentialStoreTest, ShorterCredentialsLeaveNoTail) {
  const size_t length = ReadFd(script_fd_).size();
  ASSERT_THAT(store_.Update(Make("a", "b")), IsOk());
  const std::string text = ReadFd(script_fd_);
  EXPECT_THAT(json::Parse(text), IsOk()) << text;
  EXPECT_EQ(text.size(), length);
  ASSERT_THAT(store_.Update(Make(std::string(500, 'c'), "d")), IsOk());
  EXPECT_THAT(json::Parse(ReadFd(script_fd_)), IsOk());
  EXPECT_EQ(store_.Get().client_id, std::string(500, 'c'));
}

// What read() and write() do at the same moment, Linux does not order: a reader that meets the
// write itself reads again.
TEST_F(TaskCredentialStoreTest, AReaderSeesOneValidDocumentAndNeverAShorterFile) {
  std::atomic<bool> done = false;
  std::thread reader([&] {
    size_t longest = 0;
    while (!done) {
      std::string text = ReadFd(script_fd_);
      for (int again = 0; again < 100 && !json::Parse(text).ok(); ++again) {
        ASSERT_GE(text.size(), longest);
        absl::SleepFor(absl::Milliseconds(1));
        text = ReadFd(script_fd_);
      }
      ASSERT_THAT(json::Parse(text), IsOk()) << text;
      ASSERT_GE(text.size(), longest);
      longest = text.size();
    }
  });
  for (int i = 0; i < 2000; ++i) {
    const size_t length = static_cast<size_t>(i * 37 % 400);
    ASSERT_THAT(store_.Update(Make(std::string(length, 'c'), "t")), IsOk());
  }
  done = true;
  reader.join();
}

TEST_F(TaskCredentialStoreTest, EveryTokenThatThereWasStaysOutOfTheLogs) {
  ASSERT_THAT(store_.Update(Make("task-client", "second-secret")), IsOk());
  ASSERT_THAT(store_.Update(Make("task-client", "third-secret")), IsOk());
  std::string text = "no-secret second-secret third-secret";
  redactor_.Redact(text);
  EXPECT_EQ(text, "[redacted] [redacted] [redacted]");
}

// In the script's file the certificate is JSON in a JSON string.
TEST_F(TaskCredentialStoreTest, NoLogShowsTheCertificatesThatTheScriptReads) {
  for (const std::string_view which : {"first", "second"}) {
    taskcluster::Credentials credentials = Make("task-client", "new-secret");
    credentials.certificate =
        taskcluster::Certificate::Parse(absl::StrCat(R"({"version": 1, "seed": ")", which,
                                                     R"(-seed", "signature": ")", which,
                                                     R"(-signature="})"))
            .value();
    ASSERT_THAT(store_.Update(std::move(credentials)), IsOk());
    std::string text = ReadFd(script_fd_);
    ASSERT_THAT(text, AllOf(HasSubstr("-seed"), HasSubstr("-signature=")));
    redactor_.Redact(text);
    EXPECT_THAT(text, AllOf(HasSubstr("[redacted]"), Not(HasSubstr("-seed")),
                            Not(HasSubstr("-signature="))));
  }
  std::string text = "first-seed first-signature=";
  redactor_.Redact(text);
  EXPECT_EQ(text, "[redacted] [redacted]");
}

TEST(TaskCredentialStoreWithoutFileTest, ServesTheWorkerAlone) {
  SecretRedactor redactor;
  TaskCredentialStore store(Make("task-client", "no-secret"), redactor);
  ASSERT_THAT(store.Update(Make("new-client", "new-secret")), IsOk());
  EXPECT_EQ(store.Get().client_id, "new-client");
}

TEST(TaskCredentialStoreWithoutFileTest, NamesTheFolderThatCannotBeUsed) {
  SecretRedactor redactor;
  TaskCredentialStore store(Make("task-client", "no-secret"), redactor);
  EXPECT_THAT(store.OpenForScript("/nonexistent/dir").status().message(),
              testing::HasSubstr("/nonexistent/dir"));
}

}  // namespace
}  // namespace scriptworker::worker
