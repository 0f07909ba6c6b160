#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
# The command line tool, from outside.
set -uo pipefail
jsone=$PWD/$1
cd "$TEST_TMPDIR" || exit 1
failed=0

# expect WHAT STATUS OUTPUT ERROR, of the last command (run with `try`).
try() {
  output=$("$jsone" "$@" 2>stderr)
  status=$?
  error=$(<stderr)
}
expect() {
  if [[ $status != "$2" || $output != "$3" || $error != "$4" ]]; then
    printf 'FAILED %s\n  status %s, expected %s\n  output: %s\n  error: %s\n' "$1" "$status" "$2" "$output" "$error"
    failed=1
  fi
}

printf 'greeting: hello ${name}\nwhen: {$fromNow: 1 day}\n' >template.yml
printf 'name: world\n' >context.yml
printf '{"name": "there"}' >more.json

try template.yml context.yml --now 2020-01-01T00:00:00Z
expect "renders a file" 0 $'{\n  "greeting": "hello world",\n  "when": "2020-01-02T00:00:00.000Z"\n}' ""

try --yaml template.yml context.yml more.json --now 2020-01-01T00:00:00Z
expect "prints YAML; the last context wins" 0 $'greeting: hello there\nwhen: "2020-01-02T00:00:00.000Z"' ""

try - context.yml <<<'[{$eval: name}]'
expect "reads the standard input" 0 $'[\n  "world"\n]' ""

try template.yml --now 2020-01-01T00:00:00Z
expect "says where an error is" 1 "" "jsone: InterpreterError at template.greeting: unknown context value name"

try template.yml context.yml --now today
expect "names the option that is wrong" 1 "" "jsone: --now: 'today' is not a timestamp"

printf 'tasks: [{payload: {$eval: nobody}}]\n' >tasks.yml
try tasks.yml
expect "says where in nested lists" 1 "" "jsone: InterpreterError at template.tasks[0].payload: unknown context value nobody"

printf 'a: [' >broken.yml
try broken.yml
[[ $status == 1 && $error == "jsone: broken.yml:"* ]] || { echo "FAILED broken template: $status $error"; failed=1; }

try absent.yml
[[ $status == 1 && $error == *absent.yml* ]] || { echo "FAILED absent template: $status $error"; failed=1; }

try
[[ $status == 2 ]] || { echo "FAILED usage: $status"; failed=1; }

exit $failed
