#!/bin/bash
# Keeps a server until standard input ends, and then stops it. So it never outlives whoever started it, however that one ended.
# Says "ready" when the server answers; where it doesn't start, says why and ends with a status.
#   keep.sh UP ROOT DATA PORT          UP is one of up-*.sh
"$1" "$2" "$3" "$4" < /dev/null > "$3/up.log" 2>&1
status=$?
trap '' HUP INT PIPE TERM
if [ $status = 0 ]; then echo ready; cat > /dev/null; else tail -n 20 "$3/up.log"; fi
"$(dirname "$0")/down.sh" "$3"
exit $status
