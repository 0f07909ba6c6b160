// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_HEADERS_H_
#define SCRIPTWORKER_HTTP_HEADERS_H_

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace scriptworker::http {

// The header fields of a message in their order, names in their given case.
// Names compare without regard to case. Thread-compatible.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  using value_type = Field;
  using const_iterator = std::vector<Field>::const_iterator;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  // Appends; a name may occur several times.
  void Add(std::string_view name, std::string_view value);
  // Replaces all fields of that name by one, in the place of the first.
  void Set(std::string_view name, std::string_view value);
  void Remove(std::string_view name);
  // The first field of that name. Valid until the next change.
  std::optional<std::string_view> Find(std::string_view name) const;
  bool contains(std::string_view name) const { return Find(name).has_value(); }

  const_iterator begin() const { return fields_.begin(); }
  const_iterator end() const { return fields_.end(); }
  size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }

  friend bool operator==(const Headers& a, const Headers& b) { return a.fields_ == b.fields_; }

 private:
  std::vector<Field> fields_;
};

// OK if each name is an RFC 9110 token and no value holds a control character
// (tabs are fine): nothing in them can begin another field or message.
// Else kInvalidArgument with the name; never the value, which may be a secret.
absl::Status ValidateHeaders(const Headers& headers);

// Adds the field of one line `Name: value` (line end stripped or not) as a
// server sent it; false, with nothing added, if it is no header field.
bool AddHeaderLine(std::string_view line, Headers& headers);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_HEADERS_H_
