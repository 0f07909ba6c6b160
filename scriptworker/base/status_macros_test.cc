// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/status_macros.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::Eq;
using ::testing::Optional;
using ::testing::Pointee;

absl::Status WithPayload() {
  absl::Status status = absl::NotFoundError("no such file");
  status.SetPayload("test/payload", absl::Cord("kept"));
  return status;
}

absl::Status ReturnIfError(const absl::Status& status, bool& went_on) {
  SW_RETURN_IF_ERROR(status);
  went_on = true;
  return absl::OkStatus();
}

TEST(ReturnIfErrorTest, GoesOnWhenOk) {
  bool went_on = false;
  EXPECT_THAT(ReturnIfError(absl::OkStatus(), went_on), IsOk());
  EXPECT_TRUE(went_on);
}

TEST(ReturnIfErrorTest, ReturnsTheErrorAsItIs) {
  bool went_on = false;
  EXPECT_THAT(ReturnIfError(WithPayload(), went_on), Eq(WithPayload()));
  EXPECT_FALSE(went_on);
}

TEST(ReturnIfErrorTest, WordsAreAppendedAndPayloadsKept) {
  const auto f = []() -> absl::StatusOr<int> {
    SW_RETURN_IF_ERROR(WithPayload()) << "while reading " << 7;
    return 1;
  };
  EXPECT_THAT(f(), StatusIs(absl::StatusCode::kNotFound, "no such file; while reading 7"));
  EXPECT_THAT(f().status().GetPayload("test/payload"), Optional(Eq("kept")));
}

TEST(ReturnIfErrorTest, WordsCanGoInFront) {
  const auto f = []() -> absl::Status {
    SW_RETURN_IF_ERROR(WithPayload()).SetPrepend() << "config: ";
    return absl::OkStatus();
  };
  EXPECT_THAT(f(), StatusIs(absl::StatusCode::kNotFound, "config: no such file"));
}

TEST(ReturnIfErrorTest, BelongsToTheRightIf) {
  const auto f = [](bool check) -> absl::Status {
    if (check)
      SW_RETURN_IF_ERROR(absl::OkStatus());
    else
      return absl::UnknownError("else");
    return absl::OkStatus();
  };
  EXPECT_THAT(f(true), IsOk());
  EXPECT_THAT(f(false), StatusIs(absl::StatusCode::kUnknown));
}

TEST(AssignOrReturnTest, AssignsMoveOnlyValues) {
  const auto f = []() -> absl::StatusOr<std::unique_ptr<int>> {
    SW_ASSIGN_OR_RETURN(auto value, absl::StatusOr<std::unique_ptr<int>>(std::make_unique<int>(3)));
    return value;
  };
  EXPECT_THAT(f(), IsOkAndHolds(Pointee(3)));
}

TEST(AssignOrReturnTest, AssignsToWhatExists) {
  const auto f = []() -> absl::StatusOr<int> {
    int value = 0;
    SW_ASSIGN_OR_RETURN(value, absl::StatusOr<int>(4));
    return value;
  };
  EXPECT_THAT(f(), IsOkAndHolds(4));
}

TEST(AssignOrReturnTest, ReturnsTheError) {
  const auto f = []() -> absl::StatusOr<std::string> {
    SW_ASSIGN_OR_RETURN(const int value, absl::StatusOr<int>(WithPayload()));
    return std::string(static_cast<size_t>(value), 'x');
  };
  EXPECT_THAT(f().status(), Eq(WithPayload()));
}

TEST(AssignOrReturnTest, TheThirdArgumentIsReturned) {
  const auto worded = []() -> absl::Status {
    SW_ASSIGN_OR_RETURN([[maybe_unused]] const int value, absl::StatusOr<int>(WithPayload()),
                        _.SetPrepend() << "key: ");
    return absl::OkStatus();
  };
  EXPECT_THAT(worded(), StatusIs(absl::StatusCode::kNotFound, "key: no such file"));
  const auto other_type = []() -> bool {
    SW_ASSIGN_OR_RETURN([[maybe_unused]] const int value, absl::StatusOr<int>(WithPayload()),
                        false);
    return true;
  };
  EXPECT_FALSE(other_type());
}

TEST(WithMessageTest, KeepsCodeAndPayloads) {
  const absl::Status status = WithMessage(WithPayload(), "other words");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, "other words"));
  EXPECT_THAT(status.GetPayload("test/payload"), Optional(Eq("kept")));
  EXPECT_THAT(WithMessage(absl::OkStatus(), "ignored"), IsOk());
}

}  // namespace
}  // namespace scriptworker
