-- The headline question by hand, the fastest way plain SQL has: count changes, then add them up.
WITH closing AS (
    SELECT DISTINCT ON (customer_id, day) customer_id, day, score
    FROM (SELECT customer_id, at, score, greatest(at::date, date '2025-01-01') AS day
          FROM log WHERE at < '2027-01-01') l
    ORDER BY customer_id, day, at DESC, score DESC
), moves AS (
    SELECT day, score AS entered, lag(score) OVER (PARTITION BY customer_id ORDER BY day) AS left_behind FROM closing
), deltas AS (
    SELECT day, value, sum(step) AS step
    FROM moves, LATERAL (VALUES (entered, 1), (left_behind, -1)) v(value, step)
    WHERE value IS NOT NULL
    GROUP BY day, value
), counts AS (
    SELECT day, value, sum(coalesce(step, 0)) OVER (PARTITION BY value ORDER BY day) AS n
    FROM (SELECT DISTINCT value FROM deltas) v
    CROSS JOIN (SELECT date '2025-01-01' + i AS day FROM generate_series(0, 729) i) d
    LEFT JOIN deltas USING (day, value)
)
SELECT day, value, n FROM counts WHERE n > 0
