// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/outcome/process_outcome.h"

#include "gtest/gtest.h"

namespace scriptworker::worker {
namespace {

TEST(ExitLineTest, SaysTheCodeOrTheSignal) {
  EXPECT_EQ(ExitLine({.return_code = 0}), "exit code: 0");
  EXPECT_EQ(ExitLine({.return_code = 245}), "exit code: 245");
  EXPECT_EQ(ExitLine({.return_code = -11}), "Automation Error: python exited with signal -11");
}

TEST(ExitLineTest, IsThatOfTheSystemAlsoWhenTheWorkerStoppedTheScript) {
  EXPECT_EQ(ExitLine({.cause = ProcessOutcome::Cause::kTimedOut, .return_code = -15}),
            "Automation Error: python exited with signal -15");
}

}  // namespace
}  // namespace scriptworker::worker
