// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_TESTING_YAML_TAG_H_
#define SCRIPTWORKER_JSON_TESTING_YAML_TAG_H_

#include <cstddef>
#include <string_view>

#include "scriptworker/json/testing/yaml_cursor.h"
#include "scriptworker/json/testing/yaml_token.h"

namespace scriptworker::json {

// Reads tags and directives of a YAML document with the rules of PyYAML's
// scanner. Each function starts at the first character and returns false after an
// error; the token's parts live as long as the document and the cursor.

// !text, !!text, !handle!text, !<text> or ! alone.
bool ReadYamlTag(YamlCursor& cursor, YamlToken* token);

// A line that begins with %.
bool ReadYamlDirective(YamlCursor& cursor, YamlToken* token);

// The length of a name at offset `from`: letters, digits, "-" and "_".
size_t YamlNameLength(const YamlCursor& cursor, size_t from = 0);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_TESTING_YAML_TAG_H_
