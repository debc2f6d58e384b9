// A school outgrows its embedded database: everything is moved to PostgreSQL, compared, and served from there.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { test } from 'node:test'

import { decide, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { enrolled, present } from '../support/card.mjs'
import { Client } from '../support/client.mjs'
import { onPostgres, useDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { binary, Server, temporaryFolder } from '../support/server.mjs'

test('from the embedded database to PostgreSQL', { skip: !onPostgres && 'needs a PostgreSQL to move to', timeout: 200_000 }, async t => {
  const data = temporaryFolder()
  const embedded = { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_DATABASE: `sqlite:${data}/educard.db` }
  useDatabase(data, embedded.EDUCARD_DATABASE)
  const target = `${process.env.EDUCARD_TEST_DATABASE}?schema=moved_here`
  const move = (to = target) => spawnSync(binary, ['migrate', '--to', to, '--data', data], { encoding: 'utf8', env: { ...process.env, ...embedded } })
  t.after(() => rmSync(data, { recursive: true, force: true }))
  spawnSync(binary, ['migrate', '--data', data], { env: { ...process.env, ...embedded } })
  const server = await new Server(data, { env: embedded }).start()
  const school = await smallSchool(server)
  const children = people(40, { seed: 61, from: 2016, to: 2017 })
  await importRoster(school.admin, school.id, rosterOf(children, school.class_name, new Date().getFullYear() - 1))
  const pupil = await register(server.url, children[0], 'pupil.moves')
  assert.equal((await decide(school.teacher, await handIn(pupil, pupilProfile(children[0], school)))).status, 200)
  const device = await enrolled(pupil, '手机')
  const card = await pupil.get('/api/v1/card')
  const counts = (await school.admin.get(`/api/v1/progress?organisation_id=${school.id}`)).organisation.counts

  await t.test('not while it is served', () => {
    const refused = move()
    assert.notEqual(refused.status, 0)
    assert.match(refused.stderr, /仍在运行|still runs/)
  })
  await server.stop()

  await t.test('a look at an empty database leaves it empty', () => {
    const doctor = spawnSync(binary, ['doctor', '--data', data], { encoding: 'utf8', env: { ...process.env, EDUCARD_DATABASE: target } })
    assert.equal(doctor.status, 1)
    assert.match(doctor.stderr, /还没有系统数据|no installation in the database/)
  })

  await t.test('every row, compared', () => {
    const moved = move()
    assert.equal(moved.status, 0, moved.stderr)
    assert.match(moved.stdout, /^roster_entry +40 rows/m)
    assert.match(moved.stdout, /same sum/)
  })

  await t.test('not into a database that has rows', () => {
    const again = move()
    assert.notEqual(again.status, 0)
    assert.match(again.stderr, /不是空的|not empty/)
  })

  await t.test('it goes on there as before', async () => {
    const there = await new Server(data, { env: { ...embedded, EDUCARD_DATABASE: target } }).start()
    try {
      const mine = new Client(there.url, pupil.token)
      assert.deepEqual(await mine.get('/api/v1/card'), card)
      assert.equal((await new Client(there.url).post('/api/v1/verifications', { code: await present(device) })).reason, 'valid')
      const admin = new Client(there.url, school.admin.token)
      assert.deepEqual((await admin.get(`/api/v1/progress?organisation_id=${school.id}`)).organisation.counts, counts)
      const next = await register(there.url, children[1], 'pupil.after')
      assert.equal((await decide(new Client(there.url, school.teacher.token), await handIn(next, pupilProfile(children[1], school)))).status, 200)
      assert.notEqual((await next.get('/api/v1/card')).card_number, card.card_number)
    } finally {
      await there.stop()
    }
    const doctor = spawnSync(binary, ['doctor', '--data', data], { encoding: 'utf8', env: { ...process.env, EDUCARD_DATABASE: target } })
    assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr)
    execFileSync('psql', ['-qX', process.env.EDUCARD_TEST_DATABASE, '-c', 'DROP SCHEMA moved_here CASCADE'], { stdio: 'ignore' })
  })
})
