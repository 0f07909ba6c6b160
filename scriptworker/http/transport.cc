// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/transport.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker::http {

std::string_view MethodName(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kDelete:
      return "DELETE";
  }
  return "";
}

std::optional<Method> ParseMethod(std::string_view name) {
  for (Method method :
       {Method::kGet, Method::kHead, Method::kPost, Method::kPut, Method::kDelete}) {
    if (name == MethodName(method)) return method;
  }
  return std::nullopt;
}

absl::StatusOr<std::string> ReadBody(const Request& request) {
  if (request.body_source == nullptr) return request.body;
  std::string body;
  std::string buffer(size_t{16} << 10, '\0');
  for (;;) {
    SW_ASSIGN_OR_RETURN(const size_t size, request.body_source->Read(absl::MakeSpan(buffer)));
    if (size == 0) break;
    body.append(buffer, 0, size);
  }
  if (static_cast<int64_t>(body.size()) != request.body_source->size()) {
    return absl::DataLossError(absl::StrCat("the request's body has ", body.size(), " bytes, not ",
                                            request.body_source->size()));
  }
  return body;
}

}  // namespace scriptworker::http
