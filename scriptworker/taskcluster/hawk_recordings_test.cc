// SPDX-License-Identifier: MPL-2.0
//
// Every authorization in the recordings of the real services recomputes.
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/bewit.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/hawk.h"
#include "scriptworker/taskcluster/recording.h"

namespace scriptworker::taskcluster {
namespace {

HawkRequest RequestOf(const RecordedExchange& exchange) {
  return {.method = exchange.method,
          .target = exchange.target,
          .host = exchange.url.host(),
          .port = exchange.url.port()};
}

struct Count {
  int good = 0;
  int all = 0;
};

TEST(HawkRecordingsTest, HeadersAndPayloadHashesRecompute) {
  Count macs;
  int hashes = 0;
  int wrong_on_purpose = 0;
  int malformed = 0;
  for (const std::string& scenario : ListRecordings()) {
    const Recording recording = LoadRecording(scenario);
    for (const RecordedExchange& exchange : recording.exchanges) {
      const auto header = exchange.request_headers.Find("Authorization");
      if (!header.has_value()) continue;
      const absl::StatusOr<HawkFields> fields = ParseHawkHeader(*header);
      if (!fields.ok()) {  // sent to see what the service says
        EXPECT_EQ(exchange.status, 401) << *header;
        ++malformed;
        continue;
      }
      bool good = false;
      for (const Credentials& credentials : recording.FindCredentials(fields->id, fields->ext)) {
        good = good || VerifyHawkHeader(*fields, RequestOf(exchange), exchange.request_type,
                                        exchange.request_body, credentials.access_token)
                           .ok();
      }
      if (exchange.mac_is_wrong) {
        // Of those some have a wrong bewit and a good header.
        if (!good) ++wrong_on_purpose;
        continue;
      }
      ++macs.all;
      if (good) ++macs.good;
      if (!fields->hash.empty()) ++hashes;
      EXPECT_TRUE(good) << scenario << ": " << exchange.method << " " << exchange.target << " "
                        << exchange.comment;
    }
  }
  std::cout << "hawk macs " << macs.good << "/" << macs.all << " (" << hashes
            << " with a payload hash; " << wrong_on_purpose << " more are wrong on purpose, "
            << malformed << " malformed)\n";
  EXPECT_EQ(macs.all, 286);
  EXPECT_GE(wrong_on_purpose, 2);
}

TEST(HawkRecordingsTest, BewitsRecompute) {
  Count bewits;
  int wrong_on_purpose = 0;
  for (const std::string& scenario : ListRecordings()) {
    const Recording recording = LoadRecording(scenario);
    for (const RecordedExchange& exchange : recording.exchanges) {
      const absl::StatusOr<Bewit> bewit = ParseBewit(exchange.target);
      if (absl::IsNotFound(bewit.status())) continue;
      ASSERT_TRUE(bewit.ok()) << exchange.target << bewit.status();
      bool good = false;
      for (const Credentials& credentials : recording.FindCredentials(bewit->id, bewit->ext)) {
        good = good || VerifyBewit(*bewit, RequestOf(exchange), credentials.access_token).ok();
      }
      if (exchange.mac_is_wrong) {
        if (!good) ++wrong_on_purpose;
        continue;
      }
      ++bewits.all;
      if (good) ++bewits.good;
      EXPECT_TRUE(good) << scenario << ": " << exchange.target << " " << exchange.comment;
    }
  }
  std::cout << "bewits " << bewits.good << "/" << bewits.all << " (" << wrong_on_purpose
            << " more are wrong on purpose)\n";
  EXPECT_GT(bewits.all, 10);
}

// The reference's headers have one form; ours is byte for byte the same.
TEST(HawkRecordingsTest, HeadersOfThePythonClientAreOurs) {
  Count headers;
  for (const std::string& scenario : ListRecordings()) {
    if (!absl::StartsWith(scenario, "worker-")) continue;
    const Recording recording = LoadRecording(scenario);
    for (const RecordedExchange& exchange : recording.exchanges) {
      const auto header = exchange.request_headers.Find("Authorization");
      if (!header.has_value()) continue;
      const absl::StatusOr<HawkFields> fields = ParseHawkHeader(*header);
      ASSERT_TRUE(fields.ok());
      const auto url = exchange.url.WithTarget(exchange.target);
      ASSERT_TRUE(url.ok());
      bool same = false;
      for (const Credentials& credentials : recording.FindCredentials(fields->id, fields->ext)) {
        same = same || HawkHeader(*http::ParseMethod(exchange.method), *url, exchange.request_type,
                                  exchange.request_body, credentials,
                                  {.ts = fields->ts, .nonce = fields->nonce}) == *header;
      }
      ++headers.all;
      if (same) ++headers.good;
      EXPECT_TRUE(same) << *header;
    }
  }
  std::cout << "reference's Hawk headers " << headers.good << "/" << headers.all << "\n";
  EXPECT_GT(headers.all, 100);
}

// A signed URL of the Python client is what SignedUrl() makes of the rest.
TEST(HawkRecordingsTest, BewitsOfThePythonClientAreOurs) {
  Count urls;
  const Recording recording = LoadRecording("py-cot-reads");
  for (const RecordedExchange& exchange : recording.exchanges) {
    const absl::StatusOr<Bewit> bewit = ParseBewit(exchange.target);
    if (!bewit.ok() || exchange.mac_is_wrong) continue;
    const auto plain = exchange.url.WithTarget(bewit->target);
    ASSERT_TRUE(plain.ok());
    bool same = false;
    for (const Credentials& credentials : recording.FindCredentials(bewit->id, bewit->ext)) {
      const auto url = SignedUrl(*plain, credentials, absl::FromUnixSeconds(bewit->expiry));
      same = same || (url.ok() && url->target() == exchange.target);
    }
    ++urls.all;
    if (same) ++urls.good;
    EXPECT_TRUE(same) << exchange.target;
  }
  std::cout << "reference's signed URLs " << urls.good << "/" << urls.all << "\n";
  EXPECT_EQ(urls.all, 3);
}

}  // namespace
}  // namespace scriptworker::taskcluster
