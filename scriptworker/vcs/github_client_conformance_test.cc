// SPDX-License-Identifier: MPL-2.0
//
// Exchanges that other client libraries recorded from GitHub's REST API: what the
// client reads from each is what its body says. Each is served under its URL by a
// transport; what the client has a call for is called, and other objects are read by
// the part of the client that fits.

#include <cstdint>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/http/content_decoder.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/vcs/document_fetcher.h"
#include "scriptworker/vcs/github_client.h"
#include "scriptworker/vcs/github_objects.h"
#include "scriptworker/vcs/link_header.h"

namespace scriptworker::vcs {
namespace {

using ::scriptworker::json::Value;

constexpr std::string_view kApi = "https://api.github.com";

struct Exchange {
  std::string method;
  std::string url;
  http::Response response;
};

// The member at a path of keys; null if there is none.
Value At(const Value& value, std::initializer_list<std::string_view> keys) {
  Value found = value;
  for (const std::string_view key : keys) {
    const Value* const member = found.Find(key);
    if (member == nullptr) return Value();
    found = Value(*member);
  }
  return found;
}

Value OrNull(const std::optional<std::string>& text) { return text ? Value(*text) : Value(); }

std::string FirstText(const Value& value) {
  return std::string((value.is_array() ? value.array().front() : value).string_value());
}

Exchange FromCassette(const Value& interaction) {
  const Value response = At(interaction, {"response"});
  const Value body = At(response, {"body"});
  Exchange exchange = {std::string(At(interaction, {"request", "method"}).string_value()),
                       std::string(At(interaction, {"request", "uri"}).string_value()),
                       {}};
  exchange.response.status = static_cast<int>(At(response, {"status", "code"}).int_value());
  for (const auto& [name, value] : At(response, {"headers"}).object()) {
    exchange.response.headers.Add(name, FirstText(value));
  }
  if (const Value coded = At(body, {"base64_string"}); coded.is_string()) {
    exchange.response.body =
        http::DecodeContent(
            absl::AsciiStrToLower(
                exchange.response.headers.Find("Content-Encoding").value_or("gzip")),
            crypto::Base64DecodeLenient(coded.string_value()).value())
            .value();
  } else {
    exchange.response.body = std::string(At(body, {"string"}).string_value());
  }
  return exchange;
}

Exchange FromOctokit(const Value& fixture) {
  Exchange exchange = {absl::AsciiStrToUpper(At(fixture, {"method"}).string_value()), "", {}};
  exchange.url = absl::StrCat(absl::StripSuffix(At(fixture, {"scope"}).string_value(), ":443"),
                              At(fixture, {"path"}).string_value());
  exchange.response.status = static_cast<int>(At(fixture, {"status"}).int_value());
  if (const Value headers = At(fixture, {"headers"}); headers.is_object()) {
    for (const auto& [name, value] : headers.object()) {
      if (value.is_string()) exchange.response.headers.Add(name, value.string_value());
    }
  }
  exchange.response.body = json::FormatCompact(At(fixture, {"response"}));
  return exchange;
}

bool Agrees(const GithubRepository& repository, const Value& body) {
  return repository.name.full_name() == At(body, {"full_name"}).string_value() &&
         repository.html_url == At(body, {"html_url"}).string_value() &&
         Value(repository.fork) == At(body, {"fork"}) &&
         (repository.parent.has_value()
              ? Value(repository.parent->full_name()) == At(body, {"parent", "full_name"})
              : At(body, {"parent"}).is_null());
}

bool Agrees(const GithubCommit& commit, const Value& body) {
  return Value(commit.sha) == At(body, {"sha"}) &&
         OrNull(commit.author_login) == At(body, {"author", "login"}) &&
         OrNull(commit.committer_login) == At(body, {"committer", "login"});
}

bool Agrees(const GithubPullRequest& pull, const Value& body) {
  return Value(pull.number) == At(body, {"number"}) && pull.raw == body &&
         OrNull(pull.head_user_login) == At(body, {"head", "user", "login"});
}

bool Agrees(const GithubRelease& release, const Value& body) {
  return Value(release.tag_name) == At(body, {"tag_name"}) &&
         Value(release.target_commitish) == At(body, {"target_commitish"}) &&
         OrNull(release.published_at) == At(body, {"published_at"}) &&
         OrNull(release.author_login) == At(body, {"author", "login"});
}

template <typename T>
bool Reads(const absl::StatusOr<T>& object, const Value& body) {
  if (!object.ok()) ADD_FAILURE() << object.status();
  return object.ok() && Agrees(*object, body);
}

template <typename T>
bool ReadsAll(const Value& body) {
  for (const Value& element : body.array()) {
    if (!Reads(T::FromJson(json::Reader(element, "element")), element)) return false;
  }
  return !body.array().empty();
}

class GithubConformanceTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::optional<std::string> corpora = CorporaDir();
    if (!corpora.has_value()) GTEST_SKIP() << "SKIPPED github exchanges: CORPORA_DIR is not set";
    for (const auto& [file, value] : Documents(absl::StrCat(*corpora, "/github/cassettes"))) {
      for (const Value& interaction : At(value, {"http_interactions"}).array()) {
        exchanges_.push_back(FromCassette(interaction));
      }
    }
    for (const auto& [file, value] : Documents(absl::StrCat(*corpora, "/github/octokit"))) {
      for (const Value& fixture : value.array()) exchanges_.push_back(FromOctokit(fixture));
    }
  }

