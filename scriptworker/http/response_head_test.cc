// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/response_head.h"

#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/http/headers.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

ResponseHead Read(std::initializer_list<std::string_view> lines) {
  ResponseHead head(1000);
  for (std::string_view line : lines) EXPECT_THAT(head.AddLine(line), IsOk()) << line;
  return head;
}

TEST(ResponseHeadTest, IsCompleteAtTheBlankLine) {
  ResponseHead head = Read({"HTTP/1.1 404 Not Found\r\n", "X: 1\r\n"});
  EXPECT_FALSE(head.complete());
  EXPECT_THAT(head.AddLine("\r\n"), IsOk());
  EXPECT_TRUE(head.complete());
  EXPECT_EQ(head.status(), 404);
  EXPECT_EQ(head.TakeHeaders(), Headers({{"X", "1"}}));
}

TEST(ResponseHeadTest, InterimResponsesAreNone) {
  ResponseHead head = Read({"HTTP/1.1 100 Continue\r\n", "X: 1\r\n", "\r\n"});
  EXPECT_FALSE(head.complete());
  EXPECT_THAT(head.AddLine("HTTP/1.1 200 OK\r\n"), IsOk());
  EXPECT_THAT(head.AddLine("\r\n"), IsOk());
  EXPECT_TRUE(head.complete());
  EXPECT_EQ(head.status(), 200);
  EXPECT_TRUE(head.TakeHeaders().empty());
}

TEST(ResponseHeadTest, AStatusLineWithinAHeadIsNone) {
  ResponseHead head = Read({"HTTP/1.1 200 OK\n", "X: 1\n", "HTTP/1.1 100: x\n", "Y: 2\n", "\n"});
  EXPECT_TRUE(head.complete());
  EXPECT_EQ(head.status(), 200);
  EXPECT_EQ(head.TakeHeaders(), Headers({{"X", "1"}, {"Y", "2"}}));
}

TEST(ResponseHeadTest, ALineOfBlanksDoesNotEndIt) {
  ResponseHead head = Read({"HTTP/1.1 200 OK\r\n", " \r\n", "X: 1\r\n", "\r\n"});
  EXPECT_EQ(head.TakeHeaders(), Headers({{"X", "1"}}));
}

TEST(ResponseHeadTest, TrailersAreDroppedAndCounted) {
  ResponseHead head = Read({"HTTP/1.1 200 OK\r\n", "\r\n", "X: 1\r\n", "HTTP/1.1 100 x\r\n"});
  EXPECT_EQ(head.status(), 200);
  EXPECT_TRUE(head.TakeHeaders().empty());
  EXPECT_THAT(head.AddLine(std::string(1000, 'x')),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("the cap of 1000 bytes")));
}

TEST(ResponseHeadTest, WithoutAStatusItIsDataLoss) {
  for (std::string_view line : {"X: 1\r\n", "HTTP/1.1\r\n", "HTTP/1.1 xyz\r\n", "\r\n"}) {
    EXPECT_THAT(ResponseHead(1000).AddLine(line),
                StatusIs(absl::StatusCode::kDataLoss, "the response has no status"))
        << line;
  }
}

}  // namespace
}  // namespace scriptworker::http
