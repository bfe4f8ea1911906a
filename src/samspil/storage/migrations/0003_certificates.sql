-- Certificates: our own with their keys, partners', and whom each network believes.
--
-- A removed certificate keeps its row, so that the audit can still name it, but loses its key. Everything bumps
-- `access_revision`, so that nodes renew what they hold in memory.

create table trust_network (
    name       text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    policies   text[] not null default '{}',        -- certificate policies, one of which must be named; none: any
    revocation text not null default 'required' check (revocation in ('required', 'known', 'off'))
);

create table certificate (
    id         uuid primary key,
    network    text not null references trust_network,
    kind       text not null check (kind in ('own', 'partner', 'anchor', 'intermediate')),
    party      text not null default '',            -- whose: a location number, or what the network calls a party
    roles      text[] not null default '{}',        -- sign, encrypt, tls
    sha256     bytea not null,
    der        bytea not null,
    key        bytea,                               -- sealed with the site's key
    ends_at    timestamptz not null,
    use_from   timestamptz not null,                -- from then on it is used before those that it follows
    added_at   timestamptz not null default now(),
    removed_at timestamptz,
    check ((key is not null) = (kind = 'own' and removed_at is null)),
    check ((party <> '') = (kind = 'partner'))
);
create unique index certificate_held on certificate (network, (kind = 'own'), party, sha256) where removed_at is null;

-- The newest list of each issuer and place, taken in only when an authority known here has signed it.
create table revocation_list (
    issuer      bytea not null,                     -- SHA-256 of the issuer's name
    scope       bytea not null,                     -- SHA-256 of what part of its certificates it is about
    der         bytea not null,
    this_update timestamptz not null,
    next_update timestamptz,
    taken_at    timestamptz not null default now(),
    primary key (issuer, scope)
);

-- Where lists are fetched, when that was last tried, and whether it went well.
create table revocation_place (
    url        text primary key,
    tried_at   timestamptz not null,
    fetched_at timestamptz,
    next_at    timestamptz not null                 -- not asked again before
);

create trigger trust_network_changed after insert or update or delete on trust_network
    for each statement execute function access_changed();
create trigger certificate_changed after insert or update or delete on certificate
    for each statement execute function access_changed();
create trigger revocation_list_changed after insert or update or delete on revocation_list
    for each statement execute function access_changed();
