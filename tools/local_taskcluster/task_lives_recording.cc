// SPDX-License-Identifier: MPL-2.0

#include "tools/local_taskcluster/task_lives_recording.h"

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/har/recording_transport.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/taskcluster/testing/task_builder.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/local_taskcluster/task_lives.h"

namespace scriptworker::tools {
namespace {

constexpr char kFormatVersion[] = "1";  // not the worker's: the files outlive it

absl::StatusOr<har::Document> Record(int port, std::string_view name,
                                     const std::function<absl::Status(const Deployment&)>& live) {
  SimulatedClock clock(TaskLivesStart(), SimulatedClock::Mode::kAutoAdvance);
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<LocalTaskcluster> local,
                      LocalTaskcluster::Start(clock, {.port = port}));
  const std::pair<std::string, std::string> queue =
      absl::StrSplit(TaskLivesClaim().task_queue_id, absl::MaxSplits('/', 1));
  SW_RETURN_IF_ERROR(local->fake()
                         .CreateTask(taskcluster::TaskBuilder(clock.Now())
                                         .Queue(queue.first, queue.second)
                                         .Name(name)
                                         .Build())
                         .status());
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<http::CurlTransport> curl,
                      http::CurlTransport::Create({.user_agent = "scriptworker"}));
  har::RecordingTransport recording(*curl, clock, kFormatVersion);
  SW_RETURN_IF_ERROR(live({.root_url = local->root_url(),
                           .transport = recording,
                           .clock = clock,
                           .worker = local->fake().worker_credentials(),
                           .reader = local->fake().root_credentials()}));
  har::Document document = recording.document();
  document.comment =
      "The worker's clients with the local Taskcluster (not with the real services): see README.md";
  return document;
}

}  // namespace

absl::Time TaskLivesStart() { return absl::FromUnixSeconds(1795348800); }

absl::StatusOr<std::map<std::string, har::Document>> RecordTaskLives(int port) {
  std::map<std::string, har::Document> recordings;
  SW_ASSIGN_OR_RETURN(recordings["completed"], Record(port, "completed", [](const Deployment& at) {
                        return LiveToCompletion(at).status();
                      }));
  SW_ASSIGN_OR_RETURN(recordings["cancelled"], Record(port, "cancelled", [](const Deployment& at) {
                        return LiveToCancellation(at).status();
                      }));
  return recordings;
}

}  // namespace scriptworker::tools
