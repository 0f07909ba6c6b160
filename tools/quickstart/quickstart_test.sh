#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# The quickstart ends well, says so without colour in a pipe, and leaves what it
# says it leaves.
set -eu
quickstart=$1
out=$TEST_TMPDIR/out

"$quickstart" --out "$out" | tee "$TEST_TMPDIR/screen"

fail() {
  echo "FAIL: $1"
  exit 1
}
grep -q "^ok *recorded" "$TEST_TMPDIR/screen" || fail "no verdict on the recorded task"
! grep -q "$(printf '\033')" "$TEST_TMPDIR/screen" || fail "colour in a pipe"
! grep -q '.\{101\}' "$TEST_TMPDIR/screen" || fail "a line of more than 100 columns"
for file in worker.yaml worker.pub downloads/artifacts/run-0/private/notes.txt; do
  [ -s "$out/$file" ] || fail "$file is missing"
done
