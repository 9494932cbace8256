SELECT sum(tenant + 2 * seats + CASE WHEN plan = 'gold' AND seats >= 10 THEN 5 ELSE 0 END
    + CASE WHEN timestamptz '2025-06-01 12:00+00' + customer % 30 * interval '1 day' BETWEEN '2025-06-06 00:00:00.000001+00' AND '2025-06-20' THEN 10 ELSE 0 END)
FROM customer
