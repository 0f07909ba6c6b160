// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_YAML_POSITION_H_
#define SCRIPTWORKER_JSON_YAML_POSITION_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"

namespace scriptworker::json {

// Where a part of a document stands, from 1; columns count code points.
struct YamlPosition {
  int line = 0;
  int column = 0;

  friend bool operator==(const YamlPosition&, const YamlPosition&) = default;
};

// The positions of a document's parts. A member of a mapping is at its key, an
// element of a sequence at its first character. Thread-compatible.
class YamlMarks {
 public:
  // By JSON pointer (RFC 6901): "" is the document, "/a/0" element 0 of member
  // a. For what was not in the text (such as an absent member), the position of
  // the nearest part around it; nullopt only if nothing is known.
  std::optional<YamlPosition> Find(std::string_view json_pointer) const;
  // "FILE:LINE: ", or "FILE: " when nothing is known.
  std::string Prefix(std::string_view json_pointer) const;

  // The last position given for a pointer counts.
  void Add(std::string_view json_pointer, YamlPosition position);
  void set_source(std::string_view source) { source_ = std::string(source); }

 private:
  std::string source_;
  absl::flat_hash_map<std::string, YamlPosition> positions_;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_YAML_POSITION_H_
