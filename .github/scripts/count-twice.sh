#!/usr/bin/env bash
# Visits a running site twice, as a browser would, and sees that both visits were counted: 200 each time, and the second
# count above the first.
set -euo pipefail

site=${1:?usage: count-twice.sh https://example.com}
site=${site%/}

visit() {
  local answer status
  answer=$(curl --silent --show-error --max-time 30 --request POST --header "Origin: $site" \
    --write-out '\n%{http_code}' "$site/api/count")
  status=${answer##*$'\n'}
  if [ "$status" != 200 ]; then
    echo "POST $site/api/count was answered $status: ${answer%$'\n'*}" >&2
    return 1
  fi
  grep --only-matching --extended-regexp '"count": ?[0-9]+' <<< "$answer" | grep --only-matching --extended-regexp '[0-9]+'
}

first=$(visit)
second=$(visit)
echo "$site counted $first, then $second"
if [ "$second" -le "$first" ]; then
  echo "the second visit was not counted" >&2
  exit 1
fi
