// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/journal/journal_entry.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::worker {
namespace {

constexpr std::string_view kMagic = "scriptworker-journal";
constexpr std::string_view kVersion = "1";
constexpr std::string_view kSource = "the run journal";
// Nothing below is a script's process.
constexpr int64_t kFirstPid = 2;

json::Value CredentialsValue(const taskcluster::Credentials& credentials) {
  json::Object object;
  object.Set("accessToken", json::Value(credentials.access_token.reveal()));
  if (credentials.certificate.has_value()) {
    object.Set("certificate", json::Value(credentials.certificate->text()));
  }
  object.Set("clientId", json::Value(credentials.client_id));
  return json::Value(std::move(object));
}

std::string EntryText(const JournalEntry& entry) {
  json::Object object;
  object.Set("step", json::Value(ToString(entry.step)));
  object.Set("taskId", json::Value(entry.task_id.str()));
  object.Set("runId", json::Value(entry.run_id));
  object.Set("takenUntil", json::Value(taskcluster::FormatTimestamp(entry.taken_until)));
  object.Set("queueAheadMs", json::Value(absl::ToInt64Milliseconds(entry.queue_ahead)));
  object.Set("credentials", CredentialsValue(entry.credentials));
  if (entry.script.has_value()) {
    json::Object script;
    script.Set("pid", json::Value(static_cast<int64_t>(entry.script->pid)));
    script.Set("startTime", json::Value(static_cast<int64_t>(entry.script->start_time)));
    script.Set("boot", json::Value(entry.script->boot));
    script.Set("pidNamespace", json::Value(entry.script->pid_ns));
    object.Set("script", json::Value(std::move(script)));
  }
  if (entry.status.has_value()) object.Set("status", json::Value(*entry.status));
  return json::FormatCompact(json::Value(std::move(object)));
}

absl::StatusOr<JournalStep> ParseStep(const json::Reader& reader) {
  SW_ASSIGN_OR_RETURN(const std::string text, reader.String("step"));
  for (const JournalStep step : kJournalSteps) {
    if (ToString(step) == text) return step;
  }
  return reader.Error("unknown step");
}

absl::StatusOr<ProcessMark> ParseMark(const json::Reader& reader) {
  SW_RETURN_IF_ERROR(reader.RefuseOtherFields({"pid", "startTime", "boot", "pidNamespace"}));
  ProcessMark mark;
  SW_ASSIGN_OR_RETURN(const int64_t pid, reader.Int("pid"));
  SW_ASSIGN_OR_RETURN(const int64_t start_time, reader.Int("startTime"));
  if (pid < kFirstPid || pid > std::numeric_limits<pid_t>::max() || start_time < 0) {
    return reader.Error("no process of a script");
  }
  mark.pid = static_cast<pid_t>(pid);
  mark.start_time = static_cast<uint64_t>(start_time);
  SW_ASSIGN_OR_RETURN(mark.boot, reader.String("boot"));
  SW_ASSIGN_OR_RETURN(mark.pid_ns, reader.String("pidNamespace"));
  return mark;
}

absl::StatusOr<JournalEntry> ParseEntry(const json::Reader& reader) {
  SW_RETURN_IF_ERROR(reader.RefuseOtherFields({"step", "taskId", "runId", "takenUntil",
                                               "queueAheadMs", "credentials", "script", "status"}));
  SW_ASSIGN_OR_RETURN(const json::Reader task_id_field, reader.Field("taskId"));
  SW_ASSIGN_OR_RETURN(const std::string task_id_text, task_id_field.AsString());
  absl::StatusOr<taskcluster::TaskId> task_id = taskcluster::TaskId::Parse(task_id_text);
  if (!task_id.ok()) return task_id_field.Error(task_id.status().message());
  JournalEntry entry{.task_id = *std::move(task_id)};
  SW_ASSIGN_OR_RETURN(entry.step, ParseStep(reader));
  SW_ASSIGN_OR_RETURN(const int64_t run_id, reader.Int("runId"));
  if (run_id < 0 || run_id > std::numeric_limits<taskcluster::RunId>::max()) {
    return reader.Error("runId is out of range");
  }
  entry.run_id = static_cast<taskcluster::RunId>(run_id);
  SW_ASSIGN_OR_RETURN(const json::Reader taken_until_field, reader.Field("takenUntil"));
  SW_ASSIGN_OR_RETURN(const std::string taken_until_text, taken_until_field.AsString());
  const absl::StatusOr<absl::Time> taken_until = taskcluster::ParseTimestamp(taken_until_text);
  if (!taken_until.ok()) return taken_until_field.Error(taken_until.status().message());
  entry.taken_until = *taken_until;
  SW_ASSIGN_OR_RETURN(const int64_t ahead, reader.Int("queueAheadMs"));
  entry.queue_ahead = absl::Milliseconds(ahead);
  SW_ASSIGN_OR_RETURN(const json::Reader credentials, reader.Field("credentials"));
  SW_RETURN_IF_ERROR(credentials.RefuseOtherFields({"accessToken", "certificate", "clientId"}));
  SW_ASSIGN_OR_RETURN(entry.credentials, taskcluster::Credentials::FromJson(credentials));
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> script, reader.OptionalField("script"));
  if (script.has_value()) {
    SW_ASSIGN_OR_RETURN(entry.script, ParseMark(*script));
  }
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> status, reader.OptionalField("status"));
  if (status.has_value()) {
    SW_ASSIGN_OR_RETURN(const int64_t value, status->AsInt());
    if (value < 0 || value > std::numeric_limits<int>::max()) {
      return status->Error("out of range");
    }
    entry.status = static_cast<int>(value);
  }
  const bool names_script =
      entry.step == JournalStep::kScriptStarted || entry.step == JournalStep::kScriptEnded;
  if (names_script && !entry.script.has_value()) return reader.Error("the script is missing");
  return entry;
}

