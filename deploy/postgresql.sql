-- sudo -u postgres psql --set password="'…'" --file deploy/postgresql.sql
CREATE ROLE levekar LOGIN PASSWORD :password;
CREATE DATABASE levekar_dagster OWNER levekar;
REVOKE ALL ON DATABASE levekar_dagster FROM PUBLIC;
