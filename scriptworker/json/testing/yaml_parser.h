// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_TESTING_YAML_PARSER_H_
#define SCRIPTWORKER_JSON_TESTING_YAML_PARSER_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "scriptworker/json/testing/yaml_scanner.h"
#include "scriptworker/json/testing/yaml_token.h"
#include "scriptworker/json/yaml_events.h"

namespace scriptworker::json {

// The grammar of YAML: makes events of tokens, as PyYAML's parser does, with its
// states on an own stack instead of recursion. Thread-compatible.
class YamlParser {
 public:
  // All must outlive the parser.
  YamlParser(const std::string& text, std::string_view source, YamlEventHandler& handler)
      : scanner_(text, source), handler_(handler) {}

  absl::Status Run();

 private:
  // What is expected next.
  enum class State {
    kImplicitDocument,
    kDocument,
    kDocumentContent,
    kDocumentEnd,
    kBlockNode,
    kBlockSequenceEntry,
    kIndentlessEntry,
    kBlockMappingKey,
    kBlockMappingValue,
    kFlowSequenceFirst,
    kFlowSequenceEntry,
    kPairKey,  // of a mapping of one pair in a flow sequence
    kPairValue,
    kPairEnd,
    kFlowMappingFirst,
    kFlowMappingKey,
    kFlowMappingValue,
    kFlowMappingEmptyValue,
  };
  enum class Nodes { kFlow, kBlock, kBlockOrIndentless };

  // All return false after an error.
  bool Step(State state);
  bool ImplicitDocument();
  bool Document();
  bool Directives();
  bool DocumentContent();
  bool Node(Nodes allowed);
  bool NodeContent(Nodes allowed, const YamlNode& node, bool has_properties);
  bool Properties(YamlNode& node, bool* present);
  bool ResolveTag(const YamlToken& token, YamlNode& node);
  bool BlockSequenceEntry();
  bool IndentlessEntry();
  bool BlockMappingKey();
  bool FlowSequenceEntry(bool first);
  bool PairKey();
  bool FlowMappingKey(bool first);
  // A node, then `after`; an empty scalar if one of `ends` comes instead.
  bool NodeUnless(std::initializer_list<YamlTokenType> ends, Nodes allowed, State after,
                  YamlPosition position);
  // As NodeUnless behind a ':', which may be absent.
  bool ValueUnless(std::initializer_list<YamlTokenType> ends, Nodes allowed, State after);
  bool EmptyScalar(YamlPosition position);

  bool Is(YamlTokenType type);  // false after an error as well
  bool IsOneOf(std::initializer_list<YamlTokenType> types);
  YamlPosition Here();
  bool Unexpected(std::string_view wanted);
  bool Send(absl::Status status);
  bool Then(State state) {
    states_.push_back(state);
    return true;
  }

  YamlScanner scanner_;
  YamlEventHandler& handler_;
  std::vector<State> states_;
  absl::flat_hash_map<std::string, std::string> tag_handles_;
  absl::Status status_;  // of the handler
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_TESTING_YAML_PARSER_H_
