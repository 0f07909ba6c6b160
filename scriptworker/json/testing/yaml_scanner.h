// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_TESTING_YAML_SCANNER_H_
#define SCRIPTWORKER_JSON_TESTING_YAML_SCANNER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "scriptworker/json/testing/yaml_cursor.h"
#include "scriptworker/json/testing/yaml_token.h"

namespace scriptworker::json {

// Cuts a YAML text into tokens, as PyYAML's scanner does. A key without '?' is
// known as such only when its ':' comes, so that the scanner looks ahead and puts
// a kKey token before what it has read already. Thread-compatible.
class YamlScanner {
 public:
  // Both must outlive the scanner and its tokens.
  YamlScanner(const std::string& text, std::string_view source) : cursor_(text, source) {}

  // The next token; nullptr after an error. The last one is kStreamEnd.
  const YamlToken* Peek();
  // Goes on behind the token that Peek gave. REQUIRES: Peek() is no nullptr.
  void Pop();

  const absl::Status& status() const { return cursor_.status(); }
  YamlCursor& cursor() { return cursor_; }

 private:
  // A token that is a key if a ':' follows on the same line.
  struct PossibleKey {
    int flow_level;
    size_t token_number;
    bool required;
    size_t index;
    YamlPosition position;
  };

  bool NeedsMore();
  bool Fetch();
  bool FetchIndicator(char c);
  bool FetchNode(char c);
  bool FetchDocumentMarker(YamlTokenType type);
  bool FetchFlowStart(YamlTokenType type);
  bool FetchFlowEnd(YamlTokenType type);
  bool FetchBlockEntry();
  bool FetchKey();
  bool FetchValue();
  bool FetchDirective();
  bool FetchName(YamlTokenType type);
  bool FetchTag();
  bool FetchText();
  bool MayStartPlain() const;

  void SkipToNextToken();
  void Add(YamlTokenType type, size_t bytes);
  void Insert(size_t token_number, YamlTokenType type, YamlPosition position);
  bool OpenIndent(int column);
  void CloseIndents(int column);

  bool SavePossibleKey();
  bool RemovePossibleKey();
  bool DropStaleKeys();
  bool MissingValue(const PossibleKey& key);

  YamlCursor cursor_;
  std::vector<YamlToken> tokens_;  // from head_ on: read but not taken
  size_t head_ = 0;
  size_t taken_ = 0;  // tokens popped so far
  bool done_ = false;

  int flow_level_ = 0;
  int indent_ = -1;
  std::vector<int> indents_;  // of the blocks around
  // A key may begin here; in block context also a block collection.
  bool key_allowed_ = true;
  std::vector<PossibleKey> possible_keys_;  // at most one per flow level, rising
  size_t stale_keys_ = 0;                   // at their front: out of date
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_TESTING_YAML_SCANNER_H_
