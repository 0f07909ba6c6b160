// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/beside_logger.h"

#include <sys/syscall.h>

#include <cerrno>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/refused_calls.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

// A log whose disk does not answer.
class HangingLogger final : public Logger {
 public:
  explicit HangingLogger(Logger& logger) : logger_(logger) {}
  void Log(LogLevel level, std::string_view message) override {
    answer_.WaitForNotification();
    logger_.Log(level, message);
  }
  void Answer() { answer_.Notify(); }

 private:
  Logger& logger_;
  absl::Notification answer_;
};

TEST(BesideLoggerTest, ADiskThatHangsKeepsNobodyWaitingAndLosesNothing) {
  MemoryLogger written;
  HangingLogger hanging(written);
  std::unique_ptr<BesideLogger> logger = BesideLogger::Start(hanging).value();
  logger->Info("SIGUSR1 received");
  logger->Warning("SIGTERM received");
  EXPECT_THAT(written.lines(), ElementsAre());
  hanging.Answer();
  logger.reset();
  EXPECT_THAT(written.lines(), ElementsAre("INFO SIGUSR1 received", "WARNING SIGTERM received"));
}

TEST(BesideLoggerTest, IsAnErrorWhereTheMachineHasNoThreadToGive) {
  MemoryLogger written;
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [&] {
    EXPECT_THAT(BesideLogger::Start(written).status(),
                StatusIs(absl::StatusCode::kResourceExhausted));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

}  // namespace
}  // namespace scriptworker::worker
