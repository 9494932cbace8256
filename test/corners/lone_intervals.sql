-- Where rows must not overlap: those that touch do not, one that is empty overlaps nothing, and the last day counts where it is included.
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "Asia/Tokyo", "facts": {"seats": "number", "beds": "number"}}');
CREATE TABLE term (who text, since date, until date, seats int, beds int);
INSERT INTO term VALUES ('touches', '2026-01-01', '2026-02-01', 1), ('touches', '2026-02-01', NULL, 2),
    ('empty', '2026-01-01', '2026-02-01', 1), ('empty', '2026-01-15', '2026-01-15', 9),
    ('a day', '2026-01-01', '2026-02-02', 1), ('a day', '2026-02-01', '2026-03-01', 2),
    ('within', '2026-01-01', '2026-04-01', 1), ('within', '2026-02-01', '2026-02-02', 2), ('within', '2026-03-01', '2026-03-02', NULL),
    ('apart', '2026-03-01', '2026-04-01', 2), ('apart', '2026-01-01', '2026-02-01', 1);
UPDATE term SET beds = seats;
SELECT csagg.add_intervals('cs', 'term', 'who', '{seats}', 'since', 'until', overlap => '{"seats": "error"}'),
    csagg.add_intervals('cs', 'term', 'who', '{beds}', 'since', 'until', overlap => '{"beds": "error"}', until_included => true);
CALL csagg.refresh('cs');
SELECT customer, f.key, string_agg(format('%s from %s', coalesce(c.value, 'none'), (c.valid_from AT TIME ZONE 'Asia/Tokyo')::date), ', ' ORDER BY c.valid_from)
FROM cs.current, csagg.facts(facts) f, csagg.changes(csagg.timeline_of(facts, f.key)) c GROUP BY customer, f.key ORDER BY customer, f.key;
SELECT row ->> 'customer' AS customer, row ->> 'fact' AS fact, count(*), min(reason) FROM cs.rejected GROUP BY 1, 2 ORDER BY 1, 2;
SELECT * FROM csagg.verify('cs');
