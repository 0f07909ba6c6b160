// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_MEMBER_H_
#define SCRIPTWORKER_JSON_MEMBER_H_

#include <concepts>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "scriptworker/json/value.h"

namespace scriptworker::json {

// One member of an Object. Decomposes into [key, value].
class Member {
 public:
  std::string_view key() const { return key_.string_value(); }
  const Value& key_as_value() const { return key_; }
  const Value& value() const { return value_; }

  template <size_t I>
  decltype(auto) get() const {
    if constexpr (I == 0) {
      return key();
    } else {
      return value();
    }
  }

 private:
  friend class Object;
  Member(Value key, Value value) : key_(std::move(key)), value_(std::move(value)) {}

  Value key_;
  Value value_;
};

template <std::same_as<Value> V>
void Object::Set(const V& key, Value value) {  // NOLINT(performance-unnecessary-value-param)
  SetShared(key, std::move(value));
}

}  // namespace scriptworker::json

template <>
struct std::tuple_size<scriptworker::json::Member> : std::integral_constant<size_t, 2> {};
template <>
struct std::tuple_element<0, scriptworker::json::Member> {
  using type = std::string_view;
};
template <>
struct std::tuple_element<1, scriptworker::json::Member> {
  using type = const scriptworker::json::Value&;
};

#endif  // SCRIPTWORKER_JSON_MEMBER_H_
