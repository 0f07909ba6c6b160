// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/http/listener.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::Duration kPatience = absl::Seconds(60);

class UnixListenerTest : public testing::Test {
 protected:
  UnixListenerTest() { EXPECT_NE(::mkdtemp(dir_.data()), nullptr); }
  ~UnixListenerTest() override { std::filesystem::remove_all(dir_); }

  std::string dir_ = "/tmp/socket.XXXXXX";  // short, as a socket's name has to be
};

TEST(TcpListenerTest, APortAloneIsOneOfLoopback) {
  const absl::StatusOr<Listener> listener = Listener::ListenOnTcp("0");
  ASSERT_THAT(listener, IsOk());
  EXPECT_THAT(listener->address(), StartsWith("127.0.0.1:"));
}

TEST(TcpListenerTest, ATakenPortIsNamed) {
  const absl::StatusOr<Listener> first = Listener::ListenOnTcp("127.0.0.1:0");
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Listener::ListenOnTcp(first->address()),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(first->address())));
}

TEST(TcpListenerTest, AnotherMachinesAddressIsNotTaken) {
  // Of the addresses for documentation, which no machine has.
  EXPECT_THAT(Listener::ListenOnTcp("192.0.2.1:8080"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "192.0.2.1:8080: is no address of this machine"));
}

TEST(TcpListenerTest, AddressesAreNumbersWithAPort) {
  for (const std::string_view good : {"127.0.0.1:80", "0.0.0.0:65535", "[::1]:1", "[::]:9", "80"}) {
    EXPECT_THAT(CheckTcpAddress(good), IsOk()) << good;
  }
  for (const std::string_view bad :
       {"", ":", ":80", "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "0",
        "127.0.0.1:0", "[::1]:0", "127.0.0.1:-1", "127.0.0.1:+1", "[127.0.0.1]:80", "[::1:80",
        "http://127.0.0.1:80"}) {
    EXPECT_THAT(
        CheckTcpAddress(bad),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 AllOf(StartsWith("expected IPV4:PORT, [IPV6]:PORT or PORT"), HasSubstr(bad))))
        << bad;
  }
}

TEST_F(UnixListenerTest, NobodyElseCanConnect) {
  const std::string path = absl::StrCat(dir_, "/s");
  const mode_t before = ::umask(0);
  {
    const absl::StatusOr<Listener> listener = Listener::ListenOnUnix(path);
    ::umask(before);
    ASSERT_THAT(listener, IsOk());
    EXPECT_EQ(listener->address(), path);
    struct stat info = {};
    ASSERT_EQ(::lstat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600u);
    EXPECT_THAT(ConnectToUnix(path, kPatience), IsOk());
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_THAT(ConnectToUnix(path, kPatience), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(UnixListenerTest, ASocketThatIsLeftOverIsReplaced) {
  const std::string path = absl::StrCat(dir_, "/s");
  {
    absl::StatusOr<Listener> listener = Listener::ListenOnUnix(path);
    ASSERT_THAT(listener, IsOk());
    ASSERT_EQ(::link(path.c_str(), absl::StrCat(dir_, "/kept").c_str()), 0);
  }
  std::filesystem::rename(absl::StrCat(dir_, "/kept"), path);
  EXPECT_THAT(Listener::ListenOnUnix(path), IsOk());
}

TEST_F(UnixListenerTest, ASocketInUseAndOtherFilesAreLeftAlone) {
  const std::string path = absl::StrCat(dir_, "/s");
  const absl::StatusOr<Listener> first = Listener::ListenOnUnix(path);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Listener::ListenOnUnix(path), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ConnectToUnix(path, kPatience), IsOk());
  const std::string plain = absl::StrCat(dir_, "/plain");
  std::ofstream(plain) << "precious";
  EXPECT_THAT(Listener::ListenOnUnix(plain), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_TRUE(std::filesystem::exists(plain));
}

// A process that is stuck, or stopped, accepts nobody: connect() would wait for ever.
TEST_F(UnixListenerTest, AListenerThatAcceptsNobodyIsNotWaitedForButLeftAlone) {
  const std::string path = absl::StrCat(dir_, "/s");
  const absl::StatusOr<Listener> stuck = Listener::ListenOnUnix(path);
  ASSERT_THAT(stuck, IsOk());
  std::vector<UniqueFd> waiting;
  absl::StatusOr<UniqueFd> connected = ConnectToUnix(path, absl::Milliseconds(50));
  for (; connected.ok(); connected = ConnectToUnix(path, absl::Milliseconds(50))) {
    waiting.push_back(*std::move(connected));
    ASSERT_LT(waiting.size(), 1000u);
  }
  EXPECT_THAT(connected, StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr(path)));
  EXPECT_THAT(Listener::ListenOnUnix(path), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(UnixListenerTest, ANameThatSomebodyElseTookIsNotRemoved) {
  const std::string path = absl::StrCat(dir_, "/s");
  {
    const absl::StatusOr<Listener> listener = Listener::ListenOnUnix(path);
    ASSERT_THAT(listener, IsOk());
    std::filesystem::remove(path);
    std::ofstream(path) << "another's";
  }
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(UnixListenerTest, NamesThatAreTooLongOrRelativeAreRefused) {
  for (const std::string& path :
       {std::string(), std::string("relative"), absl::StrCat("/", std::string(107, 'x'))}) {
    EXPECT_THAT(Listener::ListenOnUnix(path), StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(ConnectToUnix(path, kPatience), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace scriptworker::http
