// SPDX-License-Identifier: MPL-2.0
#include "cot/verify_cot_options.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/version.h"

namespace cot {
namespace {

using scriptworker::taskcluster::TaskId;

constexpr std::string_view kDescription =
    "Verify the chain of trust of a Taskcluster task: that everything it rests on\n"
    "is signed, unchanged and made from a trusted source tree.\n\n"
    "Exit status: 0 verified, 3 refused, 4 evidence not available, 2 wrong usage,\n"
    "5 internal error.";

constexpr std::string_view kFooter =
    "The task type is that of its worker (cot_job_type); it and the product are\n"
    "inferred where the task leaves no doubt. Credentials, for private artifacts:\n"
    "./secrets.json, ~/.scriptworker, or TASKCLUSTER_CLIENT_ID and\n"
    "TASKCLUSTER_ACCESS_TOKEN. Token for GitHub: SCRIPTWORKER_GITHUB_OAUTH_TOKEN.\n"
    "Deployment: TASKCLUSTER_ROOT_URL, or --config.";

}  // namespace

std::variant<VerifyCotOptions, UsageAnswer> ParseVerifyCotOptions(
    const std::vector<std::string>& arguments, std::string_view working_directory) {
  CLI::App app{std::string(kDescription), "verify_cot"};
  app.footer(std::string(kFooter));
  app.get_formatter()->column_width(26);
  app.set_version_flag("--version", absl::StrCat("verify_cot ", scriptworker::kVersion));
  std::string task_id, task_type, product, config, work_dir, json, record, replay;
  bool no_verify = false, verify = false, no_check = false, cleanup = false, verbose = false;
  app.add_option("TASKID", task_id, "the task")->required();
  app.add_option("--task-type", task_type, "how to check it (default: inferred)")
      ->type_name("TYPE");
  app.add_option("--cot-product", product, "whose rules hold (default: inferred)")
      ->type_name("NAME");
  app.add_option("--config", config, "worker configuration: root URL, keys, rules")
      ->type_name("FILE");
  auto* on = app.add_flag("--verify-sigs", verify, "check signatures (the default)");
  app.add_flag("--no-verify-sigs", no_verify, "do not; the verdict says so")->excludes(on);
  app.add_flag("--no-check-task", no_check,
               "check only what the task rests on, as its\nworker does before it runs");
  app.add_option("--work-dir", work_dir, "where artifacts go (default: a fresh folder)")
      ->type_name("DIR");
  app.add_flag("--cleanup", cleanup, "remove the artifacts at the end");
  app.add_option("--json", json, "write the verdict (docs/verdict.md); - : print it")
      ->type_name("FILE");
  auto* recorded = app.add_option("--record", record, "write all exchanges, without secrets")
                       ->type_name("FILE.har");
  app.add_option("--replay", replay, "read all exchanges from there: offline")
      ->type_name("FILE.har")
      ->excludes(recorded);
  app.add_flag("-v,--verbose", verbose, "log every step");
  try {
    // CLI11 takes the arguments from the back.
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    const int status = app.exit(error, out, err);
    return UsageAnswer{status == 0 ? 0 : 2, out.str() + err.str()};
  }
  const auto wrong = [](std::string_view text) {
    return UsageAnswer{2, absl::StrCat(text, "\nRun with --help for more information.\n")};
  };
  absl::StatusOr<TaskId> id = TaskId::Parse(task_id);
  if (!id.ok()) return wrong(absl::StrCat("TASKID: ", id.status().message()));
  VerifyCotOptions options{.task_id = *std::move(id)};
  if (!task_type.empty()) {
    options.task_type = ParseTaskType(task_type);
    if (!options.task_type.has_value()) {
      return wrong(absl::StrCat("--task-type: \"", task_type, "\" is none of ", TaskTypeNames()));
    }
  }
  if (!product.empty()) options.cot_product = std::move(product);
  options.verify_signatures = !no_verify;
  options.check_task = !no_check;
  options.cleanup = cleanup;
  options.verbose = verbose;
  for (const auto& [given, resolved] :
       {std::pair(&config, &options.config), std::pair(&work_dir, &options.work_dir),
        std::pair(&json, &options.json), std::pair(&record, &options.record),
        std::pair(&replay, &options.replay)}) {
    *resolved = scriptworker::ResolveAgainstWorkingDirectory(*given, working_directory);
  }
  if (json == kJsonToOutput) options.json = json;
  return options;
}

}  // namespace cot
