// SPDX-License-Identifier: MPL-2.0
//
// What CurlTransport does when all goes well; curl_transport_fault_test.cc and
// curl_transport_tls_test.cc have the rest.

#include "scriptworker/http/curl_transport.h"

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/http/testing/compress.h"
#include "scriptworker/http/testing/fake_server.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;

std::unique_ptr<CurlTransport> NewTransport(CurlOptions options = {}) {
  options.user_agent = "scriptworker 1.2.3";
  absl::StatusOr<std::unique_ptr<CurlTransport>> transport =
      CurlTransport::Create(std::move(options));
  EXPECT_THAT(transport, IsOk());
  return *std::move(transport);
}

Request To(const FakeServer& server, std::string_view target, Method method = Method::kGet) {
  Request request;
  request.method = method;
  request.url = server.url(target);
  return request;
}

FakeServer::Handler Always(FakeResponse response) {
  return InTurn(std::vector<FakeResponse>{std::move(response)});
}

TEST(CurlTransportTest, GetBringsStatusHeadersAndBody) {
  FakeServer server(Always({.status = 404,
                            .headers = {{"X-Answer", "42"}, {"x-twice", "a"}, {"X-Twice", "b"}},
                            .body = "gone"}));
  absl::StatusOr<Response> response = NewTransport()->Send(To(server, "/x?y"));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 404);
  EXPECT_FALSE(response->ok());
  EXPECT_THAT(response->headers.Find("x-answer"), Optional(Eq("42")));
  EXPECT_EQ(response->headers.size(), 4);  // and Content-Length
  EXPECT_EQ(response->body, "gone");
  EXPECT_EQ(response->final_url, server.url("/x?y"));
  EXPECT_TRUE(response->redirects.empty());
}

TEST(CurlTransportTest, TheRequestIsWhatItShouldBeAndNoMore) {
  FakeServer server(Always({}));
  Request request = To(server, "/");
  request.headers = {{"X-Empty", ""}, {"X-Value", "a, b"}};
  ASSERT_THAT(NewTransport()->Send(request), IsOk());
  const FakeRequest seen = server.requests().at(0);
  EXPECT_EQ(seen.headers, Headers({{"Host", absl::StrCat("127.0.0.1:", server.port())},
                                   {"User-Agent", "scriptworker 1.2.3"},
                                   {"Accept", "*/*"},
                                   {"X-Empty", ""},
                                   {"X-Value", "a, b"},
                                   {"Accept-Encoding", "gzip, deflate"}}));
}

TEST(CurlTransportTest, TheTargetIsSentByteForByte) {
  FakeServer server(Always({}));
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  for (std::string_view target : {"/a%2fb%2Fc%28(%7e~", "//a//b/..c/", "/?",
                                  "/x?Credential=S3%2f2026&a", "/a|b^[c]", "/%252F", "/?a=/../b"}) {
    ASSERT_THAT(transport->Send(To(server, target)), IsOk());
    EXPECT_EQ(server.requests().back().target, target);
  }
}

TEST(CurlTransportTest, PostSendsTheBodyAndNothingUnasked) {
  FakeServer server(Always({}));
  Request request = To(server, "/", Method::kPost);
  request.body = R"({"a":1})";
  request.headers = {{"Content-Type", "application/json"}};
  request.accept_gzip = false;
  ASSERT_THAT(NewTransport()->Send(request), IsOk());
  const FakeRequest seen = server.requests().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.body, R"({"a":1})");
  EXPECT_EQ(seen.headers, Headers({{"Host", absl::StrCat("127.0.0.1:", server.port())},
                                   {"User-Agent", "scriptworker 1.2.3"},
                                   {"Accept", "*/*"},
                                   {"Content-Type", "application/json"},
                                   {"Content-Length", "7"}}));
}

