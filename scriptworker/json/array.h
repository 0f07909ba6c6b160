// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_ARRAY_H_
#define SCRIPTWORKER_JSON_ARRAY_H_

#include <cstddef>
#include <initializer_list>
#include <utility>

#include "scriptworker/json/value_rep.h"

namespace scriptworker::json {

class Value;

// A sequence of JSON values. Copying is O(1): copies share the elements until
// one of them is changed (see value.h). Thread-compatible; copies that share
// elements may be used by different threads.
class Array {
 public:
  using value_type = Value;
  using const_iterator = const Value*;

  Array() = default;
  // What Array{a} with one array `a` is, compilers see differently (CWG 2137): write Array(a)
  // for a copy, Array{Value(a)} for an array of one array.
  Array(std::initializer_list<Value> values);
  Array(const Array& other);
  Array(Array&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Array& operator=(const Array& other);
  Array& operator=(Array&& other) noexcept;
  ~Array();

  size_t size() const { return rep_ == nullptr ? 0 : rep_->size; }
  bool empty() const { return size() == 0; }
  const Value& operator[](size_t i) const {  // REQUIRES: i < size()
    return *At(i);
  }
  const Value& front() const { return *At(0); }          // REQUIRES: !empty()
  const Value& back() const { return *At(size() - 1); }  // REQUIRES: !empty()
  const_iterator begin() const { return rep_ == nullptr ? nullptr : At(0); }
  const_iterator end() const { return rep_ == nullptr ? nullptr : At(size()); }

  // Changes. Each first takes an own copy of the elements if they are shared,
  // and invalidates iterators and references into this array.
  void reserve(size_t capacity);
  void push_back(Value value);  // amortized O(1)
  void pop_back();              // REQUIRES: !empty()
  Value* mutable_at(size_t i);  // REQUIRES: i < size()
  Value* mutable_data();        // size() elements; nullptr when empty

 private:
  friend class Value;
  explicit Array(internal::ArrayRep* rep) : rep_(rep) {}
  // Value is not complete here, hence the bytes.
  const Value* At(size_t i) const {
    return reinterpret_cast<const Value*>(rep_->data() + i * internal::kValueBytes);
  }
  Value* MutableAt(size_t i) { return const_cast<Value*>(At(i)); }
  void MakeWritable(size_t min_capacity);

  internal::ArrayRep* rep_ = nullptr;  // nullptr: empty
};

bool operator==(const Array& a, const Array& b);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_ARRAY_H_
