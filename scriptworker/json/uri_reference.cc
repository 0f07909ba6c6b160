// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/uri_reference.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scriptworker/json/ip_address.h"

namespace scriptworker::json {
namespace {

constexpr std::string_view kSubDelimiters = "!$&'()*+,;=";

bool IsAlpha(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsHex(char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); }

bool IsUnreserved(char c) {
  return IsAlpha(c) || IsDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// Only unreserved characters, sub-delimiters, percent escapes and `more`.
bool ConsistsOf(std::string_view text, std::string_view more) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !IsHex(text[i + 1]) || !IsHex(text[i + 2])) return false;
      i += 2;
    } else if (!IsUnreserved(c) && kSubDelimiters.find(c) == std::string_view::npos &&
               more.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool IsScheme(std::string_view text) {
  return !text.empty() && IsAlpha(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlpha(c) || IsDigit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool IsAuthority(std::string_view text) {
  const size_t at = text.find('@');
  if (at != std::string_view::npos) {
    if (!ConsistsOf(text.substr(0, at), ":")) return false;
    text.remove_prefix(at + 1);
  }
  if (absl::StartsWith(text, "[")) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    const std::string_view literal = text.substr(1, end - 1);
    const bool future = absl::StartsWith(literal, "v") && ConsistsOf(literal, ":");
    if (!future && !IsIpv6Address(literal)) return false;
    text.remove_prefix(end + 1);
  } else {
    const size_t end = std::min(text.find(':'), text.size());
    if (!ConsistsOf(text.substr(0, end), "")) return false;
    text.remove_prefix(end);
  }
  if (text.empty()) return true;
  return text[0] == ':' && std::all_of(text.begin() + 1, text.end(), IsDigit);
}

// RFC 3986, section 5.2.4.
std::string RemoveDotSegments(std::string_view in) {
  std::string out;
  while (!in.empty()) {
    if (absl::ConsumePrefix(&in, "../") || absl::ConsumePrefix(&in, "./")) {
      continue;
    }
    if (absl::StartsWith(in, "/./") || in == "/.") {
      in = in == "/." ? "/" : in.substr(2);
    } else if (absl::StartsWith(in, "/../") || in == "/..") {
      in = in == "/.." ? "/" : in.substr(3);
      const size_t slash = out.rfind('/');
      out.resize(slash == std::string::npos ? 0 : slash);
    } else if (in == "." || in == "..") {
      break;
    } else {
      const size_t next = std::min(in.find('/', 1), in.size());
      out.append(in.substr(0, next));
      in.remove_prefix(next);
    }
  }
  return out;
}

std::string MergePaths(const UriReference& base, std::string_view path) {
  if (base.authority.has_value() && base.path.empty()) return absl::StrCat("/", path);
  const size_t slash = base.path.rfind('/');
  if (slash == std::string::npos) return std::string(path);
  return absl::StrCat(std::string_view(base.path).substr(0, slash + 1), path);
}

}  // namespace

UriReference UriReference::Split(std::string_view text) {
  UriReference uri;
  if (const size_t hash = text.find('#'); hash != std::string_view::npos) {
    uri.fragment = std::string(text.substr(hash + 1));
    text = text.substr(0, hash);
  }
  if (const size_t mark = text.find('?'); mark != std::string_view::npos) {
    uri.query = std::string(text.substr(mark + 1));
    text = text.substr(0, mark);
  }
  const size_t end = text.find_first_of(":/");
  if (end != std::string_view::npos && text[end] == ':' && IsScheme(text.substr(0, end))) {
    uri.scheme = std::string(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (absl::ConsumePrefix(&text, "//")) {
    const size_t slash = std::min(text.find('/'), text.size());
    uri.authority = std::string(text.substr(0, slash));
    text.remove_prefix(slash);
  }
  uri.path = std::string(text);
  return uri;
}

std::string UriReference::ToString() const {
  std::string out;
  if (scheme.has_value()) absl::StrAppend(&out, *scheme, ":");
  if (authority.has_value()) absl::StrAppend(&out, "//", *authority);
  out.append(path);
  if (query.has_value()) absl::StrAppend(&out, "?", *query);
  if (fragment.has_value()) absl::StrAppend(&out, "#", *fragment);
  return out;
}

UriReference ResolveUri(const UriReference& base, const UriReference& reference) {
  UriReference out = reference;
  if (!reference.scheme.has_value()) {
    out.scheme = base.scheme;
    if (!reference.authority.has_value()) {
      out.authority = base.authority;
      if (reference.path.empty()) {
        out.path = base.path;
        if (!reference.query.has_value()) out.query = base.query;
        return out;
      }
      if (!absl::StartsWith(reference.path, "/")) out.path = MergePaths(base, reference.path);
    }
  }
  out.path = RemoveDotSegments(out.path);
  return out;
}

bool IsUriReference(std::string_view text) {
  const UriReference uri = UriReference::Split(text);
  if (uri.authority.has_value() && !IsAuthority(*uri.authority)) return false;
  if (!uri.scheme.has_value() && !uri.authority.has_value()) {
    // A colon in the first segment would make it a scheme, which it is not.
    const size_t slash = std::min(uri.path.find('/'), uri.path.size());
    if (uri.path.substr(0, slash).find(':') != std::string::npos) return false;
  }
  return ConsistsOf(uri.path, ":@/") && ConsistsOf(uri.query.value_or(""), ":@/?") &&
         ConsistsOf(uri.fragment.value_or(""), ":@/?");
}

bool IsUri(std::string_view text) {
  return IsUriReference(text) && UriReference::Split(text).scheme.has_value();
}

}  // namespace scriptworker::json
