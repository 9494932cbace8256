// The headline question in DuckDB, on one thread and on two: by changes, as in bench/populations-delta.sql, and by ASOF JOIN; or
// by one of them, with the memory that the process had at its peak, reading the log included.
import {DuckDBInstance} from '@duckdb/node-api';

const [log, rounds, only] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const db = await (await DuckDBInstance.create(':memory:')).connect();
await db.run("SET TimeZone = 'UTC'");
await db.run(`CREATE TABLE log AS SELECT customer_id, "at"::TIMESTAMP AS "at", score
              FROM read_csv('${log}', columns = {'customer_id': 'INTEGER', 'at': 'TIMESTAMPTZ', 'score': 'SMALLINT'}, header = true)`);
const delta = `
    WITH closing AS (
        SELECT customer_id, greatest(CAST("at" AS DATE), DATE '2025-01-01') AS day, arg_max(score, "at") AS score
        FROM log WHERE "at" < TIMESTAMP '2027-01-01' GROUP BY ALL
    ), moves AS (
        SELECT day, score AS entered, lag(score) OVER (PARTITION BY customer_id ORDER BY day) AS left_behind FROM closing
    ), deltas AS (
        SELECT day, value, sum(step) AS step
        FROM (SELECT day, entered AS value, 1 AS step FROM moves
              UNION ALL SELECT day, left_behind, -1 FROM moves WHERE left_behind IS NOT NULL)
        GROUP BY ALL
    ), counts AS (
        SELECT day, value, sum(coalesce(step, 0)) OVER (PARTITION BY value ORDER BY day) AS n
        FROM (SELECT DISTINCT value FROM deltas) v
        CROSS JOIN (SELECT DATE '2025-01-01' + i AS day FROM (SELECT unnest(range(730))::INTEGER AS i) r) d
        LEFT JOIN deltas USING (day, value)
    )
    SELECT day, value, n FROM counts WHERE n > 0`;
const asof = `SELECT day, score AS value, count(*) AS n
    FROM (SELECT DATE '2025-01-01' + i AS day, CAST(DATE '2025-01-01' + i + 1 AS TIMESTAMP) AS ends, customer_id
          FROM (SELECT unnest(range(730))::INTEGER AS i) d, (SELECT DISTINCT customer_id FROM log) c) g
    ASOF JOIN log l ON g.customer_id = l.customer_id AND g.ends > l."at"
    GROUP BY 1, 2`;
const time = async (sql) => {
    const times = [];
    for (let i = 0; i <= rounds; ++i) {
        const start = performance.now();
        await db.runAndReadAll(`SELECT count(*), sum(n) FROM (${sql})`);
        if (i > 0) times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[Math.floor((times.length - 1) / 2)];
};
for (const threads of [1, 2]) {
    await db.run(`SET threads = ${threads}`);
    for (const [name, sql] of [['changes', delta], ['ASOF JOIN', asof]].filter(([name]) => !only || name === only))
        console.log(`  DuckDB, ${name}, ${threads} thread${threads > 1 ? 's' : ''}`.padEnd(36) + (await time(sql)).toFixed(2).padStart(11) + ' ms');
}
if (only) console.log('  its memory at the peak'.padEnd(36) + String(Math.round(process.resourceUsage().maxRSS / 1024)).padStart(11) + ' MB');
