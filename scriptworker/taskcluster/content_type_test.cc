// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/content_type.h"

#include <string_view>

#include "gtest/gtest.h"

namespace scriptworker::taskcluster {
namespace {

struct TypeCase {
  std::string_view name;
  std::string_view type;
  std::string_view encoding;
};

TEST(GuessContentTypeTest, IsThatOfTheReference) {
  for (const TypeCase& one : {
           // The reference's own test.
           TypeCase{"/foo/bar/test.txt", "text/plain", ""},
           TypeCase{"/tmp/blah.tgz", "application/x-tar", ""},
           TypeCase{"~/Firefox.dmg", "application/x-apple-diskimage", ""},
           TypeCase{"/foo/bar/blah.log", "text/plain", ""},
           TypeCase{"/test.json", "application/json", ""},
           TypeCase{"/test.html", "text/html", ""},
           TypeCase{"/foo/bar/test.unknown-suffix", "application/binary", ""},
           // Suffix rules come first, are case-sensitive, and know no encoding.
           TypeCase{"a.tar.gz", "application/x-tar", ""},
           TypeCase{"a.TAR.GZ", "application/gzip", ""},
           TypeCase{"a.asc", "text/plain", ""},
           TypeCase{"a.diff", "text/plain", ""},
           TypeCase{"a.xml", "application/xml", ""},
           TypeCase{"a.TXT", "text/plain", ""},
           TypeCase{".txt", "text/plain", ""},
           // Encodings.
           TypeCase{"a.txt.gz", "text/plain", "gzip"},
           TypeCase{"a.txt.GZ", "application/gzip", ""},
           TypeCase{"a.tar.bz2", "application/x-tar", "bzip2"},
           TypeCase{"a.tbz2", "application/x-tar", "bzip2"},
           TypeCase{"a.txz", "application/x-tar", "xz"},
           TypeCase{"a.taz", "application/x-tar", "gzip"},
           TypeCase{"a.tz", "application/x-tar", "gzip"},
           TypeCase{"a.TGZ", "application/x-tar", "gzip"},
           TypeCase{"a.svgz", "image/svg+xml", "gzip"},
           TypeCase{"a.json.xz", "application/json", "xz"},
           TypeCase{"a.html.br", "text/html", "br"},
           TypeCase{"a.tar.Z", "application/x-tar", "compress"},
           TypeCase{"a.gz", "application/binary", "gzip"},
           TypeCase{"a.unknown.xz", "application/binary", "xz"},
           // Debian's table.
           TypeCase{"chain-of-trust.json", "application/json", ""},
           TypeCase{"chain-of-trust.json.sig", "application/pgp-signature", ""},
           TypeCase{"live_backing.log", "text/plain", ""},
           TypeCase{"target.apk", "application/vnd.android.package-archive", ""},
           TypeCase{"target.zip", "application/zip", ""},
           TypeCase{"target.exe", "application/x-msdos-program", ""},
           TypeCase{"target.installer.msi", "application/x-msi", ""},
           TypeCase{"target.complete.mar", "application/binary", ""},
           TypeCase{"target.bin", "application/octet-stream", ""},
           TypeCase{"a.csv", "text/csv", ""},
           TypeCase{"a.PNG", "image/png", ""},
           TypeCase{"a.yml", "application/binary", ""},
           // No suffix.
           TypeCase{"README", "application/binary", ""},
           TypeCase{".json", "application/binary", ""},
           TypeCase{"...json", "application/binary", ""},
           TypeCase{"a.b/README", "application/binary", ""},
           TypeCase{"a.json/README", "application/binary", ""},
           TypeCase{"a.", "application/binary", ""},
           TypeCase{"", "application/binary", ""},
           TypeCase{".gz", "application/binary", ""},
           TypeCase{"a/.json.gz", "application/binary", "gzip"},
       }) {
    const ContentType guess = GuessContentType(one.name);
    EXPECT_EQ(guess.type, one.type) << one.name;
    EXPECT_EQ(guess.encoding, one.encoding) << one.name;
  }
}

struct CompressCase {
  std::string_view name;
  bool compressible;
};

TEST(IsCompressibleTest, IsTextThatIsNotYetEncoded) {
  for (const CompressCase& one : {
           // The reference's own test.
           CompressCase{"file.txt", true},
           CompressCase{"file.json", true},
           CompressCase{"file.html", true},
           CompressCase{"file.xml", true},
           CompressCase{"file.tar.gz", false},
           CompressCase{"file.unknown", false},
           CompressCase{"file.log", true},
           CompressCase{"file.asc", true},
           CompressCase{"file.diff", true},
           CompressCase{"file.py", false},
           CompressCase{"file.txt.gz", false},
           CompressCase{"file.css", false},
           CompressCase{"chain-of-trust.json.sig", false},
       }) {
    EXPECT_EQ(IsCompressible(GuessContentType(one.name)), one.compressible) << one.name;
  }
}

}  // namespace
}  // namespace scriptworker::taskcluster
