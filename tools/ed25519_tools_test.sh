#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Keys are made by one tool, signatures are checked by the other.
set -euo pipefail
generate=$PWD/$1 verify=$PWD/$2
cd "$TEST_TMPDIR"
fail() { echo "FAILED: $*"; exit 1; }
status() { local code=0; "$@" >out 2>err || code=$?; echo "$code"; }

[[ $(status "$generate" mine) == 0 ]] || fail "a pair is made: $(cat err)"
[[ $(stat -c '%a %s' mine_private_key) == "600 44" ]] || fail "the seed is base64, for the owner alone"
[[ $(stat -c '%s' mine_public_key) == 44 ]] || fail "the public key is base64"
[[ $(status "$generate" mine) == 1 ]] || fail "an existing key is not replaced"
[[ $(status "$generate") == 0 && -s private_key && -s public_key ]] || fail "the prefix is optional"
cmp -s mine_private_key private_key && fail "keys differ"

# RFC 8032, 7.1, test 2: one byte.
printf '\x72' >message
printf 'PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=' >key
echo 'kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA==' |
  base64 -d >signature
[[ $(status "$verify" --pubkey key message signature) == 0 ]] || fail "a key file: $(cat err)"
grep -q '^INFO:scriptworker:Verified good with cmdln seed PUAXw' err || fail "says by which: $(cat err)"
[[ $(status "$verify" --pubkey "$(cat key)" message signature) == 0 ]] || fail "a key as text"
[[ $(status "$verify" message signature) == 1 ]] || fail "the policy has no such key"
grep -q '^This is not a valid signature!$' err || fail "says so: $(cat err)"
printf '\x73' >message
[[ $(status "$verify" --pubkey key message signature) == 1 ]] || fail "another message"
[[ $(status "$verify" --pubkey nonsense message signature) == 1 ]] || fail "no key"
[[ $(status "$verify" message) == 2 ]] || fail "wrong usage"
echo "all good"
