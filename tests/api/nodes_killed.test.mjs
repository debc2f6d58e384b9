// Two nodes under load on one database, each killed with -9 again and again: what was acknowledged is there, once, and whoever got
// no answer asks the other node under the same key. PostgreSQL only. EDUCARD_TEST_ROUNDS and EDUCARD_TEST_SEED as in crash.test.mjs.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { password, pupilProfile } from '../support/accounts.mjs'
import { answerTo } from '../support/captcha.mjs'
import { Client, eventually } from '../support/client.mjs'
import { inDatabase, onPostgres } from '../support/database.mjs'
import { insist, killing, nodeBeside } from '../support/nodes.mjs'
import { people, random } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const rounds = Number(process.env.EDUCARD_TEST_ROUNDS ?? 1)
const seed = Number(process.env.EDUCARD_TEST_SEED ?? Date.now() % 100_000)
const env = { EDUCARD_LIMIT_NETWORKS: 'false' }
const year = new Date().getFullYear() - 1
const atOnce = 8

test(`two nodes are killed under load (seed ${seed})`, { skip: !onPostgres && 'the embedded engine belongs to one process', timeout: 180_000 + rounds * 120_000 }, async t => {
  const first = await fresh(t, { env })
  const nodes = [first, await nodeBeside(t, first)]
  const school = await smallSchool(first)
  const children = people(40 + 20 * rounds, { seed: seed + 1, from: 2016, to: 2017 })
  await importRoster(school.admin, school.id, rosterOf(children, school.class_name, year))
  const { version } = await school.admin.get('/api/v1/policies/current')
  const count = sql => Number(inDatabase(first, sql))

  /** One pupil from the registration to the card; gives the card's number. */
  async function pass(child, user_name) {
    const send = async (client, method, path, body, key) => {
      const { status, body: answer } = await insist(nodes, client, method, path, body, key)
      assert.ok(status < 300, `${user_name} ${method} ${path}: ${status} ${JSON.stringify(answer)}`)
      return answer
    }
    const visitor = new Client('')
    const captcha = async () => {
      const { id, question } = await send(visitor, 'POST', '/api/v1/captchas', { form: 'text', language: 'zh_cn' }, randomUUID())
      return { id, answer: answerTo(question) }
    }
    /** A captcha that was used up when the node died wants another; an account that was made just before is signed in to. */
    const enter = async () => {
      const answer = await insist(nodes, visitor, 'POST', '/api/v1/accounts', {
        document: { kind: 'resident_id', number: child.number }, name: child.name, user_name, password, transport: 'token', captcha: await captcha(),
        consent: { guardian_name: child.guardian, relation: 'mother', phone: child.phone, policy_version: version, purposes: ['identity', 'e_card'] },
      }, randomUUID())
      if (answer.status === 201) return answer.body
      const codes = answer.body.errors?.map(({ code }) => code) ?? [answer.body.code]
      if (codes.includes('accounts.user_name_taken')) return send(visitor, 'POST', '/api/v1/sessions', { login: user_name, password, captcha: await captcha(), transport: 'token' }, randomUUID())
      assert.deepEqual(codes, ['accounts.captcha_wrong'])
      return enter()
    }
    const account = await enter()
    const pupil = new Client('', account.token)
    const made = await send(pupil, 'POST', '/api/v1/applications', { kind: 'student' }, randomUUID())
    const filled = await send(pupil, 'PUT', `/api/v1/applications/${made.id}`, { version: made.version, profile: pupilProfile(child, school) }, randomUUID())
    const handed = await send(pupil, 'POST', `/api/v1/applications/${made.id}/submit`, { version: filled.version }, randomUUID())
    await send(new Client('', school.teacher.token), 'POST', `/api/v1/applications/${made.id}/decision`, { version: handed.version, verdict: 'approve' }, randomUUID())
    return (await send(pupil, 'GET', '/api/v1/card')).card_number
  }

  const killer = killing(nodes, random(seed), 6 * rounds)
  const cards = []
  const queue = [...children.entries()]
  try {
    await Promise.all(Array.from({ length: atOnce }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) cards.push(await pass(next[1], `killed.${next[0]}`))
    }))
  } finally {
    const times = await killer.stop()
    t.diagnostic(`${times} kills while ${cards.length} pupils passed`)
    assert.ok(times > 0)
  }

  assert.equal(new Set(cards).size, children.length, 'a card each, every number another')
  const mine = "WHERE user_name LIKE 'killed.%'"
  assert.equal(count(`SELECT COUNT(*) FROM account ${mine}`), children.length, 'accounts')
  assert.equal(count(`SELECT COUNT(*) FROM application WHERE state = 'approved' AND account_id IN (SELECT id FROM account ${mine})`), children.length)
  assert.equal(count(`SELECT COUNT(*) FROM application WHERE account_id IN (SELECT id FROM account ${mine})`), children.length, 'nothing was begun twice')
  assert.equal(count("SELECT COUNT(*) FROM application_event WHERE kind = 'approved'"), children.length, 'nothing was decided twice')
  assert.equal(count('SELECT COUNT(*) FROM card'), children.length)
  const { organisation } = await new Client(first.url, school.admin.token).get(`/api/v1/progress?organisation_id=${school.id}`)
  assert.deepEqual([organisation.counts.certified, organisation.counts.not_begun, organisation.counts.in_review], [children.length, 0, 0])
  await eventually(() => educard(first.data, ['doctor']).status === 0, 'doctor to find all well', 60)
})
