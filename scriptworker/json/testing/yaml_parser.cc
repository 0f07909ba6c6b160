// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/testing/yaml_parser.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/json/testing/yaml_token.h"

namespace scriptworker::json {

using Type = YamlTokenType;

absl::Status YamlParser::Run() {
  states_.push_back(State::kImplicitDocument);
  while (!states_.empty()) {
    const State state = states_.back();
    states_.pop_back();
    if (!Step(state)) break;
  }
  return status_.ok() ? scanner_.status() : status_;
}

bool YamlParser::Step(State state) {
  static constexpr auto kSequenceEnds = {Type::kFlowEntry, Type::kFlowSequenceEnd};
  static constexpr auto kMappingEnds = {Type::kFlowEntry, Type::kFlowMappingEnd};
  static constexpr auto kBlockEnds = {Type::kKey, Type::kValue, Type::kBlockEnd};
  switch (state) {
    case State::kImplicitDocument:
      return ImplicitDocument();
    case State::kDocument:
      return Document();
    case State::kDocumentContent:
      return DocumentContent();
    case State::kDocumentEnd:
      if (Is(Type::kDocumentEnd)) scanner_.Pop();
      return Then(State::kDocument);
    case State::kBlockNode:
      return Node(Nodes::kBlock);
    case State::kBlockSequenceEntry:
      return BlockSequenceEntry();
    case State::kIndentlessEntry:
      return IndentlessEntry();
    case State::kBlockMappingKey:
      return BlockMappingKey();
    case State::kBlockMappingValue:
      return ValueUnless(kBlockEnds, Nodes::kBlockOrIndentless, State::kBlockMappingKey);
    case State::kFlowSequenceFirst:
      return FlowSequenceEntry(/*first=*/true);
    case State::kFlowSequenceEntry:
      return FlowSequenceEntry(/*first=*/false);
    case State::kPairKey:
      return PairKey();
    case State::kPairValue:
      return ValueUnless(kSequenceEnds, Nodes::kFlow, State::kPairEnd);
    case State::kPairEnd:
      return Send(handler_.OnMappingEnd()) && Then(State::kFlowSequenceEntry);
    case State::kFlowMappingFirst:
      return FlowMappingKey(/*first=*/true);
    case State::kFlowMappingKey:
      return FlowMappingKey(/*first=*/false);
    case State::kFlowMappingValue:
      return ValueUnless(kMappingEnds, Nodes::kFlow, State::kFlowMappingKey);
    case State::kFlowMappingEmptyValue:
      return EmptyScalar(Here()) && Then(State::kFlowMappingKey);
  }
  return false;
}

// stream ::= implicit_document? explicit_document* STREAM-END
bool YamlParser::ImplicitDocument() {
  if (IsOneOf({Type::kYamlDirective, Type::kTagDirective, Type::kOtherDirective,
               Type::kDocumentStart, Type::kStreamEnd})) {
    return Document();
  }
  if (!scanner_.status().ok()) return false;
  tag_handles_ = {{"!", "!"}, {"!!", "tag:yaml.org,2002:"}};
  return Send(handler_.OnDocumentStart(Here())) && Then(State::kDocumentEnd) &&
         Then(State::kBlockNode);
}

bool YamlParser::DocumentContent() {
  if (IsOneOf({Type::kYamlDirective, Type::kTagDirective, Type::kOtherDirective,
               Type::kDocumentStart, Type::kDocumentEnd, Type::kStreamEnd})) {
    return EmptyScalar(Here());
  }
  return Node(Nodes::kBlock);
}

bool YamlParser::Document() {
  while (Is(Type::kDocumentEnd)) scanner_.Pop();
  if (Is(Type::kStreamEnd) || !scanner_.status().ok()) return true;
  const YamlPosition position = Here();
  if (!Directives()) return false;
  if (!Is(Type::kDocumentStart)) return Unexpected("'---'");
  scanner_.Pop();
  return Send(handler_.OnDocumentStart(position)) && Then(State::kDocumentEnd) &&
         Then(State::kDocumentContent);
}

bool YamlParser::Directives() {
  bool has_version = false;
  tag_handles_.clear();
  while (IsOneOf({Type::kYamlDirective, Type::kTagDirective, Type::kOtherDirective})) {
    const YamlToken token = *scanner_.Peek();
    scanner_.Pop();
    if (token.type == Type::kYamlDirective) {
      if (std::exchange(has_version, true)) {
        return scanner_.cursor().Fail(token.position, "the YAML version is stated twice");
      }
      const size_t zeros = std::min(token.text.find_first_not_of('0'), token.text.size());
      if (token.text.substr(zeros) != "1") {
        return scanner_.cursor().Fail(token.position, "only YAML 1.x can be read");
      }
    } else if (token.type == Type::kTagDirective) {
      if (!tag_handles_.try_emplace(token.handle, token.text).second) {
        return scanner_.cursor().Fail(
            token.position, absl::StrCat("the tag handle ", token.handle, " is defined twice"));
      }
    }
  }
  tag_handles_.try_emplace("!", "!");
  tag_handles_.try_emplace("!!", "tag:yaml.org,2002:");
  return true;
}

// node ::= ALIAS | properties content? | content
bool YamlParser::Node(Nodes allowed) {
  if (Is(Type::kAlias)) {
    const YamlToken token = *scanner_.Peek();
    scanner_.Pop();
    return Send(handler_.OnAlias(token.position, token.text));
  }
  YamlNode node{.position = Here(), .anchor = {}, .tag = {}};
  bool has_properties = false;
  if (!Properties(node, &has_properties)) return false;
  return NodeContent(allowed, node, has_properties);
}

// properties ::= TAG ANCHOR? | ANCHOR TAG?
bool YamlParser::Properties(YamlNode& node, bool* present) {
  for (int i = 0; i < 2; ++i) {
    if (Is(Type::kAnchor) && node.anchor.empty()) {
      node.anchor = scanner_.Peek()->text;
    } else if (Is(Type::kTag) && node.tag.empty()) {
      if (!ResolveTag(*scanner_.Peek(), node)) return false;
    } else {
      return true;
    }
    *present = true;
    scanner_.Pop();
  }
  return true;
}

bool YamlParser::ResolveTag(const YamlToken& token, YamlNode& node) {
  if (token.handle.data() == nullptr) {
    node.tag = token.text;
    return true;
  }
  const auto found = tag_handles_.find(token.handle);
  if (found == tag_handles_.end()) {
    return scanner_.cursor().Fail(token.position,
                                  absl::StrCat("the tag handle ", token.handle, " is not defined"));
  }
  node.tag = scanner_.cursor().NewText(absl::StrCat(found->second, token.text));
  return true;
}

bool YamlParser::NodeContent(Nodes allowed, const YamlNode& node, bool has_properties) {
  const YamlToken* const token = scanner_.Peek();
  if (token == nullptr) return false;
  const bool block = allowed != Nodes::kFlow;
  if (token->type == Type::kScalar) {
    const YamlToken scalar = *token;
    scanner_.Pop();
    return Send(handler_.OnScalar(node, scalar.text, scalar.plain));
  }
  if (token->type == Type::kBlockEntry && allowed == Nodes::kBlockOrIndentless) {
    return Send(handler_.OnSequenceStart(node)) && Then(State::kIndentlessEntry);
  }
  if (token->type == Type::kFlowSequenceStart) {
    scanner_.Pop();
    return Send(handler_.OnSequenceStart(node)) && Then(State::kFlowSequenceFirst);
  }
  if (token->type == Type::kFlowMappingStart) {
    scanner_.Pop();
    return Send(handler_.OnMappingStart(node)) && Then(State::kFlowMappingFirst);
  }
  if (token->type == Type::kBlockSequenceStart && block) {
    scanner_.Pop();
    return Send(handler_.OnSequenceStart(node)) && Then(State::kBlockSequenceEntry);
  }
  if (token->type == Type::kBlockMappingStart && block) {
    scanner_.Pop();
    return Send(handler_.OnMappingStart(node)) && Then(State::kBlockMappingKey);
  }
  if (has_properties) return Send(handler_.OnScalar(node, "", /*plain=*/true));
  return Unexpected("a value");
}

// block_sequence ::= BLOCK-SEQUENCE-START (BLOCK-ENTRY block_node?)* BLOCK-END
bool YamlParser::BlockSequenceEntry() {
  if (Is(Type::kBlockEntry)) {
    const YamlPosition position = Here();
    scanner_.Pop();
    return NodeUnless({Type::kBlockEntry, Type::kBlockEnd}, Nodes::kBlock,
                      State::kBlockSequenceEntry, position);
  }
  if (!Is(Type::kBlockEnd)) return Unexpected("'-' or the end of the sequence");
  scanner_.Pop();
  return Send(handler_.OnSequenceEnd());
}

// indentless_sequence ::= (BLOCK-ENTRY block_node?)+
bool YamlParser::IndentlessEntry() {
  if (Is(Type::kBlockEntry)) {
    const YamlPosition position = Here();
    scanner_.Pop();
    return NodeUnless({Type::kBlockEntry, Type::kKey, Type::kValue, Type::kBlockEnd}, Nodes::kBlock,
                      State::kIndentlessEntry, position);
  }
  return scanner_.status().ok() && Send(handler_.OnSequenceEnd());
}

// block_mapping ::= BLOCK-MAPPING_START
//                   ((KEY block_node_or_indentless_sequence?)?
//                    (VALUE block_node_or_indentless_sequence?)?)* BLOCK-END
bool YamlParser::BlockMappingKey() {
  if (Is(Type::kKey)) {
    const YamlPosition position = Here();
    scanner_.Pop();
    return NodeUnless({Type::kKey, Type::kValue, Type::kBlockEnd}, Nodes::kBlockOrIndentless,
                      State::kBlockMappingValue, position);
  }
  if (!Is(Type::kBlockEnd)) return Unexpected("a key or the end of the mapping");
  scanner_.Pop();
  return Send(handler_.OnMappingEnd());
}

// flow_sequence ::= FLOW-SEQUENCE-START (entry FLOW-ENTRY)* entry? FLOW-SEQUENCE-END
// entry         ::= flow_node | KEY flow_node? (VALUE flow_node?)?
bool YamlParser::FlowSequenceEntry(bool first) {
  if (!Is(Type::kFlowSequenceEnd)) {
    if (!first) {
      if (!Is(Type::kFlowEntry)) return Unexpected("',' or ']'");
      scanner_.Pop();
    }
    if (Is(Type::kKey)) {
      const YamlNode node{.position = Here(), .anchor = {}, .tag = {}};
      return Send(handler_.OnMappingStart(node)) && Then(State::kPairKey);
    }
    if (!Is(Type::kFlowSequenceEnd)) {
      return Then(State::kFlowSequenceEntry) && Node(Nodes::kFlow);
    }
  }
  scanner_.Pop();
  return Send(handler_.OnSequenceEnd());
}

bool YamlParser::PairKey() {
  const YamlPosition position = Here();
  scanner_.Pop();
  return NodeUnless({Type::kValue, Type::kFlowEntry, Type::kFlowSequenceEnd}, Nodes::kFlow,
                    State::kPairValue, position);
}

// flow_mapping ::= FLOW-MAPPING-START (entry FLOW-ENTRY)* entry? FLOW-MAPPING-END
bool YamlParser::FlowMappingKey(bool first) {
  if (!Is(Type::kFlowMappingEnd)) {
    if (!first) {
      if (!Is(Type::kFlowEntry)) return Unexpected("',' or '}'");
      scanner_.Pop();
    }
    if (Is(Type::kKey)) {
      const YamlPosition position = Here();
      scanner_.Pop();
      return NodeUnless({Type::kValue, Type::kFlowEntry, Type::kFlowMappingEnd}, Nodes::kFlow,
                        State::kFlowMappingValue, position);
    }
    if (!Is(Type::kFlowMappingEnd)) {
      return Then(State::kFlowMappingEmptyValue) && Node(Nodes::kFlow);
    }
  }
  scanner_.Pop();
  return Send(handler_.OnMappingEnd());
}

bool YamlParser::NodeUnless(std::initializer_list<Type> ends, Nodes allowed, State after,
                            YamlPosition position) {
  Then(after);
  return IsOneOf(ends) ? EmptyScalar(position) : Node(allowed);
}

bool YamlParser::ValueUnless(std::initializer_list<Type> ends, Nodes allowed, State after) {
  const YamlPosition position = Here();
  if (Is(Type::kValue)) {
    scanner_.Pop();
    return NodeUnless(ends, allowed, after, position);
  }
  return EmptyScalar(position) && Then(after);
}

bool YamlParser::EmptyScalar(YamlPosition position) {
  return scanner_.status().ok() &&
         Send(handler_.OnScalar({.position = position, .anchor = {}, .tag = {}}, "",
                                /*plain=*/true));
}

bool YamlParser::Is(Type type) {
  const YamlToken* const token = scanner_.Peek();
  return token != nullptr && token->type == type;
}

bool YamlParser::IsOneOf(std::initializer_list<Type> types) {
  const YamlToken* const token = scanner_.Peek();
  if (token == nullptr) return false;
  for (const Type type : types) {
    if (token->type == type) return true;
  }
  return false;
}

YamlPosition YamlParser::Here() {
  const YamlToken* const token = scanner_.Peek();
  return token == nullptr ? YamlPosition() : token->position;
}

bool YamlParser::Unexpected(std::string_view wanted) {
  const YamlToken* const token = scanner_.Peek();
  if (token == nullptr) return false;  // the scanner's error counts
  return scanner_.cursor().Fail(
      token->position, absl::StrCat("expected ", wanted, ", found ", YamlTokenName(token->type)));
}

bool YamlParser::Send(absl::Status status) {
  status_ = std::move(status);
  return status_.ok();
}

}  // namespace scriptworker::json
