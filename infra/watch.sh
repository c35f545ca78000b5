#!/usr/bin/env bash
# After a deployment: watches one region's app by what Front Door's probes and users get from it, which no other region answers for.
# usage: watch.sh RESOURCE_GROUP PROFILE APP [MINUTES]
#   watch.sh aworld-prod-rg aworld-prod-afd aworld-prod-neu-app 15
# Needs az (signed in, may read the profile and the app) and jq. Exit code 1: the app is ill; 2: could not tell.
set -uo pipefail

[ $# -ge 3 ] || { sed -n '2,5p' "$0" | cut -c3- >&2; exit 2; }
group=$1 profile=$2 app=$3 minutes=${4:-15}
within() { timeout -k 5 120 "$@"; }
[[ $minutes =~ ^[0-9]+$ ]] && [ $((10#$minutes)) -ge 5 ] || { echo "MINUTES must be a number from 5 on" >&2; exit 2; }
for tool in az jq; do command -v "$tool" > /dev/null || { echo "$tool is needed" >&2; exit 2; }; done

id=$(within az afd profile show -g "$group" --profile-name "$profile" --query id -o tsv) && [ -n "$id" ] || { echo "there is no profile $profile in $group" >&2; exit 2; }
host=$(within az functionapp list --query "[?name=='$app'].defaultHostName | [0]" -o tsv) && [ -n "$host" ] || { echo "there is no app $app" >&2; exit 2; }
origin=
for group_of in $(within az afd origin-group list -g "$group" --profile-name "$profile" --query "[].name" -o tsv); do
    origin=$(within az afd origin list -g "$group" --profile-name "$profile" --origin-group-name "$group_of" --query "[?hostName=='$host'].name | [0]" -o tsv)
    [ -z "$origin" ] || break
done
[ -n "$origin" ] || { echo "$host is no origin of $profile" >&2; exit 2; }

# The app's own start does not count.
since=$(date -u -d '+3 minutes' +%FT%TZ) || exit 2
echo "watching $host for $minutes minutes"
sleep $((10#$minutes * 60))

# Metrics and dimensions: https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-cdn-profiles-metrics
# Of the series it answers ten unless told otherwise.
metric() { within az monitor metrics list --resource "$id" --metrics "$1" --aggregation "$2" --interval PT1M --start-time "$since" --filter "$3" --top 1000 -o json; }
# By its host, with a port or without, or by its name.
of_app='[.value[].timeseries[] | select(any(.metadatavalues[]; (.value | ascii_downcase) as $of | $of == $origin or ($of | split(":")[0]) == ($host | ascii_downcase)))]'
probes=$(metric OriginHealthPercentage Average "Origin eq '*'") && requests=$(metric OriginRequestCount Total "Origin eq '*' and HttpStatusGroup eq '*'") || { echo "cannot read the metrics of $profile" >&2; exit 2; }
healthy=$(jq --arg host "$host" --arg origin "$origin" "$of_app | [.[].data[].average // empty] | if length == 0 then -1 else add / length | floor end" <<< "$probes") || exit 2
all=$(jq --arg host "$host" --arg origin "$origin" "$of_app | [.[].data[].total // 0] | add // 0 | floor" <<< "$requests") || exit 2
failed=$(jq --arg host "$host" --arg origin "$origin" "$of_app | [.[] | select(any(.metadatavalues[]; .value | ascii_downcase == \"5xx\")) | .data[].total // 0] | add // 0 | floor" <<< "$requests") || exit 2

[ "$healthy" -ge 0 ] || { echo "no probe of $host was counted: is its origin enabled?" >&2; exit 2; }
echo "$healthy % of the probes succeeded; of $all requests $failed failed"
[ "$healthy" -ge 90 ] || { echo "$app is not well" >&2; exit 1; }
[ "$failed" -lt 5 ] || [ $((failed * 100)) -le "$all" ] || { echo "more than one in a hundred requests to $app fails" >&2; exit 1; }
