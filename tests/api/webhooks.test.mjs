// Apps hear of events about the people who let them in, as the library of the Standard Webhooks project reads them.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { decide, handIn, pupilProfile, register, signInAs, teacherProfile } from '../support/accounts.mjs'
import { eventually } from '../support/client.mjs'
import { databaseEnvironment, inDatabase, onPostgres } from '../support/database.mjs'
import { nodeBeside } from '../support/nodes.mjs'
import { agreed, begun, certifiedTeacher, enter, env, registered, relyingParty } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { officePassword, signIn, smallSchool } from '../support/school.mjs'
import { binary, fresh } from '../support/server.mjs'
import { opened, receiver } from '../support/webhooks.mjs'

const types = ['person.certified', 'person.left_school', 'person.changed_school', 'card.revoked', 'card.restored', 'consent.withdrawn']
const reaching = { env: { ...env, EDUCARD_REACH_PRIVATE: 'true' } }

const endpointOf = (admin, app, url, events = types) => admin.post(`/api/v1/apps/${app.id}/webhooks`, { url, events })
const deliveriesOf = (admin, endpoint, query = '') => admin.all(`/api/v1/webhooks/${endpoint.id}/deliveries?limit=200${query}`)
const teachersFile = list => ['姓名,性别,身份证件号码,任教学科,任职时间', ...list.map(one => [one.name, one.gender === 'male' ? '男' : '女', one.number, '语文', '2020-09-01'].join(','))].join('\r\n') + '\r\n'

/** Sends app.test and waits until it was tried. */
async function tested(admin, endpoint, attempts = 1) {
  const { id } = await admin.post(`/api/v1/webhooks/${endpoint.id}/test`)
  return eventually(async () => {
    const found = await admin.get(`/api/v1/webhook-deliveries/${id}`)
    return found.delivery.attempts >= attempts && found
  }, 'app.test to be tried')
}

