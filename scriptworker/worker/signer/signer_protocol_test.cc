// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/signer/signer_protocol.h"

#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using Kind = SignerFrame::Kind;
using namespace std::string_view_literals;

struct FrameCase {
  std::string_view name;
  std::string_view bytes;
  // The payload of the first frame; nullopt: more has to come.
  std::optional<std::string_view> payload = std::nullopt;
  std::string_view rest = "";
};

constexpr FrameCase kGoodFrames[] = {
    {.name = "Nothing", .bytes = ""},
    {.name = "PartOfAHeader", .bytes = "S\0\0"sv},
    {.name = "PartOfAPayload", .bytes = "S\0\0\0\3ab"sv},
    {.name = "AMessage", .bytes = "S\0\0\0\3abc"sv, .payload = "abc"},
    {.name = "AnEmptyMessage", .bytes = "S\0\0\0\0"sv, .payload = ""},
    {.name = "TwoMessages", .bytes = "S\0\0\0\1aS\0"sv, .payload = "a", .rest = "S\0"sv},
    {.name = "APath", .bytes = "L\0\0\0\2/k"sv, .payload = "/k"},
    {.name = "AnError", .bytes = "E\0\0\0\2no"sv, .payload = "no"},
};

TEST(SignerProtocolTest, FramesAreTakenOffOneByOne) {
  for (const FrameCase& c : kGoodFrames) {
    std::string buffer(c.bytes);
    const absl::StatusOr<std::optional<SignerFrame>> frame = TakeSignerFrame(buffer);
    ASSERT_THAT(frame, IsOk()) << c.name;
    ASSERT_EQ(frame->has_value(), c.payload.has_value()) << c.name;
    if (!c.payload.has_value()) continue;
    EXPECT_EQ((*frame)->payload, *c.payload) << c.name;
    EXPECT_EQ(buffer, c.rest) << c.name;
    EXPECT_EQ(FormatSignerFrame(**frame) + buffer, c.bytes) << c.name;
  }
}

struct BadFrame {
  std::string_view name;
  std::string_view bytes;
};

constexpr BadFrame kBadFrames[] = {
    {.name = "AnUnknownKind", .bytes = "x"},
    {.name = "AMessageBeyondTheLimit", .bytes = "S\x04\0\0\1"sv},
    {.name = "ALengthOfAllOnes", .bytes = "S\xff\xff\xff\xff"sv},
    {.name = "AnEmptyPath", .bytes = "L\0\0\0\0"sv},
    {.name = "ALongPath", .bytes = "L\0\0\x10\1"sv},
    {.name = "ARelativePath", .bytes = "L\0\0\0\1k"sv},
    {.name = "APathWithNul", .bytes = "L\0\0\0\3/k\0"sv},
    {.name = "AShortSignature", .bytes = "G\0\0\0\x3f"sv},
    {.name = "ALongSignature", .bytes = "G\0\0\0\x41"sv},
    {.name = "AShortKey", .bytes = "K\0\0\0\x1f"sv},
    {.name = "ALongError", .bytes = "E\0\0\x10\1"sv},
};

TEST(SignerProtocolTest, WhatIsNoFrameIsRefusedByItsHeader) {
  for (const BadFrame& c : kBadFrames) {
    std::string buffer(c.bytes);
    EXPECT_THAT(TakeSignerFrame(buffer), StatusIs(absl::StatusCode::kInvalidArgument)) << c.name;
    EXPECT_EQ(buffer, c.bytes) << c.name;
  }
}

class SignerSocketTest : public testing::Test {
 protected:
  SignerSocketTest() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    mine_.reset(ends[0]);
    its_.reset(ends[1]);
  }
  void Write(std::string_view bytes) {
    EXPECT_EQ(::send(its_.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
  }
  UniqueFd mine_, its_;
};

TEST_F(SignerSocketTest, AFrameThatIsLargerThanTheSocketsBufferComesWhole) {
  const std::string message(5'000'000, 'm');
  std::thread sender([&] {
    EXPECT_THAT(SendSignerFrame(its_.get(), {.kind = Kind::kSign, .payload = message}), IsOk());
  });
  const absl::StatusOr<SignerFrame> frame = ReceiveSignerFrame(mine_.get());
  sender.join();
  ASSERT_THAT(frame, IsOk());
  EXPECT_EQ(frame->kind, Kind::kSign);
  EXPECT_EQ(frame->payload, message);
}

TEST_F(SignerSocketTest, TheEndIsTold) {
  Write("S\0"sv);
  its_.reset();
  EXPECT_THAT(ReceiveSignerFrame(mine_.get()), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(SendSignerFrame(mine_.get(), {.kind = Kind::kSign}),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(SignerSocketTest, WhatWasNotAskedForIsRefused) {
  Write("S\0\0\0\1aS"sv);
  EXPECT_THAT(ReceiveSignerFrame(mine_.get()), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(SignerSocketTest, SilenceEndsAtTheSocketsLimit) {
  const timeval limit = {.tv_sec = 0, .tv_usec = 1000};
  ASSERT_EQ(::setsockopt(mine_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
  ASSERT_EQ(::setsockopt(mine_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)), 0);
  EXPECT_THAT(ReceiveSignerFrame(mine_.get()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(
      SendSignerFrame(mine_.get(), {.kind = Kind::kSign, .payload = std::string(5'000'000, 'm')}),
      StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(SignerSocketTest, WhatNoFrameCanHoldIsNotSent) {
  EXPECT_THAT(SendSignerFrame(mine_.get(), {.kind = Kind::kLoad, .payload = "relative"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(SendSignerFrame(mine_.get(), {.kind = Kind::kSignature, .payload = "short"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  mine_.reset();
  EXPECT_THAT(ReceiveSignerFrame(its_.get()), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace scriptworker::worker
