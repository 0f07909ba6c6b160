// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/object_endpoints.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/api_error.h"
#include "scriptworker/taskcluster/testing/blob.h"
#include "scriptworker/taskcluster/testing/object_store.h"
#include "scriptworker/taskcluster/testing/queue_state.h"
#include "scriptworker/taskcluster/testing/scopes.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

std::string_view Text(const json::Value& object, std::string_view key) {
  const json::Value* value = object.Find(key);
  return value != nullptr && value->is_string() ? value->string_value() : "";
}

std::optional<ApiError> AuthorizeUpload(ApiCall& call) {
  return call.Authorize(ScopeExpression::Scope(
      absl::StrCat("object:upload:", call.Text("projectId"), ":", call.Param("objectName"))));
}

// The upload that the call names, or nullptr.
ObjectUpload* FindUpload(QueueState& state, const ApiCall& call) {
  const auto found = state.uploads.find(call.Param("objectName"));
  return found != state.uploads.end() && found->second.upload_id == call.Text("uploadId")
             ? &found->second
             : nullptr;
}

ApiError NoUpload() {
  return {ApiErrorCode::kRequestConflict, "no such upload is in progress for this object"};
}

ApiResult CreateUpload(QueueState& state, ApiCall& call) {
  if (auto error = AuthorizeUpload(call); error.has_value()) return *error;
  if (FindUpload(state, call) == nullptr) return NoUpload();
  const json::Value& methods = *call.payload.Find("proposedUploadMethods");
  json::Object chosen;
  if (const json::Value* data = methods.Find("dataInline"); data != nullptr) {
    const absl::StatusOr<std::string> bytes = crypto::Base64Decode(Text(*data, "objectData"));
    if (!bytes.ok()) {
      return ApiError{ApiErrorCode::kInputError, "objectData is no base64"};
    }
    BlobWriter writer;
    if (const absl::Status status = writer.Append(*bytes); !status.ok()) {
      return ApiError{ApiErrorCode::kInternalServerError, std::string(status.message())};
    }
    state.objects.Put(kPublicBucket, call.Param("objectName"),
                      {.blob = std::move(writer).Finish(),
                       .content_type = std::string(Text(*data, "contentType")),
                       .content_encoding = "",
                       .stored = call.now});
    chosen.Set("dataInline", true);
  } else if (const json::Value* put = methods.Find("putUrl"); put != nullptr) {
    chosen.Set("putUrl",
               json::Object{
                   {"url", state.objects.PresignedUrl(http::Method::kPut, kPublicBucket,
                                                      call.Param("objectName"), call.now,
                                                      state.times.upload_url)},
                   {"expires", FormatTimestamp(call.now + state.times.upload_url)},
                   {"headers", json::Object{{"Content-Type", Text(*put, "contentType")},
                                            {"Content-Length",
                                             absl::StrCat(put->Find("contentLength")->int_value())},
                                            {"Content-Encoding", "identity"}}}});
  }
  return ApiReply{json::Object{{"projectId", call.Text("projectId")},
                               {"uploadId", call.Text("uploadId")},
                               {"expires", call.Text("expires")},
                               {"uploadMethod", std::move(chosen)}}};
}

ApiResult FinishUpload(QueueState& state, ApiCall& call) {
  if (auto error = AuthorizeUpload(call); error.has_value()) return *error;
  ObjectUpload* upload = FindUpload(state, call);
  if (upload == nullptr || !state.objects.Get(kPublicBucket, call.Param("objectName"))) {
    return NoUpload();
  }
  upload->finished = true;
  return ApiReply{json::Object()};
}

}  // namespace

std::vector<Endpoint> ObjectEndpoints(QueueState& state) {
  using http::Method;
  return {
      {Method::kPut, "/upload/<objectName...>", "createUpload", "", "create-upload-request", false,
       [&state](ApiCall& call) { return CreateUpload(state, call); }},
      {Method::kPost, "/finish-upload/<objectName...>", "finishUpload", "", "finish-upload-request",
       false, [&state](ApiCall& call) { return FinishUpload(state, call); }},
  };
}

}  // namespace scriptworker::taskcluster::fake
