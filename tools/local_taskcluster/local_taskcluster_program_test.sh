#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Each task that is created and each event has a line of its own.
#
#   local_taskcluster_program_test.sh PROGRAM
set -uo pipefail

out=$TEST_TMPDIR/out
for name in one two; do
  echo "{payload: {maxRunTime: 60}}" >"$TEST_TMPDIR/$name.yml"
done
"$1" --events --task "$TEST_TMPDIR/one.yml" --task "$TEST_TMPDIR/two.yml" >"$out" 2>&1 &
program=$!
# Of the second task, which is the last line of the start.
for ((i = 0; i < 600; i++)); do
  grep -q "two.yml" "$out" && break
  kill -0 $program 2>/dev/null || break
  sleep 0.1
done
kill -TERM $program
wait $program
status=$?
tasks=$(grep -cE '^task +[^ ]{22} \(.*/(one|two)\.yml\)$' "$out")
if ((status != 0 || tasks != 2)); then
  echo "FAILED status $status, $tasks lines of tasks where 2 were expected, in"
  cat "$out"
  exit 1
fi
