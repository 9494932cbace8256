// Arguments: folder with l.csv and r.csv, join (LEFT or INNER), operator. Prints "left id,right id" in the order of left ids.
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
const {DuckDBInstance} = createRequire(pathToFileURL(process.cwd() + '/../../bench/'))('@duckdb/node-api');

const [folder, join, operator] = process.argv.slice(2);
const db = await (await DuckDBInstance.create(':memory:')).connect();
for (const side of ['l', 'r'])
    await db.run(`CREATE TABLE ${side} AS SELECT * FROM read_csv('${folder}/${side}.csv', columns = {'id': 'INTEGER', 'k': 'VARCHAR', 'at': 'INTEGER'}, header = false)`);
const rows = await db.runAndReadAll(`SELECT l.id, r.id FROM l ASOF ${join} JOIN r ON l.k = r.k AND l."at" ${operator} r."at" WHERE l."at" IS NOT NULL ORDER BY l.id`);
for (const [left, right] of rows.getRows()) console.log(`${left},${right ?? ''}`);
