# Sourced by get-*.sh: Debian trixie's packages, from the mirror that this machine's own apt uses (or $DEBIAN_MIRROR),
# unpacked into a folder. Needs no root and installs nothing on the system.

fail() { echo "$1" >&2; exit 1; }

# use_apt DIR: an apt of its own below DIR, as if nothing were installed yet.
use_apt() {
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  for tool in apt-get dpkg dpkg-deb; do command -v $tool >/dev/null || fail "no $tool on this system"; done
  [ "$(dpkg --print-architecture)" = amd64 ] || fail "the packages are for amd64"
  [ -r $keyring ] || fail "no $keyring (package debian-archive-keyring)"
  local mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' \
    | awk '!found && $3 == "main" && $2 ~ /^bookworm$|^trixie$|stable/ { print $1; found = 1 }')}
  [ -n "$mirror" ] || fail "this system's apt knows no Debian mirror, and DEBIAN_MIRROR names none"
  dest=$(mkdir -p "$1" && cd "$1" && pwd)
  apt=$dest/apt
  mkdir -p "$apt"/{lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d,etc/trusted.gpg.d}
  : > "$apt/status"
  echo "deb [signed-by=$keyring] $mirror trixie main" > "$apt/etc/sources.list"
  cat > "$apt/apt.conf" <<C
Dir::State "$apt"; Dir::State::lists "$apt/lists"; Dir::State::status "$apt/status"; Dir::Cache "$apt/cache";
Dir::Etc "$apt/etc"; Dir::Etc::sourcelist "$apt/etc/sources.list"; APT::Architecture "amd64"; APT::Architectures "amd64";
APT::Install-Recommends "false"; Acquire::Languages "none"; Debug::NoLocking "true"; APT::Sandbox::User "$(id -un)";
Acquire::http::Timeout "20"; Acquire::https::Timeout "20"; Acquire::Retries "2"; APT::Update::Error-Mode "any";
C
  export APT_CONFIG=$apt/apt.conf
  apt-get -qq update
}

# packages_of PACKAGE...: these and all they depend on, one a line.
packages_of() { apt-get -s install "$@" | awk '/^Inst / { print $2 }'; }

# unpack PACKAGE...: into DIR/root; what apt needed is removed.
unpack() {
  (cd "$apt/cache" && apt-get -qq download "$@")
  rm -rf "$dest/root" && mkdir "$dest/root"
  for deb in "$apt"/cache/*.deb; do dpkg-deb -x "$deb" "$dest/root"; done
  rm -rf "$apt"
}
