// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/credentials_lookup.h"

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/truth.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/worker/config/secret_file.h"

namespace scriptworker::worker {
namespace {

using ::scriptworker::json::Object;
using ::scriptworker::json::TypeName;
using ::scriptworker::json::Value;
using ::scriptworker::taskcluster::Credentials;

constexpr std::string_view kMembers[] = {"clientId", "accessToken", "certificate",
                                         "authorizedScopes"};

// Whether the file can be found, readable or not: not in a folder that this user
// may not enter, such as the superuser's, which HOME names in some containers.
bool CanBeSeen(const std::string& path) {
  struct stat info = {};
  return ::stat(path.c_str(), &info) == 0;
}

// The key's value in one of the files; nullopt if it is not there.
absl::StatusOr<std::optional<Value>> FindInFile(std::string_view key, const std::string& path,
                                                std::vector<std::string>& warnings) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status()) || !CanBeSeen(path)) return std::nullopt;
  SW_RETURN_IF_ERROR(text.status());
  SW_ASSIGN_OR_RETURN(const Value value, json::Parse(*text, {.source = path}));
  if (!value.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": expected a JSON object, found ", TypeName(value.type())));
  }
  const Value* found = value.Find(key);
  if (!IsTruthy(found)) return std::nullopt;
  if (auto warning = ExposureWarning(path, "the file of secrets", Sensitivity::kSecret)) {
    warnings.push_back(*std::move(warning));
  }
  return *found;
}

std::optional<Value> CredentialsOf(const Environment& environment) {
  const std::string client_id = environment.GetOr("TASKCLUSTER_CLIENT_ID", "");
  const std::string token = environment.GetOr("TASKCLUSTER_ACCESS_TOKEN", "");
  if (client_id.empty() || token.empty()) return std::nullopt;
  Object credentials{{"clientId", client_id}, {"accessToken", token}};
  const std::string certificate = environment.GetOr("TASKCLUSTER_CERTIFICATE", "");
  if (!certificate.empty()) credentials.Set("certificate", certificate);
  return Value(std::move(credentials));
}

absl::StatusOr<Credentials> Parse(const Value& value, const std::string& source) {
  absl::StatusOr<Credentials> credentials = Credentials::FromJson(json::Reader(value, source));
  if (credentials.ok()) return credentials;
  // The place goes on behind the key's: credentials.clientId.
  std::string_view message = credentials.status().message();
  if (!absl::ConsumePrefix(&message, absl::StrCat(source, ": $"))) return credentials.status();
  return absl::InvalidArgumentError(absl::StrCat(source, message));
}

// What is wrong with one member of the credentials; empty if nothing is. The others are
// taken to be right, so that each can be told.
std::string DefectOfMember(const Value& credentials, std::string_view key,
                           const std::string& source) {
  const Value* member = credentials.Find(key);
  if (member != nullptr && member->is_string() && member->string_value() == "...") {
    return absl::StrCat(source, ".", key, ": must be set, found the placeholder \"...\"");
  }
  Object probe;
  for (const std::string_view other : {"clientId", "accessToken"}) {
    if (other != key) probe.Set(std::string(other), "right");
  }
  if (member != nullptr) probe.Set(std::string(key), *member);
  return std::string(Parse(Value(std::move(probe)), source).status().message());
}

}  // namespace

absl::StatusOr<Credentials> ReadPermanentCredentials(const Value& value,
                                                     const std::string& source) {
  std::vector<std::string> defects;
  if (value.is_object()) {
    for (const std::string_view key : kMembers) {
      if (const std::string defect = DefectOfMember(value, key, source); !defect.empty()) {
        defects.push_back(defect);
      }
    }
  }
  if (!defects.empty()) return absl::InvalidArgumentError(absl::StrJoin(defects, "\n"));
  return Parse(value, source);
}

std::vector<std::string> SecretFiles(const std::string& directory, const Environment& environment) {
  return {JoinPath(directory, "secrets.json"),
          JoinPath(environment.Get("HOME").value_or("/etc"), ".scriptworker")};
}

absl::StatusOr<std::optional<FoundSecret>> LookUpSecret(std::string_view key,
                                                        const std::string& directory,
                                                        const Environment& environment,
                                                        std::vector<std::string>& warnings) {
  for (const std::string& path : SecretFiles(directory, environment)) {
    SW_ASSIGN_OR_RETURN(std::optional<Value> value, FindInFile(key, path, warnings));
    if (value.has_value()) return FoundSecret{*std::move(value), path};
  }
  if (key != "credentials") return std::nullopt;
  std::optional<Value> value = CredentialsOf(environment);
  if (!value.has_value()) return std::nullopt;
  return FoundSecret{*std::move(value), "the environment"};
}

}  // namespace scriptworker::worker
