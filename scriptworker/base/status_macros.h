// SPDX-License-Identifier: MPL-2.0
//
// SW_RETURN_IF_ERROR and SW_ASSIGN_OR_RETURN: hand an error to the caller,
// optionally with words of one's own. The semantics are those of
// absl/status/status_macros.h of later Abseil releases, so that a switch to it
// is a rename.
//
//   SW_RETURN_IF_ERROR(MakeDirs(work_dir)) << "while preparing the task";
//   SW_ASSIGN_OR_RETURN(std::string text, ReadFile(path));
//   SW_ASSIGN_OR_RETURN(std::string text, ReadFile(path),
//                       _.SetPrepend() << "credentials: ");
//
// Words are appended after "; " (or put in front after SetPrepend()). Code and
// payloads of the status are kept.
//
// The value returned is a StatusBuilder, so a lambda that uses these macros
// needs an explicit return type.

#ifndef SCRIPTWORKER_BASE_STATUS_MACROS_H_
#define SCRIPTWORKER_BASE_STATUS_MACROS_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace scriptworker {

// Returns `status` with `message` in place of its own; code and payloads are
// kept. OK stays OK.
inline absl::Status WithMessage(const absl::Status& status, std::string_view message) {
  if (status.ok()) return status;
  absl::Status result(status.code(), message);
  status.ForEachPayload([&result](std::string_view type_url, const absl::Cord& payload) {
    result.SetPayload(type_url, payload);
  });
  return result;
}

// A status on its way out, to which words can be added. Thread-compatible.
class [[nodiscard]] StatusBuilder {
 public:
  explicit StatusBuilder(absl::Status status) : status_(std::move(status)) {}

  // From now on the words are put in front of the message, without separator.
  StatusBuilder& SetPrepend() & {
    prepend_ = true;
    return *this;
  }
  StatusBuilder&& SetPrepend() && { return std::move(SetPrepend()); }

  template <typename T>
  StatusBuilder& operator<<(const T& words) & {
    if (!status_.ok()) absl::StrAppend(&words_, words);
    return *this;
  }
  template <typename T>
  StatusBuilder&& operator<<(const T& words) && {
    return std::move(*this << words);
  }

  operator absl::Status() const {  // NOLINT(google-explicit-constructor)
    if (words_.empty()) return status_;
    if (prepend_) {
      return WithMessage(status_, absl::StrCat(words_, status_.message()));
    }
    if (status_.message().empty()) return WithMessage(status_, words_);
    return WithMessage(status_, absl::StrCat(status_.message(), "; ", words_));
  }
  template <typename T>
  operator absl::StatusOr<T>() const {  // NOLINT(google-explicit-constructor)
    return static_cast<absl::Status>(*this);
  }

 private:
  absl::Status status_;
  std::string words_;
  bool prepend_ = false;
};

namespace status_macros_internal {

// Holds a status inside the condition of the macro's `if`.
class Holder {
 public:
  explicit Holder(absl::Status status) : status_(std::move(status)) {}
  explicit operator bool() const { return status_.ok(); }
  StatusBuilder Take() { return StatusBuilder(std::move(status_)); }

 private:
  absl::Status status_;
};

}  // namespace status_macros_internal
}  // namespace scriptworker

// The switch keeps a caller's dangling `else` away from the macro's `if`.
#define SW_RETURN_IF_ERROR(expr)                                                     \
  switch (0)                                                                         \
  case 0:                                                                            \
  default:                                                                           \
    if (::scriptworker::status_macros_internal::Holder sw_holder(expr); sw_holder) { \
    } else /* NOLINT(readability-else-after-return) */                               \
      return sw_holder.Take()

// SW_ASSIGN_OR_RETURN(lhs, expr [, returned]): `returned` may use `_`, the
// StatusBuilder. A type with commas on the left needs an alias or `auto`.
#define SW_ASSIGN_OR_RETURN(...)                                                             \
  SW_STATUS_MACROS_PICK_(                                                                    \
      (__VA_ARGS__, SW_STATUS_MACROS_ASSIGN_3_, SW_STATUS_MACROS_ASSIGN_2_, unused, unused)) \
  (__VA_ARGS__)

#define SW_STATUS_MACROS_PICK_(args) SW_STATUS_MACROS_FOURTH_ args
#define SW_STATUS_MACROS_FOURTH_(a, b, c, picked, ...) picked
#define SW_STATUS_MACROS_JOIN_(a, b) SW_STATUS_MACROS_JOIN_AGAIN_(a, b)
#define SW_STATUS_MACROS_JOIN_AGAIN_(a, b) a##b

#define SW_STATUS_MACROS_ASSIGN_2_(lhs, expr) SW_STATUS_MACROS_ASSIGN_3_(lhs, expr, _)
#define SW_STATUS_MACROS_ASSIGN_3_(lhs, expr, returned) \
  SW_STATUS_MACROS_ASSIGN_(SW_STATUS_MACROS_JOIN_(sw_result, __LINE__), lhs, expr, returned)
#define SW_STATUS_MACROS_ASSIGN_(result, lhs, expr, returned)                     \
  auto result = (expr);                                                           \
  if (!result.ok()) {                                                             \
    [[maybe_unused]] ::scriptworker::StatusBuilder _(std::move(result).status()); \
    return returned;                                                              \
  }                                                                               \
  lhs = *std::move(result)

#endif  // SCRIPTWORKER_BASE_STATUS_MACROS_H_
