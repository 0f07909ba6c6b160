// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_upload.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/parallel.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/ordinary_user.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/artifact_file.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string Digest(std::string_view text) { return crypto::HexEncode(crypto::Sha256(text)); }

// A store behind a queue: createArtifact hands out numbered URLs. Answers can
// be put in front, by a part of the URL.
class Services {
 public:
  absl::StatusOr<http::Response> Answer(const http::Request& request) {
    const std::string url = request.url.ToString();
    for (auto& [part, answers] : scripted_) {
      if (absl::StrContains(url, part) && !answers.empty()) {
        absl::StatusOr<http::Response> answer = answers.front();
        answers.erase(answers.begin());
        return answer;
      }
    }
    if (absl::StrContains(url, "/api/queue/")) {
      const std::string name = url.substr(url.rfind('/') + 1);
      return http::MakeResponse(
          200, absl::StrCat(R"({"storageType": "s3", "putUrl": ")", "https://store.test/", name,
                            "?n=", ++urls_, R"(&X-Amz-Credential=SECRET%2Fx&b=%28"})"));
    }
    return http::MakeResponse(200);
  }

  // The next requests whose URL has `part` get these answers.
  void Script(std::string part, std::vector<absl::StatusOr<http::Response>> answers) {
    scripted_[std::move(part)] = std::move(answers);
  }

 private:
  int urls_ = 0;
  std::map<std::string, std::vector<absl::StatusOr<http::Response>>> scripted_;
};

class ArtifactUploadTest : public ::testing::Test {
 protected:
  ArtifactUploadTest() {
    client_ = QueueClient::Create("https://tc.test", transport_, clock_, std::nullopt).value();
    UploadOptions options;
    options.log = [this](std::string_view line) {
      absl::MutexLock lock(&mutex_);
      log_.emplace_back(line);
    };
    uploader_ = std::make_unique<ArtifactUploader>(*client_, transport_, clock_, options);
    target_.credentials = [this] {
      Credentials credentials;
      credentials.client_id = absl::StrCat("temporary", ++asked_);
      credentials.access_token = SecretString("t");
      return credentials;
    };
  }

  static UploadFile File(std::string_view name, std::optional<std::string> digest = std::nullopt) {
    return {.name = ArtifactName::Parse(name).value(), .digest = std::move(digest)};
  }
  // Open and hashed, as for the chain of trust.
  UploadFile Hashed(std::string_view name) {
    UploadFile file = File(name);
    file.opened = ArtifactFile::Open(folder_.path(), file.name).value();
    EXPECT_THAT(file.opened->Hash(crypto::HashAlgorithm::kSha256), IsOk());
    file.digest = file.opened->digest();
    return file;
  }
  absl::Status Upload(UploadFile file) {
    return uploader_->Upload(target_, folder_.path(), std::move(file), CancellationToken());
  }
  std::vector<http::SentRequest> Puts() const {
    std::vector<http::SentRequest> puts;
    for (const http::SentRequest& request : transport_.requests()) {
      if (request.method == http::Method::kPut) puts.push_back(request);
    }
    return puts;
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1700000000), SimulatedClock::Mode::kAutoAdvance};
  Services services_;
  http::FunctionTransport transport_{[this](const http::Request& request) {
    if (request.method == http::Method::kPut && on_put_ != nullptr) on_put_();
    return services_.Answer(request);
  }};
  std::function<void()> on_put_;
  TempDir folder_;
  std::unique_ptr<QueueClient> client_;
  std::unique_ptr<ArtifactUploader> uploader_;
  std::atomic<int> asked_ = 0;
  UploadTarget target_{.task_id = TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A").value(),
                       .expires = ParseTimestamp("2030-01-01T00:00:00Z").value()};
  absl::Mutex mutex_;
  std::vector<std::string> log_;
};

TEST_F(ArtifactUploadTest, CreatesThenPutsToTheUrlByteForByte) {
  folder_.Write("public/a.bin", "bytes");
  ASSERT_THAT(Upload(File("public/a.bin")), IsOk());
  const auto requests = transport_.requests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].body, R"({"storageType":"s3","expires":"2030-01-01T00:00:00+00:00",)"
                              R"("contentType":"application/octet-stream","contentLength":5})");
  EXPECT_EQ(requests[1].url,
            "https://store.test/public%2Fa.bin?n=1&X-Amz-Credential=SECRET%2Fx"
            "&b=%28");
  EXPECT_EQ(requests[1].body, "bytes");
  EXPECT_EQ(requests[1].headers, (http::Headers{{"Content-Type", "application/octet-stream"}}));
}

