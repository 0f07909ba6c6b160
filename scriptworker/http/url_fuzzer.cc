// SPDX-License-Identifier: MPL-2.0
//
// A URL that is accepted is kept, its parts make up the whole, and what is shown of it holds no
// control character.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/http/url.h"

namespace {

using ::scriptworker::http::Url;

void CheckUrl(const Url& url) {
  CHECK(url.scheme() == "http" || url.scheme() == "https");
  CHECK_EQ(url.is_https(), url.scheme() == "https");
  CHECK(url.port() > 0 && url.port() < 65536);
  CHECK(!url.host().empty());
  CHECK(url.authority() == url.host() ||
        url.authority() == absl::StrCat(url.host(), ":", url.port()));
  CHECK_EQ(absl::StrCat(url.scheme(), "://", url.authority()), url.origin());
  const absl::StatusOr<Url> again = Url::Parse(absl::StrCat(url.origin(), url.target()));
  CHECK_OK(again);
  CHECK(again->IsSameOrigin(url));
  CHECK_EQ(again->target(), url.target());
  for (char c : url.ToString()) CHECK(c > ' ' && c < '\x7f');
}

}  // namespace

// The first line is a URL, the rest a reference to resolve against it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line_end = text.find('\n');
  const absl::StatusOr<Url> url = Url::Parse(text.substr(0, line_end));
  if (url.ok()) {
    CHECK_EQ(url->ToString(), text.substr(0, line_end));
    CheckUrl(*url);
    if (line_end != std::string_view::npos) {
      const absl::StatusOr<Url> resolved = url->Resolve(text.substr(line_end + 1));
      if (resolved.ok()) CheckUrl(*resolved);
    }
  }
  // Showing twice is showing once.
  const std::string shown = scriptworker::http::RedactUrl(text);
  CHECK_EQ(scriptworker::http::RedactUrl(shown), shown);
  CHECK_EQ(scriptworker::http::PercentDecode(scriptworker::http::PercentEncode(text)).value(),
           text);
  return 0;
}
