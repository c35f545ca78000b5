#!/usr/bin/env bash
# Brings a package to one region's app, whichever plan the app is on.
# usage: publish.sh APP PACKAGE.zip
#   publish.sh aworld-prod-weu-app app.zip
# Needs az, signed in with the right to write the app. An app on Elastic Premium runs from a blob of its stamp: then this needs the
# right to write its blobs too, and a machine in the stamp's network or one that leads there, since they have no public address.
# Exit code 1: Azure refused; 2: nothing was begun. Run it again after either.
set -uo pipefail

[ $# -eq 2 ] || { sed -n '2,7p' "$0" | cut -c3- >&2; exit 2; }
app=$1 package=$2
[ -s "$package" ] || { echo "there is no package $package" >&2; exit 2; }
command -v az > /dev/null || { echo "az is needed" >&2; exit 2; }

id=$(az functionapp list --query "[?name=='$app'].id | [0]" -o tsv) && [ -n "$id" ] || { echo "there is no app $app" >&2; exit 2; }
blob=$(az functionapp config appsettings list --ids "$id" --query "[?name=='WEBSITE_RUN_FROM_PACKAGE'].value | [0]" -o tsv) || { echo "cannot read the settings of $app" >&2; exit 2; }
if [ -z "$blob" ]; then
    # Flex Consumption takes packages itself and keeps them in the stamp's blobs.
    az functionapp deployment source config-zip --ids "$id" --src "$package" -o none || { echo "$app did not take the package" >&2; exit 1; }
else
    # What a changed blob asks for: https://learn.microsoft.com/azure/azure-functions/deployment-zip-push#run-from-an-external-package-url
    az storage blob upload --auth-mode login --blob-url "$blob" --file "$package" --overwrite -o none || { echo "cannot write $blob: from here, and with this sign-in?" >&2; exit 1; }
    az functionapp restart --ids "$id" -o none || { echo "$app has the package but was not restarted" >&2; exit 1; }
    az resource invoke-action --action syncfunctiontriggers --ids "$id" -o none || { echo "$app runs the package but Azure does not know its triggers" >&2; exit 1; }
fi
echo "$app has $package"
