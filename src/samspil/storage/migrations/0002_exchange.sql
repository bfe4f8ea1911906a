-- The exchange: what has come in, where it is, what it owes and is owed.
--
-- Ids are UUIDv7 made outside the database, so they grow with time: message and event are partitioned by
-- month on the id itself, and a look-up by id touches one partition. `owner` is the location number of the
-- home organisation a row belongs to (the receiver if it lives here, else the sender): no transaction
-- crosses owners, so that rows can be spread over servers by it.

create table payload (
    sha256     bytea primary key,
    codec      smallint not null,               -- 0 as it is, 1 zstd
    size_bytes integer not null,                -- before compression
    bytes      bytea storage external not null,
    at         timestamptz not null
);

-- Seen before? One row for each identity a sender has used. M: message, E: envelope, B: bytes without either.
create table seen (
    id      text not null,
    sender  text not null,
    kind    "char" not null,
    message uuid not null,
    sha256  bytea not null,
    primary key (id, sender, kind)
) partition by hash (sender);

create table message (
    id          uuid primary key,
    owner       text not null,
    parent      uuid,                           -- the arrival this letter came in, when it held several
    origin      text not null,                  -- client, relay, made
    caller      uuid,
    format      text not null,
    kind        text not null,
    standard    text,
    version     text,
    message_id  text,
    envelope_id text,
    sender      text,
    receiver    text,
    subject     text not null default '',
    answers     text,                           -- the message id this receipt answers
    payload     bytea not null,
    size_bytes  integer not null,
    verdict     text not null,
    report      bytea,                          -- findings as JSON; null when there are none
    answer      bytea,                          -- what we told its bringer, to be told again byte for byte
    answer_code integer,                        -- with which status
    sent_at     timestamptz,
    at          timestamptz not null
) partition by range (id);
create index message_receiver on message (receiver, id);
create index message_sender on message (sender, id);

create sequence event_order;
create table event (
    message  uuid not null,
    seq      bigint not null default nextval('event_order'),
    at       timestamptz not null,
    kind     text not null,
    state    text,                              -- the state this event leads to; null when it changes none
    cause    text not null default '',
    evidence json,
    primary key (message, seq)
) partition by range (message);

create table outbox (
    id          uuid primary key,
    message     uuid not null,
    owner       text not null,
    endpoint    uuid not null,
    format      text not null,
    payload     bytea not null,                 -- the message's bytes, or those of a resend in a new envelope
    lane        uuid,                           -- same sender, receiver and subject: first in, first out
    seq         bigint not null default nextval('event_order'),
    expects     boolean not null default false, -- an obligation waits for its acknowledgement
    created_at  timestamptz not null,
    due         timestamptz not null,
    tries       integer not null default 0,
    lease_until timestamptz,
    lease_by    bigint,                         -- the node that holds the lease: see exchange/store/nodes.py
    fence       integer not null default 0,
    claimed_seq bigint,                         -- its place among the message's events, drawn when it was claimed
    last_code   text not null default ''
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index outbox_due on outbox (endpoint, due);
create index outbox_lane on outbox (lane, seq) where lane is not null;
create index outbox_message on outbox (message);

create table attempt (
    outbox   uuid not null,
    message  uuid not null,
    endpoint uuid not null,
    at       timestamptz not null,
    tries    integer not null,
    code     text not null,
    status   integer,
    took_ms  integer not null,
    primary key (message, outbox, tries, at)
);

create table obligation (
    message      uuid primary key,
    owner        text not null,
    kind         text not null,
    due          timestamptz not null,
    resends_left integer not null,
    unconfirmed  timestamptz                    -- since when it is a person's task
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index obligation_due on obligation (due) where unconfirmed is null;

create table dead_letter (
    id        uuid primary key,                 -- the outbox row it was
    message   uuid not null,
    owner     text not null,
    endpoint  uuid,
    reason    text not null,
    tries     integer not null,
    at        timestamptz not null,
    settled   timestamptz,
    outcome   text,                             -- released, returned
    by        uuid
);
create index dead_letter_open on dead_letter (owner, at) where settled is null;
create index dead_letter_message on dead_letter (message);

create table circuit (
    endpoint   uuid primary key,
    failures   integer not null,
    open_until timestamptz,
    code       text not null default '',
    changed_at timestamptz not null
);

do $$
begin
    for part in 0..7 loop
        execute format(
            'create table seen_%s partition of seen for values with (modulus 8, remainder %s) with (fillfactor = 90)',
            part, part);
    end loop;
end
$$;

-- The smallest UUIDv7 of a moment.
create function uuid_floor(moment timestamptz) returns uuid
language sql immutable
as $$
    select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Make the partitions of the month that holds `moment`; harmless when they are there.
create function ensure_month(moment timestamptz) returns void
language plpgsql
as $$
declare
    first_day timestamptz := date_trunc('month', moment at time zone 'UTC') at time zone 'UTC';
    next_month timestamptz := (date_trunc('month', moment at time zone 'UTC') + interval '1 month') at time zone 'UTC';
    suffix text := to_char(moment at time zone 'UTC', 'YYYYMM');
    parent text;
begin
    foreach parent in array array['message', 'event'] loop
        begin
            execute format(
                'create table if not exists %I partition of %I for values from (%L) to (%L)',
                parent || '_' || suffix, parent, uuid_floor(first_day), uuid_floor(next_month));
        exception when check_violation then
            raise notice 'rows of % already lie in the default partition and stay there', suffix;
        end;
    end loop;
end
$$;

-- Rows of no month (an id from the far past or future) are kept all the same.
create table message_other partition of message default;
create table event_other partition of event default;
