// SPDX-License-Identifier: MPL-2.0
//
// Reading a document that people write: like json::Reader, but it goes on
// after a defect, so that all of them are reported at once.
#ifndef COT_POLICY_DOCUMENT_PART_H_
#define COT_POLICY_DOCUMENT_PART_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "scriptworker/json/value.h"

namespace cot {

// What somebody who writes YAML calls a value of this type: "a list", not "an array".
std::string_view YamlTypeName(scriptworker::json::Value::Type type);

// Receives a defect: an RFC 6901 pointer to the place, relative to the value
// that is read, and a sentence without that place.
using ReportDefect = absl::FunctionRef<void(std::string_view pointer, std::string sentence)>;

// A value inside the document and its place. What it refers to must outlive
// it. Thread-compatible.
class DocumentPart {
 public:
  DocumentPart(const scriptworker::json::Value& value, ReportDefect report)
      : value_(value), report_(report) {}

  const scriptworker::json::Value& value() const { return value_; }
  void Defect(std::string_view sentence) const;
  // "expected WHAT, found a string".
  void Expected(std::string_view what) const;

  // nullopt, and a defect, if the value is none. A list leaves out the
  // elements that are no strings, each of which is a defect.
  std::optional<std::string> AsString() const;
  std::optional<std::vector<std::string>> AsStrings() const;
  std::optional<bool> AsBool() const;

  // Calls `read` for each element or member. False, and a defect that expected
  // `what`, if the value is no array, no object.
  bool ForEachElement(std::string_view what,
                      absl::FunctionRef<void(const DocumentPart& element)> read) const;
  bool ForEachMember(
      std::string_view what,
      absl::FunctionRef<void(std::string_view key, const DocumentPart& member)> read) const;

 private:
  DocumentPart Child(std::string_view token, const scriptworker::json::Value& value) const;

  const scriptworker::json::Value& value_;
  std::string pointer_;
  ReportDefect report_;
};

}  // namespace cot

#endif  // COT_POLICY_DOCUMENT_PART_H_
