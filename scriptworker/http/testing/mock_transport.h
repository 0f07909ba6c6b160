// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_TESTING_MOCK_TRANSPORT_H_
#define SCRIPTWORKER_HTTP_TESTING_MOCK_TRANSPORT_H_

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::http {

class MockTransport : public Transport {
 public:
  MOCK_METHOD(absl::StatusOr<Response>, Send, (const Request&), (override));
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_TESTING_MOCK_TRANSPORT_H_
