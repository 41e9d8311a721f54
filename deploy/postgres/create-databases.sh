#!/bin/bash
# Creates a database and a role for each service. Postgres runs it once, when its volume is empty.
set -euo pipefail

create() { # name, password
  psql -v ON_ERROR_STOP=1 -v name="$1" -v password="$2" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
create role :"name" login password :'password';
create database :"name" owner :"name";
revoke connect on database :"name" from public;
SQL
}

create points "$POINTS_DB_PASSWORD"
create referrals "$REFERRALS_DB_PASSWORD"
