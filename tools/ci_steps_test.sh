#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# What .ci/steps.sh makes of a Bazel that has tested something, or nothing: a step without
# a test has not passed.
#
#   ci_steps_test.sh .ci/steps.sh .ci/count_tests.py
set -uo pipefail

workspace=$TEST_TMPDIR/workspace
mkdir -p "$workspace/.ci" "$workspace/tools"
cp -L "$@" "$workspace/.ci"
cat >"$workspace/tools/bazel" <<'END'
#!/usr/bin/env bash
for argument; do
  [[ $argument != --build_event_json_file=* ]] || printf '%s\n' "$EVENTS" >"${argument#*=}"
done
exit "$STATUS"
END
chmod +x "$workspace/tools/bazel"

# finishes STATUS EVENTS: the last line of a run with one step, and its exit status.
finishes() {
  STATUS=$1 EVENTS=$2 bash -c '. "$0"; bazel_test step //...; finish' \
    "$workspace/.ci/steps.sh" | tail -n 1
  echo "exit ${PIPESTATUS[0]}"
}

failed=0
expect() {
  local found
  found=$(finishes "$2" "$3" | paste -sd ' ')
  [[ $found == "$4" ]] || { echo "FAILED $1: expected '$4', found '$found'"; failed=1; }
}

passed='{"id":{"testResult":{"label":"//a"}},"testResult":{"status":"PASSED"}}'
refused='{"id":{"testResult":{"label":"//a"}},"testResult":{"status":"FAILED"}}'
nothing='{"id":{"started":{}}}'
expect 'a test that passes' 0 "$passed" '1 passed, 0 failed, 0 skipped exit 0'
expect 'a test that fails' 3 "$refused" '0 passed, 1 failed, 0 skipped exit 1'
expect 'no test in the pattern' 4 "$nothing" '0 passed, 1 failed, 0 skipped exit 1'
expect 'no test was run' 0 "$nothing" '0 passed, 1 failed, 0 skipped exit 1'
expect 'an error beside tests that pass' 1 "$passed" '1 passed, 1 failed, 0 skipped exit 1'
exit $failed
