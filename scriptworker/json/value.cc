// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/value.h"

#include <compare>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "absl/log/check.h"
#include "absl/log/log.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/number.h"

namespace scriptworker::json {

using internal::StringRep;

Value::Value(std::string_view value) {
  if (value.size() <= internal::kMaxInlineString) {
    tag_ = static_cast<uint8_t>(internal::kInlineStringTag | value.size());
    char* const bytes = static_cast<char*>(static_cast<void*>(this));
    if (!value.empty()) std::memcpy(bytes, value.data(), value.size());
    return;
  }
  CHECK_LE(value.size(), std::numeric_limits<uint32_t>::max());
  void* const memory = std::malloc(sizeof(StringRep) + value.size());
  CHECK(memory != nullptr) << "out of memory";
  auto* const rep = new (memory) StringRep;
  rep->size = static_cast<uint32_t>(value.size());
  std::memcpy(rep->data(), value.data(), value.size());
  tag_ = internal::kSharedStringTag;
  payload_.shared = rep;
}

Value::Value(Array value) noexcept : tag_(internal::kArrayTag) {
  new (&payload_.array) Array(std::move(value));
}

Value::Value(Object value) noexcept : tag_(internal::kObjectTag) {
  new (&payload_.object) Object(std::move(value));
}

Value::Value(std::unique_ptr<const Opaque> value) : tag_(internal::kOpaqueTag) {
  CHECK(value != nullptr);
  auto* const rep = new internal::OpaqueRep;
  rep->opaque = std::move(value);
  payload_.shared = rep;
}

const Opaque& Value::opaque() const {
  Require(Type::kOpaque);
  return *static_cast<const internal::OpaqueRep*>(payload_.shared)->opaque;
}

void Value::DropReference() {
  if (tag_ == internal::kArrayTag) {
    payload_.array.~Array();
  } else if (tag_ == internal::kObjectTag) {
    payload_.object.~Object();
  } else if (internal::DropReference(*payload_.shared)) {
    if (tag_ == internal::kOpaqueTag) {
      delete static_cast<internal::OpaqueRep*>(payload_.shared);
    } else {
      std::free(payload_.shared);
    }
  }
}

void Value::FailRequirement(Type wanted) const {
  LOG(FATAL) << "a JSON value is " << type_name() << ", not " << TypeName(wanted);
}

uint64_t Value::uint_value() const {
  if (type() != Type::kUint) {
    Require(Type::kInt);
    CHECK_GE(payload_.integer, 0);
  }
  return static_cast<uint64_t>(payload_.integer);
}

double Value::double_value() const {
  if (type() == Type::kInt) return static_cast<double>(payload_.integer);
  if (type() == Type::kUint) return static_cast<double>(uint_value());
  Require(Type::kDouble);
  return payload_.real;
}

bool Value::SharesContentWith(const Value& other) const {
  return tag_ >= internal::kSharedStringTag && HasSameBits(other);
}

std::string Value::DebugString() const { return FormatCompact(*this); }

bool operator==(const Value& a, const Value& b) {
  using Type = Value::Type;
  if (a.type() != b.type()) {
    if (!a.is_number() || !b.is_number()) return false;
    return std::is_eq(CompareNumbers(a, b));
  }
  switch (a.type()) {
    case Type::kNull:
      return true;
    case Type::kBool:
    case Type::kInt:
    case Type::kUint:
      return a.payload_.integer == b.payload_.integer;
    case Type::kDouble:
      return a.payload_.real == b.payload_.real;
    case Type::kString:
      return a.string_value() == b.string_value();
    case Type::kArray:
      return a.SharesContentWith(b) || a.array() == b.array();
    case Type::kObject:
      return a.SharesContentWith(b) || a.object() == b.object();
    case Type::kOpaque:
      return a.SharesContentWith(b);
  }
  return false;
}

std::string_view Value::type_name() const {
  return is_opaque() ? opaque().type_name() : TypeName(type());
}

std::string_view TypeName(Value::Type type) {
  switch (type) {
    case Value::Type::kNull:
      return "null";
    case Value::Type::kBool:
      return "a boolean";
    case Value::Type::kInt:
    case Value::Type::kUint:
      return "an integer";
    case Value::Type::kDouble:
      return "a number";
    case Value::Type::kString:
      return "a string";
    case Value::Type::kArray:
      return "an array";
    case Value::Type::kObject:
      return "an object";
    case Value::Type::kOpaque:
      return "an opaque value";
  }
  return "an unknown type";
}

}  // namespace scriptworker::json
