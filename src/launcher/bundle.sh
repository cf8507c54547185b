#!/bin/sh
# Launcher of a bundle: runs the program with the Java runtime beside it or, in a bundle without one,
# with one that is installed.
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
if [ -x "$ROOT/runtime/bin/java" ]; then
  JAVA=$ROOT/runtime/bin/java
else
  JDK_COMPILER=no
  . "$ROOT/lib/jdk.sh"
  find_jdk || {
    printf 'chronoscope: needs a Java runtime, version %s or newer, but found none; install one, or let CHRONOSCOPE_JAVA_HOME name it\n' \
      "$JDK_MINIMUM" >&2
    exit 3
  }
  JAVA=$JDK/bin/java
fi
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
