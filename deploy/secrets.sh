#!/usr/bin/env bash
# Make the secrets of the compose file, each random, in a file of its own that the account of its container alone can read, and
# the certificates of this machine. What is there already is left as it is.
# Usage: deploy/secrets.sh [--certificate FILE --key FILE]; SITE_AUTHORITY=FILE names who vouches for that certificate.
set -euo pipefail
cd "$(dirname "$0")"
folder=${SECRETS_FOLDER:-$PWD/secrets} environment=${ENVIRONMENT_FILE:-$PWD/.env}
certificate='' key=''

fail() { printf 'Erreur : %s\n' "$*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case $1 in
    --certificate) certificate=$2; shift 2 ;;
    --key) key=$2; shift 2 ;;
    *) fail "option inconnue : $1. Usage : deploy/secrets.sh [--certificate FICHIER --key FICHIER]" ;;
  esac
done
[ "$(id -u)" = 0 ] || fail "chaque secret appartient au compte de son conteneur : relancez avec sudo."
command -v openssl >/dev/null || fail "il manque openssl : sudo apt install openssl, puis relancez la même commande."
if [ -n "$certificate$key" ] && ! { [ -r "$certificate" ] && [ -r "$key" ]; }; then
  fail "--certificate et --key doivent nommer deux fichiers lisibles (PEM)."
fi

# The accounts of the images.
assistant=10001 proxy=10004 postgres=999 qdrant=1000 keycloak=1000 collector=10005 tempo=10006 grafana=472

umask 077
mkdir -p "$folder"
[ -e "$environment" ] || install -m 0644 .env.example "$environment"
sed -i "s|^SECRETS=.*|SECRETS=$folder|" "$environment"
value() { sed -n "s/^$1=//p" "$environment"; }

# keep ACCOUNT NAME: what comes on the standard input, unless the file is there.
keep() {
  local file=$folder/$2
  if [ -e "$file" ]; then cat >/dev/null; return; fi
  cat >"$file.new"
  chown "$1:$1" "$file.new"
  chmod 0400 "$file.new"
  mv "$file.new" "$file"
}
random() { openssl rand -hex 32; }
held() { cat "$folder/$1"; }

random | keep $assistant secret
random | keep $assistant qdrant_key
printf 'service:\n  api_key: %s\n' "$(held qdrant_key)" | keep $qdrant qdrant_local
random | keep $assistant llm_key
for name in postgres_password postgres_owner_password postgres_application_password postgres_keycloak_password; do
  random | keep $postgres $name
done
trust='sslmode=verify-full&sslrootcert=/run/secrets/authority'
printf 'postgresql://assistant:%s@postgres/assistant?%s' "$(held postgres_application_password)" "$trust" |
  keep $assistant postgres
printf 'postgresql://assistant_owner:%s@postgres/assistant?%s' "$(held postgres_owner_password)" "$trust" |
  keep $assistant postgres_owner
random | keep $assistant keycloak_admin
printf 'db-username=keycloak\ndb-password=%s\nbootstrap-admin-username=admin\nbootstrap-admin-password=%s\n' \
  "$(held postgres_keycloak_password)" "$(held keycloak_admin)" | keep $keycloak keycloak_conf
random | keep $grafana grafana_admin

# An authority of this machine alone, for what its containers tell each other; its key stays with root.
if [ ! -e "$folder/authority" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=Assistant, autorité interne" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$folder/authority.key" -out "$folder/authority.new" 2>/dev/null
  chmod 0444 "$folder/authority.new"
  mv "$folder/authority.new" "$folder/authority"
fi

# signed ACCOUNT CERTIFICATE KEY NAME…: a certificate for these names.
signed() {
  local account=$1 public=$2 private=$3 names='' work
  shift 3
  if [ -e "$folder/$public" ]; then return; fi
  for name in "$@"; do names="$names,DNS:$name"; done
  work=$(mktemp -d)
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$work/key" -out "$work/request" 2>/dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "${names#,}" >"$work/extensions"
  openssl x509 -req -in "$work/request" -CA "$folder/authority" -CAkey "$folder/authority.key" -CAcreateserial \
    -CAserial "$work/serial" -days 825 -extfile "$work/extensions" -out "$work/certificate" 2>/dev/null
  keep "$account" "$private" <"$work/key"
  keep "$account" "$public" <"$work/certificate"
  rm -rf "$work"
}
signed $postgres postgres_certificate postgres_key postgres
signed $qdrant qdrant_certificate qdrant_key_file qdrant
signed $collector collector_certificate collector_key collector
signed $tempo tempo_certificate tempo_key tempo
if [ -n "$certificate" ]; then
  rm -f "$folder/tls_certificate" "$folder/tls_key"
  keep $proxy tls_certificate <"$certificate"
  keep $proxy tls_key <"$key"
else
  signed $proxy tls_certificate tls_key "$(value PUBLIC_HOST)" "$(value SIGN_IN_HOST)" "$(value SUPERVISION_HOST)"
fi
# Who vouches for the names that people type: this machine's authority, or the site's own, which the containers must know.
cat "$folder/authority" ${SITE_AUTHORITY:+"$SITE_AUTHORITY"} | keep $assistant authorities
chmod 0444 "$folder/authorities"
chmod 0711 "$folder"
printf 'Secrets prêts dans %s. Gardez-en une copie en lieu sûr : sans eux, une sauvegarde ne se relit pas.\n' "$folder"
