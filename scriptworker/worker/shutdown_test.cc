// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/shutdown.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/worker/testing/capturing_logger.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

class ShutdownTest : public testing::Test {
 protected:
  CapturingLogger logger_;
  Shutdown shutdown_{logger_};
};

TEST_F(ShutdownTest, DrainingStopsNothingThatRuns) {
  shutdown_.Drain("SIGUSR1");
  EXPECT_TRUE(shutdown_.drain().cancelled());
  EXPECT_FALSE(shutdown_.stop().cancelled());
  shutdown_.Drain("SIGUSR1");
  EXPECT_THAT(logger_.lines(), ElementsAre("INFO SIGUSR1 received; no more tasks will be taken"));
}

TEST_F(ShutdownTest, StoppingDrainsToo) {
  shutdown_.Stop("SIGTERM");
  EXPECT_TRUE(shutdown_.drain().cancelled());
  EXPECT_THAT(shutdown_.stop().reason(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_FALSE(shutdown_.at_once().cancelled());
  EXPECT_THAT(logger_.lines(), ElementsAre("INFO SIGTERM received; shutting down"));
}

TEST_F(ShutdownTest, TheSecondStopIsAtOnce) {
  shutdown_.Stop("SIGTERM");
  shutdown_.Stop("SIGINT");
  EXPECT_TRUE(shutdown_.at_once().cancelled());
  shutdown_.Stop("SIGTERM");
  EXPECT_THAT(logger_.lines(), ElementsAre("INFO SIGTERM received; shutting down",
                                           "WARNING SIGINT received again; stopping at once"));
}

TEST_F(ShutdownTest, StoppingAfterDrainingIsNotYetAtOnce) {
  shutdown_.Drain("SIGUSR1");
  shutdown_.Stop("SIGTERM");
  EXPECT_TRUE(shutdown_.stop().cancelled());
  EXPECT_FALSE(shutdown_.at_once().cancelled());
}

}  // namespace
}  // namespace scriptworker::worker
