// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/base64_url.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/crypto/base64.h"

namespace scriptworker::taskcluster {

std::string Base64UrlEncode(std::string_view bytes, Base64Padding padding) {
  std::string text = crypto::Base64Encode(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  if (padding == Base64Padding::kNone) {
    text.erase(text.find_last_not_of('=') + 1);
  }
  return text;
}

absl::StatusOr<std::string> Base64UrlDecode(std::string_view text) {
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  if (standard.find('=') == std::string::npos) {
    standard.append((4 - standard.size() % 4) % 4, '=');
  }
  return crypto::Base64Decode(standard);
}

}  // namespace scriptworker::taskcluster