TEST_F(ArtifactUploadTest, TextIsCompressedOnDiskAndSentSo) {
  folder_.Write("public/logs/live_backing.log", "hello\n");
  ASSERT_THAT(Upload(File("public/logs/live_backing.log", Digest("hello\n"))), IsOk());
  const http::SentRequest put = Puts().at(0);
  EXPECT_EQ(put.headers,
            (http::Headers{{"Content-Type", "text/plain"}, {"Content-Encoding", "gzip"}}));
  EXPECT_EQ(put.body, ReadFile(folder_.Path("public/logs/live_backing.log")).value());
  EXPECT_THAT(put.body, StartsWith("\x1f\x8b"));
  EXPECT_THAT(transport_.requests()[0].body, HasSubstr(R"("contentLength":6})"));  // as it was
}

TEST_F(ArtifactUploadTest, AnEncodedNameIsSentWithItsEncoding) {
  folder_.Write("a.txt.xz", "xz bytes");
  ASSERT_THAT(Upload(File("a.txt.xz")), IsOk());
  EXPECT_EQ(Puts().at(0).headers,
            (http::Headers{{"Content-Type", "text/plain"}, {"Content-Encoding", "xz"}}));
  EXPECT_EQ(Puts().at(0).body, "xz bytes");
}

TEST_F(ArtifactUploadTest, LogsTheReferencesLinesWithoutTheSignature) {
  folder_.Write("a.txt", "x");
  services_.Script("store.test", {http::MakeResponse(200, "stored")});
  ASSERT_THAT(Upload(File("a.txt")), IsOk());
  const std::string path = folder_.Path("a.txt");
  EXPECT_THAT(log_, ElementsAre(absl::StrCat("\"", path, "\" can be gzip'd. Compressing..."),
                                absl::StrCat("\"", path, "\" compressed"),
                                AllOf(StartsWith(absl::StrCat("uploading ", path,
                                                              " to https://store.test/a.txt?n=1")),
                                      HasSubstr("<snip>..."), Not(HasSubstr("SECRET"))),
                                absl::StrCat("create_artifact ", path, ": 200"), "stored",
                                absl::StrCat("sent ", path, ": ", Puts().at(0).body.size(),
                                             " bytes, sha256 ", Digest(Puts().at(0).body))));
}

TEST_F(ArtifactUploadTest, AFailedPutRepeatsThePairWithTheReferencesPauses) {
  folder_.Write("a.bin", "bytes");
  services_.Script("store.test", {http::MakeResponse(500), absl::UnavailableError("reset"),
                                  http::MakeResponse(403), http::MakeResponse(204)});
  ASSERT_THAT(Upload(File("a.bin")), IsOk());
  EXPECT_THAT(transport_.requests(), SizeIs(8));
  EXPECT_THAT(Puts(), Each(testing::Field(&http::SentRequest::body, "bytes")));
  EXPECT_THAT(Puts()[3].url, HasSubstr("n=4"));
  EXPECT_EQ(asked_, 4);
  const auto between = [](int low, int high) {
    return AllOf(Ge(absl::Seconds(low)), Le(absl::Seconds(high)));
  };
  EXPECT_THAT(clock_.sleeps(), ElementsAre(between(10, 15), between(20, 30), between(40, 60)));
}

TEST_F(ArtifactUploadTest, GivesUpAfterFiveTriesAndSaysWhetherTheStoreAnswered) {
  folder_.Write("a.bin", "bytes");
  services_.Script("store.test", std::vector<absl::StatusOr<http::Response>>(
                                     5, http::MakeResponse(503, "SlowDown")));
  const absl::Status refused = Upload(File("a.bin"));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable,
                                AllOf(HasSubstr("artifact \"a.bin\""), HasSubstr("Bad status 503"),
                                      Not(HasSubstr("SECRET")))));
  EXPECT_EQ(GetPutStatus(refused), 503);
  EXPECT_TRUE(IsStoreRefusal(refused));
  EXPECT_THAT(Puts(), SizeIs(5));

  services_.Script("store.test", std::vector<absl::StatusOr<http::Response>>(
                                     5, absl::UnavailableError("connection reset")));
  const absl::Status lost = Upload(File("a.bin"));
  EXPECT_THAT(lost, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(GetPutStatus(lost), 0);
  EXPECT_FALSE(IsStoreRefusal(lost));
}

