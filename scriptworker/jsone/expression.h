// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_EXPRESSION_H_
#define SCRIPTWORKER_JSONE_EXPRESSION_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "scriptworker/json/value.h"

namespace scriptworker::jsone {

enum class Op : uint8_t {
  kConstant,   // value
  kVariable,   // value: its name
  kUnaryPlus,  // left
  kUnaryMinus,
  kNot,
  kOr,  // left, right; the right one only when needed
  kAnd,
  kIn,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kPower,     // left ** right
  kProperty,  // left . value
  kIndex,     // left [ right ]
  kSlice,     // left [ right : upper ]; each bound may be kNoNode
  kCall,      // left ( children )
  kList,      // [ children ]
  kObject,    // { children }: key (a kConstant), value, key, value, ...
};

using NodeId = int32_t;
inline constexpr NodeId kNoNode = -1;

struct Node {
  Op op = Op::kConstant;
  NodeId left = kNoNode;
  NodeId right = kNoNode;
  NodeId upper = kNoNode;
  uint32_t first_child = 0;
  uint32_t child_count = 0;
  json::Value value = {};
};

// A parsed expression: a tree in one flat vector, which is cheap to make, to
// keep and to walk. Immutable once parsed, so thread-safe.
class Expression {
 public:
  NodeId root() const { return root_; }
  const Node& node(NodeId id) const { return nodes_[static_cast<size_t>(id)]; }
  absl::Span<const NodeId> children(const Node& node) const {
    return absl::MakeSpan(children_).subspan(node.first_child, node.child_count);
  }

  NodeId Add(Node node) {
    nodes_.push_back(std::move(node));
    return static_cast<NodeId>(nodes_.size() - 1);
  }
  NodeId AddWithChildren(Node node, absl::Span<const NodeId> children) {
    node.first_child = static_cast<uint32_t>(children_.size());
    node.child_count = static_cast<uint32_t>(children.size());
    children_.insert(children_.end(), children.begin(), children.end());
    return Add(std::move(node));
  }
  void set_root(NodeId root) { root_ = root; }

 private:
  std::vector<Node> nodes_;
  std::vector<NodeId> children_;
  NodeId root_ = kNoNode;
};

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_EXPRESSION_H_
