// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_YAML_CPP_ADAPTER_H_
#define SCRIPTWORKER_JSON_YAML_CPP_ADAPTER_H_

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "scriptworker/json/yaml_events.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/mark.h"

namespace scriptworker::json {

// Carries an error through yaml-cpp's parser; never leaves ParseYamlEvents.
struct YamlRefusal : std::exception {
  explicit YamlRefusal(absl::Status s) : status(std::move(s)) {}
  absl::Status status;
};

// Hands yaml-cpp's events on, and refuses (by YamlRefusal) what yaml-cpp takes and
// PyYAML does not, as far as the text at an event's mark tells. Thread-compatible.
class YamlCppAdapter : public YAML::EventHandler {
 public:
  // All must outlive the adapter. `text` is what yaml-cpp reads.
  YamlCppAdapter(std::string_view text, std::string_view source, YamlEventHandler& handler)
      : text_(text), source_(source), handler_(handler) {}

  // To be called behind the last document.
  void OnEnd();
  YamlPosition PositionOf(const YAML::Mark& mark);

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override;
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override;
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override;

 private:
  // A collection that is still open.
  struct Frame {
    bool is_mapping;
    bool is_flow;
    bool next_is_key;
    size_t key_offset = 0;  // where the last key begins
  };

  size_t OffsetOf(const YAML::Mark& mark) const;
  void Refuse(const YAML::Mark& mark, std::string_view what);
  // Notes that a node begins; returns whether it is a key.
  bool BeginNode(const YAML::Mark& mark);
  void CheckAbsentNode(const YAML::Mark& mark, bool is_key);
  // Checks what lies between the last event and `end`.
  void CheckGap(size_t end);
  YamlNode Node(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor);
  bool InFlow() const { return !frames_.empty() && frames_.back().is_flow; }

  const std::string_view text_;
  const std::string_view source_;
  YamlEventHandler& handler_;
  int documents_ = 0;
  std::vector<Frame> frames_;
  size_t checked_ = 0;     // the text before this offset is
  bool in_block_ = false;  // the last event was a block scalar: what follows may be its text
  // Of PositionOf: the columns of `counted_line_` up to `counted_offset_`.
  int counted_line_ = -1;
  size_t counted_offset_ = 0;
  int counted_columns_ = 0;
  std::string next_name_;
  absl::flat_hash_map<YAML::anchor_t, std::string> names_;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_YAML_CPP_ADAPTER_H_
