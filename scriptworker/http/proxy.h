// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_PROXY_H_
#define SCRIPTWORKER_HTTP_PROXY_H_

#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/base/environment.h"
#include "scriptworker/http/url.h"

namespace scriptworker::http {

// Which proxy a request goes through, by the usual variables: http_proxy,
// https_proxy / HTTPS_PROXY, all_proxy / ALL_PROXY, no_proxy / NO_PROXY. Not
// HTTP_PROXY: a web server sets it from a client's "Proxy" header.
// A value. Thread-compatible.
class ProxyRules {
 public:
  explicit ProxyRules(const Environment& environment);

  // The proxy's URL as the variable has it (may hold a password, may lack the
  // scheme); empty: none.
  std::string_view ProxyFor(const Url& url) const;

  // Whether the proxy at that URL is one that speaks HTTP (not SOCKS).
  static bool IsHttpProxy(std::string_view proxy);

 private:
  bool IsExempt(std::string_view host, int port) const;

  std::string http_;
  std::string https_;
  // Entries of no_proxy: `*`, a name (matches it and all names beneath, with or
  // without a dot in front), an address, a range `10.0.0.0/8`; any of them but
  // ranges with `:port`.
  std::vector<std::string> exempt_;
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_PROXY_H_
