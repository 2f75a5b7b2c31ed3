#!/usr/bin/env bash
# Fetch what the pages of the console and of the review look like and how they move: the State's design system and htmx, by npm.
set -euo pipefail
cd "$(dirname "$0")/.."
target=ui/front
lock=$(sha256sum deploy/front/package-lock.json | cut -c1-64)
[ "$(cat "$target/lock" 2>/dev/null)" = "$lock" ] && exit 0
printf '\n\033[1mHabillage de la console et de la revue (une fois : environ 10 secondes)\033[0m\n'

fail() { printf 'Erreur : %s\n' "$*" >&2; exit 1; }

if ! command -v npm >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends npm >/dev/null
  else
    fail "il manque le paquet npm : sudo apt install npm, puis relancez la même commande."
  fi
fi

mkdir -p .cache
work=$(mktemp -d .cache/front-XXXXXX)
trap 'rm -rf "$work"' EXIT
cp deploy/front/package.json deploy/front/package-lock.json "$work"
# The lock has the SHA-512 of each package and no address: npm asks the registry that this machine is set to.
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) \
  || fail "npm n'a pas pu télécharger @gouvfr/dsfr et htmx.org : vérifiez le réseau ou ~/.npmrc."

# Of 136 MB the pages need these: the style sheet, the weights of Marianne that are used, the icons of the components.
dsfr=$work/node_modules/@gouvfr/dsfr new=$work/front
mkdir -p "$new/fonts"
cp "$dsfr/dist/dsfr.main.min.css" "$dsfr/LICENSE.md" "$work/node_modules/htmx.org/dist/htmx.min.js" "$new"
cp "$dsfr"/dist/fonts/Marianne-{Regular,Regular_Italic,Medium,Bold}.woff2 "$new/fonts"
for icon in $(grep -oE 'icons/[a-z]+/[A-Za-z0-9-]+\.svg' "$new/dsfr.main.min.css" | sort -u); do
  install -Dm644 "$dsfr/dist/$icon" "$new/$icon"
done
echo "$lock" >"$new/lock"
chmod -R u=rwX,go=rX "$new"
rm -rf "$target"
mv "$new" "$target"
