// SPDX-License-Identifier: MPL-2.0
//
// A string that does not print: access tokens, keys, certificates' signatures.

#ifndef SCRIPTWORKER_BASE_SECRET_STRING_H_
#define SCRIPTWORKER_BASE_SECRET_STRING_H_

#include <string>
#include <string_view>

namespace scriptworker {

// Guarantees: no conversion to text and no operator<< or AbslStringify, so a
// log line or an error text cannot take it by accident; equality takes the
// same time for any two values of one length; the bytes are overwritten when
// the object dies or is assigned. It cannot protect copies that the caller
// makes of reveal(). Thread-compatible.
class SecretString {
 public:
  SecretString() = default;
  // Takes the value over; `secret` itself is overwritten.
  explicit SecretString(std::string secret);

  SecretString(const SecretString& other);
  SecretString(SecretString&& other) noexcept;
  SecretString& operator=(const SecretString& other);
  SecretString& operator=(SecretString&& other) noexcept;
  ~SecretString();

  // The name is meant to be searched for: each use is a place that may leak.
  std::string_view reveal() const { return value_; }

  bool empty() const { return value_.empty(); }

  friend bool operator==(const SecretString& a, const SecretString& b);

 private:
  std::string value_;
};

// Overwrites every byte of the string's buffer and empties it. The compiler
// does not remove the write.
void Wipe(std::string& text);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_SECRET_STRING_H_
