#!/usr/bin/env bash
# Builds Postern from SOURCE and puts it on the path of the steps that follow.
set -euo pipefail

bin=$RUNNER_TEMP/postern-bin
mkdir -p "$bin"
suffix=
if [ "${RUNNER_OS:-}" = Windows ]; then suffix=.exe; fi
CGO_ENABLED=0 go build -C "$SOURCE" -trimpath -o "$bin/postern$suffix" ./cmd/postern
echo "$bin" >>"$GITHUB_PATH"
"$bin/postern$suffix" version
