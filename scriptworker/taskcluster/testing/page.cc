// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/page.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/api.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr size_t kMaxPage = 1000;

}  // namespace

std::optional<size_t> PageSize(const ApiCall& call) {
  const auto limit = call.query.find("limit");
  if (limit == call.query.end()) return kMaxPage;
  size_t size = kMaxPage;
  if (!absl::SimpleAtoi(limit->second, &size)) return kMaxPage;
  if (size == 0) return std::nullopt;
  return std::min(size, kMaxPage);
}

std::string ArtifactToken(std::string_view task_id, int run_id, std::string_view name) {
  return crypto::Base64Encode(json::FormatCompact(json::Array{task_id, run_id, name}));
}

std::string ArtifactNameInToken(std::string_view token) {
  const absl::StatusOr<std::string> text = crypto::Base64Decode(token);
  if (!text.ok()) return "";
  const absl::StatusOr<json::Value> value = json::Parse(*text);
  if (!value.ok() || !value->is_array() || value->array().size() != 3 ||
      !value->array()[2].is_string()) {
    return "";
  }
  return std::string(value->array()[2].string_value());
}

std::string OffsetToken(size_t offset) { return absl::StrFormat("page%06d", offset); }

size_t OffsetInToken(std::string_view token) {
  size_t offset = 0;
  if (!absl::ConsumePrefix(&token, "page")) return 0;
  return absl::SimpleAtoi(token, &offset) ? offset : 0;
}

}  // namespace scriptworker::taskcluster::fake
