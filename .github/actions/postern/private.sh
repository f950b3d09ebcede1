#!/usr/bin/env bash
# Refuses a public repository: findings and snapshots name people and open doors,
# and a public repository's logs, summaries and artifacts can be read by everybody.
set -euo pipefail

if [ "${ALLOW_PUBLIC:-false}" = true ]; then exit 0; fi
visibility=${VISIBILITY:-}
if [ -z "$visibility" ]; then
  # Scheduled runs are not always told.
  visibility=$(gh api "repos/$GITHUB_REPOSITORY" --jq .visibility) || visibility=unknown
fi
case $visibility in
  private | internal) ;;
  *)
    echo "::error title=Postern::This repository's visibility is $visibility. Findings name people and open doors: use a private repository, or set allow-public if you mean it."
    exit 2
    ;;
esac
