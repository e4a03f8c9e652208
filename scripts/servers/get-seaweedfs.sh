#!/bin/bash
# Builds SeaweedFS 4.53 (weed) from the Go module proxy into DIR/root, where Go is at hand. Five minutes of two cores.
#   get-seaweedfs.sh DIR
set -euo pipefail
dest=$(mkdir -p "${1:?usage: get-seaweedfs.sh DIR}/root" && cd "$1/root" && pwd)
command -v go >/dev/null || { echo "no Go on this system" >&2; exit 3; }
# Its go.mod has replace directives, with which "go install" refuses it; so it is built as a dependency.
module=$(mktemp -d); trap 'rm -rf "$module"' EXIT; cd "$module"
printf 'module servers\n\ngo 1.26\n\nrequire github.com/seaweedfs/seaweedfs v0.0.0-20261109003541-7506e5f91cd6\n' > go.mod
printf '//go:build tools\n\npackage tools\n\nimport _ "github.com/seaweedfs/seaweedfs/weed"\n' > tools.go
go build -mod=mod -buildvcs=false -o "$dest/weed" github.com/seaweedfs/seaweedfs/weed
"$dest/weed" version >&2
