// SPDX-License-Identifier: MPL-2.0
//
// What a recording must not hold, in one place. Redacting is idempotent, so that
// a redacted recording and the redacted form of a live request are equal.

#ifndef SCRIPTWORKER_HAR_REDACTION_H_
#define SCRIPTWORKER_HAR_REDACTION_H_

#include <string>
#include <string_view>

#include "scriptworker/har/har.h"
#include "scriptworker/http/headers.h"

namespace scriptworker::har {

// What a secret becomes.
inline constexpr std::string_view kRedacted = "REDACTED";

// Authorization keeps its scheme and, of Hawk, the client id. Cookie,
// Set-Cookie and their like lose their value; URLs in any value (Location,
// Link) lose their secret parameters.
http::Headers RedactHeaders(const http::Headers& headers);

// Works on URLs, JSON and any other text:
//   * values of secret URL parameters (bewit, X-Amz-Signature, ...);
//   * JSON members accessToken and their like, also where the JSON stands within
//     a JSON string;
//   * the mac of a Hawk header;
//   * seed and signature within a member certificate, which a client parses.
// The rest stays byte for byte.
std::string RedactText(std::string_view text);

// Coded bodies become decoded ones, since a secret cannot be found in a coded
// body; one that cannot be decoded becomes kRedacted (request) or goes (response),
// but a request's that is text, decoded already, stays.
RecordedRequest Redact(RecordedRequest request);
Exchange Redact(Exchange exchange);

}  // namespace scriptworker::har

#endif  // SCRIPTWORKER_HAR_REDACTION_H_
