// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_BEWIT_H_
#define SCRIPTWORKER_TASKCLUSTER_BEWIT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/hawk.h"

// A bewit is Hawk in a query parameter: a URL that whoever has it may GET until
// it expires. It is a secret; http::Url::Redacted() cuts it off.
// All functions are pure and thread-safe.
namespace scriptworker::taskcluster {

// `url` with a bewit appended that is good until `expiry` (cut to seconds).
// InvalidArgument without credentials to sign with.
absl::StatusOr<http::Url> SignedUrl(const http::Url& url, const Credentials& credentials,
                                    absl::Time expiry);

struct Bewit {
  std::string id;
  int64_t expiry = 0;  // seconds since the epoch
  std::string mac;
  std::string ext;
  // The request's target without the bewit: what the MAC covers.
  std::string target;
};

// Takes the bewit out of a request's target. NotFound if there is none,
// InvalidArgument if there are two or it cannot be read.
absl::StatusOr<Bewit> ParseBewit(std::string_view target);

// The MAC that `bewit` must have. `request.target` is not read.
std::string BewitMac(const Bewit& bewit, const HawkRequest& request,
                     const SecretString& access_token);

// Unauthenticated if the MAC is not that of the request. Its expiry,
// certificates and scopes are up to the caller.
absl::Status VerifyBewit(const Bewit& bewit, const HawkRequest& request,
                         const SecretString& access_token);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_BEWIT_H_
