// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/service_notifier.h"

#include <unistd.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/worker/testing/notify_socket.h"
#include "scriptworker/worker/testing/socket_dir.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

Environment With(const std::string& socket) {
  return Environment(Environment::Variables{{"NOTIFY_SOCKET", socket}});
}

TEST(ServiceNotifierTest, SendsOneDatagramForEachState) {
  const SocketDir temp;
  for (const std::string& name :
       {temp.Path("notify"), absl::StrCat("@scriptworker-test-", ::getpid())}) {
    SCOPED_TRACE(name);
    const NotifySocket manager(name);
    const absl::StatusOr<ServiceNotifier> notifier = ServiceNotifier::Create(With(name));
    ASSERT_THAT(notifier, IsOk());
    EXPECT_TRUE(notifier->enabled());
    notifier->Ready();
    notifier->Status("two\nlines");
    notifier->Alive();
    notifier->Stopping();
    EXPECT_EQ(manager.Receive(), "READY=1");
    EXPECT_EQ(manager.Receive(), "STATUS=two lines");
    EXPECT_EQ(manager.Receive(), "WATCHDOG=1");
    EXPECT_EQ(manager.Receive(), "STOPPING=1");
  }
}

TEST(ServiceNotifierTest, WithoutTheVariableNobodyIsTold) {
  const absl::StatusOr<ServiceNotifier> notifier = ServiceNotifier::Create(Environment());
  ASSERT_THAT(notifier, IsOk());
  EXPECT_FALSE(notifier->enabled());
  EXPECT_EQ(notifier->watchdog(), absl::InfiniteDuration());
  notifier->Ready();
}

TEST(ServiceNotifierTest, NamesThatAreNoneAreRefused) {
  for (const std::string& name : {std::string("relative/path"), std::string("vsock:2:1234"),
                                  absl::StrCat("/", std::string(200, 'x'))}) {
    EXPECT_THAT(ServiceNotifier::Create(With(name)), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(ServiceNotifier::Create(With("/nonexistent/notify")),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(ServiceNotifierTest, AManagerThatWentAwayIsNoFault) {
  const SocketDir temp;
  std::optional<NotifySocket> manager(temp.Path("notify"));
  const absl::StatusOr<ServiceNotifier> notifier =
      ServiceNotifier::Create(With(temp.Path("notify")));
  ASSERT_THAT(notifier, IsOk());
  manager.reset();
  notifier->Ready();
}

TEST(ServiceNotifierTest, TheWatchdogIsForTheProcessThatIsNamed) {
  struct Case {
    std::string microseconds;
    std::string pid;
    absl::Duration interval;
  };
  const std::string me = absl::StrCat(::getpid());
  const Case cases[] = {
      {"30000000", me, absl::Seconds(30)},         {"30000000", "", absl::Seconds(30)},
      {"30000000", "1", absl::InfiniteDuration()}, {"0", me, absl::InfiniteDuration()},
      {"soon", me, absl::InfiniteDuration()},
  };
  const SocketDir temp;
  const NotifySocket manager(temp.Path("notify"));
  for (const Case& c : cases) {
    Environment environment = With(temp.Path("notify"));
    environment.Set("WATCHDOG_USEC", c.microseconds);
    environment.Set("WATCHDOG_PID", c.pid);
    EXPECT_EQ(ServiceNotifier::Create(environment)->watchdog(), c.interval)
        << c.microseconds << " " << c.pid;
  }
}

TEST(ServiceNotifierTest, TheScriptDoesNotGetTheVariables) {
  Environment environment = With("/run/notify");
  environment.Set("WATCHDOG_USEC", "1");
  environment.Set("WATCHDOG_PID", "2");
  environment.Set("PATH", "/bin");
  EXPECT_THAT(WithoutServiceVariables(environment).variables(),
              testing::ElementsAre(testing::Pair("PATH", "/bin")));
}

}  // namespace
}  // namespace scriptworker::worker
