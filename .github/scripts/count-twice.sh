#!/usr/bin/env bash
# Counts two visits on a running site, as a browser would, and checks that each request returns 200 and that the second
# count is higher than the first.
set -euo pipefail

site=${1:?usage: count-twice.sh https://example.com}
site=${site%/}

visit() {
  local response status
  response=$(curl --silent --show-error --max-time 30 --request POST --header "Origin: $site" \
    --write-out '\n%{http_code}' "$site/api/count")
  status=${response##*$'\n'}
  if [ "$status" != 200 ]; then
    echo "POST $site/api/count returned $status: ${response%$'\n'*}" >&2
    return 1
  fi
  grep --only-matching --extended-regexp '"count": ?[0-9]+' <<< "$response" | grep --only-matching --extended-regexp '[0-9]+'
}

first=$(visit)
second=$(visit)
echo "$site counted $first, then $second"
if [ "$second" -le "$first" ]; then
  echo "the second visit was not counted" >&2
  exit 1
fi
