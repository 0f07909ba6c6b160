#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# What tools/bazel gives to Bazel: the options that depend on this machine in a file whose
# words Bazel reads as they were meant, whatever the cache's path is made of.
#
#   bazel_test.sh tools/bazel
set -uo pipefail

workspace=$TEST_TMPDIR/workspace
mkdir -p "$workspace/tools" "$workspace/third_party"
cp -L "$1" "$workspace/tools/bazel"
# No archive is wanted, so none is looked for.
: >"$workspace/third_party/archives.lock"
cat >"$workspace/bazel-4" <<'END_OF_FILE'
#!/usr/bin/env bash
if [[ $* == --version ]]; then echo 'bazel 4.2.3'; else cat "${1#--bazelrc=}" && echo "arguments: ${*:2}"; fi
END_OF_FILE
chmod +x "$workspace/bazel-4"

# options CACHE: the options that Bazel gets, one a line, as it splits them into words.
options() {
  env -u SCRIPTWORKER_WHICH_BAZEL -u SCRIPTWORKER_NO_DISK_CACHE \
    CC=cc XDG_CACHE_HOME="$1" BAZEL_REAL="$workspace/bazel-4" \
    "$workspace/tools/bazel" info 'two words' |
    python3 -c 'import shlex, sys
for line in sys.stdin:
    print(*shlex.split(line), sep="|")' | grep -v sandbox_base
}

failed=0
for name in plain 'with a blank' '100% %s %d' '"quoted" \d' "one's"; do
  cache=$TEST_TMPDIR/$name
  kept=$cache/scriptworker-bazel
  expected=$(printf '%s\n' "build|--distdir=$kept/distdir" "fetch|--distdir=$kept/distdir" \
    "query|--distdir=$kept/distdir" "sync|--distdir=$kept/distdir" "build|--disk_cache=$kept/disk" \
    'arguments:|info|two|words')
  found=$(options "$cache")
  [[ $found == "$expected" ]] || { printf 'FAILED %s: expected\n%s\nfound\n%s\n' "$name" "$expected" "$found"; failed=1; }
done
exit $failed
