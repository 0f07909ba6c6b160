// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/script_error.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace scriptworker::client {
namespace {

struct KindCase {
  std::string_view name;
  ErrorKind kind;
  int exit_status;
};

class ScriptErrorTest : public testing::TestWithParam<KindCase> {};

TEST_P(ScriptErrorTest, HasTheExitStatusOfTheReference) {
  const absl::Status error = ScriptError(GetParam().kind, "why");
  EXPECT_EQ(ErrorKindName(GetParam().kind), GetParam().name);
  EXPECT_EQ(ExitStatusOf(error), GetParam().exit_status);
  EXPECT_EQ(ErrorKindOf(error), GetParam().kind);
  EXPECT_EQ(error.message(), "why");
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ScriptErrorTest,
    testing::Values(KindCase{"ScriptWorkerException", ErrorKind::kScriptWorker, 5},
                    KindCase{"ScriptWorkerRetryException", ErrorKind::kRetry, 4},
                    KindCase{"ScriptWorkerTaskException", ErrorKind::kTask, 1},
                    KindCase{"TaskVerificationError", ErrorKind::kTaskVerification, 3},
                    KindCase{"DownloadError", ErrorKind::kDownload, 4},
                    KindCase{"Download404", ErrorKind::kDownload404, 4},
                    KindCase{"CoTError", ErrorKind::kCot, 3},
                    KindCase{"ScriptWorkerEd25519Error", ErrorKind::kEd25519, 3},
                    KindCase{"ConfigError", ErrorKind::kConfig, 5}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ScriptErrorTest, ATaskErrorMayHaveAnotherExitStatus) {
  EXPECT_EQ(ExitStatusOf(TaskError("later", 7)), 7);
  EXPECT_EQ(ErrorKindOf(TaskError("later", 7)), ErrorKind::kTask);
}

TEST(ScriptErrorTest, SuccessIsZero) {
  EXPECT_EQ(ExitStatusOf(absl::OkStatus()), 0);
  EXPECT_EQ(ErrorKindOf(absl::OkStatus()), std::nullopt);
}

TEST(ScriptErrorTest, AnErrorWithoutKindIsOneAsAnUncaughtException) {
  EXPECT_EQ(ExitStatusOf(absl::InternalError("a bug")), 1);
  EXPECT_EQ(ErrorKindOf(absl::InternalError("a bug")), std::nullopt);
}

}  // namespace
}  // namespace scriptworker::client
