#!/usr/bin/env bash
# Commits .posture/snapshot.json to the branch BRANCH.
set -euo pipefail

cd .posture
git add snapshot.json
if git diff --cached --quiet; then
  echo "The snapshot is the same as before."
  exit 0
fi
git -c user.name='github-actions[bot]' -c user.email='41898282+github-actions[bot]@users.noreply.github.com' \
  commit --quiet --message "Keep the snapshot of the posture"
git push --quiet origin "HEAD:refs/heads/$BRANCH"
