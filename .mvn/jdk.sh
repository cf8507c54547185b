# Sourced by ./chronoscope and ./mvnw, and by the launcher of a bundle without a runtime: finds a JDK
# that is new enough and sets JDK to its home, or to the empty string. Search order:
# CHRONOSCOPE_JAVA_HOME, JAVA_HOME, java on the PATH, the usual directories. With JDK_COMPILER=no a
# runtime without compiler is sufficient.

JDK_MINIMUM=25
JDK_COMPILER=${JDK_COMPILER:-yes}

# jdk_major HOME: prints the feature release of the JDK in HOME, or nothing without a complete JDK.
jdk_major() {
  [ -x "$1/bin/java" ] || return 0
  [ "$JDK_COMPILER" = no ] || [ -x "$1/bin/javac" ] || return 0
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\(1\.\)\{0,1\}\([0-9][0-9]*\).*/\2/p' "$1/release" | head -n 1
  else
    "$1/bin/java" -version 2>&1 | sed -n 's/.* version "\(1\.\)\{0,1\}\([0-9][0-9]*\).*/\2/p' | head -n 1
  fi
}

jdk_is_new_enough() {
  jdk_found=$(jdk_major "$1")
  [ -n "$jdk_found" ] && [ "$jdk_found" -ge "$JDK_MINIMUM" ] 2>/dev/null
}

find_jdk() {
  JDK=
  for jdk_home in "${CHRONOSCOPE_JAVA_HOME:-}" "${JAVA_HOME:-}"; do
    if [ -n "$jdk_home" ] && jdk_is_new_enough "$jdk_home"; then
      JDK=$jdk_home
      return 0
    fi
  done
  if jdk_java=$(command -v java 2>/dev/null); then
    # The command may be a chain of links into the JDK.
    while [ -L "$jdk_java" ]; do
      jdk_link=$(readlink "$jdk_java")
      case $jdk_link in
        /*) jdk_java=$jdk_link ;;
        *) jdk_java=$(dirname "$jdk_java")/$jdk_link ;;
      esac
    done
    jdk_home=$(cd "$(dirname "$jdk_java")/.." 2>/dev/null && pwd -P) || jdk_home=
    if [ -n "$jdk_home" ] && jdk_is_new_enough "$jdk_home"; then
      JDK=$jdk_home
      return 0
    fi
  fi
  for jdk_home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/jdk/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
    if [ -d "$jdk_home" ] && jdk_is_new_enough "$jdk_home"; then
      JDK=$jdk_home
      return 0
    fi
  done
  return 1
}

explain_missing_jdk() {
  cat >&2 <<TEXT
chronoscope: needs a JDK, version $JDK_MINIMUM or newer, but found none.
  Debian, Ubuntu   apt install openjdk-$JDK_MINIMUM-jdk     (or temurin-$JDK_MINIMUM-jdk from adoptium.net)
  Fedora, RHEL     dnf install java-$JDK_MINIMUM-openjdk-devel
  macOS            brew install openjdk@$JDK_MINIMUM
  without root     download from https://adoptium.net, unpack it, then
                   export CHRONOSCOPE_JAVA_HOME=/path/to/the/jdk
Searched CHRONOSCOPE_JAVA_HOME, JAVA_HOME, java on the PATH, /usr/lib/jvm, /usr/java, /opt,
/Library/Java/JavaVirtualMachines, Homebrew, ~/.sdkman and ~/.jdks. A runtime without javac is not
sufficient, because Chronoscope is built on this machine.
TEXT
}
