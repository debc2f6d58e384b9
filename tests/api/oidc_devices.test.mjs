// Devices without a browser (RFC 8628), and signing out: at an app's wish and told to apps (OpenID Connect RP-Initiated and Back-Channel
// Logout 1.0), with clients that others wrote.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { decide, handIn, password, pupilProfile, register, signInAs } from '../support/accounts.mjs'
import { Client, eventually } from '../support/client.mjs'
import { connection, inDatabase, onPostgres } from '../support/database.mjs'
import { agreed, begun, callback, certifiedTeacher, enter, env, issuer, jose, openid, registered, relyingParty, through } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const post = (server, path, form, headers = {}) => through(server)(issuer + path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(form) })
const basic = app => ({ authorization: `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}` })

async function cast(t, more = {}) {
  const server = await fresh(t, { env: { ...env, ...more } })
  const school = await smallSchool(server)
  return { server, school, ...(await certifiedTeacher(server, school)) }
}

test('a device without a browser', { timeout: 240_000 }, async t => {
  const { server, school, teacher, grown } = await cast(t)
  const app = registered(server, { uris: [], voluntary: 'school', more: ['--device'] })
  const config = await relyingParty(server, app)
  const at = (person, input) => person.post('/api/v1/device-authorizations', input)

  await t.test('shows a code; somebody types it, agrees on a telephone, and the device is in', async () => {
    const shown = await openid.initiateDeviceAuthorization(config, { scope: 'openid profile education offline_access' })
    assert.match(shown.user_code, /^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/)
    assert.equal(shown.verification_uri_complete, `${issuer}/device?user_code=${shown.user_code}`)
    const waiting = openid.pollDeviceAuthorizationGrant(config, shown)
    assert.equal((await at(new Client(server.url), { user_code: shown.user_code })).next, 'sign_in')
    const asked = await at(teacher, { user_code: shown.user_code.toLowerCase().replace('-', ' ') })
    assert.deepEqual([asked.next, asked.app.name, asked.claims.map(one => one.claim)], ['consent', '口算', ['name', 'school']])
    assert.equal((await at(teacher, { user_code: shown.user_code, allowed: true, with: ['school'] })).next, 'done')
    const tokens = await waiting
    const info = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
    assert.deepEqual([info.name, info.school.name], [grown.name, school.name])
    assert.ok((await openid.refreshTokenGrant(config, tokens.refresh_token)).access_token)
    await assert.rejects(openid.pollDeviceAuthorizationGrant(config, { ...shown, interval: 1 }), { error: 'invalid_grant' }, 'a device code is good once')
    await teacher.refused(404, 'POST', '/api/v1/device-authorizations', { user_code: shown.user_code }, 'oidc.user_code_unknown')
  })

  const start = async () => (await post(server, '/oidc/device_authorization', { scope: 'openid profile' }, basic(app))).json()
  const poll = async (device, who = app) => (await post(server, '/oidc/token', { grant_type: deviceGrant, device_code: device.device_code }, basic(who))).json()

  await t.test('also who agreed before is asked: the code may be of somebody else\'s device', async () => {
    assert.equal((await at(teacher, { user_code: (await start()).user_code })).next, 'consent')
  })

  await t.test('it is told to wait, to wait longer, that somebody refused, and that it took too long', async () => {
    const device = await start()
    assert.equal((await poll(device)).error, 'authorization_pending')
    assert.equal((await poll(device)).error, 'slow_down')
    assert.equal((await at(teacher, { user_code: device.user_code, allowed: false })).next, 'done')
    assert.equal((await poll(device)).error, 'access_denied')
    const late = await start()
    inDatabase(server, "UPDATE app_token SET expires_at = expires_at - 601000000 WHERE kind IN ('device', 'user_code')")
    assert.equal((await poll(late)).error, 'expired_token')
    await teacher.refused(404, 'POST', '/api/v1/device-authorizations', { user_code: late.user_code }, 'oidc.user_code_unknown')
  })

  await t.test('two answers at once: one counts; a poll in between takes nothing back', async () => {
    const device = await start()
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => Promise.all([teacher.call('POST', '/api/v1/device-authorizations', { user_code: device.user_code, allowed: n % 2 === 0 }), poll(device)])))
    assert.equal(answers.filter(([answer]) => answer.status === 200).length, 1)
    const all = await Promise.all(Array.from({ length: 8 }, () => poll(device)))
    const before = answers.map(([, polled]) => polled)
    const denied = all.some(one => one.error === 'access_denied')
    assert.equal([...before, ...all].filter(one => one.access_token).length, denied ? 0 : 1)
  })

  await t.test('codes that are wrong, another app\'s, or of no device', async () => {
    for (const user_code of ['', 'WDJB-MJHT', 'AEIO-UAEI', '1234-5678', 'x'.repeat(200)]) await teacher.refused(404, 'POST', '/api/v1/device-authorizations', { user_code }, 'oidc.user_code_unknown')
    const device = await start()
    const other = registered(server, { uris: [], more: ['--device'] })
    assert.equal((await poll(device, other)).error, 'invalid_grant')
    assert.equal((await poll({ device_code: device.user_code })).error, 'invalid_grant')
    assert.equal((await (await post(server, '/oidc/device_authorization', { scope: 'openid' }, basic(registered(server)))).json()).error, 'unauthorized_client')
    assert.equal((await (await post(server, '/oidc/device_authorization', { scope: 'profile' }, basic(app))).json()).error, 'invalid_scope')
    assert.equal((await post(server, '/oidc/device_authorization', {})).status, 401)
  })

  await t.test('a child signs in on a device of its school only', async () => {
    const [child] = people(1, { seed: 91, from: 2016, to: 2016 })
    const pupil = await register(server.url, child, 'the.pupil')
    assert.equal((await decide(school.teacher, await handIn(pupil, pupilProfile(child, school)))).status, 200)
    const elsewhere = registered(server, { uris: [], organisation: '3205', more: ['--device'] })
    const there = await (await post(server, '/oidc/device_authorization', {}, basic(elsewhere))).json()
    await pupil.refused(403, 'POST', '/api/v1/device-authorizations', { user_code: there.user_code, allowed: true }, 'oidc.guardian_needed')
    const own = registered(server, { uris: [], organisation: school.id, voluntary: 'school', more: ['--device'] })
    const here = await (await post(server, '/oidc/device_authorization', { scope: 'openid profile education' }, basic(own))).json()
    assert.deepEqual((await at(pupil, { user_code: here.user_code })).claims.map(one => one.claim), ['name'])
  })
})

