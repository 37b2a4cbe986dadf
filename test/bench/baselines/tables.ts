/** The baselines' tables: an envelope in columns and the content as JSON, as little as the same traffic needs. Frozen. */
export const TABLES = `
  create table if not exists relay_event (
    session_id text not null, seq int not null, at timestamptz not null, digest text not null, body json not null,
    primary key (session_id, seq));
  create table if not exists relay_command (
    id text primary key, host_id text not null, session_id text not null, text text not null);`
