-- The headline question the obvious way: for every customer and day, look up the last row.
SELECT day, s.score AS value, count(*) AS n
FROM (SELECT date '2025-01-01' + i AS day FROM generate_series(0, 729) i) d
CROSS JOIN (SELECT DISTINCT customer_id FROM log) c
CROSS JOIN LATERAL (SELECT score FROM log l WHERE l.customer_id = c.customer_id AND l.at < d.day + 1
                    ORDER BY at DESC, score DESC LIMIT 1) s
GROUP BY 1, 2
