// Time that passes for a server under test: its clock cannot be set, so what is in the database is made older instead.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const database = server => join(server.data, 'educard.db')

/** Runs SQL on the server's database while it serves. */
export function inDatabase(server, sql) {
  return execFileSync('sqlite3', [database(server), '.timeout 20000', sql], { encoding: 'utf8' })
}

/** So many days pass for every delegation, appointment and application. */
export function daysPass(server, days) {
  const microseconds = days * 86_400_000_000
  inDatabase(server, `BEGIN IMMEDIATE;
    UPDATE delegation SET starts_on = date(starts_on, '-${days} days'), ends_on = date(ends_on, '-${days} days');
    UPDATE appointment SET starts_at = starts_at - ${microseconds}, ends_at = ends_at - ${microseconds};
    UPDATE application SET submitted_at = submitted_at - ${microseconds};
    COMMIT;`)
}
