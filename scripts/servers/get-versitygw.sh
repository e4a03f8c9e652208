#!/bin/bash
# Builds versitygw 1.8 (S3 over a folder) from the Go module proxy into DIR/root, where Go is at hand. A minute of two cores.
#   get-versitygw.sh DIR
set -euo pipefail
dest=$(mkdir -p "${1:?usage: get-versitygw.sh DIR}/root" && cd "$1/root" && pwd)
command -v go >/dev/null || { echo "no Go on this system" >&2; exit 3; }
GOBIN=$dest go install -buildvcs=false github.com/versity/versitygw/cmd/versitygw@v1.8.0
"$dest/versitygw" --version >&2
