#!/bin/bash
# Fetches OpenStack Swift 2.35 with its S3 API (and the Python 3.13 and memcached it runs on) from Debian trixie and unpacks
# it into DIR/root. About 20 MB to fetch, 6 s.
#   get-swift.sh DIR
set -euo pipefail
. "$(dirname "$0")/debian.sh"
use_apt "${1:?usage: get-swift.sh DIR}"
# of everything that Swift depends on, what its four servers load (libisal2, which it does not depend on, checks CRC32C)
packages=$(packages_of python3-swift memcached libisal2 \
  | grep -E '^(memcached|zlib1g|python3\.13-minimal|python3-(bcrypt|cffi-backend|cryptography|eventlet|greenlet|lxml|openssl|paste|pastedeploy|pyeclib|swift|xattr)|libpython3\.13-(minimal|stdlib)|lib(bz2-|c6|erasurecode|event-|expat|ffi|gcc-s|gcrypt|gpg-error|isal|lzma|sasl2-2|sqlite3|ssl3|stdc|uuid|xml2|xslt|zstd)[^ ]*)$')
unpack $packages
rm -rf "$dest/root"/{etc,var,usr/share}
# compiled here once, since the tests' user may not write here; then a look whether everything loads
lib=$dest/root/usr/lib/x86_64-linux-gnu
python() { env -i PATH="$PATH" EVENTLET_NO_GREENDNS=yes PYTHONHOME="$dest/root/usr" PYTHONPATH="$dest/root/usr/lib/python3/dist-packages" \
  "$lib/ld-linux-x86-64.so.2" --library-path "$lib" --argv0 python3.13 "$dest/root/usr/bin/python3.13" "$@"; }
python -m compileall -qq --invalidation-mode unchecked-hash "$dest"/root/usr/lib/python3{,.13}
python -c 'import ctypes, swift; ctypes.CDLL("libisal.so.2").crc32_iscsi
import swift.account.server, swift.container.server, swift.obj.server, swift.proxy.server, swift.common.middleware.s3api.s3api
print("Swift", swift.__version__)'
