// SPDX-License-Identifier: MPL-2.0
//
// Whatever a script prints, the worker's memory stays what it was. A test of its
// own, since it measures the whole process.

#include <sys/resource.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/log/task_log.h"
#include "scriptworker/worker/process/task_process.h"

// Under the address sanitizer, which calls this: freed memory is to be used again soon.
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "quarantine_size_mb=1";
}

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;

constexpr int64_t kMaxGrowthBytes = int64_t{16} << 20;

int64_t PeakRssBytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} << 10;
}

class SilentLogger final : public Logger {
 public:
  void Log(LogLevel /*level*/, std::string_view /*message*/) override {}
};

void RunScript(std::string script) {
  SystemClock clock;
  SilentLogger logger;
  const SecretRedactor redactor;
  absl::StatusOr<TaskLog> log = TaskLog::Create("/dev/null");
  ASSERT_THAT(log, IsOk());
  EXPECT_THAT(RunTaskProcess({.argv = {"/bin/sh", "-c", std::move(script)}},
                             {*log, logger, redactor, clock}, {}),
              IsOk());
  EXPECT_THAT(log->Close(), IsOk());
}

TEST(OutputMemoryTest, DoesNotGrowWithTheOutput) {
  RunScript("head -c 1000000 /dev/zero; echo; head -c 100000 /dev/urandom");
  const int64_t before = PeakRssBytes();
  RunScript("head -c 100000000 /dev/zero | tr '\\0' x; echo");
  RunScript("head -c 5000000 /dev/urandom");
  RunScript("yes | head -c 2000000");
  EXPECT_LT(PeakRssBytes() - before, kMaxGrowthBytes);
}

}  // namespace
}  // namespace scriptworker::worker
