// SPDX-License-Identifier: MPL-2.0
//
// Collects all that is wrong with a YAML document, so that one run reports
// everything, each with file, line and key.
#ifndef COT_POLICY_DEFECT_LIST_H_
#define COT_POLICY_DEFECT_LIST_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "scriptworker/json/yaml.h"

namespace cot {

// Thread-compatible.
class DefectList {
 public:
  // `marks` must outlive the list.
  DefectList(std::string_view source, const scriptworker::json::YamlMarks& marks);

  // `pointer` (RFC 6901) is the place in the document.
  void Add(std::string_view pointer, std::string_view sentence);
  // For a top-level key that the document does not have; reported last.
  void AddAbsentKey(std::string_view key, std::string_view sentence);

  bool empty() const { return defects_.empty(); }
  // OK when empty, else kInvalidArgument: one `SOURCE:LINE: KEY: SENTENCE` per
  // line of the message, in the order of the document; control characters
  // are written as \xNN.
  absl::Status ToStatus() const;

 private:
  struct Defect {
    int line;
    std::string text;
  };

  const std::string source_;
  const scriptworker::json::YamlMarks& marks_;
  std::vector<Defect> defects_;
};

// How a person writes the place of a pointer: `a.b[0]["c:d"]`.
std::string KeyPath(std::string_view pointer);

}  // namespace cot

#endif  // COT_POLICY_DEFECT_LIST_H_
