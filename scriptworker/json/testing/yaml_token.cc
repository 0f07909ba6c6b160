// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/testing/yaml_token.h"

#include <string_view>

namespace scriptworker::json {

std::string_view YamlTokenName(YamlTokenType type) {
  switch (type) {
    case YamlTokenType::kStreamEnd:
      return "the end of the text";
    case YamlTokenType::kYamlDirective:
    case YamlTokenType::kTagDirective:
    case YamlTokenType::kOtherDirective:
      return "a directive";
    case YamlTokenType::kDocumentStart:
      return "'---'";
    case YamlTokenType::kDocumentEnd:
      return "'...'";
    case YamlTokenType::kBlockSequenceStart:
      return "a sequence";
    case YamlTokenType::kBlockMappingStart:
      return "a mapping";
    case YamlTokenType::kBlockEnd:
      return "the end of a block";
    case YamlTokenType::kFlowSequenceStart:
      return "'['";
    case YamlTokenType::kFlowSequenceEnd:
      return "']'";
    case YamlTokenType::kFlowMappingStart:
      return "'{'";
    case YamlTokenType::kFlowMappingEnd:
      return "'}'";
    case YamlTokenType::kBlockEntry:
      return "'-'";
    case YamlTokenType::kFlowEntry:
      return "','";
    case YamlTokenType::kKey:
      return "a key";
    case YamlTokenType::kValue:
      return "':'";
    case YamlTokenType::kAlias:
      return "an alias";
    case YamlTokenType::kAnchor:
      return "an anchor";
    case YamlTokenType::kTag:
      return "a tag";
    case YamlTokenType::kScalar:
      return "a scalar";
  }
  return "something";
}

}  // namespace scriptworker::json
