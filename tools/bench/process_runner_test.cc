// SPDX-License-Identifier: MPL-2.0
#include "tools/bench/process_runner.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker::tools {
namespace {

TEST(ProcessRunnerTest, SaysWhatAProgramCostsAndKeepsItsOutput) {
  const TempDir temp;
  const ProcessRunner runner;
  const ProcessCost cost =
      runner.Run({"/bin/sh", "-c", "echo hello; sleep 0.05"}, temp.Path("output"));
  EXPECT_GE(cost.wall_ms, 50);
  EXPECT_GE(cost.cpu_ms, 0);
  EXPECT_GT(cost.peak_mib, 0);
  EXPECT_EQ(ReadFile(temp.Path("output")).value(), "hello\n");
}

TEST(ProcessRunnerTest, ItsProgramsDoNotBeginWithThisProcesssMemory) {
  const TempDir temp;
  const ProcessRunner runner;
  const std::string large(200 << 20, 'x');
  EXPECT_LT(runner.Run({"true"}, temp.Path("output")).peak_mib, 100) << large.size();
}

TEST(ProcessRunnerDeathTest, AProgramThatFailsEndsThisOne) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const TempDir temp;
  EXPECT_EXIT(ProcessRunner().Run({"/bin/sh", "-c", "echo no way; exit 3"}, temp.Path("output")),
              testing::ExitedWithCode(2), "no way");
}

}  // namespace
}  // namespace scriptworker::tools
