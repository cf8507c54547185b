#!/usr/bin/env bash
# Creates the topics on an existing cluster from the definitions beside this script.
# Usage: create-topics.sh BOOTSTRAP [REPLICATION_FACTOR] [OPTION…]
#   requires kafka-topics.sh (or kafka-topics) of a Kafka distribution on the path;
#   passes further options to it, for instance --command-config client.properties
set -euo pipefail

if [[ $# -lt 1 ]]; then
  sed -n '2,5s/^# //p' "$0" >&2
  exit 64
fi
bootstrap=$1
replication=${2:-3}
shift $(( $# > 1 ? 2 : 1 ))

tool=$(command -v kafka-topics.sh || command -v kafka-topics || true)
if [[ -z $tool ]]; then
  echo "kafka-topics.sh is not on the path; it comes with every Kafka distribution" >&2
  exit 69
fi

cd "$(dirname "$0")/topics"
for definition in *.properties; do
  arguments=()
  while IFS='=' read -r key value; do
    case $key in
      '' | '#'*) ;;
      partitions) arguments+=(--partitions "$value") ;;
      *) arguments+=(--config "$key=$value") ;;
    esac
  done < "$definition"
  "$tool" --bootstrap-server "$bootstrap" --create --if-not-exists \
    --topic "${definition%.properties}" --replication-factor "$replication" \
    "${arguments[@]}" "$@"
done
