// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_OPAQUE_H_
#define SCRIPTWORKER_JSON_OPAQUE_H_

#include <string_view>

namespace scriptworker::json {

// Something that is no JSON but travels in a Value, such as a function in a
// template's context. Shared by all copies of the Value and deleted with the
// last; may be deleted by any thread.
class Opaque {
 public:
  Opaque() = default;
  Opaque(const Opaque&) = delete;
  Opaque& operator=(const Opaque&) = delete;
  virtual ~Opaque() = default;

  // For messages, with its article: "a function". Must stay valid for ever.
  virtual std::string_view type_name() const = 0;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_OPAQUE_H_
