// The main job over the API alone: a roster is imported, a child registers with a guardian's consent, applies, is approved, holds a
// card, shows it, and is verified online and, with the server stopped, by the command line.
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { solved } from '../support/captcha.mjs'
import { enrolled, present } from '../support/card.mjs'
import { Client, eventually } from '../support/client.mjs'
import { people } from '../support/people.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'

const password = 'green kettle on the stove'

async function register(url, child, user_name) {
  const client = new Client(url)
  const policy = await client.get('/api/v1/policies/current')
  const { token } = await client.post('/api/v1/accounts', {
    document: { kind: 'resident_id', number: child.number },
    name: child.name,
    user_name,
    password,
    captcha: await solved(client),
    transport: 'token',
    consent: { guardian_name: child.guardian, relation: 'mother', phone: child.phone, policy_version: policy.version, purposes: ['identity', 'e_card'] },
  })
  return new Client(url, token)
}

async function handIn(pupil, school, child, entryYear) {
  const draft = await pupil.post('/api/v1/applications', { kind: 'student' })
  const saved = await pupil.put(`/api/v1/applications/${draft.id}`, {
    version: draft.version,
    profile: {
      name: child.name,
      school_id: school.id,
      class_id: school.class_id,
      entry_year: entryYear,
      guardians: [{ name: child.guardian, relation: 'mother', phone: child.phone }],
    },
  })
  return pupil.post(`/api/v1/applications/${draft.id}/submit`, { version: saved.version })
}

