#!/bin/bash
# Starts SeaweedFS (master, volume, filer, S3) from the program that get-seaweedfs.sh built: S3 on http://127.0.0.1:PORT,
# access key testkey, secret testsecret, path style. Ports PORT .. PORT+7. DATA is an empty folder.
#   up-seaweedfs.sh ROOT DATA PORT          stop: down.sh DATA
set -euo pipefail
ROOT=$(cd "${1:?usage: up-seaweedfs.sh ROOT DATA PORT}" && pwd); D=$(cd "${2:?}" && pwd); PORT=${3:?}
mkdir "$D/volumes"
cat > "$D/s3.json" <<C
{"identities":[{"name":"tester","credentials":[{"accessKey":"testkey","secretKey":"testsecret"}],
"actions":["Admin","Read","Write","List","Tagging"]}]}
C
"$ROOT/weed" server -ip=127.0.0.1 -ip.bind=127.0.0.1 -dir="$D/volumes" -volume.max=5000 -master.volumeSizeLimitMB=256 \
  -master.port=$((PORT+1)) -master.port.grpc=$((PORT+2)) -volume.port=$((PORT+3)) -volume.port.grpc=$((PORT+4)) \
  -filer -filer.port=$((PORT+5)) -filer.port.grpc=$((PORT+6)) \
  -s3 -s3.port="$PORT" -s3.port.grpc=$((PORT+7)) -s3.config="$D/s3.json" > "$D/weed.log" 2>&1 &
pid=$!; echo $pid > "$D/weed.pid"
# Until the filer answers, S3 answers that it can't.
answers() {
  exec 3<>"/dev/tcp/127.0.0.1/$PORT" || return 1
  printf 'GET /status HTTP/1.0\r\n\r\n' >&3; IFS= read -r -t 5 line <&3; exec 3>&-
  [[ $line == *" 200 "* ]] && (exec 4<>"/dev/tcp/127.0.0.1/$((PORT+5))")
}
lives() { grep -qsF "$D/" "/proc/$pid/cmdline"; }
for _ in $(seq 1 1200); do answers 2>/dev/null && break; kill -0 $pid 2>/dev/null || break; sleep 0.05; done
lives || { tail -n 5 "$D/weed.log" >&2; echo "SeaweedFS ended" >&2; exit 1; }
answers 2>/dev/null || { echo "SeaweedFS: no answer in 60 s" >&2; exit 1; }
echo "S3 answers on http://127.0.0.1:$PORT (testkey / testsecret)"
