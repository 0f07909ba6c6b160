// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/object.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/log/check.h"
#include "scriptworker/json/teardown.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {

using internal::ObjectRep;

namespace {

// Up to this many members a scan is as fast as a hash index.
constexpr size_t kMaxScanned = 8;

ObjectRep* Allocate(size_t capacity) {
  CHECK_LE(capacity, std::numeric_limits<uint32_t>::max() / 4);
  const size_t index_size = capacity <= kMaxScanned ? 0 : std::bit_ceil(capacity * 3 / 2);
  const size_t index_offset = sizeof(ObjectRep) + capacity * sizeof(Member);
  void* memory = std::malloc(index_offset + index_size * sizeof(uint32_t));
  CHECK(memory != nullptr) << "out of memory";
  std::memset(static_cast<char*>(memory) + index_offset, 0, index_size * sizeof(uint32_t));
  auto* rep = new (memory) ObjectRep;
  rep->capacity = static_cast<uint32_t>(capacity);
  rep->index_size = static_cast<uint32_t>(index_size);
  return rep;
}

Member* Members(ObjectRep& rep) { return reinterpret_cast<Member*>(rep.data()); }

uint32_t* Index(ObjectRep& rep) {
  return reinterpret_cast<uint32_t*>(rep.data() + size_t{rep.capacity} * sizeof(Member));
}

// The slot that holds `key`, or the free slot where it belongs. The hash is
// seeded by the process, so that nobody can choose keys that collide.
uint32_t* FindSlot(ObjectRep& rep, std::string_view key) {
  uint32_t* const index = Index(rep);
  const size_t mask = rep.index_size - 1;
  size_t slot = absl::HashOf(key) & mask;
  while (index[slot] != 0 && Members(rep)[index[slot] - 1].key() != key) {
    slot = (slot + 1) & mask;
  }
  return &index[slot];
}

void BuildIndex(ObjectRep& rep) {
  if (rep.index_size == 0) return;
  std::memset(Index(rep), 0, rep.index_size * sizeof(uint32_t));
  for (uint32_t i = 0; i < rep.size; ++i) {
    *FindSlot(rep, Members(rep)[i].key()) = i + 1;
  }
}

void Free(internal::SharedHeader& block) {
  std::destroy_n(reinterpret_cast<Member*>(block.data()), block.size);
  std::free(&block);
}

}  // namespace

Object::Object(std::initializer_list<std::pair<std::string_view, Value>> members) {
  reserve(members.size());
  for (const auto& [key, value] : members) Set(key, value);
}

Object::Object(const Object& other) : rep_(other.rep_) {
  if (rep_ != nullptr) {
    rep_->references.fetch_add(1, std::memory_order_relaxed);
  }
}

Object& Object::operator=(const Object& other) {
  Object copy(other);
  std::swap(rep_, copy.rep_);
  return *this;
}

Object& Object::operator=(Object&& other) noexcept {
  Object moved(std::move(other));
  std::swap(rep_, moved.rep_);
  return *this;
}

Object::~Object() {
  if (rep_ != nullptr && internal::DropReference(*rep_)) internal::TearDown<Free>(*rep_);
}

Member* Object::FindMember(std::string_view key) const {
  if (rep_ == nullptr) return nullptr;
  if (rep_->index_size != 0) {
    const uint32_t number = *FindSlot(*rep_, key);
    return number == 0 ? nullptr : At(number - 1);
  }
  Member* const end = At(rep_->size);
  if (key.size() <= internal::kMaxInlineString) {
    const Value wanted(key);
    for (Member* member = At(0); member != end; ++member) {
      if (member->key_.HasSameBits(wanted)) return member;
    }
  } else {
    for (Member* member = At(0); member != end; ++member) {
      if (member->key() == key) return member;
    }
  }
  return nullptr;
}

const Value* Object::Find(std::string_view key) const {
  const Member* const member = FindMember(key);
  return member == nullptr ? nullptr : &member->value_;
}

void Object::reserve(size_t capacity) {
  if (capacity > 0) MakeWritable(std::max(capacity, size()));
}

// REQUIRES: the key is absent.
Value* Object::Append(Value key, Value value) {
  MakeWritable(size() + 1);
  Member* const member = new (At(rep_->size)) Member(std::move(key), std::move(value));
  ++rep_->size;
  if (rep_->index_size != 0) *FindSlot(*rep_, member->key()) = rep_->size;
  return &member->value_;
}

void Object::Set(std::string_view key, Value value) {
  if (Value* const there = mutable_value(key)) {
    *there = std::move(value);
  } else {
    Append(Value(key), std::move(value));
  }
}

void Object::SetShared(const Value& key, Value value) {
  if (Value* const there = mutable_value(key.string_value())) {
    *there = std::move(value);
  } else {
    Append(key, std::move(value));
  }
}

bool Object::Insert(Value key, Value value) {
  if (FindMember(key.string_value()) != nullptr) return false;
  Append(std::move(key), std::move(value));
  return true;
}

Value* Object::FindOrAdd(std::string_view key) {
  Value* const there = mutable_value(key);
  return there != nullptr ? there : Append(Value(key), Value());
}

Value* Object::mutable_value(std::string_view key) {
  Member* member = FindMember(key);
  if (member == nullptr) return nullptr;
  const auto position = static_cast<size_t>(member - At(0));
  MakeWritable(size());
  return &At(position)->value_;
}

bool Object::Erase(std::string_view key) {
  const Member* const member = FindMember(key);
  if (member == nullptr) return false;
  const auto position = static_cast<size_t>(member - At(0));
  MakeWritable(size());
  std::move(At(position + 1), At(rep_->size), At(position));
  --rep_->size;
  At(rep_->size)->~Member();
  BuildIndex(*rep_);
  return true;
}

// Makes the block ours alone, with room for at least `min_capacity` members.
void Object::MakeWritable(size_t min_capacity) {
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
  ObjectRep* const fresh = Allocate(capacity);
  fresh->size = rep_->size;
  if (unique) {
    // Members do not know their address, so that their bytes can be moved.
    std::memcpy(fresh->data(), rep_->data(), rep_->size * sizeof(Member));
    std::free(rep_);
    rep_ = fresh;
  } else {
    std::uninitialized_copy(At(0), At(rep_->size), Members(*fresh));
    *this = Object(fresh);
  }
  BuildIndex(*rep_);
}

bool operator==(const Object& a, const Object& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [key, value] : a) {
    const Value* const other = b.Find(key);
    if (other == nullptr || !(*other == value)) return false;
  }
  return true;
}

}  // namespace scriptworker::json
