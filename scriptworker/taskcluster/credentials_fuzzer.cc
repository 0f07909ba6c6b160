// SPDX-License-Identifier: MPL-2.0
//
// Credentials that are read can be signed with, and are read again from what
// the script gets.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/hawk.h"
#include "scriptworker/taskcluster/temporary_credentials.h"

namespace tc = ::scriptworker::taskcluster;
namespace http = ::scriptworker::http;
namespace json = ::scriptworker::json;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)tc::Certificate::Parse(text);
  const auto value = json::Parse(text);
  if (!value.ok()) return 0;
  (void)tc::CertificateFields::FromJson(json::Reader(*value, "certificate"));
  const auto credentials = tc::Credentials::FromJson(json::Reader(*value, "credentials"));
  if (!credentials.ok()) return 0;
  const auto formatted = json::Parse(tc::FormatCredentials(*credentials).reveal());
  CHECK(formatted.ok());
  const auto again = tc::Credentials::FromJson(json::Reader(*formatted, "again"));
  CHECK(again.ok());
  CHECK_EQ(again->client_id, credentials->client_id);
  const auto fields =
      tc::ParseHawkHeader(tc::HawkHeader(http::Method::kGet, http::Url::Parse("http://a/b").value(),
                                         "", "", *credentials, {.ts = 1, .nonce = "abcdef"}));
  // Too long a certificate makes too long a header.
  CHECK(fields.ok() || size > 4000);
  return 0;
}
