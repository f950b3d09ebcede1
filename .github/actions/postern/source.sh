#!/usr/bin/env bash
# Finds Postern's source, which came with this action at the ref that was asked
# for, and where its build is cached.
set -euo pipefail

root=$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)
sum=$(git hash-object "$root/go.sum")
{
  echo "root=$root"
  echo "sum=$sum"
  echo "cache=$RUNNER_TEMP/postern-cache"
} >>"$GITHUB_OUTPUT"
