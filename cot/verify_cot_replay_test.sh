#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# verify_cot judges every recorded chain as the table in testdata/chains/README.md says, from
# the file alone: the network is a dead proxy.
set -euo pipefail
verify_cot=$PWD/$1
chains=testdata/chains
export https_proxy=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9 TMPDIR=$TEST_TMPDIR
fail() { echo "FAILED: $*"; exit 1; }

judge() {  # FILE TASK [OPTION ...]: sets `code`, `out`, `err`
  code=0
  "$verify_cot" --config $chains/config.yml --replay "$chains/$1" "${@:3}" "$2" \
    >"$TEST_TMPDIR/out" 2>"$TEST_TMPDIR/err" || code=$?
  out=$(cat "$TEST_TMPDIR/out") err=$(cat "$TEST_TMPDIR/err")
}

rows=0
while IFS='|' read -r _ file task status _; do
  file=${file// /} task=${task// /} status=${status// /}
  [[ $file == *.har ]] || continue
  rows=$((rows + 1))
  judge "$file" "$task" --cleanup --json "$TEST_TMPDIR/$file.json"
  [[ $code == "$status" ]] || fail "$file: status $code, not $status: $out $err"
  [[ -s $TEST_TMPDIR/$file.json ]] || fail "$file: no verdict"
  case $status in
    0) [[ $out == *": verified"* ]] || fail "$file: $out" ;;
    *) [[ $out == *": refused"* ]] || fail "$file: $out" ;;
  esac
done <$chains/README.md
[[ $rows == $(ls $chains/*.har | wc -l) ]] || fail "each recording has a row in the README"

judge github-push-wrong-key.har "$(awk -F'|' '/wrong-key/ {gsub(/ /, "", $3); print $3}' $chains/README.md)"
[[ $out == *"[kBadSignature]"* ]] || fail "the reason has a name: $out"
judge hg-cron-other-command.har "$(awk -F'|' '/other-command/ {gsub(/ /, "", $3); print $3}' $chains/README.md)"
[[ $out == *"[kRebuiltDefinitionDiffers]"* && $out == *"somewhere-else"* ]] || fail "with the difference: $out"
judge hg-push.har L7bwX3_VRCyD5K9e1WAT1A
[[ $code == 4 ]] || fail "a task that is not in the recording cannot be had: $code $out $err"
echo "all good ($rows recordings)"
