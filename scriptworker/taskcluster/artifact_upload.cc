// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_upload.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/parallel.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/artifact_file.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/artifact_source.h"
#include "scriptworker/taskcluster/content_type.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_error.h"

namespace scriptworker::taskcluster {
namespace {

constexpr std::string_view kPutPayload = "scriptworker/taskcluster.PutStatus";
constexpr std::string_view kUnansweredPayload = "scriptworker/taskcluster.CreateUnanswered";

absl::Status Named(const ArtifactName& name, const absl::Status& status) {
  return WithMessage(status, absl::StrCat("artifact \"", name, "\": ", status.message()));
}

absl::Status PutError(absl::Status status, int http_status) {
  status.SetPayload(kPutPayload, absl::Cord(absl::StrCat(http_status)));
  return status;
}

// createArtifact was not answered, too late, or by something else than the queue: as opposed to
// its refusals, and to faults of the file that have the same codes.
absl::Status MarkIfUnanswered(absl::Status status) {
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsDataLoss(status)) {
    status.SetPayload(kUnansweredPayload, absl::Cord());
  }
  return status;
}

// A PUT is worth another try whatever the store said, since the URL is new
// then; createArtifact if the queue was out of reach.
bool IsRetryable(const absl::Status& status) {
  return GetPutStatus(status).has_value() || status.GetPayload(kUnansweredPayload).has_value();
}

// Whether the queue understood the request's form and found it wrong.
bool IsUnknownForm(const absl::Status& status) {
  const std::optional<QueueError> error = GetQueueError(status);
  return error.has_value() && error->code == "InputValidationError";
}

}  // namespace

// What one upload sends.
struct ArtifactUploader::Body {
  const ArtifactFile& file;
  std::string path;  // for log lines
  ContentType content_type;
  int64_t content_length = 0;  // before it was compressed
};

ArtifactUploader::ArtifactUploader(TaskClaimer& queue, http::Transport& store, Clock& clock,
                                   UploadOptions options)
    : queue_(queue), store_(store), clock_(clock), options_(std::move(options)) {}

void ArtifactUploader::Log(std::string_view line) const {
  if (options_.log != nullptr) options_.log(line);
}

absl::StatusOr<std::string> ArtifactUploader::Create(const UploadTarget& target, const Body& body,
                                                     const CancellationToken& cancellation) {
  S3Artifact artifact{.content_type = body.content_type.type,
                      .expires = target.expires,
                      .content_length = body.content_length};
  const auto create = [&] {
    return queue_.CreateArtifact(target.task_id, target.run_id, body.file.name().str(), artifact,
                                 target.credentials(), cancellation);
  };
  absl::StatusOr<std::string> put_url = create();
  if (put_url.ok() || !IsUnknownForm(put_url.status())) return put_url;
  Log(absl::StrCat("createArtifact ", body.path, ": ", put_url.status().message(),
                   "; asking without contentLength, which older deployments do not know"));
  artifact.content_length.reset();
  return create();
}

absl::Status ArtifactUploader::CreateAndPut(const UploadTarget& target, const Body& body,
                                            const CancellationToken& cancellation) {
  const absl::StatusOr<std::string> put_url = Create(target, body, cancellation);
  if (!put_url.ok()) return MarkIfUnanswered(put_url.status());
  http::Request request;
  const absl::StatusOr<http::Url> url = http::Url::Parse(*put_url);
  if (!url.ok()) {
    return absl::DataLossError(
        absl::StrCat("createArtifact answered an unusable putUrl: ", url.status().message()));
  }
  request.url = *url;
  request.method = http::Method::kPut;
  request.headers.Add("Content-Type", body.content_type.type);
  if (!body.content_type.encoding.empty()) {
    request.headers.Add("Content-Encoding", body.content_type.encoding);
  }
  ArtifactSource source(body.file);
  request.body_source = &source;
  request.total_timeout = options_.put_timeout;
  request.cancellation = cancellation;
  Log(absl::StrCat("uploading ", body.path, " to ", url->Redacted(), "..."));
  const absl::StatusOr<http::Response> response = store_.Send(request);
  if (!response.ok()) {
    return source.failed() ? response.status() : PutError(response.status(), /*http_status=*/0);
  }
  Log(absl::StrCat("create_artifact ", body.path, ": ", response->status));
  Log(http::RedactUrl(response->body));
  if (response->status == 200 || response->status == 204) {
    if (!source.finished()) {
      return PutError(absl::UnavailableError(absl::StrCat(
                          "PUT ", url->Redacted(), ": answered before it had the whole body")),
                      /*http_status=*/0);
    }
    Log(absl::StrCat("sent ", body.path, ": ", body.file.size(), " bytes, ",
                     crypto::HashAlgorithmName(crypto::AlgorithmOfHex(body.file.digest())), " ",
                     body.file.digest()));
    return absl::OkStatus();
  }
  return PutError(absl::UnavailableError(
                      absl::StrCat("PUT ", url->Redacted(), ": Bad status ", response->status)),
                  response->status);
}

