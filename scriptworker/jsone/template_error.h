// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_TEMPLATE_ERROR_H_
#define SCRIPTWORKER_JSONE_TEMPLATE_ERROR_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace scriptworker::jsone {

// The classes of error that json-e names in its messages.
enum class ErrorClass { kSyntax, kInterpreter, kTemplate, kBuiltin };

// An error inside a template. It carries its class and the place, which grows
// from the inside out while the error passes through the template's nodes.
// Code kInvalidArgument.
absl::Status TemplateError(ErrorClass error_class, std::string_view message);

// A work budget (see limits.h) is used up. Code kResourceExhausted.
absl::Status BudgetError(std::string_view message);

// A part of a template for a message: cut, with "..." at its end, if it is long.
std::string Excerpt(std::string_view text);

// Puts ".key" or `["other key"]` or "[index]" before the place so far.
void PrependKey(std::string_view key, absl::Status& status);
void PrependIndex(size_t index, absl::Status& status);

// The error as scripts match on it: "TemplateError at template.a[1]: message",
// or without " at ..." when it concerns the whole template. The code stays.
absl::Status WithPlaceInMessage(const absl::Status& status);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_TEMPLATE_ERROR_H_
