#!/bin/sh
# What is written on an afternoon for node-problem-detector: one check, by a shell.
grep -q '^sctp ' /proc/modules && { echo 'sctp is loaded'; exit 0; }
for folder in /etc/modprobe.d /run/modprobe.d /usr/lib/modprobe.d; do
  for file in "$folder"/*.conf; do
    [ -r "$file" ] && grep -qE '^[[:space:]]*(blacklist|install)[[:space:]]+sctp' "$file" &&
      { echo "sctp is denied by $file"; exit 1; }
  done
done
find "/lib/modules/$(uname -r)" -name 'sctp.ko*' 2>/dev/null | grep -q . || { echo 'no sctp.ko'; exit 1; }
echo 'sctp can be loaded'
