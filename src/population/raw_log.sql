-- distribution(), summary() and flows() straight from the log: no GROUP BY customer, no timelines.
--
-- The state is internal: see raw_log.hpp. The transition functions are polymorphic, the aggregates are not.

CREATE FUNCTION csagg.distribution_add(internal, anyelement, timestamptz, anycompatible, csagg.grid) RETURNS internal
    AS 'MODULE_PATHNAME', 'csagg_distribution_add_row' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3;
CREATE FUNCTION csagg.distribution_add(internal, anyelement, timestamptz, anycompatible, bigint, csagg.grid) RETURNS internal
    AS 'MODULE_PATHNAME', 'csagg_distribution_add_row' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3;
CREATE FUNCTION csagg.summary_add(internal, anyelement, timestamptz, anycompatible, csagg.grid) RETURNS internal
    AS 'MODULE_PATHNAME', 'csagg_summary_add_row' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3;
CREATE FUNCTION csagg.summary_add(internal, anyelement, timestamptz, anycompatible, bigint, csagg.grid) RETURNS internal
    AS 'MODULE_PATHNAME', 'csagg_summary_add_row' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3;
CREATE FUNCTION csagg.flows_add(internal, anyelement, timestamptz, anycompatible, csagg.grid) RETURNS internal
    AS 'MODULE_PATHNAME', 'csagg_flows_add_row' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3;
CREATE FUNCTION csagg.flows_add(internal, anyelement, timestamptz, anycompatible, bigint, csagg.grid) RETURNS internal
    AS 'MODULE_PATHNAME', 'csagg_flows_add_row' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3;

CREATE FUNCTION csagg.distribution_final(internal) RETURNS csagg.distribution
    AS 'MODULE_PATHNAME', 'csagg_raw_log_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION csagg.summary_final(internal) RETURNS csagg.summary
    AS 'MODULE_PATHNAME', 'csagg_raw_log_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION csagg.flows_final(internal) RETURNS csagg.flows
    AS 'MODULE_PATHNAME', 'csagg_raw_log_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION csagg.raw_log_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'csagg_raw_log_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION csagg.raw_log_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'csagg_raw_log_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.raw_log_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'csagg_raw_log_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION csagg.raw_log_combine(internal, internal) IS 'combine function of the aggregates over logs; for their use only';
COMMENT ON FUNCTION csagg.raw_log_serialize(internal) IS 'partial state of the aggregates over logs, on its way to another process; for their use only';
COMMENT ON FUNCTION csagg.raw_log_deserialize(bytea, internal) IS 'partial state of the aggregates over logs, from another process; for their use only';

DO $$
DECLARE
    form text;
    key text;
    value text;
    numbers constant text[] := '{smallint,integer,bigint,numeric,real,double precision}';
    values constant text[] := numbers || '{boolean,text,date,timestamptz}'::text[];
    seq text;
    rank text;
BEGIN
    FOREACH form IN ARRAY '{distribution,summary,flows}'::text[] LOOP
    FOREACH key IN ARRAY '{integer,bigint,text,uuid}'::text[] LOOP
    FOREACH value IN ARRAY CASE form WHEN 'summary' THEN numbers ELSE values END LOOP
    FOR seq, rank IN VALUES ('', '(value)'), (', seq bigint', '(seq, value)') LOOP
        EXECUTE format('CREATE AGGREGATE csagg.%1$I(key %2$s, at timestamptz, value %3$s%4$s, over csagg.grid) (
            SFUNC = csagg.%1$s_add, STYPE = internal, SSPACE = 8192, FINALFUNC = csagg.%1$s_final, COMBINEFUNC = csagg.raw_log_combine,
            SERIALFUNC = csagg.raw_log_serialize, DESERIALFUNC = csagg.raw_log_deserialize, PARALLEL = SAFE)', form, key, value, seq);
        EXECUTE format('COMMENT ON AGGREGATE csagg.%I(%s, timestamptz, %s%s, csagg.grid) IS %L', form, key, value,
            CASE seq WHEN '' THEN '' ELSE ', bigint' END, format(
            'the %1$s of a log of many customers in one pass: what csagg.%1$s(timeline, grid) gives of csagg.timeline(at, value%2$s) of each key''s rows, a key of NULL being one customer. Rows come in any order; NULL ends the state; of two entries of a key at one instant the greater %3$s wins. NULL only over no rows at all; at, seq or grid of NULL is error 22004, at of infinity 22008, another grid than in the rows before 22023',
            form, CASE seq WHEN '' THEN '' ELSE ', seq' END, rank));
    END LOOP;
    END LOOP;
    END LOOP;
    END LOOP;
END $$;
