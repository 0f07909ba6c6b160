// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_TESTING_COMPRESS_H_
#define SCRIPTWORKER_HTTP_TESTING_COMPRESS_H_

#include <string>
#include <string_view>

namespace scriptworker::http {

enum class Coding { kGzip, kZlib, kRawDeflate };

// `data` coded at the highest level.
std::string Compress(std::string_view data, Coding coding = Coding::kGzip);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_TESTING_COMPRESS_H_
