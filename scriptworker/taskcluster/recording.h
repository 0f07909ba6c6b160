// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_RECORDING_H_
#define SCRIPTWORKER_TASKCLUSTER_RECORDING_H_

#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/http/headers.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/credentials.h"

// The recorded exchanges of testdata/recordings as this package's tests need
// them: with the authorizations that a HAR replay would redact. For tests.
namespace scriptworker::taskcluster {

struct RecordedExchange {
  std::string method;
  std::string target;  // as on the wire
  http::Url url;       // scheme, host and port of the server
  http::Headers request_headers;
  std::string request_type;  // Content-Type of the body
  std::string request_body;
  int status = 0;  // 0: no answer came
  http::Headers response_headers;
  std::string response_body;  // decoded
  std::string comment;
  bool mac_is_wrong = false;  // on purpose
  bool incomplete = false;    // the body was cut short
};

struct RecordedCredentials {
  Credentials credentials;
  std::string origin;
};

struct Recording {
  std::string scenario;
  std::vector<RecordedExchange> exchanges;
  std::vector<RecordedCredentials> credentials;

  // Those that a request with this id and ext was signed with: equal client id
  // and certificate. Several, if an id has several tokens.
  std::vector<Credentials> FindCredentials(std::string_view client_id, std::string_view ext) const;
};

// Reads testdata/recordings/SCENARIO. Crashes if it cannot.
Recording LoadRecording(std::string_view scenario);
// The names of all scenarios among the test's data.
std::vector<std::string> ListRecordings();

// Answers the n-th request of a method and target as the n-th one recorded was
// answered. The body must be that of the recording, or the answer is an error
// that fails the call. `used` counts.
http::FunctionTransport::Function Replay(const Recording& recording, int* used);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_RECORDING_H_
