-- Rules that cannot be evaluated at some time: all that is said up to it holds, and what was said last from there on.
CREATE TABLE clock AS SELECT interval '0' AS shift;
CREATE OR REPLACE FUNCTION csagg.pipeline_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT current_date + interval ''12 hours'' + shift FROM public.clock';
CREATE OR REPLACE FUNCTION csagg.pipeline_clock() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT csagg.pipeline_now()';
CREATE FUNCTION day(n int) RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT current_date + n * interval ''1 day''';
CREATE PROCEDURE go(days int, pipeline name) LANGUAGE plpgsql AS $$ BEGIN UPDATE clock SET shift = days * interval '1 day'; COMMIT; CALL csagg.refresh(pipeline); END $$;

-- In time: on the day itself, by the mere passing of days. The next day is a new one.
SELECT csagg.create_pipeline('fe', rules => '{"timezone":"UTC","facts":{"n":"number","ends":"date"},"rules":[{"name":"urgency","points":"n + 10/days_until(ends)"}],"bands":[{"name":"red"},{"name":"green","from":7}],"alerts":[{"name":"high","when":"n > 4"}]}');
INSERT INTO fe.log (customer, key, value, at) VALUES ('a', 'n', '5', day(-9)), ('a', 'ends', to_jsonb(current_date + 10), day(-9)), ('b', 'n', '5', day(-9)), ('b', 'ends', to_jsonb(current_date + 90), day(-9));
SELECT customer, score, band, alerts, error FROM fe.health ORDER BY 1;
CALL csagg.refresh('fe');
SELECT customer, score, band, alerts, error FROM fe.health ORDER BY 1;
SELECT csagg.step('fe'), until_at = day(10) FROM fe.current WHERE customer = 'a';
SELECT i, h.score, h.band, h.error FROM generate_series(8, 11) i, csagg.health_at('fe', day(i), 'a') h ORDER BY i;
SELECT * FROM csagg.verify('fe');
UPDATE clock SET shift = '10 days';
SELECT score, band, alerts, error FROM fe.health WHERE customer = 'a';
SELECT * FROM csagg.verify('fe');
CALL csagg.refresh('fe');
SELECT score, band, alerts, error FROM fe.health WHERE customer = 'a';
SELECT csagg.step('fe'), until_at > csagg.pipeline_now(), until_at <= csagg.pipeline_now() + interval '1 day' FROM fe.current WHERE customer = 'a';
SELECT * FROM csagg.verify('fe');
CALL go(11, 'fe');
SELECT score, band, alerts FROM fe.health WHERE customer = 'a';
SELECT alert, since = day(-9), until FROM fe.alert WHERE customer = 'a';
SELECT * FROM csagg.verify('fe');
-- What comes meanwhile is taken in, and moves the end.
CALL go(11, 'fe');
INSERT INTO fe.log (customer, key, value, at) VALUES ('a', 'ends', to_jsonb(current_date + 13), day(-9));
SELECT score, error FROM fe.health WHERE customer = 'a';
CALL csagg.refresh('fe');
SELECT h.score, h.error, until_at = day(13) FROM fe.health h JOIN fe.current USING (customer) WHERE customer = 'a';
SELECT * FROM csagg.verify('fe');

-- In rules that do not hold yet: those of today say what holds until then.
UPDATE clock SET shift = '0';
SELECT csagg.create_pipeline('ru', rules => '{"timezone":"UTC","facts":{"seats":"number","used":"number"},"base":90}');
INSERT INTO ru.rules (rules, effective_from) VALUES ('{"timezone":"UTC","facts":{"seats":"number","used":"number"},"base":20,"rules":[{"name":"use","points":"50*used/seats"}]}', day(6));
INSERT INTO ru.log (customer, key, value, at) VALUES ('a', 'seats', '0', day(-20)), ('a', 'used', '8', day(-20));
SELECT score, error FROM ru.health;
CALL csagg.refresh('ru');
SELECT h.score, h.error, until_at = day(6) FROM ru.health h JOIN ru.current USING (customer);
SELECT * FROM csagg.verify('ru');
CALL go(7, 'ru');
SELECT score, error FROM ru.health;
SELECT * FROM csagg.verify('ru');
INSERT INTO ru.log (customer, key, value, at) VALUES ('a', 'seats', '10', csagg.pipeline_now());
SELECT score, error FROM ru.health;
CALL csagg.refresh('ru');
SELECT h.score FROM generate_series(5, 8) i, csagg.health_at('ru', day(i), 'a') h ORDER BY i;
SELECT * FROM csagg.verify('ru');

-- Between steps views say the same, also of days gone by: with rows that no step has seen, and where the outlook has ended.
UPDATE clock SET shift = '0';
SELECT csagg.create_pipeline('vi', rules => '{"timezone":"UTC","facts":{"seats":"number","used":"number","login":"counter"},"base":20,"rules":[{"name":"use","points":"50*used/seats"}],"bands":[{"name":"red"},{"name":"green","from":50}],"stages":[{"name":"all"}],"alerts":[{"name":"busy","when":"used > 0"}]}');
INSERT INTO vi.log (customer, key, value, at) VALUES ('z', 'seats', '10', day(-90)), ('z', 'used', '8', day(-90));
CALL csagg.refresh('vi');
INSERT INTO vi.log (customer, key, value, at) VALUES ('z', 'seats', '0', day(0));
CREATE VIEW said AS SELECT score, band, stage, coverage, alerts, score_30_days_ago, previous_band, band_since = day(-90) AS long, error,
    (SELECT string_agg(band || ' on ' || days || ' days', ', ' ORDER BY band) AS daily FROM (SELECT band, sum(customers) AS days FROM vi.health_daily GROUP BY band) d),
    (SELECT array_agg(t.n ORDER BY bucket) AS months FROM csagg.trend('vi', csagg.last_buckets(3, '30 days', 'UTC', csagg.pipeline_now()), '{band,stage}') t) FROM vi.health;
TABLE said;
CALL csagg.refresh('vi');
TABLE said;
INSERT INTO vi.log (customer, key, at) VALUES ('z', 'login', day(0));
TABLE said;
SELECT score, band, error FROM csagg.health_at('vi', day(-20), 'z');
UPDATE clock SET shift = '40 days';
TABLE said;
CALL csagg.refresh('vi');
TABLE said;
SELECT alert, since = day(-90), until FROM vi.alert;
INSERT INTO vi.log (customer, key, value, at) VALUES ('z', 'seats', '20', csagg.pipeline_now());
TABLE said;
CALL csagg.refresh('vi');
TABLE said;
-- Who could never be assessed is there, without a score.
INSERT INTO vi.log (customer, key, value, at) VALUES ('new', 'seats', '0', day(0)), ('new', 'used', '8', day(0));
SELECT customer, score, band, alerts, error FROM vi.health ORDER BY 1;
CALL csagg.refresh('vi');
SELECT customer, score, band, alerts, error FROM vi.health ORDER BY 1;
SELECT * FROM csagg.verify('vi');
