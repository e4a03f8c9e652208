#!/bin/bash
# Starts OpenStack Swift 2.35 with its S3 API from the packages that get-swift.sh unpacked: no root, no daemon manager, 1 s.
# S3 on http://127.0.0.1:$PORT, access key test:tester, secret testing, region us-east-1, path style. Uses ports PORT .. PORT+4.
# Objects are files under DATA: its file system needs user xattrs (ext4, xfs, btrfs; tmpfs since Linux 6.6).
#   up-swift.sh ROOT DATA PORT          stop: down.sh DATA
set -euo pipefail
ROOT=$(cd "${1:?usage: up-swift.sh ROOT DATA PORT}" && pwd); D=$(cd "${2:?}" && pwd); PORT=${3:?}
mkdir -p "$D/devices/d"; cd "$D"
L=$ROOT/usr/lib/x86_64-linux-gnu
printf '[swift-hash]\nswift_hash_path_prefix = test\nswift_hash_path_suffix = test\n' > swift.conf
# long timeouts: on a loaded machine a slow answer must not become a 503, or a listing that lacks an object
common="swift_dir = $D
devices = $D/devices
mount_check = false
fallocate_reserve = 0
bind_ip = 127.0.0.1
bind_timeout = 3
workers = 0
log_level = ${LOG:-WARNING}
conn_timeout = 30
node_timeout = 60
container_update_timeout = 30"
port=$((PORT+1))
for server in account container object; do port=$((port+1)); cat > $server-server.conf <<C
[DEFAULT]
$common
bind_port = $port
[pipeline:main]
pipeline = $server-server
[app:$server-server]
use = egg:swift#$server
C
done
cat > proxy-server.conf <<C
[DEFAULT]
$common
bind_port = $PORT
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
error_suppression_interval = 0
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$((PORT+1))
[filter:s3api]
use = egg:swift#s3api
max_upload_part_num = 10000
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
max_manifest_segments = 10000
allow_async_delete = false
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
$(for f in catch_errors gatekeeper healthcheck listing_formats bulk copy dlo symlink; do printf '[filter:%s]\nuse = egg:swift#%s\n' $f $f; done)
C
cat > start.py <<'PY'
# Loads Swift once, writes the rings, forks memcached and the four servers, waits until all answer, and ends.
import ctypes.util, glob, http.client, logging, os, signal, socket, sys, time
began = time.time()
data, root, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
lib = root + '/usr/lib/x86_64-linux-gnu'
# no ld.so.cache lists the unpacked libraries; without libisal a CRC32C is a 501
ctypes.util.find_library = lambda name: next((os.path.basename(f) for f in glob.glob('%s/lib%s.so.*' % (lib, name))), None)
from swift.common import utils, wsgi
from swift.common.utils import logs
utils.set_swift_dir(data)
from swift.common.ring import RingBuilder
import swift.account.server, swift.container.server, swift.obj.server, swift.proxy.server, swift.common.middleware.s3api.s3api
wsgi.drop_privileges = lambda user: None        # stay whoever started it
os.fsync = os.fdatasync = lambda fd: None       # nothing here has to outlive a power cut
def say(what): print('%d ms  %s' % ((time.time() - began) * 1000, what), flush=True)
say('loaded')

ports = dict(account=port + 2, container=port + 3, object=port + 4, proxy=port, memcached=port + 1)
for name in 'account', 'container', 'object':
    ring = RingBuilder(part_power=4, replicas=1, min_part_hours=0)
    ring.add_dev(dict(region=1, zone=1, ip='127.0.0.1', port=ports[name], device='d', weight=1,
                      replication_ip='127.0.0.1', replication_port=ports[name]))
    ring.rebalance()
    ring.get_ring().save('%s/%s.ring.gz' % (data, name))

def serve(name):
    os.setsid()
    log = '%s/%s.log' % (data, name)
    null, out = os.open('/dev/null', os.O_RDWR), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for i, fd in enumerate((null, out, out)): os.dup2(fd, i)
    if name == 'memcached':
        os.execv(lib + '/ld-linux-x86-64.so.2', ['memcached', '--library-path', lib, root + '/usr/bin/memcached', '-l', '127.0.0.1',
            '-p', str(ports[name]), '-m', '64', '-c', '256', '-u', 'root', '-P', data + '/memcached.pid'])
    logs.ThreadSafeSysLogHandler = lambda **k: logging.FileHandler(log)     # not to syslog
    wsgi.run_wsgi('%s/%s-server.conf' % (data, name), name + '-server')

pids = {}
def fail(why):
    for pid in pids: os.kill(pid, signal.SIGKILL)
    sys.exit('Swift: ' + why)
def answers(p):
    try: return not socket.create_connection(('127.0.0.1', p), 5).close()
    except OSError: return False
try: os.setxattr(data, 'user.test', b'1')
except OSError: fail('no user xattrs in %s; TMPDIR may name a folder on ext4, xfs or btrfs' % data)
for p in ports.values():
    if answers(p): fail('port %d is in use' % p)
for name in ports:
    pid = os.fork()
    if not pid:
        try: serve(name)
        finally: os._exit(1)
    pids[pid] = name
    with open(data + '/pids', 'a') as f: print(pid, file=f)
while not all(answers(p) for p in ports.values()):
    pid = os.waitpid(-1, os.WNOHANG)[0]
    if pid: fail('%s ended, see its log in %s' % (pids.pop(pid), data))
    if time.time() - began > 60: fail('no answer in 60 s, see the logs in ' + data)
    time.sleep(0.02)
http.client.HTTPConnection('127.0.0.1', port, timeout=60).request('GET', '/healthcheck')
say('S3 answers on http://127.0.0.1:%d (test:tester / testing)' % port)
PY
env -i PATH="$PATH" EVENTLET_NO_GREENDNS=yes PYTHONHOME="$ROOT/usr" PYTHONPATH="$ROOT/usr/lib/python3/dist-packages" \
  "$L/ld-linux-x86-64.so.2" --library-path "$L" --argv0 python3.13 "$ROOT/usr/bin/python3.13" "$D/start.py" "$D" "$ROOT" "$PORT"
