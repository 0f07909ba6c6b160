#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# What .ci/steps.sh makes of a Bazel that has tested something, or nothing: a step without
# a test has not passed. And which sources it takes for changed.
#
#   ci_steps_test.sh .ci/steps.sh .ci/count_tests.py
set -uo pipefail

workspace=${TEST_TMPDIR:?}/workspace
mkdir -p "$workspace/.ci" "$workspace/tools"
cp -L "$@" "$workspace/.ci"
# A query finds FOUND; the command FAILING fails.
cat >"$workspace/tools/bazel" <<'END'
#!/usr/bin/env bash
for argument; do
  [[ $argument != --build_event_json_file=* ]] || printf '%s\n' "$EVENTS" >"${argument#*=}"
done
[[ $1 != query ]] || printf '%s' "$FOUND"
[[ $1 != "$FAILING" ]] || exit 1
exit "$STATUS"
END
# Node's json-e agrees with whatever it is asked about.
mkdir -p "$workspace/tools/jsone_differential" "$workspace/programs"
touch "$workspace/tools/jsone_differential/package.json"
printf '#!/bin/sh\n' | tee "$workspace/programs/node" >"$workspace/programs/npm"
chmod +x "$workspace/tools/bazel" "$workspace/programs/"*
export PATH=$workspace/programs:$PATH XDG_CACHE_HOME=$TEST_TMPDIR/cache
export STATUS=0 EVENTS='' FOUND='' FAILING=''

# finishes STEP...: the last line of a run with one step, and its exit status.
finishes() {
  bash -c '. "$0"; "$@"; finish' "$workspace/.ci/steps.sh" "$@" | tail -n 1
  echo "exit ${PIPESTATUS[0]}"
}

failed=0
# is WHAT FOUND EXPECTED
is() {
  [[ $2 == "$3" ]] || { echo "FAILED $1: expected '$3', found '$2'"; failed=1; }
}

# expect WHAT STATUS EVENTS LINE
expect() {
  is "$1" "$(STATUS=$2 EVENTS=$3 finishes bazel_test step //... | paste -sd ' ')" "$4"
}

# expect_step WHAT LINE STEP...
expect_step() {
  is "$1" "$(finishes "${@:3}" | paste -sd ' ')" "$2"
}

passed='{"id":{"testResult":{"label":"//a"}},"testResult":{"status":"PASSED"}}'
refused='{"id":{"testResult":{"label":"//a"}},"testResult":{"status":"FAILED"}}'
skips='{"id":{"testResult":{"label":"//a"}},"testResult":{"status":"PASSED",
  "testActionOutput":[{"name":"test.log","uri":"file://LOG"}]}}'
skips=$(tr -d '\n' <<<"${skips/LOG/$TEST_TMPDIR/test.log}")
echo 'SKIPPED: there is no data' >"$TEST_TMPDIR/test.log"
nothing='{"id":{"started":{}}}'
expect 'a test that passes' 0 "$passed" '1 passed, 0 failed, 0 skipped exit 0'
expect 'a test that fails' 3 "$refused" '0 passed, 1 failed, 0 skipped exit 1'
expect 'no test in the pattern' 4 "$nothing" '0 passed, 1 failed, 0 skipped exit 1'
expect 'no test was run' 0 "$nothing" '0 passed, 1 failed, 0 skipped exit 1'
expect 'an error beside tests that pass' 1 "$passed" '1 passed, 1 failed, 0 skipped exit 1'
expect 'tests that skip themselves alone' 0 "$skips" '0 passed, 0 failed, 1 skipped exit 0'
expect 'skips, and an error' 1 "$skips" '0 passed, 1 failed, 1 skipped exit 1'

FOUND=$'//a\n//b\n' expect_step 'two fuzz targets' '3 passed, 0 failed, 0 skipped exit 0' fuzz 1
FOUND=//a FAILING=run expect_step 'a fuzz target that fails' '1 passed, 1 failed, 0 skipped exit 1' fuzz 1
expect_step 'no fuzz target' '0 passed, 1 failed, 0 skipped exit 1' fuzz 1
FOUND=//a FAILING=query expect_step 'a query that fails' '0 passed, 1 failed, 0 skipped exit 1' fuzz 1

expect_step 'a differential test' '1 passed, 0 failed, 0 skipped exit 0' differential
FAILING=build expect_step 'a renderer that is not built' '0 passed, 1 failed, 0 skipped exit 1' differential

# Sources may come without git.
type -P git >/dev/null || { echo 'SKIPPED: no git'; exit $failed; }
cd "$workspace" || exit 1
git_as_somebody() {
  git -c user.name=test -c user.email=test -c init.defaultBranch=main "$@" >/dev/null 2>&1
}
git_as_somebody init
echo 'ignored.*' >.gitignore
touch {same,edited,deleted}.cc
git_as_somebody add .
git_as_somebody commit -m 'the main branch'
git_as_somebody checkout -b branch
touch committed.h
git_as_somebody add .
git_as_somebody commit -m 'a change'
echo >>edited.cc
rm deleted.cc
touch {unknown.h,unknown.txt,ignored.cc}
is 'what has changed' "$(bash -c '. .ci/steps.sh; changed_sources' | sort | paste -sd ' ')" \
  'committed.h edited.cc unknown.h'
exit $failed
