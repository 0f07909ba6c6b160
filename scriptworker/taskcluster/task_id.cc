// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/task_id.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/random/uniform_int_distribution.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/taskcluster/base64_url.h"

namespace scriptworker::taskcluster {
namespace {

constexpr size_t kLength = 22;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

// What the UUID's version and variant bits leave at character `i`.
std::string_view Allowed(size_t i) {
  switch (i) {
    case 8:
      return "QRST";
    case 10:
      return "CGKOSWaeimquy26-";
    case kLength - 1:
      return "AQgw";
    default:
      return kAlphabet;
  }
}

}  // namespace

absl::StatusOr<TaskId> TaskId::Parse(std::string_view text) {
  bool good = text.size() == kLength;
  for (size_t i = 0; good && i < kLength; ++i) {
    good = absl::StrContains(Allowed(i), text[i]);
  }
  if (!good) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", absl::CHexEscape(text.substr(0, 100)),
                     "\" is no task id (22 characters of a version 4 slugid)"));
  }
  return TaskId(std::string(text));
}

TaskId TaskId::Random(absl::BitGenRef bitgen) {
  std::array<char, 16> bytes;
  for (char& byte : bytes) {
    byte = static_cast<char>(absl::uniform_int_distribution<int>(0, 255)(bitgen));
  }
  const auto set_bits = [&bytes](size_t i, int mask, int bits) {
    bytes[i] = static_cast<char>((bytes[i] & mask) | bits);
  };
  set_bits(0, 0x7f, 0);     // no '-' in front
  set_bits(6, 0x0f, 0x40);  // version 4
  set_bits(8, 0x3f, 0x80);  // variant of RFC 4122
  return TaskId(
      Base64UrlEncode(std::string_view(bytes.data(), bytes.size()), Base64Padding::kNone));
}

}  // namespace scriptworker::taskcluster
