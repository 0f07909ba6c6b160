// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/screen.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

using ::testing::Each;
using ::testing::EndsWith;

// What can be read without waiting.
std::string ReadFrom(int fd) {
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof(buffer))) > 0;) {
    text.append(buffer, static_cast<size_t>(got));
  }
  return text;
}

class ScreenTest : public testing::Test {
 protected:
  ScreenTest() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader_ = UniqueFd(ends[0]);
    writer_ = UniqueFd(ends[1]);
  }
  // What lies in the pipe.
  std::string Read() { return ReadFrom(reader_.get()); }

  UniqueFd reader_, writer_;
};

TEST_F(ScreenTest, ShowsLines) {
  Screen screen(writer_.get());
  screen.Show("one\n");
  screen.Show("two\n");
  EXPECT_EQ(Read(), "one\ntwo\n");
}

TEST_F(ScreenTest, ShowsALineOfAnyLength) {
  Screen screen(writer_.get());
  const std::string line = std::string(1'000'000, 'x') + "\n";
  std::thread show([&] {
    screen.Show(line);
    writer_.reset();
  });
  std::string text;
  char buffer[65536];
  for (ssize_t got = 0; (got = ::read(reader_.get(), buffer, sizeof(buffer))) > 0;) {
    text.append(buffer, static_cast<size_t>(got));
  }
  show.join();
  EXPECT_EQ(text, line);
}

TEST_F(ScreenTest, WhereNobodyReadsOneLineWaitsAndNoOther) {
  // So long that a line which only has no processor for a while is none that waits.
  const absl::Duration patience = absl::Seconds(1);
  Screen screen(writer_.get(), patience);
  int waited = 0;
  for (int i = 0; i < 10'000 && waited < 2; ++i) {
    const auto start = std::chrono::steady_clock::now();
    screen.Show(absl::StrCat("line ", i, "\n"));
    if (absl::FromChrono(std::chrono::steady_clock::now() - start) >= patience) ++waited;
  }
  EXPECT_EQ(waited, 1);
  Read();
}

TEST_F(ScreenTest, AReaderThatTakesALittleNowAndThenHoldsALineNoLonger) {
  const absl::Duration patience = absl::Milliseconds(100);
  Screen screen(writer_.get(), patience);
  const std::string line = std::string(1'000'000, 'x') + "\n";
  absl::Notification shown;
  size_t taken = 0;
  std::thread reader([&] {
    char buffer[4096];
    while (!shown.WaitForNotificationWithTimeout(patience / 2) && taken < line.size()) {
      taken += static_cast<size_t>(::read(reader_.get(), buffer, sizeof(buffer)));
    }
  });
  screen.Show(line);
  shown.Notify();
  reader.join();
  EXPECT_LT(taken + Read().size(), line.size()) << "the line waited until all of it was taken";
}

TEST_F(ScreenTest, SaysHowManyLinesAreMissing) {
  Screen screen(writer_.get(), absl::Milliseconds(1));
  constexpr int kLines = 10'000;
  for (int i = 0; i < kLines; ++i) screen.Show("0123456789\n");
  const std::string before = Read();
  const size_t shown = before.size() / 11;
  screen.Show("again\n");
  EXPECT_EQ(Read(), absl::StrCat(before.size() % 11 == 0 ? "" : "\n",
                                 "scriptworker: ", kLines - static_cast<int>(shown),
                                 " lines are not shown here, since nobody read them\nagain\n"));
  screen.Show("and on\n");
  EXPECT_EQ(Read(), "and on\n");
}

TEST_F(ScreenTest, LinesOfManyThreadsAreNotMixed) {
  Screen screen(writer_.get(), absl::Seconds(10));
  const std::string line = std::string(500, 'x');
  constexpr size_t kThreads = 4;
  constexpr size_t kLines = 50;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (size_t j = 0; j < kLines; ++j) screen.Show(line + "\n");
    });
  }
  std::string text;
  char buffer[4096];
  while (text.size() < kThreads * kLines * (line.size() + 1)) {
    const ssize_t got = ::read(reader_.get(), buffer, sizeof(buffer));
    ASSERT_GT(got, 0);
    text.append(buffer, static_cast<size_t>(got));
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(std::vector<std::string>(absl::StrSplit(text, '\n', absl::SkipEmpty())), Each(line));
}

// Its poll promises less room than a line may need, so a write to it may block.
TEST_F(ScreenTest, ATerminalThatNobodyReadsHoldsNobodyUp) {
  UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!master.valid()) GTEST_SKIP() << "SKIPPED: this machine has no /dev/pts";
  ASSERT_EQ(::unlockpt(master.get()), 0);
  const UniqueFd terminal(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(terminal.valid());
  Screen screen(terminal.get(), absl::Milliseconds(10));
  absl::Notification shown;
  std::thread show([&] {
    for (int i = 0; i < 1000; ++i) screen.Show(std::string(100, 'x') + "\n");
    shown.Notify();
  });
  if (!shown.WaitForNotificationWithTimeout(absl::Seconds(30))) {
    ADD_FAILURE() << "a line waits for the reader";
    master.reset();  // ends the wait
  }
  show.join();
  if (!master.valid()) return;
  ReadFrom(master.get());
  screen.Show("again\n");
  EXPECT_THAT(ReadFrom(master.get()),
              EndsWith(" lines are not shown here, since nobody read them\r\nagain\r\n"));
  EXPECT_EQ(::fcntl(terminal.get(), F_GETFL) & O_NONBLOCK, 0) << "others write to it, too";
}

TEST_F(ScreenTest, AScreenThatIsGoneIsNoError) {
  ::signal(SIGPIPE, SIG_IGN);
  Screen screen(writer_.get());
  reader_.reset();
  screen.Show("one\n");
  Screen closed(-1);
  closed.Show("one\n");
}

}  // namespace
}  // namespace scriptworker::worker
