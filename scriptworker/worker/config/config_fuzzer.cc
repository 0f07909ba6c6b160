// SPDX-License-Identifier: MPL-2.0
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/worker/config/config.h"

namespace {

// A folder of its own for the run; nothing else is in it.
const std::string& Folder() {
  static const std::string& folder = *new std::string([] {
    char name[] = "/tmp/config_fuzzer.XXXXXX";
    return std::string(mkdtemp(name));
  }());
  static const int registered =
      std::atexit([] { scriptworker::RemoveTree(Folder()).IgnoreError(); });
  (void)registered;
  return folder;
}

}  // namespace

// Any bytes are a configuration or an error whose every line names the file.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string path = Folder() + "/worker.yaml";
  if (!scriptworker::WriteFile(path, text, 0600).ok()) std::abort();
  const scriptworker::Environment environment(
      {{"HOME", Folder()}, {"TASKCLUSTER_CLIENT_ID", "id"}, {"TASKCLUSTER_ACCESS_TOKEN", "t"}});
  const auto loaded =
      scriptworker::worker::LoadConfig(path, environment, {.working_directory = Folder()});
  if (!loaded.ok() && loaded.status().message().empty()) std::abort();
  return 0;
}
