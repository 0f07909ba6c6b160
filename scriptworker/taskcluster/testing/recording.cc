// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/recording.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

absl::StatusOr<http::Headers> ReadHeaders(const json::Reader& message) {
  http::Headers headers;
  SW_ASSIGN_OR_RETURN(const json::Reader list, message.Field("headers"));
  SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> fields, list.Elements());
  for (const json::Reader& field : fields) {
    SW_ASSIGN_OR_RETURN(const std::string name, field.String("name"));
    SW_ASSIGN_OR_RETURN(const std::string value, field.String("value"));
    headers.Add(name, value);
  }
  return headers;
}

absl::StatusOr<std::string> ReadText(const json::Reader& content, std::string_view encoding_key) {
  SW_ASSIGN_OR_RETURN(const std::string decoded, content.StringOr("_decodedText", ""));
  if (!decoded.empty()) return decoded;
  SW_ASSIGN_OR_RETURN(std::string text, content.StringOr("text", ""));
  SW_ASSIGN_OR_RETURN(const std::string encoding, content.StringOr(encoding_key, ""));
  if (encoding == "base64") return crypto::Base64Decode(text);
  return text;
}

absl::StatusOr<WireRequest> ReadRequest(const json::Reader& reader) {
  WireRequest request;
  SW_ASSIGN_OR_RETURN(const std::string method, reader.String("method"));
  const std::optional<http::Method> parsed = http::ParseMethod(method);
  if (!parsed.has_value()) return reader.Error("unknown method");
  request.method = *parsed;
  SW_ASSIGN_OR_RETURN(request.target, reader.String("_target"));
  SW_ASSIGN_OR_RETURN(request.headers, ReadHeaders(reader));
  const std::pair<std::string, std::string> host =
      absl::StrSplit(request.headers.Find("Host").value_or(""), absl::MaxSplits(':', 1));
  request.host = absl::AsciiStrToLower(host.first);
  if (!absl::SimpleAtoi(host.second, &request.port)) request.port = 80;
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> body, reader.OptionalField("postData"));
  if (body.has_value()) {
    SW_ASSIGN_OR_RETURN(request.body, ReadText(*body, "_encoding"));
  }
  return request;
}

absl::StatusOr<RecordedEntry> ReadEntry(const json::Reader& reader) {
  RecordedEntry entry;
  SW_ASSIGN_OR_RETURN(const std::string time, reader.String("startedDateTime"));
  SW_ASSIGN_OR_RETURN(entry.time, ParseTimestamp(time));
  SW_ASSIGN_OR_RETURN(entry.server, reader.StringOr("_server", ""));
  SW_ASSIGN_OR_RETURN(entry.comment, reader.StringOr("comment", ""));
  SW_ASSIGN_OR_RETURN(entry.injected, reader.BoolOr("_injected", false));
  SW_ASSIGN_OR_RETURN(const json::Reader request, reader.Field("request"));
  SW_ASSIGN_OR_RETURN(entry.request, ReadRequest(request));
  SW_ASSIGN_OR_RETURN(const json::Reader response, reader.Field("response"));
  SW_ASSIGN_OR_RETURN(const int64_t status, response.Int("status"));
  entry.status = static_cast<int>(status);
  SW_ASSIGN_OR_RETURN(entry.headers, ReadHeaders(response));
  entry.incomplete = response.value().Find("_incomplete") != nullptr;
  SW_ASSIGN_OR_RETURN(const json::Reader content, response.Field("content"));
  SW_ASSIGN_OR_RETURN(entry.body, ReadText(content, "encoding"));
  return entry;
}

absl::StatusOr<json::Value> ReadJson(const std::string& path) {
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return json::Parse(text, {.source = path});
}

}  // namespace

absl::StatusOr<Recording> Recording::Load(const std::string& folder) {
  Recording recording;
  SW_ASSIGN_OR_RETURN(recording.scenario, ReadJson(absl::StrCat(folder, "/scenario.json")));
  const json::Reader scenario(recording.scenario, folder);
  SW_ASSIGN_OR_RETURN(recording.name, scenario.String("name"));
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> tasks, scenario.OptionalField("tasks"));
  if (tasks.has_value()) {
    SW_ASSIGN_OR_RETURN(const auto members, tasks->Members());
    for (const auto& [name, reader] : members) {
      RecordedTask task;
      task.name = name;
      SW_ASSIGN_OR_RETURN(task.task_id, reader.String("taskId"));
      SW_ASSIGN_OR_RETURN(const json::Reader definition, reader.Field("definition"));
      task.definition = definition.value();
      SW_ASSIGN_OR_RETURN(const std::string created, definition.String("created"));
      SW_ASSIGN_OR_RETURN(task.created, ParseTimestamp(created));
      recording.tasks.push_back(std::move(task));
    }
  }
  std::stable_sort(
      recording.tasks.begin(), recording.tasks.end(),
      [](const RecordedTask& a, const RecordedTask& b) { return a.created < b.created; });
  const std::string har_path = absl::StrCat(folder, "/exchange.har");
  SW_ASSIGN_OR_RETURN(const json::Value har, ReadJson(har_path));
  SW_ASSIGN_OR_RETURN(const json::Reader log, json::Reader(har, har_path).Field("log"));
  SW_ASSIGN_OR_RETURN(const json::Reader list, log.Field("entries"));
  SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> entries, list.Elements());
  for (const json::Reader& reader : entries) {
    SW_ASSIGN_OR_RETURN(RecordedEntry entry, ReadEntry(reader));
    recording.entries.push_back(std::move(entry));
  }
  return recording;
}

const RecordedTask* Recording::FindTask(std::string_view task_name) const {
  for (const RecordedTask& task : tasks) {
    if (task.name == task_name) return &task;
  }
  return nullptr;
}

}  // namespace scriptworker::taskcluster::fake
