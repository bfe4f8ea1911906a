-- Delivery status (EDS): what each station reported about a message, ours and others'. Written once.

create table delivery_status (
    id            uuid primary key,             -- UUIDv7: grows with the time of the report
    key           bytea not null unique,        -- one event, however often it is reported
    recorded      timestamptz not null,         -- when it happened
    passing       text not null,
    component     text not null,
    succeeded     boolean not null,
    device        text not null,
    message       text not null,                -- its id, as its sender gave it
    message_type  text not null,
    answers       text,                         -- the id of the message that this one answers
    entities      text[] not null,              -- every id of a message or an envelope in it
    patient       text,                         -- hidden: see formats/subject.py
    sender_gln    text not null,
    sender_sor    text not null,
    sender_name   text not null,
    receiver_gln  text not null,
    receiver_sor  text not null,
    receiver_name text not null,
    caller        uuid not null,                -- who reported it
    codec         smallint not null,
    resource      bytea storage external not null
);
create index delivery_status_message on delivery_status (message, recorded);
create index delivery_status_answers on delivery_status (answers) where answers is not null;
create index delivery_status_entities on delivery_status using gin (entities);
create index delivery_status_patient on delivery_status (patient, id) where patient is not null;
create index delivery_status_sender on delivery_status (sender_gln, id);
create index delivery_status_receiver on delivery_status (receiver_gln, id);
create index delivery_status_recorded on delivery_status (recorded);
