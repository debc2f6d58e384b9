// A PostgreSQL database goes back to a moment: base backup, archived log, and what educard needs afterwards (docs/postgresql.md).
import assert from 'node:assert/strict'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { decide, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { eventually } from '../support/client.mjs'
import { Cluster, folderFor, freePort } from '../support/cluster.mjs'
import { onPostgres, useDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, Server, temporaryFolder } from '../support/server.mjs'

const url = cluster => `postgresql://educard@127.0.0.1:${cluster.port}/educard`

test('back to a moment', { skip: !onPostgres && 'PostgreSQL only', timeout: 200_000 }, async t => {
  const folder = folderFor(temporaryFolder('educard-moment-'))
  const archive = folderFor(join(folder, 'archive'))
  const [data, restored_data] = [temporaryFolder(), temporaryFolder()]
  const old = new Cluster(folder, await freePort()).create().set({ archive_mode: 'on', archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f.part && sync ${archive}/%f.part && mv ${archive}/%f.part ${archive}/%f` }).start()
  const restored = new Cluster(folder, await freePort())
  let server
  t.after(async () => {
    await server?.stop()
    old.stop('immediate')
    restored.stop('immediate')
    for (const gone of [folder, data, restored_data]) rmSync(gone, { recursive: true, force: true })
  })
  old.sql('CREATE DATABASE educard', 'postgres')
  useDatabase(data, url(old))
  const env = { EDUCARD_LIMIT_NETWORKS: 'false' }
  server = await new Server(data, { env }).start()
  const school = await smallSchool(server)
  const children = people(3, { seed: 71, from: 2016, to: 2017 })
  await importRoster(school.admin, school.id, rosterOf(children, school.class_name, new Date().getFullYear() - 1))
  restored.copyOf(old)

  const approve = async index => {
    const account = await register(server.url, children[index], `pupil.n${index}`)
    assert.equal((await decide(school.teacher, await handIn(account, pupilProfile(children[index], school)))).status, 200)
    return (await account.get('/api/v1/card')).card_number
  }
  const kept = await approve(0)
  await eventually(() => educard(data, ['doctor']).status === 0, 'the log to be sealed', 20)
  const moment = old.sql('SELECT clock_timestamp()')
  const lost = await approve(1)
  await server.stop()
  server = undefined
  old.sql('SELECT pg_switch_wal()')
  await eventually(() => old.sql("SELECT last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1) FROM pg_stat_archiver") === 't', 'the log to be archived', 20)
  old.stop('immediate')

  restored.set({ archive_mode: 'off', restore_command: `cp ${archive}/%f %p`, recovery_target_time: moment, recovery_target_action: 'promote' })
  writeFileSync(join(restored.data, 'recovery.signal'), '')
  restored.start()
  await eventually(() => restored.sql('SELECT pg_is_in_recovery()') === 'f', 'the end of recovery', 30)
  copyFileSync(join(data, 'keys.json'), join(restored_data, 'keys.json'))
  copyFileSync(join(data, 'keys.json.serials'), join(restored_data, 'keys.json.serials'))
  useDatabase(restored_data, url(restored))

  await t.test('doctor finds all well, with what was before the moment and without what came after', () => {
    const doctor = educard(restored_data, ['doctor'])
    assert.equal(doctor.status, 0, doctor.out + doctor.err)
    assert.equal(restored.sql('SELECT COUNT(*) FROM card'), '1')
    assert.equal(restored.sql("SELECT COUNT(*) FROM account_name WHERE name_key = 'pupil.n1'"), '0')
  })

  await t.test('whoever is approved again gets a number that nobody had', async () => {
    server = await new Server(restored_data, { env }).start()
    Object.assign(school.admin, { url: server.url })
    Object.assign(school.teacher, { url: server.url })
    const again = await approve(1)
    assert.notEqual(again, lost)
    assert.notEqual(again, kept)
    await eventually(() => educard(restored_data, ['doctor']).status === 0, 'doctor to find all well', 20)
  })
})
