// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/request_log.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::taskcluster {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::vector<std::string> Targets(const RequestLog& log) {
  std::vector<std::string> targets;
  for (const LoggedRequest& request : log.Requests()) targets.push_back(request.target);
  return targets;
}

TEST(RequestLogTest, KeepsTheLastRequestsAndCountsAll) {
  RequestLog log(/*capacity=*/2);
  log.Add({.endpoint = "task", .target = "/1"});
  EXPECT_THAT(Targets(log), ElementsAre("/1"));
  log.Add({.endpoint = "status", .target = "/2"});
  log.Add({.endpoint = "task", .target = "/3"});
  EXPECT_THAT(Targets(log), ElementsAre("/2", "/3"));
  EXPECT_EQ(log.total(), 3);
  EXPECT_EQ(log.Count("task"), 2);
  EXPECT_EQ(log.Count("claimWork"), 0);
  EXPECT_THAT(log.CountsByEndpoint(), ElementsAre(Pair("status", 1), Pair("task", 2)));
}

TEST(RequestLogTest, ForgetsWhenTold) {
  RequestLog log(/*capacity=*/2);
  log.Add({.target = "/1"});
  log.Clear();
  EXPECT_EQ(log.total(), 0);
  EXPECT_THAT(Targets(log), ElementsAre());
}

}  // namespace
}  // namespace scriptworker::taskcluster