absl::Status ArtifactUploader::Upload(const UploadTarget& target, const std::string& directory,
                                      UploadFile file, const CancellationToken& cancellation) {
  if (cancellation.cancelled()) return Named(file.name, cancellation.reason());
  if (!file.opened.has_value()) {
    SW_ASSIGN_OR_RETURN(file.opened, ArtifactFile::Open(directory, file.name));
  }
  ArtifactFile& opened = *file.opened;
  if (target.refused.contains(opened.identity())) {
    return Named(file.name, absl::PermissionDeniedError("this file is never uploaded"));
  }
  if (opened.digest().empty()) {
    SW_RETURN_IF_ERROR(opened.Hash(crypto::AlgorithmOfHex(file.digest.value_or("")), cancellation));
  }
  if (file.digest.has_value() && opened.digest() != *file.digest) return opened.Changed();
  Body body{.file = opened,
            .path = JoinPath(directory, file.name.path()),
            .content_type = GuessContentType(file.name.path()),
            .content_length = opened.size()};
  if (IsCompressible(body.content_type)) {
    Log(absl::StrCat("\"", body.path, "\" can be gzip'd. Compressing..."));
    absl::Status compressed = opened.Compress(clock_.Now(), cancellation);
    if (compressed.ok()) {
      Log(absl::StrCat("\"", body.path, "\" compressed"));
      body.content_type.encoding = "gzip";
    } else if (absl::IsDataLoss(compressed)) {
      return compressed;
    } else if (cancellation.cancelled()) {
      return Named(file.name, cancellation.reason());
    } else {
      // A disk that the script has filled, a folder that it has closed: its log is wanted all the
      // more, and is open.
      Log(absl::StrCat("\"", body.path, "\" is sent as it is: ", compressed.message()));
    }
  }
  absl::BitGen bitgen;
  return Named(file.name,
               Retry(
                   options_.retry.value_or(ReferenceRetryPolicy()), clock_, bitgen, cancellation,
                   [&] { return CreateAndPut(target, body, cancellation); }, IsRetryable));
}

std::vector<absl::Status> ArtifactUploader::UploadAll(const UploadTarget& target,
                                                      const std::string& directory,
                                                      std::vector<UploadFile> files,
                                                      const CancellationToken& cancellation) {
  return ParallelStatus(static_cast<int>(files.size()), options_.max_parallel, [&](int i) {
    return Upload(target, directory, std::move(files[static_cast<size_t>(i)]), cancellation);
  });
}

absl::Status ArtifactUploader::CreateLink(const UploadTarget& target, const ArtifactName& name,
                                          const ArtifactName& existing,
                                          const CancellationToken& cancellation) {
  Log(absl::StrCat("Creating link artifact ", name, " -> ", existing));
  return Named(
      name, queue_
                .CreateArtifact(target.task_id, target.run_id, name.str(),
                                LinkArtifact{.artifact = existing.str(),
                                             .content_type = GuessContentType(existing.path()).type,
                                             .expires = target.expires},
                                target.credentials(), cancellation)
                .status());
}

absl::Status ArtifactUploader::CreateError(const UploadTarget& target, const ArtifactName& name,
                                           ErrorArtifact::Reason reason, std::string message,
                                           const CancellationToken& cancellation) {
  return Named(name, queue_
                         .CreateArtifact(target.task_id, target.run_id, name.str(),
                                         ErrorArtifact{.reason = reason,
                                                       .message = std::move(message),
                                                       .expires = target.expires},
                                         target.credentials(), cancellation)
                         .status());
}

std::optional<int> GetPutStatus(const absl::Status& status) {
  const std::optional<absl::Cord> payload = status.GetPayload(kPutPayload);
  int http_status = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &http_status)) {
    return std::nullopt;
  }
  return http_status;
}

bool IsStoreRefusal(const absl::Status& status) { return GetPutStatus(status).value_or(0) != 0; }

}  // namespace scriptworker::taskcluster
