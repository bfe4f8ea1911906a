-- Access: who takes part, where they are reached, who may do what, and who did what.
--
-- What is removed keeps its row, so that old messages and the audit can still name it; a removed row frees its
-- location numbers, tokens and logins for others. Every change of the register bumps `access_revision`, which
-- nodes watch to renew what they hold in memory.

create table organisation (
    id         uuid primary key,
    name       text not null check (name <> ''),
    kind       text not null,
    sor        text,
    synthetic  boolean not null default false,      -- not a real party: shown as such everywhere
    lenient    text[] not null default '{}',        -- rules whose errors do not turn its messages away
    created_at timestamptz not null default now(),
    removed_at timestamptz
);
create unique index organisation_sor on organisation (sor) where removed_at is null;

create table organisation_gln (
    gln          text not null check (gln ~ '^[0-9]{13}$'),
    organisation uuid not null references organisation,
    held_until   timestamptz                        -- null: now. One holder at a time
);
create unique index organisation_gln_held on organisation_gln (gln) where held_until is null;
create index organisation_gln_organisation on organisation_gln (organisation);

create table endpoint (
    id                uuid primary key,
    organisation      uuid not null references organisation,
    gln               text not null,                -- one its organisation holds
    wire              text not null,                -- mailbox, http
    url               text not null default '',
    bearer            bytea,                        -- the receiver's token, sealed with the site's key
    tls_ca            text not null default '',     -- files on each node
    tls_certificate   text not null default '',
    tls_key           text not null default '',
    resend            text not null default 'auto' check (resend in ('auto', 'button')),
    max_payload_bytes bigint not null default 100000000 check (max_payload_bytes > 0),
    rank              integer not null default 0,   -- the lowest that takes a message gets it
    active            boolean not null default true,
    created_at        timestamptz not null default now(),
    removed_at        timestamptz,
    check ((wire = 'mailbox') = (url = ''))
);
create index endpoint_gln on endpoint (gln) where removed_at is null;
create index endpoint_organisation on endpoint (organisation);

-- What an endpoint takes; without a row it takes everything. An empty version stands for all versions.
create table capability (
    endpoint    uuid not null references endpoint on delete cascade,
    standard    text not null check (standard <> ''),
    version     text not null default '',
    valid_from  timestamptz not null default '-infinity',
    valid_until timestamptz not null default 'infinity',
    primary key (endpoint, standard, version, valid_from),
    check (valid_from < valid_until)
);

create table client (
    id           uuid primary key,
    organisation uuid references organisation,      -- null: the whole site
    name         text not null check (name <> ''),
    token_hash   bytea,                             -- SHA-256 of a random token of 256 bits
    certificate  bytea,                             -- SHA-256 of the client certificate (DER)
    rights       text[] not null,
    expires_at   timestamptz,
    created_at   timestamptz not null default now(),
    removed_at   timestamptz,
    check (removed_at is not null or token_hash is not null or certificate is not null)
);
create unique index client_token on client (token_hash);
create unique index client_certificate on client (certificate) where removed_at is null;

create table person (
    id            uuid primary key,
    login         text not null check (login = lower(login) and login <> ''),
    name          text not null,
    organisation  uuid references organisation,     -- null: the whole site
    role          text not null,
    language      text not null default 'da' check (language in ('da', 'en')),
    password_hash text not null,                    -- argon2id, with its own parameters and salt
    created_at    timestamptz not null default now(),
    removed_at    timestamptz
);
create unique index person_login on person (login) where removed_at is null;

create table session (
    token_hash bytea primary key,
    person     uuid not null references person,
    created_at timestamptz not null,
    seen_at    timestamptz not null,
    expires_at timestamptz not null
);
create index session_person on session (person);
create index session_expires on session (expires_at);

-- Refused logins by what they have in common. The key is a hash: people type passwords into the wrong field.
create table login_attempt (
    key           bytea primary key,
    failures      integer not null,
    last_at       timestamptz not null,
    blocked_until timestamptz not null
) with (fillfactor = 80);
create index login_attempt_last on login_attempt (last_at);

-- Who did what to which object, when, with what outcome and why. Never a word about a patient.
create table audit (
    id         bigint generated always as identity,
    at         timestamptz not null default clock_timestamp(),
    caller     uuid not null,
    kind       text not null,                       -- client, person, system
    name       text not null,                       -- as it was then
    act        text not null,
    object     text not null default '',            -- message, endpoint, person …
    object_id  text not null default '',
    outcome    text not null,                       -- done, refused, failed
    purpose    text not null default '',
    concerns   text[] not null default '{}',        -- location numbers of the organisations it is about
    origin     text not null default '',            -- the address it came from
    facts      jsonb,
    primary key (at, id)
) partition by range (at);
create index audit_object on audit (object_id, at);
create table audit_other partition of audit default;

create function audit_stands() returns trigger
language plpgsql
as $$
begin
    raise exception 'the audit is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_stands before update or delete on audit for each row execute function audit_stands();
create trigger audit_stays before truncate on audit for each statement execute function audit_stands();

-- Make the month's own part, so that old ones can be dropped whole; harmless when it is there.
create function ensure_audit_month(moment timestamptz) returns void
language plpgsql
as $$
declare
    first_day timestamptz := date_trunc('month', moment at time zone 'UTC') at time zone 'UTC';
    next_month timestamptz := (date_trunc('month', moment at time zone 'UTC') + interval '1 month') at time zone 'UTC';
begin
    execute format(
        'create table if not exists %I partition of audit for values from (%L) to (%L)',
        'audit_' || to_char(moment at time zone 'UTC', 'YYYYMM'), first_day, next_month);
exception
    when duplicate_table or unique_violation then
        null;                                       -- another node made it just now
    when check_violation then
        raise notice 'rows of this month already lie in the default part and stay there';
end
$$;

create table access_revision (
    single   boolean primary key default true check (single),
    revision bigint not null
);

create function access_changed() returns trigger
language plpgsql
as $$
begin
    insert into access_revision (revision) values (1)
        on conflict (single) do update set revision = access_revision.revision + 1;
    notify access_changed;
    return null;
end
$$;
create trigger organisation_changed after insert or update or delete on organisation
    for each statement execute function access_changed();
create trigger organisation_gln_changed after insert or update or delete on organisation_gln
    for each statement execute function access_changed();
create trigger endpoint_changed after insert or update or delete on endpoint
    for each statement execute function access_changed();
create trigger capability_changed after insert or update or delete on capability
    for each statement execute function access_changed();
create trigger client_changed after insert or update or delete on client
    for each statement execute function access_changed();
