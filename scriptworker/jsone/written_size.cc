// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/written_size.h"

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "scriptworker/base/status_macros.h"
#include "scriptworker/jsone/function.h"
#include "scriptworker/jsone/template_error.h"

namespace scriptworker::jsone {
namespace {

// Walks a value with all its parts, those that are shared once for each place.
class Walker {
 public:
  explicit Walker(Budget& budget) : budget_(budget) {}

  absl::Status Walk(const json::Value& value, int depth) {
    SW_RETURN_IF_ERROR(budget_.Step());
    SW_RETURN_IF_ERROR(Budget::CheckValueDepth(depth));
    SW_RETURN_IF_ERROR(Count(value));
    if (value.is_array()) {
      for (const json::Value& element : value.array()) {
        SW_RETURN_IF_ERROR(Walk(element, depth + 1));
      }
    } else if (value.is_object()) {
      for (const json::Member& member : value.object()) {
        SW_RETURN_IF_ERROR(AddText(member.key().size()));
        SW_RETURN_IF_ERROR(Walk(member.value(), depth + 1));
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Count(const json::Value& value) {
    if (IsFunction(value)) {
      return TemplateError(ErrorClass::kTemplate,
                           "evaluated template contained uncalled functions");
    }
    if (value.type() == json::Value::Type::kDouble && !std::isfinite(value.double_value())) {
      return TemplateError(ErrorClass::kTemplate,
                           "evaluated template contained a number that is not finite");
    }
    if (++nodes_ > budget_.limits().max_nodes) return budget_.NodesExceeded();
    return value.is_string() ? AddText(value.string_value().size()) : absl::OkStatus();
  }

  absl::Status AddText(size_t bytes) {
    SW_RETURN_IF_ERROR(budget_.ReadText(bytes));  // whoever compares it reads it
    text_bytes_ += static_cast<int64_t>(bytes);
    return text_bytes_ <= budget_.limits().max_string_bytes ? absl::OkStatus()
                                                            : budget_.BytesExceeded();
  }

  Budget& budget_;
  int64_t nodes_ = 0;
  int64_t text_bytes_ = 0;
};

}  // namespace

absl::Status CheckWrittenSize(const json::Value& value, Budget& budget) {
  return Walker(budget).Walk(value, 0);
}

}  // namespace scriptworker::jsone
