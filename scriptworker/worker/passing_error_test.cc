// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/passing_error.h"

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/queue_error.h"

namespace scriptworker::worker {
namespace {

taskcluster::QueueError Error(int http_status) {
  taskcluster::QueueError error;
  error.http_status = http_status;
  return error;
}

TEST(IsPassingTest, WhatTheQueueHasNotAnsweredItself) {
  EXPECT_TRUE(IsPassing(absl::UnavailableError("no connection")));
  EXPECT_TRUE(IsPassing(absl::DeadlineExceededError("no answer")));
  EXPECT_TRUE(IsPassing(absl::DataLossError("a login page")));
}

TEST(IsPassingTest, WhatTheQueueCannotDoNow) {
  for (const int status : {429, 500, 502, 503, 504}) {
    EXPECT_TRUE(IsPassing(taskcluster::MakeQueueError("report", Error(status)))) << status;
  }
}

TEST(IsPassingTest, ARefusalStays) {
  for (const int status : {400, 401, 403, 404, 409}) {
    EXPECT_FALSE(IsPassing(taskcluster::MakeQueueError("report", Error(status)))) << status;
  }
  EXPECT_FALSE(IsPassing(absl::CancelledError("the worker ends")));
}

}  // namespace
}  // namespace scriptworker::worker
