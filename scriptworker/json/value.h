// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_VALUE_H_
#define SCRIPTWORKER_JSON_VALUE_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "scriptworker/json/array.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/opaque.h"
#include "scriptworker/json/value_rep.h"

namespace scriptworker::json {

// A JSON value of 16 bytes. Numbers, and strings of up to 15 bytes, lie in the
// value itself; longer strings, arrays and objects are shared between copies by
// an atomic reference count inside them, so that a copy is O(1). Documents here
// are read often, passed between stages and threads, and rarely changed (json-e
// takes most of its result unchanged from template and context): sharing with
// copy-on-write spares the deep copies and needs no locks.
//
// Strings are UTF-8 when they come from Parse or ParseYaml; the constructors do
// not check.
//
// Thread-compatible: one Value needs a lock if a thread changes it; different
// Values may be used by different threads even when they share their contents.
class Value {
 public:
  enum class Type : uint8_t {
    kNull,
    kBool,
    kInt,   // within int64_t
    kUint,  // above INT64_MAX only
    kDouble,
    kString,
    kArray,
    kObject,
    kOpaque  // no JSON, never made by a parser: see opaque.h
  };

  Value() : Value(nullptr) {}
  Value(std::nullptr_t) : tag_(internal::kNullTag) {}
  template <std::same_as<bool> B>
  Value(B value) : tag_(internal::kBoolTag) {
    payload_.integer = value ? 1 : 0;
  }
  template <std::integral I>
  requires(!std::same_as<I, bool> && !std::same_as<I, char>) Value(I value)
      : tag_(internal::kIntTag) {
    payload_.integer = static_cast<int64_t>(value);
    if (std::cmp_greater(value, std::numeric_limits<int64_t>::max())) {
      tag_ = internal::kUintTag;
    }
  }
  Value(double value) : tag_(internal::kDoubleTag) { payload_.real = value; }
  Value(std::string_view value);
  Value(const std::string& value) : Value(std::string_view(value)) {}
  Value(const char* value) : Value(std::string_view(value)) {}
  Value(Array value) noexcept;
  Value(Object value) noexcept;
  explicit Value(std::unique_ptr<const Opaque> value);  // must not be nullptr

  Value(const Value& other) {
    CopyBits(other);
    if (tag_ >= internal::kSharedStringTag) AddReference();
  }
  Value(Value&& other) noexcept {
    CopyBits(other);
    other.tag_ = internal::kNullTag;
  }
  Value& operator=(const Value& other) {
    if (this != &other) *this = Value(other);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    Value moved(std::move(other));
    Swap(moved);  // `moved` drops the old content last: it may hold `other`
    return *this;
  }
  ~Value() {
    if (tag_ >= internal::kSharedStringTag) DropReference();
  }

  Type type() const {
    const int kind = tag_ >> 4;  // inline and shared strings are one type
    return static_cast<Type>(tag_ < internal::kSharedStringTag ? kind : kind - 1);
  }
  bool is_null() const { return type() == Type::kNull; }
  bool is_bool() const { return type() == Type::kBool; }
  bool is_int() const { return type() == Type::kInt; }
  bool is_number() const {  // kInt, kUint or kDouble; a bool is no number
    return type() >= Type::kInt && type() <= Type::kDouble;
  }
  bool is_string() const { return type() == Type::kString; }
  bool is_array() const { return type() == Type::kArray; }
  bool is_object() const { return type() == Type::kObject; }
  bool is_opaque() const { return type() == Type::kOpaque; }

  // REQUIRES the type that is named; a wrong one is a fatal error.
  bool bool_value() const {
    Require(Type::kBool);
    return payload_.integer != 0;
  }
  int64_t int_value() const {
    Require(Type::kInt);
    return payload_.integer;
  }
  uint64_t uint_value() const;  // kInt that is not negative, or kUint
  double double_value() const;  // any number, rounded to the nearest double
  // Valid while this Value is neither changed, moved nor destroyed.
  std::string_view string_value() const {
    Require(Type::kString);
    if (tag_ == internal::kSharedStringTag) {
      return {payload_.shared->data(), payload_.shared->size};
    }
    return {reinterpret_cast<const char*>(this), tag_ & 0x0fU};
  }
  // Of a temporary they come by value (O(1)), so that a loop over
  // `Make().object()` holds on to what it reads.
  const Array& array() const& {
    Require(Type::kArray);
    return payload_.array;
  }
  Array array() && { return std::as_const(*this).array(); }
  const Object& object() const& {
    Require(Type::kObject);
    return payload_.object;
  }
  Object object() && { return std::as_const(*this).object(); }
  const Opaque& opaque() const;
  Array* mutable_array() { return const_cast<Array*>(&array()); }
  Object* mutable_object() { return const_cast<Object*>(&object()); }

  // The member `key`; nullptr when this is no object or has no such member.
  const Value* Find(std::string_view key) const {
    return is_object() ? payload_.object.Find(key) : nullptr;
  }

  // "an object", "a string", ... for messages such as "expected an integer,
  // found a string".
  std::string_view type_name() const;

  // True if both share one array, object or long string: equal at O(1).
  bool SharesContentWith(const Value& other) const;

  // Equality of values: 1 == 1.0, compared exactly; true is no number; members
  // in any order; an opaque value equals its copies only.
  friend bool operator==(const Value& a, const Value& b);

  // The compact JSON text, for messages and test failures.
  template <typename Sink>
  friend void AbslStringify(Sink& sink, const Value& value) {
    sink.Append(value.DebugString());
  }
  friend std::ostream& operator<<(std::ostream& out, const Value& value) {
    return out << value.DebugString();
  }

 private:
  friend class Object;
  friend class Member;

  void Require(Type wanted) const {
    if (type() != wanted) FailRequirement(wanted);
  }
  [[noreturn]] void FailRequirement(Type wanted) const;

  bool HasSameBits(const Value& other) const {
    // All bytes count: those that a value does not use are zero.
    return std::memcmp(static_cast<const void*>(this), &other,  // NOLINT(bugprone-*)
                       sizeof(Value)) == 0;
  }
  void CopyBits(const Value& other) {
    // The reference counts are the callers' concern.
    std::memcpy(static_cast<void*>(this), &other, sizeof(Value));  // NOLINT(bugprone-*)
  }
  void Swap(Value& other) noexcept {
    Value third;
    third.CopyBits(*this);
    CopyBits(other);
    other.CopyBits(third);
    third.tag_ = internal::kNullTag;
  }
  void AddReference() const {
    if (payload_.shared != nullptr) {
      payload_.shared->references.fetch_add(1, std::memory_order_relaxed);
    }
  }
  void DropReference();
  std::string DebugString() const;

  // An inline string starts at payload_ and may fill all bytes before tag_; its
  // unused bytes are zero.
  union Payload {
    Payload() : integer(0) {}
    ~Payload() {}
    int64_t integer;  // kBool, kInt, and kUint modulo 2^64
    double real;
    internal::SharedHeader* shared;  // kString beyond 15 bytes, arrays, objects
    Array array;
    Object object;
  } payload_;
  char tail_[7] = {};
  uint8_t tag_;
};
static_assert(sizeof(Value) == 16);

// As Value::type_name; "an opaque value" for kOpaque.
std::string_view TypeName(Value::Type type);

}  // namespace scriptworker::json

// Completes Object's members; needs Value complete.
#include "scriptworker/json/member.h"  // IWYU pragma: export

#endif  // SCRIPTWORKER_JSON_VALUE_H_
