#!/usr/bin/env bash
# Fetch Keycloak through Maven and prepare it: the tests sign in at the real one.
set -euo pipefail
cd "$(dirname "$0")/.."
version=26.7.3
sha256=27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f
target=.cache/keycloak
[ -e "$target/$version" ] && exit 0
printf '\n\033[1mKeycloak %s, pour les tests (une fois : environ 2 minutes)\033[0m\n' "$version"

fail() { printf 'Erreur : %s\n' "$*" >&2; exit 1; }

# Debian packages that the machine lacks: installed when root, asked for otherwise.
missing=()
command -v java >/dev/null || missing+=(openjdk-17-jre-headless)
command -v mvn >/dev/null || missing+=(maven)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    fail "il manque ${missing[*]} : sudo apt install ${missing[*]}, puis relancez la même commande."
  fi
fi

mkdir -p "$target"
work=$(mktemp -d "$target/.work-XXXXXX")
trap 'rm -rf "$work"' EXIT
name=keycloak-quarkus-dist-$version.zip
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:2.8:copy \
  -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip" -DoutputDirectory="$PWD/$work" >"$work/log" \
  || { tail -n 20 "$work/log" >&2; fail "Keycloak n'a pas pu être téléchargé par Maven : vérifiez le réseau ou ~/.m2/settings.xml."; }
echo "$sha256  $work/$name" | sha256sum --check --status \
  || fail "l'empreinte SHA-256 de $name n'est pas celle qui est attendue : le fichier n'est pas utilisé."
"${PYTHON:-python3.11}" -m zipfile -e "$work/$name" "$work"
chmod +x "$work/keycloak-$version"/bin/*.sh
# What is decided at build time is decided once, and a new database with its administrator (admin, admin) is made
# once: a test copies it, so that Keycloak starts in seconds.
kc=$work/keycloak-$version/bin/kc.sh
"$kc" build --db=dev-file >/dev/null
PASSWORD=admin "$kc" bootstrap-admin user --optimized --cache=local --username=admin --password:env=PASSWORD >/dev/null \
  || fail "Keycloak n'a pas pu préparer sa base de données."
rm -rf "${target:?}"/[0-9]*
mv "$work/keycloak-$version" "$target/$version"
