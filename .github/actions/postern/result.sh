#!/usr/bin/env bash
# Ends the job with Postern's exit code.
set -euo pipefail

case $EXIT_CODE in
  0) echo "Clean: nothing at or above fail-on, and all evidence was there." ;;
  2) echo "The command line or the configuration is wrong: see the step above." ;;
  3) echo "There are findings at or above fail-on." ;;
  4) echo "No finding at or above fail-on, but not all could be judged: this is no pass." ;;
  *) echo "Postern failed: see the step above." ;;
esac
exit "$EXIT_CODE"
