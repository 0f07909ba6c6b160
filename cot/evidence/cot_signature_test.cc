// SPDX-License-Identifier: MPL-2.0
// From bytes and a signature to a body that may be relied on.
#include "cot/evidence/cot_signature.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "cot/chain/violation.h"
#include "cot/evidence/cot_schema.h"
#include "cot/evidence/cot_task_binding.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json_schema.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::crypto::Ed25519PrivateKey;
using ::scriptworker::crypto::Ed25519PublicKey;
using ::scriptworker::json::Object;
using ::scriptworker::json::Value;

// RFC 8032's first two secret keys, in base64.
constexpr std::string_view kSeed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
constexpr std::string_view kOtherSeed = "TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs=";

Ed25519PrivateKey Key(std::string_view seed) {
  absl::StatusOr<Ed25519PrivateKey> key =
      Ed25519PrivateKey::FromBase64Seed(scriptworker::SecretString(std::string(seed)));
  EXPECT_THAT(key, IsOk());
  return *std::move(key);
}

class CotSignatureTest : public testing::Test {
 protected:
  CotSignatureTest() : schema_(*LoadCotSchema("")) {}

  // The body of the link's own run, with members replaced.
  static std::string Body(std::string_view changes = "{}") {
    Object body = Json(R"({"artifacts": {"public/a": {"sha256": "00"}},
                           "chainOfTrustVersion": 1, "environment": {},
                           "runId": 0, "workerGroup": "g", "workerId": "w"})")
                      .object();
    body.Set("taskId", kBuildId);
    body.Set("task", TaskJson());
    const Value changed = Json(changes);
    for (const auto& [key, value] : changed.object()) {
      body.Set(key, value);
    }
    return scriptworker::json::Format(Value(std::move(body)));
  }

  absl::StatusOr<TrustedCotBody> Verify(const std::string& bytes,
                                        const std::vector<std::string_view>& trusted = {kSeed}) {
    return VerifyWith(bytes, Key(kSeed).Sign(bytes), trusted);
  }

  absl::StatusOr<TrustedCotBody> VerifyWith(const std::string& bytes, const std::string& signature,
                                            const std::vector<std::string_view>& trusted) {
    std::vector<Ed25519PublicKey> keys;
    keys.reserve(trusted.size());
    for (std::string_view seed : trusted) keys.push_back(Key(seed).public_key());
    return VerifyCot(link_, bytes, signature, keys, schema_);
  }

  const Link link_ = MakeLink("signing:build", kBuildId);
  const scriptworker::json::Schema schema_;
};

TEST_F(CotSignatureTest, ASignedBodyOfTheTaskIsTrusted) {
  const absl::StatusOr<TrustedCotBody> body = Verify(Body());
  ASSERT_THAT(body, IsOk());
  EXPECT_EQ(body->body().task_id, kBuildId);
  EXPECT_EQ(body->key(), Key(kSeed).public_key().ToBase64());
}

TEST_F(CotSignatureTest, AnyTrustedKeyWillDo) {
  EXPECT_THAT(Verify(Body(), {kOtherSeed, kSeed}), IsOk());
}

TEST_F(CotSignatureTest, AStrangersKeyIsRefused) {
  EXPECT_THAT(Verify(Body(), {kOtherSeed}), IsViolation(Violation::kBadSignature));
}

TEST_F(CotSignatureTest, NoKeyIsNoTrust) {
  EXPECT_THAT(Verify(Body(), {}), IsViolation(Violation::kNoTrustedKey));
}

TEST_F(CotSignatureTest, EveryBitOfTheSignatureCounts) {
  const std::string bytes = Body();
  const std::string signature = Key(kSeed).Sign(bytes);
  for (size_t i = 0; i < signature.size(); ++i) {
    std::string flipped = signature;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    EXPECT_THAT(VerifyWith(bytes, flipped, {kSeed}), IsViolation(Violation::kBadSignature)) << i;
  }
  EXPECT_THAT(VerifyWith(bytes, signature + "x", {kSeed}), IsViolation(Violation::kBadSignature));
  EXPECT_THAT(VerifyWith(bytes, "", {kSeed}), IsViolation(Violation::kBadSignature));
}

TEST_F(CotSignatureTest, AnotherTasksBodyIsRefused) {
  EXPECT_THAT(Verify(Body(R"({"taskId": "TargetAAQACAAAAAAAAAAA"})")),
              IsViolation(Violation::kCotTaskIdMismatch));
}

TEST_F(CotSignatureTest, ABodyOfAnotherDefinitionIsRefused) {
  Object body;
  body.Set("task", TaskJson(R"({"payload": {"command": ["evil"]}})"));
  EXPECT_THAT(Verify(Body(scriptworker::json::Format(Value(std::move(body))))),
              IsViolation(Violation::kCotTaskMismatch));
}

TEST_F(CotSignatureTest, MalformedBodiesAreRefused) {
  for (const std::string& bytes :
       {std::string("{"), Body() + "x", std::string("[]"), Body(R"({"runId": "0"})"),
        Body(R"({"artifacts": []})"), Body(R"({"artifacts": {"public/a": {"sha256": 1}}})")}) {
    EXPECT_THAT(Verify(bytes), IsViolation(Violation::kMalformedCot)) << bytes;
  }
}

TEST_F(CotSignatureTest, WithoutTheCheckTheRestIsCheckedAndSaidSo) {
  const absl::StatusOr<TrustedCotBody> body =
      TrustWithoutSignature(link_, Body(), schema_, SkipSignatureCheck());
  ASSERT_THAT(body, IsOk());
  EXPECT_EQ(body->key(), "");
  EXPECT_THAT(TrustWithoutSignature(link_, Body(R"({"taskId": "TargetAAQACAAAAAAAAAAA"})"), schema_,
                                    SkipSignatureCheck()),
              IsViolation(Violation::kCotTaskIdMismatch));
}

struct BindingCase {
  std::string_view name;
  std::string_view cot_changes;
  bool same;
};

class TaskBindingTest : public testing::TestWithParam<BindingCase> {};

TEST_P(TaskBindingTest, IgnoresOnlyWhatTheQueueMayRewrite) {
  EXPECT_EQ(TaskDifferences(TaskJson(), TaskJson(GetParam().cot_changes)).empty(), GetParam().same);
}

constexpr BindingCase kBindings[] = {
    {"Equal", "{}", true},
    {"Priority", R"({"priority": "highest"})", true},
    {"ProjectId", R"({"projectId": "none"})", true},
    {"TaskQueueIdOnly",
     R"({"provisionerId": null, "workerType": null, "taskQueueId": "scriptworker-k8s/gecko-3-signing"})",
     true},
    {"OtherTaskQueueId",
     R"({"provisionerId": null, "workerType": null, "taskQueueId": "scriptworker-k8s/other"})",
     false},
    {"DefaultLeftOut", R"({"routes": null, "tags": null, "extra": null})", true},
    {"ValueThatIsNoDefaultLeftOut", R"({"dependencies": null})", false},
    {"Scope", R"({"scopes": ["x"]})", false},
    {"Payload", R"({"payload": {"maxRunTime": 601}})", false},
    {"Source", R"({"metadata": {"source": "https://evil.example.com"}})", false},
    {"Group", R"({"taskGroupId": "OtherDAAQACAAAAAAAAAAA"})", false},
    {"ExtraMember", R"({"special": 1})", false},
};
INSTANTIATE_TEST_SUITE_P(Table, TaskBindingTest, testing::ValuesIn(kBindings),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace cot
