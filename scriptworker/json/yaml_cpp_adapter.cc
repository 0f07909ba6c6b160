// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_cpp_adapter.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "scriptworker/base/utf8.h"
#include "scriptworker/json/yaml_text_checks.h"

namespace scriptworker::json {
namespace {

void ThrowUnlessOk(absl::Status status) {
  if (!status.ok()) throw YamlRefusal(std::move(status));
}

bool IsAnchorName(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
}

}  // namespace

size_t YamlCppAdapter::OffsetOf(const YAML::Mark& mark) const {
  return std::min(static_cast<size_t>(std::max(mark.pos, 0)), text_.size());
}

// yaml-cpp counts columns in bytes. Marks mostly go forward: the code points of a
// long line are counted once.
YamlPosition YamlCppAdapter::PositionOf(const YAML::Mark& mark) {
  const size_t offset = OffsetOf(mark);
  if (mark.line != counted_line_ || offset < counted_offset_) {
    counted_line_ = mark.line;
    counted_offset_ = text_.substr(0, offset).rfind('\n') + 1;
    counted_columns_ = 0;
  }
  const std::string_view more = text_.substr(counted_offset_, offset - counted_offset_);
  counted_columns_ += static_cast<int>(std::count_if(more.begin(), more.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
  counted_offset_ = offset;
  return {.line = mark.line + 1, .column = counted_columns_ + 1};
}

void YamlCppAdapter::Refuse(const YAML::Mark& mark, std::string_view what) {
  throw YamlRefusal(YamlErrorAt(source_, PositionOf(mark), what));
}

// yaml-cpp begins a document behind directives, and behind whatever it could not
// read as a part of the last one.
void YamlCppAdapter::OnDocumentStart(const YAML::Mark& mark) {
  const size_t offset = OffsetOf(mark);
  const bool needs_marker = documents_ > 0 || HasLineStartingWith(text_.substr(0, offset), "%");
  if (needs_marker && !absl::StartsWith(text_.substr(offset), "---")) {
    Refuse(mark, "expected '---' or the end of the document");
  }
  ++documents_;
  names_.clear();
  ThrowUnlessOk(handler_.OnDocumentStart(PositionOf(mark)));
}

void YamlCppAdapter::OnEnd() {
  const bool ends_with_block = in_block_;
  CheckGap(text_.size());
  std::string_view flaw;
  if (documents_ == 0 && HasLineStartingWith(text_, "%")) flaw = "expected '---'";
  // Blanks without a line break behind a block: yaml-cpp takes them for text where
  // PyYAML does not, and the other way round.
  const std::string_view last_line = text_.substr(text_.rfind('\n') + 1);
  if (ends_with_block && !last_line.empty() &&
      last_line.find_first_not_of(" \t") == std::string_view::npos) {
    flaw = "the last line has blanks only";
  }
  if (flaw.empty()) return;
  const auto lines = std::count(text_.begin(), text_.end(), '\n');
  throw YamlRefusal(YamlErrorAt(source_, {.line = static_cast<int>(lines) + 1, .column = 1}, flaw));
}

bool YamlCppAdapter::BeginNode(const YAML::Mark& mark) {
  CheckGap(OffsetOf(mark));
  if (frames_.empty() || !frames_.back().is_mapping) return false;
  Frame& frame = frames_.back();
  const bool is_key = frame.next_is_key;
  if (is_key) frame.key_offset = OffsetOf(mark);
  frame.next_is_key = !is_key;
  return is_key;
}

// In PyYAML a tab cannot separate anything: it may stand in quoted texts, blocks
// and comments.
void YamlCppAdapter::CheckGap(size_t end) {
  if (end <= checked_) return;
  const size_t begin = std::exchange(checked_, end);
  if (std::exchange(in_block_, false)) return;
  const size_t stray = FindStray(text_, begin, end);
  if (stray == std::string_view::npos) return;
  YAML::Mark mark;
  mark.pos = static_cast<int>(stray);
  mark.line = static_cast<int>(std::count(text_.begin(), text_.begin() + mark.pos, '\n'));
  Refuse(mark, text_[stray] == '\t' ? "a tab is not allowed here" : "unknown directive");
}

// For a node that is absent, or a word for null. The mark of an absent one is that of
// the next token, which may itself be such a word: then it is taken for it.
void YamlCppAdapter::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const bool is_key = BeginNode(mark);
  const std::string_view rest = text_.substr(OffsetOf(mark));
  const YamlScalarShape shape = MeasureScalar(rest);
  if (shape.null_word.empty()) {
    if (absl::StartsWith(rest, "!")) Refuse(mark, "expected a value behind the tag");
    if (anchor == YAML::NullAnchor) CheckAbsentNode(mark, is_key);
  }
  ThrowUnlessOk(handler_.OnScalar(Node(mark, "?", anchor), "", /*plain=*/true));
}

void YamlCppAdapter::CheckAbsentNode(const YAML::Mark& mark, bool is_key) {
  if (frames_.empty()) return;
  const Frame& frame = frames_.back();
  if (is_key) Refuse(mark, "expected a key");
  if (!frame.is_mapping && frame.is_flow) Refuse(mark, "expected a value");
  if (frame.is_mapping && !frame.is_flow && !IsKeyWithMark(text_, frame.key_offset)) {
    Refuse(mark, "the key before has no ':' on its line");
  }
}

void YamlCppAdapter::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  BeginNode(mark);
  ThrowUnlessOk(handler_.OnAlias(PositionOf(mark), names_[anchor]));
}

void YamlCppAdapter::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                              const std::string& value) {
  BeginNode(mark);
  const bool plain = tag == "?";
  std::string whole = value;
  if (plain) {
    if (InFlow() && absl::StartsWith(value, ":")) Refuse(mark, "expected a value, found ':'");
  } else {
    const YamlScalarShape shape = MeasureScalar(text_.substr(OffsetOf(mark)));
    if (!shape.flaw.empty()) Refuse(mark, shape.flaw);
    whole.append(shape.lost_breaks, '\n');
    if (shape.kind == YamlScalarShape::Kind::kQuoted) {
      checked_ = std::max(checked_, OffsetOf(mark) + shape.length);
    }
    in_block_ = shape.kind == YamlScalarShape::Kind::kBlock;
  }
  if (FindInvalidUtf8(value) != std::string_view::npos) {
    Refuse(mark, "the escapes \\N and \\_ are not supported");
  }
  ThrowUnlessOk(handler_.OnScalar(Node(mark, tag, anchor), whole, plain));
}

