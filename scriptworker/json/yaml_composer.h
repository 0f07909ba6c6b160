// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_YAML_COMPOSER_H_
#define SCRIPTWORKER_JSON_YAML_COMPOSER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/json/yaml_events.h"
#include "scriptworker/json/yaml_position.h"

namespace scriptworker::json {

// Makes the values of documents from their events, as PyYAML's composer and safe
// constructor do. An alias shares its anchor's value, but counts in full against
// the budgets. Thread-compatible.
class YamlComposer : public YamlEventHandler {
 public:
  // `options` and what it names must outlive the composer; `marks` gets the
  // positions, unless it is nullptr. A second document is an error unless
  // `is_stream`.
  YamlComposer(const YamlOptions& options, YamlMarks* marks, bool is_stream);

  absl::Status OnDocumentStart(YamlPosition position) override;
  absl::Status OnScalar(const YamlNode& node, std::string_view text, bool plain) override;
  absl::Status OnAlias(YamlPosition position, std::string_view anchor) override;
  absl::Status OnSequenceStart(const YamlNode& node) override;
  absl::Status OnSequenceEnd() override;
  absl::Status OnMappingStart(const YamlNode& node) override;
  absl::Status OnMappingEnd() override;

  // REQUIRES: all events are through.
  std::vector<Value> TakeDocuments() { return std::move(documents_); }

 private:
  // A complete node.
  struct Node {
    Value value;
    YamlPosition position;
    int64_t nodes = 1;  // itself and all below, aliases counted in full
    int height = 0;     // levels of collections
    bool is_merge_key = false;
  };
  struct Anchor {
    bool complete = false;
    Node node;
  };
  // A collection that is still open.
  struct Frame {
    bool is_mapping;
    YamlPosition position;
    std::string anchor;
    int64_t nodes = 1;
    int height = 1;
    Array elements = {};
    Object members = {};
    Object merged = {};  // from merge keys: members come after and win
    bool has_key = false;
    bool key_is_merge = false;
    Value key = {};
    size_t pointer_size;  // of pointer_ when the frame was opened
  };

  absl::Status Fail(YamlPosition position, std::string_view what) const;
  absl::Status OpenCollection(const YamlNode& node, bool is_mapping);
  absl::Status CloseCollection();
  absl::Status RegisterAnchor(const YamlNode& node);
  void CompleteAnchor(std::string_view name, const Node& node);
  absl::Status CheckBudgets(const Node& node) const;
  absl::Status Add(Node node);
  absl::Status AddKey(Frame& frame, const Node& node);
  absl::Status AddMember(Frame& frame, Node node);
  absl::Status Merge(Frame& frame, const Node& node);
  absl::StatusOr<Value> KeyOf(const Node& node) const;
  void MarkNext(YamlPosition position);

  const YamlOptions& options_;
  YamlMarks* const marks_;
  std::vector<Frame> frames_;
  absl::flat_hash_map<std::string, Anchor> anchors_;
  std::string pointer_;  // of the innermost frame's current part; with marks_
  int64_t total_nodes_ = 0;
  const bool is_stream_;
  bool has_document_ = false;
  std::vector<Value> documents_;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_YAML_COMPOSER_H_
