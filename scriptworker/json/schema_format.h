// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_SCHEMA_FORMAT_H_
#define SCRIPTWORKER_JSON_SCHEMA_FORMAT_H_

#include <string_view>

namespace scriptworker::json {

using FormatChecker = bool (*)(std::string_view text);

// The check for a "format" of JSON Schema; nullptr for one that is not checked.
// Checked: date-time, date, time (RFC 3339), uri, uri-reference (RFC 3986),
// email, hostname, ipv4, ipv6, json-pointer, regex.
FormatChecker FindFormatChecker(std::string_view format);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_SCHEMA_FORMAT_H_