test('what happens to people who let an app in', { timeout: 240_000 }, async t => {
  const server = await fresh(t, reaching)
  const school = await smallSchool(server)
  const { admin } = school
  const { teacher, grown } = await certifiedTeacher(server, school)
  const head = await signInAs(server.url, 'school', officePassword)
  const app = registered(server, { essential: 'name,role', voluntary: 'school,card_number' })
  const other = registered(server, { name: '背单词', uris: ['https://other.example.com/cb'] })
  const host = await receiver(t)
  const { endpoint, secret } = await endpointOf(admin, app, `${host.url}/app`)
  const { endpoint: others, secret: othersSecret } = await endpointOf(admin, other, `${host.url}/other`)
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const { id_token } = await enter(await relyingParty(server, app), teacher, { scope: 'openid profile education card' }, { allowed: true, with: ['school'] })
  const sub = JSON.parse(Buffer.from(id_token.split('.')[1], 'base64url')).sub
  const { card_number } = await teacher.get('/api/v1/card')

  /** The next event of a type: what the app reads. */
  const next = async (type, count = 1) => {
    const request = (await host.expect('/app', { type, count })).at(-1)
    assert.equal(request.method, 'POST')
    assert.equal(request.headers['content-type'], 'application/json')
    const event = opened(secret, request)
    assert.equal(event.type, type)
    assert.match(event.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.ok(Math.abs(Date.now() - Date.parse(event.timestamp)) < 600_000)
    assert.equal(event.data.sub, sub)
    for (const hidden of [grown.number, card_number, grown.phone]) assert.ok(!request.raw.includes(hidden), `${type} tells ${hidden}`)
    return event.data
  }

  await t.test('a card that is reported lost, and good again', async () => {
    await teacher.post('/api/v1/card/report-lost')
    assert.deepEqual(await next('card.revoked'), { name: grown.name, role: 'teacher', school: { name: school.name, code: '2132000042' }, sub, state: 'suspended' })
    await head.post(`/api/v1/cards/${card_number}/resume`, { reason: 'found' })
    assert.equal((await next('card.restored')).state, 'active')
  })

  await t.test('certified as something else, too', async () => {
    const decided = await decide(head, await handIn(teacher, { name: grown.name, school_id: school.id, appointed_on: '2021-09-01', post: 'library' }, 'staff'))
    assert.equal(decided.status, 200, JSON.stringify(decided.body))
    assert.equal((await next('person.certified')).name, grown.name)
  })

  const county = (await admin.get(`/api/v1/organisations?query=${encodeURIComponent('玄武区')}&kind=county`)).items[0]
  const second = await admin.post('/api/v1/organisations', { parent_id: county.id, kind: 'school', name: '南京市燕子矶小学', school_code: '2132000043', school_kind: 'primary' })
  const { one_time_password } = await admin.post('/api/v1/appointments', { organisation_id: second.id, role: 'school_admin', user_name: 'second', name: '二校' })
  const secondHead = await signIn(server.url, 'second', one_time_password)
  const [colleague] = people(1, { seed: 171, from: 1980, to: 1980 })

  await t.test('a teacher at another school', async () => {
    await importRoster(secondHead, second.id, teachersFile([grown, colleague]), { kind: 'teacher', fileName: '教师.csv' })
    assert.equal((await decide(secondHead, await handIn(teacher, teacherProfile(grown, second), 'teacher'))).status, 200)
    const data = await next('person.changed_school')
    assert.deepEqual(data.former, { school: { name: school.name, code: '2132000042' } })
    assert.equal(host.of('/app', 'person.certified').length, 1)
  })

  await t.test('a roster that no longer has them, and has them again', async () => {
    await importRoster(secondHead, second.id, teachersFile([colleague]), { kind: 'teacher', fileName: '教师.csv', markMissingLeft: true })
    const data = await next('person.left_school')
    assert.deepEqual(data.former, { role: 'teacher', school: { name: second.name, code: '2132000043' } })
    assert.equal(data.role, 'staff', 'what they still are')
    await importRoster(secondHead, second.id, teachersFile([grown, colleague]), { kind: 'teacher', fileName: '教师.csv' })
    assert.equal((await next('person.certified', 2)).school.name, second.name)
  })

  await t.test('who agrees anew tells no more than that', async () => {
    const config = await relyingParty(server, app)
    const { parameters } = await begun(config, { scope: 'openid profile education card', prompt: 'consent' })
    await agreed(teacher, parameters, { allowed: true, with: [] })
    await teacher.post('/api/v1/card/report-lost')
    assert.deepEqual(await next('card.revoked', 2), { name: grown.name, role: (await next('card.revoked', 2)).role, sub, state: 'suspended' })
    await head.call('POST', `/api/v1/cards/${card_number}/resume`, { reason: 'found' })
    await secondHead.call('POST', `/api/v1/cards/${card_number}/resume`, { reason: 'found' })
    await next('card.restored', 2)
  })

  await t.test('an app that nobody let in hears nothing; an app that is not any more hears that', async () => {
    await teacher.delete(`/api/v1/me/apps/${app.id}`)
    assert.deepEqual(await next('consent.withdrawn'), { sub })
    await teacher.post('/api/v1/card/report-lost')
    await eventually(() => Number(inDatabase(server, 'SELECT COUNT(*) FROM webhook_event')) === 0, 'the event to be spread')
    await tested(admin, endpoint)
    await tested(admin, others)
    assert.equal(host.of('/app', 'card.revoked').length, 2)
    assert.deepEqual(host.of('/other').map(one => opened(othersSecret, one)).map(one => one.type), ['app.test'])
  })

  await t.test('each message has an id of its own, and nothing was sent twice', () => {
    const ids = host.heard.map(one => one.id)
    assert.equal(new Set(ids).size, ids.length)
    assert.ok(ids.every(id => /^msg_[\w-]{22}$/.test(id)))
  })

  await t.test('what was changed on the way, or is another\'s, does not verify', () => {
    const [request] = host.of('/app')
    assert.throws(() => opened(secret, { ...request, raw: request.raw.replace('"sub"', '"sup"') }))
    assert.throws(() => opened(othersSecret, request))
    assert.throws(() => opened(secret, { ...request, headers: { ...request.headers, 'webhook-id': 'msg_other' } }))
    assert.throws(() => opened(secret, { ...request, headers: { ...request.headers, 'webhook-timestamp': String(Number(request.headers['webhook-timestamp']) - 1) } }))
  })

  await t.test('the audit log says who did it', async () => {
    const { items } = await admin.get(`/api/v1/audit-events?subject=${app.id}`)
    assert.ok(items.some(one => one.action === 'webhooks.added'), JSON.stringify(items))
    assert.ok(!JSON.stringify(items).includes(secret))
  })

  await t.test('metrics count them', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    assert.match(text, /educard_webhook_attempts_total\{outcome="delivered"\} [1-9]/)
  })
})

