// Requests whose answer got lost are sent again: they are done once, and answered alike.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { test } from 'node:test'

import { decide, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { solved } from '../support/captcha.mjs'
import { enrolled } from '../support/card.mjs'
import { Client, eventually } from '../support/client.mjs'
import { inDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const env = { EDUCARD_LIMIT_NETWORKS: 'false' }
const keyed = key => ({ 'idempotency-key': key })
const count = (server, sql) => Number(inDatabase(server, sql))

/** Sends a request and hangs up without waiting for the answer. */
function sendAndHangUp(client, path, body, key) {
  const { port } = new URL(client.url)
  const text = JSON.stringify(body)
  const head = [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`]
  if (key) head.push(`Idempotency-Key: ${key}`)
  if (client.token) head.push(`Authorization: Bearer ${client.token}`)
  return new Promise((done, fail) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy()))
    socket.on('close', done)
    socket.on('error', fail)
  })
}

test('what was sent twice is done once', async t => {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const [adult, child, other, third] = people(4, { seed: 77, from: 2016, to: 2017 })
  adult.number = people(1, { seed: 5, from: 1990, to: 1991 })[0].number
  const visitor = new Client(server.url)
  const form = async (person, user_name) => ({ document: { kind: 'resident_id', number: person.number }, name: person.name, user_name, password: 'green kettle on the stove', captcha: await solved(visitor), transport: 'token' })

  await t.test('a registration: the same answer, token included, though its captcha is used up', async () => {
    const key = randomUUID()
    const body = await form(adult, 'once.only')
    const first = await visitor.call('POST', '/api/v1/accounts', body, keyed(key))
    assert.equal(first.status, 201, JSON.stringify(first.body))
    const second = await visitor.call('POST', '/api/v1/accounts', body, keyed(key))
    assert.deepEqual([second.status, second.body], [first.status, first.body])
    assert.equal(count(server, "SELECT COUNT(*) FROM account WHERE user_name = 'once.only'"), 1)
    assert.equal((await new Client(server.url, second.body.token).get('/api/v1/me')).user_name, 'once.only')
  })

  await t.test('the key is not for another request', async () => {
    const key = randomUUID()
    const body = await form(adult, 'key.owner')
    assert.equal((await visitor.call('POST', '/api/v1/accounts', body, keyed(key))).status, 201)
    const answer = await visitor.call('POST', '/api/v1/accounts', { ...body, user_name: 'key.thief' }, keyed(key))
    assert.deepEqual([answer.status, answer.body.code], [409, 'http.key_reused'])
  })

  await t.test('what was refused may be tried again under its key', async () => {
    const key = randomUUID()
    const body = await form(adult, 'second.try')
    const refused = await visitor.call('POST', '/api/v1/accounts', { ...body, captcha: { ...body.captcha, answer: 'wrong' } }, keyed(key))
    assert.equal(refused.status, 422, JSON.stringify(refused.body))
    const better = await visitor.call('POST', '/api/v1/accounts', { ...body, captcha: await solved(visitor) }, keyed(key))
    assert.equal(better.status, 201, JSON.stringify(better.body))
  })

  await t.test('a key that is none is told by its field', async () => {
    for (const key of ['short', 'x'.repeat(129), 'with space inside']) {
      const answer = await visitor.call('POST', '/api/v1/captchas', { form: 'text' }, keyed(key))
      assert.deepEqual([answer.status, answer.body.errors?.[0].path], [422, 'Idempotency-Key'], key)
    }
  })

  const pupil = await register(server.url, child, 'pupil.once')
  await t.test('a draft is discarded: the same answer, one line in the audit log, and the key is not for another draft', async () => {
    const first = await pupil.post('/api/v1/applications', { kind: 'teacher' })
    const key = randomUUID()
    const discard = ({ id, version }) => pupil.call('DELETE', `/api/v1/applications/${id}?version=${version}`, undefined, keyed(key))
    assert.deepEqual([(await discard(first)).status, (await discard(first)).status], [204, 204])
    assert.equal(count(server, "SELECT COUNT(*) FROM audit_event WHERE action = 'applications.discarded'"), 1)
    assert.equal((await pupil.call('DELETE', `/api/v1/applications/${first.id}?version=1`, undefined, keyed(randomUUID()))).body.code, 'applications.unknown')
    const second = await pupil.post('/api/v1/applications', { kind: 'student' })
    assert.equal((await discard(second)).body.code, 'http.key_reused')
    await pupil.delete(`/api/v1/applications/${second.id}?version=${second.version}`)
  })

  await t.test('a decision: one card, one line in the history', async () => {
    const application = await handIn(pupil, pupilProfile(child, school))
    const key = randomUUID()
    const body = { version: application.version, verdict: 'approve' }
    const path = `/api/v1/applications/${application.id}/decision`
    const first = await school.teacher.call('POST', path, body, keyed(key))
    assert.equal(first.status, 200, JSON.stringify(first.body))
    assert.deepEqual((await school.teacher.call('POST', path, body, keyed(key))).body, first.body)
    const without = await school.teacher.call('POST', path, body)
    assert.equal(without.body.code, 'applications.already_decided', 'and without the key it is told so')
    assert.equal(count(server, 'SELECT COUNT(*) FROM card'), 1)
  })

  await t.test('a device whose enrolment was never answered is the same device when it asks again', async () => {
    let body
    await enrolled({ get: path => pupil.get(path), post: async (_path, sent) => ((body = sent), { credential: '' }) }, '手机')
    await sendAndHangUp(pupil, '/api/v1/card/devices', body)
    const [orphan] = await eventually(async () => {
      const devices = await pupil.get('/api/v1/card/devices')
      return devices.length && devices
    }, 'the device')
    const again = await Promise.all(Array.from({ length: 8 }, () => pupil.call('POST', '/api/v1/card/devices', body)))
    assert.deepEqual(again.map(({ status, body }) => [status, body.id]), Array(8).fill([201, orphan.id]))
    assert.equal((await pupil.get('/api/v1/card/devices')).length, 1)
  })

  await t.test('eight at once from a device that is new: one device', async () => {
    let body
    await enrolled({ get: path => pupil.get(path), post: async (_path, sent) => ((body = sent), { credential: '' }) }, '平板')
    const answers = await Promise.all(Array.from({ length: 8 }, () => pupil.call('POST', '/api/v1/card/devices', body)))
    assert.deepEqual([...new Set(answers.map(({ status, body }) => `${status} ${body.id ?? body.code}`))].length, 1, JSON.stringify(answers.map(({ body }) => body.code)))
    assert.equal((await pupil.get('/api/v1/card/devices')).length, 2)
  })

  await t.test('a question needs no keeping: it is answered anew', async () => {
    for (let round = 0; round < 2; ++round) {
      const answer = await visitor.call('POST', '/api/v1/verifications', { code: '3200000000000000' }, keyed('the-same-question'))
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
    }
  })

  await t.test("somebody else's key opens nothing", async () => {
    const key = randomUUID()
    const draft = await pupil.call('POST', '/api/v1/applications', { kind: 'student' }, keyed(key))
    const stranger = await register(server.url, other, 'stranger.key')
    const answer = await stranger.call('POST', '/api/v1/applications', { kind: 'student' }, keyed(key))
    assert.notEqual(answer.body.id, draft.body.id)
  })

  await t.test('sixteen at once: one account, and each is answered with it or told to wait', async () => {
    const key = randomUUID()
    const body = await form(adult, 'sixteen.times')
    const answers = await Promise.all(Array.from({ length: 16 }, () => visitor.call('POST', '/api/v1/accounts', body, keyed(key))))
    const made = answers.filter(answer => answer.status === 201)
    assert.ok(made.length > 0)
    for (const answer of answers) {
      if (answer.status === 201) assert.equal(answer.body.account_id, made[0].body.account_id)
      else assert.deepEqual([answer.status, answer.body.code], [409, 'http.under_way'])
    }
    assert.equal(count(server, "SELECT COUNT(*) FROM account WHERE user_name = 'sixteen.times'"), 1)
  })

  await t.test('the answer got lost: asking again gives it', async () => {
    const client = await register(server.url, third, 'lost.connection')
    const key = randomUUID()
    await sendAndHangUp(client, '/api/v1/applications', { kind: 'student' }, key)
    const answer = await eventually(async () => {
      const again = await client.call('POST', '/api/v1/applications', { kind: 'student' }, keyed(key))
      return again.status === 201 && again
    }, 'the application')
    assert.equal((await client.get('/api/v1/applications')).items?.length ?? (await client.get('/api/v1/applications')).length, 1)
    assert.ok(answer.body.id)
  })

  await t.test('a kill -9 between: done once all the same', async () => {
    const key = randomUUID()
    const room = { parent_id: school.id, kind: 'class', stage: 'primary', entry_year: new Date().getFullYear() - 2, class_number: 7 }
    const first = await school.admin.call('POST', '/api/v1/organisations', room, keyed(key))
    assert.equal(first.status, 201)
    await server.kill()
    await server.start()
    const again = await new Client(server.url, school.admin.token).call('POST', '/api/v1/organisations', room, keyed(key))
    assert.deepEqual([again.status, again.body], [201, first.body])
  })

  await t.test('what is kept is sealed', () => {
    assert.ok(count(server, 'SELECT COUNT(*) FROM kept_answer WHERE answer IS NOT NULL') > 5)
    const kept = inDatabase(server, 'SELECT answer FROM kept_answer')
    assert.ok(!/token|account_id|user_name/.test(kept))
  })
})
