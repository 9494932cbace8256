-- What is asked of customers, as timelines: functions with a text among their arguments are not sent to a server, a view there has them.
CREATE FUNCTION customer_view(name text, stored text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($q$
CREATE VIEW %s AS
SELECT s.*, csagg.bin(seats, '{5,20}'::numeric[], '{few,some,many}') AS size, csagg.bin(csagg.trailing(logins, '30 days', 'UTC'), '{1,10}'::numeric[]) AS use,
    csagg.score_over('{"timezone": "UTC", "facts": {"plan": "text", "seats": "number", "login": "counter"}, "base": 10, "rules": [{"name": "gold", "when": "plan = ''gold''", "points": 20},
        {"name": "seats", "points": "seats", "missing": 0}, {"name": "active", "when": "count(login, 60 days) > 2", "points": 30}]}'::csagg.ruleset, f, '2025-01-01 00:00+00', '2026-06-01 00:00+00') AS score
FROM %s s, LATERAL (SELECT s.facts) f$q$, name, stored);
END $$;