test('children: their school\'s own app hears them, by what the school answers for', { timeout: 240_000 }, async t => {
  const server = await fresh(t, reaching)
  const school = await smallSchool(server)
  const { admin } = school
  const year = new Date().getFullYear()
  const [child, mate] = people(2, { seed: 195, from: year - 9, to: year - 8 })
  await importRoster(admin, school.id, rosterOf([child, mate], school.class_name, year - 1))
  const pupil = await register(server.url, child, 'the.child')
  assert.equal((await decide(school.teacher, await handIn(pupil, pupilProfile(child, school)))).status, 200)
  const classmate = await register(server.url, mate, 'the.mate')
  assert.equal((await decide(school.teacher, await handIn(classmate, pupilProfile(mate, school)))).status, 200)
  const own = registered(server, { organisation: '2132000042', essential: 'name' })
  const far = registered(server, { name: '外校口算', organisation: '3205', uris: ['https://far.example.com/cb'] })
  const host = await receiver(t)
  const { secret } = await endpointOf(admin, own, `${host.url}/own`)
  await endpointOf(admin, far, `${host.url}/far`)
  await enter(await relyingParty(server, own), pupil)
  await classmate.post('/api/v1/card/report-lost') // who never entered
  await pupil.post('/api/v1/card/report-lost')
  const [lost] = await host.expect('/own', { type: 'card.revoked' })
  const { data } = opened(secret, lost)
  assert.equal(data.name, child.name)
  await importRoster(admin, school.id, rosterOf([mate], school.class_name, year - 1), { markMissingLeft: true })
  const [left] = await host.expect('/own', { type: 'person.left_school' })
  assert.deepEqual(opened(secret, left).data, { sub: data.sub }, 'no more than that, as it is no child of that school any more')
  assert.equal(host.of('/own', 'card.revoked').length, 1)
  assert.deepEqual(host.of('/far'), [])
})

