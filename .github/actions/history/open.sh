#!/usr/bin/env bash
# Lays the branch BRANCH, which keeps the snapshots and nothing else, into the
# folder .posture, and sets the last snapshot aside. The branch is made where there
# is none.
set -euo pipefail

git check-ref-format --branch "$BRANCH" >/dev/null
there=0
git ls-remote --exit-code --heads origin "refs/heads/$BRANCH" >/dev/null || there=$?
case $there in
  0)
    git fetch --quiet --depth=1 origin "+refs/heads/$BRANCH:refs/remotes/origin/$BRANCH"
    git worktree add --quiet -B "$BRANCH" .posture "refs/remotes/origin/$BRANCH"
    ;;
  2)
    git worktree add --quiet --detach --no-checkout .posture HEAD
    git -C .posture symbolic-ref HEAD "refs/heads/$BRANCH"
    git -C .posture read-tree --empty
    ;;
  *) exit "$there" ;;
esac

old=$RUNNER_TEMP/postern-old-snapshot.json
rm -f "$old"
if [ -e .posture/snapshot.json ]; then cp .posture/snapshot.json "$old"; fi
echo "old=$old" >>"$GITHUB_OUTPUT"