TEST(CurlTransportTest, APostWithoutBodyHasLengthZeroAndNoType) {
  FakeServer server(Always({}));
  ASSERT_THAT(NewTransport()->Send(To(server, "/", Method::kPost)), IsOk());
  const FakeRequest seen = server.requests().at(0);
  EXPECT_THAT(seen.headers.Find("Content-Length"), Optional(Eq("0")));
  EXPECT_FALSE(seen.headers.contains("Content-Type"));
}

TEST(CurlTransportTest, ALargePutHasALengthAndDoesNotExpect) {
  FakeServer server(Always({}), {.send_continue = true});
  StringSource source(std::string(3 << 20, 'x'));
  Request request = To(server, "/", Method::kPut);
  request.body_source = &source;
  ASSERT_THAT(NewTransport()->Send(request), IsOk());
  const FakeRequest seen = server.requests().at(0);
  EXPECT_EQ(seen.method, "PUT");
  EXPECT_EQ(seen.body_size, 3 << 20);
  EXPECT_THAT(seen.headers.Find("Content-Length"), Optional(Eq("3145728")));
  EXPECT_FALSE(seen.headers.contains("Expect"));
  EXPECT_FALSE(seen.headers.contains("Transfer-Encoding"));
}

TEST(CurlTransportTest, HeadAndDeleteWork) {
  FakeServer server(Always({.body = "four"}));
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  absl::StatusOr<Response> response = transport->Send(To(server, "/", Method::kHead));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "");
  EXPECT_THAT(response->headers.Find("Content-Length"), Optional(Eq("4")));
  ASSERT_THAT(transport->Send(To(server, "/", Method::kDelete)), IsOk());
  EXPECT_EQ(server.requests().at(0).method, "HEAD");
  EXPECT_EQ(server.requests().at(1).method, "DELETE");
}

TEST(CurlTransportTest, NoContentAndInterimResponsesAreUnderstood) {
  FakeServer server(InTurn({{.status = 204},
                            {.raw = "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"
                                    "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                                    "HTTP/1.1 200 OK\r\nX-Final: 1\r\nContent-Length: 2\r\n\r\nok"},
                            {.raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    "2\r\nok\r\n0\r\nX-Trailer: 1\r\n\r\n"}}));
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  absl::StatusOr<Response> response = transport->Send(To(server, "/"));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 204);
  response = transport->Send(To(server, "/"));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "ok");
  EXPECT_FALSE(response->headers.contains("X-Interim"));
  EXPECT_FALSE(response->headers.contains("Link"));
  EXPECT_TRUE(response->headers.contains("X-Final"));
  response = transport->Send(To(server, "/"));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "ok");
  EXPECT_FALSE(response->headers.contains("X-Trailer"));
}

TEST(CurlTransportTest, CodedAndChunkedBodiesAreDecoded) {
  const std::string text(100'000, 'x');
  FakeServer server(InTurn(
      {{.headers = {{"content-encoding", "gzip"}}, .body = Compress(text), .chunked = true},
       {.headers = {{"Content-Encoding", "deflate"}}, .body = Compress(text, Coding::kRawDeflate)},
       {.status = 500, .headers = {{"Content-Encoding", "gzip"}}, .body = Compress("error")}}));
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  for (std::string_view expected :
       {std::string_view(text), std::string_view(text), std::string_view("error")}) {
    absl::StatusOr<Response> response = transport->Send(To(server, "/"));
    ASSERT_THAT(response, IsOk());
    EXPECT_EQ(response->body, expected);
  }
}

TEST(CurlTransportTest, OnlyASuccessGoesToTheSink) {
  FakeServer server(
      InTurn({{.status = 404, .body = "no such artifact"},
              {.headers = {{"Content-Encoding", "gzip"}}, .body = Compress("artifact")}}));
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  StringSink sink;
  Request request = To(server, "/");
  request.sink = &sink;
  absl::StatusOr<Response> response = transport->Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "no such artifact");
  EXPECT_EQ(sink.data(), "");
  response = transport->Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(sink.data(), "artifact");
}

