// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_READABLE_FORMAT_H_
#define SCRIPTWORKER_JSON_READABLE_FORMAT_H_

#include <cstddef>
#include <string>

#include "scriptworker/json/value.h"

namespace scriptworker::json {

// Format(), or FormatCompact() where the blanks of its indentation alone would be more than
// `max_indentation` bytes: a megabyte of lists in lists, 500 deep, would become 500 megabytes.
// For documents of others that people, or programs that read any JSON, get to see; not for what
// is signed.
std::string FormatReadably(const Value& value, size_t max_indentation = size_t{8} << 20);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_READABLE_FORMAT_H_
