// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/http/body.h"
#include "scriptworker/taskcluster/artifact_file.h"
#include "scriptworker/taskcluster/artifact_name.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

// Reads in pieces of three bytes; `got` has what came before an error.
absl::Status Drain(http::BodySource& source, std::string* got) {
  char buffer[3];
  for (;;) {
    const absl::StatusOr<size_t> n = source.Read(absl::MakeSpan(buffer));
    if (!n.ok()) return n.status();
    if (*n == 0) return absl::OkStatus();
    got->append(buffer, *n);
  }
}

class ArtifactSourceTest : public ::testing::Test {
 protected:
  // The file "a", as it is after hashing.
  ArtifactFile Hashed(std::string_view content,
                      crypto::HashAlgorithm algorithm = crypto::HashAlgorithm::kSha256) {
    folder_.Write("a", std::string(content));
    ArtifactFile file =
        ArtifactFile::Open(folder_.path(), ArtifactName::Parse("a").value()).value();
    EXPECT_THAT(file.Hash(algorithm), IsOk());
    return file;
  }
  // Writes into the same file, which keeps its size.
  void Overwrite(std::string_view bytes) {
    const UniqueFd fd(::open(folder_.Path("a").c_str(), O_WRONLY));
    ASSERT_EQ(::pwrite(fd.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
  }
  void ExpectRefused(ArtifactSource& source) {
    std::string got;
    EXPECT_THAT(Drain(source, &got), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("\"a\"")));
    EXPECT_LT(got.size(), static_cast<size_t>(source.size())) << "never a whole body";
    EXPECT_TRUE(source.failed());
    EXPECT_FALSE(source.finished());
  }

  TempDir folder_;
};

TEST_F(ArtifactSourceTest, PassesOnWhatHasTheDigestAsOftenAsAsked) {
  const ArtifactFile file = Hashed("the whole body");
  ArtifactSource source(file);
  EXPECT_EQ(source.size(), 14);
  for (int i = 0; i < 2; ++i) {
    std::string got;
    EXPECT_THAT(Drain(source, &got), IsOk());
    EXPECT_EQ(got, "the whole body");
    EXPECT_THAT(source.Rewind(), IsOk());
  }
  EXPECT_FALSE(source.failed());
}

TEST_F(ArtifactSourceTest, IsFinishedWhenTheLastByteWasHandedOut) {
  const ArtifactFile file = Hashed("body");
  ArtifactSource source(file);
  char buffer[3];
  EXPECT_FALSE(source.finished());
  EXPECT_THAT(source.Read(absl::MakeSpan(buffer)), IsOkAndHolds(3u));
  EXPECT_FALSE(source.finished());
  EXPECT_THAT(source.Read(absl::MakeSpan(buffer)), IsOkAndHolds(1u));
  EXPECT_TRUE(source.finished());
  const ArtifactFile empty = Hashed("");
  EXPECT_TRUE(ArtifactSource(empty).finished());
}

TEST_F(ArtifactSourceTest, StartsAnewAfterARewindInTheMiddle) {
  const ArtifactFile file = Hashed("the whole body");
  ArtifactSource source(file);
  char buffer[5];
  EXPECT_THAT(source.Read(absl::MakeSpan(buffer)), IsOkAndHolds(5u));
  EXPECT_THAT(source.Rewind(), IsOk());
  std::string got;
  EXPECT_THAT(Drain(source, &got), IsOk());
}

TEST_F(ArtifactSourceTest, AnotherFileUnderTheNameChangesNothing) {
  const ArtifactFile file = Hashed("the whole body");
  std::filesystem::remove(folder_.Path("a"));
  folder_.Write("a", "another body!!");
  ArtifactSource source(file);
  std::string got;
  EXPECT_THAT(Drain(source, &got), IsOk());
  EXPECT_EQ(got, "the whole body");
}

TEST_F(ArtifactSourceTest, KeepsTheLastBytesOfAFileThatWasRewritten) {
  for (const crypto::HashAlgorithm algorithm :
       {crypto::HashAlgorithm::kSha256, crypto::HashAlgorithm::kSha512}) {
    const ArtifactFile file = Hashed("the whole body", algorithm);
    ArtifactSource source(file);
    Overwrite("another body!!");
    ExpectRefused(source);
  }
}

TEST_F(ArtifactSourceTest, KeepsTheLastBytesOfAFileThatIsRewrittenWhileItIsRead) {
  const ArtifactFile file = Hashed("the whole body");
  ArtifactSource source(file);
  char buffer[5];
  EXPECT_THAT(source.Read(absl::MakeSpan(buffer)), IsOkAndHolds(5u));
  Overwrite("another body!!");
  ExpectRefused(source);
}

TEST_F(ArtifactSourceTest, AFileThatShrankIsNotPassedOnEvenIfNothingIsLeft) {
  for (const off_t left : {13, 1, 0}) {
    const ArtifactFile file = Hashed("the whole body");
    ArtifactSource source(file);
    ASSERT_EQ(::truncate(folder_.Path("a").c_str(), left), 0);
    EXPECT_EQ(source.size(), 14) << "what Content-Length says";
    ExpectRefused(source);
  }
}

TEST_F(ArtifactSourceTest, AFileThatGrewIsNotPassedOn) {
  const ArtifactFile file = Hashed("the whole body");
  ArtifactSource source(file);
  ASSERT_EQ(::truncate(folder_.Path("a").c_str(), 15), 0);
  ExpectRefused(source);
}

}  // namespace
}  // namespace scriptworker::taskcluster
