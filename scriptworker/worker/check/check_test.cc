// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/check/check.h"

#include "gtest/gtest.h"

namespace scriptworker::worker {
namespace {

using Outcome = Check::Outcome;

TEST(CheckTest, IsOneLineThatBeginsWithItsOutcome) {
  EXPECT_EQ(FormatCheck({Outcome::kOk, "clock", "right"}), "ok       clock: right\n");
  EXPECT_EQ(FormatCheck({Outcome::kWarning, "clock", "late"}), "warning  clock: late\n");
  EXPECT_EQ(FormatCheck({Outcome::kFailed, "clock", "off"}), "failed   clock: off\n");
}

TEST(CheckTest, FurtherLinesCannotBeTakenForChecks) {
  EXPECT_EQ(FormatCheck({Outcome::kFailed, "key", "bad\nok       fine"}),
            "failed   key: bad\n         ok       fine\n");
}

TEST(CheckTest, OnlyAFailureFails) {
  EXPECT_FALSE(AnyFailed({}));
  EXPECT_FALSE(AnyFailed({{Outcome::kOk, "a", ""}, {Outcome::kWarning, "b", ""}}));
  EXPECT_TRUE(AnyFailed({{Outcome::kOk, "a", ""}, {Outcome::kFailed, "b", ""}}));
}

TEST(CheckTest, WhatAServerSaysMovesNoCursor) {
  EXPECT_EQ(FormatCheck({Outcome::kFailed, "queue", "\x1b[2J\xe2\x80\xae"}),
            "failed   queue: \\x1b[2J\\xe2\\x80\\xae\n");
}

}  // namespace
}  // namespace scriptworker::worker
