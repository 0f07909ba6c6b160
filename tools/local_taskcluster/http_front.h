// SPDX-License-Identifier: MPL-2.0
//
// Between cpp-httplib's messages and those of the fake services.

#ifndef TOOLS_LOCAL_TASKCLUSTER_HTTP_FRONT_H_
#define TOOLS_LOCAL_TASKCLUSTER_HTTP_FRONT_H_

#include <functional>

#include "httplib.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::tools {

// Takes from a request, before its body is read, what httplib would act upon by
// itself: it would undo a Content-Encoding, cut answers by Range, and compress.
// The headers stay readable under names of their own.
void DisarmRequest(httplib::Request& request);

// The request without its body. REQUIRES: it was disarmed. Refers to `request`.
taskcluster::fake::WireRequest ToWire(const httplib::Request& request);

// Fills in the answer. `compress`: if the client accepts it and it is worth it.
void FromWire(const httplib::Request& request, const taskcluster::fake::WireReply& reply,
              bool compress, httplib::Response& response);

// Closes the connection of a request that is being answered.
void CloseConnection(const httplib::Request& request);

}  // namespace scriptworker::tools

#endif  // TOOLS_LOCAL_TASKCLUSTER_HTTP_FRONT_H_
