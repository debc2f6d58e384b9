// Two nodes on one database: what is begun at one goes on at the other, also when one is killed. PostgreSQL only, as the embedded engine
// belongs to one process.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { decide, handIn, pupilProfile, register, signInAs } from '../support/accounts.mjs'
import { answerTo } from '../support/captcha.mjs'
import { enrolled, present } from '../support/card.mjs'
import { Client, eventually } from '../support/client.mjs'
import { connection, inDatabase, onPostgres } from '../support/database.mjs'
import { nodeBeside } from '../support/nodes.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf, settled } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const env = { EDUCARD_LIMIT_NETWORKS: 'false' }
const year = new Date().getFullYear() - 1
const password = 'green kettle on the stove'

/** The same caller at another node. */
const at = (node, client) => new Client(node.url, client.token)

/** Hears events at a node until one of the topic comes. */
async function heard(node, client, topic, cause) {
  const leaving = new AbortController()
  const response = await fetch(`${node.url}/api/v1/events?topics=${topic}`, { headers: { authorization: `Bearer ${client.token}` }, signal: leaving.signal })
  assert.equal(response.status, 200)
  let text = ''
  const reading = (async () => {
    for await (const part of response.body) {
      text += Buffer.from(part).toString()
      if (text.includes(topic)) return
    }
  })()
  const patience = setTimeout(() => leaving.abort(), 20_000)
  await cause()
  try {
    await reading
  } catch {
    assert.fail(`nothing of ${topic} in 20 s: ${text}`)
  } finally {
    clearTimeout(patience)
    leaving.abort()
  }
}

test('two nodes on one database', { skip: !onPostgres && 'the embedded engine belongs to one process', timeout: 300_000 }, async t => {
  const first = await fresh(t, { env })
  const second = await nodeBeside(t, first)
  const school = await smallSchool(first)
  const children = people(12, { seed: 21, from: 2016, to: 2017 })
  await importRoster(school.admin, school.id, rosterOf(children, school.class_name, year))

  await t.test('they took different node numbers', () => {
    assert.equal(Number(inDatabase(first, 'SELECT COUNT(DISTINCT number) FROM node WHERE lease_until > 0')), 2)
  })

  const pupil = await register(first.url, children[0], 'pupil.one')
  await t.test('a captcha made at one opens the door at the other; the session holds at both', async () => {
    const { id, question } = await new Client(first.url).post('/api/v1/captchas', { form: 'text', language: 'zh_cn' })
    const { token } = await new Client(second.url).post('/api/v1/sessions', { login: 'pupil.one', password, captcha: { id, answer: answerTo(question) }, transport: 'token' })
    for (const node of [first, second]) assert.equal((await new Client(node.url, token).get('/api/v1/me')).user_name, 'pupil.one')
    await new Client(second.url, token).delete('/api/v1/sessions')
    assert.equal((await at(first, pupil).call('GET', '/api/v1/me')).status, 401, 'signed out at one is signed out at both')
  })

  await t.test('guessing is counted by both together', async () => {
    let slowed = 0
    for (let round = 0; round < 24 && !slowed; ++round) {
      const node = round % 2 ? first : second
      try {
        await signInAs(node.url, 'pupil.one', 'not the password at all')
      } catch (refused) {
        slowed += /accounts.stronger_captcha/.test(refused.message) ? 1 : 0
      }
    }
    assert.ok(slowed)
  })

  await t.test('decided at one while decided at the other: one wins; the card holds at both at once', async () => {
    const accounts = await Promise.all(children.slice(1, 7).map((child, index) => register((index % 2 ? first : second).url, child, `pupil.both${index}`)))
    for (const [index, account] of accounts.entries()) {
      const application = await handIn(at(index % 2 ? second : first, account), pupilProfile(children[index + 1], school))
      const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => decide(at(n % 2 ? first : second, school.teacher), application)))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(409)])
    }
    const numbers = await Promise.all(accounts.map((account, index) => at(index % 2 ? first : second, account).get('/api/v1/card')))
    assert.equal(new Set(numbers.map(card => card.card_number)).size, accounts.length)
    const device = await enrolled(at(second, accounts[0]), '手机')
    const verdicts = async () => [
      (await new Client(first.url).post('/api/v1/verifications', { code: await present(device) })).reason,
      (await new Client(second.url).post('/api/v1/verifications', { code: await present(device) })).reason,
    ]
    assert.deepEqual(await verdicts(), ['valid', 'valid'])
    await at(first, accounts[0]).post('/api/v1/card/report-lost', {})
    assert.deepEqual(await verdicts(), ['suspended', 'suspended'])
  })

  await t.test('what happens at one is heard at the other', async () => {
    const account = await register(first.url, children[8], 'pupil.heard')
    const application = await handIn(account, pupilProfile(children[8], school))
    await heard(second, school.admin, `progress:${school.id}`, () => decide(at(first, school.teacher), application))
  })

  await t.test('a node is killed in the middle of an import: the other ends it, with every row once', async () => {
    const many = people(3000, { seed: 33, from: 2014, to: 2015 })
    const { id } = await school.admin.post(`/api/v1/roster-imports?organisation_id=${school.id}&kind=student&file_name=a.csv`, new TextEncoder().encode(rosterOf(many, '二（1）班', year - 1)))
    await first.kill()
    const admin = at(second, school.admin)
    await settled(admin, id, ['ready'])
    await admin.post(`/api/v1/roster-imports/${id}/confirm`, { create_classes: true, mark_missing_left: false })
    await first.start()
    await eventually(async () => (await admin.get(`/api/v1/roster-imports/${id}`)).applied > 0, 'the first rows')
    await second.kill()
    const done = await settled(at(first, school.admin), id, ['done'])
    assert.equal(done.applied, new Set(many.map(({ number }) => number)).size)
    await second.start()
  })

  await t.test('the counts and the audit log are whole', async () => {
    await eventually(() => educard(first.data, ['doctor']).status === 0, 'doctor to find all well', 30)
  })
})

