#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Fills FOLDER with the source archives of third_party/archives.lock, taken from
# the package mirror that this machine's apt is set up with. It keeps apt's state
# below FOLDER: nothing of the system changes and no root is needed.
#
#   tools/distdir.sh FOLDER
#
# An archive that the mirror does not have is left out; Bazel then downloads it
# from upstream. Exits 1 if any is missing at the end, or does not have its hash.
set -euo pipefail

folder=${1:?usage: tools/distdir.sh FOLDER}
lock=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../third_party/archives.lock
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# Two Bazels may start at once; one of them fills.
exec 9>"$folder/.lock"
flock 9

work=$folder/.apt
trap 'rm -rf "$work"' EXIT

# The lock file's lines for Debian packages whose file is not here.
missing() {
  local repository origin file sha256 prefix
  while read -r repository origin file sha256 prefix; do
    [[ $repository == \#* || $origin != */* || -e $folder/$file ]] || printf '%s %s %s\n' "$origin" "$file" "$sha256"
  done < <(grep . "$lock")
}

apt_get() {
  apt-get -qq \
    -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "$@" 2>>"$work/log"
}

# Points the private apt at one mirror, for the suites that are needed.
use_mirror() {
  local mirror=$1 suite kind
  rm -rf "$work/lists" "$work/cache"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/got"
  missing | cut -d/ -f1 | sort -u | while read -r suite; do
    for kind in deb deb-src; do
      printf '%s [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$kind" "$mirror" "$suite"
    done
  done >"$work/sources.list"
  apt_get update
}

# Downloads one package's archive and moves it into place if it has its hash.
fetch() {
  local suite=${1%/*} package=${1#*/} file=$2 sha256=$3
  cd "$work/got"
  if [[ $file == *.deb ]]; then
    apt_get download "$package/$suite"
  else
    apt_get source --download-only --tar-only -t "$suite" "$package"
  fi || return 0
  [[ -e $file ]] || return 0
  if sha256sum --status -c <<<"$sha256  $file"; then
    mv "$file" "$folder/$file"
  else
    echo "tools/distdir.sh: $file of the mirror does not have the hash in third_party/archives.lock" >&2
  fi
}

[[ -n $(missing) ]] || exit 0
mkdir -p "$work"
for mirror in $(apt-get indextargets --format '$(REPO_URI)' | grep -v security | sort -u); do
  use_mirror "$mirror" || continue
  while read -r origin file sha256; do
    fetch "$origin" "$file" "$sha256"
  done < <(missing)
  [[ -n $(missing) ]] || exit 0
done
missing | while read -r origin file _; do
  echo "tools/distdir.sh: the package mirror does not have $file ($origin)" >&2
done
exit 1
