#!/usr/bin/env bash
# Compares the snapshots OLD and NEW. Where something weakened, the one open issue
# with LABEL gets a comment, or is opened.
set -euo pipefail

if [ ! -e "$OLD" ]; then
  echo "There is no older snapshot yet: nothing to compare with."
  echo "weakened=false" >>"$GITHUB_OUTPUT"
  exit 0
fi

report=$RUNNER_TEMP/postern-drift.md
code=0
postern diff -f markdown -- "$OLD" "$NEW" >"$report" || code=$?
case $code in
  0) weakened=false ;;
  3) weakened=true ;;
  *) exit "$code" ;;
esac
echo "weakened=$weakened" >>"$GITHUB_OUTPUT"
cat "$report" >>"$GITHUB_STEP_SUMMARY"
if [ "$weakened" = false ]; then exit 0; fi

# An issue takes 65,536 characters. Only whole lines are kept, so that no escape
# is cut in two.
body=$RUNNER_TEMP/postern-issue.md
awk '{ size += length($0) + 1; if (size > 50000) { print "\n\nThe rest is in the summary of the run."; exit } print }' "$report" >"$body"
printf '\n\n[The run](%s/%s/actions/runs/%s)\n' "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID" >>"$body"

number=$(gh issue list --label "$LABEL" --state open --limit 1 --json number --jq '.[0].number // empty')
if [ -n "$number" ]; then
  gh issue comment "$number" --body-file "$body"
else
  gh label create "$LABEL" --force --color B60205 --description "A way into the mail was opened"
  gh issue create --title "The mail is less protected than it was" --label "$LABEL" --body-file "$body"
fi
