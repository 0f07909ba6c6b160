// SPDX-License-Identifier: MPL-2.0
#include "cot/docker_image.h"

#include <string>
#include <string_view>
#include <vector>

#include "cot/chain/violation.h"
#include "cot/evidence/cot_body.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kTaskImage = R"({
  "provisionerId": "p",
  "payload": {"image": {"type": "task-image", "path": "public/image.tar.zst",
                        "taskId": "ImageDAAQACAAAAAAAAAAA"}},
  "extra": {"chainOfTrust": {"inputs": {"docker-image": "ImageDAAQACAAAAAAAAAAA"}}}
})";

class DockerImageTest : public testing::Test {
 protected:
  DockerImageTest() {
    own_.environment = Json(R"({"imageArtifactHash": "sha256:abc"})");
    image_.artifacts["public/image.tar.zst"] = {{"sha256", "abc"}};
  }

  std::vector<Violation> Check(std::string_view changes, std::string_view product = "firefox",
                               std::string_view name = "signing:build") {
    std::vector<Finding> findings;
    CheckDockerImage(MakeLink(name, kBuildId, changes), BuiltInProduct(product),
                     {.own_cot = &own_, .image_cot = &image_, .privileged_chain = privileged_},
                     findings);
    return ViolationsOf(findings);
  }

  CotBody own_;
  CotBody image_;
  bool privileged_ = false;
};

TEST_F(DockerImageTest, TheImageOfTheChainWithItsHashIsGood) {
  EXPECT_THAT(Check(kTaskImage), IsEmpty());
}

TEST_F(DockerImageTest, AnotherHashIsRefused) {
  own_.environment = Json(R"({"imageArtifactHash": "sha256:abd"})");
  EXPECT_THAT(Check(kTaskImage), ElementsAre(Violation::kDockerImageHashMismatch));
}

TEST_F(DockerImageTest, AnAbsentHashIsRefused) {
  own_.environment = Json("{}");
  EXPECT_THAT(Check(kTaskImage), ElementsAre(Violation::kDockerImageHashMissing));
}

TEST_F(DockerImageTest, AMalformedHashIsRefused) {
  for (const std::string_view hash : {R"("abc")", R"("sha256:")", "7", "{}"}) {
    own_.environment = Json(std::string(R"({"imageArtifactHash": )") + std::string(hash) + "}");
    EXPECT_THAT(Check(kTaskImage), ElementsAre(Violation::kDockerImageHashMissing)) << hash;
  }
}

TEST_F(DockerImageTest, AnAlgorithmThatTheImageTaskDoesNotHaveIsRefused) {
  own_.environment = Json(R"({"imageArtifactHash": "sha512:abc"})");
  EXPECT_THAT(Check(kTaskImage), ElementsAre(Violation::kDockerImageHashMissing));
}

TEST_F(DockerImageTest, AnAlgorithmThatProvesNothingIsRefused) {
  own_.environment = Json(R"({"imageArtifactHash": "md5:abc"})");
  image_.artifacts["public/image.tar.zst"] = {{"md5", "abc"}};
  EXPECT_THAT(Check(kTaskImage), ElementsAre(Violation::kDockerImageHashMissing));
}

TEST_F(DockerImageTest, AnImageThatTheImageTaskDoesNotHaveIsRefused) {
  image_.artifacts.clear();
  EXPECT_THAT(Check(kTaskImage), ElementsAre(Violation::kDockerImageHashMissing));
}

TEST_F(DockerImageTest, AnImageOfATaskOutsideTheChainIsRefused) {
  EXPECT_THAT(Check(
                  R"({"provisionerId": "p", "payload": {"image": {"type": "task-image",
               "path": "p", "taskId": "TargetAAQACAAAAAAAAAAA"}}})"),
              ElementsAre(Violation::kDockerImageTaskDiffers));
}

TEST_F(DockerImageTest, APrebuiltImageIsForCertainTypesOnly) {
  constexpr std::string_view kPrebuilt =
      R"({"provisionerId": "p", "payload": {"image": "debian:12"}})";
  EXPECT_THAT(Check(kPrebuilt), ElementsAre(Violation::kPrebuiltImage));
  EXPECT_THAT(Check(kPrebuilt, "firefox", "signing:decision"), IsEmpty());
  EXPECT_THAT(Check(kPrebuilt, "mobile"), IsEmpty());
}

TEST_F(DockerImageTest, AnIndexedImageIsNotForPrivilegedChains) {
  constexpr std::string_view kIndexed =
      R"({"provisionerId": "p", "payload": {"image": {"type": "indexed-image"}}})";
  EXPECT_THAT(Check(kIndexed, "mobile"), IsEmpty());
  EXPECT_THAT(Check(kIndexed, "firefox"), ElementsAre(Violation::kIndexedImage));
  privileged_ = true;
  EXPECT_THAT(Check(kIndexed, "mobile"), ElementsAre(Violation::kIndexedImage));
}

TEST_F(DockerImageTest, AnUnknownKindOfImageIsRefused) {
  EXPECT_THAT(Check(R"({"provisionerId": "p", "payload": {"image": {"type": "my"}}})"),
              ElementsAre(Violation::kUnknownImageType));
}

}  // namespace
}  // namespace cot
