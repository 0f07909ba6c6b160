// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/array.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <new>
#include <utility>

#include "absl/log/check.h"
#include "scriptworker/json/teardown.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {

using internal::ArrayRep;

namespace {

ArrayRep* Allocate(size_t capacity) {
  CHECK_LE(capacity, std::numeric_limits<uint32_t>::max());
  void* memory = std::malloc(sizeof(ArrayRep) + capacity * sizeof(Value));
  CHECK(memory != nullptr) << "out of memory";
  auto* rep = new (memory) ArrayRep;
  rep->capacity = static_cast<uint32_t>(capacity);
  return rep;
}

void Free(internal::SharedHeader& block) {
  std::destroy_n(reinterpret_cast<Value*>(block.data()), block.size);
  std::free(&block);
}

}  // namespace

Array::Array(std::initializer_list<Value> values) {
  reserve(values.size());
  for (const Value& value : values) push_back(value);
}

Array::Array(const Array& other) : rep_(other.rep_) {
  if (rep_ != nullptr) {
    rep_->references.fetch_add(1, std::memory_order_relaxed);
  }
}

Array& Array::operator=(const Array& other) {
  Array copy(other);
  std::swap(rep_, copy.rep_);
  return *this;
}

Array& Array::operator=(Array&& other) noexcept {
  Array moved(std::move(other));
  std::swap(rep_, moved.rep_);
  return *this;
}

Array::~Array() {
  if (rep_ != nullptr && internal::DropReference(*rep_)) internal::TearDown<Free>(*rep_);
}

void Array::reserve(size_t capacity) {
  if (capacity > 0) MakeWritable(std::max(capacity, size()));
}

void Array::push_back(Value value) {
  MakeWritable(size() + 1);
  new (MutableAt(rep_->size)) Value(std::move(value));
  ++rep_->size;
}

void Array::pop_back() {
  CHECK(!empty());
  MakeWritable(size());
  --rep_->size;
  MutableAt(rep_->size)->~Value();
}

Value* Array::mutable_at(size_t i) {
  CHECK_LT(i, size());
  return mutable_data() + i;
}

Value* Array::mutable_data() {
  if (empty()) return nullptr;
  MakeWritable(size());
  return MutableAt(0);
}

// Makes the block ours alone, with room for at least `min_capacity` elements.
void Array::MakeWritable(size_t min_capacity) {
  if (rep_ == nullptr) {
    rep_ = Allocate(std::max<size_t>(min_capacity, 4));
    return;
  }
  const bool unique = internal::IsUnique(*rep_);
  if (unique && rep_->capacity >= min_capacity) return;
  size_t capacity = min_capacity;
  if (min_capacity > rep_->capacity) {
    capacity = std::max<size_t>(min_capacity, size_t{2} * rep_->capacity);
  }
  ArrayRep* const fresh = Allocate(capacity);
  fresh->size = rep_->size;
  auto* const target = reinterpret_cast<Value*>(fresh->data());
  if (unique) {
    // Values do not know their address, so that their bytes can be moved.
    std::memcpy(static_cast<void*>(target), rep_->data(), rep_->size * sizeof(Value));
    std::free(rep_);
    rep_ = fresh;
  } else {
    std::uninitialized_copy(begin(), end(), target);
    *this = Array(fresh);
  }
}

bool operator==(const Array& a, const Array& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace scriptworker::json
