#!/usr/bin/env bash
# Run once, by PostgreSQL's image, in a new database: who may do what. Tables belong to `assistant_owner`, who migrates; the
# application may add to the register and not change it (ui/database_roles.py); Keycloak has a database of its own.
set -euo pipefail
secrets=${SECRETS:-/run/secrets}
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
  --set=owner="$(cat "$secrets/postgres_owner_password")" \
  --set=application="$(cat "$secrets/postgres_application_password")" \
  --set=keycloak="$(cat "$secrets/postgres_keycloak_password")" <<'SQL'
create role assistant_application nologin;
create role assistant_owner login password :'owner' in role assistant_application;
create role assistant login password :'application' in role assistant_application;
create role keycloak login password :'keycloak';
create database assistant owner assistant_owner encoding 'UTF8' template template0;
create database keycloak owner keycloak encoding 'UTF8' template template0;
revoke all on database assistant, keycloak from public;
grant connect on database assistant to assistant;
SQL
