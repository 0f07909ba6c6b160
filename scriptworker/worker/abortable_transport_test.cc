// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/abortable_transport.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

// Answers with what the request's token says once `source` is cancelled.
class CancelsWhileSending final : public http::Transport {
 public:
  explicit CancelsWhileSending(CancellationSource* source) : source_(source) {}
  absl::StatusOr<http::Response> Send(const http::Request& request) override {
    ++sent;
    if (source_ != nullptr) source_->Cancel(absl::CancelledError("cancelled"));
    if (request.cancellation.cancelled()) return request.cancellation.reason();
    return http::Response();
  }
  int sent = 0;

 private:
  CancellationSource* source_;
};

TEST(AbortableTransportTest, PassesRequestsOn) {
  CancelsWhileSending inner(nullptr);
  AbortableTransport transport(inner, CancellationSource().token());
  EXPECT_THAT(transport.Send({}), IsOk());
}

TEST(AbortableTransportTest, TheCommonTokenEndsARequestUnderWay) {
  CancellationSource abort;
  CancelsWhileSending inner(&abort);
  AbortableTransport transport(inner, abort.token());
  EXPECT_THAT(transport.Send({}).status(), StatusIs(absl::StatusCode::kCancelled));
}

TEST(AbortableTransportTest, TheRequestsOwnTokenStillCounts) {
  CancellationSource own;
  CancelsWhileSending inner(&own);
  AbortableTransport transport(inner, CancellationSource().token());
  http::Request request;
  request.cancellation = own.token();
  EXPECT_THAT(transport.Send(request).status(), StatusIs(absl::StatusCode::kCancelled));
}

TEST(AbortableTransportTest, NothingIsSentAfterwards) {
  CancellationSource abort;
  abort.Cancel(absl::CancelledError("at once"));
  CancelsWhileSending inner(nullptr);
  AbortableTransport transport(inner, abort.token());
  EXPECT_THAT(transport.Send({}).status(), StatusIs(absl::StatusCode::kCancelled, "at once"));
  EXPECT_EQ(inner.sent, 0);
}

}  // namespace
}  // namespace scriptworker::worker
