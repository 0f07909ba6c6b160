#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Makes an image folder as the OCI Image Layout Specification 1.0 has it, of one
# layer, without any container tool. The same inputs make the same bytes: names
# are sorted, times are 0, owners are numbers, nothing is compressed.
#
#   oci_image.sh OUTPUT TITLE VERSION ENTRY...
#
# Each ENTRY is TYPE:MODE:OWNER:PATH:SOURCE, with TYPE file (SOURCE: its content) or
# dir (SOURCE: empty); OWNER is user and group. Folders that no ENTRY names are root's.
set -euo pipefail
LC_ALL=C
export LC_ALL
umask 022
output=$1 title=$2 version=$3
shift 3

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/root"

# mtree-like lists for tar, one per owner: tar sets owners, so nobody has to be root.
declare -A owners
for entry in "$@"; do
  IFS=: read -r type mode owner path source <<<"$entry"
  target=$scratch/root/$path
  case $type in
    file) mkdir -p "$(dirname "$target")" && cp -L -- "$source" "$target" ;;
    dir) mkdir -p "$target" ;;
    *) echo "oci_image.sh: $entry: neither file nor dir" >&2 && exit 1 ;;
  esac
  chmod "$mode" "$target"
  owners[$path]=$owner
done

# One archive member after the other, so that each can have its own owner.
layer=$scratch/layer.tar
: >"$layer"
tar_member() {
  tar --append --file="$layer" --format=ustar --no-recursion --mtime=@0 --numeric-owner \
    --owner="$1" --group="$1" --directory="$scratch/root" -- "$2"
}
while read -r path; do
  tar_member "${owners[$path]:-0}" "$path"
done < <(cd "$scratch/root" && find . -mindepth 1 -printf '%P\n' | sort)

blobs=$output/blobs/sha256
mkdir -p "$blobs"
# add_blob FILE: prints its digest.
add_blob() {
  local digest
  digest=$(sha256sum "$1" | cut -d' ' -f1)
  cp "$1" "$blobs/$digest"
  echo "$digest"
}

layer_digest=$(add_blob "$layer")
cat >"$scratch/config" <<JSON
{"created":"1970-01-01T00:00:00Z","architecture":"amd64","os":"linux",\
"config":{"User":"1000:1000","Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],\
"Entrypoint":["/usr/bin/scriptworker"],"Cmd":["/etc/scriptworker/scriptworker.yaml"],"WorkingDir":"/",\
"StopSignal":"SIGTERM","Labels":{"org.opencontainers.image.title":"$title",\
"org.opencontainers.image.version":"$version","org.opencontainers.image.licenses":"MPL-2.0"}},\
"rootfs":{"type":"layers","diff_ids":["sha256:$layer_digest"]},\
"history":[{"created":"1970-01-01T00:00:00Z","created_by":"$title $version"}]}
JSON
config_digest=$(add_blob "$scratch/config")
cat >"$scratch/manifest" <<JSON
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
"config":{"mediaType":"application/vnd.oci.image.config.v1+json",\
"digest":"sha256:$config_digest","size":$(stat -c %s "$scratch/config")},\
"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar",\
"digest":"sha256:$layer_digest","size":$(stat -c %s "$layer")}]}
JSON
manifest_digest=$(add_blob "$scratch/manifest")
cat >"$output/index.json" <<JSON
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[\
{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:$manifest_digest",\
"size":$(stat -c %s "$scratch/manifest"),"platform":{"architecture":"amd64","os":"linux"},\
"annotations":{"org.opencontainers.image.ref.name":"$version"}}]}
JSON
echo '{"imageLayoutVersion":"1.0.0"}' >"$output/oci-layout"
