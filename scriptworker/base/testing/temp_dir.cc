// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/testing/temp_dir.h"

#include <stdlib.h>

#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"

namespace scriptworker {

TempDir::TempDir() {
  const char* parent = ::getenv("TEST_TMPDIR");
  if (parent == nullptr) parent = "/tmp";
  auto real_parent = RealPath(parent);
  CHECK(real_parent.ok()) << real_parent.status();
  path_ = JoinPath(*real_parent, "dir-XXXXXX");
  PCHECK(::mkdtemp(path_.data()) != nullptr) << path_;
}

TempDir::~TempDir() {
  const auto removed = RemoveTree(path_);
  CHECK(removed.ok()) << removed;
}

std::string TempDir::Path(std::string_view relative) const { return JoinPath(path_, relative); }

std::string TempDir::Write(std::string_view relative, std::string_view content) const {
  const std::string path = Path(relative);
  const auto made = MakeDirs(std::string(Dirname(path)));
  CHECK(made.ok()) << made;
  const auto written = WriteFile(path, content);
  CHECK(written.ok()) << written;
  return path;
}

}  // namespace scriptworker
