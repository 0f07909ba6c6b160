// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/output_pump.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::ElementsAre;

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader = UniqueFd(ends[0]);
    writer = UniqueFd(ends[1]);
  }
  void Write(std::string_view bytes) const {
    EXPECT_THAT(WriteAll(writer.get(), bytes, "pipe"), IsOk());
  }
  UniqueFd reader, writer;
};

class OutputPumpTest : public testing::Test {
 protected:
  OutputPumpTest() : task_log_(TaskLog::Create(path_).value()) {}

  std::unique_ptr<OutputPump> Start() {
    return OutputPump::Create(std::move(out_.reader), std::move(err_.reader), task_log_, logger_,
                              redactor_)
        .value();
  }

  const TempDir temp_;
  const std::string path_ = temp_.Path("live_backing.log");
  TaskLog task_log_;
  MemoryLogger logger_;
  SecretRedactor redactor_;
  Pipe out_, err_;
};

TEST_F(OutputPumpTest, LogsBothPipesUntilTheyAreClosed) {
  const std::unique_ptr<OutputPump> pump = Start();
  out_.Write("to stdout  \n");
  out_.writer.reset();
  err_.Write("to stderr");
  err_.writer.reset();
  pump->Finish();
  EXPECT_THAT(logger_.lines(), testing::UnorderedElementsAre("INFO to stdout", "INFO to stderr"));
  EXPECT_THAT(ReadFile(path_),
              IsOkAndHolds(testing::AnyOf("to stdout  \nto stderr", "to stderrto stdout  \n")));
}

TEST_F(OutputPumpTest, FinishTakesWhatIsThereAndDoesNotWaitForTheWriters) {
  out_.Write("last words\nno newline");
  const std::unique_ptr<OutputPump> pump = Start();
  pump->Finish();  // both writing ends are open still
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("last words\nno newline"));
  EXPECT_THAT(logger_.lines(), ElementsAre("INFO last words", "INFO no newline"));
}

TEST_F(OutputPumpTest, MoreThanAPipeHoldsGetsThrough) {
  const std::unique_ptr<OutputPump> pump = Start();
  std::string all;
  for (int i = 0; i < 20000; ++i) absl::StrAppend(&all, "line ", i, "\n");
  out_.Write(all);
  pump->Finish();
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds(all));
}

TEST_F(OutputPumpTest, AWriterWithoutEndCannotKeepItFromFinishing) {
  const std::unique_ptr<OutputPump> pump = Start();
  const pid_t writer = ::fork();
  if (writer == 0) {
    while (::write(out_.writer.get(), "x", 1) == 1) {
    }
    ::_exit(0);
  }
  pump->Finish();
  ::kill(writer, SIGKILL);
  EXPECT_EQ(::waitpid(writer, nullptr, 0), writer);
}

}  // namespace
}  // namespace scriptworker::worker
