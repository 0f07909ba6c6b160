#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# The programs of a release are small and need no shared library but glibc's. Those of
# other configurations are neither, so that with them the check itself is tried.
#
#   release_test.sh opt|other PROGRAM...
set -euo pipefail
mode=$1
shift
max_bytes=15000000
# What was a library of its own before glibc 2.34 is among them.
glibc=' libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 librt.so.1 libresolv.so.2 '

# Why a program is none for a release: a line for each reason.
complaints() {
  local bytes library libraries
  bytes=$(stat -L -c %s "$1")
  ((bytes <= max_bytes)) || echo "it has $bytes bytes, and $max_bytes is the limit"
  libraries=$(readelf --wide --dynamic "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p')
  [[ -n $libraries ]] || echo "readelf names no library, not even libc.so.6"
  for library in $libraries; do
    [[ $library == ld-linux*.so.* || $glibc == *" $library "* ]] || echo "it needs $library"
  done
}

failed=0
for program; do
  found=$(complaints "$program")
  printf '%s\n' "$(basename "$program"): $(stat -L -c %s "$program") bytes. ${found:-Good.}"
  if [[ $mode == opt ]]; then
    [[ -z $found ]] || failed=1
  else
    [[ -n $found ]] || { echo "FAILED: nothing is found wrong with it"; failed=1; }
  fi
done
exit "$failed"
