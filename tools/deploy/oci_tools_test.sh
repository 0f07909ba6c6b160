#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Somebody else's tool can read the image folder.
#
#   oci_tools_test.sh IMAGE
set -euo pipefail
image=$PWD/$1
cd "$TEST_TMPDIR"
if ! type -P umoci >/dev/null; then
  echo "SKIPPED: there is no umoci (apt-get install umoci)"
  exit 0
fi
# umoci writes to what it reads.
cp -rL "$image" image
chmod -R u+w image
tag=$(grep -o '"org.opencontainers.image.ref.name":"[^"]*"' image/index.json | cut -d'"' -f4)
umoci unpack --rootless --image "image:$tag" bundle
[[ -x bundle/rootfs/usr/bin/scriptworker ]] || { echo "FAILED: no program"; exit 1; }
grep -q '"/usr/bin/scriptworker"' bundle/config.json || { echo "FAILED: no entry point"; exit 1; }
echo "all good"
