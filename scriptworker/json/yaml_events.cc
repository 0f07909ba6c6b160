// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_events.h"

#include <exception>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/json/utf8.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/yaml.h"

namespace scriptworker::json {
namespace {

YamlPosition PositionOf(const YAML::Mark& mark) {
  return {.line = mark.line + 1, .column = mark.column + 1};
}

// Carries a handler's error through yaml-cpp's parser.
struct HandlerError : std::exception {
  explicit HandlerError(absl::Status s) : status(std::move(s)) {}
  absl::Status status;
};

class Adapter : public YAML::EventHandler {
 public:
  explicit Adapter(YamlEventHandler& handler) : handler_(handler) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    names_.clear();
    Check(handler_.OnDocumentStart(PositionOf(mark)));
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string& name) override { next_name_ = name; }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(handler_.OnScalar(Node(mark, "?", anchor), "", /*plain=*/true));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(handler_.OnAlias(PositionOf(mark), names_[anchor]));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Check(handler_.OnScalar(Node(mark, tag, anchor), value, /*plain=*/tag == "?"));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Check(handler_.OnSequenceStart(Node(mark, tag, anchor)));
  }
  void OnSequenceEnd() override { Check(handler_.OnSequenceEnd()); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Check(handler_.OnMappingStart(Node(mark, tag, anchor)));
  }
  void OnMapEnd() override { Check(handler_.OnMappingEnd()); }

 private:
  static void Check(absl::Status status) {
    if (!status.ok()) throw HandlerError(std::move(status));
  }

  YamlNode Node(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor) {
    if (tag == "?" || tag == "!") tag = "";
    if (anchor == YAML::NullAnchor) return {.position = PositionOf(mark), .anchor = {}, .tag = tag};
    std::string& name = names_[anchor];
    name = std::exchange(next_name_, std::string());
    return {.position = PositionOf(mark), .anchor = name, .tag = tag};
  }

  YamlEventHandler& handler_;
  std::string next_name_;
  absl::flat_hash_map<YAML::anchor_t, std::string> names_;
};

}  // namespace

absl::Status YamlErrorAt(std::string_view source, YamlPosition position, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(source, ":", position.line, ":", position.column, ": ", what));
}

absl::Status ParseYamlEvents(std::string_view text, std::string_view source,
                             YamlEventHandler& handler) {
  if (FindInvalidUtf8(text) != std::string_view::npos) {
    return YamlErrorAt(source, {.line = 1, .column = 1}, "the text is no UTF-8");
  }
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    Adapter adapter(handler);
    while (parser.HandleNextDocument(adapter)) {
    }
    return absl::OkStatus();
  } catch (const HandlerError& error) {
    return error.status;
  } catch (const YAML::Exception& error) {
    return YamlErrorAt(source, PositionOf(error.mark), error.msg);
  } catch (const std::exception& error) {
    return YamlErrorAt(source, {.line = 1, .column = 1}, error.what());
  }
}

}  // namespace scriptworker::json
