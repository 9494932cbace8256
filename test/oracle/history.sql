-- Histories: what is in them equals the aggregates over each key's rows.

CREATE TEMP TABLE rows AS
SELECT customer, key, kind, at, value, NULL AS actor, seq
FROM oracle.log, LATERAL (VALUES
    ('churned', 'boolean', to_jsonb(b)), ('seats', 'number', to_jsonb(i4)), ('price', 'number', to_jsonb(n)), ('plan', 'text', to_jsonb(t)),
    ('契約', 'date', to_jsonb(oracle.iso(day))), ('', 'time', to_jsonb(oracle.iso(ts)))) v (key, kind, value)
UNION ALL
SELECT customer, 'login', 'counter', at, to_jsonb(amount), actor, id FROM oracle.event;
CREATE TEMP TABLE story AS
SELECT customer, csagg.history(key, kind, at, value, actor, seq) AS h, csagg.history(key, kind, at, value, actor) AS anyhow,
       csagg.history(key, kind, at, value) AS plain
FROM rows GROUP BY customer;
CREATE TEMP TABLE piece AS
SELECT customer, (seq + 3) % 3 AS part, csagg.history(key, kind, at, value, actor, seq) AS h FROM rows GROUP BY 1, 2;

CALL oracle.equal('facts of a history', $$
    SELECT customer, f.* FROM story, csagg.facts(h) f
$$, $$
    SELECT customer, key, min(kind), CASE key WHEN 'login' THEN count(*) ELSE count(DISTINCT at) END, min(at), max(at) FROM rows GROUP BY customer, key
$$);

CALL oracle.equal('timeline_of, counter_of are the aggregates of the rows of a key', $$
    SELECT customer, csagg.timeline_of(h, 'churned'), csagg.timeline_of(h, 'seats'), csagg.timeline_of(h, 'price'), csagg.timeline_of(h, 'plan'),
           csagg.timeline_of(h, '契約'), csagg.timeline_of(h, ''), csagg.counter_of(h, 'login'), csagg.timeline_of(h, 'nothing')
    FROM story
$$, $$
    SELECT b.customer, b.x, i4.x, n.x, t.x, d.x, ts.x, c.c, NULL::csagg.timeline
    FROM oracle.ours b JOIN oracle.ours i4 USING (customer, ranked) JOIN oracle.ours n USING (customer, ranked) JOIN oracle.ours t USING (customer, ranked)
         JOIN oracle.ours d USING (customer, ranked) JOIN oracle.ours ts USING (customer, ranked) LEFT JOIN oracle.counted c USING (customer)
    WHERE b.ranked AND (b.kind, i4.kind, n.kind, t.kind, d.kind, ts.kind) = ('boolean', 'integer', 'numeric', 'text', 'date', 'timestamptz')
$$);

CALL oracle.equal('histories without seq and without actors', $$
    SELECT customer, csagg.timeline_of(anyhow, 'plan'), csagg.counter_of(anyhow, 'login'), csagg.timeline_of(plain, 'price'), csagg.counter_of(plain, 'login')
    FROM story
$$, $$
    SELECT t.customer, t.x, c.c, n.x, c.amounts
    FROM oracle.ours t JOIN oracle.ours n USING (customer, ranked) LEFT JOIN oracle.counted c USING (customer)
    WHERE NOT ranked AND (t.kind, n.kind) = ('text', 'numeric')
$$);

CALL oracle.equal('history_of and merge put facts together', $$
    SELECT customer, csagg.history_send(csagg.merge(x)) FROM (
        SELECT customer, csagg.history_of(key, csagg.timeline_of(h, key)) AS x FROM story, unnest('{churned,seats,price,plan,契約,""}'::text[]) key
        UNION ALL
        SELECT customer, csagg.history_of('login', csagg.counter_of(h, 'login')) FROM story) f GROUP BY customer
$$, $$
    SELECT customer, csagg.history_send(h) FROM story
$$);

CALL oracle.equal('pieces of a history merge to the whole', $$
    SELECT customer, csagg.history_send(csagg.merge(h)) FROM piece GROUP BY customer
    UNION ALL
    SELECT customer, csagg.history_send(csagg.merge(csagg.merge(a.h, b.h), c.h))
    FROM (SELECT DISTINCT customer FROM piece) k LEFT JOIN piece a USING (customer) LEFT JOIN piece b USING (customer) LEFT JOIN piece c USING (customer)
    WHERE (a.part, b.part, c.part) = (2, 0, 1)
$$, $$
    SELECT customer, csagg.history_send(h) FROM story
    UNION ALL
    SELECT customer, csagg.history_send(h) FROM story WHERE 3 = (SELECT count(*) FROM piece p WHERE p.customer = story.customer)
$$);

CALL oracle.equal('slice, forget_before, overlay, merge of histories go fact by fact', $$
    SELECT a.customer, m.at, csagg.timeline_of(csagg.slice(a.h, m.at, until), 'plan'), csagg.counter_of(csagg.slice(a.h, m.at, until), 'login'),
           csagg.timeline_of(csagg.forget_before(a.h, m.at), 'price'), csagg.counter_of(csagg.forget_before(a.h, m.at), 'login'),
           csagg.known_from(csagg.forget_before(a.h, m.at)),
           csagg.timeline_of(csagg.overlay(a.h, b.h), '契約'), csagg.counter_of(csagg.overlay(a.h, b.h), 'login'),
           csagg.timeline_of(csagg.merge(a.h, b.h), 'churned'), csagg.counter_of(csagg.merge(a.h, b.h), 'login')
    FROM story a JOIN story b ON b.customer = a.customer % 12 + 1 JOIN oracle.moment m ON m.customer = 5 AND m.at < 'infinity', oracle.now
    WHERE a.customer <= 12
$$, $$
    SELECT a.customer, m.at, csagg.slice(csagg.timeline_of(a.h, 'plan'), m.at, until), csagg.slice(csagg.counter_of(a.h, 'login'), m.at, until),
           csagg.forget_before(csagg.timeline_of(a.h, 'price'), m.at), csagg.forget_before(csagg.counter_of(a.h, 'login'), m.at),
           nullif(m.at, '-infinity'),
           csagg.overlay(csagg.timeline_of(a.h, '契約'), csagg.timeline_of(b.h, '契約')), csagg.overlay(csagg.counter_of(a.h, 'login'), csagg.counter_of(b.h, 'login')),
           csagg.merge(csagg.timeline_of(a.h, 'churned'), csagg.timeline_of(b.h, 'churned')), csagg.merge(csagg.counter_of(a.h, 'login'), csagg.counter_of(b.h, 'login'))
    FROM story a JOIN story b ON b.customer = a.customer % 12 + 1 JOIN oracle.moment m ON m.customer = 5 AND m.at < 'infinity', oracle.now
    WHERE a.customer <= 12
$$);

CALL oracle.equal('text and JSON forms of a history', $$
    SELECT customer, h::text::csagg.history = h, csagg.jsonb(h)->'facts' FROM story
$$, $$
    SELECT customer, true, jsonb_object_agg(key, CASE key WHEN 'login' THEN csagg.jsonb(csagg.counter_of(h, key)) ELSE csagg.jsonb(csagg.timeline_of(h, key)) END)
    FROM story, csagg.facts(h) f GROUP BY customer
$$);
