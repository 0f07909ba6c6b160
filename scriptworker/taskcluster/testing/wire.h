// SPDX-License-Identifier: MPL-2.0
//
// HTTP messages as the fake services see them, apart from any transport.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_WIRE_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_WIRE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/testing/blob.h"

namespace scriptworker::taskcluster::fake {

struct WireRequest {
  // The path of the target, without the query.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  // The query without its question mark; empty if there is none.
  std::string_view query() const {
    const size_t mark = target.find('?');
    return mark == std::string::npos ? std::string_view()
                                     : std::string_view(target).substr(mark + 1);
  }

  http::Method method = http::Method::kGet;
  std::string target;  // byte for byte as sent: the MAC is over it
  std::string host;    // of the Host header: lower case, without port
  int port = 0;
  http::Headers headers;
  std::string body;
  // An upload's body, piece by piece, in place of `body`. An error: it did not
  // arrive as a whole.
  std::function<absl::Status(const std::function<absl::Status(std::string_view)>& sink)> read_body;

  // How long the client waits for an answer.
  absl::Duration patience = absl::InfiniteDuration();
  // The client does not want an answer any more: ends a long poll at once.
  CancellationToken cancellation;
  // Whether the client is gone; asked now and then by a long poll. May be null.
  std::function<bool()> is_abandoned;
};

struct WireReply {
  // What becomes of the answer.
  enum class Delivery {
    kWhole,
    kTruncated,  // the body ends in the middle, then the connection
    kReset,      // the connection ends without an answer
    kNever,      // the connection stays, silent
  };

  int status = 200;
  http::Headers headers;  // neither Content-Length nor Connection
  std::string body;
  std::shared_ptr<const Blob> blob;  // in place of `body`, if set: these bytes
  int64_t blob_offset = 0;
  int64_t blob_length = 0;
  Delivery delivery = Delivery::kWhole;
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_WIRE_H_
