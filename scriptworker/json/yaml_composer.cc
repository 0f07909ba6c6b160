// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_composer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json_pointer.h"
#include "scriptworker/json/yaml_scalar.h"

namespace scriptworker::json {
namespace {

constexpr std::string_view kStandardTag = "tag:yaml.org,2002:";

// A tag as people write it.
std::string TagText(std::string_view tag) {
  if (absl::StartsWith(tag, kStandardTag)) {
    return absl::StrCat("!!", tag.substr(kStandardTag.size()));
  }
  return absl::StartsWith(tag, "!") ? std::string(tag) : absl::StrCat("!<", tag, ">");
}

// The type that a tag states for a scalar. Tags whose values JSON cannot hold
// (!!binary, !!set, ...) are refused like unknown ones.
absl::StatusOr<YamlScalarType> TypeOfTag(std::string_view tag) {
  struct Entry {
    std::string_view name;
    YamlScalarType type;
  };
  static constexpr Entry kEntries[] = {
      {"str", YamlScalarType::kString},  {"null", YamlScalarType::kNull},
      {"bool", YamlScalarType::kBool},   {"int", YamlScalarType::kInt},
      {"float", YamlScalarType::kFloat}, {"timestamp", YamlScalarType::kTimestamp},
      {"merge", YamlScalarType::kMerge}, {"value", YamlScalarType::kDefault},
  };
  if (absl::StartsWith(tag, kStandardTag)) {
    for (const Entry& entry : kEntries) {
      if (tag.substr(kStandardTag.size()) == entry.name) return entry.type;
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("the tag ", TagText(tag), " is not supported here"));
}

}  // namespace

YamlComposer::YamlComposer(const YamlOptions& options, YamlMarks* marks, bool is_stream)
    : options_(options), marks_(marks), is_stream_(is_stream) {}

absl::Status YamlComposer::Fail(YamlPosition position, std::string_view what) const {
  return YamlErrorAt(options_.source, position, what);
}

absl::Status YamlComposer::OnDocumentStart(YamlPosition position) {
  if (has_document_ && !is_stream_) {
    return Fail(position, "a second document begins where one is expected");
  }
  has_document_ = true;
  anchors_.clear();
  return absl::OkStatus();
}

absl::Status YamlComposer::OnScalar(const YamlNode& node, std::string_view text, bool plain) {
  SW_RETURN_IF_ERROR(RegisterAnchor(node));
  YamlScalarType type = YamlScalarType::kString;
  if (node.tag == "!" || (node.tag.empty() && plain)) {
    type = ClassifyYamlScalar(text);
  } else if (!node.tag.empty()) {
    absl::StatusOr<YamlScalarType> stated = TypeOfTag(node.tag);
    if (!stated.ok()) return Fail(node.position, stated.status().message());
    type = *stated;
  }
  const bool is_key = !frames_.empty() && frames_.back().is_mapping && !frames_.back().has_key;
  Node made{.value = Value(), .position = node.position};
  if (is_key && type == YamlScalarType::kMerge) {
    made.value = Value(text);
    made.is_merge_key = true;
  } else if (is_key && type == YamlScalarType::kDefault) {
    made.value = Value(text);
  } else {
    absl::StatusOr<Value> value = ConstructYamlScalar(type, text, options_.allow_big_integers);
    if (!value.ok()) return Fail(node.position, value.status().message());
    made.value = *std::move(value);
  }
  CompleteAnchor(node.anchor, made);
  return Add(std::move(made));
}

absl::Status YamlComposer::OnAlias(YamlPosition position, std::string_view anchor) {
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    return Fail(position, absl::StrCat("the anchor \"", anchor, "\" is not known"));
  }
  if (!found->second.complete) {
    return Fail(position, absl::StrCat("the anchor \"", anchor, "\" contains itself"));
  }
  Node node = found->second.node;
  node.position = position;
  return Add(std::move(node));
}

absl::Status YamlComposer::OnSequenceStart(const YamlNode& node) {
  return OpenCollection(node, /*is_mapping=*/false);
}

absl::Status YamlComposer::OnSequenceEnd() { return CloseCollection(); }

absl::Status YamlComposer::OnMappingStart(const YamlNode& node) {
  return OpenCollection(node, /*is_mapping=*/true);
}

absl::Status YamlComposer::OnMappingEnd() { return CloseCollection(); }

absl::Status YamlComposer::OpenCollection(const YamlNode& node, bool is_mapping) {
  const std::string_view expected_tag = is_mapping ? "map" : "seq";
  if (!node.tag.empty() && node.tag != "!" &&
      node.tag != absl::StrCat(kStandardTag, expected_tag)) {
    return Fail(node.position,
                absl::StrCat("the tag ", TagText(node.tag), " is not supported here"));
  }
  if (!frames_.empty() && frames_.back().is_mapping && !frames_.back().has_key) {
    return Fail(node.position, "a mapping or sequence cannot be a key");
  }
  if (frames_.size() >= static_cast<size_t>(options_.max_depth)) {
    return CheckBudgets({.value = Value(), .position = node.position, .height = 1});
  }
  SW_RETURN_IF_ERROR(RegisterAnchor(node));
  MarkNext(node.position);
  frames_.push_back({.is_mapping = is_mapping,
                     .position = node.position,
                     .anchor = std::string(node.anchor),
                     .pointer_size = pointer_.size()});
  return absl::OkStatus();
}

absl::Status YamlComposer::CloseCollection() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  pointer_.resize(frame.pointer_size);
  Node node{
      .value = Value(), .position = frame.position, .nodes = frame.nodes, .height = frame.height};
  if (!frame.is_mapping) {
    node.value = Value(std::move(frame.elements));
  } else if (frame.merged.empty()) {
    node.value = Value(std::move(frame.members));
  } else {
    for (const Member& member : frame.members) {
      frame.merged.Set(member.key_as_value(), member.value());
    }
    node.value = Value(std::move(frame.merged));
  }
  CompleteAnchor(frame.anchor, node);
  // Its parts were counted one by one.
  total_nodes_ -= node.nodes - 1;
  return Add(std::move(node));
}