test('hosts that are slow, lost, gone or sly', { timeout: 240_000 }, async t => {
  const server = await fresh(t, reaching)
  const { admin } = await smallSchool(server)
  const app = registered(server)
  const host = await receiver(t)
  const made = {}
  for (const path of ['ok', 'broken', 'silent', 'sly', 'gone']) made[path] = await endpointOf(admin, app, `${host.url}/${path}`, ['card.revoked'])
  await admin.refused(409, 'POST', `/api/v1/apps/${app.id}/webhooks`, { url: `${host.url}/sixth`, events: ['card.revoked'] }, 'webhooks.too_many')
  Object.assign(host.answers, { '/broken': [500, {}, `kaputt\0${'字'.repeat(2000)}`], '/silent': undefined, '/sly': [302, { location: `${host.url}/elsewhere` }], '/gone': 410 })

  const [ok, broken, silent, sly, gone] = await Promise.all(['ok', 'broken', 'silent', 'sly', 'gone'].map(path => tested(admin, made[path].endpoint)))

  await t.test('each is told apart in the log', () => {
    assert.deepEqual([ok.delivery.state, ok.delivery.status], ['delivered', 204])
    assert.deepEqual([broken.delivery.state, broken.delivery.status], ['pending', 500])
    assert.deepEqual([silent.delivery.state, silent.delivery.status, silent.delivery.error], ['pending', null, 'timed_out'])
    assert.deepEqual([sly.delivery.state, sly.delivery.status], ['pending', 302])
    assert.deepEqual([gone.delivery.state, gone.delivery.status], ['failed', 410])
    assert.match(broken.answer, /^kaputt\uFFFD字/)
    assert.ok(Buffer.byteLength(broken.answer) <= 1030, 'of an answer the beginning is kept')
    assert.equal(JSON.parse(ok.body).type, 'app.test')
    assert.deepEqual(host.of('/elsewhere'), [], 'nobody is sent elsewhere')
  })

  await t.test('a host that is gone is not asked again', async () => {
    const { endpoint } = made.gone
    const found = await admin.get(`/api/v1/webhooks/${endpoint.id}`)
    assert.deepEqual([found.state, found.disabled_because], ['disabled', 'gone'])
    await admin.refused(409, 'POST', `/api/v1/webhooks/${endpoint.id}/test`, undefined, 'webhooks.endpoint_disabled')
    await admin.patch(`/api/v1/webhooks/${endpoint.id}`, { state: 'enabled', url: `${host.url}/again` })
    assert.equal((await admin.post(`/api/v1/webhooks/${endpoint.id}/redeliver`, { since: new Date(Date.now() - 3600_000).toISOString() })).queued, 1)
    assert.equal((await host.expect('/again'))[0].id, gone.delivery.message_id)
  })

  await t.test('kill -9 while it waits: it comes when the server is back, as the same message', async () => {
    const { delivery } = await tested(admin, made.broken.endpoint)
    const sent = () => host.of('/broken').filter(one => one.id === delivery.message_id)
    if (delivery.attempts === 1) {
      const wait = Date.parse(delivery.next_attempt_at) - Date.parse(delivery.tried_at)
      assert.ok(wait >= 5000 && wait <= 5500, `${wait} ms`)
    }
    await server.kill()
    const count = sent().length
    host.answers['/broken'] = 200
    inDatabase(server, `UPDATE webhook_delivery SET due_at = 1 WHERE id = ${delivery.id}`)
    await server.start()
    const again = await eventually(() => sent()[count], 'it to be sent again')
    opened(made.broken.secret, again)
    const client = await signInAs(server.url, 'province', officePassword)
    await eventually(async () => (await client.get(`/api/v1/webhook-deliveries/${delivery.id}`)).delivery.state === 'delivered', 'it to be noted')
  })

  const back = await signInAs(server.url, 'province', officePassword)
  await t.test('five days without an arrival switch it off', async () => {
    inDatabase(server, `UPDATE webhook_endpoint SET failing_since = failing_since - 5 * 86400000000 WHERE id = ${made.sly.endpoint.id}`)
    inDatabase(server, `UPDATE webhook_delivery SET due_at = 1, lease = NULL WHERE id = ${sly.delivery.id}`)
    const found = await eventually(async () => {
      const one = await back.get(`/api/v1/webhooks/${made.sly.endpoint.id}`)
      return one.state === 'disabled' && one
    }, 'the endpoint to be switched off')
    assert.equal(found.disabled_because, 'failing')
    const { items } = await back.get(`/api/v1/audit-events?subject=${app.id}&action=webhooks.disabled_failing`)
    assert.equal(items.length, 1)
  })

  await t.test('after the last attempt it has failed, and can be sent again', async () => {
    const { endpoint } = made.silent
    host.answers['/silent'] = 503
    inDatabase(server, `UPDATE webhook_delivery SET attempts = 9, due_at = 1, lease = NULL WHERE id = ${silent.delivery.id}`)
    const failed = await eventually(async () => (await deliveriesOf(back, endpoint, '&state=failed'))[0], 'it to be given up')
    assert.equal(failed.id, silent.delivery.id)
    host.answers['/silent'] = 200
    await back.post(`/api/v1/webhook-deliveries/${failed.id}/redeliver`)
    await eventually(async () => (await deliveriesOf(back, endpoint, '&state=delivered'))[0], 'it to arrive')
  })
})

