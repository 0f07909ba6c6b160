// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/transport.h"

#include <optional>
#include <string_view>

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
  for (Method method : {Method::kGet, Method::kHead, Method::kPost,
                        Method::kPut, Method::kDelete}) {
    if (name == MethodName(method)) return method;
  }
  return std::nullopt;
}

}  // namespace scriptworker::http
