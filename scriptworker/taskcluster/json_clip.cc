// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/json_clip.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace scriptworker::taskcluster {

std::string ClipJson(std::string_view text, int max_depth) {
  std::string clipped;
  int64_t depth = 0;
  bool in_string = false;
  bool escaped = false;
  for (const char c : text) {
    const bool closes = !in_string && (c == ']' || c == '}');
    if (closes) --depth;
    if (depth < max_depth) clipped.push_back(c);
    if (in_string) {
      if (!escaped && c == '"') in_string = false;
      escaped = !escaped && c == '\\';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    }
  }
  return clipped;
}

}  // namespace scriptworker::taskcluster
