// SPDX-License-Identifier: MPL-2.0
#include "cot/progress.h"

#include <sstream>
#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/body.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/url.h"

namespace cot {
namespace {

using ::scriptworker::LogLevel;
using ::scriptworker::http::FunctionTransport;
using ::scriptworker::http::Request;
using ::scriptworker::http::Response;
using ::testing::HasSubstr;
using ::testing::Not;

class ProgressTransportTest : public ::testing::Test {
 protected:
  ProgressTransportTest() { request_.url = *scriptworker::http::Url::Parse("https://a.example/"); }

  scriptworker::SimulatedClock clock_{absl::UnixEpoch()};
  FunctionTransport inner_{[](const Request&) -> absl::StatusOr<Response> {
    return scriptworker::http::MakeResponse(200, "12345");
  }};
  Request request_;
};

TEST_F(ProgressTransportTest, CountsRequestsAndBytesWithAndWithoutSink) {
  ProgressTransport progress(inner_, clock_, nullptr);
  ASSERT_TRUE(progress.Send(request_).ok());
  scriptworker::http::StringSink sink;
  request_.sink = &sink;
  ASSERT_TRUE(progress.Send(request_).ok());
  EXPECT_EQ(sink.data(), "12345");
  EXPECT_EQ(progress.requests(), 2);
  EXPECT_EQ(progress.bytes(), 10);
}

TEST_F(ProgressTransportTest, KeepsOneLineUpToDateAndTakesItAway) {
  std::ostringstream terminal;
  CommandLogger screen(terminal, LogLevel::kInfo);
  ProgressTransport progress(inner_, clock_, &screen);
  ASSERT_TRUE(progress.Send(request_).ok());
  EXPECT_THAT(terminal.str(), HasSubstr("0 links, 0 artifacts, 0.0 MB"));
  progress.AddLink();  // at once: not shown
  progress.AddLink();
  progress.AddArtifact();
  EXPECT_THAT(terminal.str(), Not(HasSubstr("1 links")));
  clock_.AdvanceTime(absl::Seconds(1));
  ASSERT_TRUE(progress.Send(request_).ok());
  EXPECT_THAT(terminal.str(), HasSubstr("2 links, 1 artifacts, 0.0 MB"));
  terminal.str("");
  progress.Clear();
  EXPECT_EQ(terminal.str(), "\r\x1b[K");
  progress.Clear();
  EXPECT_EQ(terminal.str(), "\r\x1b[K");
}

TEST(CommandLoggerTest, ALineTakesTheStatusAway) {
  std::ostringstream stream;
  CommandLogger logger(stream, LogLevel::kInfo);
  logger.ShowStatus("1 of 2");
  logger.Debug("unseen");
  logger.ShowStatus("2 of 2");
  logger.Warning("done");
  logger.Info("all");
  EXPECT_EQ(stream.str(),
            "\r\x1b[K1 of 2\r\x1b[K2 of 2\r\x1b[KWARNING:scriptworker:done\n"
            "INFO:scriptworker:all\n");
}

TEST(CommandLoggerTest, WritesFromALevelOnAsPythonsBasicConfig) {
  std::ostringstream stream;
  CommandLogger logger(stream, LogLevel::kInfo);
  logger.Debug("unseen");
  logger.Info("seen");
  logger.Critical("two\nlines");
  EXPECT_EQ(stream.str(), "INFO:scriptworker:seen\nCRITICAL:scriptworker:two\n    lines\n");
}

// Messages quote tasks and servers.
TEST(CommandLoggerTest, NoMessageMakesUpALineOrMovesTheCursor) {
  std::ostringstream stream;
  CommandLogger logger(stream, LogLevel::kInfo);
  logger.Error("404: \x1b[2J\rgone\nINFO:scriptworker:Good.\xe2\x80\xae");
  EXPECT_EQ(stream.str(),
            "ERROR:scriptworker:404: \\x1b[2J\\x0dgone\n"
            "    INFO:scriptworker:Good.\\xe2\\x80\\xae\n");
}

}  // namespace
}  // namespace cot
