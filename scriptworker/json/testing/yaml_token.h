// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_TESTING_YAML_TOKEN_H_
#define SCRIPTWORKER_JSON_TESTING_YAML_TOKEN_H_

#include <cstdint>
#include <string_view>

#include "scriptworker/json/yaml_position.h"

namespace scriptworker::json {

// The words of YAML's grammar. Block collections have tokens for their
// indentation and for keys that no '?' announces.
enum class YamlTokenType : uint8_t {
  kStreamEnd,
  kYamlDirective,  // text: the version
  kTagDirective,   // handle and text
  kOtherDirective,
  kDocumentStart,
  kDocumentEnd,
  kBlockSequenceStart,
  kBlockMappingStart,
  kBlockEnd,
  kFlowSequenceStart,
  kFlowSequenceEnd,
  kFlowMappingStart,
  kFlowMappingEnd,
  kBlockEntry,  // -
  kFlowEntry,   // ,
  kKey,
  kValue,
  kAlias,   // text: its name
  kAnchor,  // text: its name
  kTag,     // handle (nullptr data: none) and text
  kScalar,  // text
};

struct YamlToken {
  YamlTokenType type = YamlTokenType::kStreamEnd;
  bool plain = false;  // a scalar without quotes
  YamlPosition position = {};
  std::string_view text = {};
  std::string_view handle = {};
};

// For messages: "'-'", "the end of a block".
std::string_view YamlTokenName(YamlTokenType type);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_TESTING_YAML_TOKEN_H_
