# Sourced by both launchers, the checkout's and the bundle's, which set
#   LAUNCHER  their own path
#   ROOT      the folder with models/ and video-samples/
#   APP       the folder with quarkus-run.jar and embedded-run.jar
#   JAVA      the java command
#   CACHES    the folder for start caches
#   OPTIONS   the folder with the options of the JVM (*.options)
# and then call `start_program "$@"`.
#
# The embedded broker is a layer of its own, which only commands that start one have on their class
# path: embedded-run.jar starts the same program with it.
#
# A start cache is an AOT cache of the JVM: classes loaded and linked ahead of time. There are three,
# because the JVM loads all classes of a cache at once, and uses a cache with the class path that it
# was recorded with: a small one for commands that talk to Kafka at most, one for all that run the
# model, one for those that start a broker, too. CHRONOSCOPE_START_CACHE: `auto` (the default) uses
# them and records missing ones in the background, `off` does neither, `record` is set by this file.

# Sets KIND to the kind of process that the arguments ask for, which is also the name of its cache.
choose_kind() {
  case ${1:-} in
    rules | events | dlq | ask | completion | help | '') KIND=commands ;;
    demo | evaluate | bench | chaos | chaos-broker) KIND=embedded ;;
    rehearse) KIND=${2:-} ;;
    *) KIND=service ;;
  esac
  for argument in "$@"; do
    case $argument in
      -h | --help | -V | --version) KIND=commands ;;
      --embedded) KIND=embedded ;;
    esac
  done
}

# Sets IDENTITY to what the caches were recorded for, without starting a process.
identify_java() {
  IDENTITY=$JAVA
  release=${JAVA%/bin/java}/release
  if [ -r "$release" ]; then
    while read -r line; do
      case $line in
        JAVA_RUNTIME_VERSION=* | IMPLEMENTOR_VERSION=*) IDENTITY="$IDENTITY $line" ;;
      esac
    done <"$release"
  fi
}

# Whether the caches belong to this build and this JVM. The JVM checks them once more.
caches_are_current() {
  for recorded in embedded service commands; do
    [ -f "$CACHES/$recorded.aot" ] || return 1
  done
  [ ! "$APP/quarkus-run.jar" -nt "$CACHES/service.aot" ] || return 1
  identify_java
  recorded=
  [ -r "$CACHES/recorded-for" ] && read -r recorded <"$CACHES/recorded-for"
  [ "$recorded" = "$IDENTITY" ]
}

# Records the caches; takes as long as two starts and two short videos, and then 20 to 40 s.
record_caches() {
  mkdir -p "$CACHES" || return 1
  rm -f "$CACHES"/*.next*
  # A cache is valid for the build that it was recorded with, also when recording fails.
  : >"$CACHES/attempted"
  CHRONOSCOPE_START_CACHE=record CHRONOSCOPE_LOG_LEVEL=ERROR \
    "$LAUNCHER" rehearse embedded >"$CACHES/record.log" 2>&1 </dev/null || return 1
  for recorded in embedded service commands; do
    [ -f "$CACHES/$recorded.aot.next" ] || return 1
  done
  # Built again meanwhile: recorded for what is no more.
  [ ! "$APP/quarkus-run.jar" -nt "$CACHES/attempted" ] || return 1
  for recorded in embedded service commands; do
    mv "$CACHES/$recorded.aot.next" "$CACHES/$recorded.aot"
  done
  identify_java
  printf '%s\n' "$IDENTITY" >"$CACHES/recorded-for"
}

# Records missing caches in the background, at the lowest priority, once for each build.
record_caches_in_background() {
  [ ! -f "$CACHES/attempted" ] || [ "$APP/quarkus-run.jar" -nt "$CACHES/attempted" ] || return 0
  mkdir -p "$CACHES" 2>/dev/null && [ -w "$CACHES" ] || return 0
  : >"$CACHES/attempted"
  detached=
  command -v setsid >/dev/null 2>&1 && detached=setsid
  # shellcheck disable=SC2086 # no word at all without setsid
  CHRONOSCOPE_START_CACHE=off $detached nice -n 19 "$LAUNCHER" rehearse >/dev/null 2>&1 </dev/null &
}

start_program() {
  mode=${CHRONOSCOPE_START_CACHE:-auto}
  if [ "$mode" != record ] && [ "$#" -eq 1 ] && [ "$1" = rehearse ]; then
    record_caches
    exit $?
  fi
  choose_kind "$@"
  case $KIND in
    embedded) run=embedded-run.jar ;;
    *) run=quarkus-run.jar ;;
  esac

  # What the embedded broker and the index write is for the user alone.
  case ${1:-} in
    serve | demo | chaos) umask 077 ;;
  esac

  # The command line is built from its end. Options are split into words on purpose.
  given="${JAVA_OPTS:-} ${CHRONOSCOPE_JAVA_OPTS:-}"
  # shellcheck disable=SC2086
  set -- $given -jar "$APP/$run" "$@"
  set -- -Dchronoscope.home="$ROOT" -Dlauncher.path="$LAUNCHER" "$@"

  # Java cannot detect which of its streams are attached to a terminal.
  [ -t 1 ] && set -- -Dterminal.out=true "$@"
  if [ -t 2 ]; then
    set -- -Dterminal.err=true "$@"
    if [ -z "${COLUMNS:-}" ]; then
      size=$(stty size <&2 2>/dev/null || true)
      COLUMNS=${size#* }
    fi
  fi
  [ -n "${COLUMNS:-}" ] && set -- "-Dterminal.columns=$COLUMNS" "$@"

  case $mode in
    record) set -- "-XX:AOTCacheOutput=$CACHES/$KIND.aot.next" "$@" ;;
    off) ;;
    *)
      if caches_are_current; then
        # Mapped where it was recorded, the cache needs no relocation and its pages stay shared. A
        # cache that does not fit is not used, which is nothing that a user needs to hear.
        set -- "-XX:AOTCache=$CACHES/$KIND.aot" '-Xlog:aot*=off' '-Xlog:cds*=off' \
          -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 "$@"
      else
        record_caches_in_background
      fi
      ;;
  esac

  case $given in
    *-XX:+Use*GC*) ;;
    *)
      case $KIND in
        commands) set -- "@$OPTIONS/commands.options" "$@" ;;
        *) set -- "@$OPTIONS/service.options" "$@" ;;
      esac
      ;;
  esac
  exec "$JAVA" "@$OPTIONS/java.options" "$@"
}
