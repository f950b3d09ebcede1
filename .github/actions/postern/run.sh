#!/usr/bin/env bash
# Runs 'postern check' or 'postern scan' with what the environment asks for, shows
# the summary and the annotations, and leaves the exit code to the last step.
set -euo pipefail

reports=$RUNNER_TEMP/postern-reports
mkdir -p "$reports"

# A key arrives as text, is readable by this user alone, and leaves with the step.
key=
trap 'if [ -n "$key" ]; then rm -f "$key"; fi' EXIT
if [ -n "${OKTA_PRIVATE_KEY:-}" ]; then
  key=$(mktemp "$RUNNER_TEMP/okta-key.XXXXXX")
  printf '%s\n' "$OKTA_PRIVATE_KEY" >"$key"
  export POSTERN_OKTA_PRIVATE_KEY_FILE=$key
fi
unset OKTA_PRIVATE_KEY
# What the job set itself stays where an input is empty.
if [ -n "${CLIENT_ID:-}" ]; then export AZURE_CLIENT_ID=$CLIENT_ID; fi
if [ -n "${OKTA_CLIENT_ID:-}" ]; then export POSTERN_OKTA_CLIENT_ID=$OKTA_CLIENT_ID; fi

snapshot=${SNAPSHOT:-$KEEP_SNAPSHOT}
case $snapshot in *$'\n'*)
  echo "::error title=Postern::The snapshot's path has more than one line."
  exit 2
  ;;
esac
if [ -n "${SNAPSHOT:-}" ]; then
  args=(check)
else
  mkdir -p "$(dirname -- "$snapshot")"
  args=(scan --snapshot "$snapshot")
  if [ -n "${TENANT_ID:-}" ]; then args+=(--tenant-id "$TENANT_ID"); fi
  if [ -n "${OKTA_ORG:-}" ]; then args+=(--okta-org "$OKTA_ORG"); fi
fi
if [ -n "${CONFIG:-}" ]; then args+=(--config "$CONFIG"); fi
if [ -n "${FAIL_ON:-}" ]; then args+=(--fail-on "$FAIL_ON"); fi
while IFS= read -r argument; do
  argument=${argument%$'\r'}
  if [ -n "$argument" ]; then args+=("$argument"); fi
done <<<"${ARGUMENTS:-}"
args+=(
  -f "text=$reports/postern.txt"
  -f "json=$reports/findings.json"
  -f "sarif=$reports/postern.sarif"
  -f "sarif-full=$reports/postern-full.sarif"
  -f "junit=$reports/postern.xml"
  -f "csv=$reports/findings.csv"
  -f "html=$reports/postern.html"
  -f "markdown=$reports/summary.md"
  -f "github=$reports/annotations.txt"
)
if [ -n "${SNAPSHOT:-}" ]; then args+=(-- "$snapshot"); fi

code=0
postern "${args[@]}" || code=$?

judged=false
case $code in 0 | 3 | 4) judged=true ;; esac
{
  echo "exit-code=$code"
  echo "judged=$judged"
  echo "snapshot=$snapshot"
  echo "reports=$reports"
} >>"$GITHUB_OUTPUT"
if [ "$judged" = false ]; then exit 0; fi

cat "$reports/summary.md" >>"$GITHUB_STEP_SUMMARY"
cat "$reports/postern.txt"
if [ "${ANNOTATIONS:-true}" = true ]; then cat "$reports/annotations.txt"; fi
rm "$reports/annotations.txt"
