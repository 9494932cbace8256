-- What a step hands on from reading rows to assessing customers.

CREATE TYPE csagg.pipeline_change AS (
    tenant text,
    customer text,
    facts csagg.history,
    from_at timestamptz,
    quiet_before timestamptz,
    source text
);
COMMENT ON TYPE csagg.pipeline_change IS
    'a customer that a step has to look at: facts to be merged, NULL if there are none; the first instant that they change; and, when it is assessed by other rules, the instant before which alerts are not announced, else NULL; with a source the facts are all that it says of the customer now and replace what it said before';
