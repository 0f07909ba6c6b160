// SPDX-License-Identifier: MPL-2.0
//
// The rest, with the configuration's lines in the messages, is in config_test.
#include "scriptworker/worker/config/config_watching.h"

#include <fstream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/worker/config/config_file.h"
#include "scriptworker/worker/testing/socket_dir.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

class StatusSocketTest : public testing::Test {
 protected:
  absl::StatusOr<std::string> Find(std::string_view text) {
    const std::string path = temp_.Write("c.yml", text);
    const absl::StatusOr<ConfigFile> file = ReadConfigFile("c.yml", environment_, temp_.path());
    return file.ok() ? StatusSocketOf(*file, environment_) : file.status();
  }

  const TempDir temp_;
  Environment environment_;
};

TEST_F(StatusSocketTest, NothingElseOfTheFileMatters) {
  EXPECT_THAT(Find("status_socket: /s\n"), IsOkAndHolds("/s")) << "no credentials, no folders";
  EXPECT_THAT(Find("status_socket: /s\nunknown: 1\nverbose: 5\nhealth_address: x\n"),
              IsOkAndHolds("/s"));
}

TEST_F(StatusSocketTest, ARelativePathStartsFromTheFolder) {
  // The test's own folder may have too long a name.
  const SocketDir sockets;
  std::ofstream(sockets.Path("c.yml")) << "status_socket: s\n";
  for (const std::string& variable : {std::string(), sockets.Path("")}) {
    if (!variable.empty()) environment_.Set("BUILD_WORKING_DIRECTORY", variable);
    const absl::StatusOr<ConfigFile> file =
        ReadConfigFile("c.yml", environment_, variable.empty() ? sockets.Path("") : "/");
    ASSERT_THAT(file, IsOk());
    EXPECT_THAT(StatusSocketOf(*file, environment_), IsOkAndHolds(sockets.Path("s")));
  }
}

TEST_F(StatusSocketTest, AProductMayHaveItsOwn) {
  EXPECT_THAT(Find("cot_product: a\nstatus_socket: {by-cot-product: {a: /a, b: /b}}\n"),
              IsOkAndHolds("/a"));
}

TEST_F(StatusSocketTest, AProductWithoutItsOwnIsNamed) {
  EXPECT_THAT(Find("cot_product: c\nverbose: 5\nstatus_socket: {by-cot-product: {a: /a, b: /b}}\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "c.yml:3: status_socket: has no entry for the cot_product \"c\""));
  EXPECT_THAT(Find("status_socket: {by-cot-product: {a: /a}}\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "c.yml:1: status_socket: must be set, found null"))
      << "no product";
}

TEST_F(StatusSocketTest, WithoutOneThereIsNobodyToAsk) {
  for (const std::string_view text : {"verbose: true\n", "status_socket: ''\n", ""}) {
    EXPECT_THAT(Find(text),
                StatusIs(absl::StatusCode::kFailedPrecondition, "c.yml: status_socket is not set"))
        << text;
  }
}

TEST_F(StatusSocketTest, WhatIsNoPathIsNamedWithItsLine) {
  EXPECT_THAT(Find("verbose: 5\nstatus_socket: 5\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "c.yml:2: status_socket: expected a string, found an integer"));
  EXPECT_THAT(Find("status_socket: /" + std::string(120, 'x') + "\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("c.yml:1: status_socket: a Unix socket needs")));
}

}  // namespace
}  // namespace scriptworker::worker
