// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_OBJECT_H_
#define SCRIPTWORKER_JSON_OBJECT_H_

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "scriptworker/json/value_rep.h"

namespace scriptworker::json {

class Value;
class Member;

// A JSON object: members with distinct keys, in the order of their insertion.
// Copying is O(1): copies share the members until one of them is changed (see
// value.h). Find is O(1): small objects are scanned (a key of up to 15 bytes
// compares as two words), larger ones have a hash index.
//
//   for (const auto& [key, value] : object) ...   // string_view, const Value&
//
// Thread-compatible; copies that share members may be used by different
// threads.
class Object {
 public:
  using value_type = Member;
  using const_iterator = const Member*;

  Object() = default;
  // A later member replaces the value of an earlier one with the same key.
  Object(std::initializer_list<std::pair<std::string_view, Value>> members);
  Object(const Object& other);
  Object(Object&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Object& operator=(const Object& other);
  Object& operator=(Object&& other) noexcept;
  ~Object();

  size_t size() const { return rep_ == nullptr ? 0 : rep_->size; }
  bool empty() const { return size() == 0; }
  const_iterator begin() const { return rep_ == nullptr ? nullptr : At(0); }
  const_iterator end() const { return rep_ == nullptr ? nullptr : At(size()); }
  const Value* Find(std::string_view key) const;  // nullptr: absent
  bool contains(std::string_view key) const { return Find(key) != nullptr; }

  // Changes. Each first takes an own copy of the members if they are shared,
  // and invalidates iterators, references and keys' views into this object.
  void reserve(size_t capacity);
  // Replaces the value and keeps its place, or appends a member.
  void Set(std::string_view key, Value value);
  // As Set, for a key that is a string Value already (O(1), its bytes are
  // shared). REQUIRES: key.is_string()
  template <std::same_as<Value> V>
  void Set(const V& key, Value value);
  // Appends the member and returns true, or returns false and changes nothing
  // if the key is there. REQUIRES: key.is_string()
  bool Insert(Value key, Value value);
  // The value of `key`, added as null if absent.
  Value* FindOrAdd(std::string_view key);
  Value* mutable_value(std::string_view key);  // nullptr: absent
  // Keeps the order of the others; O(size). Returns whether the key was there.
  bool Erase(std::string_view key);

 private:
  friend class Value;
  explicit Object(internal::ObjectRep* rep) : rep_(rep) {}
  // Member is not complete here, hence the bytes.
  Member* At(size_t i) const {
    return reinterpret_cast<Member*>(rep_->data() + i * internal::kMemberBytes);
  }
  void MakeWritable(size_t min_capacity);
  Member* FindMember(std::string_view key) const;
  Value* Append(Value key, Value value);
  void SetShared(const Value& key, Value value);

  internal::ObjectRep* rep_ = nullptr;  // nullptr: empty
};

// The same keys with equal values, in any order.
bool operator==(const Object& a, const Object& b);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_OBJECT_H_
