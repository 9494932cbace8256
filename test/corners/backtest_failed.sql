-- Whom the rules fail for is in `failed` and nowhere in `tested`, also where there is nobody else.
SELECT csagg.create_pipeline('cs');
INSERT INTO cs.fact (key, kind) VALUES ('seats', 'number');
INSERT INTO cs.log (customer, key, value, at, recorded_at) VALUES ('ada', 'seats', '0', now() - interval '50 hours', now() - interval '50 hours');
CALL csagg.refresh('cs');
CREATE FUNCTION ask(known text) RETURNS TABLE (ago integer, band text, actual bigint, tested bigint, failed bigint) LANGUAGE sql AS $$
    SELECT current_date - b.bucket::date, b.band, b.actual, b.tested, b.failed FROM csagg.backtest('cs', '{"timezone":"UTC","facts":{"seats":"number"},"rules":[{"name":"a","points":"100 / seats"}],"bands":[{"name":"red"},{"name":"green","from":5}]}',
        csagg.grid(current_date - 1, current_date + 3, '1 day', 'UTC'), known => known) b
$$;
SELECT ask('now');
INSERT INTO cs.log (customer, key, value, at) VALUES ('bell', 'seats', '4', now() - interval '1 day');
SELECT ask('now');
-- Known later that it was not 0: one of the two assessments fails.
INSERT INTO cs.log (customer, key, value, at) VALUES ('ada', 'seats', '5', now() - interval '50 hours');
SELECT ask('now');
SELECT ask('then');
