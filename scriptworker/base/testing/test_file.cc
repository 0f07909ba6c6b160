// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/testing/test_file.h"

#include <stdlib.h>

#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"

namespace scriptworker {

std::string TestFilePath(std::string_view path) {
  const char* runfiles = ::getenv("TEST_SRCDIR");
  const char* workspace = ::getenv("TEST_WORKSPACE");
  // Run by hand, a test looks below the current folder.
  if (runfiles == nullptr || workspace == nullptr) return std::string(path);
  return JoinPath(runfiles, workspace, path);
}

std::string ReadTestFile(std::string_view path) {
  auto content = ReadFile(TestFilePath(path), std::numeric_limits<int64_t>::max());
  CHECK(content.ok()) << content.status();
  return *std::move(content);
}

std::optional<std::string> CorporaDir() {
  const char* dir = ::getenv("CORPORA_DIR");
  if (dir == nullptr || *dir == '\0') return std::nullopt;
  return std::string(dir);
}

}  // namespace scriptworker