TEST_F(ArtifactUploadTest, ARefusalOfTheQueueIsFinalAndNamesTheArtifact) {
  folder_.Write("a.bin", "bytes");
  services_.Script("/api/queue/",
                   {http::MakeResponse(400, R"({"code": "InputError", "message": "no"})")});
  const absl::Status status = Upload(File("a.bin"));
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("artifact \"a.bin\"")));
  EXPECT_EQ(GetQueueError(status)->code, "InputError");
  EXPECT_FALSE(GetPutStatus(status).has_value());
  EXPECT_THAT(transport_.requests(), SizeIs(1));
}

TEST_F(ArtifactUploadTest, AQueueThatDoesNotKnowContentLengthIsAskedWithout) {
  folder_.Write("a.bin", "bytes");
  services_.Script("/api/queue/", {http::MakeResponse(400, R"({"code": "InputValidationError",
      "message": "data must NOT have additional properties: \"contentLength\""})")});
  ASSERT_THAT(Upload(File("a.bin")), IsOk());
  const auto requests = transport_.requests();
  ASSERT_THAT(requests, SizeIs(3));
  EXPECT_EQ(requests[1].body, R"({"storageType":"s3","expires":"2030-01-01T00:00:00+00:00",)"
                              R"("contentType":"application/octet-stream"})");
  EXPECT_EQ(requests[2].body, "bytes");
  EXPECT_THAT(log_, Contains(HasSubstr("asking without contentLength")));
}

TEST_F(ArtifactUploadTest, AnArtifactThatIsRefusedEitherWayIsRefused) {
  folder_.Write("a.bin", "bytes");
  const http::Response refusal =
      http::MakeResponse(400, R"({"code": "InputValidationError", "message": "no"})");
  services_.Script("/api/queue/", {refusal, refusal});
  EXPECT_THAT(Upload(File("a.bin")), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(transport_.requests(), SizeIs(2));
}

TEST_F(ArtifactUploadTest, AQueueOutOfReachIsTriedAgain) {
  folder_.Write("a.bin", "bytes");
  services_.Script("/api/queue/", std::vector<absl::StatusOr<http::Response>>(
                                      7, http::MakeResponse(503)));  // the client tries 6 times
  EXPECT_THAT(Upload(File("a.bin")), IsOk());
}

TEST_F(ArtifactUploadTest, AQueueThatIsTooLateOrAnswersNonsenseIsTriedAgain) {
  for (const absl::StatusOr<http::Response>& answer :
       {absl::StatusOr<http::Response>(absl::DeadlineExceededError("no answer within 60s")),
        absl::StatusOr<http::Response>(http::MakeResponse(200, "<html>", "text/html"))}) {
    folder_.Write("a.bin", "bytes");
    services_.Script("/api/queue/", std::vector<absl::StatusOr<http::Response>>(7, answer));
    EXPECT_THAT(Upload(File("a.bin")), IsOk());
  }
}

TEST_F(ArtifactUploadTest, AFileInAClosedFolderIsSentAsItIs) {
  folder_.Write("closed/a.txt", "hello\n");
  std::filesystem::permissions(folder_.Path("closed"), std::filesystem::perms(0555));
  const OrdinaryUser ordinary;
  ASSERT_THAT(Upload(Hashed("closed/a.txt")), IsOk());
  EXPECT_EQ(Puts().at(0).headers, (http::Headers{{"Content-Type", "text/plain"}}));
  EXPECT_EQ(Puts().at(0).body, "hello\n");
  EXPECT_THAT(log_, Contains(HasSubstr("is sent as it is: ")));
}

TEST_F(ArtifactUploadTest, AnUnusablePutUrlIsDataLoss) {
  folder_.Write("a.bin", "bytes");
  services_.Script("/api/queue/", {http::MakeResponse(200, R"({"putUrl": "file:///etc/passwd"})")});
  EXPECT_THAT(Upload(File("a.bin")), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(ArtifactUploadTest, BytesThatChangedSinceTheyWereHashedAreNotSentWhole) {
  folder_.Write("a.bin", "other");
  folder_.Write("a.txt", "other");
  folder_.Write("b.bin", "bytes");
  EXPECT_THAT(Upload(File("a.bin", Digest("bytes"))),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("a.bin")));
  EXPECT_THAT(Upload(File("a.txt", Digest("bytes"))),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("a.txt")));
  EXPECT_THAT(clock_.sleeps(), IsEmpty());  // no use to try again
  EXPECT_THAT(Puts(), IsEmpty());
  EXPECT_THAT(Upload(File("b.bin", Digest("bytes"))), IsOk());
}

TEST_F(ArtifactUploadTest, AFileThatTakesTheNameOfAHashedOneIsNotSent) {
  for (const std::string_view name : {"a.bin", "a.txt"}) {
    folder_.Write(name, "bytes");
    UploadFile file = Hashed(name);
    std::filesystem::rename(folder_.Write("other", "other"), folder_.Path(name));
    ASSERT_THAT(Upload(std::move(file)), IsOk());
  }
  EXPECT_EQ(Puts().at(0).body, "bytes");
  const std::string sent_by_name = Puts().at(1).body;
  folder_.Write("a.txt", "bytes");
  ASSERT_THAT(Upload(Hashed("a.txt")), IsOk());
  EXPECT_EQ(sent_by_name, Puts().at(2).body) << "the gzip form of what was hashed";
}

TEST_F(ArtifactUploadTest, AHashedFileThatIsRewrittenIsNotSent) {
  for (const std::string_view name : {"a.bin", "a.txt"}) {
    for (const std::string_view other : {"BYTES", "", "byte", "bytes and more"}) {
      folder_.Write(name, "bytes");
      UploadFile file = Hashed(name);
      ASSERT_THAT(WriteFile(folder_.Path(name), other), IsOk());  // into the same file
      EXPECT_THAT(Upload(std::move(file)), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(name)))
          << other;
    }
  }
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
  EXPECT_THAT(Puts(), IsEmpty());
}

TEST_F(ArtifactUploadTest, WhateverIsRewrittenBetweenTwoTriesIsNotSent) {
  for (const std::string_view name : {"a.bin", "a.txt"}) {  // plain, and its gzip form
    folder_.Write(name, "bytes");
    on_put_ = [&] { ASSERT_THAT(WriteFile(folder_.Path(name), "other"), IsOk()); };
    services_.Script("store.test", {http::MakeResponse(500)});
    EXPECT_THAT(Upload(File(name)), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(name)));
  }
  EXPECT_THAT(Puts(), SizeIs(2)) << "the first tries";
}

// Says that it has everything, without having read it.
class HastyTransport final : public http::Transport {
 public:
  absl::StatusOr<http::Response> Send(const http::Request&) override {
    ++requests_;
    return http::MakeResponse(200);
  }
  int requests() const { return requests_; }

 private:
  std::atomic<int> requests_ = 0;
};

TEST_F(ArtifactUploadTest, AStoreThatAnswersBeforeItHasTheWholeBodyHasNothing) {
  HastyTransport hasty;
  ArtifactUploader uploader(*client_, hasty, clock_);
  folder_.Write("a.bin", "bytes");
  EXPECT_THAT(uploader.Upload(target_, folder_.path(), File("a.bin"), {}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("before it had the whole body")));
  EXPECT_EQ(hasty.requests(), 5);
}

TEST_F(ArtifactUploadTest, ARefusedFileIsNotSentUnderAnyName) {
  folder_.Write("secret.bin", "secret");
  std::filesystem::create_hard_link(folder_.Path("secret.bin"), folder_.Path("innocent.bin"));
  target_.refused.insert(Hashed("secret.bin").opened->identity());
  EXPECT_THAT(Upload(File("innocent.bin")), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Upload(Hashed("innocent.bin")),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("innocent.bin")));
  EXPECT_THAT(transport_.requests(), IsEmpty());
}

TEST_F(ArtifactUploadTest, LinksAreNotUploaded) {
  folder_.Write("real.bin", "bytes");
  std::filesystem::create_symlink(folder_.Path("real.bin"), folder_.Path("link.bin"));
  EXPECT_THAT(Upload(File("link.bin")), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(transport_.requests(), IsEmpty());
}

TEST_F(ArtifactUploadTest, AllFilesAreTriedAndErrorsKeepTheirOrder) {
  std::vector<UploadFile> files;
  for (int i = 0; i < 40; ++i) {
    const std::string name = absl::StrCat("f", i, ".bin");
    if (i != 7 && i != 23) folder_.Write(name, name);
    files.push_back(File(name));
  }
  const std::vector<absl::Status> statuses =
      uploader_->UploadAll(target_, folder_.path(), std::move(files), CancellationToken());
  ASSERT_THAT(statuses, SizeIs(40));
  for (size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(statuses[i].ok(), i != 7 && i != 23) << statuses[i];
  }
  EXPECT_THAT(FirstError(statuses), StatusIs(absl::StatusCode::kNotFound, HasSubstr("f7.bin")));
  EXPECT_THAT(Puts(), SizeIs(38));
}

// Lets requests meet, and counts how many are under way at most.
class MeetingTransport final : public http::Transport {
 public:
  explicit MeetingTransport(http::Transport& inner) : inner_(inner) {}
  absl::StatusOr<http::Response> Send(const http::Request& request) override {
    const int now = ++running_;
    for (int most = most_; now > most && !most_.compare_exchange_weak(most, now);) {
    }
    absl::SleepFor(absl::Milliseconds(5));
    absl::StatusOr<http::Response> response = inner_.Send(request);
    --running_;
    return response;
  }
  int most() const { return most_; }

 private:
  http::Transport& inner_;
  std::atomic<int> running_ = 0, most_ = 0;
};

TEST_F(ArtifactUploadTest, NoMoreAreUnderWayThanAllowed) {
  MeetingTransport meeting(transport_);
  ArtifactUploader uploader(*client_, meeting, clock_, {.max_parallel = 3});
  std::vector<UploadFile> files;
  for (int i = 0; i < 20; ++i) {
    const std::string name = absl::StrCat("f", i, ".bin");
    folder_.Write(name, name);
    files.push_back(File(name));
  }
  EXPECT_THAT(uploader.UploadAll(target_, folder_.path(), std::move(files), CancellationToken()),
              Each(IsOk()));
  EXPECT_GT(meeting.most(), 1);
  EXPECT_LE(meeting.most(), 3);
}

TEST_F(ArtifactUploadTest, CancellingEndsIt) {
  folder_.Write("a.bin", "bytes");
  CancellationSource source;
  source.Cancel(absl::AbortedError("the claim is lost"));
  EXPECT_THAT(uploader_->Upload(target_, folder_.path(), File("a.bin"), source.token()),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(transport_.requests(), IsEmpty());
}

TEST_F(ArtifactUploadTest, CancellingEndsACompressionAndLeavesTheFileAsItWas) {
  folder_.Write("big.log", std::string(1 << 20, 'x'));
  CancellationSource source;
  std::vector<std::string> lines;
  ArtifactUploader uploader(*client_, transport_, clock_, {.log = [&](std::string_view line) {
    lines.emplace_back(line);
    if (absl::StrContains(line, "Compressing")) source.Cancel(absl::AbortedError("stop"));
  }});
  EXPECT_THAT(uploader.Upload(target_, folder_.path(), File("big.log"), source.token()),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("stop")));
  EXPECT_THAT(lines, ElementsAre(HasSubstr("Compressing...")));
  EXPECT_EQ(ReadFile(folder_.Path("big.log")).value().size(), 1u << 20);
  EXPECT_THAT(transport_.requests(), IsEmpty());
}

TEST_F(ArtifactUploadTest, LinkAndErrorArtifactsNeedNoPut) {
  services_.Script("/api/queue/", {http::MakeResponse(200, "{}"), http::MakeResponse(200, "{}")});
  EXPECT_THAT(uploader_->CreateLink(target_, ArtifactName::Parse("public/live.log").value(),
                                    ArtifactName::Parse("public/chain_of_trust.log").value(), {}),
              IsOk());
  EXPECT_THAT(uploader_->CreateError(target_, ArtifactName::Parse("public/x").value(),
                                     ErrorArtifact::Reason::kFileMissing, "gone", {}),
              IsOk());
  EXPECT_EQ(transport_.requests()[0].body,
            R"({"storageType":"link","expires":"2030-01-01T00:00:00+00:00",)"
            R"("contentType":"text/plain",)"
            R"("artifact":"public/chain_of_trust.log"})");
  EXPECT_THAT(Puts(), IsEmpty());
  EXPECT_THAT(log_, Contains("Creating link artifact public/live.log -> "
                             "public/chain_of_trust.log"));
}

}  // namespace
}  // namespace scriptworker::taskcluster
