// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_OBJECT_SCANNER_H_
#define SCRIPTWORKER_JSON_OBJECT_SCANNER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {

struct ObjectScannerOptions {
  std::string_view source = "JSON";  // names the text in errors; copied
  int max_depth = 512;
  size_t max_member_bytes = 16 << 20;  // of one wanted member's text
};

// Takes given members out of a huge JSON object that comes as a stream of
// bytes, such as one task out of a task graph. The whole text is checked as
// strictly as by Parse, except for duplicate keys in parts that are not wanted
// (a wanted key may not be repeated). Memory: the wanted members and a
// constant.
//
//   ObjectScanner scanner({"taskid1", "taskid2"});
//   while (...) SW_RETURN_IF_ERROR(scanner.Write(chunk));
//   SW_ASSIGN_OR_RETURN(Object found, scanner.Finish());
//
// Thread-compatible.
class ObjectScanner {
 public:
  explicit ObjectScanner(const std::vector<std::string>& wanted_keys,
                         const ObjectScannerOptions& options = {});
  ObjectScanner(ObjectScanner&&) noexcept;
  ObjectScanner& operator=(ObjectScanner&&) noexcept;
  ~ObjectScanner();

  // The next bytes, cut anywhere. An error is final. Errors as Parse;
  // kResourceExhausted for max_member_bytes.
  absl::Status Write(std::string_view bytes);

  // The members found, in the order of the text; a wanted key that is not there
  // is absent. Errors: the text was not complete.
  absl::StatusOr<Object> Finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_OBJECT_SCANNER_H_
