#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Each program explains itself by --help: on the standard output, with its own name
# and its exit statuses, in lines that fit into 80 columns.
#
#   help_test.sh PROGRAM...
set -uo pipefail

failed=0
fail() {
  echo "FAILED $1"
  failed=1
}

for program; do
  name=$(basename "$program")
  help=$("$program" --help 2>"$TEST_TMPDIR/stderr") || fail "$name --help: exit status $?"
  [[ ! -s $TEST_TMPDIR/stderr ]] || fail "$name --help: writes to stderr"
  [[ $help == *"$name"* ]] || fail "$name --help: does not name the program"
  [[ $help =~ "Exit status:"[[:space:]]*0.*[^0-9]2[^0-9] ]] ||
    fail "$name --help: does not name its exit statuses"
  while IFS= read -r line; do
    ((${#line} <= 80)) || fail "$name --help: more than 80 columns: $line"
  done <<<"$help"
  "$program" --no-such-option >/dev/null 2>"$TEST_TMPDIR/stderr" </dev/null
  (($? == 2)) || fail "$name: wrong usage is not exit status 2"
  [[ -s $TEST_TMPDIR/stderr ]] || fail "$name: wrong usage without a word on stderr"
done
exit $failed