absl::Status YamlComposer::RegisterAnchor(const YamlNode& node) {
  if (node.anchor.empty()) return absl::OkStatus();
  if (!anchors_.try_emplace(node.anchor).second) {
    return Fail(node.position, absl::StrCat("the anchor \"", node.anchor, "\" is defined twice"));
  }
  return absl::OkStatus();
}

void YamlComposer::CompleteAnchor(std::string_view name, const Node& node) {
  if (!name.empty()) anchors_[name] = {.complete = true, .node = node};
}

absl::Status YamlComposer::CheckBudgets(const Node& node) const {
  std::string what;
  if (static_cast<int64_t>(frames_.size()) + node.height > options_.max_depth) {
    what = absl::StrCat("nested deeper than ", options_.max_depth, " levels");
  } else if (node.nodes > options_.max_nodes - total_nodes_) {
    what = absl::StrCat("more than ", options_.max_nodes, " nodes, with aliases expanded");
  } else {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(Fail(node.position, what).message());
}

// Adds a complete node to the innermost open collection.
absl::Status YamlComposer::Add(Node node) {
  SW_RETURN_IF_ERROR(CheckBudgets(node));
  total_nodes_ += node.nodes;
  if (frames_.empty()) {
    MarkNext(node.position);
    documents_.push_back(std::move(node.value));
    return absl::OkStatus();
  }
  Frame& frame = frames_.back();
  frame.nodes += node.nodes;
  frame.height = std::max(frame.height, node.height + 1);
  if (!frame.is_mapping) {
    MarkNext(node.position);
    frame.elements.push_back(std::move(node.value));
    return absl::OkStatus();
  }
  if (!frame.has_key) return AddKey(frame, node);
  frame.has_key = false;
  return AddMember(frame, std::move(node));
}

absl::Status YamlComposer::AddKey(Frame& frame, const Node& node) {
  frame.has_key = true;
  frame.key_is_merge = node.is_merge_key;
  if (node.is_merge_key) {  // what is merged belongs to this mapping
    pointer_.resize(frame.pointer_size);
    return absl::OkStatus();
  }
  SW_ASSIGN_OR_RETURN(frame.key, KeyOf(node));
  const bool repeated = frame.members.contains(frame.key.string_value());
  if (repeated && !options_.allow_duplicate_keys) {
    return Fail(node.position,
                absl::StrCat("the key ", FormatString(frame.key.string_value()), " is repeated"));
  }
  if (marks_ != nullptr) {
    pointer_.resize(frame.pointer_size);
    AppendPointerToken(frame.key.string_value(), &pointer_);
    marks_->Add(pointer_, node.position);
  }
  return absl::OkStatus();
}

absl::StatusOr<Value> YamlComposer::KeyOf(const Node& node) const {
  const Value& key = node.value;
  if (key.is_string()) return key;
  if (key.is_array() || key.is_object()) {
    return Fail(node.position, "a mapping or sequence cannot be a key");
  }
  const std::string text = FormatCompact(key);
  if (options_.other_keys == YamlOptions::OtherKeys::kAsJsonText) return Value(text);
  return Fail(node.position,
              absl::StrCat("the key ", text, " is ", key.type_name(), ", not a string; quote it"));
}

absl::Status YamlComposer::AddMember(Frame& frame, Node node) {
  if (frame.key_is_merge) return Merge(frame, node);
  frame.members.Set(frame.key, std::move(node.value));
  return absl::OkStatus();
}

// Of several mappings in a sequence the first wins; of several merge keys, the
// last.
absl::Status YamlComposer::Merge(Frame& frame, const Node& node) {
  const auto merge_one = [&frame](const Object& members) {
    for (const Member& member : members) {
      frame.merged.Set(member.key_as_value(), member.value());
    }
  };
  if (node.value.is_object()) {
    merge_one(node.value.object());
    return absl::OkStatus();
  }
  if (!node.value.is_array()) {
    return Fail(node.position,
                absl::StrCat("only mappings can be merged by <<, not ", node.value.type_name()));
  }
  const Array& mappings = node.value.array();
  for (size_t i = mappings.size(); i > 0; --i) {
    if (!mappings[i - 1].is_object()) {
      return Fail(node.position, absl::StrCat("only mappings can be merged by <<, not ",
                                              mappings[i - 1].type_name()));
    }
    merge_one(mappings[i - 1].object());
  }
  return absl::OkStatus();
}

// Notes where the next element, or the document, begins. Members are noted with
// their keys.
void YamlComposer::MarkNext(YamlPosition position) {
  if (marks_ == nullptr) return;
  if (frames_.empty()) {
    marks_->Add("", position);
  } else if (const Frame& frame = frames_.back(); !frame.is_mapping) {
    pointer_.resize(frame.pointer_size);
    absl::StrAppend(&pointer_, "/", frame.elements.size());
    marks_->Add(pointer_, position);
  }
}

}  // namespace scriptworker::json
