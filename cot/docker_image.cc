// SPDX-License-Identifier: MPL-2.0
#include "cot/docker_image.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_type.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using scriptworker::json::Value;

void Add(const Link& link, Finding finding, std::vector<Finding>& findings) {
  findings.push_back(About(link.id(), Step::kWorkerImplementations, std::move(finding)));
}

std::string TextOf(const Value* value) {
  if (value == nullptr) return "";
  return value->is_string() ? std::string(value->string_value()) : std::string("no string");
}

std::string InputTaskId(const Link& link) {
  const Value* chain = link.task().extra().Find("chainOfTrust");
  const Value* inputs = chain == nullptr ? nullptr : chain->Find("inputs");
  return TextOf(inputs == nullptr ? nullptr : inputs->Find("docker-image"));
}

void CheckTaskImage(const Link& link, const Value& image, const DockerImageFacts& facts,
                    std::vector<Finding>& findings) {
  const std::string image_task = TextOf(image.Find("taskId"));
  const std::string input_task = InputTaskId(link);
  if (image_task.empty() || image_task != input_task) {
    Add(link,
        {.violation = Violation::kDockerImageTaskDiffers,
         .message = absl::StrCat(link.Label(), " docker-image taskId isn't consistent!: ",
                                 image_task, " vs ", input_task),
         .expected = input_task,
         .found = image_task},
        findings);
    return;
  }
  const auto missing = [&](std::string_view what) {
    Add(link,
        {.violation = Violation::kDockerImageHashMissing,
         .message = absl::StrCat(link.Label(), " docker-image docker sha ", what, " is missing!")},
        findings);
  };
  if (facts.own_cot == nullptr || facts.image_cot == nullptr) {
    missing("in a trusted chain-of-trust file");
    return;
  }
  const std::pair<std::string, std::string> hash = absl::StrSplit(
      TextOf(facts.own_cot->environment.Find("imageArtifactHash")), absl::MaxSplits(':', 1));
  const auto& [algorithm, digest] = hash;
  if (!scriptworker::crypto::ParseHashAlgorithm(algorithm).ok() || digest.empty()) {
    missing("imageArtifactHash");
    return;
  }
  const auto artifact = facts.image_cot->artifacts.find(TextOf(image.Find("path")));
  if (artifact == facts.image_cot->artifacts.end() || !artifact->second.contains(algorithm)) {
    missing(algorithm);
    return;
  }
  const std::string& upstream = artifact->second.find(algorithm)->second;
  if (digest != upstream) {
    Add(link,
        {.violation = Violation::kDockerImageHashMismatch,
         .message = absl::StrCat(link.Label(), " docker-image docker sha doesn't match! ",
                                 algorithm, " ", digest, " vs ", upstream),
         .expected = upstream,
         .found = digest},
        findings);
  }
}

bool MayUsePrebuilt(const Link& link, const Product& product) {
  if (product.prebuilt_docker_images.any_task_type) return true;
  const std::vector<std::string>& types = product.prebuilt_docker_images.task_types;
  return std::find(types.begin(), types.end(), ToString(link.type())) != types.end();
}

void CheckPrebuilt(const Link& link, const Product& product, std::string_view kind,
                   Violation violation, std::vector<Finding>& findings) {
  if (MayUsePrebuilt(link, product)) return;
  Add(link,
      {.violation = violation,
       .message = absl::StrCat("Task type ", ToString(link.type()), " not allowed to use a ", kind,
                               " docker image!"),
       .source = "prebuilt_docker_image_task_types"},
      findings);
}

}  // namespace

void CheckDockerImage(const Link& link, const Product& product, const DockerImageFacts& facts,
                      std::vector<Finding>& findings) {
  const Value* image = link.task().payload().Find("image");
  if (image == nullptr || !image->is_object()) {
    CheckPrebuilt(link, product, "prebuilt", Violation::kPrebuiltImage, findings);
    return;
  }
  const std::string type = TextOf(image->Find("type"));
  if (type == "task-image") {
    CheckTaskImage(link, *image, facts, findings);
  } else if (type == "indexed-image") {
    if (facts.privileged_chain) {
      Add(link,
          {.violation = Violation::kIndexedImage,
           .message = "Indexed images are not usable for tasks with restricted "
                      "scopes."},
          findings);
    }
    CheckPrebuilt(link, product, "indexed", Violation::kIndexedImage, findings);
  } else {
    Add(link,
        {.violation = Violation::kUnknownImageType,
         .message = absl::StrCat("Unknown type of docker image ", type, "."),
         .expected = "task-image or indexed-image",
         .found = type},
        findings);
  }
}

}  // namespace cot
