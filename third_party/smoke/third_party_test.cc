// SPDX-License-Identifier: MPL-2.0
// One use of every third-party library: it compiles, links and runs as built here.

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "CLI/CLI.hpp"
#include "absl/log/log.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "benchmark/benchmark.h"
#include "curl/curl.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "httplib.h"
#include "nlohmann/json.hpp"
#include "openssl/crypto.h"
#include "openssl/curve25519.h"
#include "openssl/sha.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"
#include "rapidjson/reader.h"
#include "re2/re2.h"
#include "yaml-cpp/yaml.h"
#include "yyjson.h"
#include "zlib.h"

namespace {

using ::absl_testing::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ThirdPartyTest, Abseil) {
  absl::Mutex mutex;
  absl::MutexLock lock(&mutex);
  EXPECT_THAT(absl::StatusOr<std::string>(absl::StrCat("a", 1)), IsOkAndHolds("a1"));
}

TEST(ThirdPartyTest, BoringSsl) {
  const std::string text = "abc";
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const uint8_t*>(text.data()), text.size(), digest);
  EXPECT_EQ(absl::BytesToHexString(std::string(digest, digest + sizeof(digest))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  uint8_t public_key[ED25519_PUBLIC_KEY_LEN];
  uint8_t private_key[ED25519_PRIVATE_KEY_LEN];
  uint8_t signature[ED25519_SIGNATURE_LEN];
  ED25519_keypair(public_key, private_key);
  ASSERT_EQ(ED25519_sign(signature, digest, sizeof(digest), private_key), 1);
  EXPECT_EQ(ED25519_verify(digest, sizeof(digest), signature, public_key), 1);
}

TEST(ThirdPartyTest, CurlHasTlsByBoringSslAndZlib) {
  const std::string version = curl_version();
  EXPECT_THAT(version, HasSubstr("BoringSSL"));
  EXPECT_THAT(version, HasSubstr("zlib/1.3.1"));
}

TEST(ThirdPartyTest, PrometheusCountsAndPrints) {
  prometheus::Registry registry;
  prometheus::BuildCounter().Name("n_total").Help("n").Register(registry).Add({}).Increment(2);
  EXPECT_THAT(prometheus::TextSerializer().Serialize(registry.Collect()), HasSubstr("n_total 2"));
}

size_t Append(char* data, size_t size, size_t count, void* out) {
  static_cast<std::string*>(out)->append(data, size * count);
  return size * count;
}

TEST(ThirdPartyTest, CurlTalksToHttplib) {
  httplib::Server server;
  server.Get("/hello", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("hello", "text/plain");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&server] { server.listen_after_bind(); });
  server.wait_until_ready();

  std::string body;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  curl_easy_setopt(curl.get(), CURLOPT_URL,
                   absl::StrCat("http://127.0.0.1:", port, "/hello").c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &Append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  EXPECT_EQ(curl_easy_perform(curl.get()), CURLE_OK);
  EXPECT_EQ(body, "hello");

  server.stop();
  thread.join();
}

TEST(ThirdPartyTest, Re2) { EXPECT_TRUE(RE2::FullMatch("scriptworker", "s[a-z]+r")); }

TEST(ThirdPartyTest, NlohmannJson) {
  EXPECT_EQ(nlohmann::json::parse(R"({"b": 1, "a": [true]})").dump(), R"({"a":[true],"b":1})");
}

TEST(ThirdPartyTest, YamlCpp) {
  EXPECT_THAT(YAML::Load("[1, 2]").as<std::vector<int>>(), ElementsAre(1, 2));
}

TEST(ThirdPartyTest, Zlib) {
  const std::string text(1000, 'a');
  std::string packed(compressBound(text.size()), '\0');
  uLongf size = packed.size();
  ASSERT_EQ(compress(reinterpret_cast<Bytef*>(packed.data()), &size,
                     reinterpret_cast<const Bytef*>(text.data()), text.size()),
            Z_OK);
  EXPECT_LT(size, 50u);
}

TEST(ThirdPartyTest, Cli11) {
  CLI::App app;
  std::string name;
  app.add_option("--task-name", name);
  app.parse("--task-name x");
  EXPECT_EQ(name, "x");
}

TEST(ThirdPartyTest, RapidJsonAndYyjson) {
  rapidjson::Reader reader;
  rapidjson::StringStream stream("[1]");
  rapidjson::BaseReaderHandler<> handler;
  EXPECT_FALSE(reader.Parse(stream, handler).IsError());

  std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(yyjson_read("[1]", 3, 0),
                                                                   &yyjson_doc_free);
  ASSERT_NE(document, nullptr);
  EXPECT_EQ(yyjson_arr_size(yyjson_doc_get_root(document.get())), 1u);
}

void CountLoop(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(_);
}
BENCHMARK(CountLoop);

}  // namespace