TEST(CurlTransportTest, RequestsInARowUseOneConnection) {
  FakeServer server(Always({.body = "x"}));
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(transport->Send(To(server, "/", Method::kPost)), IsOk());
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlTransportTest, ThreadsShareTheTransport) {
  FakeServer server(Always({.body = "x"}));
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 20; ++j) {
        EXPECT_THAT(transport->Send(To(server, absl::StrCat("/", i, "/", j))), IsOk());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server.requests().size(), 160);
  EXPECT_LE(server.connections(), 8);
}

TEST(CurlTransportTest, AConnectionThatWentStaleIsReplaced) {
  // The server closes without saying so, and the request's body has to be sent
  // again.
  FakeServer server(InTurn({{.raw = "HTTP/1.1 200 OK\r\n"
                                    "Content-Length: 2\r\n\r\nok"},
                            {.body = "second"}}));
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  ASSERT_THAT(transport->Send(To(server, "/")), IsOk());
  StringSource source("the body");
  Request request = To(server, "/", Method::kPut);
  request.body_source = &source;
  absl::StatusOr<Response> response = transport->Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "second");
  EXPECT_EQ(server.requests().back().body, "the body");
  EXPECT_EQ(server.connections(), 2);
}

TEST(CurlTransportTest, RedirectsAreFollowedToAnotherServer) {
  FakeServer store(Always({.body = "artifact"}));
  FakeServer queue(Always({.status = 303,
                           .headers = {{"location", store.url("/k?X-Amz-Signature=1").ToString()}},
                           .body = "{}"}));
  Request request = To(queue, "/artifact");
  request.headers = {{"Authorization", "Hawk"}};
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  absl::StatusOr<Response> response = transport->Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 303);
  request.redirects = Request::Redirects::kFollow;
  StringSink sink;
  request.sink = &sink;
  response = transport->Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(sink.data(), "artifact");
  EXPECT_EQ(response->final_url, store.url("/k?X-Amz-Signature=1"));
  EXPECT_THAT(response->redirects, testing::ElementsAre(request.url));
  EXPECT_FALSE(store.requests().at(0).headers.contains("Authorization"));
}

TEST(CurlTransportTest, AllowedHostsAndPrivateAddressesCanBeLimited) {
  FakeServer store(Always({.body = "artifact"}));
  FakeServer queue(
      Always({.status = 303, .headers = {{"location", store.url("/", "localhost").ToString()}}}));
  Request request = To(queue, "/artifact");
  request.redirects = Request::Redirects::kFollow;
  EXPECT_THAT(NewTransport()->Send(request), IsOk());
  EXPECT_THAT(NewTransport({.redirect_limits = {.allowed_hosts = {"x"}}})->Send(request),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("not on the list")));
  const std::unique_ptr<CurlTransport> closed = NewTransport({.refuse_private_addresses = true});
  EXPECT_THAT(closed->Send(request), StatusIs(absl::StatusCode::kPermissionDenied,
                                              HasSubstr("address of localhost is not public")));
  EXPECT_EQ(store.requests().size(), 1);
  // The first URL may be private, but an open connection to it is no way in.
  Request direct = request;
  direct.url = store.url("/", "localhost");
  EXPECT_THAT(closed->Send(direct), IsOk());
  EXPECT_THAT(closed->Send(request), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(store.requests().size(), 2);
}

TEST(CurlTransportTest, ARedirectToTheFirstHostsOwnPrivateAddressIsRefusedToo) {
  // Another port of the same host is another service; and a name that was public for
  // the first request may mean another address for the second.
  FakeServer other(Always({.body = "secret"}));
  FakeServer queue([&](const FakeRequest& request) -> FakeResponse {
    if (request.target == "/same") return {.status = 302, .headers = {{"location", "/there"}}};
    if (request.target == "/there") return {.body = "there"};
    return {.status = 302, .headers = {{"location", other.url("/").ToString()}}};
  });
  const std::unique_ptr<CurlTransport> open = NewTransport();
  const std::unique_ptr<CurlTransport> closed = NewTransport({.refuse_private_addresses = true});
  for (const std::string_view target : {"/same", "/other"}) {
    Request request = To(queue, target);
    request.redirects = Request::Redirects::kFollow;
    EXPECT_THAT(closed->Send(request),
                StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("is not public")))
        << target;
    EXPECT_THAT(open->Send(request), IsOk()) << target;
  }
  EXPECT_EQ(other.requests().size(), 1);
  EXPECT_THAT(closed->Send(To(queue, "/there")), IsOk());
}

