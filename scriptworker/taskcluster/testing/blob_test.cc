// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/blob.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"

namespace scriptworker::taskcluster::fake {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;

TEST(BlobTest, SmallAndLargeBlobsAreReadAlike) {
  for (const size_t pieces : {size_t{3}, size_t{100}}) {
    const std::string piece(100'000, 'x');
    BlobWriter writer;
    for (size_t i = 0; i < pieces; ++i) ASSERT_THAT(writer.Append(piece), IsOk());
    ASSERT_THAT(writer.Append("end"), IsOk());
    const std::shared_ptr<const Blob> blob = std::move(writer).Finish();
    const auto size = static_cast<int64_t>(pieces * piece.size() + 3);
    EXPECT_EQ(blob->size(), size);
    EXPECT_THAT(blob->Read(size - 4, 10), IsOkAndHolds("xend"));
    EXPECT_THAT(blob->Read(size, 10), IsOkAndHolds(""));
    EXPECT_FALSE(blob->Read(size + 1, 1).ok());
  }
}

TEST(BlobTest, KnowsItsHash) {
  EXPECT_EQ(BlobWriter().Finish()->sha256_hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace scriptworker::taskcluster::fake
