// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_WHITESPACE_H_
#define SCRIPTWORKER_JSONE_WHITESPACE_H_

#include <cstddef>
#include <string_view>

namespace scriptworker::jsone {

// White space as json-e's implementations have it: ASCII's, and Unicode's space
// separators, line and paragraph separator and byte order mark.

// The number of bytes of the white space character that `text` begins with; 0
// if it begins with none.
size_t LeadingWhitespace(std::string_view text);
std::string_view StripLeading(std::string_view text);
std::string_view StripTrailing(std::string_view text);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_WHITESPACE_H_
