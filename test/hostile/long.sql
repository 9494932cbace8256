-- Long values, for what must stop when it is told to.
CREATE TABLE hostile.long AS
SELECT csagg.timeline(at, i % 1000) AS f, csagg.timeline(at, 'plan ' || i * 31 % 5000) AS t, csagg.counter(at, 1, md5((i * 31 % 200000)::text)) AS c
FROM (SELECT i, '2000-01-01 00:00+00'::timestamptz + i * interval '617.000001 seconds' AS at FROM generate_series(1, 1000000) i) l;
ALTER TABLE hostile.long ADD other csagg.timeline, ADD h csagg.history, ADD form text, ADD grid csagg.grid;
UPDATE hostile.long SET other = (SELECT csagg.timeline('2000-01-01 00:00:01+00'::timestamptz + i * interval '617 seconds', i * 7 % 1000) FROM generate_series(1, 1000000) i),
    h = csagg.merge(csagg.history_of('f', f), csagg.history_of('c', c)), form = f::text,
    grid = csagg.grid('2000-01-01', '2000-01-01'::timestamp + interval '600000000 seconds', '600 seconds', 'UTC');
