// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_BASE_TESTING_TEMP_DIR_H_
#define SCRIPTWORKER_BASE_TESTING_TEMP_DIR_H_

#include <string>
#include <string_view>

namespace scriptworker {

// A fresh, empty folder (mode 0700, no symbolic link in its path) that is
// removed with all it holds when the object dies. Crashes on any error.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

  // The absolute path of `relative` in the folder; nothing is made.
  std::string Path(std::string_view relative) const;

  // Writes a file, and the folders it needs; returns its absolute path.
  std::string Write(std::string_view relative, std::string_view content) const;

 private:
  std::string path_;
};

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_TESTING_TEMP_DIR_H_
