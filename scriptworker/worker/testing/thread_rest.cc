// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/worker/testing/thread_rest.h"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "scriptworker/base/file.h"

namespace scriptworker::worker {
namespace {

// 'S' in "42 (name) S 1 ...", where the name may hold anything; 'X' of one that has ended since.
char StateOf(const std::string& thread) {
  const std::string text = ReadFile(absl::StrCat(thread, "/stat")).value_or("");
  const size_t name_end = text.rfind(')');
  return name_end == std::string::npos || name_end + 2 >= text.size() ? 'X' : text[name_end + 2];
}

}  // namespace

bool OtherThreadsRest() {
  const std::string self = absl::StrCat(gettid());
  std::error_code error;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task", error)) {
    if (thread.path().filename() == self) continue;
    const char state = StateOf(thread.path());
    if (state == 'R' || state == 'D') return false;
  }
  return true;
}

}  // namespace scriptworker::worker