test('secrets and the command line', { timeout: 240_000 }, async t => {
  const server = await fresh(t, reaching)
  const { admin } = await smallSchool(server)
  const app = registered(server)
  const host = await receiver(t)
  /** Beside the host that it sends to, which is in this process. */
  const run = async (...args) => {
    try {
      const { stdout: out } = await promisify(execFile)(binary, ['app', 'webhooks', ...args, '--data', server.data], { env: { ...process.env, ...databaseEnvironment(server.data), EDUCARD_REACH_PRIVATE: 'true' } })
      return { status: 0, out }
    } catch ({ code: status, stdout: out, stderr: err }) {
      return { status, out, err }
    }
  }
  const done = await run('add', app.id, '--url', `${host.url}/hook`, '--events', 'card.revoked,consent.withdrawn', '--description', '测试')
  assert.equal(done.status, 0, done.err)
  const [, id] = /endpoint +(\d+)/.exec(done.out)
  const [, secret] = /secret +(\S+)/.exec(done.out)
  const wrong = await run('add', app.id, '--url', 'ftp://example.com', '--events', 'card.eaten')
  assert.equal(wrong.status, 1, wrong.out)
  assert.match(wrong.err, /url[\s\S]*events/)

  const tried = await run('test', id)
  assert.equal(tried.status, 0, tried.out + tried.err)
  assert.match(tried.out, /delivered +app\.test +attempts: 1 +answer: 204/)
  assert.equal(opened(secret, host.of('/hook')[0]).data.endpoint, id)

  const rotated = await admin.post(`/api/v1/webhooks/${id}/rotate-secret`)
  assert.ok(Date.parse(rotated.endpoint.former_secret_until) > Date.now() + 23 * 3600_000)
  await run('test', id)
  const both = host.of('/hook')[1]
  assert.equal(both.headers['webhook-signature'].split(' ').length, 2)
  for (const one of [secret, rotated.secret]) assert.equal(opened(one, both).type, 'app.test')

  assert.equal((await admin.delete(`/api/v1/webhooks/${id}/former-secret`)).former_secret_until, null)
  await run('test', id)
  const newest = host.of('/hook')[2]
  opened(rotated.secret, newest)
  assert.throws(() => opened(secret, newest))

  assert.match((await run('list', app.id)).out, new RegExp(`${id} +enabled +${host.url}/hook +card.revoked,consent.withdrawn`))
  const [delivery] = await deliveriesOf(admin, { id })
  assert.match((await run('deliveries', id, '--state', 'delivered')).out, new RegExp(`${delivery.id} +delivered`))
  assert.equal((await run('redeliver', id, '--delivery', delivery.id)).status, 0)
  await host.expect('/hook', { count: 4 })
  assert.match((await run('rotate', id)).out, /whsec_/)
  assert.equal((await run('disable', id)).status, 0)
  assert.equal((await admin.get(`/api/v1/webhooks/${id}`)).disabled_because, 'by_hand')
  assert.equal((await run('remove', id)).status, 0)
  await admin.refused(404, 'GET', `/api/v1/webhooks/${id}`, undefined, 'webhooks.endpoint_unknown')
  assert.ok(!inDatabase(server, 'SELECT * FROM webhook_secret').includes('whsec_'))
  assert.deepEqual((await admin.refused(422, 'POST', `/api/v1/apps/${app.id}/webhooks`, { url: `https://u:p@example.com/`, events: ['app.test'], description: '长'.repeat(101) })).errors.map(one => one.path).sort(), ['description', 'events[0]', 'url'])
  await admin.refused(404, 'GET', '/api/v1/apps/1/webhooks', undefined, 'webhooks.app_unknown')
})

test('no neighbour is asked: at first, by a changed address, or behind a name', { timeout: 120_000 }, async t => {
  const server = await fresh(t, { env })
  const { admin } = await smallSchool(server)
  const app = registered(server)
  const inside = await receiver(t)
  const port = new URL(inside.url).port
  await admin.refused(422, 'POST', `/api/v1/apps/${app.id}/webhooks`, { url: `${inside.url}/`, events: ['card.revoked'] })
  const addresses = [`https://127.0.0.1:${port}/`, `https://localhost:${port}/`, `https://inside.localhost:${port}/`, `https://[::ffff:127.0.0.1]:${port}/`]
  const endpoints = []
  for (const url of addresses) endpoints.push((await endpointOf(admin, app, url, ['card.revoked'])).endpoint)
  const { endpoint } = await endpointOf(admin, app, 'https://app.example.com/hook', ['card.revoked'])
  endpoints.push(await admin.patch(`/api/v1/webhooks/${endpoint.id}`, { url: `https://127.1:${port}/` }))
  const tries = await Promise.all(endpoints.map(one => tested(admin, one)))
  assert.ok(tries.every(one => one.delivery.error !== null && one.delivery.status === null), JSON.stringify(tries))
  assert.deepEqual(inside.heard, [])
  await admin.refused(422, 'PATCH', `/api/v1/webhooks/${endpoint.id}`, { url: `http://10.0.0.1:${port}/` })
})

test('two nodes send each message once', { skip: !onPostgres && 'the embedded engine belongs to one process', timeout: 240_000 }, async t => {
  const first = await fresh(t, reaching)
  const { admin } = await smallSchool(first)
  await nodeBeside(t, first)
  const app = registered(first)
  const host = await receiver(t)
  const { endpoint } = await endpointOf(admin, app, `${host.url}/hook`)
  const sent = []
  for (let i = 0; i < 30; i++) sent.push((await admin.post(`/api/v1/webhooks/${endpoint.id}/test`)).message_id)
  await eventually(async () => (await deliveriesOf(admin, endpoint, '&state=delivered')).length === 30, 'all to be delivered')
  assert.deepEqual(host.heard.map(one => one.id).sort(), sent.sort())
})
