// SPDX-License-Identifier: MPL-2.0
// The rules, including where they are laxer or stricter than the YAML
// specification, are those of PyYAML's scanner.py, since the reference reads YAML
// by it.
#include "scriptworker/json/testing/yaml_scanner.h"

#include <cstddef>
#include <string_view>

#include "scriptworker/json/testing/yaml_cursor.h"
#include "scriptworker/json/testing/yaml_tag.h"
#include "scriptworker/json/testing/yaml_text.h"
#include "scriptworker/json/testing/yaml_token.h"

namespace scriptworker::json {
namespace {

// A key without '?' is on one line and no longer than this.
constexpr size_t kMaxKeyLength = 1024;

bool IsIn(char c, std::string_view set) {
  return c != '\0' && set.find(c) != std::string_view::npos;
}

}  // namespace

const YamlToken* YamlScanner::Peek() {
  while (cursor_.ok() && NeedsMore()) Fetch();
  return cursor_.ok() ? &tokens_[head_] : nullptr;
}

void YamlScanner::Pop() {
  ++head_;
  ++taken_;
  if (head_ == tokens_.size()) {
    tokens_.clear();
    head_ = 0;
  }
}

// Whether the next token is not there yet, or may turn out to be a key.
bool YamlScanner::NeedsMore() {
  if (done_) return false;
  if (head_ == tokens_.size()) return true;
  if (!DropStaleKeys()) return false;
  return stale_keys_ < possible_keys_.size() && possible_keys_[stale_keys_].token_number == taken_;
}

bool YamlScanner::Fetch() {
  SkipToNextToken();
  if (!DropStaleKeys()) return false;
  CloseIndents(cursor_.column());
  const char c = cursor_.Peek();
  if (c == '\0') {
    CloseIndents(-1);
    if (!RemovePossibleKey()) return false;
    key_allowed_ = false;
    Add(YamlTokenType::kStreamEnd, 0);
    done_ = true;
    return true;
  }
  if (cursor_.column() == 0) {
    if (c == '%') return FetchDirective();
    if (cursor_.AtDocumentMarker('-')) return FetchDocumentMarker(YamlTokenType::kDocumentStart);
    if (cursor_.AtDocumentMarker('.')) return FetchDocumentMarker(YamlTokenType::kDocumentEnd);
  }
  return FetchIndicator(c);
}

bool YamlScanner::FetchIndicator(char c) {
  const bool before_blank = cursor_.AtBlank(1);
  if (c == '[') return FetchFlowStart(YamlTokenType::kFlowSequenceStart);
  if (c == '{') return FetchFlowStart(YamlTokenType::kFlowMappingStart);
  if (c == ']') return FetchFlowEnd(YamlTokenType::kFlowSequenceEnd);
  if (c == '}') return FetchFlowEnd(YamlTokenType::kFlowMappingEnd);
  if (c == ',') {
    key_allowed_ = true;
    if (!RemovePossibleKey()) return false;
    Add(YamlTokenType::kFlowEntry, 1);
    return true;
  }
  if (c == '-' && before_blank) return FetchBlockEntry();
  if (c == '?' && (flow_level_ > 0 || before_blank)) return FetchKey();
  if (c == ':' && (flow_level_ > 0 || before_blank)) return FetchValue();
  return FetchNode(c);
}

bool YamlScanner::FetchNode(char c) {
  if (c == '*') return FetchName(YamlTokenType::kAlias);
  if (c == '&') return FetchName(YamlTokenType::kAnchor);
  if (c == '!') return FetchTag();
  if ((c == '|' || c == '>') && flow_level_ == 0) {
    if (!RemovePossibleKey()) return false;
    YamlToken token{.type = YamlTokenType::kScalar, .position = cursor_.position()};
    if (!ReadBlockText(cursor_, indent_, &token.text)) return false;
    key_allowed_ = true;
    tokens_.push_back(token);
    return true;
  }
  if (c == '\'' || c == '"' || MayStartPlain()) return FetchText();
  if (c == '\t') return cursor_.FailHere("a tab is not allowed here");
  return cursor_.Expected("a node");
}

bool YamlScanner::FetchDocumentMarker(YamlTokenType type) {
  CloseIndents(-1);
  if (!RemovePossibleKey()) return false;
  key_allowed_ = false;
  Add(type, 3);
  return true;
}

bool YamlScanner::FetchFlowStart(YamlTokenType type) {
  if (!SavePossibleKey()) return false;
  ++flow_level_;
  key_allowed_ = true;
  Add(type, 1);
  return true;
}

bool YamlScanner::FetchFlowEnd(YamlTokenType type) {
  if (flow_level_ == 0) return cursor_.Expected("a node");
  if (!RemovePossibleKey()) return false;
  --flow_level_;
  key_allowed_ = false;
  Add(type, 1);
  return true;
}

bool YamlScanner::FetchBlockEntry() {
  if (flow_level_ == 0) {
    if (!key_allowed_) return cursor_.FailHere("a sequence entry is not allowed here");
    if (OpenIndent(cursor_.column())) Add(YamlTokenType::kBlockSequenceStart, 0);
  }
  key_allowed_ = true;
  if (!RemovePossibleKey()) return false;
  Add(YamlTokenType::kBlockEntry, 1);
  return true;
}

bool YamlScanner::FetchKey() {
  if (flow_level_ == 0) {
    if (!key_allowed_) return cursor_.FailHere("a mapping key is not allowed here");
    if (OpenIndent(cursor_.column())) Add(YamlTokenType::kBlockMappingStart, 0);
  }
  key_allowed_ = flow_level_ == 0;
  if (!RemovePossibleKey()) return false;
  Add(YamlTokenType::kKey, 1);
  return true;
}

bool YamlScanner::FetchValue() {
  if (possible_keys_.size() > stale_keys_ && possible_keys_.back().flow_level == flow_level_) {
    const PossibleKey key = possible_keys_.back();
    possible_keys_.pop_back();
    Insert(key.token_number, YamlTokenType::kKey, key.position);
    if (flow_level_ == 0 && OpenIndent(key.position.column - 1)) {
      Insert(key.token_number, YamlTokenType::kBlockMappingStart, key.position);
    }
    key_allowed_ = false;
  } else {
    if (flow_level_ == 0) {
      if (!key_allowed_) return cursor_.FailHere("a mapping value is not allowed here");
      if (OpenIndent(cursor_.column())) Add(YamlTokenType::kBlockMappingStart, 0);
    }
    key_allowed_ = flow_level_ == 0;
    if (!RemovePossibleKey()) return false;
  }
  Add(YamlTokenType::kValue, 1);
  return true;
}

bool YamlScanner::FetchText() {
  if (!SavePossibleKey()) return false;
  key_allowed_ = false;
  YamlToken token{.type = YamlTokenType::kScalar, .position = cursor_.position()};
  const char c = cursor_.Peek();
  token.plain = c != '\'' && c != '"';
  const bool read =
      token.plain ? ReadPlainText(cursor_, indent_, flow_level_ > 0, &token.text, &key_allowed_)
                  : ReadQuotedText(cursor_, &token.text);
  if (read) tokens_.push_back(token);
  return read;
}

bool YamlScanner::MayStartPlain() const {
  const char c = cursor_.Peek();
  if (!cursor_.AtBlank() && !IsIn(c, "-?:,[]{}#&*!|>'\"%@`")) return true;
  return !cursor_.AtBlank(c == '\0' ? 0 : 1) &&
         (c == '-' || (flow_level_ == 0 && (c == '?' || c == ':')));
}

bool YamlScanner::FetchName(YamlTokenType type) {
  if (!SavePossibleKey()) return false;
  key_allowed_ = false;
  YamlToken token{.type = type, .position = cursor_.position()};
  cursor_.Advance(1);
  const size_t length = YamlNameLength(cursor_);
  if (length == 0) return cursor_.Expected("a letter or digit");
  token.text = cursor_.View(length);
  cursor_.Advance(length);
  if (!cursor_.AtBlank() && !IsIn(cursor_.Peek(), "?:,]}%@`")) {
    return cursor_.Expected("a letter or digit");
  }
  tokens_.push_back(token);
  return true;
}

// Blanks, comments and line breaks. A new line may begin with a key.
void YamlScanner::SkipToNextToken() {
  while (true) {
    cursor_.SkipSpaces();
    cursor_.SkipComment();
    if (cursor_.TakeBreak().empty()) return;
    if (flow_level_ == 0) key_allowed_ = true;
  }
}

void YamlScanner::Add(YamlTokenType type, size_t bytes) {
  tokens_.push_back({.type = type, .position = cursor_.position()});
  cursor_.Advance(bytes);
}

void YamlScanner::Insert(size_t token_number, YamlTokenType type, YamlPosition position) {
  const auto place = tokens_.begin() + static_cast<std::ptrdiff_t>(head_ + token_number - taken_);
  tokens_.insert(place, {.type = type, .position = position});
}

// Whether a block that is further right begins.
bool YamlScanner::OpenIndent(int column) {
  if (indent_ >= column) return false;
  indents_.push_back(indent_);
  indent_ = column;
  return true;
}

void YamlScanner::CloseIndents(int column) {
  if (flow_level_ > 0) return;
  while (indent_ > column) {
    indent_ = indents_.back();
    indents_.pop_back();
    Add(YamlTokenType::kBlockEnd, 0);
  }
}

// Notes that the next token may be a key.
bool YamlScanner::SavePossibleKey() {
  if (!key_allowed_) return true;
  if (!RemovePossibleKey()) return false;
  possible_keys_.push_back({.flow_level = flow_level_,
                            .token_number = taken_ + (tokens_.size() - head_),
                            .required = flow_level_ == 0 && indent_ == cursor_.column(),
                            .index = cursor_.index(),
                            .position = cursor_.position()});
  return true;
}

bool YamlScanner::RemovePossibleKey() {
  if (possible_keys_.size() == stale_keys_) return true;
  const PossibleKey key = possible_keys_.back();
  if (key.flow_level != flow_level_) return true;
  possible_keys_.pop_back();
  return !key.required || MissingValue(key);
}

bool YamlScanner::DropStaleKeys() {
  while (stale_keys_ < possible_keys_.size()) {
    const PossibleKey& key = possible_keys_[stale_keys_];
    if (key.position.line == cursor_.position().line &&
        cursor_.index() - key.index <= kMaxKeyLength) {
      break;
    }
    if (key.required) return MissingValue(key);
    ++stale_keys_;
  }
  if (stale_keys_ == possible_keys_.size()) {
    possible_keys_.clear();
    stale_keys_ = 0;
  }
  return true;
}

bool YamlScanner::MissingValue(const PossibleKey& key) {
  return cursor_.Fail(key.position, "this key has no ':' on its line");
}

bool YamlScanner::FetchTag() {
  if (!SavePossibleKey()) return false;
  key_allowed_ = false;
  YamlToken token;
  if (!ReadYamlTag(cursor_, &token)) return false;
  tokens_.push_back(token);
  return true;
}

bool YamlScanner::FetchDirective() {
  CloseIndents(-1);
  if (!RemovePossibleKey()) return false;
  key_allowed_ = false;
  YamlToken token;
  if (!ReadYamlDirective(cursor_, &token)) return false;
  tokens_.push_back(token);
  return true;
}

}  // namespace scriptworker::json
