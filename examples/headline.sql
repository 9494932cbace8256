-- The headline question, asked of the sample (examples/sample.sql): for every day of two years, how many customers had
-- which health? A customer without a row on a day counts with its latest earlier one.

SELECT b.bucket AS day, b.value, b.n
FROM (SELECT csagg.distribution(csagg.bin(health, '{40,70}', '{red,yellow,green}'),
                                csagg.grid('2024-01-01', '2026-01-01', '1 day', 'UTC')) AS d
      FROM (SELECT customer, csagg.timeline(at, value::numeric, id) AS health
            FROM activity WHERE key = 'health' GROUP BY customer) t) s,
     csagg.buckets(s.d) b;
