// Two versions on one PostgreSQL database: the earlier one (EDUCARD_TEST_EARLIER, which `./test upgrade` builds) and this one beside it
// and after it, while people go on.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { decide, handIn, pupilProfile, register, signInAs } from '../support/accounts.mjs'
import { enrolled, present } from '../support/card.mjs'
import { Client, eventually } from '../support/client.mjs'
import { inDatabase, onPostgres } from '../support/database.mjs'
import { nodeBeside, takingTurns } from '../support/nodes.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { binary, educard, fresh } from '../support/server.mjs'

const earlier = process.env.EDUCARD_TEST_EARLIER
const env = { EDUCARD_LIMIT_NETWORKS: 'false' }
const year = new Date().getFullYear() - 1

test('the earlier version and this one on one database', { skip: !(onPostgres && earlier) && 'needs PostgreSQL and an earlier program', timeout: 300_000 }, async t => {
  const old = await fresh(t, { env, binary: earlier })
  const steps = () => inDatabase(old, 'SELECT number FROM schema_migration ORDER BY number').trim().split('\n')
  const before = steps()
  const school = await smallSchool(old)
  const children = people(24, { seed: 71, from: 2016, to: 2017 })
  await importRoster(school.admin, school.id, rosterOf(children.slice(0, 20), school.class_name, year))

  /** From the registration to the card that is shown, each request where `url` sends it. */
  async function wholePath(url, child, name) {
    const to = client => new Client(url, client.token)
    const pupil = await register(url, child, name)
    const application = await handIn(to(pupil), pupilProfile(child, school))
    assert.equal((await decide(to(school.teacher), application)).status, 200, name)
    const device = await enrolled(to(pupil), '手机')
    assert.equal((await new Client(url).post('/api/v1/verifications', { code: await present(device) })).reason, 'valid', name)
    return { pupil, device, number: (await to(pupil).get('/api/v1/card')).card_number }
  }

  const first = await wholePath(old.url, children[0], 'pupil.before')

  // The new node is set up as an operator would: the old one goes on meanwhile.
  const fresher = await nodeBeside(t, { ...old, options: { ...old.options, binary } })
  await t.test('the new node took its steps of the schema, and the old one is still there', async () => {
    for (const step of before) assert.ok(steps().includes(step))
    assert.equal((await new Client(old.url).call('GET', '/readyz')).status, 200)
  })

  const both = await takingTurns([old, fresher])
  t.after(both.stop)

  await t.test('sessions, cards and codes of one hold at the other', async () => {
    assert.equal((await new Client(fresher.url, first.pupil.token).get('/api/v1/card')).card_number, first.number)
    assert.equal((await new Client(fresher.url).post('/api/v1/verifications', { code: await present(first.device) })).reason, 'valid')
    const since = await signInAs(fresher.url, 'pupil.before')
    assert.equal((await new Client(old.url, since.token).get('/api/v1/card')).card_number, first.number)
  })

  const shared = []
  await t.test('each request at the other of both', async () => {
    for (const [index, child] of children.slice(1, 7).entries()) shared.push(await wholePath(both.url, child, `pupil.shared${index}`))
    await importRoster(new Client(both.url, school.admin.token), school.id, rosterOf(children, school.class_name, year))
    assert.equal(Number(inDatabase(old, 'SELECT COUNT(*) FROM roster_entry')), children.length)
  })

  await t.test('the old one is killed, starts again on the newer schema, and works', async () => {
    await old.kill()
    await old.start()
    shared.push(await wholePath(old.url, children[7], 'pupil.again'))
  })

  await t.test('then it is upgraded itself', async () => {
    await old.stop()
    old.options = { ...old.options, binary }
    await old.start()
    shared.push(await wholePath(old.url, children[8], 'pupil.after'))
    for (const { device } of shared) assert.equal((await new Client(fresher.url).post('/api/v1/verifications', { code: await present(device) })).reason, 'valid')
    assert.equal(new Set([first, ...shared].map(one => one.number)).size, shared.length + 1)
    const doctor = () => educard(old.data, ['doctor'])
    await eventually(() => doctor().status === 0, 'doctor to find all well', 30)
  })
})
