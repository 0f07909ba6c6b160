// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/check/watching_check.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/ordinary_user.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/http/listener.h"
#include "scriptworker/worker/check/check.h"
#include "scriptworker/worker/testing/socket_dir.h"

namespace scriptworker::worker {
namespace {

using Outcome = Check::Outcome;
using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WatchingCheckTest : public testing::Test {
 protected:
  // A socket of that name on which nobody listens yet.
  static UniqueFd Bind(const std::string& path) {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    return fd;
  }

  const SocketDir sockets_;
  const std::string path_ = sockets_.Path("s");
};

TEST_F(WatchingCheckTest, WhatIsNotConfiguredIsNotChecked) {
  EXPECT_THAT(CheckWatching({}), IsEmpty());
}

TEST_F(WatchingCheckTest, AFolderForTheSocketIsEnoughAndStaysEmpty) {
  EXPECT_THAT(CheckWatching({.status_socket = path_}),
              ElementsAre(FieldsAre(Outcome::kOk, "status_socket", path_)));
  EXPECT_TRUE(std::filesystem::is_empty(sockets_.Path("")));
}

TEST_F(WatchingCheckTest, ASocketThatCannotBeMadeFails) {
  const std::string plain = sockets_.Path("plain");
  std::ofstream(plain) << "precious";
  struct Case {
    std::string path;
    std::string_view why;
  };
  for (const Case& c :
       {Case{sockets_.Path("missing/s"), "No such file or directory"},
        Case{plain + "/s", "is no folder"}, Case{plain, "exists and is no socket"}}) {
    EXPECT_THAT(
        CheckWatching({.status_socket = c.path}),
        ElementsAre(FieldsAre(Outcome::kFailed, "status_socket", HasSubstr(std::string(c.why)))));
  }
}

TEST_F(WatchingCheckTest, ASocketInUseIsAWarningAndStays) {
  const absl::StatusOr<http::Listener> worker = http::Listener::ListenOnUnix(path_);
  ASSERT_THAT(worker, IsOk());
  EXPECT_THAT(CheckWatching({.status_socket = path_}),
              ElementsAre(FieldsAre(Outcome::kWarning, "status_socket", HasSubstr("is in use"))));
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(WatchingCheckTest, ASocketThatIsLeftOverIsNoHindranceAndStays) {
  Bind(path_);  // and close
  ASSERT_TRUE(std::filesystem::is_socket(path_));
  EXPECT_THAT(CheckWatching({.status_socket = path_}),
              ElementsAre(FieldsAre(Outcome::kOk, "status_socket", path_)));
  EXPECT_TRUE(std::filesystem::is_socket(path_));
}

TEST_F(WatchingCheckTest, AFolderInWhichNoSocketCanBeMadeFails) {
  const std::string folder = sockets_.Path("folder");
  std::filesystem::create_directory(folder);
  ASSERT_EQ(::chmod(folder.c_str(), 0500), 0);
  const OrdinaryUser ordinary;
  EXPECT_THAT(
      CheckWatching({.status_socket = folder + "/s"}),
      ElementsAre(FieldsAre(Outcome::kFailed, "status_socket",
                            HasSubstr("cannot make it in " + folder + ": Permission denied"))));
}

TEST_F(WatchingCheckTest, AWorkerTooBusyToAcceptIsThereAllTheSame) {
  const UniqueFd worker = Bind(path_);
  ASSERT_EQ(::listen(worker.get(), 0), 0);
  // One connection waits to be accepted, and there is no room for another.
  const absl::StatusOr<UniqueFd> first = http::ConnectToUnix(path_, absl::Seconds(10));
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(http::ConnectToUnix(path_, absl::Milliseconds(1)),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(CheckWatching({.status_socket = path_}),
              ElementsAre(FieldsAre(Outcome::kWarning, "status_socket", HasSubstr("is in use"))));
}

TEST_F(WatchingCheckTest, AHealthAddressInUseIsAWarningAndAForeignOneFails) {
  absl::StatusOr<http::Listener> worker = http::Listener::ListenOnTcp("127.0.0.1:0");
  ASSERT_THAT(worker, IsOk());
  EXPECT_THAT(CheckWatching({.health_address = worker->address()}),
              ElementsAre(FieldsAre(Outcome::kWarning, "health_address", HasSubstr("in use"))));
  // Of the addresses for documentation, which no machine has.
  EXPECT_THAT(CheckWatching({.health_address = "192.0.2.1:80"}),
              ElementsAre(FieldsAre(Outcome::kFailed, "health_address",
                                    HasSubstr("192.0.2.1:80: is no address"))));
  EXPECT_THAT(CheckWatching({.health_address = "127.0.0.1:0"}),
              ElementsAre(FieldsAre(Outcome::kOk, "health_address", "127.0.0.1:0")));
}

}  // namespace
}  // namespace scriptworker::worker
