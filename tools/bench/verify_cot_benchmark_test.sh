#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# The chains that the benchmark serves are good ones: they verify, whatever it costs here.
#
#   verify_cot_benchmark_test.sh BENCHMARK VERIFY_COT
set -uo pipefail

out=$TEST_TMPDIR/out
"$1" --runs 1 --only 2 "$2" >"$out" 2>&1
status=$?
if ((status > 1)) || ! grep -qE '^ +10 +14 +0 MB +0 ms +32 ' "$out"; then
  echo "FAILED status $status; expected 0 or 1 (targets that are missed) and a row in"
  cat "$out"
  exit 1
fi
