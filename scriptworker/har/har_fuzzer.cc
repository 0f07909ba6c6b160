// SPDX-License-Identifier: MPL-2.0
//
// A document that can be read is written and read again equal, also redacted; a redacted text is
// its own redacted form, and still JSON if it was.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "scriptworker/har/har.h"
#include "scriptworker/har/redaction.h"
#include "scriptworker/json/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scriptworker::har;  // NOLINT: one function
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string redacted = RedactText(text);
  // What is no JSON may have other members once a part is replaced.
  if (scriptworker::json::Parse(text).ok()) {
    CHECK_OK(scriptworker::json::Parse(redacted));
    CHECK(RedactText(redacted) == redacted);
  }

  absl::StatusOr<Document> document = ParseHar(text, "fuzz");
  if (!document.ok()) return 0;
  for (Exchange& exchange : document->exchanges) {
    const std::string_view authority = exchange.request.authority();
    CHECK_LE(authority.size(), size);
  }
  const std::string formatted = FormatHar(*document);
  const absl::StatusOr<Document> again = ParseHar(formatted, "again");
  CHECK_OK(again);
  CHECK(FormatHar(*again) == formatted);
  for (Exchange& exchange : document->exchanges) exchange = Redact(exchange);
  CHECK_OK(ParseHar(FormatHar(*document), "redacted"));
  return 0;
}
