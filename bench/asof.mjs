// The plan at the time of each invoice by DuckDB's ASOF JOIN, on one thread and on two.
import {DuckDBInstance} from '@duckdb/node-api';

const [folder, rounds] = [process.argv[2], Number(process.argv[3])];
const db = await (await DuckDBInstance.create(':memory:')).connect();
await db.run("SET TimeZone = 'UTC'");
await db.run(`CREATE TABLE invoices AS SELECT id, customer_id, "at"::TIMESTAMP AS "at", amount
    FROM read_csv('${folder}/invoices.csv', columns = {'id': 'INTEGER', 'customer_id': 'INTEGER', 'at': 'TIMESTAMPTZ', 'amount': 'DECIMAL(10, 2)'}, header = true)`);
await db.run(`CREATE TABLE plan_log AS SELECT customer_id, "at"::TIMESTAMP AS "at", plan
    FROM read_csv('${folder}/plan_log.csv', columns = {'customer_id': 'INTEGER', 'at': 'TIMESTAMPTZ', 'plan': 'INTEGER'}, header = true)`);
const question = `SELECT count(*), sum(n) FROM (
    SELECT plan, count(*) AS n
    FROM invoices i ASOF LEFT JOIN plan_log p ON i.customer_id = p.customer_id AND i."at" >= p."at"
    GROUP BY plan) g`;
for (const threads of [1, 2]) {
    await db.run(`SET threads = ${threads}`);
    const times = [];
    for (let i = 0; i <= rounds; ++i) {
        const start = performance.now();
        await db.runAndReadAll(question);
        if (i > 0) times.push(performance.now() - start);
    }
    const median = times.sort((a, b) => a - b)[Math.floor((times.length - 1) / 2)];
    console.log(`  DuckDB, ASOF JOIN, ${threads} thread${threads > 1 ? 's' : ''}`.padEnd(36) + median.toFixed(2).padStart(11) + ' ms');
}
