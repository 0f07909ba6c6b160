// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/secret_string.h"

#include <string.h>

#include <string>
#include <utility>

namespace scriptworker {

void Wipe(std::string& text) {
  // Bytes between size and capacity may hold what was there before.
  text.resize(text.capacity());
  explicit_bzero(text.data(), text.size());
  text.clear();
}

SecretString::SecretString(std::string secret) : value_(std::move(secret)) {
  Wipe(secret);  // a short string is copied by a move, not taken over
}

SecretString::SecretString(const SecretString& other) = default;

SecretString::SecretString(SecretString&& other) noexcept { *this = std::move(other); }

SecretString& SecretString::operator=(const SecretString& other) {
  if (this != &other) {
    Wipe(value_);
    value_ = other.value_;
  }
  return *this;
}

SecretString& SecretString::operator=(SecretString&& other) noexcept {
  if (this != &other) {
    value_.swap(other.value_);
    Wipe(other.value_);
  }
  return *this;
}

SecretString::~SecretString() { Wipe(value_); }

bool operator==(const SecretString& a, const SecretString& b) {
  if (a.value_.size() != b.value_.size()) return false;
  volatile unsigned char difference = 0;
  for (size_t i = 0; i < a.value_.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (a.value_[i] ^ b.value_[i]));
  }
  return difference == 0;
}

}  // namespace scriptworker
