-- Rules and facts as data: what a change of them asks of the next step.

CREATE FUNCTION csagg.pipeline_same_kinds(pipeline name, rules csagg.ruleset) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    clash record;
BEGIN
    EXECUTE format($sql$
        SELECT d.key, d.kind AS asked, f.kind, CASE WHEN f.source IS NULL THEN 'whoever named it first' ELSE format('source "%%s"', f.source) END AS setter
        FROM csagg.pipeline_declared($1) d JOIN %1$I.fact f USING (key) WHERE f.kind <> d.kind ORDER BY d.key LIMIT 1$sql$, pipeline) INTO clash USING rules;
    IF clash.key IS NOT NULL THEN
        RAISE datatype_mismatch USING MESSAGE = format('fact "%s" is a %s for these rules, and a %s for %s', clash.key, clash.asked, clash.kind, clash.setter),
            HINT = format('Give one of the two another name. What is declared is in %I.fact.', pipeline);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_same_kinds(name, csagg.ruleset) IS
    'that no fact which a rule set declares is of another kind in the pipeline. Error 42804';

CREATE FUNCTION csagg.pipeline_declare(pipeline name, rules csagg.ruleset, tenant text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.try_assess(rules, f, '2000-01-01 00:00+00'), csagg.pipeline_pinned(rules)
    FROM (SELECT '{}'::csagg.history AS facts) f;  -- its time zone may be unknown here
    EXECUTE format($sql$
        INSERT INTO %1$I.fact (key, kind, shown_to) SELECT key, kind, $2 FROM csagg.pipeline_declared($1) ON CONFLICT DO NOTHING$sql$,
        pipeline) USING rules, tenant;
    PERFORM csagg.pipeline_same_kinds(pipeline, rules);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_declare(name, csagg.ruleset, text) IS
    'enters the facts that a rule set of a tenant declares. Errors: 42804 for one that is of another kind already, 22023 for a time zone that is not known here, 54000 for a rule set at its limits, which could not be overridden';

CREATE FUNCTION csagg.pipeline_declared(rules csagg.ruleset, OUT key text, OUT kind text) RETURNS SETOF record
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT key, CASE jsonb_typeof(value) WHEN 'string' THEN value #>> '{}' ELSE value ->> 'kind' END
    FROM jsonb_each(csagg.jsonb(rules) -> 'facts')
$body$;
COMMENT ON FUNCTION csagg.pipeline_declared(csagg.ruleset) IS
    'the facts that a rule set declares, with their kinds';

CREATE FUNCTION csagg.pipeline_rules_changed() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        PERFORM csagg.pipeline_declare(TG_TABLE_SCHEMA, NEW.rules, NEW.tenant);
    END IF;
    EXECUTE format('INSERT INTO %1$I.todo (tenant, why, since) SELECT DISTINCT t, ''rules'', coalesce(last_step - csagg.pipeline_hours(settle), clock_timestamp()) FROM unnest($1) t, %1$I.pipeline',
        TG_TABLE_SCHEMA)
        USING CASE TG_OP
            WHEN 'INSERT' THEN ARRAY[NEW.tenant]
            WHEN 'DELETE' THEN ARRAY[OLD.tenant]
            WHEN 'TRUNCATE' THEN ARRAY['']
            ELSE ARRAY[OLD.tenant, NEW.tenant] END;
    RETURN NULL;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_rules_changed() IS
    'trigger of the table rules: declares their facts, and asks for the tenant''s customers to be assessed anew';

CREATE FUNCTION csagg.pipeline_fact_changed() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE feature_not_supported USING MESSAGE = 'facts that sources have brought stay', HINT = 'DELETE those that have no source.';
    ELSIF TG_OP = 'DELETE' THEN
        IF OLD.source IS NOT NULL THEN
            RAISE feature_not_supported USING MESSAGE = format('fact "%s" stays, since source "%s" has brought it', OLD.key, OLD.source),
                HINT = 'csagg.drop_source() removes a source with its facts.';
        END IF;
        RETURN NULL;
    ELSIF TG_OP = 'UPDATE' AND (NEW.key, NEW.kind) IS DISTINCT FROM (OLD.key, OLD.kind) THEN
        RAISE feature_not_supported USING MESSAGE = format('fact "%s" stays a %s', OLD.key, OLD.kind),
            HINT = 'Rows have been folded as that. Give the new fact another name.';
    END IF;
    -- Not where a source claims a fact. Also if nothing is rejected: a step that runs meanwhile does not see this row, and may reject some.
    IF TG_OP = 'INSERT' AND NEW.source IS NULL OR TG_OP = 'UPDATE' AND OLD.source IS NOT NULL THEN
        EXECUTE format('INSERT INTO %I.todo (tenant, why) VALUES ('''', ''fact'')', TG_TABLE_SCHEMA);
    END IF;
    RETURN NULL;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_fact_changed() IS
    'trigger of the table fact: a kind stays, and a fact that a source has brought; rejected rows that may be good now are tried again';

CREATE FUNCTION csagg.pipeline_settle_changed() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format('INSERT INTO %I.todo (tenant, why) VALUES ('''', ''settle'')', TG_TABLE_SCHEMA);
    RETURN NULL;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_settle_changed() IS
    'trigger of the table pipeline: with another time to settle all customers are looked at';

CREATE FUNCTION csagg.pipeline_triggers(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER changed AFTER INSERT OR UPDATE OF tenant, effective_from, rules OR DELETE ON %I.rules FOR EACH ROW EXECUTE FUNCTION csagg.pipeline_rules_changed()',
        pipeline);
    EXECUTE format('CREATE OR REPLACE TRIGGER emptied BEFORE TRUNCATE ON %I.fact FOR EACH STATEMENT EXECUTE FUNCTION csagg.pipeline_fact_changed()', pipeline);
    EXECUTE format('CREATE OR REPLACE TRIGGER emptied AFTER TRUNCATE ON %I.rules FOR EACH STATEMENT EXECUTE FUNCTION csagg.pipeline_rules_changed()', pipeline);
    EXECUTE format('CREATE OR REPLACE TRIGGER changed AFTER UPDATE OF settle ON %I.pipeline FOR EACH ROW WHEN (OLD.settle <> NEW.settle) EXECUTE FUNCTION csagg.pipeline_settle_changed()',
        pipeline);
    EXECUTE format('CREATE OR REPLACE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON %I.fact FOR EACH ROW EXECUTE FUNCTION csagg.pipeline_fact_changed()',
        pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_triggers(name) IS
    'makes the triggers of a pipeline''s own tables, or makes them anew';

-- Which rules hold when: a tenant's own from its first version on, before that those of all tenants.
CREATE TYPE csagg.pipeline_reign AS (rules csagg.ruleset, since timestamptz, until timestamptz);
COMMENT ON TYPE csagg.pipeline_reign IS 'a rule set that holds in [since, until)';

CREATE FUNCTION csagg.pipeline_reign(pipeline name) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format($sql$
        SELECT o.tenant, v.rules, v.effective_from AS since,
            lead(v.effective_from, 1, 'infinity') OVER (PARTITION BY o.tenant ORDER BY v.effective_from) AS until
        FROM (SELECT tenant, min(effective_from) AS first FROM %1$I.rules GROUP BY tenant) o
            JOIN %1$I.rules v ON v.tenant = o.tenant OR v.tenant = '' AND v.effective_from < o.first$sql$, pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_reign(name) IS
    'a query for the rule sets of each tenant that has its own, and of the empty text for all others, with their [since, until)';

CREATE FUNCTION csagg.pipeline_reigns_by_tenant(pipeline name) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format('SELECT tenant, array_agg(ROW(rules, since, until)::csagg.pipeline_reign ORDER BY since) AS reigns FROM (%s) r GROUP BY tenant',
        csagg.pipeline_reign(pipeline))
$body$;
COMMENT ON FUNCTION csagg.pipeline_reigns_by_tenant(name) IS
    'a query for the same, in one row for each tenant';

CREATE FUNCTION csagg.pipeline_reigns(tenant text) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format($sql$coalesce((SELECT r.reigns FROM reign r WHERE r.tenant = %s), (SELECT r.reigns FROM reign r WHERE r.tenant = ''))$sql$, tenant)
$body$;
COMMENT ON FUNCTION csagg.pipeline_reigns(text) IS
    'an expression for the rule sets of a tenant, which is an expression, too; to be used beside pipeline_reigns_by_tenant() as "reign"';

-- A division by zero somewhere in the past must not hide what the rules say from now on, nor one in the future what they say up to it.
CREATE FUNCTION csagg.pipeline_over(facts csagg.history, reigns csagg.pipeline_reign[], since timestamptz, until timestamptz, now timestamptz,
    seed jsonb DEFAULT NULL,
    OUT score csagg.timeline, OUT stage csagg.timeline, OUT band csagg.timeline, OUT coverage csagg.timeline, OUT alerts csagg.history,
    OUT error jsonb, OUT until_at timestamptz)
    AS 'MODULE_PATHNAME', 'csagg_pipeline_over' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5000;
COMMENT ON FUNCTION csagg.pipeline_over(csagg.history, csagg.pipeline_reign[], timestamptz, timestamptz, timestamptz, jsonb) IS
    'what rule sets, each as long as it holds, say of facts from since to until_at: until, or the first instant after `now` for which they cannot be evaluated. Where they cannot for some instant up to `now`, error is that of try_assess_over(), and the rest is from `now` on, or NULL, until_at too, if they cannot for `now`, either. All but until_at is NULL where no rule set holds, and all where an argument but the last is NULL. seed: states of the alerts before since, where facts are forgotten, as try_assess_over() gives them. Error 22008 for infinite instants';

CREATE FUNCTION csagg.pipeline_outlook(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('SELECT * FROM csagg.pipeline_over(s.facts, csagg.pipeline_pin(%s, s.facts), s.from_at, s.until_at, csagg.pipeline_now(), s.seed)',
        csagg.pipeline_reigns('s.tenant'))
$body$;
COMMENT ON FUNCTION csagg.pipeline_outlook(name) IS
    'a query for what the rules say of s, a row with tenant, facts, from_at, until_at and seed; to be used beside pipeline_reigns_by_tenant() as "reign"';