absl::Status Torn() {
  return absl::DataLossError(absl::StrCat(kSource, ": an entry was not written to its end"));
}

}  // namespace

std::string_view ToString(JournalStep step) {
  switch (step) {
    case JournalStep::kClaimed:
      return "claimed";
    case JournalStep::kScriptStarted:
      return "script-started";
    case JournalStep::kScriptEnded:
      return "script-ended";
    case JournalStep::kUploading:
      return "uploading";
    case JournalStep::kReporting:
      return "reporting";
  }
  return "unknown";
}

SecretString FormatJournalSlot(const JournalEntry& entry, uint64_t sequence) {
  std::string text = EntryText(entry);
  const absl::Cleanup wipe = [&text] { Wipe(text); };
  return SecretString(absl::StrCat(kMagic, " ", kVersion, " ", sequence, " ", text.size(), " ",
                                   crypto::HexEncode(crypto::Sha256(text)), "\n", text));
}

absl::StatusOr<std::optional<JournalSlot>> ParseJournalSlot(std::string_view bytes) {
  if (bytes.empty() || bytes[0] == '\0') return std::nullopt;
  const size_t header_end = bytes.substr(0, 256).find('\n');
  if (header_end == std::string_view::npos) return Torn();
  const std::vector<std::string_view> header = absl::StrSplit(bytes.substr(0, header_end), ' ');
  if (header[0] != kMagic || header.size() < 2) return Torn();
  if (header[1] != kVersion) {
    return absl::UnimplementedError(
        absl::StrCat(kSource, ": written by a worker of another version"));
  }
  JournalSlot slot{
      .entry = {.task_id = taskcluster::TaskId::Parse("AAAAAAAAQACAAAAAAAAAAA").value()}};
  uint64_t size = 0;
  if (header.size() != 5 || !absl::SimpleAtoi(header[2], &slot.sequence) ||
      !absl::SimpleAtoi(header[3], &size) || size > bytes.size() - header_end - 1) {
    return Torn();
  }
  const std::string_view text = bytes.substr(header_end + 1, size);
  if (header[4] != crypto::HexEncode(crypto::Sha256(text))) return Torn();
  SW_ASSIGN_OR_RETURN(const json::Value value, json::Parse(text, {.source = kSource}));
  SW_ASSIGN_OR_RETURN(slot.entry, ParseEntry(json::Reader(value, kSource)));
  return slot;
}

}  // namespace scriptworker::worker
