// SPDX-License-Identifier: MPL-2.0
// The command line tool: fills a folder as a script finds it.

#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
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
#include "scriptworker/base/environment.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/worker/credentials_lookup.h"

namespace {

using scriptworker::Environment;
using scriptworker::http::CurlTransport;
using scriptworker::taskcluster::Credentials;
using scriptworker::taskcluster::QueueClient;
using scriptworker::taskcluster::TaskId;

constexpr char kDefaultRootUrl[] = "https://firefox-ci-tc.services.mozilla.com/";

absl::Status Run(const TaskId& task_id, const std::string& path, bool overwrite,
                 const Environment& environment, const std::string& working_directory,
                 scriptworker::Logger& logger) {
  std::vector<std::string> warnings;
  SW_ASSIGN_OR_RETURN(
      const auto found,
      scriptworker::worker::LookUpSecret("credentials", working_directory, environment, warnings));
  for (const std::string& warning : warnings) logger.Warning(warning);
  std::optional<Credentials> credentials;
  if (found.has_value()) {
    SW_ASSIGN_OR_RETURN(
        credentials, scriptworker::worker::ReadPermanentCredentials(found->value, found->source));
  }
  SW_ASSIGN_OR_RETURN(
      const std::unique_ptr<CurlTransport> transport,
      CurlTransport::Create({.user_agent = absl::StrCat("scriptworker ", scriptworker::kVersion),
                             .environment = environment}));
  scriptworker::SystemClock clock;
  SW_ASSIGN_OR_RETURN(
      const std::unique_ptr<QueueClient> queue,
      QueueClient::Create(environment.GetOr("TASKCLUSTER_ROOT_URL", kDefaultRootUrl), *transport,
                          clock, std::move(credentials)));
  scriptworker::taskcluster::ArtifactDownloader downloader(*transport, clock);
  return cot::CreateTestWorkdir(
      task_id, scriptworker::ResolveAgainstWorkingDirectory(path, working_directory), overwrite,
      *queue, downloader, logger, scriptworker::CancellationToken());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Fill a folder as the worker does for a task's script: task.json, and the\n"
      "upstream artifacts. NOTHING IS VERIFIED; it is for trying out scripts.\n\n"
      "Deployment: TASKCLUSTER_ROOT_URL. Credentials, for private artifacts:\n"
      "./secrets.json, ~/.scriptworker, or TASKCLUSTER_CLIENT_ID and\n"
      "TASKCLUSTER_ACCESS_TOKEN.\n\n"
      "Exit status: 0 done, 1 not done (the reason on stderr), 2 wrong usage.",
      "create_test_workdir");
  app.set_version_flag("--version", std::string(scriptworker::kVersion));
  std::string task_text;
  std::string path = "work";
  bool overwrite = false;
  app.add_option("TASKID", task_text, "the task")->required();
  app.add_option("--path", path, "the folder (default: work)")->type_name("DIR");
  app.add_flag("--overwrite", overwrite, "remove the folder first if it exists");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const absl::StatusOr<TaskId> task_id = TaskId::Parse(task_text);
  if (!task_id.ok()) {
    std::cerr << "TASKID: " << task_id.status().message() << "\n";
    return 2;
  }
  const Environment environment = Environment::FromProcess();
  cot::StreamLogger logger(std::cerr, scriptworker::LogLevel::kInfo);
  const absl::Status status =
      Run(*task_id, path, overwrite, environment,
          environment.GetOr("BUILD_WORKING_DIRECTORY", std::filesystem::current_path().string()),
          logger);
  if (status.ok()) return 0;
  logger.Critical(status.message());
  return 1;
}
