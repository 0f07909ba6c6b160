#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# The quickstart ends well, says so without colour in a pipe, leaves what it says
# it leaves, and does not end well when the worker does not work.
set -euo pipefail
quickstart=$1
out=$TEST_TMPDIR/out
screen=$TEST_TMPDIR/screen

fail() {
  echo "FAIL: $1"
  exit 1
}

"$quickstart" --out "$out" | tee "$screen" || fail "it says that something is wrong"
grep -q "^ok *recorded" "$screen" || fail "no verdict on the recorded task"
if grep -q "$(printf '\033')" "$screen"; then fail "colour in a pipe"; fi
awk -v out="$out" 'index($0, out) == 0 && length($0) > 100 { print; bad = 1 } END { exit bad }' \
  "$screen" || fail "a line of more than 100 columns"
for file in worker.yaml worker.pub downloads/artifacts/run-0/private/notes.txt; do
  [ -s "$out/$file" ] || fail "$file is missing"
done

# Ignored signals are inherited; this one would hide the worker's end.
ignore_chld='import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])'
# `bazel run` starts it elsewhere than it was called.
export BUILD_WORKING_DIRECTORY=/bin
if python3 -c "$ignore_chld" "$quickstart" --out "$out-2" --worker false >"$screen"; then
  fail "a worker that does nothing is fine with it"
fi
grep -q "worker *ended with status 1" "$screen" || fail "the worker's end was not seen"
grep -q "^FAILED *artifacts" "$screen" || fail "no verdict on what was not done"
