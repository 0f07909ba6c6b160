// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/body.h"

#include <fcntl.h>

#include <string>

#include "absl/status/status_matchers.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;

std::string ReadAll(BodySource& source) {
  std::string all;
  std::string buffer(3, '\0');
  for (;;) {
    absl::StatusOr<size_t> size = source.Read(absl::MakeSpan(buffer));
    EXPECT_THAT(size, IsOk());
    if (!size.ok() || *size == 0) return all;
    all.append(buffer, 0, *size);
  }
}

TEST(StringSourceTest, GivesItsBytesAgainAfterRewind) {
  StringSource source("abcdefgh");
  EXPECT_EQ(source.size(), 8);
  EXPECT_EQ(ReadAll(source), "abcdefgh");
  EXPECT_EQ(ReadAll(source), "");
  EXPECT_THAT(source.Rewind(), IsOk());
  EXPECT_EQ(ReadAll(source), "abcdefgh");
}

TEST(FileSourceTest, ReadsTheGivenSizeWithoutMovingTheDescriptor) {
  const TempDir dir;
  const UniqueFd fd(open(dir.Write("f", "abcdefgh").c_str(), O_RDONLY));
  FileSource source(fd.get(), 5, "f");
  EXPECT_EQ(source.size(), 5);
  EXPECT_EQ(ReadAll(source), "abcde");
  EXPECT_THAT(source.Rewind(), IsOk());
  EXPECT_EQ(ReadAll(source), "abcde");
  EXPECT_EQ(lseek(fd.get(), 0, SEEK_CUR), 0);
}

TEST(FileSourceTest, NamesTheFileInErrors) {
  FileSource source(-1, 5, "artifact.zip");
  std::string buffer(3, '\0');
  EXPECT_THAT(source.Read(absl::MakeSpan(buffer)).status().message(),
              testing::HasSubstr("artifact.zip"));
}

TEST(StringSinkTest, RestartForgets) {
  StringSink sink;
  EXPECT_THAT(sink.Write("ab"), IsOk());
  EXPECT_THAT(sink.Restart(), IsOk());
  EXPECT_THAT(sink.Write("cd"), IsOk());
  EXPECT_THAT(sink.Write("ef"), IsOk());
  EXPECT_EQ(sink.data(), "cdef");
}

}  // namespace
}  // namespace scriptworker::http
