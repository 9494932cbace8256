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

CREATE FUNCTION csagg.pipeline_say(pipeline name, kind text, said text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    one text[];
BEGIN
    FOREACH one SLICE 1 IN ARRAY said LOOP
        IF one[2] = '' THEN
            EXECUTE format('COMMENT ON %s %I.%I IS %L', kind, pipeline, one[1], one[3]);
        ELSE
            EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', pipeline, one[1], one[2], one[3]);
        END IF;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_say(name, text, text[]) IS
    'comments on what a pipeline consists of; kind: TABLE or VIEW; said: rows of a name, a column or the empty text for the whole, and what it is';

CREATE FUNCTION csagg.pipeline_comments(pipeline name) RETURNS void
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT csagg.pipeline_say(pipeline, 'TABLE', ARRAY[
        ['pipeline', '', 'one row: how this pipeline runs; its row lock lets one step run at a time'],
        ['pipeline', 'one', 'always true: there is one row'],
        ['pipeline', 'layout', 'version of these tables'],
        ['pipeline', 'alerts_from', 'what an alert said before is in no feed'],
        ['pipeline', 'settle', 'up to a year, in days, hours and less: how long after its instant an alert''s beginning or end is booked, so that late rows do not make it flap; a day is 24 hours. With another one the next step looks at all customers, and takes back nothing that is booked'],
        ['pipeline', 'paused', 'true: steps do nothing'],
        ['pipeline', 'last_step', 'instant of the last step that had something to do'],
        ['pipeline', 'due_from', 'due has no row from before: while an old snapshot keeps what was there, a step need not go through it'],
        ['pipeline', 'refresh_since', 'since when a refresh of more than one step is working; NULL if none is'],
        ['pipeline', 'refresh_from', 'rows that had been folded then'],
        ['pipeline', 'log_from', 'rows of log that were recorded up to here may have been deleted by retain(); NULL: none was'],
        ['secret', '', 'one row that none but the owner can see, whatever is granted'],
        ['secret', 'one', 'always true: there is one row'],
        ['secret', 'salt', 'makes the hashes in suppressed and pseudonym this pipeline''s own'],
        ['suppressed', '', 'customers that are forgotten: what comes of them is dropped. None but the owner can see a row'],
        ['suppressed', 'hash', 'salted hash of tenant and customer'],
        ['suppressed', 'until', 'until when'],
        ['pseudonym', '', 'persons who are forgotten: rows that bring one count as the random id. None but the owner can see a row'],
        ['pseudonym', 'hash', 'salted hash of tenant and actor'],
        ['pseudonym', 'actor', 'the random id in place of the actor'],
        ['source', '', 'where rows come from, and how far they are folded'],
        ['source', 'name', 'name of the source'],
        ['source', 'relation', 'the table, by name'],
        ['source', 'kind', 'log, events, states or intervals'],
        ['source', 'spec', 'what the columns are'],
        ['source', 'upto', 'rows with ids up to here are folded, but for those in holes'],
        ['source', 'folded', 'number of rows folded, rejected ones and repeated ones too'],
        ['source', 'read_until', 'rows that were committed before this are folded, of log and of events'],
        ['source', 'error', 'why this source is not read; NULL if it is'],
        ['source', 'stopped', 'whether there is an error: for those who may not read it, since it may quote a row'],
        ['hole', '', 'ids below source.upto that may still come: transactions held them open when upto passed'],
        ['hole', 'source', 'name of the source'],
        ['hole', 'ids', 'the ids'],
        ['hole', 'writers', 'virtual transactions that may bring them'],
        ['hole', 'boot', 'start of the server that these transactions ran on'],
        ['log', '', 'rows pushed into the pipeline: INSERT and COPY here; never updated, but by forget_actor()'],
        ['log', 'id', 'order of arrival; of two entries of a state at one instant the later wins'],
        ['log', 'tenant', 'whose customer; the empty text if there is one tenant only'],
        ['log', 'customer', 'the customer'],
        ['log', 'key', 'name of the fact'],
        ['log', 'at', 'when it happened, or from when it holds'],
        ['log', 'value', 'amount of a counter, 1 if NULL; value of a state, which NULL ends'],
        ['log', 'actor', 'who did it; counters only'],
        ['log', 'event_id', 'of rows with the same one in a tenant, one counts'],
        ['log', 'origin', 'where the row came from; for people'],
        ['log', 'recorded_at', 'when the row was written'],
        ['seen', '', 'event_ids that have been folded'],
        ['seen', 'tenant', 'the tenant'],
        ['seen', 'event_id', 'the event_id'],
        ['seen', 'at', 'when the event happened'],
        ['seen', 'source', 'source of the row that counted'],
        ['seen', 'id', 'id of the row that counted'],
        ['fact', '', 'kinds of facts: whoever names one first sets its kind'],
        ['fact', 'key', 'name of the fact'],
        ['fact', 'kind', 'counter, boolean, number, text, date or time'],
        ['fact', 'source', 'the only source that may bring it, the first that did; NULL: none has'],
        ['fact', 'shown_to', 'who may see its name, once the pipeline is isolated: the empty text: all; a tenant, whose rules named it first; NULL: it came with an event. Besides, whoever has rules that declare it'],
        ['rules', '', 'versions of rule sets'],
        ['rules', 'tenant', 'whose; the empty text: those of all tenants, as far as they have none of their own'],
        ['rules', 'effective_from', 'from when on they hold, up to the next version'],
        ['rules', 'rules', 'the rule set'],
        ['rules', 'note', 'why; for people'],
        ['rules', 'author', 'who wrote it'],
        ['rules', 'created_at', 'when it was written'],
        ['override', '', 'scores that a person has pinned'],
        ['override', 'tenant', 'the tenant'],
        ['override', 'customer', 'the customer; with tenant at most 2000 bytes'],
        ['override', 'since', 'from when on; of two that overlap the later one holds'],
        ['override', 'score', 'the score, which stays within min and max of the rules'],
        ['override', 'until', 'up to when; NULL: until this row goes'],
        ['override', 'author', 'who says so, at most 1000 bytes'],
        ['override', 'reason', 'why, at most 10000 bytes; for people'],
        ['todo', '', 'customers to be assessed anew, and what else a step has to do'],
        ['todo', 'id', 'order of arrival'],
        ['todo', 'tenant', 'the tenant; with customer NULL the empty text means all'],
        ['todo', 'customer', 'the customer; NULL: all of the tenant'],
        ['todo', 'why', 'rules: they changed; settle: the time to settle did; fact: rows were rejected that may be good now; source: its rows are read anew; verify: it was mended; retain: what rules could not be evaluated for may be gone'],
        ['todo', 'since', 'when it was asked for; after a change of rules alerts that began earlier are not announced'],
        ['todo', 'source', 'the source whose rows of this customer changed'],
        ['todo', 'from_at', 'the instant of such a row, before or after; NULL: all are read anew'],
        ['todo', 'row', 'the id of such a row that has no tenant, customer or instant, to be read again by itself'],
        ['current', '', 'every customer: facts, and what the rules say of them up to until_at'],
        ['current', 'tenant', 'the tenant'],
        ['current', 'customer', 'the customer'],
        ['current', 'facts', 'all facts; of a large customer what is not in past'],
        ['current', 'from_at', 'score and coverage are known from here, stage, band and alerts too, if nothing is in past'],
        ['current', 'until_at', 'to here, which is in the future: some weeks ahead, or where the rules cannot be evaluated any more'],
        ['current', 'score', 'the score over time'],
        ['current', 'stage', 'the stage over time'],
        ['current', 'band', 'the band over time'],
        ['current', 'coverage', 'the coverage over time, 0 to 1'],
        ['current', 'alerts', 'for each alert whether it is firing, over time'],
        ['current', 'next_at', 'when a step was to look at this customer again, as this row was written: while that is ahead and before until_at, due has it, and no beginning or end of an alert has to be booked before'],
        ['current', 'error', 'why the rules could not be evaluated; score and the like are then those of before'],
        ['current', 'past_until', 'entries before this are in past; NULL: all are here'],
        ['current', 'kept_from', 'retain() has removed what was said before; NULL: nothing'],
        ['current', 'facts_from', 'and the entries before this, which lies as far back as the rules looked then'],
        ['current', 'seed', 'states of the alerts at kept_from; NULL: they follow from the facts that are left'],
        ['current', 'score_from', 'score is from here, some weeks before it was written; NULL: all of it is there'],
        ['current', 'score_before', 'the score before that, which a step need not write again'],
        ['current', 'moved', 'how often this row has gone to another page. A customer has one row; in the key this spares an update the comparison with all versions that an old snapshot keeps'],
        ['due', '', 'when a step has to look at whom, since an alert begins or ends: apart from current, so that an update there touches no index'],
        ['due', 'at', 'the instant, or one on the way there; what came since may have moved it'],
        ['due', 'tenant', 'the tenant'],
        ['due', 'customer', 'the customer'],
        ['past', '', 'large customers: what happened long ago, and what the rules said of it then'],
        ['past', 'tenant', 'the tenant'],
        ['past', 'customer', 'the customer'],
        ['past', 'starts', 'entries from here to the next row''s, or current.past_until'],
        ['past', 'from_at', 'score and coverage from here to the next row''s, or current.from_at'],
        ['past', 'facts', 'the entries'],
        ['past', 'score', 'the score over time'],
        ['past', 'coverage', 'the coverage over time, 0 to 1'],
        ['past', 'seed', 'states of the alerts where this ends'],
        ['alert', '', 'episodes: from when to when an alert was firing; written by steps only'],
        ['alert', 'episode', 'its number'],
        ['alert', 'tenant', 'the tenant'],
        ['alert', 'customer', 'the customer'],
        ['alert', 'alert', 'name of the alert'],
        ['alert', 'since', 'when it began to fire'],
        ['alert', 'until', 'when it ceased; NULL while it is firing'],
        ['alert', 'announced', 'whether the feed has it'],
        ['alert_note', '', 'what people say of episodes'],
        ['alert_note', 'episode', 'number of the episode'],
        ['alert_note', 'acknowledged_by', 'who takes care of it'],
        ['alert_note', 'acknowledged_at', 'since when'],
        ['alert_note', 'snoozed_until', 'until when not to be reminded'],
        ['alert_note', 'note', 'anything'],
        ['alert_feed', '', 'what happened to alerts, in order; rows are added and never changed'],
        ['alert_feed', 'id', 'increases with every commit'],
        ['alert_feed', 'episode', 'number of the episode'],
        ['alert_feed', 'tenant', 'the tenant'],
        ['alert_feed', 'customer', 'the customer'],
        ['alert_feed', 'alert', 'name of the alert'],
        ['alert_feed', 'kind', 'fired, resolved, or withdrawn: late rows or other rules say that it never was'],
        ['alert_feed', 'at', 'when it began or ceased to fire; of withdrawn: when it had begun'],
        ['alert_feed', 'emitted_at', 'when this row was written'],
        ['alert_feed', 'late', 'true for what began and ended before any step saw it'],
        ['alert_feed', 'reasons', 'score, stage and band at that instant'],
        ['rejected', '', 'rows that could not be folded'],
        ['rejected', 'source', 'name of the source'],
        ['rejected', 'id', 'id of the row'],
        ['rejected', 'reason', 'why'],
        ['rejected', 'row', 'the row'],
        ['rejected', 'at', 'when it was rejected']])
$body$;
COMMENT ON FUNCTION csagg.pipeline_comments(name) IS
    'says what each table and column of a pipeline is; for create_pipeline() only';
