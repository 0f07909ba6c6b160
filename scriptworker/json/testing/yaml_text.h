// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_TESTING_YAML_TEXT_H_
#define SCRIPTWORKER_JSON_TESTING_YAML_TEXT_H_

#include <string_view>

#include "scriptworker/json/testing/yaml_cursor.h"

namespace scriptworker::json {

// Reads the scalars of a YAML document with the rules of PyYAML's scanner. Each
// function starts at the scalar's first character, returns false after an error,
// and puts into `*text` what lives as long as the document and the cursor.

// A scalar without quotes. `indent`: of the block around it, -1 at the top.
// `*at_line_start`: whether it ended because a new line began.
bool ReadPlainText(YamlCursor& cursor, int indent, bool in_flow, std::string_view* text,
                   bool* at_line_start);

// 'text' or "text".
bool ReadQuotedText(YamlCursor& cursor, std::string_view* text);

// | or >, with what follows.
bool ReadBlockText(YamlCursor& cursor, int indent, std::string_view* text);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_TESTING_YAML_TEXT_H_
