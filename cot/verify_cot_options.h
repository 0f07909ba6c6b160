// SPDX-License-Identifier: MPL-2.0
#ifndef COT_VERIFY_COT_OPTIONS_H_
#define COT_VERIFY_COT_OPTIONS_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cot/chain/task_type.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// As the file of --json: the output, in place of the text.
inline constexpr std::string_view kJsonToOutput = "-";

// The command line of verify_cot. Paths are absolute, or empty.
struct VerifyCotOptions {
  scriptworker::taskcluster::TaskId task_id;
  std::optional<TaskType> task_type = std::nullopt;       // inferred if not given
  std::optional<std::string> cot_product = std::nullopt;  // inferred if not given
  std::string config = {};
  bool verify_signatures = true;
  bool check_task = true;
  bool cleanup = false;
  bool verbose = false;
  std::string work_dir = {};  // empty: a fresh one
  std::string json = {};      // or kJsonToOutput
  std::string record = {};
  std::string replay = {};
};

// What to print, and the status to exit with: 0 for --help, 2 for wrong usage.
struct UsageAnswer {
  int exit_status = 2;
  std::string text;
};

// `working_directory`: where relative paths begin.
std::variant<VerifyCotOptions, UsageAnswer> ParseVerifyCotOptions(
    const std::vector<std::string>& arguments, std::string_view working_directory);

}  // namespace cot

#endif  // COT_VERIFY_COT_OPTIONS_H_
