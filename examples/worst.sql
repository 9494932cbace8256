-- The ten customers of the sample's pipeline (examples/sample-pipeline.sql) with the lowest scores, and what takes points from them.

SELECT h.customer, round(h.score) AS score, h.band, round(h.score - h.score_30_days_ago) AS "in 30 days",
       (SELECT string_agg(format('%s %s', w.rule, round(w.points)), ', ' ORDER BY w.points)
        FROM csagg.why('cs', h.customer, tenant => h.tenant) w WHERE w.part = 'rule' AND round(w.points) <> 0) AS why
FROM cs.health h WHERE h.score IS NOT NULL
ORDER BY h.score, h.customer LIMIT 10;