  static std::map<std::string, Value> Documents(const std::string& dir) {
    std::map<std::string, Value> documents;
    const auto listing = ListFiles(dir);
    EXPECT_TRUE(listing.ok()) << listing.status();
    for (const auto& file : listing->files) {
      documents[file] =
          json::Parse(ReadFile(absl::StrCat(dir, "/", file), int64_t{64} << 20).value()).value();
    }
    return documents;
  }

  // Whether what is read from the exchange is what its body says.
  bool Check(const Exchange& exchange);
  bool CheckObject(GithubClient& client, const std::vector<std::string>& path, const Value& body);

  std::vector<Exchange> exchanges_;
  // Of which only status, JSON and links are read: the client has no use for the object.
  int untyped_ = 0;
};

bool GithubConformanceTest::Check(const Exchange& exchange) {
  SimulatedClock clock(absl::FromUnixSeconds(1'800'000'000), SimulatedClock::Mode::kAutoAdvance);
  http::FunctionTransport server([&](const http::Request& request) {
    // A redirect may lead to another of the exchanges.
    for (const Exchange& one : exchanges_) {
      if (one.method == "GET" && one.url == request.url.ToString() && one.url != exchange.url) {
        return one.response;
      }
    }
    return exchange.response;
  });
  http::Request request;
  request.url = http::Url::Parse(exchange.url).value();
  request.redirects = http::Request::Redirects::kFollow;
  DocumentFetcher fetcher(server, clock);
  const absl::StatusOr<DocumentFetcher::JsonDocument> document = fetcher.GetJson(request);
  if (exchange.response.status >= 400) {
    ++untyped_;
    return document.status().code() == (exchange.response.status == 404
                                            ? absl::StatusCode::kNotFound
                                            : absl::StatusCode::kUnavailable);
  }
  if (exchange.response.status == 204) {  // no answer to any question of ours
    ++untyped_;
    return true;
  }
  if (!document.ok()) {
    ADD_FAILURE() << document.status();
    return false;
  }
  // Link headers, where GitHub said rel="next" as text.
  const std::string_view link = exchange.response.headers.Find("Link").value_or("");
  if (FindLink(link, "next").has_value() != absl::StrContains(link, "rel=\"next\"")) return false;
  if (exchange.method != "GET" || !absl::StartsWith(exchange.url, kApi)) {
    ++untyped_;
    return true;
  }

  GithubClient client(server, clock);
  const std::string_view target = std::string_view(exchange.url).substr(kApi.size());
  const std::vector<std::string> path =
      absl::StrSplit(absl::StripPrefix(target.substr(0, target.find('?')), "/"), '/');
  return CheckObject(client, path, document->value);
}

// `path`: repos, OWNER, NAME, KIND, ...
bool GithubConformanceTest::CheckObject(GithubClient& client, const std::vector<std::string>& path,
                                        const Value& body) {
  const json::Reader reader(body, "body");
  if (path[0] == "repositories" && path.size() == 2) {
    return Reads(GithubRepository::FromJson(reader), body);
  }
  if (path[0] != "repos") {
    ++untyped_;
    return true;
  }
  GithubRepository repository;
  repository.name = {path[1], path[2]};
  if (path.size() == 3) return Reads(client.GetRepository(repository.name), body);
  const std::string& kind = path[3];
  if (kind == "commits") {
    return path.size() == 4 ? ReadsAll<GithubCommit>(body)
                            : Reads(client.GetCommit(repository, path[4]), body);
  }
  if (kind == "pulls") {
    int64_t number = 0;
    if (path.size() == 4) return ReadsAll<GithubPullRequest>(body);
    return absl::SimpleAtoi(path[4], &number) &&
           Reads(client.GetPullRequest(repository, number), body);
  }
  if (kind == "releases" && path.size() == 6 && path[4] == "tags") {
    return Reads(client.GetRelease(repository, path[5]), body);
  }
  if (kind == "releases" && path.size() == 5) {
    return Reads(GithubRelease::FromJson(reader), body);
  }
  if (kind == "tags") {
    for (const Value& tag : body.array()) {
      const absl::StatusOr<std::string> hash =
          client.GetTagHash(repository, At(tag, {"name"}).string_value());
      if (!hash.ok() || Value(*hash) != At(tag, {"commit", "sha"})) return false;
    }
    return !body.array().empty();
  }
  if (kind == "branches" && path.size() == 5 && At(body, {"commit"}).is_object()) {
    const Value commit = At(body, {"commit"});
    return Reads(GithubCommit::FromJson(json::Reader(commit, "commit")), commit);
  }
  ++untyped_;
  return true;
}

TEST_F(GithubConformanceTest, WhatIsReadIsWhatTheBodySays) {
  int good = 0;
  for (const Exchange& exchange : exchanges_) {
    const bool agrees = Check(exchange);
    good += agrees ? 1 : 0;
    EXPECT_TRUE(agrees) << exchange.method << " " << exchange.url << " "
                        << exchange.response.status;
  }
  EXPECT_FALSE(exchanges_.empty());
  std::cout << "github exchanges " << good << "/" << exchanges_.size() << " (" << untyped_
            << " only as status, JSON and links)" << std::endl;
}

}  // namespace
}  // namespace scriptworker::vcs
