#!/bin/bash
# Fetches Ceph 18.2 (mon, osd, radosgw) from Debian trixie and unpacks it into DIR/root. About 95 MB to fetch, 10 s.
#   get-ceph.sh DIR
set -euo pipefail
. "$(dirname "$0")/debian.sh"
use_apt "${1:?usage: get-ceph.sh DIR}"
# of everything that Ceph depends on, what its three servers load
packages=$(packages_of radosgw ceph-mon ceph-osd \
  | grep -E '^(ceph-(mon|osd|base|common)|radosgw|lib|zlib1g)' \
  | grep -vE '^lib(python|gprofng|binutils|ctf|sframe|systemd-shared|lvm2|devmapper|glib2|c-gconv|pam|perl|cephfs|cryptsetup|dbus|parted|radosstriper|xml2|db5|gdbm|fido2|sgutils|atasmart|semanage|sepol|mount|proc2|nvme|jansson)')
unpack $packages
rm -rf "$dest/root/usr/share"
lib=$dest/root/usr/lib/x86_64-linux-gnu
"$lib/ld-linux-x86-64.so.2" --library-path "$lib:$lib/ceph" "$dest/root/usr/bin/radosgw" --version
