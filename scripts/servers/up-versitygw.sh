#!/bin/bash
# Starts versitygw from the program that get-versitygw.sh built: S3 on http://127.0.0.1:PORT, access key testkey, secret
# testsecret, path style. Objects are plain files: DATA/objects/BUCKET/KEY. Needs user xattrs in DATA. DATA is an empty folder.
#   up-versitygw.sh ROOT DATA PORT          stop: down.sh DATA
set -euo pipefail
ROOT=$(cd "${1:?usage: up-versitygw.sh ROOT DATA PORT}" && pwd); D=$(cd "${2:?}" && pwd); PORT=${3:?}
mkdir "$D/objects"
ROOT_ACCESS_KEY=testkey ROOT_SECRET_KEY=testsecret "$ROOT/versitygw" --keep-alive --quiet \
  --port "127.0.0.1:$PORT" posix "$D/objects" > "$D/versitygw.log" 2>&1 &
pid=$!; echo $pid > "$D/versitygw.pid"
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }
lives() { grep -qsF "$D/" "/proc/$pid/cmdline"; }
for _ in $(seq 1 1200); do answers && break; kill -0 $pid 2>/dev/null || break; sleep 0.05; done
lives || { tail -n 5 "$D/versitygw.log" >&2; echo "versitygw ended" >&2; exit 1; }
answers || { echo "versitygw: no answer in 60 s" >&2; exit 1; }
echo "S3 answers on http://127.0.0.1:$PORT (testkey / testsecret)"
