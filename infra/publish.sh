#!/usr/bin/env bash
# Brings a package to one region's app, whichever plan the app is on.
# usage: publish.sh APP PACKAGE.zip
#   publish.sh aworld-prod-weu-app app.zip
# Needs az, signed in with the right to write the app, curl and jq. An app on Elastic Premium runs from a blob of its stamp: then this
# needs the right to write its blobs too, and a machine in the stamp's network or one that leads there, since they have no public address.
# Exit code 1: Azure refused; 2: nothing was begun. Run it again after either.
set -uo pipefail

[ $# -eq 2 ] || { sed -n '2,7p' "$0" | cut -c3- >&2; exit 2; }
app=$1 package=$2
[ -s "$package" ] || { echo "there is no package $package" >&2; exit 2; }
for tool in az curl jq; do command -v "$tool" > /dev/null || { echo "$tool is needed" >&2; exit 2; }; done
within() { timeout -k 10 "$@"; }

id=$(within 120 az functionapp list --query "[?name=='$app'].id | [0]" -o tsv) && [ -n "$id" ] || { echo "there is no app $app" >&2; exit 2; }
blob=$(within 120 az functionapp config appsettings list --ids "$id" --query "[?name=='WEBSITE_RUN_FROM_PACKAGE'].value | [0]" -o tsv) || { echo "cannot read the settings of $app" >&2; exit 2; }

# Flex Consumption takes packages itself and keeps them in the stamp's blobs. Sent as az does it, without az: after that it asks
# the app how it is until it answers, and the app answers Front Door alone.
deploy() {
    local scm sent deployment latest
    scm=$(within 120 az rest --method get --url "$id?api-version=2024-04-01" --query "properties.hostNameSslStates[?hostType=='Repository'].name | [0]" -o tsv) && [ -n "$scm" ] || { echo "cannot read where $app takes packages" >&2; return 2; }
    ask() { within 900 curl -sS --config <(within 120 az account get-access-token --query "join('', ['header = \"Authorization: Bearer ', accessToken, '\"'])" -o tsv) "$@"; }
    sent=$(ask -w '\n%{http_code}' -X POST -H 'Content-Type: application/zip' --data-binary "@$package" "https://$scm/api/publish?RemoteBuild=false")
    [ "${sent##*$'\n'}" = 202 ] || { echo "$app did not take the package: HTTP status ${sent##*$'\n'}" >&2; return 1; }
    deployment=$(head -1 <<< "$sent" | tr -d '"\r')
    for try in {1..60}; do
        sleep 5
        # Of this deployment, not of the one before it: https://github.com/Azure/azure-dev/pull/3658 lists what the numbers mean.
        latest=$(ask -m 60 "https://$scm/api/deployments/latest" | jq -r --arg id "$deployment" 'select(.id == $id) | .status')
        case $latest in
            4) return 0 ;;
            6) echo "$app has the package but was restarted meanwhile, run it again" >&2; return 1 ;;
            -1 | 3 | 5) echo "$app could not use the package (status $latest): az webapp log deployment show --ids $id" >&2; return 1 ;;
        esac
    done
    echo "$app took the package and was not done with it in five minutes" >&2
    return 1
}

if [ -z "$blob" ]; then
    deploy || exit
else
    # What a changed blob asks for: https://learn.microsoft.com/azure/azure-functions/deployment-zip-push#run-from-an-external-package-url
    within 900 az storage blob upload --auth-mode login --blob-url "$blob" --file "$package" --overwrite -o none || { echo "cannot write $blob: from here, and with this sign-in?" >&2; exit 1; }
    within 300 az functionapp restart --ids "$id" -o none || { echo "$app has the package but was not restarted" >&2; exit 1; }
    within 300 az resource invoke-action --action syncfunctiontriggers --ids "$id" -o none || { echo "$app runs the package but Azure does not know its triggers" >&2; exit 1; }
fi
echo "$app has $package"
