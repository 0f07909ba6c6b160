// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/http/host_pattern.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::EndsWith;

TEST(HostPatternTest, AHostOrAllBeneathOneIsAPattern) {
  for (const std::string_view pattern :
       {"store.example.com", "*.example.com", "localhost", "127.0.0.1", "[::1]"}) {
    EXPECT_THAT(CheckHostPattern(pattern), IsOk()) << pattern;
  }
}

TEST(HostPatternTest, WhatNoUrlHasForAHostIsRefusedAndQuoted) {
  for (const std::string_view pattern :
       {"", "*", "*.", "https://store.example.com", "store.example.com:443", "store.example.com/",
        "Store.example.com", "a.*.example.com", "*example.com", ".example.com", "user@example.com",
        "store.example.com?x", "a b", "127.1"}) {
    EXPECT_THAT(CheckHostPattern(pattern),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         EndsWith("found \"" + std::string(pattern) + "\"")))
        << pattern;
  }
}

TEST(HostPatternTest, AStarStandsForAtLeastOneLabel) {
  EXPECT_TRUE(HostMatches("a.example.com", "a.example.com"));
  EXPECT_FALSE(HostMatches("b.example.com", "a.example.com"));
  EXPECT_TRUE(HostMatches("a.example.com", "*.example.com"));
  EXPECT_TRUE(HostMatches("a.b.example.com", "*.example.com"));
  EXPECT_FALSE(HostMatches("example.com", "*.example.com"));
  EXPECT_FALSE(HostMatches("evil-example.com", "*.example.com"));
}

}  // namespace
}  // namespace scriptworker::http