TEST(CurlTransportTest, ARedirectThatSomebodyElseFollowsIsLimitedToo) {
  FakeServer server(Always({}));
  Request request = To(server, "/");
  request.is_redirect = true;
  EXPECT_THAT(NewTransport({.refuse_private_addresses = true})->Send(request),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("is not public")));
  EXPECT_THAT(NewTransport()->Send(request), IsOk());
}

TEST(CurlTransportTest, AProxyGetsTheWholeUrl) {
  FakeServer proxy(Always({.body = "by proxy"}));
  const std::unique_ptr<CurlTransport> transport =
      NewTransport({.environment = Environment(
                        {{"http_proxy", absl::StrCat("http://u:p@127.0.0.1:", proxy.port())},
                         {"no_proxy", "direct.example"}})});
  Request request;
  request.url = Url::Parse("http://queue.example:81/a%2fb?c").value();
  absl::StatusOr<Response> response = transport->Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "by proxy");
  EXPECT_EQ(proxy.requests().at(0).target, "http://queue.example:81/a%2fb?c");
  EXPECT_THAT(proxy.requests().at(0).headers.Find("Host"), Optional(Eq("queue.example:81")));
  EXPECT_TRUE(proxy.requests().at(0).headers.contains("Proxy-Authorization"));
}

TEST(CurlTransportTest, TheProcessEnvironmentIsNotRead) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  FakeServer server(Always({}));
  EXPECT_THAT(NewTransport()->Send(To(server, "/")), IsOk());
  unsetenv("http_proxy");
}

TEST(CurlTransportTest, TheProcessEnvironmentMakesNoExceptionsFromTheProxy) {
  FakeServer proxy(Always({.body = "by proxy"}));
  const std::unique_ptr<CurlTransport> transport =
      NewTransport({.environment = Environment(
                        {{"http_proxy", absl::StrCat("http://127.0.0.1:", proxy.port())}})});
  Request request;
  request.url = Url::Parse("http://queue.invalid/").value();
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    setenv(name, "*", 1);
    absl::StatusOr<Response> response = transport->Send(request);
    unsetenv(name);
    ASSERT_THAT(response, IsOk()) << name;
    EXPECT_EQ(response->body, "by proxy");
  }
}

TEST(CurlTransportTest, BadRequestsAreRefusedBeforeSending) {
  FakeServer server(Always({}));
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  EXPECT_THAT(transport->Send(Request()), StatusIs(absl::StatusCode::kInvalidArgument));
  for (const Headers& headers :
       {Headers{{"X", "a\r\nInjected: b"}}, Headers{{"Host", "evil.example"}},
        Headers{{"content-length", "5"}}, Headers{{"Transfer-Encoding", "chunked"}},
        Headers{{"Accept-Encoding", "br"}}, Headers{{"user-agent", "x"}}}) {
    Request request = To(server, "/");
    request.headers = headers;
    EXPECT_THAT(transport->Send(request), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  for (Method method : {Method::kGet, Method::kHead}) {
    Request request = To(server, "/", method);
    request.body = "x";
    EXPECT_THAT(transport->Send(request), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_TRUE(server.requests().empty());
}

TEST(CurlTransportTest, ImpossibleOptionsAreRefused) {
  EXPECT_THAT(CurlTransport::Create({.max_compression_ratio = 0}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CurlTransport::Create({.max_idle_connections = -1}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace scriptworker::http
