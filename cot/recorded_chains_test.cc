// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/recorded_chains.h"

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/har/har.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::ReadTestFile;

constexpr std::string_view kHowToMend =
    "the recordings are old: bazel run //cot/testing:record_chains -- testdata/chains";

TEST(RecordedChainsTest, TheFilesAreWhatTheGeneratorMakes) {
  for (RecordedChain& recorded : RecordedChains()) {
    const auto document = Record(recorded);
    ASSERT_THAT(document, IsOk());
    EXPECT_TRUE(scriptworker::har::FormatHar(*document) ==
                ReadTestFile(absl::StrCat("testdata/chains/", recorded.name, ".har")))
        << recorded.name << ": " << kHowToMend;
  }
  EXPECT_EQ(ReadTestFile("testdata/chains/policy.yml"), RecordedPolicyText()) << kHowToMend;
  EXPECT_EQ(ReadTestFile("testdata/chains/config.yml"), RecordedConfigText()) << kHowToMend;
}

}  // namespace
}  // namespace cot
