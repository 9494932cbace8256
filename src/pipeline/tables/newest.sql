-- Rows that are written again and again. While somebody holds an old snapshot all their versions stay, in the table and, one a page, in
-- the index, where the newest comes last, as long as the table grows at its end. The indexes have an entry of its own for each
-- (deduplicate_items: a list of them would be read from its beginning, even backwards). So from the end on backwards the newest is found
-- at once; by equality all of them are gone through, and by ON CONFLICT, too. For the planner there is one, which it may as well sort: step()
-- does without sorts where it can. A unique index goes through all entries that are like a new one: in `current` a version on another page
-- has a key of its own.
-- Functions that only format a statement have no SET: so PostgreSQL inlines them, and does not parse them in each transaction.

CREATE FUNCTION csagg.pipeline_newest(pipeline name, who text) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format('(SELECT ctid AS place, * FROM %1$I.current WHERE tenant = %2$s.tenant AND customer = %2$s.customer ORDER BY moved DESC LIMIT 1)',
        pipeline, who)
$body$;
COMMENT ON FUNCTION csagg.pipeline_newest(name, text) IS
    'a query for the row of `current`, and its place, of the tenant and customer of a row of a LATERAL query around it';

CREATE FUNCTION csagg.pipeline_crowded(relation regclass, place tid) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_pipeline_crowded' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION csagg.pipeline_crowded(regclass, tid) IS
    'whether the page of this row has no room for another version of it as large as that, so that an update would write it to another page; false where there is no such row. Error 42501 for a table that may not be updated';

CREATE FUNCTION csagg.pipeline_newest_state(pipeline name) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format('(SELECT ctid AS place, * FROM %1$I.pipeline WHERE one >= true ORDER BY one DESC LIMIT 1)', pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_newest_state(name) IS
    'a query for the row of `pipeline`, and its place';

CREATE FUNCTION csagg.pipeline_newest_source(pipeline name) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format('(SELECT ctid AS place, * FROM %1$I.source WHERE name >= $1 AND name <= $1 ORDER BY name DESC LIMIT 1)', pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_newest_source(name) IS
    'a query for the row of `source`, and its place, whose name is $1';

CREATE FUNCTION csagg.pipeline_sources(pipeline name) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format($sql$
        WITH RECURSIVE s AS (
            (SELECT name, kind FROM %1$I.source ORDER BY name DESC LIMIT 1)
            UNION ALL SELECT n.* FROM s CROSS JOIN LATERAL (SELECT name, kind FROM %1$I.source o WHERE o.name < s.name ORDER BY name DESC LIMIT 1) n)
        SELECT name, kind FROM s$sql$, pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_sources(name) IS
    'a query for name and kind of all sources, in any order';
