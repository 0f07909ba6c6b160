// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/object_store.h"

#include <string>
#include <string_view>

#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::taskcluster::fake {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

constexpr char kKey[] = "T/0/public/a b+c&d.txt";

class ObjectStoreTest : public ::testing::Test {
 protected:
  WireRequest Request(http::Method method, const std::string& url, std::string body = "") {
    const http::Url parsed = *http::Url::Parse(url);
    WireRequest request;
    request.method = method;
    request.target = std::string(parsed.target());
    request.host = std::string(parsed.host());
    request.port = parsed.port();
    request.body = std::move(body);
    return request;
  }
  WireReply Put(const std::string& url, std::string body) {
    WireRequest request = Request(http::Method::kPut, url, std::move(body));
    request.headers.Add("Content-Type", "text/plain");
    return store_.Serve(request, now_);
  }
  std::string PutUrl(std::string_view bucket = kPublicBucket) {
    return store_.PresignedUrl(http::Method::kPut, bucket, kKey, now_, absl::Minutes(45));
  }
  std::string GetUrl(std::string_view bucket) {
    return store_.PresignedUrl(http::Method::kGet, bucket, kKey, now_, absl::Minutes(30));
  }
  static std::string Content(const WireReply& reply) {
    return reply.blob == nullptr ? "" : *reply.blob->Read(reply.blob_offset, reply.blob_length);
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  ObjectStore store_{*http::Url::Parse("http://127.0.0.1:8180/storage"), "secret"};
};

TEST_F(ObjectStoreTest, WhatIsPutCanBeGot) {
  EXPECT_EQ(Put(PutUrl(), "content").status, 200);
  const WireReply reply = store_.Serve(Request(http::Method::kGet, store_.PublicUrl(kKey)), now_);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(Content(reply), "content");
  EXPECT_THAT(reply.headers.Find("Content-Type"), Optional(std::string_view("text/plain")));
}

TEST_F(ObjectStoreTest, ItKnowsItsRequests) {
  EXPECT_TRUE(store_.Owns(Request(http::Method::kGet, PutUrl())));
  EXPECT_FALSE(store_.Owns(Request(http::Method::kGet, "http://127.0.0.1:8180/api/queue/v1/ping")));
  EXPECT_FALSE(store_.Owns(Request(http::Method::kGet, "http://127.0.0.1:8190/storage/x/y")));
}

TEST_F(ObjectStoreTest, AnUploadNeedsASignature) {
  const std::string url = PutUrl();
  EXPECT_EQ(Put(url.substr(0, url.find('?')), "x").status, 403);
}

TEST_F(ObjectStoreTest, ASignatureIsGoodForOneObjectAndMethod) {
  EXPECT_THAT(Put(absl::StrReplaceAll(PutUrl(), {{"d.txt", "e.txt"}}), "x").body,
              HasSubstr("SignatureDoesNotMatch"));
  EXPECT_THAT(Put(GetUrl(kPublicBucket), "x").body, HasSubstr("SignatureDoesNotMatch"));
  EXPECT_THAT(Put(absl::StrReplaceAll(PutUrl(), {{"2710", "9999"}, {"2700", "9999"}}), "x").body,
              HasSubstr("SignatureDoesNotMatch"));
}

TEST_F(ObjectStoreTest, AUrlExpires) {
  const std::string url = PutUrl();
  now_ += absl::Minutes(45);
  EXPECT_EQ(Put(url, "x").status, 200);
  now_ += absl::Seconds(1);
  const WireReply reply = Put(url, "x");
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, HasSubstr("Request has expired"));
}

TEST_F(ObjectStoreTest, ThePrivateBucketNeedsASignatureToRead) {
  EXPECT_EQ(Put(PutUrl(kPrivateBucket), "secret").status, 200);
  const std::string url = GetUrl(kPrivateBucket);
  EXPECT_EQ(store_.Serve(Request(http::Method::kGet, url.substr(0, url.find('?'))), now_).status,
            403);
  EXPECT_EQ(Content(store_.Serve(Request(http::Method::kGet, url), now_)), "secret");
}

TEST_F(ObjectStoreTest, AHawkHeaderIsRefusedForItDoesNotBelongHere) {
  WireRequest request = Request(http::Method::kPut, PutUrl(), "x");
  request.headers.Add("Authorization", "Hawk id=\"a\"");
  EXPECT_EQ(store_.Serve(request, now_).status, 400);
}

TEST_F(ObjectStoreTest, AChunkedUploadIsRefused) {
  WireRequest request = Request(http::Method::kPut, PutUrl(), "x");
  request.headers.Add("Transfer-Encoding", "chunked");
  EXPECT_EQ(store_.Serve(request, now_).status, 501);
}

TEST_F(ObjectStoreTest, AReescapedUrlIsTakenUnlessStrict) {
  const std::string reescaped = absl::StrReplaceAll(PutUrl(), {{"FAKE%2F", "FAKE/"}});
  ASSERT_NE(reescaped, PutUrl());
  EXPECT_EQ(Put(reescaped, "x").status, 200);
  store_.set_strict(true);
  EXPECT_EQ(Put(reescaped, "x").status, 403);
  EXPECT_EQ(Put(PutUrl(), "x").status, 200);
}

TEST_F(ObjectStoreTest, ARangeIsServed) {
  Put(PutUrl(), "0123456789");
  WireRequest request = Request(http::Method::kGet, store_.PublicUrl(kKey));
  request.headers.Add("Range", "bytes=2-4");
  const WireReply reply = store_.Serve(request, now_);
  EXPECT_EQ(reply.status, 206);
  EXPECT_EQ(Content(reply), "234");
  EXPECT_THAT(reply.headers.Find("Content-Range"), Optional(std::string_view("bytes 2-4/10")));
}

TEST_F(ObjectStoreTest, WhatIsNotThereIs404) {
  EXPECT_EQ(store_.Serve(Request(http::Method::kGet, store_.PublicUrl(kKey)), now_).status, 404);
}

}  // namespace
}  // namespace scriptworker::taskcluster::fake
