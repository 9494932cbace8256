// Invoices with the plan at the time in DuckDB: ASOF JOIN, on one thread and on two.
import {DuckDBInstance} from '@duckdb/node-api';

const [folder, rounds] = [process.argv[2], Number(process.argv[3])];
const db = await (await DuckDBInstance.create(':memory:')).connect();
await db.run("SET TimeZone = 'UTC'");
const load = (table, column) => db.run(
    `CREATE TABLE ${table} AS SELECT customer_id, "at"::TIMESTAMP AS "at", ${column} FROM read_csv('${folder}/${table}.csv',
     columns = {'customer_id': 'INTEGER', 'at': 'TIMESTAMPTZ', '${column}': 'INTEGER'}, header = false)`);
await load('invoices', 'amount');
await load('plan_log', 'plan');
const sql = `SELECT count(*), sum(n) FROM (SELECT p.plan, count(*) AS n, sum(i.amount) FROM invoices i
             ASOF LEFT JOIN plan_log p ON p.customer_id = i.customer_id AND p."at" <= i."at" GROUP BY p.plan)`;
for (const threads of [1, 2]) {
    await db.run(`SET threads = ${threads}`);
    const times = [];
    for (let i = 0; i <= rounds; ++i) {
        const start = performance.now();
        await db.runAndReadAll(sql);
        if (i > 0) times.push(performance.now() - start);
    }
    const median = times.sort((a, b) => a - b)[Math.floor((times.length - 1) / 2)];
    console.log(`  DuckDB, ASOF JOIN, ${threads} thread${threads > 1 ? 's' : ''}`.padEnd(36) + median.toFixed(2).padStart(11) + ' ms');
}
