// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/unique_values.h"

#include <cstddef>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {
namespace {

struct Hash {
  size_t operator()(const Value* value) const { return HashValue(*value); }
};

struct Equal {
  bool operator()(const Value* a, const Value* b) const { return *a == *b; }
};

}  // namespace

size_t HashValue(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
    case Value::Type::kOpaque:
      return absl::HashOf(0);
    case Value::Type::kBool:
      return absl::HashOf(1, value.bool_value());
    case Value::Type::kInt:
    case Value::Type::kUint:
    case Value::Type::kDouble:
      return absl::HashOf(2, value.double_value());
    case Value::Type::kString:
      return absl::HashOf(3, value.string_value());
    case Value::Type::kArray: {
      size_t hash = absl::HashOf(4, value.array().size());
      for (const Value& element : value.array()) hash = absl::HashOf(hash, HashValue(element));
      return hash;
    }
    case Value::Type::kObject: {
      size_t hash = 5;
      for (const auto& [key, member] : value.object()) hash += absl::HashOf(key, HashValue(member));
      return hash;
    }
  }
  return 0;
}

bool AreUnique(const Array& array) {
  absl::flat_hash_set<const Value*, Hash, Equal> seen;
  seen.reserve(array.size());
  for (const Value& element : array) {
    if (!seen.insert(&element).second) return false;
  }
  return true;
}

}  // namespace scriptworker::json
