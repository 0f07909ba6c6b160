// SPDX-License-Identifier: MPL-2.0
//
// Nothing in an Authorization header, an ext or a bewit crashes the side that
// checks them, and nothing verifies under a key that did not sign it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/taskcluster/bewit.h"
#include "scriptworker/taskcluster/hawk.h"

namespace tc = ::scriptworker::taskcluster;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const scriptworker::SecretString key("a key that signed nothing");
  const tc::HawkRequest request = {.method = "GET", .target = "/a", .host = "tc.test", .port = 443};
  if (const auto fields = tc::ParseHawkHeader(text); fields.ok()) {
    CHECK(!fields->id.empty());
    CHECK_GE(fields->ts, 0);
    CHECK(!tc::VerifyHawkHeader(*fields, request, "", "", key).ok());
    (void)tc::ParseHawkExt(fields->ext);
  }
  (void)tc::ParseHawkExt(text);
  if (const auto bewit = tc::ParseBewit(text); bewit.ok()) {
    CHECK_LT(bewit->target.size(), text.size());
    CHECK(!tc::VerifyBewit(*bewit, request, key).ok());
  }
  return 0;
}
