// SPDX-License-Identifier: MPL-2.0
//
// Between http::Transport's messages and those of the fake services: what a
// real transport, the network and a server's front do together.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_IN_PROCESS_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_IN_PROCESS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::taskcluster::fake {

// The request as it arrives. Refers to `request`, which must outlive it.
absl::StatusOr<WireRequest> ToWire(const http::Request& request);

// The reply as the client gets it: decoded, in the sink if it has one, or the
// error that goes with its delivery. For an answer that never comes it waits, by
// `clock`, until the request's total_timeout is over; `sent` is the monotonic
// time at which it began.
absl::StatusOr<http::Response> FromWire(const http::Request& request, const WireReply& reply,
                                        Clock& clock, absl::Duration sent);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_IN_PROCESS_H_
