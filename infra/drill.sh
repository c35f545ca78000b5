#!/usr/bin/env bash
# A drill: takes a region out of Front Door, measures what users near here see, and puts it back.
# usage: drill.sh RESOURCE_GROUP PROFILE ORIGIN_GROUP ORIGIN URL [SECONDS]
#   drill.sh aworld-prod-rg aworld-prod-afd aworld-prod-eu-apps westeurope https://api.aworld.example 1800
# Front Door takes 3 to 20 minutes until all its edges know a change (https://learn.microsoft.com/azure/frontdoor/front-door-faq).
# Needs az (signed in, may change the profile and read the app's settings) and curl. Run it where the region is the nearest one.
# Exit code 1: more than one in a hundred requests failed; 2: could not run, or would have measured nothing.
set -uo pipefail

[ $# -ge 5 ] || { sed -n '2,7p' "$0" | cut -c3- >&2; exit 2; }
group=$1 profile=$2 origins=$3 origin=$4 url=$5 seconds=${6:-1800}
[[ $seconds =~ ^[0-9]+$ ]] && [ "$seconds" -ge 60 ] || { echo "SECONDS must be a number from 60 on" >&2; exit 2; }
for tool in az curl; do command -v "$tool" > /dev/null || { echo "$tool is needed" >&2; exit 2; }; done

of_origin=(-g "$group" --profile-name "$profile" --origin-group-name "$origins")
within() { timeout -k 5 120 "$@"; }
set_origin() { within az afd origin update "${of_origin[@]}" --origin-name "$origin" --enabled-state "$1" -o none; }
enabled() { within az afd origin list "${of_origin[@]}" --query "[?enabledState=='Enabled'].name" -o tsv; }

# What the region's app calls itself in answers.
named() {
    local host app
    host=$(within az afd origin show "${of_origin[@]}" --origin-name "$origin" --query hostName -o tsv) || return
    app=$(within az functionapp list --query "[?defaultHostName=='$host'].id | [0]" -o tsv) && [ -n "$app" ] || return
    within az functionapp config appsettings list --ids "$app" --query "[?name=='AWorld__Platform__SourceRegion'].value | [0]" -o tsv
}

# One line a request: when, status (000: no answer), seconds, region (-: it named none).
ask() {
    local answer region
    answer=$(curl -s -m 10 -H 'Cache-Control: no-cache' -w '\n%{http_code} %{time_total}' "$url/health/ready")
    region=$(sed -n 's/.*"region":"\([^"]*\)".*/\1/p' <<< "$answer")
    printf '%s %s %s\n' "$(date +%s)" "${answer##*$'\n'}" "${region:--}"
}

before=$(enabled) || { echo "cannot read the origins of $origins" >&2; exit 2; }
grep -qx "$origin" <<< "$before" || { echo "$origin is not enabled; enabled are: ${before//$'\n'/, }" >&2; exit 2; }
[ "$(wc -l <<< "$before")" -ge 2 ] || { echo "$origin is the only region that serves; a drill would be an outage" >&2; exit 2; }
region=$(named) && [ -n "$region" ] || { echo "cannot read what the app of $origin calls its region" >&2; exit 2; }
answers=$(for try in 1 2 3 4 5 6 7 8 9 10; do ask; done)
[ "$(grep -c ' 200 ' <<< "$answers")" -eq 10 ] || { printf '%s\n%s\n' "$url is not well before the drill; not starting" "$answers" >&2; exit 2; }
here=$(grep -c " $region\$" <<< "$answers")
[ "$here" -ge 9 ] || { echo "of 10 answers $here came from $origin ($region): another region is nearer, a drill from here would measure nothing" >&2; exit 2; }

log=$(mktemp) || exit 2
prober=
restore() {
    trap - EXIT
    trap '' HUP INT TERM
    [ -z "$prober" ] || kill "$prober" 2> /dev/null
    echo "restoring $origin"
    for try in 1 2 3; do
        if set_origin Enabled; then echo "restored: $origin is enabled again"; return; fi
        sleep 10
    done
    echo "NOT RESTORED. Do it by hand: az afd origin update ${of_origin[*]} --origin-name $origin --enabled-state Enabled" >&2
    exit 2
}
trap restore EXIT
trap 'echo "interrupted" >&2; exit 2' HUP INT TERM

# Five a second, however long each takes; one that hangs must not keep others from being counted.
probe() {
    while [ "$(date +%s)" -lt "$1" ]; do
        while [ "$(jobs -pr | wc -l)" -ge 100 ]; do wait -n; done
        ask &
        sleep 0.2
    done
    wait
}

started=$(date +%s)
probe $((started + seconds)) > "$log" &
prober=$!
sleep 15
if ! set_origin Disabled; then echo "could not disable $origin" >&2; exit 2; fi
disabled=$(date +%s)
echo "$origin is out; probing for $((started + seconds - disabled)) s more"
wait "$prober"
prober=

awk -v out="$disabled" -v gone="$region" '
    {
        all++; time[all] = $3; by[$4]++
        if ($2 != 200) { failed++; if ($1 >= out) { if (!first) first = $1; last = $1 } }
        if ($1 > out && $2 == 200 && $4 == gone) still = $1
        if ($1 >= out && $2 == 200 && $4 != gone) others++
    }
    END {
        if (!all) { print "no request was made"; exit 2 }
        n = asort_times(); printf "requests %d, failed %d (%.2f %%)\n", all, failed, 100 * failed / all
        for (one in by) printf "answered by %s: %d\n", (one == "-" ? "nobody" : one), by[one]
        at = int(n * 0.99); if (at < 1) at = 1
        printf "slowest hundredth from %.3f s\n", time[at]
        if (still) printf "%s answered until %d s after it was out\n", gone, still - out
        if (first) printf "first failure %d s after, last failure %d s after: recovered within that\n", first - out, last - out
        else print "no request failed after the region was out"
        if (!others) { print "no other region answered: nothing was measured"; exit 2 }
        exit (failed * 100 > all ? 1 : 0)
    }
    function asort_times(  i, j, t) {
        for (i = 2; i <= all; i++) { t = time[i]; for (j = i - 1; j > 0 && time[j] > t; j--) time[j + 1] = time[j]; time[j + 1] = t }
        return all
    }' "$log"
result=$?
echo "every request: $log"
exit "$result"
