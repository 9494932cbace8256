-- Aggregates of the user's own, whose state may be had in place of a value: alone, stored, sent as text, put together.
SET TimeZone = 'UTC';
SET search_path = public, csagg;
SET max_parallel_workers_per_gather = 0;

CREATE FUNCTION die(i int, salt text, sides int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$SELECT ('x' || substr(md5(salt || i), 1, 7))::bit(28)::int % sides$$;
-- A row for each kind of argument that an aggregate of csagg has. Piece 9 has no timelines and no parts of sums at all.
CREATE TABLE log (
    i int, piece int, at timestamptz, "boolean" boolean, "smallint" smallint, "integer" int, "bigint" bigint, "numeric" numeric, "real" real, "double precision" float8,
    text text, date date, "timestamp with time zone" timestamptz, actor text, key text, kind text, jsonb jsonb,
    timeline csagg.timeline, other csagg.timeline, counter csagg.counter, history csagg.history, distribution csagg.distribution, summary csagg.summary, flows csagg.flows
) PARTITION BY LIST (piece);
CREATE TABLE log_0 PARTITION OF log FOR VALUES IN (0, 1, 2);
CREATE TABLE log_3 PARTITION OF log FOR VALUES IN (3, 4, 9);
INSERT INTO log
SELECT i, CASE WHEN i > 400 THEN 9 ELSE die(i, 'piece', 5) END, CASE WHEN die(i, 'ever', 30) = 0 THEN '-infinity' ELSE timestamptz '2025-01-01' + die(i, 'at', 2000) * interval '37 minutes' END,
       die(i, 'b', 2) = 0, v, v, v, v / 8.0, v / 4.0, v / 3.0, 'text ' || v, date '2025-01-01' + v, timestamptz '2025-01-01' + v * interval '1 hour',
       CASE WHEN v % 3 > 0 THEN 'actor ' || v % 5 END, 'key ' || i % 4, CASE i % 4 WHEN 0 THEN 'counter' WHEN 1 THEN 'number' ELSE 'text' END,
       CASE WHEN i % 4 < 2 THEN to_jsonb(v) ELSE to_jsonb('text ' || v) END
FROM (SELECT i, die(i, 'v', 30) - 5 AS v FROM generate_series(1, 440) i) s;
UPDATE log SET timeline = x, other = y, counter = CASE WHEN i % 5 = 0 THEN csagg.forget_before(c, '2025-01-20') ELSE c END,
    history = CASE WHEN i % 6 = 0 THEN csagg.forget_before(h, '2025-01-10') ELSE h END, distribution = d, summary = s, flows = f
FROM (SELECT id, x, y, c, h, csagg.distribution(x, g) AS d, csagg.summary(x, g) AS s, csagg.flows(x, g) AS f
      FROM (SELECT l.i AS id, CASE WHEN l.i % 5 = 0 THEN csagg.forget_before(csagg.timeline(r.at, r.numeric, r.bigint), '2025-01-15') ELSE csagg.timeline(r.at, r.numeric, r.bigint) END AS x,
                   csagg.timeline(r.at, r.text, r.bigint) AS y, csagg.counter(r.at, r.numeric, r.actor) AS c, csagg.history(r.key, r.kind, r.at, r.jsonb, r.actor, r.bigint) AS h
            FROM log l JOIN log r ON r.i BETWEEN l.i AND l.i + 5 GROUP BY l.i) a, csagg.grid('2025-01-01', '2025-03-01', '1 day', 'UTC') g GROUP BY id, x, y, c, h) parts
WHERE i = id AND piece < 9;
ANALYZE log;

-- What each argument of an aggregate of csagg is made of, by its name and its type
CREATE FUNCTION argument(name text, type regtype) RETURNS text LANGUAGE sql AS
$$SELECT CASE WHEN name IN ('at', 'actor', 'key', 'kind') THEN name
              WHEN name = 'seq' THEN 'i'
              WHEN name = 'members' THEN 'ARRAY[timeline, other]'
              WHEN name = 'over' THEN $q$csagg.grid('2025-01-01', '2025-03-01', '1 day', 'UTC')$q$
              ELSE quote_ident(type::text) END$$;
-- For each of them an aggregate without the final function, and one for its states
CREATE TABLE aggregates AS
SELECT row_number() OVER (ORDER BY p.oid::regprocedure::text) AS id, p.oid::regprocedure::text AS name, proname, p.prorettype::regtype AS type, aggtranstype::regtype AS state, a.aggfinalfn, a.aggtransfn, a.aggcombinefn,
       (SELECT string_agg(t::regtype::text, ', ' ORDER BY n) FROM unnest(proargtypes) WITH ORDINALITY u(t, n)) AS types,
       (SELECT string_agg(argument(proargnames[n], t::regtype), ', ' ORDER BY n) FROM unnest(proargtypes) WITH ORDINALITY u(t, n)) AS arguments
FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid WHERE p.pronamespace = 'csagg'::regnamespace AND proname <> 'overlay'  -- whose order counts
  AND aggtranstype <> 'internal'::regtype;  -- no state to be had
DO $$
DECLARE a record;
BEGIN
    FOR a IN SELECT * FROM aggregates LOOP
        EXECUTE format('CREATE AGGREGATE part_%s(%s) (SFUNC = %s, STYPE = %s, COMBINEFUNC = %s, PARALLEL = SAFE)', a.id, a.types, a.aggtransfn, a.state, a.aggcombinefn);
    END LOOP;
    FOR a IN SELECT DISTINCT state, aggcombinefn, aggfinalfn FROM aggregates LOOP
        EXECUTE format('CREATE AGGREGATE whole(%s) (SFUNC = %s, FINALFUNC = %s, STYPE = %1$s)', a.state, a.aggcombinefn, a.aggfinalfn);
    END LOOP;
END $$;
CREATE FUNCTION value_of(query text) RETURNS text LANGUAGE plpgsql AS
$$DECLARE v text; BEGIN EXECUTE query INTO v; RETURN v; EXCEPTION WHEN OTHERS THEN RETURN format('error %s: %s', SQLSTATE, SQLERRM); END$$;
-- The bytes of what the aggregate gives, and what its states give in the way that `how` is
CREATE FUNCTION direct(a aggregates) RETURNS text LANGUAGE sql AS
$$SELECT value_of(format('SELECT %s_send(csagg.%s(%s)) FROM log', a.type, a.proname, a.arguments))$$;
CREATE FUNCTION in_pieces(a aggregates, how text) RETURNS text LANGUAGE sql AS
$$SELECT value_of(format('SELECT %s_send(whole(%s)) FROM (SELECT piece, part_%s(%s) AS p FROM log GROUP BY piece UNION ALL SELECT 7, NULL) q', a.type, format(how, a.state), a.id, a.arguments))$$;

SELECT count(*) > 45 AS all, count(*) FILTER (WHERE direct(a) LIKE '\\x%' AND length(direct(a)) > 40) = count(*) AS work FROM aggregates a;
-- As Citus before 14 does it: pieces by their text form
SELECT name, got FROM aggregates a, in_pieces(a, 'p::text::%s') AS got WHERE got IS DISTINCT FROM direct(a);
SELECT name, got FROM aggregates a, in_pieces(a, 'p') AS got WHERE got IS DISTINCT FROM direct(a);
SELECT name, got FROM aggregates a, in_pieces(a, 'CASE WHEN piece %% 2 = 0 THEN p::text::%s ELSE p END') AS got WHERE got IS DISTINCT FROM direct(a);
-- One piece alone, and none
SELECT name FROM aggregates a WHERE value_of(format('SELECT %s_send(whole(p::text::%s)) FROM (SELECT part_%s(%s) AS p FROM log) q', type, state, id, arguments)) IS DISTINCT FROM direct(a);
SELECT name FROM aggregates a WHERE value_of(format('SELECT whole(p::text::%s)::text FROM (SELECT part_%s(%s) AS p FROM log WHERE false) q', state, id, arguments)) IS NOT NULL;
-- Nothing of a piece is lost in which nothing is known yet
SELECT name, value_of(format('SELECT part_%s(%s)::text FROM log WHERE piece = 9', id, arguments)) AS text FROM aggregates WHERE types ~ 'timeline,|\[\]' ORDER BY 1;
SELECT name FROM aggregates a WHERE value_of(format('SELECT %1$s_send(p::text::%1$s) = %1$s_send(p) FROM (SELECT part_%2$s(%3$s) AS p FROM log WHERE piece = 9) q', state, id, arguments)) <> 'true';
-- In parallel workers and in partitions
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off; SET enable_partitionwise_aggregate = on;
CREATE AGGREGATE summary_of(csagg.timeline, csagg.grid) (SFUNC = csagg.summary_add, STYPE = csagg.summary, COMBINEFUNC = csagg.summary_combine, PARALLEL = SAFE);
EXPLAIN (COSTS OFF) SELECT summary_of(timeline, csagg.grid('2025-01-01', '2025-03-01', '1 day', 'UTC')) FROM log;
SELECT name FROM aggregates a WHERE value_of(format('SELECT %s_send(%s(part_%s(%s))) FROM log', type, aggfinalfn, id, arguments)) IS DISTINCT FROM direct(a);
SELECT name FROM aggregates a WHERE in_pieces(a, 'p::text::%s') IS DISTINCT FROM direct(a);
SET max_parallel_workers_per_gather = 0;
SELECT name FROM aggregates a WHERE in_pieces(a, 'p') IS DISTINCT FROM direct(a);
RESET enable_partitionwise_aggregate;
-- Over a window: the state goes on, and what it was for a row stays
SELECT name, w FROM aggregates a, unnest('{PARTITION BY piece ORDER BY i ROWS 7 PRECEDING, ORDER BY i}'::text[]) w
WHERE value_of(format('SELECT bool_and(%1$s_send(%2$s(p)) = %1$s_send(v)) FROM (SELECT part_%3$s(%4$s) OVER w AS p, csagg.%5$s(%4$s) OVER w AS v FROM log WHERE i > 300 WINDOW w AS (%6$s) OFFSET 0) q',
                      type, aggfinalfn, id, arguments, proname, w)) IS DISTINCT FROM 'true';

-- Stored, a state counts as the value that it makes: for every function of csagg that takes one, short or toasted
CREATE AGGREGATE state_of(timestamptz, numeric, bigint) (SFUNC = csagg.timeline_add, STYPE = csagg.timeline);
CREATE AGGREGATE state_of(timestamptz, text, bigint) (SFUNC = csagg.timeline_add, STYPE = csagg.timeline);
CREATE AGGREGATE state_of(timestamptz, boolean) (SFUNC = csagg.timeline_add, STYPE = csagg.timeline);
CREATE AGGREGATE state_of(timestamptz, date) (SFUNC = csagg.timeline_add, STYPE = csagg.timeline);
CREATE AGGREGATE state_of(timestamptz, timestamptz) (SFUNC = csagg.timeline_add, STYPE = csagg.timeline);
CREATE AGGREGATE state_of(timestamptz, numeric, text) (SFUNC = csagg.counter_add, STYPE = csagg.counter);
CREATE AGGREGATE state_of(text, text, timestamptz, jsonb, text, bigint) (SFUNC = csagg.history_add, STYPE = csagg.history);
CREATE AGGREGATE state_of(csagg.timeline) (SFUNC = csagg.timeline_merge_add, STYPE = csagg.timeline);
CREATE AGGREGATE state_of(csagg.counter) (SFUNC = csagg.counter_merge_add, STYPE = csagg.counter);
CREATE AGGREGATE state_of(csagg.history) (SFUNC = csagg.history_merge_add, STYPE = csagg.history);
CREATE AGGREGATE distribution_of(csagg.timeline, csagg.grid) (SFUNC = csagg.distribution_add, STYPE = csagg.distribution);
CREATE AGGREGATE distribution_of(csagg.timeline[], csagg.grid) (SFUNC = csagg.distribution_add, STYPE = csagg.distribution);
CREATE AGGREGATE flows_of(csagg.timeline, csagg.grid) (SFUNC = csagg.flows_add, STYPE = csagg.flows);
CREATE TABLE states (id int, n csagg.timeline, t csagg.timeline, b csagg.timeline, d csagg.timeline, z csagg.timeline, counter csagg.counter, history csagg.history,
                     distribution csagg.distribution, joint csagg.distribution, summary csagg.summary, flows csagg.flows);
INSERT INTO states
SELECT id, state_of(at, numeric, i), state_of(at, text, i), state_of(at, boolean), state_of(at, date), state_of(at, "timestamp with time zone"), state_of(at, numeric, actor), state_of(key, kind, at, jsonb, actor, i),
       distribution_of(timeline, grid), distribution_of(ARRAY[timeline, other], grid), summary_of(timeline, grid), flows_of(other, grid)
FROM (VALUES (1, 4), (2, 40), (3, 1000)) v(id, many), log, csagg.grid('2025-01-01', '2025-03-01', '1 day', 'UTC') grid WHERE i <= many GROUP BY id;
INSERT INTO states (id, n, t, counter, history)
SELECT 4, state_of('2025-01-01'::timestamptz + j * interval '1 minute', j::numeric, j), state_of('2025-01-01'::timestamptz + j * interval '1 minute', 'text ' || j % 50, j),
       state_of('2025-01-01'::timestamptz + j * interval '1 minute', j % 10, 'a'), state_of('key ' || j % 4, 'number', '2025-01-01'::timestamptz + j * interval '1 minute', to_jsonb(j), 'a', j)
FROM generate_series(1, 20000) j;
INSERT INTO states (id, n, t, counter, history) SELECT 5, state_of(timeline), state_of(other), state_of(counter), state_of(history) FROM log;
CREATE TABLE finished AS
SELECT id, timeline_final(n) AS n, timeline_final(t) AS t, timeline_final(b) AS b, timeline_final(d) AS d, timeline_final(z) AS z, counter_final(counter) AS counter, history_final(history) AS history,
       distribution_final(distribution) AS distribution, distribution_final(joint) AS joint, summary_final(summary) AS summary, flows_final(flows) AS flows FROM states;
CREATE TABLE calls AS
SELECT DISTINCT p.oid::regprocedure AS f, proname || '(' || (
    SELECT string_agg(CASE a::regtype::text
        WHEN 'timeline' THEN CASE WHEN proname = 'choose' AND o = 1 THEN 'b' ELSE t END WHEN 'timeline[]' THEN format('VARIADIC ARRAY[%s, %1$s]', t) WHEN 'counter' THEN 'counter' WHEN 'history' THEN 'history' WHEN 'distribution' THEN c
        WHEN 'summary' THEN 'summary' WHEN 'flows' THEN 'flows' WHEN 'grid' THEN $q$csagg.grid('2025-01-01', '2025-02-01', '1 day', 'UTC')$q$
        WHEN 'timestamp without time zone' THEN 'timestamp ''2000-01-02''' WHEN 'timestamp with time zone' THEN format('timestamptz %L', '2025-01-10'::date + 10 * o::int) WHEN 'text' THEN CASE proargnames[o] WHEN 'key' THEN CASE proname WHEN 'counter_of' THEN '''key 0''' ELSE '''key 1''' END WHEN 'timezone' THEN '''UTC''' ELSE '''text 3''' END
        WHEN 'anyelement' THEN 'NULL::text' WHEN 'numeric' THEN '1.5' WHEN 'boolean' THEN 'true' WHEN 'date' THEN 'date ''2025-01-01''' WHEN 'interval' THEN 'interval ''1 day'''
        WHEN 'numeric[]' THEN '''{1}''' WHEN 'text[]' THEN '''{a, b}''' WHEN 'double precision' THEN '0.5' WHEN 'bigint' THEN '7' ELSE a::regtype::text END, ', ' ORDER BY o)
    FROM unnest(proargtypes) WITH ORDINALITY u(a, o)) || ')' AS call
FROM pg_proc p, unnest('{n, t, b, d, z}'::text[]) t, unnest('{distribution, joint}'::text[]) c
WHERE pronamespace = 'csagg'::regnamespace AND prokind = 'f' AND proname !~ '_(add|combine|in|recv)$|^pipeline_'
  AND proargtypes::oid[] && '{timeline, timeline[], counter, history, distribution, summary, flows}'::regtype[]::oid[];
CREATE TABLE outcomes AS
SELECT c.*, s.id, value_of(format('SELECT string_agg(r::text, E''\n'') FROM (SELECT * FROM states WHERE id = %s OFFSET 0) s, csagg.%s r', s.id, call)) AS of_state,
       value_of(format('SELECT string_agg(r::text, E''\n'') FROM (SELECT * FROM finished WHERE id = %s OFFSET 0) s, csagg.%s r', s.id, call)) AS of_value FROM calls c, states s
WHERE s.id <> 4 OR f::text ~ '_(at|of)\(|^(slice|first|last|known_from|timeline_hash)\(';
SELECT DISTINCT f, of_state, of_value FROM outcomes WHERE of_state IS DISTINCT FROM of_value ORDER BY 1;
SELECT f FROM outcomes GROUP BY f HAVING count(of_value) FILTER (WHERE of_value NOT LIKE 'error%') = 0 ORDER BY 1;
SELECT count(DISTINCT f) > 150 AS functions, count(DISTINCT of_state) > 400 AS results FROM outcomes;
-- And for rule sets, in columns of their own and in a history
SELECT bool_and(score(r, s, '2025-02-01') = score(r, f, '2025-02-01')) AS same, count(*), count(DISTINCT score(r, s, '2025-02-01')) AS different
FROM (SELECT id, n, t, counter, NULL::csagg.history AS history FROM states UNION ALL SELECT id + 4, NULL, NULL, NULL, csagg.merge(history, csagg.history_of('n', n)) FROM states) s
JOIN (SELECT id, n, t, counter, NULL::csagg.history AS history FROM finished UNION ALL SELECT id + 4, NULL, NULL, NULL, csagg.merge(history, csagg.history_of('n', n)) FROM finished) f USING (id),
     csagg.ruleset('{"timezone": "UTC", "facts": {"n": "number", "t": "text", "counter": "counter"}, "rules": [{"name": "n", "points": "coalesce(n, 0) + count(counter, 14 days) + if(t = ''text 3'', 100, 0)"}]}') r;
-- A state and its value are one to =, hash, order, DISTINCT, joins and statistics
SELECT bool_and(s.n = f.n AND s.n <= f.n AND s.n >= f.n AND (s.n < f.n) IS FALSE AND (s.n > f.n) IS FALSE AND s.counter = f.counter AND s.history = f.history AND (s.summary = f.summary) IS NOT FALSE AND s.n IS NOT DISTINCT FROM f.n) AS same
FROM states s JOIN finished f USING (id);
SELECT count(DISTINCT n) AS n, count(DISTINCT counter) AS counters, count(DISTINCT distribution) AS distributions, count(*) FROM (TABLE states UNION ALL TABLE finished) u;
SELECT count(*) FROM (TABLE states INTERSECT TABLE finished) u;
ANALYZE states;
CREATE INDEX ON states (z) WHERE id = 1; CREATE INDEX ON states USING hash (t);
-- A copy of a state, and one that waits in a sort, is no less a state
SELECT whole(n) = (SELECT merge(n) FROM finished) AS same FROM (SELECT n FROM states ORDER BY id DESC OFFSET 0) s;

-- Every byte of a stored state is known, the room that it keeps for growing too
SELECT format('CREATE FUNCTION raw(csagg.%s) RETURNS bytea LANGUAGE internal STRICT AS ''byteasend''', t)
FROM unnest('{timeline, counter, history, distribution, summary, flows, total_state}'::text[]) t \gexec
CREATE FUNCTION cooked(bytea) RETURNS csagg.timeline LANGUAGE internal STRICT AS 'byteasend';
CREATE FUNCTION used(state bytea) RETURNS int LANGUAGE sql AS
$$SELECT get_byte(state, 4) + (get_byte(state, 5) << 8) + (get_byte(state, 6) << 16) - 4$$;
CREATE TABLE rooms AS
SELECT name, value_of(format('SELECT row(sum(length(p) - used(p)) > 0, sum(length(trim(substr(p, used(p) + 1), ''\x00''::bytea)))) FROM (SELECT raw(part_%s(%s)) AS p, md5(string_agg(text, '','')) FROM log GROUP BY i %% 40) q', id, arguments)) AS room
FROM aggregates;
SELECT * FROM rooms WHERE room <> '(t,0)';
-- A stored state that this csagg cannot read is an error
SELECT what, value_of(format('SELECT cooked(%s)::text FROM (SELECT raw(n) AS b FROM states WHERE id = 1) s', b))
FROM (VALUES (1, 'of another version', 'set_byte(b, 3, 2)'), (2, 'too short', 'substr(b, 1, 9)'), (3, 'cut off', 'substr(b, 1, length(b) - 8)'),
             (4, 'more used than there is', 'set_byte(b, 6, 1)'), (5, 'of another aggregate', 'set_byte(b, 0, 255)')) v(i, what, b) ORDER BY i;
-- A state that begins as a value of another form
CREATE AGGREGATE part_joint(csagg.timeline, csagg.grid) (SFUNC = csagg.distribution_add, STYPE = csagg.distribution,
    INITCOND = 'joint distribution of (number, unknown) over [2020-01-01 00:00:00, 2020-01-03 00:00:00) every 1 day in UTC {}');
CREATE AGGREGATE part_plain(csagg.timeline[], csagg.grid) (SFUNC = csagg.distribution_add, STYPE = csagg.distribution,
    INITCOND = 'distribution of number over [2020-01-01 00:00:00, 2020-01-03 00:00:00) every 1 day in UTC {}');
CREATE AGGREGATE part_own(csagg.timeline, csagg.grid) (SFUNC = csagg.distribution_add, STYPE = csagg.distribution, FINALFUNC = csagg.distribution_final,
    INITCOND = 'distribution of number over [2020-01-01 00:00:00, 2020-01-03 00:00:00) every 1 day in UTC {7 = +1@0}');
SELECT what, value_of(format('SELECT part_%s FROM (VALUES (csagg.timeline ''number {2020-01-01 = 1}''), (''number {2020-01-02 = 2}'')) v(x), csagg.grid(''2020-01-01'', ''2020-01-03'', ''1 day'', ''UTC'') g', call))
FROM (VALUES ('joint', 'joint(x, g)'), ('plain', 'plain(ARRAY[x], g)'), ('own', 'own(x, g)')) v(what, call);
DO $$
DECLARE a record;
BEGIN
    FOR a IN SELECT oid::regprocedure AS f FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'a' AND proname ~ '^(part_|whole$|.*_of$)' LOOP
        EXECUTE format('DROP AGGREGATE %s', a.f);
    END LOOP;
END $$;
SELECT format('DROP FUNCTION raw(csagg.%s)', t) FROM unnest('{timeline, counter, history, distribution, summary, flows, total_state}'::text[]) t \gexec
DROP TABLE rooms, outcomes, calls, finished, states;
DROP FUNCTION direct, in_pieces, argument, used, cooked;
DROP TABLE aggregates, log;
DROP FUNCTION die, value_of;
