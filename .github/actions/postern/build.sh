#!/usr/bin/env bash
# Builds Postern from SOURCE and puts it on the path of the steps that follow.
set -euo pipefail

bin=$RUNNER_TEMP/postern-bin
mkdir -p "$bin"
suffix=
if [ "${RUNNER_OS:-}" = Windows ]; then suffix=.exe; fi
# The source of an action comes without its history, so the ref that was asked for
# is the version; a checkout knows better.
version=${GITHUB_ACTION_REF:-$(git -C "$SOURCE" describe --tags --always 2>/dev/null || true)}
case $version in
  '' | *[!A-Za-z0-9._/-]*) version=devel ;;
esac
CGO_ENABLED=0 go build -C "$SOURCE" -trimpath -buildvcs=false -ldflags "-X main.linked=$version" -o "$bin/postern$suffix" ./cmd/postern
echo "$bin" >>"$GITHUB_PATH"
"$bin/postern$suffix" version
