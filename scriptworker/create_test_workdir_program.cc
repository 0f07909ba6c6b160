// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/create_test_workdir_program.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/progress.h"
#include "cot/test_workdir.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/deployment.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/user_agent.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker {
namespace {

constexpr char kDescription[] =
    "Fill a folder as the worker does for a task's script: task.json, and the\n"
    "upstream artifacts. NOTHING IS VERIFIED; it is for trying out scripts.\n\n"
    "Deployment: TASKCLUSTER_ROOT_URL. Credentials, for private artifacts:\n"
    "./secrets.json, ~/.scriptworker, or TASKCLUSTER_CLIENT_ID and\n"
    "TASKCLUSTER_ACCESS_TOKEN.\n\n"
    "Exit status: 0 done, 1 not done (the reason on stderr), 2 wrong usage.";

absl::Status Run(const taskcluster::TaskId& task_id, const std::string& path, bool overwrite,
                 const Invocation& invocation, Logger& logger) {
  SW_ASSIGN_OR_RETURN(Deployment deployment,
                      FindDeployment(invocation.environment, invocation.working_directory));
  for (const std::string& warning : deployment.warnings) logger.Warning(warning);
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<http::CurlTransport> transport,
                      http::CurlTransport::Create({.user_agent = http::UserAgent(),
                                                   .environment = invocation.environment}));
  SystemClock clock;
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<taskcluster::QueueClient> queue,
                      taskcluster::QueueClient::Create(deployment.root_url, *transport, clock,
                                                       std::move(deployment.credentials)));
  taskcluster::ArtifactDownloader downloader(*transport, clock);
  return cot::CreateTestWorkdir(task_id,
                                ResolveAgainstWorkingDirectory(path, invocation.working_directory),
                                overwrite, *queue, downloader, logger, CancellationToken());
}

}  // namespace

int CreateTestWorkdirProgram(const Invocation& invocation) {
  CLI::App app(kDescription, "create_test_workdir");
  app.set_version_flag("--version", absl::StrCat("create_test_workdir ", kVersion));
  std::string task_text;
  std::string path = "work";
  bool overwrite = false;
  app.add_option("TASKID", task_text, "the task")->required();
  app.add_option("--path", path, "the folder (default: work)")->type_name("DIR");
  app.add_flag("--overwrite", overwrite, "remove the folder first if it exists");
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(invocation.arguments.rbegin(), invocation.arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error, invocation.out, invocation.err) == 0 ? 0 : 2;
  }
  const absl::StatusOr<taskcluster::TaskId> task_id = taskcluster::TaskId::Parse(task_text);
  if (!task_id.ok()) {
    invocation.err << "TASKID: " << task_id.status().message() << "\n";
    return 2;
  }
  cot::CommandLogger logger(invocation.err, LogLevel::kInfo);
  const absl::Status status = Run(*task_id, path, overwrite, invocation, logger);
  if (status.ok()) return 0;
  logger.Critical(status.message());
  return 1;
}

}  // namespace scriptworker
