// Time that passes for a server under test: its clock cannot be set, so what is in the database is made older instead.
import { daysEarlier, inDatabase } from './database.mjs'

/** So many days pass for every delegation, appointment and application. */
export function daysPass(server, days) {
  const microseconds = days * 86_400_000_000
  inDatabase(
    server,
    `BEGIN;
    UPDATE delegation SET starts_on = ${daysEarlier('starts_on', days)}, ends_on = ${daysEarlier('ends_on', days)};
    UPDATE appointment SET starts_at = starts_at - ${microseconds}, ends_at = ends_at - ${microseconds};
    UPDATE application SET submitted_at = submitted_at - ${microseconds};
    COMMIT;`,
  )
}
