// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/in_process.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/body.h"
#include "scriptworker/http/content_decoder.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr int64_t kPiece = 64 << 10;

absl::Status Pump(http::BodySource& source,
                  const std::function<absl::Status(std::string_view)>& sink) {
  std::string buffer(static_cast<size_t>(kPiece), '\0');
  int64_t sent = 0;
  while (true) {
    SW_ASSIGN_OR_RETURN(const size_t n, source.Read(absl::MakeSpan(buffer)));
    if (n == 0) break;
    sent += static_cast<int64_t>(n);
    SW_RETURN_IF_ERROR(sink(std::string_view(buffer).substr(0, n)));
  }
  if (sent != source.size()) {
    return absl::DataLossError("the body's source has not the size it said");
  }
  return absl::OkStatus();
}

// Decodes the body piece by piece into `output`.
absl::Status Deliver(const WireReply& reply, int64_t max_bytes,
                     http::ContentDecoder::Output output) {
  SW_ASSIGN_OR_RETURN(
      http::ContentDecoder decoder,
      http::ContentDecoder::Create(reply.headers.Find("Content-Encoding").value_or(""),
                                   {.max_bytes = max_bytes}));
  if (reply.blob == nullptr) {
    SW_RETURN_IF_ERROR(decoder.Write(reply.body, output));
  } else {
    for (int64_t done = 0; done < reply.blob_length; done += kPiece) {
      SW_ASSIGN_OR_RETURN(
          const std::string piece,
          reply.blob->Read(reply.blob_offset + done, std::min(kPiece, reply.blob_length - done)));
      SW_RETURN_IF_ERROR(decoder.Write(piece, output));
    }
  }
  return decoder.Finish();
}

}  // namespace

absl::StatusOr<WireRequest> ToWire(const http::Request& request) {
  if (request.url.empty()) return absl::InvalidArgumentError("no URL");
  SW_RETURN_IF_ERROR(http::ValidateHeaders(request.headers));
  WireRequest wire;
  wire.method = request.method;
  wire.target = std::string(request.url.target());
  wire.host = std::string(request.url.host());
  wire.port = request.url.port();
  wire.headers = request.headers;
  wire.patience = request.total_timeout;
  wire.cancellation = request.cancellation;
  if (request.body_source != nullptr) {
    http::BodySource* source = request.body_source;
    SW_RETURN_IF_ERROR(source->Rewind());
    wire.read_body = [source](const std::function<absl::Status(std::string_view)>& sink) {
      return Pump(*source, sink);
    };
  } else {
    wire.body = request.body;
  }
  return wire;
}

absl::StatusOr<http::Response> FromWire(const http::Request& request, const WireReply& reply,
                                        Clock& clock, absl::Duration sent) {
  if (request.cancellation.cancelled()) return request.cancellation.reason();
  switch (reply.delivery) {
    case WireReply::Delivery::kReset:
      return absl::UnavailableError(
          absl::StrCat(request.url.Redacted(), ": the server closed the connection"));
    case WireReply::Delivery::kNever:
      if (!SleepUnlessCancelled(clock, sent + request.total_timeout - clock.Monotonic(),
                                request.cancellation)) {
        return request.cancellation.reason();
      }
      return absl::DeadlineExceededError(absl::StrCat(request.url.Redacted(), ": no answer"));
    case WireReply::Delivery::kTruncated:
      return absl::DataLossError(absl::StrCat(request.url.Redacted(), ": the answer is truncated"));
    case WireReply::Delivery::kWhole:
      break;
  }
  http::Response response;
  response.status = reply.status;
  response.headers = reply.headers;
  response.final_url = request.url;
  if (request.method == http::Method::kHead) return response;
  const auto output = [&](std::string_view piece) -> absl::Status {
    if (request.sink != nullptr && response.ok()) {
      return request.sink->Write(piece);
    }
    response.body.append(piece);
    return absl::OkStatus();
  };
  SW_RETURN_IF_ERROR(Deliver(reply, request.max_body_bytes, output)).SetPrepend()
      << request.url.Redacted() << ": ";
  return response;
}

}  // namespace scriptworker::taskcluster::fake