test('another node commits a block of the audit log while one seals the next', { skip: !onPostgres && 'the embedded engine belongs to one process', timeout: 120_000 }, async t => {
  const server = await fresh(t, { env })
  const count = where => Number(inDatabase(server, `SELECT COUNT(*) FROM audit_event WHERE ${where}`))
  await eventually(() => count('block IS NULL') === 0, 'all to be sealed')
  const [gate, other] = [connection(server), connection(server)]
  try {
    // The sealer waits at the gate while two events come, of which another node takes one; then it chooses the number that the other has
    // chosen, and waits for that event; meanwhile the other commits.
    await gate.run('BEGIN; LOCK TABLE audit_block IN ACCESS EXCLUSIVE MODE')
    inDatabase(server, `INSERT INTO audit_event (id, at, action, organisation_path, subject_kind, subject, details, network)
      VALUES (1, 0, 'test.taken', '', '', '', '', ''), (2, 0, 'test.left', '', '', '', '', '')`)
    await other.run('BEGIN; UPDATE audit_event SET block = (SELECT COALESCE(MAX(block), 0) + 1 FROM audit_event) WHERE id = 1')
    await gate.run('ROLLBACK')
    await eventually(() => Number(inDatabase(server, "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE audit_event%'")), 'the sealer to wait for the event')
    await other.run("INSERT INTO audit_block (number, sealed_at, events, root, previous, key_id, signature) SELECT block, 0, 1, sha256(''), sha256(''), '', '' FROM audit_event WHERE id = 1; COMMIT")
    await eventually(() => count('id = 2 AND block = (SELECT block + 1 FROM audit_event WHERE id = 1)'), 'the event that was left to be in the next block')
    assert.equal(count('block = (SELECT block FROM audit_event WHERE id = 1)'), 1)
  } finally {
    gate.end()
    other.end()
  }
})