test('from a roster to a verified e-card, over the API alone', { timeout: 300_000 }, async t => {
  const server = await fresh(t)
  const school = await smallSchool(server)
  const children = people(30, { seed: 3, from: 2016, to: 2017 })
  const entryYear = new Date().getFullYear() - 1
  const [child] = children
  let pupil, application, card, presentation

  await t.test('a roster is imported; the same file again changes nothing', async () => {
    const file = rosterOf(children, school.class_name, entryYear)
    const first = await importRoster(school.admin, school.id, file)
    assert.deepEqual([first.counts.rows, first.counts.fresh, first.counts.rejected], [30, 30, 0])
    const again = await importRoster(school.admin, school.id, file)
    assert.deepEqual([again.counts.fresh, again.counts.changed, again.counts.unchanged], [0, 0, 30])
    const progress = await school.admin.get(`/api/v1/progress?organisation_id=${school.id}`)
    assert.equal(progress.organisation.counts.not_begun, 30)
  })

  await t.test('a child registers, with consent, and hands in', async () => {
    pupil = await register(server.url, child, 'pupil.one')
    application = await handIn(pupil, school, child, entryYear)
    assert.equal(application.state, 'submitted')
    assert.equal(application.turn.role, 'class_teacher')
  })

  await t.test('the class teacher sees the roster beside it, and approves', async () => {
    const [waiting] = (await school.teacher.get('/api/v1/reviews')).items
    assert.equal(waiting.roster_match, 'exact')
    const detail = await school.teacher.get(`/api/v1/reviews/${waiting.id}`)
    assert.ok(detail.comparison.every(field => field.match === 'same' || field.match === 'same_after_folding'), JSON.stringify(detail.comparison))
    const decided = await school.teacher.post(`/api/v1/applications/${waiting.id}/decision`, { version: waiting.version, verdict: 'approve' })
    assert.equal(decided.state, 'approved')
    await school.teacher.refused(409, 'POST', `/api/v1/applications/${waiting.id}/decision`, { version: waiting.version, verdict: 'approve' }, 'applications.already_decided')
    const progress = await school.admin.get(`/api/v1/progress?organisation_id=${school.id}`)
    assert.deepEqual([progress.organisation.counts.not_begun, progress.organisation.counts.certified], [29, 1])
  })

  await t.test('the child holds a card and may sign in with its number', async () => {
    const mine = await pupil.get('/api/v1/card')
    assert.match(mine.card_number, /^32\d{14}$/)
    assert.equal(BigInt(mine.card_number) % 97n, 1n)
    const client = new Client(server.url)
    const signedIn = await client.post('/api/v1/sessions', { login: mine.card_number, password, captcha: await solved(client), transport: 'token' })
    assert.equal(signedIn.me.user_name, 'pupil.one')
    card = await enrolled(pupil, '小明的手机')
    presentation = await present(card)
    assert.match(presentation, /^EDU1:[0-9A-Z $%*+\-./:]+$/)
  })

  await t.test('anybody may verify it', async () => {
    const anybody = new Client(server.url)
    const answer = await anybody.post('/api/v1/verifications', { code: presentation })
    assert.equal(answer.reason, 'valid', JSON.stringify(answer))
    assert.ok(!JSON.stringify(answer).includes(child.name), 'the name is masked')
    assert.equal((await anybody.post('/api/v1/verifications', { code: 'EDU1:GARBAGE' })).reason, 'unreadable')
    const old = await present(card, Math.floor(Date.now() / 1000) - 600)
    assert.equal((await anybody.post('/api/v1/verifications', { code: old })).reason, 'stale')
    const thief = { ...card, key: (await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])).privateKey }
    assert.equal((await anybody.post('/api/v1/verifications', { code: await present(thief) })).reason, 'wrong_holder')
  })

  await t.test('the command line verifies it while the server is stopped', async () => {
    const anybody = new Client(server.url)
    const keys = join(server.data, 'issuer-keys.json')
    const status = join(server.data, 'status-list')
    writeFileSync(keys, JSON.stringify(await anybody.get('/api/v1/issuer-keys')))
    const list = await fetch(server.url + new URL(card.status_uri).pathname)
    writeFileSync(status, Buffer.from(await list.arrayBuffer()))
    await server.stop()
    const done = educard(server.data, ['verify', '--keys', keys, '--status', status, await present(card)])
    assert.equal(done.status, 0, done.out + done.err)
    assert.match(done.out, /valid/)
    const none = educard(server.data, ['verify', '--keys', keys, '--status', status, 'EDU1:NOTHING'])
    assert.equal(none.status, 1)
    await server.start()
  })

  await t.test('a lost card is refused at once, and good again when it is found', async () => {
    const anybody = new Client(server.url)
    const again = new Client(server.url, pupil.token)
    const { card_number: number } = await again.post('/api/v1/card/report-lost', {})
    const after = async () => (await anybody.post('/api/v1/verifications', { code: await present(card) })).reason
    assert.equal(await after(), 'suspended')
    const admin = new Client(server.url, school.admin.token)
    await admin.post(`/api/v1/cards/${number}/resume`, { reason: 'lost' })
    assert.equal(await after(), 'valid')
    await admin.post(`/api/v1/cards/${number}/revoke`, { reason: 'misuse' })
    assert.equal(await after(), 'revoked')
  })

  await t.test('the audit log is whole, and no ID number lies about in clear', async () => {
    await server.stop()
    const health = educard(server.data, ['doctor'])
    assert.equal(health.status, 0, health.out + health.err)
    const { execFileSync } = await import('node:child_process')
    const backup = join(server.data, 'copy.db')
    assert.equal(educard(server.data, ['backup', backup]).status, 0)
    assert.deepEqual(readdirSync(server.data).filter(name => name.includes('.partial')), [])
    for (const { number } of children) {
      for (const text of [number, number.toLowerCase()]) {
        let found = ''
        try {
          found = execFileSync('grep', ['-rlaF', text, server.data], { encoding: 'utf8' })
        } catch {
          // grep ends with 1 when it finds nothing
        }
        assert.equal(found, '')
      }
    }
    await server.start()
    await new Client(server.url, school.admin.token).get('/api/v1/me')
    const metrics = await (await fetch(server.url + '/metrics')).text()
    assert.ok(!children.some(({ number }) => metrics.includes(number)))
    assert.match(metrics, /educard_http_requests_total/)
    assert.match(metrics, /^educard_job_runs_total\{kind="roster\.[a-z_]+",outcome="done"\} \d+/m)
    assert.match(metrics, /^educard_database_commit_group_count [1-9]/m)
    assert.match(metrics, /^educard_database_read_wait_seconds_count [1-9]/m)
    assert.match(metrics, /^educard_database_full 0$/m)
    assert.match(metrics, /^educard_audit_seal_lag_seconds [0-9.e-]+$/m)
    assert.match(metrics, /^educard_refusals_total\{code="accounts.sign_in_failed"\} \d+$/m)
  })
})
