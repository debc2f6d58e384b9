// A pupil becomes a teacher: the number stays, and the credential on the device no longer passes for what it says.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register, teacherProfile } from '../support/accounts.mjs'
import { enrolled, present } from '../support/card.mjs'
import { Client } from '../support/client.mjs'
import { people } from '../support/people.mjs'
import { signIn, smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

test('a credential of a former role', { timeout: 300_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const school = await smallSchool(server)
  const { one_time_password: secret } = await school.admin.post('/api/v1/appointments', { organisation_id: school.id, role: 'school_admin', user_name: 'headmaster', name: '周校长' })
  const headmaster = await signIn(server.url, 'headmaster', secret)
  const [person] = people(1, { seed: 61, from: 1996, to: 1999 })
  const holder = await register(server.url, person, 'pupil.then.teacher')
  const anybody = new Client(server.url)
  const verified = async card => anybody.post('/api/v1/verifications', { code: await present(card) })
  const exported = educard(server.data, ['keys', 'export-public'])
  assert.equal(exported.status, 0, exported.err)
  writeFileSync(join(server.data, 'keys.json'), exported.out)
  const offline = async card => {
    const list = await fetch(`${server.url}/api/v1/status-lists/${card.status_uri.split('/').at(-1)}`)
    writeFileSync(join(server.data, 'list.cwt'), new Uint8Array(await list.arrayBuffer()))
    return educard(server.data, ['verify', '--keys', join(server.data, 'keys.json'), '--status', join(server.data, 'list.cwt'), await present(card)])
  }

  assert.equal((await decide(school.teacher, await handIn(holder, pupilProfile(person, school)))).status, 200)
  const number = (await holder.get('/api/v1/card')).card_number
  const old = await enrolled(holder, '手机')
  const before = await verified(old)
  assert.deepEqual([before.reason, before.role], ['valid', 'student'])
  assert.equal((await offline(old)).status, 0)

  assert.equal((await decide(headmaster, await handIn(holder, teacherProfile(person, school), 'teacher'))).status, 200)
  const now = await holder.get('/api/v1/card')
  assert.deepEqual([now.card_number, now.role, now.state], [number, 'teacher', 'active'])

  await t.test('online: refused as outdated, and what the person is now', async () => {
    const answer = await verified(old)
    assert.deepEqual([answer.result, answer.reason, answer.role], ['refuse', 'outdated', 'teacher'])
    assert.equal(answer.school, school.name)
    assert.ok(!JSON.stringify(answer).includes(number))
  })

  await t.test('offline: revoked in the status list', async () => {
    const answer = await offline(old)
    assert.equal(answer.status, 1, answer.out + answer.err)
    assert.match(answer.out, /revoked/)
  })

  await t.test('the device is told, enrols again, and is good', async () => {
    assert.deepEqual((await holder.get('/api/v1/card/devices')).map(one => one.outdated), [true])
    const renewed = await enrolled(holder, '手机')
    const answer = await verified(renewed)
    assert.deepEqual([answer.result, answer.reason, answer.role], ['accept', 'valid', 'teacher'])
    assert.equal((await offline(renewed)).status, 0)
    assert.equal((await verified(old)).reason, 'outdated')
  })

  await t.test('a card resumed after a loss does not bring the former role back', async () => {
    await holder.post('/api/v1/card/report-lost')
    assert.equal((await verified(old)).reason, 'suspended')
    await headmaster.post(`/api/v1/cards/${number}/resume`, { reason: 'other' })
    assert.equal((await verified(old)).reason, 'outdated')
    assert.equal((await offline(old)).status, 1)
  })
})
