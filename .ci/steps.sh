# SPDX-License-Identifier: MPL-2.0
#
# What .ci/run and .ci/full are made of. Each step adds to the counts, says what
# it was and how long it took, and lets the next one run whatever its outcome.
#
# BAZEL_STARTUP: further startup options for every Bazel, such as --output_base=DIR.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
read -ra startup <<<"${BAZEL_STARTUP:-}"
passed=0 failed=0 skipped=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# add NAME PASSED FAILED SKIPPED
add() {
  ((passed += $2, failed += $3, skipped += $4))
  printf '== %s: %s passed, %s failed, %s skipped (%s s)\n' "$1" "$2" "$3" "$4" "$((SECONDS - started))"
}

# check NAME COMMAND...: one check, passed if the command succeeds.
check() {
  local name=$1 started=$SECONDS
  shift
  if "$@"; then add "$name" 1 0 0; else add "$name" 0 1 0; fi
}

# bazel_test NAME ARGUMENT...: bazel test, counted by test case. The command may
# be another one that tests: COMMAND=coverage bazel_test ...
bazel_test() {
  local name=$1 started=$SECONDS events=$scratch/events.json status=0 counts
  shift
  rm -f "$events"
  tools/bazel "${startup[@]}" "${COMMAND:-test}" --symlink_prefix=/ --keep_going --noshow_progress \
    --test_summary=none --build_event_json_file="$events" "$@" || status=$?
  [[ -s $events ]] || { add "$name" 0 1 0; return; }
  .ci/count_tests.py "$events" >"$scratch/counts"
  tail -n +2 "$scratch/counts"
  read -ra counts < <(head -n 1 "$scratch/counts")
  # Bazel's own word counts too, such as 4 for a pattern in which there is no test; and a
  # step that has tested nothing has not passed.
  if (((status != 0 || ${counts[0]:-0} + ${counts[2]:-0} == 0) && ${counts[1]:-0} == 0)); then
    echo "bazel exited with $status, with ${counts[0]:-0} passed and ${counts[2]:-0} skipped"
    counts=("${counts[0]:-0}" 1 "${counts[2]:-0}")
  fi
  add "$name" "${counts[@]}"
}

# bazel_query EXPRESSION
bazel_query() {
  tools/bazel "${startup[@]}" query --noshow_progress --ui_event_filters=-info "$1"
}

# need PROGRAM PACKAGE: installs the package if the program is missing.
need() {
  type -P "$1" >/dev/null || tools/apt_install "$2"
}

# The targets tagged "conformance" skip themselves without data, so `tests` leaves
# them out and `conformance` runs them over the data in CORPORA_DIR.
tests() {
  bazel_test "$1" --test_tag_filters=-conformance "${@:2}" //...
}

conformance() {
  local corpora=${CORPORA_DIR:-../shared/corpora} options=()
  if [[ -d $corpora ]]; then
    options=(--test_env=CORPORA_DIR="$(cd "$corpora" && pwd)")
  fi
  # The data is no input that Bazel knows of, so a result is never reused.
  bazel_test conformance --test_tag_filters=conformance --build_tests_only --nocache_test_results \
    "${options[@]}" //...
}

# 10 000 random templates rendered here and by Node's json-e, where Node is.
differential() {
  local name='json-e differential' started=$SECONDS seed=${DIFFERENTIAL_SEED:-1} binary
  local packages=${XDG_CACHE_HOME:-$HOME/.cache}/scriptworker-bazel/jsone_differential
  mkdir -p "$packages"
  cp tools/jsone_differential/package*.json "$packages"
  if ! type -P node npm >/dev/null || ! npm ci --silent --no-audit --no-fund --prefix "$packages"; then
    echo "SKIPPED $name: needs node and npm's json-e"
    add "$name" 0 0 1
    return
  fi
  # A program of a build before would be compared in its place.
  if ! tools/bazel "${startup[@]}" build --symlink_prefix=/ --noshow_progress //tools/jsone_differential:render_lines; then
    add "$name" 0 1 0
    return
  fi
  binary=$(tools/bazel "${startup[@]}" info bazel-bin 2>/dev/null)/tools/jsone_differential/render_lines
  check "$name" env NODE_PATH="$packages/node_modules" \
    node tools/jsone_differential/differential.js "$binary" 10000 "$seed"
}

# Workers that are killed while requests fail, for so many minutes: nothing may be
# lost or done twice.
fault_soak() {
  check "fault soak of $1 min" tools/bazel "${startup[@]}" run --symlink_prefix=/ --noshow_progress \
    //tools:fault_soak -- --minutes "$1"
}

# fuzz SECONDS: each fuzz target for so long. That there is none is a failure.
fuzz() {
  local targets fuzzers fuzzer
  targets=$(bazel_query 'attr(tags, "\bfuzz\b", tests(//...))') || targets=
  check "fuzz targets" test -n "$targets"
  mapfile -t fuzzers <<<"$targets"
  for fuzzer in ${targets:+"${fuzzers[@]}"}; do
    check "fuzz $fuzzer" tools/bazel "${startup[@]}" run --config=fuzz --symlink_prefix=/ --noshow_progress "$fuzzer" -- \
      -runs=-1 -max_total_time="$1" -verbosity=0
  done
}

formatted() {
  git ls-files -z --cached --others --exclude-standard -- '*.h' '*.cc' | xargs -0 -r clang-format --dry-run -Werror
}

# The C++ files that differ from where this branch left main, or, on main, from
# the last commit but one; and those that git does not know yet.
changed_sources() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null || git merge-base HEAD main 2>/dev/null)
  if [[ -z $base || $base == "$(git rev-parse HEAD)" ]]; then
    base=$(git rev-parse --verify -q HEAD~1 || git hash-object -t tree /dev/null)
  fi
  git diff --name-only --diff-filter=d "$base" -- '*.h' '*.cc'
  git ls-files --others --exclude-standard -- '*.h' '*.cc'
}

tidy() {
  tools/clang_tidy.py "${startup[@]/#/--startup=}" "$@"
}

# The last line of every run.
finish() {
  printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0))
}
