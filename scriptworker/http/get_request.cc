// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/http/get_request.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace scriptworker::http {
namespace {

bool IsGraphic(char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); }

// Cuts off what stands in front of the next blank, and the blank.
std::string_view TakeWord(std::string_view& line) {
  const size_t blank = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, blank);
  line.remove_prefix(std::min(blank + 1, line.size()));
  return word;
}

}  // namespace

absl::StatusOr<std::string> ParseGetRequest(std::string_view request) {
  std::string_view line = absl::StripSuffix(request.substr(0, request.find('\n')), "\r");
  const std::string_view method = TakeWord(line);
  const std::string_view target = TakeWord(line);
  if (!absl::StartsWith(line, "HTTP/1.") || !absl::StartsWith(target, "/") ||
      !std::all_of(target.begin(), target.end(), IsGraphic)) {
    return absl::InvalidArgumentError("expected an HTTP/1 request");
  }
  if (method != "GET") return absl::UnimplementedError("GET is all that is understood here");
  return std::string(target.substr(0, target.find('?')));
}

}  // namespace scriptworker::http
