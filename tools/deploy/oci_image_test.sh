#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# An image folder names each blob by its digest, holds exactly what it was told to,
# and comes out the same however and whenever it is made.
#
#   oci_image_test.sh OCI_IMAGE_SH IMAGE
set -euo pipefail
make_image=$PWD/$1 image=$PWD/$2
cd "$TEST_TMPDIR"
fail() { echo "FAILED: $*"; exit 1; }
# field FILE KEY: the first value of the key, whatever it is in.
field() { grep -o "\"$2\":\"[^\"]*\"" "$1" | head -n 1 | cut -d'"' -f4; }
blob() { echo "$image/blobs/sha256/${1#sha256:}"; }

# --- The image that is shipped
[[ $(cat "$image/oci-layout") == '{"imageLayoutVersion":"1.0.0"}' ]] || fail "oci-layout"
for file in "$image"/blobs/sha256/*; do
  [[ $(sha256sum "$file" | cut -d' ' -f1) == "$(basename "$file")" ]] || fail "digest of $file"
done
manifest=$(blob "$(field "$image/index.json" digest)")
mapfile -t digests < <(grep -o 'sha256:[0-9a-f]*' "$manifest")
mapfile -t sizes < <(grep -o '"size":[0-9]*' "$manifest" | cut -d: -f2)
for i in 0 1; do
  [[ $(stat -L -c %s "$(blob "${digests[i]}")") == "${sizes[i]}" ]] || fail "size of ${digests[i]}"
done
config=$(blob "${digests[0]}")
layer=$(blob "${digests[1]}")
grep -q "\"diff_ids\":\[\"${digests[1]}\"\]" "$config" || fail "the layer is that of the config"
[[ $(field "$config" User) == 1000:1000 ]] || fail "nothing in it runs as root"
[[ $(field "$config" StopSignal) == SIGTERM ]] || fail "it is stopped by TERM"
[[ $(find -L "$image/blobs/sha256" -type f | wc -l) == 3 ]] || fail "no blob is left over"

tar --list --verbose --numeric-owner --file="$layer" --full-time --utc |
  awk '{print $1, $2, $4, $6}' >listing
diff listing - <<'LISTING' || fail "the listing"
drwxr-xr-x 0/0 1970-01-01 builds/
drwxr-xr-x 1000/1000 1970-01-01 builds/worker/
drwxr-xr-x 1000/1000 1970-01-01 builds/worker/artifacts/
drwxr-xr-x 1000/1000 1970-01-01 builds/worker/log/
drwx------ 1000/1000 1970-01-01 builds/worker/state/
drwxr-xr-x 1000/1000 1970-01-01 builds/worker/work/
drwxr-xr-x 0/0 1970-01-01 etc/
-rw-r--r-- 0/0 1970-01-01 etc/group
-rw-r--r-- 0/0 1970-01-01 etc/nsswitch.conf
-rw-r--r-- 0/0 1970-01-01 etc/passwd
drwxr-xr-x 0/0 1970-01-01 etc/scriptworker/
drwxrwxrwt 0/0 1970-01-01 tmp/
drwxr-xr-x 0/0 1970-01-01 usr/
drwxr-xr-x 0/0 1970-01-01 usr/bin/
-rwxr-xr-x 0/0 1970-01-01 usr/bin/scriptworker
drwxr-xr-x 0/0 1970-01-01 usr/share/
drwxr-xr-x 0/0 1970-01-01 usr/share/doc/
drwxr-xr-x 0/0 1970-01-01 usr/share/doc/scriptworker/
-rw-r--r-- 0/0 1970-01-01 usr/share/doc/scriptworker/LICENSE
drwxr-xr-x 0/0 1970-01-01 usr/share/scriptworker/
-rw-r--r-- 0/0 1970-01-01 usr/share/scriptworker/firefox-ci.yml
LISTING

# --- The same inputs, made twice
echo content >a
cp a b
touch -d 2001-01-01 a
entries() { echo "file:0755:0:usr/bin/$1:$1" "dir:0750:7:var/x:"; }
# shellcheck disable=SC2046
"$make_image" one Title 1.2 $(entries a)
# shellcheck disable=SC2046
(umask 077 && TZ=Asia/Tokyo "$make_image" two Title 1.2 $(entries b | sed 's,bin/b,bin/a,'))
diff -r one two || fail "the same bytes each time"
# shellcheck disable=SC2046
"$make_image" four Title 1.2 "file:0755:0:usr/bin/a:/dev/null" "dir:0750:7:var/x:"
diff -rq one four >differences && fail "other content makes another image"
status=0
"$make_image" five Title 1.2 "link:0755:0:x:y" 2>err || status=$?
[[ $status == 1 ]] || fail "another type of entry is refused"
echo "all good"
