// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_HAWK_TRANSPORT_H_
#define SCRIPTWORKER_TASKCLUSTER_HAWK_TRANSPORT_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::taskcluster {

// Makes the nonce of each request. Must be thread-safe.
using NonceSource = std::function<std::string()>;

// 6 random URL-safe characters. Thread-safe.
std::string RandomNonce();

// Signs each request with Hawk and passes it on. Every Send() has a new time
// and nonce, so a RetryingTransport belongs around it, not inside.
//
// Requests with a body source or with redirects to follow are refused
// (InvalidArgument): their signature would not cover what is sent.
//
// Thread-safe if `inner` and `nonces` are.
class HawkTransport final : public http::Transport {
 public:
  // `inner` and `clock` must outlive this.
  HawkTransport(http::Transport& inner, Credentials credentials, Clock& clock,
                NonceSource nonces = RandomNonce);

  absl::StatusOr<http::Response> Send(const http::Request& request) override;

 private:
  http::Transport& inner_;
  const Credentials credentials_;
  Clock& clock_;
  const NonceSource nonces_;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_HAWK_TRANSPORT_H_
