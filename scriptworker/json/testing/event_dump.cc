// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/testing/event_dump.h"

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scriptworker/json/format.h"

namespace scriptworker::json {
namespace {

class Dumper : public YamlEventHandler {
 public:
  std::string Take() { return std::string(absl::StripTrailingAsciiWhitespace(out_)); }

  absl::Status OnDocumentStart(YamlPosition) override { return Put("doc"); }
  absl::Status OnScalar(const YamlNode& node, std::string_view text, bool plain) override {
    // yaml-cpp does not tell how a null was written.
    if (plain && (text == "~" || text == "null" || text == "Null" || text == "NULL")) text = "";
    std::string literal = FormatString(text);
    literal = literal.substr(1, literal.size() - 2);
    return Put(plain ? absl::StrCat("=", literal) : absl::StrCat("='", literal, "'"), &node);
  }
  absl::Status OnAlias(YamlPosition, std::string_view anchor) override {
    return Put(absl::StrCat("*", anchor));
  }
  absl::Status OnSequenceStart(const YamlNode& node) override { return Put("[", &node); }
  absl::Status OnSequenceEnd() override { return Put("]"); }
  absl::Status OnMappingStart(const YamlNode& node) override { return Put("{", &node); }
  absl::Status OnMappingEnd() override { return Put("}"); }

 private:
  absl::Status Put(std::string_view word, const YamlNode* node = nullptr) {
    if (node != nullptr && !node->anchor.empty()) absl::StrAppend(&out_, "&", node->anchor, " ");
    if (node != nullptr && !node->tag.empty()) absl::StrAppend(&out_, "<", node->tag, "> ");
    absl::StrAppend(&out_, word, " ");
    return absl::OkStatus();
  }

  std::string out_;
};

}  // namespace

std::string DumpYamlEvents(
    std::string_view text,
    absl::FunctionRef<absl::Status(std::string_view, std::string_view, YamlEventHandler&)> parse) {
  Dumper dumper;
  const absl::Status status = parse(text, "error ", dumper);
  if (status.ok()) return dumper.Take();
  std::string_view message = status.message();
  absl::ConsumePrefix(&message, "error :");
  return absl::StrCat("error ", message);
}

}  // namespace scriptworker::json
