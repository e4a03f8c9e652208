#!/bin/bash
# Ends the processes that up-*.sh started on DATA (it wrote down their ids, and their command lines name DATA), and removes DATA.
#   down.sh DATA
[ -d "${1:?usage: down.sh DATA}" ] || exit 0
D=$(cd "$1" && pwd) || exit 1
running() { grep -qsF "$D/" "/proc/$1/cmdline"; }
pids=$(cat "$D"/*.pid "$D/pids" 2>/dev/null)
for pid in $pids; do running "$pid" && kill -9 "$pid"; done
for pid in $pids; do while running "$pid"; do sleep 0.01; done; done
rm -rf "$D"
