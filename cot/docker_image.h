// SPDX-License-Identifier: MPL-2.0
#ifndef COT_DOCKER_IMAGE_H_
#define COT_DOCKER_IMAGE_H_

#include <vector>

#include "cot/chain/link.h"
#include "cot/chain/violation.h"
#include "cot/evidence/cot_body.h"
#include "cot/policy/policy.h"

namespace cot {

// What the image rules need beside the link itself.
struct DockerImageFacts {
  // The link's own chain-of-trust body, and that of the docker-image task which
  // it names; nullptr where there is no trusted one.
  const CotBody* own_cot = nullptr;
  const CotBody* image_cot = nullptr;
  // Whether the target has privileged scopes.
  bool privileged_chain = false;
};

// The image that a docker-worker task ran in: built by a task of the chain, with
// the very hash, or one of those that this type of task may use without. Findings:
// kDockerImageTaskDiffers, kDockerImageHashMissing, kDockerImageHashMismatch,
// kIndexedImage, kPrebuiltImage, kUnknownImageType. Pure.
void CheckDockerImage(const Link& link, const Product& product, const DockerImageFacts& facts,
                      std::vector<Finding>& findings);

}  // namespace cot

#endif  // COT_DOCKER_IMAGE_H_