/** An app's server that is told of sign-outs. */
async function listener(t) {
  const heard = []
  let status = 200
  const host = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    heard.push(new URLSearchParams(body).get('logout_token'))
    response.writeHead(typeof status === 'function' ? status() : status, { location: 'http://127.0.0.1:1/' }).end()
  }).listen(0, '127.0.0.1')
  await once(host, 'listening')
  t.after(() => host.close())
  return { heard, uri: `http://127.0.0.1:${host.address().port}/signed-out`, answer: next => (status = next) }
}

test('signing out', { timeout: 240_000 }, async t => {
  const { server, teacher } = await cast(t, { EDUCARD_REACH_PRIVATE: 'true' })
  const back = 'https://app.example.com/bye'
  const ear = await listener(t)
  const app = registered(server, { more: ['--post-logout-redirect-uri', back, '--backchannel-logout-uri', ear.uri] })
  const config = await relyingParty(server, app)
  const keys = jose.createLocalJWKSet(await (await through(server)(`${issuer}/oidc/jwks`)).json())
  const ask = (person, url) => person.post('/api/v1/logouts', Object.fromEntries(url.searchParams))

  await t.test('an app that knows who is here signs them out without a question, and they are back at the app', async () => {
    const tokens = await enter(config, teacher)
    const url = openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: back, state: 'a b' })
    assert.equal(url.pathname, '/logout')
    const step = await ask(teacher, url)
    assert.deepEqual([step.ask, step.location, step.app.name], [false, `${back}?state=a%20b`, '口算'])
  })

  await t.test('an app that does not is asked about', async () => {
    const other = await signInAs(server.url, 'the.teacher')
    const tokens = await enter(config, teacher)
    for (const [person, parameters] of [[teacher, {}], [teacher, { client_id: app.id }], [other, { id_token_hint: tokens.id_token }], [teacher, { id_token_hint: `${tokens.id_token.slice(0, -4)}AAAA`, client_id: app.id }]]) {
      assert.equal((await person.post('/api/v1/logouts', parameters)).ask, true)
    }
    assert.equal((await new Client(server.url).post('/api/v1/logouts', { client_id: app.id, post_logout_redirect_uri: back })).location, back)
  })

  await t.test('nobody is sent to an address that is not registered', async () => {
    const { id_token: hint } = await enter(config, teacher)
    for (const uri of ['https://evil.example/', `${back}/`, `${back}?x=1`, 'javascript:alert(1)', callback]) await teacher.refused(422, 'POST', '/api/v1/logouts', { id_token_hint: hint, post_logout_redirect_uri: uri }, 'oidc.redirect_unknown')
    await teacher.refused(422, 'POST', '/api/v1/logouts', { post_logout_redirect_uri: back }, 'oidc.redirect_unknown')
    await teacher.refused(404, 'POST', '/api/v1/logouts', { client_id: '1' }, 'oidc.app_unknown')
    const other = registered(server, { name: '别的' })
    await teacher.refused(422, 'POST', '/api/v1/logouts', { id_token_hint: hint, client_id: other.id, post_logout_redirect_uri: back }, 'oidc.redirect_unknown')
  })

  await t.test('the app is told, and its tokens end; those for offline access go on', async () => {
    const person = await signInAs(server.url, 'the.teacher')
    const [one, offline] = [await enter(config, person), await enter(config, person, { scope: 'openid profile offline_access' })]
    const others = await enter(config, teacher)
    const before = ear.heard.length
    await person.delete(`/api/v1/sessions/${(await person.get('/api/v1/me')).session_id}`)
    await eventually(() => ear.heard.length > before, 'the app to be told')
    const { payload, protectedHeader } = await jose.jwtVerify(ear.heard.at(-1), keys, { issuer, audience: app.id, typ: 'logout+jwt', requiredClaims: ['iat', 'exp', 'jti'] })
    assert.equal(protectedHeader.alg, app.algorithm)
    assert.deepEqual([payload.sub, payload.sid, payload.nonce], [one.claims().sub, one.claims().sid, undefined])
    assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} })
    assert.equal((await openid.tokenIntrospection(config, one.access_token)).active, false)
    assert.ok((await openid.refreshTokenGrant(config, offline.refresh_token)).access_token)
    assert.equal((await openid.tokenIntrospection(config, others.access_token)).active, true, 'another session is another')
    assert.notEqual(others.claims().sid, one.claims().sid)
    assert.equal(ear.heard.length, before + 1, 'once')
  })

  await t.test('what was agreed to and not fetched before they signed out is not given out', async () => {
    const device = registered(server, { name: '黑板', uris: [], more: ['--device'] })
    const screen = await relyingParty(server, device)
    const shown = await openid.initiateDeviceAuthorization(screen, { scope: 'openid profile' })
    const person = await signInAs(server.url, 'the.teacher')
    const step = await person.post('/api/v1/device-authorizations', { user_code: shown.user_code, allowed: true, with: [] })
    assert.equal(step.next, 'done')
    const { kept, parameters } = await begun(config)
    const location = await agreed(person, parameters)
    await person.delete(`/api/v1/sessions/${(await person.get('/api/v1/me')).session_id}`)
    await assert.rejects(openid.authorizationCodeGrant(config, new URL(location), kept), { error: 'invalid_grant' })
    await assert.rejects(openid.pollDeviceAuthorizationGrant(screen, { ...shown, interval: 1 }), { error: 'invalid_grant' })
  })

  await t.test('whoever signs out everywhere else, or changes the password, ends those too', async () => {
    const person = await signInAs(server.url, 'the.teacher')
    const tokens = await enter(config, person)
    await teacher.delete('/api/v1/sessions')
    assert.equal((await openid.tokenIntrospection(config, tokens.access_token)).active, false)
    const again = await signInAs(server.url, 'the.teacher')
    const more = await enter(config, again)
    await teacher.put('/api/v1/me/password', { current_password: password, new_password: 'a quiet river in the autumn' })
    assert.equal((await openid.tokenIntrospection(config, more.access_token)).active, false)
    await eventually(() => ear.heard.map(token => jose.decodeJwt(token).sid).includes(more.claims().sid), 'the app to be told')
  })

  await t.test('an app that is busy is told again; where it sends the notice elsewhere it is not followed', async () => {
    const session = async () => {
      const person = await signInAs(server.url, 'the.teacher', 'a quiet river in the autumn')
      await enter(config, person)
      await person.delete(`/api/v1/sessions/${(await person.get('/api/v1/me')).session_id}`)
    }
    let times = 0
    ear.answer(() => (++times === 1 ? 503 : 200))
    const before = ear.heard.length
    await session()
    await eventually(() => ear.heard.length >= before + 2, 'a second notice')
    assert.equal(jose.decodeJwt(ear.heard.at(-1)).jti, jose.decodeJwt(ear.heard.at(-2)).jti)
    ear.answer(302)
    await session()
    await eventually(() => Number(inDatabase(server, "SELECT COUNT(*) FROM outbox WHERE state = 'failed'")) === 1, 'it to be given up')
  })

  await t.test('addresses are registered with care', () => {
    const create = (...more) => educard(server.data, ['app', 'create', '--name', '口算', '--purpose', '练习', '--redirect-uri', callback, ...more])
    assert.match(create('--post-logout-redirect-uri', 'http://app.example.com/').err, /post_logout_redirect_uris\[0\]/)
    for (const uri of ['http://app.example.com/', 'cn.example.app:/x', 'file:///etc/passwd']) assert.match(create('--backchannel-logout-uri', uri).err, /backchannel_logout_uri/)
  })
})

