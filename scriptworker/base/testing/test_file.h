// SPDX-License-Identifier: MPL-2.0
//
// Files that a test needs: its `data` in the runfiles, and the conformance
// corpora, which are no part of the project.

#ifndef SCRIPTWORKER_BASE_TESTING_TEST_FILE_H_
#define SCRIPTWORKER_BASE_TESTING_TEST_FILE_H_

#include <optional>
#include <string>
#include <string_view>

namespace scriptworker {

// The path of a file among the test's `data`, given from the root of the
// repository: TestFilePath("testdata/keys/scriptworker_public_key").
std::string TestFilePath(std::string_view path);

// Its content; crashes, naming the path, if it cannot be read.
std::string ReadTestFile(std::string_view path);

// The folder of the conformance corpora (environment variable CORPORA_DIR), or
// nullopt: the conformance test then says SKIPPED with that reason.
std::optional<std::string> CorporaDir();

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_TESTING_TEST_FILE_H_
