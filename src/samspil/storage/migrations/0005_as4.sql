-- AS4: what access points have sent us, remembered so that a repeat gets its first answer; and the receipts they gave.

create table as4_message (
    message_id  text not null,
    sender      text not null,
    sender_type text not null,
    fingerprint bytea not null,                     -- of the signed payloads: the same id with another is a conflict
    mode        text not null,                      -- the agreement it came under
    media_type  text not null,
    payload     bytea storage external not null,
    evidence    bytea storage external not null,    -- the sender's signed SOAP part
    answer_type text not null,
    answer      bytea not null,                     -- our receipt, to be given again byte for byte
    at          timestamptz not null,
    taken_at    timestamptz,                        -- when the exchange took it over
    problem     text not null default '',           -- why the exchange would not; a code
    primary key (message_id, sender, sender_type)
);
create index as4_message_waiting on as4_message (at) where taken_at is null;
create index as4_message_age on as4_message (at);

create table as4_receipt (
    message_id  text primary key,                   -- of the message that we sent
    answer_type text not null,
    answer      bytea not null,                     -- the receiver's signed receipt: its proof of having it
    at          timestamptz not null
);
