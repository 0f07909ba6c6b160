// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/queue_error.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster {
namespace {

constexpr std::string_view kPayloadUrl = "scriptworker/taskcluster.QueueError";
constexpr std::string_view kWrongShapeUrl = "scriptworker/taskcluster.WrongShape";
constexpr size_t kMaxMessage = 2000;

std::string_view CutBefore(std::string_view text, std::string_view mark) {
  return text.substr(0, text.find(mark));
}

std::string StringMember(const json::Value& object, std::string_view key) {
  const json::Value* member = object.Find(key);
  return member != nullptr && member->is_string() ? std::string(member->string_value())
                                                  : std::string();
}

// The message in one line: what was asked for, without the long tail.
std::string OneLine(std::string_view message) {
  message = CutBefore(message, "\n\nThis request requires the client to");
  message = CutBefore(message, "\n\nTask status:");
  std::string line = absl::StrReplaceAll(message, {{"```", " "}});
  for (char& c : line) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
  }
  absl::RemoveExtraAsciiWhitespace(&line);
  return line;
}

}  // namespace

absl::StatusCode CodeForHttpStatus(int http_status) {
  switch (http_status) {
    case 400:
      return absl::StatusCode::kInvalidArgument;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 409:
      return absl::StatusCode::kAborted;
    case 429:
      return absl::StatusCode::kUnavailable;
    default:
      return http_status >= 500 ? absl::StatusCode::kUnavailable
                                : absl::StatusCode::kFailedPrecondition;
  }
}

absl::Status MakeQueueError(std::string_view what, const QueueError& error) {
  std::string text = absl::StrCat(what, ": HTTP ", error.http_status);
  if (!error.code.empty()) absl::StrAppend(&text, " ", error.code);
  if (!error.message.empty()) {
    absl::StrAppend(&text, ": ", OneLine(error.message));
  }
  absl::Status status(CodeForHttpStatus(error.http_status), text);
  json::Object payload;
  payload.Set("status", error.http_status);
  payload.Set("code", error.code);
  payload.Set("message", error.message);
  status.SetPayload(kPayloadUrl, absl::Cord(json::FormatCompact(json::Value(std::move(payload)))));
  return status;
}

std::optional<QueueError> GetQueueError(const absl::Status& status) {
  const std::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return std::nullopt;
  const absl::StatusOr<json::Value> value = json::Parse(std::string(*payload));
  if (!value.ok()) return std::nullopt;
  const json::Value* http_status = value->Find("status");
  if (http_status == nullptr || !http_status->is_int()) return std::nullopt;
  return QueueError{.http_status = static_cast<int>(http_status->int_value()),
                    .code = StringMember(*value, "code"),
                    .message = StringMember(*value, "message")};
}

bool HasHttpStatus(const absl::Status& status, int http_status) {
  const std::optional<QueueError> error = GetQueueError(status);
  return error.has_value() && error->http_status == http_status;
}

absl::Status MakeWrongShapeError(std::string_view message) {
  absl::Status status = absl::DataLossError(message);
  status.SetPayload(kWrongShapeUrl, absl::Cord());
  return status;
}

bool IsWrongShape(const absl::Status& status) {
  return status.GetPayload(kWrongShapeUrl).has_value();
}

QueueError ParseQueueError(int http_status, std::string_view body) {
  QueueError error;
  error.http_status = http_status;
  const absl::StatusOr<json::Value> value = json::Parse(body, {.source = "error", .max_depth = 64});
  if (value.ok() && value->is_object()) {
    error.code = StringMember(*value, "code");
    if (error.code.empty()) error.code = StringMember(*value, "reason");
    error.message = StringMember(*value, "message");
    if (error.message.empty()) error.message = StringMember(*value, "error");
  } else {
    error.message = std::string(body.substr(0, 200));
  }
  error.message = std::string(
      absl::StripAsciiWhitespace(CutBefore(error.message, "\n---").substr(0, kMaxMessage)));
  return error;
}

}  // namespace scriptworker::taskcluster
