// SPDX-License-Identifier: MPL-2.0
// Writes testdata/chains anew: bazel run //cot/testing:record_chains -- testdata/chains

#include <iostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "cot/testing/recorded_chains.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/testing/folder_program.h"
#include "scriptworker/har/har.h"

namespace {

absl::Status WriteAll(const std::string& folder) {
  using scriptworker::JoinPath;
  SW_RETURN_IF_ERROR(
      scriptworker::WriteFile(JoinPath(folder, "policy.yml"), cot::RecordedPolicyText()));
  SW_RETURN_IF_ERROR(
      scriptworker::WriteFile(JoinPath(folder, "config.yml"), cot::RecordedConfigText()));
  for (cot::RecordedChain& recorded : cot::RecordedChains()) {
    SW_ASSIGN_OR_RETURN(const scriptworker::har::Document document, cot::Record(recorded));
    const std::string name = recorded.name + ".har";
    SW_RETURN_IF_ERROR(scriptworker::har::WriteHarFile(JoinPath(folder, name), document));
    std::cout << name << " " << recorded.chain->facts().TaskId("target") << " status "
              << recorded.exit_status << ": " << recorded.description << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::string_view kUsage =
      "Usage: record_chains FOLDER\n"
      "\n"
      "Write the recorded chains of testdata/chains, with their policy and\n"
      "configuration, into FOLDER.\n"
      "\n"
      "Exit status: 0 written, 1 not (the reason on stderr), 2 wrong usage.\n";
  return scriptworker::RunFolderProgram(argc, argv, kUsage, WriteAll);
}
