#!/bin/bash
# Starts Ceph (mon, osd in memory, radosgw) from the packages that get-ceph.sh unpacked: no root, no daemon manager, 0.5 s.
# S3 on http://127.0.0.1:PORT, access key testkey, secret testsecret, path style. Ports PORT .. PORT+61; MEM (4G) is the limit
# of all data. DATA is an empty folder.
#   up-ceph.sh ROOT DATA PORT          stop: down.sh DATA
set -euo pipefail
ROOT=$(cd "${1:?usage: up-ceph.sh ROOT DATA PORT}" && pwd); D=$(cd "${2:?}" && pwd); PORT=${3:?}; MON=$((PORT+1))
L=$ROOT/usr/lib/x86_64-linux-gnu
run(){ local b=$1; shift; "$L/ld-linux-x86-64.so.2" --library-path "$L:$L/ceph" --argv0 "$b" "$ROOT/usr/bin/$b" "$@"; }
mkdir "$D/mon" "$D/osd" "$D/rgw"; cd "$D"
FS=$(cat /proc/sys/kernel/random/uuid)
cat > ceph.conf <<C
[global]
fsid = $FS
mon host = [v2:127.0.0.1:$MON]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
ms bind port min = $((MON+1))
ms bind port max = $((MON+60))
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms mon service mode = crc
ms mon cluster mode = crc
paxos propose interval = 0.02
paxos min wait = 0.01
mon data avail warn = 1
mon data avail crit = 1
mon allow pool size one = true
mon max pg per osd = 1000
osd pool default size = 1
osd pool default min size = 1
osd crush chooseleaf type = 0
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd objectstore = memstore
memstore device bytes = ${MEM:-4G}
osd class dir = $L/rados-classes
osd class load list = *
osd class default list = *
plugin dir = $L/ceph
erasure code dir = $L/ceph/erasure-code
keyring = $D/keyring
log file = $D/\$name.log
run dir = $D
crash dir = $D
admin socket =
[mon.a]
mon data = $D/mon
[osd.0]
osd data = $D/osd
[client.admin]
rgw frontends = beast endpoint=127.0.0.1:$PORT tcp_nodelay=1
rgw gc obj min wait = 2
rgw gc processor period = 2
rgw gc processor max time = 2
rgw lc debug interval = -1
rgw data = $D/rgw
rgw thread pool size = 32
debug rgw = 0
C
T0=$(date +%s%N); el(){ echo "$(( ($(date +%s%N)-T0)/1000000 )) ms  $1"; }
run ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *' >/dev/null
run ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' >/dev/null
run monmaptool --create --fsid "$FS" --addv a "[v2:127.0.0.1:$MON]" monmap >/dev/null
run osdmaptool -c ceph.conf --createsimple 1 osdmap >/dev/null 2>&1
run ceph-mon -c ceph.conf -i a --mkfs --monmap monmap --osdmap osdmap --keyring keyring >mkfs.log 2>&1; el mkfs
run ceph-mon -c ceph.conf -i a --pid-file "$D/mon.pid"; el mon
run ceph-osd -c ceph.conf -i 0 --mkfs >>mkfs.log 2>&1
run ceph-osd -c ceph.conf -i 0 --pid-file "$D/osd.pid" >>mkfs.log 2>&1; el osd
timeout 60 "$L/ld-linux-x86-64.so.2" --library-path "$L:$L/ceph" "$ROOT/usr/bin/radosgw-admin" -c ceph.conf user create --uid=test --display-name=test --access-key=testkey --secret=testsecret >/dev/null 2>admin.err; el user
run radosgw -c ceph.conf -n client.admin --pid-file "$D/rgw.pid"; el rgw
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }
lives() { grep -qsF "$D/" "/proc/$(cat rgw.pid)/cmdline"; }
for _ in $(seq 1 1200); do answers && break; lives || break; sleep 0.05; done
lives || { tail -n 5 -- *.log >&2; echo "Ceph: radosgw ended" >&2; exit 1; }
answers || { echo "Ceph: no answer in 60 s" >&2; exit 1; }
el "S3 answers on http://127.0.0.1:$PORT (testkey / testsecret)"
