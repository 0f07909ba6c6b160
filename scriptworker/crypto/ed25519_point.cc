// SPDX-License-Identifier: MPL-2.0
//
// An encoded point is y in little-endian order, the sign of x in the top bit.
// It is canonical if y < p and, where x is 0 (y = 1 or y = -1, both of small
// order), the sign is 0. It is on the curve -x^2 + y^2 = 1 + d x^2 y^2 if
// x^2 = (y^2 - 1) / (d y^2 + 1) is a square, and so is the product of
// numerator and denominator, which Euler's criterion decides.

#include "scriptworker/crypto/ed25519_point.h"

#include <openssl/bn.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/types/span.h"

namespace scriptworker::crypto {
namespace {

using Encoded = std::array<uint8_t, 32>;

// p = 2^255 - 19 and d, both little-endian.
constexpr Encoded kPrime = {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
constexpr Encoded kD = {0xa3, 0x78, 0x59, 0x13, 0xca, 0x4d, 0xeb, 0x75, 0xab, 0xd8, 0x41,
                        0x41, 0x4d, 0x0a, 0x70, 0x00, 0x98, 0xe8, 0x79, 0x77, 0x79, 0x40,
                        0xc7, 0x8c, 0x73, 0xfe, 0x6f, 0x2b, 0xee, 0x6c, 0x03, 0x52};

// The y of the eight points whose order divides 8; each pair x, -x shares one.
constexpr Encoded kSmallOrderY[] = {
    {0x01},  // order 1
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},  // order 2
    {0x00},                                                        // order 4
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},  // order 8
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},  // order 8
};

bssl::UniquePtr<BIGNUM> Number(const Encoded& little_endian) {
  bssl::UniquePtr<BIGNUM> number(BN_le2bn(little_endian.data(), little_endian.size(), nullptr));
  CHECK(number != nullptr);
  return number;
}

// Whether some x belongs to this y. BIGNUM operations on these sizes fail only
// when memory runs out.
bool IsOnCurve(const Encoded& y_bytes) {
  const bssl::UniquePtr<BIGNUM> p = Number(kPrime);
  const bssl::UniquePtr<BIGNUM> d = Number(kD);
  const bssl::UniquePtr<BIGNUM> y = Number(y_bytes);
  const bssl::UniquePtr<BN_CTX> context(BN_CTX_new());
  const bssl::UniquePtr<BIGNUM> y_squared(BN_new()), numerator(BN_new()), denominator(BN_new()),
      product(BN_new()), exponent(BN_new()), symbol(BN_new());
  CHECK(BN_mod_sqr(y_squared.get(), y.get(), p.get(), context.get()));
  CHECK(BN_mod_sub(numerator.get(), y_squared.get(), BN_value_one(), p.get(), context.get()));
  CHECK(BN_mod_mul(denominator.get(), d.get(), y_squared.get(), p.get(), context.get()));
  CHECK(BN_mod_add(denominator.get(), denominator.get(), BN_value_one(), p.get(), context.get()));
  CHECK(BN_mod_mul(product.get(), numerator.get(), denominator.get(), p.get(), context.get()));
  CHECK(BN_rshift1(exponent.get(), p.get()));  // (p - 1) / 2: p is odd
  CHECK(BN_mod_exp(symbol.get(), product.get(), exponent.get(), p.get(), context.get()));
  return BN_is_zero(symbol.get()) || BN_is_one(symbol.get());
}

}  // namespace

absl::Status CheckEd25519Point(absl::Span<const uint8_t> encoded) {
  Encoded y;
  CHECK_EQ(encoded.size(), y.size());
  std::copy(encoded.begin(), encoded.end(), y.begin());
  y.back() &= 0x7f;
  // Little-endian: the last byte counts most.
  if (!std::lexicographical_compare(y.rbegin(), y.rend(), kPrime.rbegin(), kPrime.rend())) {
    return absl::InvalidArgumentError("not an Ed25519 public key: the encoding is not canonical");
  }
  if (std::find(std::begin(kSmallOrderY), std::end(kSmallOrderY), y) != std::end(kSmallOrderY)) {
    return absl::InvalidArgumentError(
        "not an Ed25519 public key: a point of small order, which would "
        "accept forged signatures");
  }
  if (!IsOnCurve(y)) {
    return absl::InvalidArgumentError("not an Ed25519 public key: no point on the curve");
  }
  return absl::OkStatus();
}

}  // namespace scriptworker::crypto
