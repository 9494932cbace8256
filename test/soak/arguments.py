"""Arguments for the soak's calls: literals of each type, the ordinary ones and the harmful ones."""

SOME = {
    'timestamp with time zone': '2025-01-05 00:00+00|2025-10-26 01:30+00|2025-06-30 12:34:56.789012+00|2027-01-01 00:00+00',
    'timestamp without time zone': '2025-01-05|2025-03-30 02:30|2026-01-01',
    'interval': '1 day|15 minutes|1 month|14 days|36 hours|1 week',
    'numeric': '0|1|-1|0.5|40|123456789.123456789',
    'double precision': '0|0.5|0.25|1|123.456', 'real': '0|0.1|3.5', 'bigint': '0|1|-1|7', 'integer': '0|1|7|30', 'smallint': '0|1|5',
    'boolean': 'true|false', 'date': '2025-01-01|2025-12-31|2026-06-15',
    'text': 'gold|UTC|Europe/Berlin|end|start|counter|number|visits|seats|plan|low|actor 3|',
    'jsonb': '1|"gold"|{}|true|{"kind": "number"}|{"timezone": "UTC"}',
    'timestamp without time zone[]': '{2025-01-01,2025-01-29,2025-02-26,2025-04-02}|{2024-12-29 04:00,2025-06-01}',
    'text[]': '{}|{a}|{a,b}|{low,middle,high}|{customer}', 'numeric[]': '{1}|{1,2}|{40,70}', 'cstring': 'number {2025-01-01 = 1}',
    'csagg.timeline': 'number {2025-01-01 = 1, 2025-02-01 = 2}|text {-infinity = "gold", 2025-03-01 = null}|boolean {2025-01-01 = true}|number {}',
    'csagg.counter': 'counter {}|counter {2025-01-01, 2025-01-02}', 'csagg.ruleset': '{"timezone": "UTC"}',
    'uuid': '00000000-0000-0000-0000-000000000000|123e4567-e89b-12d3-a456-426614174000',
    'name': 'soak pipeline|nowhere|a "b"', 'name[]': '{}|{customer}|{plan,seats}', 'regclass': 'pg_stat_activity|pg_tables|nowhere', 'regtype': 'integer|uuid|text',
    'tid': '(0,1)|(0,65535)',
}

HARM = {
    'timestamp with time zone': 'infinity|-infinity|294276-12-31 23:59:59.999999+00|4713-01-01 00:00+00 BC',
    'timestamp without time zone': 'infinity|-infinity|294276-12-31 23:59:59.999999|4713-01-01 BC',
    'interval': '0|-1 day|1 month 1 day|1 day 1 hour|178000000 years|2147483647 days|0.000001 seconds|-2147483648 months',
    'numeric': 'NaN|Infinity|-Infinity|99999999999999999|-100000000000000000|999999999999999999|1e18|1e-36|1e-40|1e1000',
    'double precision': 'NaN|Infinity|-Infinity|-0|1.0000001|1e308|5e-324', 'real': 'NaN|Infinity|1e38|1e-45',
    'bigint': '9223372036854775807|-9223372036854775808|999999999999999999', 'integer': '-1|2147483647|-2147483648|1000001', 'smallint': '-32768|32767',
    'date': 'infinity|-infinity|4713-01-01 BC|5874897-12-31',
    'text': '|../../etc/passwd|No/Where|EST5EDT|<+02>-2|日本|a" = null}|%s%n|logins', 'jsonb': 'null|[[[]]]|1e400|"infinity"|{"timezone": "UTC", "rules": [{}]}',
    'timestamp without time zone[]': '{}|{2025-01-01}|{2025-01-02,2025-01-01}|{NULL,2025-01-01}|{-infinity,2025-01-01}|{4713-01-01 BC,294276-12-31}',
    'text[]': '{a,NULL}|{{a,b},{c,d}}|{NULL}', 'numeric[]': '{}|{2,1}|{NaN}|{NULL}|{{1,2},{3,4}}', 'cstring': '|{|number {',
    'csagg.timeline': 'number {-infinity = 999999999999999999, 294276-12-31 = -999999999999999999}|text known from 2025-01-01 {2025-02-01 = ""}|date {2025-01-01 = infinity}|'
                      'time {2025-01-01 = "-infinity"}|{|colour {}',
    'csagg.counter': 'counter {-infinity}|counter', 'csagg.grid': 'every day|', 'csagg.history': '{}|[]|history {', 'csagg.distribution': '[]', 'csagg.summary': '[]', 'csagg.flows': '[]',
    'name': 'pg_catalog|', 'name[]': '{NULL}|{{a,b},{c,d}}', 'regclass': 'pg_views', 'regtype': '0', 'tid': '(4294967295,65535)|(0,0)',
    'csagg.ruleset': '{}|[]|{"timezone": "UTC", "facts": {"n": "number"}, "rules": [{"name": "r", "points": "n / 0"}]}',
}

# What no literal can be: expressions.
EXPRESSIONS = {
    'text': ["repeat('x', 2000)"],
    'csagg.timeline[]': ['ARRAY[]::csagg.timeline[]', 'ARRAY[NULL]::csagg.timeline[]', 'ARRAY[csagg.constant(true), csagg.constant(false)]',
                         "ARRAY[csagg.constant(1), csagg.constant('x'::text)]", 'array_fill(csagg.constant(1), ARRAY[2, 2])', 'array_fill(csagg.constant(1), ARRAY[20])'],
    'record': ['NULL::record', 'ROW(1)', '(SELECT c FROM soak.customer c WHERE id = 3)', '(SELECT x FROM (SELECT csagg.constant(1) AS seats, 1 AS other) x)'],
    'anyelement': ['NULL::int', 'NULL::text', 'NULL::numeric', 'NULL::boolean', 'NULL::date', 'NULL::timestamptz', 'NULL::smallint', 'NULL::csagg.timeline', 'NULL::soak.log', 'NULL::point'],
    'anycompatible': ['NULL::soak.log', 'NULL::int', 'NULL::record'],
}


def literals(table, type_name):
    """The SQL of each literal of the type, NULL included."""
    texts = table[type_name].split('|') if type_name in table else []
    return [f"{quoted(text)}::{type_name}" for text in texts]


def quoted(text):
    return "'" + text.replace("'", "''") + "'"
