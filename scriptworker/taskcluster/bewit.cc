// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/bewit.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/crypto/hmac.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/base64_url.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/hawk.h"

namespace scriptworker::taskcluster {
namespace {

constexpr std::string_view kParameter = "bewit=";

// Where `bewit=` begins as a parameter of the target's query, at or after
// `from`; npos if nowhere.
size_t FindParameter(std::string_view target, size_t from) {
  for (size_t at = target.find(kParameter, from); at != std::string_view::npos;
       at = target.find(kParameter, at + 1)) {
    if (at > 0 && (target[at - 1] == '?' || target[at - 1] == '&')) return at;
  }
  return std::string_view::npos;
}

}  // namespace

absl::StatusOr<http::Url> SignedUrl(const http::Url& url, const Credentials& credentials,
                                    absl::Time expiry) {
  if (credentials.client_id.empty() || credentials.access_token.empty()) {
    return absl::InvalidArgumentError("no credentials to sign a URL with");
  }
  Bewit bewit;
  bewit.id = credentials.client_id;
  bewit.expiry = absl::ToUnixSeconds(expiry);
  bewit.ext = HawkExt(credentials);
  bewit.target = std::string(url.target());
  const std::string text = absl::StrCat(
      bewit.id, "\\", bewit.expiry, "\\",
      BewitMac(bewit, MakeHawkRequest(http::Method::kGet, url), credentials.access_token), "\\",
      bewit.ext);
  return url.WithTarget(absl::StrCat(bewit.target, absl::StrContains(bewit.target, '?') ? "&" : "?",
                                     kParameter, Base64UrlEncode(text, Base64Padding::kNone)));
}

absl::StatusOr<Bewit> ParseBewit(std::string_view target) {
  const size_t query = target.find('?');
  const size_t at =
      query == std::string_view::npos ? std::string_view::npos : FindParameter(target, query);
  if (at == std::string_view::npos) {
    return absl::NotFoundError("the URL has no bewit");
  }
  const size_t begin = at + kParameter.size();
  const size_t end = std::min(target.find('&', begin), target.size());
  if (FindParameter(target, begin) != std::string_view::npos) {
    return absl::InvalidArgumentError("the URL has two bewits");
  }
  const absl::StatusOr<std::string> text = Base64UrlDecode(target.substr(begin, end - begin));
  if (!text.ok()) {
    return absl::InvalidArgumentError("the bewit is no base64");
  }
  const std::vector<std::string_view> parts = absl::StrSplit(*text, '\\');
  Bewit bewit;
  if (parts.size() != 4 || parts[0].empty() || parts[1].empty() || parts[2].empty() ||
      !std::all_of(parts[1].begin(), parts[1].end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(parts[1], &bewit.expiry)) {
    return absl::InvalidArgumentError("the bewit has not the four parts");
  }
  bewit.id = std::string(parts[0]);
  bewit.mac = std::string(parts[2]);
  bewit.ext = std::string(parts[3]);
  // "?bewit=X&a=1" leaves "?a=1"; "?a=1&bewit=X" leaves "?a=1".
  bewit.target = end < target.size() ? absl::StrCat(target.substr(0, at), target.substr(end + 1))
                                     : std::string(target.substr(0, at - 1));
  return bewit;
}

std::string BewitMac(const Bewit& bewit, const HawkRequest& request,
                     const SecretString& access_token) {
  const std::string text = absl::StrCat("hawk.1.bewit\n", bewit.expiry, "\n\nGET\n", bewit.target,
                                        "\n", absl::AsciiStrToLower(request.host), "\n",
                                        request.port, "\n\n", bewit.ext, "\n");
  return crypto::Base64Encode(crypto::HmacSha256(access_token.reveal(), text));
}

absl::Status VerifyBewit(const Bewit& bewit, const HawkRequest& request,
                         const SecretString& access_token) {
  if (!crypto::ConstantTimeEqual(bewit.mac, BewitMac(bewit, request, access_token))) {
    return absl::UnauthenticatedError("Unauthorized: Bad mac");
  }
  return absl::OkStatus();
}

}  // namespace scriptworker::taskcluster
