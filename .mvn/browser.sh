# Sourced by ./chronoscope test: finds the browser in which the page is tested and sets CHRONOSCOPE_BROWSER
# to it, or installs Debian's Chromium where that is possible. Search order: CHRONOSCOPE_BROWSER, then
# chromium, chromium-browser and google-chrome on the PATH.

find_browser() {
  for browser in "${CHRONOSCOPE_BROWSER:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$browser" ] && browser_path=$(command -v "$browser" 2>/dev/null); then
      CHRONOSCOPE_BROWSER=$browser_path
      export CHRONOSCOPE_BROWSER
      return 0
    fi
  done
  return 1
}

# Only as root, and only what the distribution serves.
install_browser() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
  message "installing Chromium with apt-get, to test the page in it"
  if DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium >/dev/null 2>&1 ||
    { apt-get update >/dev/null 2>&1 &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium >/dev/null 2>&1; }; then
    find_browser
  else
    return 1
  fi
}

explain_missing_browser() {
  cat >&2 <<'TEXT'
chronoscope: the page is tested in a real browser, but found none.
  Debian              apt install chromium
  Fedora              dnf install chromium
  Ubuntu, macOS       install Google Chrome or Chromium, then
                      export CHRONOSCOPE_BROWSER=/path/to/the/browser
  without a browser   ./chronoscope test -Dbrowser=none     (leaves the page untested)
TEXT
}

# prepare_browser OPTION…: with a selection of tests, those that need a browser say so themselves.
prepare_browser() {
  for option in "$@"; do
    case $option in
      -Dbrowser=none)
        message "-Dbrowser=none: the page is NOT tested in a browser"
        return 0
        ;;
      -Dtest=* | -Dit.test=* | -DskipTests*)
        find_browser || true
        return 0
        ;;
    esac
  done
  find_browser || install_browser || {
    explain_missing_browser
    return 1
  }
}
