#!/usr/bin/env bash
# A drill: takes a region out of Front Door, measures what users see, and puts it back.
# usage: drill.sh RESOURCE_GROUP PROFILE ORIGIN_GROUP ORIGIN URL [SECONDS]
#   drill.sh aworld-prod-rg aworld-prod-afd aworld-prod-eu-apps westeurope https://api.aworld.example 300
# Needs az (signed in, may change the profile) and curl. Exit code 1: more than one in a hundred requests failed; 2: could not run.
set -uo pipefail

[ $# -ge 5 ] || { sed -n '2,5p' "$0" | cut -c3- >&2; exit 2; }
group=$1 profile=$2 origins=$3 origin=$4 url=$5 seconds=${6:-300}
[[ $seconds =~ ^[0-9]+$ ]] && [ "$seconds" -ge 60 ] || { echo "SECONDS must be a number from 60 on" >&2; exit 2; }
for tool in az curl; do command -v "$tool" > /dev/null || { echo "$tool is needed" >&2; exit 2; }; done

set_origin() { az afd origin update -g "$group" --profile-name "$profile" --origin-group-name "$origins" --origin-name "$origin" --enabled-state "$1" -o none; }
enabled() { az afd origin list -g "$group" --profile-name "$profile" --origin-group-name "$origins" --query "[?enabledState=='Enabled'].name" -o tsv; }

before=$(enabled) || { echo "cannot read the origins of $origins" >&2; exit 2; }
grep -qx "$origin" <<< "$before" || { echo "$origin is not enabled; enabled are: ${before//$'\n'/, }" >&2; exit 2; }
[ "$(wc -l <<< "$before")" -ge 2 ] || { echo "$origin is the only region that serves; a drill would be an outage" >&2; exit 2; }
curl -fsS -o /dev/null -m 10 "$url/health/ready" || { echo "$url is not well before the drill; not starting" >&2; exit 2; }

log=$(mktemp) || exit 2
prober=
restore() {
    trap - EXIT
    trap '' HUP INT TERM
    [ -z "$prober" ] || kill "$prober" 2> /dev/null
    for try in 1 2 3; do
        if set_origin Enabled; then echo "restored: $origin is enabled again"; return; fi
        sleep 10
    done
    echo "NOT RESTORED: enable the origin $origin by hand" >&2
    exit 2
}
trap restore EXIT
trap 'echo "interrupted" >&2; exit 2' HUP INT TERM

# One line a request: when, status (000: no answer), seconds.
probe() {
    while [ "$(date +%s)" -lt "$1" ]; do
        printf '%s ' "$(date +%s.%3N)"
        curl -s -o /dev/null -m 10 -H 'Cache-Control: no-cache' -w '%{http_code} %{time_total}\n' "$url/health/ready" || true
        sleep 0.2
    done
}

started=$(date +%s)
probe $((started + seconds)) > "$log" &
prober=$!
sleep 15
if ! set_origin Disabled; then echo "could not disable $origin" >&2; exit 2; fi
disabled=$(date +%s.%3N)
echo "$origin is out since $(date -u +%T)Z; probing until $(date -u -d "@$((started + seconds))" +%T)Z"
wait "$prober"
prober=

awk -v out="$disabled" '
    { all++; if ($2 != 200) { failed++; if ($1 >= out) { if (!first) first = $1; last = $1 } } time[all] = $3 }
    END {
        if (!all) { print "no request was made"; exit 2 }
        n = asort_times(); printf "requests %d, failed %d (%.2f %%)\n", all, failed, 100 * failed / all
        at = int(n * 0.99); if (at < 1) at = 1
        printf "slowest hundredth from %.3f s\n", time[at]
        if (first) printf "first failure %.1f s after, last failure %.1f s after: recovered within that\n", first - out, last - out
        else print "no request failed after the region was out"
        exit (failed * 100 > all ? 1 : 0)
    }
    function asort_times(  i, j, t) {
        for (i = 2; i <= all; i++) { t = time[i]; for (j = i - 1; j > 0 && time[j] > t; j--) time[j + 1] = time[j]; time[j + 1] = t }
        return all
    }' "$log"
result=$?
echo "every request: $log"
exit "$result"