test('the server does not ask its neighbours', { timeout: 120_000 }, async t => {
  const { server, teacher } = await cast(t)
  const ear = await listener(t)
  const config = await relyingParty(server, registered(server, { more: ['--backchannel-logout-uri', ear.uri.replace('http:', 'https:')] }))
  await enter(config, teacher)
  await teacher.delete(`/api/v1/sessions/${(await teacher.get('/api/v1/me')).session_id}`)
  await eventually(() => Number(inDatabase(server, 'SELECT COUNT(*) FROM outbox WHERE attempts > 0')) === 1, 'it to be tried')
  assert.equal(ear.heard.length, 0)
})

test('signing out just when an app fetches its tokens', { skip: !onPostgres && 'the embedded engine writes one after the other', timeout: 120_000 }, async t => {
  const { server } = await cast(t)
  const config = await relyingParty(server, registered(server))
  const waits = query => eventually(() => Number(inDatabase(server, `SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${query}%'`)), `${query} to wait`)
  const gate = connection(server)
  t.after(() => gate.end())
  const coming = async () => {
    const person = await signInAs(server.url, 'the.teacher')
    const { kept, parameters } = await begun(config)
    const location = new URL(await agreed(person, parameters))
    return { person, session: (await person.get('/api/v1/me')).session_id, fetched: () => openid.authorizationCodeGrant(config, location, kept) }
  }

  await t.test('they were first: the app gets none', async () => {
    const { session, fetched } = await coming()
    await gate.run(`BEGIN; DELETE FROM session WHERE id = ${session}`)
    const refused = assert.rejects(fetched(), { error: 'invalid_grant' })
    await waits('UPDATE session')
    await gate.run('COMMIT')
    await refused
  })

  await t.test('the app was first: its tokens end at once', async () => {
    const { person, session, fetched } = await coming()
    await gate.run('BEGIN; LOCK TABLE app_grant IN SHARE MODE')
    const tokens = fetched()
    await waits('INSERT INTO app_grant')
    const out = person.delete(`/api/v1/sessions/${session}`)
    await waits('DELETE FROM session')
    await gate.run('ROLLBACK')
    await out
    assert.equal((await openid.tokenIntrospection(config, (await tokens).access_token)).active, false)
  })
})
