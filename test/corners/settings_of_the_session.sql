-- What the application's session is set to changes nothing that triggers, steps and verify() read.
CREATE TABLE subs (id bytea, mrr numeric, s date, u date);
CREATE TABLE accounts (id int PRIMARY KEY, share float8, joined timestamptz);
INSERT INTO subs VALUES ('\xff01', 100, '2026-01-01', NULL);
INSERT INTO accounts VALUES (1, 0.5, '2026-01-01 02:00+00');
SELECT csagg.create_pipeline('cs');
SELECT csagg.add_intervals('cs', 'subs', customer => 'id', columns => '{mrr}', since => 's', until => 'u');
SELECT csagg.add_states('cs', 'accounts', customer => 'id', columns => '{share}', filter => $$joined >= '2026-01-01'$$);
CALL csagg.refresh('cs');
SET bytea_output = escape; SET extra_float_digits = 0; SET timezone = 'America/New_York'; SET datestyle = 'German'; SET intervalstyle = 'sql_standard';
UPDATE subs SET mrr = 200;
UPDATE accounts SET share = 0.1::float8 + 0.2 WHERE id = 1;
CALL csagg.refresh('cs');
SELECT problem, detail FROM csagg.verify('cs');
RESET ALL;
SELECT customer, csagg.text_at(csagg.timeline_of(facts, 'mrr'), now()), csagg.text_at(csagg.timeline_of(facts, 'share'), now()) FROM cs.current ORDER BY 1;
SELECT problem, detail FROM csagg.verify('cs');
\echo old escapes
SET standard_conforming_strings = off; SET escape_string_warning = off;
SELECT t.members, t.n FROM csagg.trend('cs', csagg.last_buckets(1, '1 day', 'UTC'), filter => 'shore = 1') t;
SELECT t.members, t.n FROM csagg.trend('cs', csagg.last_buckets(1, '1 day', 'UTC'), filter => 'share = 1') t;
SELECT strpos(csagg.pipeline_crontab('a''b%'), $$ -c 'CALL csagg.run('\''a'\'''\''b\%'\'')'$$) > 0;
SET standard_conforming_strings = on;
SELECT strpos(csagg.pipeline_crontab('a''b%'), $$ -c 'CALL csagg.run('\''a'\'''\''b\%'\'')'$$) > 0;
\echo 30 days are 720 hours, whatever the clocks did
SELECT csagg.create_pipeline('hours', '{"timezone":"UTC","facts":{"seats":"number"},"rules":[{"name":"a","points":"seats"}]}');
INSERT INTO hours.log (customer, key, value, at) VALUES ('ada', 'seats', '4', '2100-03-01 00:00+00'), ('ada', 'seats', '9', '2100-03-06 12:30+00');
CALL csagg.refresh('hours');
SET timezone = 'UTC'; SELECT score, score_30_days_ago FROM csagg.health_at('hours', '2100-04-05 12:00+00');
SET timezone = 'America/New_York'; SELECT score, score_30_days_ago FROM csagg.health_at('hours', '2100-04-05 12:00+00');
