// SPDX-License-Identifier: MPL-2.0
//
// The signer's side, on a thread; signer_process_test has it in its process.

#include "scriptworker/worker/signer/signer_service.h"

#include <sys/socket.h>

#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/worker/signer/signer_protocol.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::crypto::Ed25519PrivateKey;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = SignerFrame::Kind;

class SignerServiceTest : public testing::Test {
 protected:
  SignerServiceTest() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    mine_.reset(ends[0]);
    its_.reset(ends[1]);
    service_ = std::thread([this] {
      ServeSigner(its_.get());
      its_.reset();
    });
  }
  ~SignerServiceTest() override {
    mine_.reset();
    service_.join();
  }
  absl::StatusOr<SignerFrame> Ask(Kind kind, std::string payload) {
    if (absl::Status sent = SendSignerFrame(mine_.get(), {kind, std::move(payload)}); !sent.ok()) {
      return sent;
    }
    return ReceiveSignerFrame(mine_.get());
  }

  const TempDir temp_;
  const Ed25519PrivateKey key_ = Ed25519PrivateKey::Generate();
  UniqueFd mine_, its_;
  std::thread service_;
};

TEST_F(SignerServiceTest, SignsWithTheKeyThatItLoaded) {
  const std::string path = temp_.Write("key", key_.SeedToBase64().reveal());
  const absl::StatusOr<SignerFrame> loaded = Ask(Kind::kLoad, path);
  ASSERT_THAT(loaded, IsOk());
  EXPECT_EQ(loaded->kind, Kind::kPublicKey);
  EXPECT_EQ(loaded->payload, key_.public_key().raw());
  for (const std::string message : {"", "message", "another"}) {
    const absl::StatusOr<SignerFrame> signature = Ask(Kind::kSign, message);
    ASSERT_THAT(signature, IsOk());
    EXPECT_EQ(signature->kind, Kind::kSignature);
    EXPECT_THAT(key_.public_key().Verify(signature->payload, message), IsOk());
  }
}

TEST_F(SignerServiceTest, ALoadedKeyStaysWhenItsFileChanges) {
  const std::string path = temp_.Write("key", key_.SeedToBase64().reveal());
  ASSERT_THAT(Ask(Kind::kLoad, path), IsOk());
  temp_.Write("key", Ed25519PrivateKey::Generate().SeedToBase64().reveal());
  const absl::StatusOr<SignerFrame> loaded = Ask(Kind::kLoad, path);
  ASSERT_THAT(loaded, IsOk());
  EXPECT_EQ(loaded->payload, key_.public_key().raw());
}

TEST_F(SignerServiceTest, AnUnusableKeyIsNamedNotQuotedAndMayBecomeUsable) {
  const std::string path = temp_.Write("key", "c2VjcmV0LXNlZWQ=");
  absl::StatusOr<SignerFrame> answer = Ask(Kind::kLoad, path);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->kind, Kind::kError);
  EXPECT_THAT(answer->payload, HasSubstr(path));
  EXPECT_THAT(answer->payload, Not(HasSubstr("c2VjcmV0")));
  answer = Ask(Kind::kSign, "message");
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->kind, Kind::kError);
  temp_.Write("key", key_.SeedToBase64().reveal());
  answer = Ask(Kind::kLoad, path);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->kind, Kind::kPublicKey);
}

TEST_F(SignerServiceTest, EndsWhenItIsToldWhatIsNoRequest) {
  EXPECT_THAT(Ask(Kind::kSignature, std::string(64, 's')),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace scriptworker::worker
