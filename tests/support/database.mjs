// Which database a server under test uses. A file in its data folder; or, where EDUCARD_TEST_DATABASE names a PostgreSQL database, a
// schema of its own in that; through a pooler where EDUCARD_TEST_POOLED names one.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename, join } from 'node:path'

const postgres = process.env.EDUCARD_TEST_DATABASE
const served = process.env.EDUCARD_TEST_POOLED ?? `${postgres}?pooling=session`

const schemaOf = data => basename(data).toLowerCase().replace(/[^a-z0-9]/g, '_')

const chosen = new Map()

/** Lets everything on this data folder use the given database, whatever engine the tests run on. */
export function useDatabase(data, url) {
  chosen.set(data, url)
}

/** What the program's environment says about the database of this data folder. */
export function databaseEnvironment(data) {
  if (chosen.has(data)) return { EDUCARD_DATABASE: chosen.get(data) }
  return postgres ? { EDUCARD_DATABASE: `${served}&schema=${schemaOf(data)}&readers=4&writers=4` } : {}
}

/** Runs SQL on the database of a server, also while it is served; gives what it prints. */
export function inDatabase({ data }, sql) {
  if (!postgres) return execFileSync('sqlite3', [join(data, 'educard.db'), '.timeout 20000', sql], { encoding: 'utf8' })
  return execFileSync('psql', ['-qAtX', '-v', 'ON_ERROR_STOP=1', postgres, '-c', `SET search_path = ${schemaOf(data)}; ${sql}`], { encoding: 'utf8' })
}

/** A connection to the PostgreSQL database of a server that keeps its transaction open: `await run(sql)` gives what is printed; `end()`. */
export function connection({ data }) {
  const psql = spawn('psql', ['-qAtX', '-v', 'ON_ERROR_STOP=1', postgres], { stdio: ['pipe', 'pipe', 'inherit'] })
  let printed = ''
  psql.stdout.setEncoding('utf8').on('data', text => (printed += text))
  let number = 0
  const run = async sql => {
    const mark = `done ${++number}`
    printed = ''
    psql.stdin.write(`${sql};\n\\echo ${mark}\n`)
    while (!printed.includes(mark)) await Promise.race([once(psql.stdout, 'data'), once(psql, 'exit').then(() => Promise.reject(new Error(`psql ended: ${sql}`)))])
    return printed.slice(0, printed.indexOf(mark)).trim()
  }
  return { run: sql => run(number ? sql : `SET search_path = ${schemaOf(data)}; ${sql}`), end: () => psql.stdin.end() }
}

/** The URL of a PostgreSQL database of its own that orders text as English does; gone when the test ends. */
export function inEnglishOrder(t) {
  const run = sql => execFileSync('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', postgres, '-c', sql])
  run('DROP DATABASE IF EXISTS english_order')
  run("CREATE DATABASE english_order TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
  t.after(() => run('DROP DATABASE english_order'))
  return postgres.replace(/[^/]*$/, 'english_order')
}

/** A day so many days ago, as an SQL expression over a date column kept as text. */
export const daysEarlier = (column, days) => (postgres ? `CAST(CAST(${column} AS DATE) - ${days} AS TEXT)` : `date(${column}, '-${days} days')`)

/** Takes away what the data folder's removal leaves behind. */
export function dropDatabase(data) {
  if (postgres) execFileSync('psql', ['-qX', postgres, '-c', `DROP SCHEMA IF EXISTS ${schemaOf(data)} CASCADE`], { stdio: 'ignore' })
}

export const onPostgres = Boolean(postgres)
