// SPDX-License-Identifier: MPL-2.0
//
// An example of a script in C++: publishes the artifacts of other tasks under
// the task's own name. What `upstreamArtifacts` names is there already, verified by
// the worker; what `artifactUrls` names is fetched. See docs/new_instance.md.

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/client/artifact_rules.h"
#include "scriptworker/client/downloads.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/client/script_main.h"
#include "scriptworker/client/upstream_paths.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/task_id.h"

namespace {

namespace client = scriptworker::client;
using scriptworker::JoinPath;
using scriptworker::json::Reader;
using scriptworker::taskcluster::TaskId;

// The file's name below the folder of its task, as the artifact was named.
absl::Status Copy(const std::string& from, std::string_view below, const std::string& artifact_dir,
                  scriptworker::Logger& log) {
  const std::string to = JoinPath(artifact_dir, from.substr(below.size() + 1));
  SW_RETURN_IF_ERROR(scriptworker::MakeDirs(std::string(scriptworker::Dirname(to))));
  std::error_code error;
  if (!std::filesystem::copy_file(from, to, error)) {
    return client::ScriptError(
        client::ErrorKind::kScriptWorker,
        absl::StrCat("cannot copy ", from, " to ", to, ": ", error.message()));
  }
  log.Info(absl::StrCat("copied ", from, " to ", to));
  return absl::OkStatus();
}

absl::Status CopyUpstreamArtifacts(client::ScriptContext& context,
                                   const std::string& artifact_dir) {
  SW_ASSIGN_OR_RETURN(const std::string work_dir, context.config.WorkDir());
  SW_ASSIGN_OR_RETURN(const client::UpstreamPaths paths,
                      client::FindUpstreamArtifacts(context.config, context.task, context.log));
  for (const auto& [task_id, files] : paths.found) {
    for (const std::string& file : files) {
      SW_RETURN_IF_ERROR(Copy(file, JoinPath(work_dir, "cot", task_id), artifact_dir, context.log));
    }
  }
  return absl::OkStatus();
}

absl::Status FetchArtifacts(client::ScriptContext& context, const std::string& artifact_dir) {
  const Reader task(context.task, "task.json");
  SW_ASSIGN_OR_RETURN(const Reader payload, task.Field("payload"));
  SW_ASSIGN_OR_RETURN(const std::vector<std::string> urls, payload.StringsOr("artifactUrls", {}));
  if (urls.empty()) return absl::OkStatus();
  SW_ASSIGN_OR_RETURN(const client::ArtifactRules rules,
                      client::ArtifactRules::FromConfig(context.config));
  SW_ASSIGN_OR_RETURN(const std::vector<TaskId> ids, client::ValidArtifactTaskIds(context.task));
  client::Downloads downloads(context.transport, context.clock, context.log);
  return downloads.FetchArtifacts(rules, urls, ids, artifact_dir).status();
}

absl::Status CopyUpstream(client::ScriptContext& context) {
  SW_ASSIGN_OR_RETURN(const std::string artifact_dir, context.config.ArtifactDir());
  SW_RETURN_IF_ERROR(CopyUpstreamArtifacts(context, artifact_dir));
  return FetchArtifacts(context, artifact_dir);
}

}  // namespace

int main(int argc, char** argv) {
  return client::ScriptMain(
      argc, argv, {.description = "Publish the artifacts of other tasks as the task's own."},
      CopyUpstream);
}
