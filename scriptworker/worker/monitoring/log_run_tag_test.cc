// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/log_run_tag.h"

#include <memory>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/worker/log/log_format.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/log/worker_log.h"
#include "scriptworker/worker/testing/claimed_task.h"

namespace scriptworker::worker {
namespace {

using ::testing::HasSubstr;

TEST(LogRunTagTest, TagsTheLinesBetweenARunsStartAndItsEnd) {
  const TempDir temp;
  const SimulatedClock clock{absl::FromUnixSeconds(1772406245)};
  const SecretRedactor redactor;
  const absl::StatusOr<std::unique_ptr<WorkerLog>> log = WorkerLog::Create(
      {.file = {.path = temp.Path("log")}, .format = LogFormat::Json(), .verbose = false}, clock,
      redactor);
  ASSERT_TRUE(log.ok()) << log.status();
  LogRunTag tag(**log);
  tag.OnTaskStarted(MakeClaimedTask(2), absl::Minutes(1));
  (*log)->Info("during");
  tag.OnTaskEnded({});
  (*log)->Info("after");
  const std::string text = ReadFile(temp.Path("log")).value();
  EXPECT_THAT(text,
              HasSubstr(R"("taskId":"ckDskRdWQnyhF92JxCLL4w","runId":2,"message":"during"})"));
  EXPECT_THAT(text, testing::ContainsRegex(R"("pid":[0-9]+,"message":"after")"));
}

}  // namespace
}  // namespace scriptworker::worker
