-- The tables of a pipeline: ordinary ones, in its own schema, owned by whoever makes it. Each says what it is for. Why some indexes hold
-- no lists: newest.sql.
-- secret, suppressed and pseudonym are for their owner, whatever is granted: row-level security without a policy shows nobody else a row.

CREATE FUNCTION csagg.pipeline_tables(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format($sql$
CREATE TABLE %1$I.pipeline (
    one boolean PRIMARY KEY WITH (deduplicate_items = off) DEFAULT true CHECK (one),
    layout integer NOT NULL DEFAULT 1,
    alerts_from timestamptz NOT NULL DEFAULT clock_timestamp(),
    settle interval NOT NULL DEFAULT '0' CHECK (settle BETWEEN '0' AND '365 days' AND extract(year FROM settle) = 0 AND extract(month FROM settle) = 0),
    paused boolean NOT NULL DEFAULT false,
    last_step timestamptz,
    due_from timestamptz NOT NULL DEFAULT '-infinity',
    refresh_since timestamptz,
    refresh_from bigint,
    log_from timestamptz
);
CREATE TABLE %1$I.secret (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    salt uuid NOT NULL DEFAULT gen_random_uuid()
);
CREATE TABLE %1$I.suppressed (
    hash bytea PRIMARY KEY,
    until timestamptz NOT NULL
);
CREATE TABLE %1$I.pseudonym (
    hash bytea PRIMARY KEY,
    actor text NOT NULL
);
ALTER TABLE %1$I.secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE %1$I.suppressed ENABLE ROW LEVEL SECURITY;
ALTER TABLE %1$I.pseudonym ENABLE ROW LEVEL SECURITY;
CREATE TABLE %1$I.source (
    name text PRIMARY KEY WITH (deduplicate_items = off),
    relation text NOT NULL,
    kind text NOT NULL,
    spec jsonb NOT NULL DEFAULT '{}',
    upto bigint NOT NULL DEFAULT 0,
    folded bigint NOT NULL DEFAULT 0,
    read_until timestamptz NOT NULL DEFAULT '-infinity',
    error text,
    stopped boolean GENERATED ALWAYS AS (error IS NOT NULL) STORED
);
CREATE TABLE %1$I.hole (
    source text NOT NULL REFERENCES %1$I.source ON DELETE CASCADE,
    ids int8multirange NOT NULL,
    writers text[] NOT NULL,
    boot timestamptz NOT NULL DEFAULT pg_postmaster_start_time()
);
-- Without a key, or this, no row could be deleted while a publication is for all tables.
ALTER TABLE %1$I.hole REPLICA IDENTITY FULL;
CREATE TABLE %1$I.log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL DEFAULT '',
    customer text NOT NULL,
    key text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    value jsonb,
    actor text,
    event_id text,
    origin text,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE %1$I.seen (
    tenant text,
    event_id text,
    at timestamptz NOT NULL,
    source text NOT NULL,
    id bigint NOT NULL,
    PRIMARY KEY (tenant, event_id)
);
CREATE TABLE %1$I.fact (
    key text PRIMARY KEY CHECK (octet_length(key) <= 1000),
    kind text NOT NULL CHECK (kind IN ('counter', 'boolean', 'number', 'text', 'date', 'time')),
    source text REFERENCES %1$I.source ON DELETE SET NULL,
    shown_to text DEFAULT ''
);
CREATE TABLE %1$I.rules (
    tenant text NOT NULL DEFAULT '',
    effective_from timestamptz NOT NULL DEFAULT clock_timestamp() CHECK (effective_from < 'infinity'),
    rules csagg.ruleset NOT NULL,
    note text,
    author text DEFAULT session_user,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, effective_from)
);
CREATE TABLE %1$I.override (
    tenant text NOT NULL DEFAULT '',
    customer text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    score numeric NOT NULL,
    until timestamptz CHECK (until > since),
    author text NOT NULL DEFAULT session_user CHECK (octet_length(author) <= 1000),
    reason text CHECK (octet_length(reason) <= 10000),
    PRIMARY KEY (tenant, customer, since),
    CHECK (octet_length(tenant) + octet_length(customer) <= 2000)
);
CREATE TABLE %1$I.todo (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    customer text,
    why text NOT NULL CHECK (CASE why WHEN 'source' THEN source IS NOT NULL ELSE why IN ('rules', 'fact', 'settle', 'verify', 'retain') AND source IS NULL END),
    since timestamptz NOT NULL DEFAULT clock_timestamp() CHECK (isfinite(since)),
    source text REFERENCES %1$I.source ON DELETE CASCADE,
    from_at timestamptz,
    row bigint
);
CREATE INDEX ON %1$I.todo (tenant, customer);
CREATE TABLE %1$I.current (
    tenant text,
    customer text,
    facts csagg.history NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    score csagg.timeline,
    stage csagg.timeline,
    band csagg.timeline,
    coverage csagg.timeline,
    alerts csagg.history,
    next_at timestamptz NOT NULL,
    error jsonb,
    past_until timestamptz,
    kept_from timestamptz,
    facts_from timestamptz,
    seed jsonb,
    score_from timestamptz,
    score_before csagg.timeline,
    moved integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, customer, moved) WITH (deduplicate_items = off)
) WITH (fillfactor = 50, toast_tuple_target = 1200);
-- What is read of all customers stays in the row, and facts and old scores go.
ALTER TABLE %1$I.current ALTER score SET STORAGE MAIN, ALTER band SET STORAGE MAIN, ALTER stage SET STORAGE MAIN;
CREATE INDEX ON %1$I.current (customer, tenant, moved) WITH (deduplicate_items = off);
CREATE INDEX ON %1$I.current (until_at);
CREATE INDEX ON %1$I.current (tenant, customer) WHERE error IS NOT NULL;
CREATE TABLE %1$I.due (
    at timestamptz,
    tenant text,
    customer text,
    PRIMARY KEY (at, tenant, customer)
);
CREATE TABLE %1$I.past (
    tenant text,
    customer text,
    starts timestamptz,
    from_at timestamptz NOT NULL,
    facts csagg.history NOT NULL,
    score csagg.timeline,
    coverage csagg.timeline,
    seed jsonb,
    PRIMARY KEY (tenant, customer, starts)
);
CREATE TABLE %1$I.alert (
    episode bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    customer text NOT NULL,
    alert text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    announced boolean NOT NULL
);
CREATE INDEX ON %1$I.alert (tenant, customer);
CREATE INDEX ON %1$I.alert (since) WHERE until IS NULL;
CREATE TABLE %1$I.alert_note (
    episode bigint PRIMARY KEY,
    acknowledged_by text,
    acknowledged_at timestamptz,
    snoozed_until timestamptz,
    note text
);
CREATE TABLE %1$I.alert_feed (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    episode bigint NOT NULL,
    tenant text NOT NULL,
    customer text NOT NULL,
    alert text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('fired', 'resolved', 'withdrawn')),
    at timestamptz NOT NULL,
    emitted_at timestamptz NOT NULL,
    late boolean NOT NULL DEFAULT false,
    reasons jsonb
);
CREATE INDEX ON %1$I.alert_feed (episode);
CREATE TABLE %1$I.rejected (
    source text,
    id bigint,
    reason text NOT NULL,
    row jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (source, id)
)$sql$, pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_tables(name) IS
    'makes the tables of a pipeline in its schema; for create_pipeline() only';