void YamlCppAdapter::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                     YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
  BeginNode(mark);
  ThrowUnlessOk(handler_.OnSequenceStart(Node(mark, tag, anchor)));
  frames_.push_back(
      {.is_mapping = false, .is_flow = style == YAML::EmitterStyle::Flow, .next_is_key = false});
}

void YamlCppAdapter::OnSequenceEnd() {
  frames_.pop_back();
  ThrowUnlessOk(handler_.OnSequenceEnd());
}

void YamlCppAdapter::OnMapStart(const YAML::Mark& mark, const std::string& tag,
                                YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
  BeginNode(mark);
  ThrowUnlessOk(handler_.OnMappingStart(Node(mark, tag, anchor)));
  const bool is_pair = InFlow();  // [a: b] is given as a block mapping
  frames_.push_back({.is_mapping = true,
                     .is_flow = is_pair || style == YAML::EmitterStyle::Flow,
                     .next_is_key = true});
}

void YamlCppAdapter::OnMapEnd() {
  frames_.pop_back();
  ThrowUnlessOk(handler_.OnMappingEnd());
}

void YamlCppAdapter::OnAnchor(const YAML::Mark& mark, const std::string& name) {
  if (!IsAnchorName(name)) {
    Refuse(mark, "an anchor's name has letters, digits, '-' and '_' only");
  }
  next_name_ = name;
}

YamlNode YamlCppAdapter::Node(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor) {
  YamlNode node{.position = PositionOf(mark), .anchor = {}, .tag = {}};
  if (tag != "?" && tag != "!") node.tag = tag;
  if (anchor != YAML::NullAnchor) {
    std::string& name = names_[anchor];
    name = std::exchange(next_name_, std::string());
    node.anchor = name;
  }
  return node;
}

}  // namespace scriptworker::json
