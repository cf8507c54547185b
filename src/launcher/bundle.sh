#!/bin/sh
# Launcher of a bundle: runs the program with the Java runtime beside it.
set -eu

SELF=$0
while [ -L "$SELF" ]; do
  link=$(readlink "$SELF")
  case $link in
    /*) SELF=$link ;;
    *) SELF=$(dirname "$SELF")/$link ;;
  esac
done
ROOT=$(cd "$(dirname "$SELF")" && pwd -P)
LAUNCHER=$ROOT/chronoscope
APP=$ROOT/app
JAVA=$ROOT/runtime/bin/java
CACHES=$ROOT/start-cache
OPTIONS=$ROOT/lib

case ${1:-} in
  test | build | bundle | image)
    printf 'chronoscope: %s needs a checkout, and this is a bundle\n' "$1" >&2
    exit 2
    ;;
esac

. "$ROOT/lib/start.sh"
start_program "$@"
