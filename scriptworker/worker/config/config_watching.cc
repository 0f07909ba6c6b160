// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/config_watching.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/policy/defect_list.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/http/listener.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "scriptworker/worker/config/config_directories.h"
#include "scriptworker/worker/config/config_file.h"
#include "scriptworker/worker/config/settings.h"

namespace scriptworker::worker {
namespace {

constexpr char kStatusSocket[] = "status_socket";
constexpr char kHealthAddress[] = "health_address";

std::string ReadStatusSocket(const Settings& settings, const ConfigPaths& paths,
                             cot::DefectList& defects) {
  std::string socket = paths.Absolute(settings.String(kStatusSocket));
  if (!socket.empty()) {
    const absl::Status checked = http::CheckUnixAddress(socket);
    if (!checked.ok()) settings.Refuse(kStatusSocket, "", checked.message(), defects);
  }
  return socket;
}

}  // namespace

Watching ReadWatching(const Settings& settings, const ConfigPaths& paths,
                      cot::DefectList& defects) {
  Watching watching;
  watching.status_socket = ReadStatusSocket(settings, paths, defects);
  watching.health_address = std::string(settings.String(kHealthAddress));
  if (!watching.health_address.empty()) {
    const absl::Status checked = http::CheckTcpAddress(watching.health_address);
    if (!checked.ok()) settings.Refuse(kHealthAddress, "", checked.message(), defects);
  }
  return watching;
}

absl::StatusOr<std::string> StatusSocketOf(const ConfigFile& file, const Environment& environment) {
  cot::DefectList defects_of_others(file.name, file.document.marks);
  cot::DefectList defects(file.name, file.document.marks);
  const Settings settings = Settings::Read(file.document.value, environment, defects_of_others);
  std::string socket = ReadStatusSocket(settings, ConfigPaths(file.directory), defects);
  if (!defects.empty()) return defects.ToStatus();
  if (!socket.empty()) return socket;
  if (const json::Value* given = file.document.value.Find(kStatusSocket);
      given != nullptr && settings.InFile(kStatusSocket) == nullptr) {
    // What is wrong with it, and only that: as if the rest were not there.
    json::Object alone;
    alone.Set(kStatusSocket, *given);
    if (settings.cot_product().has_value()) alone.Set("cot_product", *settings.cot_product());
    Settings::Read(std::move(alone), Environment(), defects, Settings::Absent::kIsDefault);
    if (!defects.empty()) return defects.ToStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(file.name, ": ", kStatusSocket, " is not set"));
}

}  // namespace scriptworker::worker
