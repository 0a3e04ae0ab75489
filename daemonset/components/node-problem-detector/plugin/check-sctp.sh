#!/bin/bash
# Asks the agent of this node what it has found: check-sctp.sh HOST PORT
# A plugin of node-problem-detector: one line of at most 80 bytes, and 0 for as
# expected, 1 for not as expected, 2 for not known. Needs nothing but bash.

unknown() {
  echo "$1"
  exit 2
}

next_line() {
  IFS= read -r -t 3 -n 400 -u 3 text || [[ -n $text ]] || return 1
  text=${text%$'\r'}
}

{ exec 3<>"/dev/tcp/$1/$2"; } 2>/dev/null || unknown "the agent of this node is not reached"
printf 'GET /npd HTTP/1.0\r\nHost: %s\r\n\r\n' "$1" >&3

next_line || unknown "the agent of this node does not answer"
[[ $text =~ ^HTTP/1\.[01]\ 200\  ]] || unknown "the agent of this node does not serve this plugin"
for ((lines = 0; lines < 50; lines++)); do
  next_line || unknown "the agent's answer breaks off"
  [[ -n $text ]] || break
done
next_line || unknown "the agent's answer breaks off"
[[ $text =~ ^([012])\ (.+)$ ]] || unknown "the agent's answer is not understood"
echo "${BASH_REMATCH[2]}"
exit "${BASH_REMATCH[1]}"
