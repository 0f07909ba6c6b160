// SPDX-License-Identifier: MPL-2.0
//
// Shell patterns as Python's fnmatch.fnmatchcase has them.

#ifndef SCRIPTWORKER_BASE_GLOB_H_
#define SCRIPTWORKER_BASE_GLOB_H_

#include <string_view>

namespace scriptworker {

// Whether all of `name` matches: '*' is any run of characters ('/' and newline
// included), '?' one character, "[seq]" and "[!seq]" one character (not) of a
// set with ranges; a '[' that is never closed stands for itself; there is no
// escape character. Case-sensitive. Characters are Unicode code points of
// UTF-8; a byte that is not valid UTF-8 is a character that equals only that
// same byte. One oddity is not followed: a set whose first range is empty and
// whose rest starts with '!' ("[b-a!c]") is a negated set in Python. Takes at
// most O(|pattern| * |name|) time and no recursion.
bool GlobMatch(std::string_view pattern, std::string_view name);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_GLOB_H_
