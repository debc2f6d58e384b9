// A made-up province of some size: everybody in it can be used like people who came by themselves, its counts are those of its
// rosters, and the same seed makes the same people.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { decide, handIn, register, signInAs } from '../support/accounts.mjs'
import { Client } from '../support/client.mjs'
import { databaseEnvironment, dropDatabase, inDatabase, onPostgres } from '../support/database.mjs'
import { binary, educard, Server, temporaryFolder } from '../support/server.mjs'

const secret = 'jiaoyuka-demo'

function folder(t) {
  const data = temporaryFolder()
  t.after(() => {
    rmSync(data, { recursive: true, force: true })
    dropDatabase(data)
  })
  return data
}

const make = (data, people, seed) => educard(data, ['demo', '--people', `${people}`, '--seed', `${seed}`])
const rows = (data, sql) => inDatabase({ data }, sql).trim().split('\n').filter(Boolean).map(line => line.split('|'))
const people = data =>
  createHash('sha256').update(inDatabase({ data }, 'SELECT name, number_mask, certification, birth_date FROM roster_entry ORDER BY 1, 2, 3, 4')).digest('hex')

test('a province of two thousand', { timeout: 200_000 }, async t => {
  const data = folder(t)
  const made = make(data, 2000, 7)
  assert.equal(made.status, 0, made.err)
  const server = await new Server(data, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } }).start()
  t.after(() => server.stop())
  const as = user_name => signInAs(server.url, user_name, secret)
  const [, newcomer, number] = /To try registration: (\S+) (\d{17}[\dX])/.exec(made.out)

  await t.test('the dashboard shows what a recount gives', async () => {
    const { organisation, children } = await (await as('province')).get('/api/v1/progress')
    const counted = Object.fromEntries(rows(data, 'SELECT certification, COUNT(*) FROM roster_entry GROUP BY certification').map(([key, count]) => [key, Number(count)]))
    assert.deepEqual(organisation.counts, { not_begun: 0, in_review: 0, returned: 0, certified: 0, ...counted })
    assert.equal(Object.values(counted).reduce((sum, one) => sum + one), 2000)
    assert.ok(Object.values(counted).every(count => count > 0), JSON.stringify(counted))
    assert.equal(children.reduce((sum, child) => sum + child.counts.certified, 0), counted.certified)
  })

  await t.test('no two have one ID number; every state of an application is there', () => {
    assert.equal(rows(data, 'SELECT COUNT(*) FROM roster_entry GROUP BY digest HAVING COUNT(*) > 1').length, 0)
    const states = new Set(rows(data, 'SELECT DISTINCT state FROM application').flat())
    for (const state of ['draft', 'submitted', 'returned', 'approved']) assert.ok(states.has(state), state)
    assert.ok(Number(rows(data, "SELECT COUNT(*) FROM organisation WHERE kind = 'school' AND pinyin <> ''")[0][0]) >= 6)
  })

  await t.test('anybody signs in, and the certified have cards', async () => {
    const [[anybody]] = rows(data, "SELECT a.user_name FROM account a JOIN application p ON p.account_id = a.id WHERE p.state = 'approved' ORDER BY a.user_name LIMIT 1")
    for (const name of ['student', anybody]) {
      const somebody = await as(name)
      const card = await somebody.get('/api/v1/card')
      assert.equal(card.state, 'active')
      assert.equal((await new Client(server.url).post('/api/v1/verifications', { code: card.card_number })).reason, 'number_only')
      const [application] = (await somebody.get('/api/v1/applications')).items
      assert.equal(application.state, 'approved')
    }
    const pupil = await as('student')
    assert.ok((await pupil.get('/api/v1/applications')).items[0].profile.guardians[0].phone)
  })

  await t.test('the queue of reviews works', async () => {
    const school = await as('school')
    const { items } = await school.get('/api/v1/reviews?all=true&limit=100')
    assert.ok(items.length > 0)
    const detail = await school.get(`/api/v1/reviews/${items[0].id}`)
    assert.ok(detail.comparison.length > 4)
    assert.deepEqual(detail.history.map(({ kind }) => kind), ['created', 'submitted'])
    const above = await as('province')
    const { items: long } = await above.get('/api/v1/reviews?all=true&limit=100')
    assert.ok(long.length >= items.length)
  })

  await t.test('whoever is left registers, applies, and is approved by the class teacher', async () => {
    const [[school_id, class_id, entry_year]] = rows(data, `SELECT school_id, class_id, entry_year FROM roster_entry WHERE name = '${newcomer}' AND number_mask LIKE '%${number.slice(-4)}'`)
    const person = { name: newcomer, number, birth: number.slice(6, 14), guardian: '王芳', phone: '13800138000' }
    const pupil = await register(server.url, person, 'newcomer.test')
    const profile = { name: newcomer, school_id, class_id, entry_year: Number(entry_year), guardians: [{ name: '王芳', relation: 'mother', phone: '13800138000' }] }
    const decided = await decide(await as('teacher'), await handIn(pupil, profile))
    assert.equal(decided.status, 200, JSON.stringify(decided.body))
    assert.equal((await pupil.get('/api/v1/card')).state, 'active')
  })

  await t.test('doctor finds all well', async () => {
    await server.stop()
    const doctor = educard(data, ['doctor'])
    assert.equal(doctor.status, 0, doctor.out + doctor.err)
  })

  await t.test('not into what is in use', () => {
    const again = make(data, 1000, 1)
    assert.equal(again.status, 1)
    assert.match(again.err, /已有系统数据|installation in/)
    assert.equal(educard(data, ['demo', '--if-empty']).status, 0)
    assert.equal(rows(data, 'SELECT COUNT(*) FROM roster_entry')[0][0], '2000')
  })
})

test('the same seed makes the same people', { timeout: 100_000 }, t => {
  const made = [5, 5, 6].map(seed => {
    const data = folder(t)
    const done = make(data, 1000, seed)
    assert.equal(done.status, 0, done.err)
    return people(data)
  })
  assert.equal(made[0], made[1])
  assert.notEqual(made[0], made[2])
})

test('what was killed half way is not taken for an installation', { timeout: 100_000 }, async t => {
  const data = folder(t)
  const child = spawn(binary, ['demo', '--people', '1000000', '--data', data], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...databaseEnvironment(data) } })
  await new Promise(begun => child.stderr.on('data', text => /schools/.test(text) && begun()))
  child.kill('SIGKILL')
  await new Promise(ended => child.once('exit', ended))
  if (onPostgres) {
    for (const command of [['demo', '--if-empty'], ['doctor']]) {
      const refused = educard(data, command)
      assert.equal(refused.status, 1)
      assert.match(refused.err, /尚未完成|not complete/)
    }
  } else {
    assert.ok(!existsSync(join(data, 'educard.db')))
    assert.equal(make(data, 1000, 1).status, 0)
    assert.equal(rows(data, 'SELECT COUNT(*) FROM roster_entry')[0][0], '1000')
  }
})

test('the small demonstration is made where the database is', { timeout: 100_000 }, t => {
  const data = folder(t)
  for (const round of ['made', 'left alone']) {
    const done = educard(data, ['demo', '--if-empty'])
    assert.equal(done.status, 0, round + done.err)
  }
  assert.equal(rows(data, "SELECT COUNT(*) FROM organisation WHERE kind = 'school'")[0][0], '6')
  assert.equal(educard(data, ['doctor']).status, 0)
  assert.ok(existsSync(join(data, 'demonstration.txt')) && !existsSync(join(data, '.demonstration')))
})
