// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_JSON_READER_H_
#define SCRIPTWORKER_JSON_JSON_READER_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {

// Typed access to a document from outside. Every error is kInvalidArgument and
// says where and what: "task.json: $.payload.maxRunTime: expected an integer,
// found a string". Values are never shown, they may be secret.
//
// Cheap to copy apart from its path. Thread-compatible.
class Reader {
 public:
  // `value` must outlive the reader and all readers made from it.
  Reader(const Value& value, std::string_view source);

  const Value& value() const { return *value_; }
  const std::string& source() const { return source_; }
  // As in JSONPath: "$", "$.payload.command[0]", "$.env[\"a b\"]".
  const std::string& path() const { return path_; }

  // This value.
  absl::StatusOr<std::string> AsString() const;
  absl::StatusOr<int64_t> AsInt() const;  // 3.0 is no integer
  absl::StatusOr<bool> AsBool() const;
  absl::StatusOr<double> AsDouble() const;  // any number
  absl::StatusOr<std::vector<std::string>> AsStrings() const;
  absl::StatusOr<std::vector<Reader>> Elements() const;
  absl::StatusOr<std::vector<std::pair<std::string, Reader>>> Members() const;
  absl::Status CheckObject() const;
  absl::Status CheckArray() const;

  // A member. Errors: this is no object; the member is absent (not for
  // OptionalField) or of another type.
  absl::StatusOr<Reader> Field(std::string_view key) const;
  // nullopt: absent. A member that is null is present.
  absl::StatusOr<std::optional<Reader>> OptionalField(std::string_view key) const;
  absl::StatusOr<std::string> String(std::string_view key) const;
  absl::StatusOr<int64_t> Int(std::string_view key) const;
  absl::StatusOr<bool> Bool(std::string_view key) const;
  absl::StatusOr<std::vector<std::string>> Strings(std::string_view key) const;

  // As above, `absent` if the member is absent.
  absl::StatusOr<std::string> StringOr(std::string_view key, std::string_view absent) const;
  absl::StatusOr<int64_t> IntOr(std::string_view key, int64_t absent) const;
  absl::StatusOr<bool> BoolOr(std::string_view key, bool absent) const;
  absl::StatusOr<double> DoubleOr(std::string_view key, double absent) const;
  absl::StatusOr<std::vector<std::string>> StringsOr(std::string_view key,
                                                     std::vector<std::string> absent) const;

  // An error for every member whose key is not in `known`, all in one message.
  absl::Status RefuseOtherFields(std::initializer_list<std::string_view> known) const;

  // "SOURCE: PATH: expected WHAT, found a string", kInvalidArgument.
  absl::Status Expected(std::string_view what) const;
  // "SOURCE: PATH: MESSAGE", kInvalidArgument.
  absl::Status Error(std::string_view message) const;

 private:
  Reader(const Value& value, std::string_view source, std::string path);

  const Value* value_;
  std::string source_;
  std::string path_;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_JSON_READER_H_
