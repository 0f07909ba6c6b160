// SPDX-License-Identifier: MPL-2.0
// Writes testdata/local_recordings anew:
// bazel run //tools/local_taskcluster:record_task_lives -- testdata/local_recordings

#include <iostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/testing/folder_program.h"
#include "scriptworker/har/har.h"
#include "tools/local_taskcluster/task_lives_recording.h"

namespace {

using scriptworker::JoinPath;

// Always the same, so that only what has changed differs in the files.
constexpr int kPort = 48180;

absl::Status WriteAll(const std::string& folder) {
  SW_ASSIGN_OR_RETURN(const auto recordings, scriptworker::tools::RecordTaskLives(kPort));
  for (const auto& [name, document] : recordings) {
    SW_RETURN_IF_ERROR(scriptworker::har::WriteHarFile(JoinPath(folder, name + ".har"), document));
    std::cout << name << ": " << document.exchanges.size() << " exchanges\n";
  }
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::string_view kUsage =
      "Usage: record_task_lives FOLDER\n"
      "\n"
      "Let tasks live at a local Taskcluster, and write what was said, as in\n"
      "testdata/local_recordings, into FOLDER.\n"
      "\n"
      "Exit status: 0 written, 1 not (the reason on stderr), 2 wrong usage.\n";
  return scriptworker::RunFolderProgram(argc, argv, kUsage, WriteAll);
}
