-- How many customers were what, bucket by bucket, by whatever is known of them at that time.

CREATE FUNCTION csagg.pipeline_dimension(pipeline name, dimension text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    kind text;
BEGIN
    IF dimension IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'a dimension is NULL';
    ELSIF dimension IN ('band', 'stage', 'score', 'coverage') THEN
        RETURN 'l.' || dimension;
    ELSIF dimension = 'tenant' THEN
        RETURN 'csagg.constant(l.tenant)';
    END IF;
    EXECUTE format('SELECT kind FROM %I.fact WHERE key = $1', pipeline) INTO kind USING dimension;
    IF kind IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('pipeline "%s" has no fact "%s"', pipeline, dimension),
            HINT = format('Dimensions are band, stage, score, coverage, tenant, and the states in %I.fact.', pipeline);
    ELSIF kind = 'counter' THEN
        RAISE datatype_mismatch USING MESSAGE = format('fact "%s" is a counter, which has no value at an instant', dimension),
            HINT = 'Let a stage or band say what its count means, or put it into the filter: count(x, 30 days) > 0.';
    END IF;
    RETURN format('CASE WHEN l.kept_from IS NULL THEN csagg.timeline_of(l.facts, %1$L) ELSE csagg.slice(csagg.timeline_of(l.facts, %1$L), l.kept_from, ''infinity'') END',
        dimension);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_dimension(name, text) IS
    'the expression of a customer''s timeline under that name, in a query from "live l". Errors: 42703 for no fact, 42804 for a counter, 22004 for NULL';

-- A filter is a condition in the language of rules: an alert of a rule set of its own. What it names is declared, whatever it is; a fact
-- that is named like a dimension is not meant. It is asked while the customer exists for the pipeline, whether or not there are entries of what it names.
CREATE FUNCTION csagg.pipeline_filter(pipeline name, filter text, zone text) RETURNS csagg.ruleset
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    facts jsonb;
    document text;
    message text;
    hint text;
    state text;
    part text;
BEGIN
    EXECUTE format($sql$
        WITH dimension (key, kind) AS (
            VALUES ('tenant', 'text'), ('band', 'text'), ('stage', 'text'), ('score', 'number'), ('coverage', 'number'), ('the customer', 'boolean'))
        SELECT jsonb_object_agg(key, jsonb_build_object('kind', kind, 'optional', true))
        FROM (
            TABLE dimension
            UNION ALL SELECT key, kind FROM %I.fact WHERE key NOT IN (SELECT key FROM dimension) AND strpos($1, replace(key, '"', '""')) > 0) f$sql$,
        pipeline) INTO facts USING filter;
    document := jsonb_build_object('timezone', zone, 'facts', facts, 'exists', '"the customer"',
        'alerts', jsonb_build_array(jsonb_build_object('name', 'filter', 'when', filter)));
    RETURN document::csagg.ruleset;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, state = RETURNED_SQLSTATE;
    -- Where in the filter, not in the rule set around it.
    part := substring(left(document, substring(message FROM '^line 1, column ([0-9]+)')::integer - 1) FROM '"when": "(.*)$');
    message := regexp_replace(message, '^line 1, column [0-9]+', format('filter, column %s', length(replace(part, E'\\"', '"')) + 1));
    IF message LIKE '%is not declared' THEN
        hint := regexp_replace(hint, 'Declared? (it )?in "facts".*$', format('A filter asks for facts, whose names are in %I.fact, and for tenant, band, stage, score and coverage.',
            pipeline));
    END IF;
    IF hint = '' THEN
        RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message;
    END IF;
    RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message, HINT = hint;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_filter(name, text, text) IS
    'a rule set whose alert "filter" is firing while the customer exists and the condition is true. Errors as of the type ruleset, with the place in the filter';

-- What has a value is equal to itself. By a mean of no rules there is no score, and where no rule applies no coverage.
CREATE FUNCTION csagg.pipeline_existence() RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('csagg.any_of(%s)', string_agg(format('coalesce(csagg.eq(l.%1$I, l.%1$I), ''boolean {}'')', said), ', '))
    FROM unnest('{score,coverage,stage}'::text[]) said
$body$;
COMMENT ON FUNCTION csagg.pipeline_existence() IS
    'an expression for the timeline that is true while a customer exists, in a query from "live l": while it has a score, coverage or stage';

CREATE FUNCTION csagg.pipeline_grid(over csagg.grid, now timestamptz) RETURNS csagg.grid
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF over IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the grid is NULL';
    END IF;
    RETURN csagg.pipeline_until(over, now);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_grid(csagg.grid, timestamptz) IS
    'pipeline_until(), with error 22004 for NULL';

CREATE FUNCTION csagg.trend(pipeline name, over csagg.grid, by text[] DEFAULT '{band}', filter text DEFAULT NULL,
    OUT bucket timestamp, OUT starts_at timestamptz, OUT ends_at timestamptz, OUT members text[], OUT n bigint) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 1000 SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    begun csagg.grid := csagg.pipeline_grid(over, csagg.pipeline_now());
    dimensions text;
    condition text := csagg.pipeline_existence();
    filtering csagg.ruleset;
BEGIN
    PERFORM csagg.pipeline_known(pipeline);
    IF array_ndims(by) > 1 THEN
        RAISE array_subscript_error USING MESSAGE = 'the names of dimensions are in an array of arrays', HINT = 'A plain one is wanted: {band,plan}.';
    END IF;
    SELECT string_agg(csagg.pipeline_dimension(pipeline, d), ', ' ORDER BY i) INTO dimensions FROM unnest(by) WITH ORDINALITY u (d, i);
    IF filter IS NOT NULL THEN
        filtering := csagg.pipeline_filter(pipeline, filter, substring(over::text FROM ' in ([^ ]+)(?: at start)?$'));
        condition := format($sql$(SELECT csagg.timeline_of(a.alerts, 'filter')
            FROM (SELECT l.tenant, l.score, l.stage, l.band, l.coverage, l.facts, %s AS "the customer") f,
                csagg.assess_over($3, f, $4, csagg.pipeline_now() + interval '1 microsecond') a)$sql$,
            condition);
    END IF;
    IF begun IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format($sql$
        %s,
        counted AS (SELECT csagg.distribution(ARRAY[%s], $2) AS counts FROM live l)
        SELECT g.bucket, g.starts_at, g.ends_at, trim_array(b.members, 1), b.n
        FROM counted, csagg.joint_buckets(counts) b JOIN csagg.buckets($1) g ON g.starts_at = b.starts_at AND g.starts_at < g.ends_at
        WHERE b.members[cardinality(b.members)] = 'true'
        ORDER BY g.starts_at, trim_array(b.members, 1)$sql$, csagg.pipeline_live(pipeline), concat_ws(', ', dimensions, condition))
        USING over, begun, filtering, (SELECT min(b.starts_at) FROM csagg.buckets(over) b);
END $body$;
COMMENT ON FUNCTION csagg.trend(name, csagg.grid, text[], text) IS
    'how many customers existed at the end of each bucket, by their values at that time, absent ones as NULL. by: band, stage, score, coverage, tenant, and facts that are states; none or NULL: all together. filter: a condition as in rules, which may ask for any fact, tenant, band, stage, score and coverage, in the grid''s zone; NULL counts all. These five names are never those of facts. The bucket that holds now is as of now; later ones have no rows. Reads with the caller''s rights. Errors: 42704 no such pipeline, 42703 no such fact, 42804 a counter, 22004 a NULL pipeline, grid or dimension, 2202E for an array of arrays, those of rule sets for a filter that cannot be read, 22012 and 22003 in it';
