-- Of a large table in which some rows cannot be read, those up to there are folded at once, and few are tried one by one.
CREATE TABLE visit (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int, at timestamptz, pages int);
INSERT INTO visit (customer, at, pages) SELECT i % 300, '2026-01-01'::timestamptz + i * interval '1 minute', CASE WHEN i IN (70000, 129999, 130000) THEN 0 ELSE 1 + i % 9 END FROM generate_series(1, 130000) i;
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"visit": "counter"}, "rules": [{"name": "visits", "points": "count(visit, 30 days)"}]}');
SELECT csagg.add_events('cs', 'visit', customer => 'customer', fact => 'visit', at => 'at', filter => '10 / pages < 9');
CREATE FUNCTION steps(max_rows int, OUT n int, OUT folded bigint) LANGUAGE plpgsql AS $$
DECLARE
    s record;
BEGIN
    SELECT 0, 0 INTO n, folded;
    LOOP
        s := csagg.step('cs', max_rows);
        n := n + 1;
        folded := folded + s.folded;
        EXIT WHEN NOT s.more;
    END LOOP;
END $$;
SELECT folded, n <= 20 AS few FROM steps(1000000);
SELECT id, reason FROM cs.rejected ORDER BY id;
SELECT sum(events) = (SELECT count(*) FROM visit WHERE pages > 1) FROM cs.current, csagg.events(csagg.counter_of(facts, 'visit'));
SELECT * FROM csagg.verify('cs', NULL);
-- The least steps that there are.
INSERT INTO visit (customer, at, pages) SELECT i, now(), CASE i WHEN 2 THEN 0 ELSE 5 END FROM generate_series(1, 4) i;
SELECT folded, n <= 10 AS few FROM steps(1);
SELECT count(*) FROM cs.rejected;
SELECT * FROM csagg.verify('cs', NULL);
-- One that cannot be read any more is told, until it is read anew.
UPDATE visit SET pages = 0 WHERE id = 1;
SELECT * FROM csagg.verify('cs', NULL);
SELECT * FROM csagg.verify('cs', NULL, repair => true);
CALL csagg.refresh('cs');
SELECT count(*) FROM cs.rejected;
SELECT * FROM csagg.verify('cs', NULL);
