// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/content_type.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::taskcluster {
namespace {

using ::testing::Contains;
using ::testing::Not;

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

// Every suffix for which Python's built-in table and Debian's mime.types, or two
// lines of the latter, have different types: the last one read wins.
struct ContestedCase {
  std::string_view suffix;
  std::string_view winner;
  std::string_view losers;
};

TEST(GuessContentTypeTest, OneTypeWinsWhereSeveralClaimASuffix) {
  for (const ContestedCase& one : {
           ContestedCase{".a", "text/vnd.a", "application/octet-stream"},
           ContestedCase{".art", "message/rfc822", "image/x-jg"},
           ContestedCase{".asn", "chemical/x-ncbi-asn1-spec", "chemical/x-ncbi-asn1"},
           ContestedCase{".aso", "chemical/x-ncbi-asn1-binary",
                         "application/vnd.accpac.simply.aso"},
           ContestedCase{".bat", "application/x-msdos-program", "text/plain"},
           ContestedCase{".c", "text/x-csrc", "text/plain"},
           ContestedCase{".cdf", "application/x-cdf", "application/x-netcdf"},
           ContestedCase{".chm", "chemical/x-chemdraw", "application/vnd.ms-htmlhelp"},
           ContestedCase{".cif", "chemical/x-cif", "application/vnd.multiad.creator.cif"},
           ContestedCase{".cml", "chemical/x-cml", "application/cellml+xml"},
           ContestedCase{".cpt", "image/x-corelphotopaint", "application/mac-compactpro"},
           ContestedCase{".csh", "text/x-csh", "application/x-csh"},
           ContestedCase{".dll", "application/x-msdos-program", "application/octet-stream"},
           ContestedCase{".dot", "text/vnd.graphviz", "application/msword"},
           ContestedCase{".exe", "application/x-msdos-program", "application/octet-stream"},
           ContestedCase{".fm", "application/x-maker", "application/vnd.framemaker"},
           ContestedCase{".frm", "application/x-maker", "application/vnd.ufdl"},
           ContestedCase{".gsm", "model/vnd.gdl", "audio/x-gsm"},
           ContestedCase{".h", "text/x-chdr", "text/plain"},
           ContestedCase{".js", "text/javascript", "application/javascript"},
           ContestedCase{".loas", "audio/usac", "audio/aac"},
           ContestedCase{".m3u", "audio/mpegurl", "application/vnd.apple.mpegurl"},
           ContestedCase{".mif", "application/vnd.mif", "application/x-mif"},
           ContestedCase{".mjs", "text/javascript", "application/javascript"},
           ContestedCase{".mpc", "chemical/x-mopac-input", "application/vnd.mophun.certificate"},
           ContestedCase{".o", "application/x-object", "application/octet-stream"},
           ContestedCase{".obj", "model/obj", "application/octet-stream"},
           ContestedCase{".oda", "application/ODA", "application/oda"},
           ContestedCase{".opus", "audio/ogg", "audio/opus"},
           ContestedCase{".p12", "application/pkcs12", "application/x-pkcs12"},
           ContestedCase{".pdb", "chemical/x-pdb", "application/vnd.palm"},
           ContestedCase{".pfx", "application/pkcs12", "application/x-pkcs12"},
           ContestedCase{".pl", "text/x-perl", "text/plain"},
           ContestedCase{".pot", "text/plain", "application/vnd.ms-powerpoint"},
           ContestedCase{".ram", "audio/x-pn-realaudio", "application/x-pn-realaudio"},
           ContestedCase{".rdf", "application/rdf+xml", "application/xml"},
           ContestedCase{".roff", "text/troff", "application/x-troff"},
           ContestedCase{".sce", "application/x-scilab", "application/vnd.etsi.asic-e+zip"},
           ContestedCase{".sdf", "chemical/x-mdl-sdfile", "application/vnd.Kinar"},
           ContestedCase{".sgm", "text/SGML", "text/x-sgml"},
           ContestedCase{".sgml", "text/SGML", "text/x-sgml"},
           ContestedCase{".sh", "text/x-sh", "application/x-sh"},
           ContestedCase{".shp", "application/x-qgis", "application/vnd.shp"},
           ContestedCase{".shx", "application/x-qgis", "application/vnd.shx"},
           ContestedCase{".swf", "application/vnd.adobe.flash.movie",
                         "application/x-shockwave-flash"},
           ContestedCase{".t", "text/troff", "application/x-troff"},
           ContestedCase{".tcl", "text/x-tcl", "application/x-tcl"},
           ContestedCase{".tex", "text/x-tex", "application/x-tex"},
           ContestedCase{".tr", "text/troff", "application/x-troff"},
           ContestedCase{".vcf", "text/vcard", "text/x-vcard"},
           ContestedCase{".wsdl", "application/wsdl+xml", "application/xml"},
           ContestedCase{".xml", "application/xml", "text/xml"},
           ContestedCase{".xsl", "application/xslt+xml", "application/xml"},
       }) {
    const ContentType guess = GuessContentType(absl::StrCat("public/a", one.suffix));
    EXPECT_EQ(guess.type, one.winner) << one.suffix;
    EXPECT_EQ(guess.encoding, "") << one.suffix;
    EXPECT_THAT(std::vector<std::string>(absl::StrSplit(one.losers, ' ')),
                Not(Contains(guess.type)))
        << one.suffix;
  }
}

// The table itself: GuessContentType() searches it by halves.
TEST(GuessContentTypeTest, EachSuffixOfTheTableHasOneRowAndItsType) {
  constexpr std::pair<std::string_view, std::string_view> kRows[] = {
#include "scriptworker/taskcluster/content_types.inc"
  };
  constexpr std::string_view kRuleSuffixes = " .tgz .txt .dmg .log .asc .diff .xml ";
  std::string_view previous;
  for (const auto& [suffix, type] : kRows) {
    EXPECT_LT(previous, suffix);
    previous = suffix;
    EXPECT_EQ(suffix, absl::AsciiStrToLower(suffix));
    const ContentType guess = GuessContentType(absl::StrCat("a", suffix));
    // Rules and encodings come first; the table above has them.
    if (guess.encoding.empty() &&
        !absl::StrContains(kRuleSuffixes, absl::StrCat(" ", suffix, " "))) {
      EXPECT_EQ(guess.type, type) << suffix;
    }
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
