// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_VALUE_REP_H_
#define SCRIPTWORKER_JSON_VALUE_REP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "scriptworker/json/opaque.h"

// How values lie in memory. Private to value, array and object.
namespace scriptworker::json::internal {

// A Value's last byte: its kind in the high half, the length of an inline
// string in the low half. Kinds from kSharedStringTag on hold a pointer to a
// SharedHeader.
inline constexpr uint8_t kNullTag = 0x00;
inline constexpr uint8_t kBoolTag = 0x10;
inline constexpr uint8_t kIntTag = 0x20;
inline constexpr uint8_t kUintTag = 0x30;
inline constexpr uint8_t kDoubleTag = 0x40;
inline constexpr uint8_t kInlineStringTag = 0x50;
inline constexpr uint8_t kSharedStringTag = 0x60;
inline constexpr uint8_t kArrayTag = 0x70;
inline constexpr uint8_t kObjectTag = 0x80;
inline constexpr uint8_t kOpaqueTag = 0x90;

inline constexpr size_t kMaxInlineString = 15;
inline constexpr size_t kValueBytes = 16;
inline constexpr size_t kMemberBytes = 2 * kValueBytes;

// What every shared block begins with.
struct SharedHeader {
  std::atomic<uint32_t> references{1};
  uint32_t size = 0;        // bytes, elements or members
  uint32_t capacity = 0;    // in the same unit
  uint32_t index_size = 0;  // objects: slots of the hash index, or 0

  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
};
static_assert(sizeof(SharedHeader) == 16);

inline bool IsUnique(const SharedHeader& header) {
  return header.references.load(std::memory_order_acquire) == 1;
}

// Returns whether it was the last reference.
inline bool DropReference(SharedHeader& header) {
  return IsUnique(header) || header.references.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

// Followed by the bytes.
struct StringRep : SharedHeader {};
// Followed by `capacity` Values.
struct ArrayRep : SharedHeader {};
// Followed by `capacity` Members and by `index_size` uint32_t: member number +
// 1 by open addressing, 0 for a free slot.
struct ObjectRep : SharedHeader {};

struct OpaqueRep : SharedHeader {
  std::unique_ptr<const Opaque> opaque;
};

}  // namespace scriptworker::json::internal

#endif  // SCRIPTWORKER_JSON_VALUE_REP_H_
