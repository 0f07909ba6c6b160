// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/gzip_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

class GzipCopyTest : public ::testing::Test {
 protected:
  // The gzip form of `data` with the header of a.log and 1700000000.
  std::string Compress(const std::string& data) {
    const UniqueFd in(::open(folder_.Write("in", data).c_str(), O_RDONLY));
    const UniqueFd out(::open(folder_.Path("out").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
    const auto result = GzipCopy(in.get(), out.get(), {.name = "a.log", .mtime = 1700000000});
    EXPECT_THAT(result, IsOk());
    EXPECT_EQ(result->bytes_in, static_cast<int64_t>(data.size()));
    EXPECT_EQ(result->digest_in, crypto::HexEncode(crypto::Sha256(data)));
    std::string made = ReadFile(folder_.Path("out")).value();
    EXPECT_EQ(result->digest_out, crypto::HexEncode(crypto::Sha256(made)));
    EXPECT_EQ(result->bytes_out, static_cast<int64_t>(made.size()));
    return made;
  }

  TempDir folder_;
};

TEST_F(GzipCopyTest, MakesTheBytesOfPythonsGzip) {
  EXPECT_EQ(crypto::HexEncode(Compress("hello\n")),
            "1f8b080800f1536502ff612e6c6f6700cb48cdc9c9e7020020303a3606000000");
}

TEST_F(GzipCopyTest, MakesTheSameBytesThoughItReadsInPieces) {
  std::string data;
  for (int i = 0; i < 20000; ++i) {
    absl::StrAppend(&data, "line ", i, " of a log that compresses well\n");
  }
  // By Python 3.11: gzip.GzipFile("a.log", "wb", mtime=1700000000).
  EXPECT_EQ(crypto::HexEncode(crypto::Sha256(Compress(data))),
            "756a336902b62b195c2deae01c7d8aeafd0e242c89d89ebdb2071c4074294de8");
}

TEST_F(GzipCopyTest, AnEmptyFileHasAGzipFormToo) {
  EXPECT_EQ(Compress("").size(), 10u + 6 + 2 + 8);
}

TEST_F(GzipCopyTest, AFullDiskIsAnError) {
  const UniqueFd in(::open(folder_.Write("in", "data").c_str(), O_RDONLY));
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  EXPECT_FALSE(GzipCopy(in.get(), full.get(), {.name = "in"}).ok());
}

TEST_F(GzipCopyTest, CancellingEndsItInTheMiddleOfAFile) {
  const UniqueFd in(::open(folder_.Write("in", "").c_str(), O_RDWR));
  ASSERT_EQ(::ftruncate(in.get(), int64_t{1} << 40), 0);  // hours, if it went on
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  CancellationSource source;
  std::thread canceller([&] {
    char byte;
    EXPECT_EQ(::read(reader.get(), &byte, 1), 1) << "it has begun to write";
    source.Cancel(absl::AbortedError("the claim was lost"));
    while (::read(reader.get(), &byte, 1) == 1) {
    }
  });
  const absl::Status ended = GzipCopy(in.get(), writer.get(), {.name = "in"},
                                      crypto::HashAlgorithm::kSha256, source.token())
                                 .status();
  writer.reset();
  canceller.join();
  EXPECT_THAT(ended, StatusIs(absl::StatusCode::kAborted, "the claim was lost"));
}

}  // namespace
}  // namespace scriptworker::taskcluster
