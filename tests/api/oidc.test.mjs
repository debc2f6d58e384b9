// The card opens apps: OpenID Connect with clients that others wrote (openid-client, oauth4webapi, jose), and what attackers try.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register, signInAs } from '../support/accounts.mjs'
import { Client } from '../support/client.mjs'
import { inDatabase } from '../support/database.mjs'
import { agreed, begun, callback, certifiedTeacher, enter, env, issuer, jose, oauth, openid, registered, relyingParty, through } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const query = location => Object.fromEntries(new URL(location).searchParams)

async function cast(t) {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const [child] = people(1, { seed: 71, from: 2016, to: 2016 })
  const pupil = await register(server.url, child, 'the.pupil')
  assert.equal((await decide(school.teacher, await handIn(pupil, pupilProfile(child, school)))).status, 200)
  return { server, school, pupil, child, ...(await certifiedTeacher(server, school)) }
}

test('an app lets somebody in with the card', { timeout: 240_000 }, async t => {
  const { server, school, pupil, child, teacher, grown } = await cast(t)
  const app = registered(server, { essential: 'name,role', voluntary: 'school,card_number', uris: [callback, 'http://localhost/cb'] })
  const config = await relyingParty(server, app)

  await t.test('asks for consent, and hears what was agreed to', async () => {
    const { kept, parameters } = await begun(config, { scope: 'openid profile education card' })
    const asked = await teacher.post('/api/v1/authorizations', parameters)
    assert.equal(asked.next, 'consent')
    assert.deepEqual(asked.claims.map(one => [one.claim, one.essential]), [['name', true], ['role', true], ['school', false], ['card_number', false]])
    assert.equal(asked.claims[2].value, school.name)
    const { location } = await teacher.post('/api/v1/authorizations', { ...parameters, allowed: true, with: ['school'] })
    assert.equal(query(location).iss, issuer)
    const tokens = await openid.authorizationCodeGrant(config, new URL(location), kept)
    const info = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
    assert.deepEqual({ ...info, sub: undefined }, { name: grown.name, role: 'teacher', school: { name: school.name, code: '2132000042' }, sub: undefined })
    assert.ok(!JSON.stringify([info, tokens.claims()]).includes(grown.number))
  })

  await t.test('remembers, asks again when the app wants it, and says that somebody declined', async () => {
    const again = await begun(config)
    assert.equal((await teacher.post('/api/v1/authorizations', again.parameters)).next, 'leave')
    assert.equal((await teacher.post('/api/v1/authorizations', { ...again.parameters, prompt: 'consent' })).next, 'consent')
    const declined = query(await agreed(teacher, { ...again.parameters, prompt: 'consent' }, { allowed: false }))
    assert.deepEqual([declined.error, declined.state, declined.code], ['access_denied', again.parameters.state, undefined])
  })

  await t.test('in each of the three algorithms, which jose checks with the published keys', async () => {
    const fetched = await through(server)(`${issuer}/oidc/jwks`)
    assert.equal(fetched.headers.get('access-control-allow-origin'), '*')
    const keys = jose.createLocalJWKSet(await fetched.json())
    for (const algorithm of ['RS256', 'ES256', 'EdDSA']) {
      const other = registered(server, { algorithm, name: algorithm })
      const tokens = await enter(await relyingParty(server, other), teacher)
      const { payload, protectedHeader } = await jose.jwtVerify(tokens.id_token, keys, { issuer, audience: other.id, algorithms: [algorithm] })
      assert.equal(protectedHeader.kid, `${algorithm}-1`)
      assert.ok(payload.auth_time <= payload.iat)
    }
  })

  await t.test('knows people by another name than other apps do', async () => {
    const elsewhere = registered(server, { uris: ['https://other.example.com/cb'] })
    const [here, again, there] = [await enter(config, teacher), await enter(config, teacher), await enter(await relyingParty(server, elsewhere), teacher, { redirect_uri: 'https://other.example.com/cb' })]
    assert.equal(here.claims().sub, again.claims().sub)
    assert.notEqual(here.claims().sub, there.claims().sub)
  })

  await t.test('on a device of one\'s own without a secret, at any port of the loopback, with oauth4webapi', async () => {
    const open = registered(server, { open: true, uris: ['http://127.0.0.1/cb'] })
    const as = { issuer, token_endpoint: `${issuer}/oidc/token`, userinfo_endpoint: `${issuer}/oidc/userinfo`, authorization_response_iss_parameter_supported: true }
    const client = { client_id: open.id, id_token_signed_response_alg: 'ES256' }
    const verifier = oauth.generateRandomCodeVerifier()
    const redirect_uri = 'http://127.0.0.1:49152/cb'
    const location = await agreed(teacher, { client_id: open.id, redirect_uri, response_type: 'code', scope: 'openid profile', code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' })
    const answer = oauth.validateAuthResponse(as, client, new URL(location), oauth.expectNoState)
    const options = { [oauth.customFetch]: through(server) }
    const response = await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), answer, redirect_uri, verifier, options)
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response)
    const info = await oauth.processUserInfoResponse(as, client, oauth.getValidatedIdTokenClaims(tokens).sub, await oauth.userInfoRequest(as, client, tokens.access_token, options))
    assert.equal(info.name, grown.name)
  })

  await t.test('a child enters the apps of its school, with what they need and no more; others need a guardian', async () => {
    const own = registered(server, { organisation: school.id, essential: 'name,class_name', voluntary: 'card_number' })
    const ownConfig = await relyingParty(server, own)
    const tokens = await enter(ownConfig, pupil, { scope: 'openid profile education card' })
    const info = await openid.fetchUserInfo(ownConfig, tokens.access_token, tokens.claims().sub)
    assert.deepEqual(Object.keys(info).toSorted(), ['class_name', 'name', 'sub'])
    assert.equal(info.name, child.name)
    const elsewhere = registered(server, { organisation: '3205' })
    const { parameters } = await begun(await relyingParty(server, elsewhere))
    await pupil.refused(403, 'POST', '/api/v1/authorizations', parameters, 'oidc.guardian_needed')
    assert.equal(query(await agreed(pupil, { ...parameters, prompt: 'none' })).error, 'interaction_required')
  })

  await t.test('tokens are refreshed, introspected and given back', async () => {
    const tokens = await enter(config, teacher, { scope: 'openid profile offline_access' })
    const fresher = await openid.refreshTokenGrant(config, tokens.refresh_token)
    assert.notEqual(fresher.refresh_token, tokens.refresh_token)
    assert.equal((await openid.tokenIntrospection(config, fresher.access_token)).active, true)
    await openid.tokenRevocation(config, fresher.refresh_token)
    for (const token of [fresher.access_token, fresher.refresh_token, tokens.access_token]) assert.equal((await openid.tokenIntrospection(config, token)).active, false)
    await assert.rejects(openid.refreshTokenGrant(config, fresher.refresh_token), { error: 'invalid_grant' })
    assert.equal((await enter(config, teacher)).refresh_token, undefined, 'without offline_access there is none')
  })

  await t.test('whoever withdraws is no longer spoken of', async () => {
    const tokens = await enter(config, teacher)
    const [connected] = (await teacher.get('/api/v1/me/apps')).filter(one => one.app.id === app.id)
    assert.deepEqual(connected.claims, ['name', 'role', 'school'])
    await teacher.delete(`/api/v1/me/apps/${app.id}`)
    await assert.rejects(openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), { status: 401 })
    await teacher.refused(404, 'DELETE', `/api/v1/me/apps/${app.id}`, undefined, 'oidc.not_connected')
    assert.equal((await teacher.post('/api/v1/authorizations', (await begun(config)).parameters)).next, 'consent')
  })

  await t.test('a secret is replaced without a gap, and an app is switched off', async () => {
    const other = registered(server, { name: '背单词' })
    const config = await relyingParty(server, other)
    const rotated = educard(server.data, ['app', 'rotate', other.id])
    const secret = /client_secret +(\S+)/.exec(rotated.out)[1]
    const tokens = await enter(config, teacher)
    await enter(await relyingParty(server, { ...other, secret }), teacher)
    assert.match(educard(server.data, ['app', 'list']).out, new RegExp(`${other.id}  active .*背单词`))
    assert.equal(educard(server.data, ['app', 'disable', other.id]).status, 0)
    await assert.rejects(openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), { status: 401 })
    await teacher.refused(404, 'POST', '/api/v1/authorizations', (await begun(config)).parameters, 'oidc.app_unknown')
    assert.equal(educard(server.data, ['app', 'enable', other.id]).status, 0)
    await enter(config, teacher)
  })
})

test('who is signed in, and since when', { timeout: 120_000 }, async t => {
  const { server, teacher } = await cast(t)
  const config = await relyingParty(server, registered(server))
  await enter(config, teacher)
  const { parameters } = await begun(config)
  const anybody = new Client(server.url)

  await t.test('nobody: the page asks to sign in, and an app that must not ask is told', async () => {
    assert.equal((await anybody.post('/api/v1/authorizations', parameters)).next, 'sign_in')
    assert.equal(query((await anybody.post('/api/v1/authorizations', { ...parameters, prompt: 'none' })).location).error, 'login_required')
    assert.ok(query((await teacher.post('/api/v1/authorizations', { ...parameters, prompt: 'none' })).location).code)
  })

  for (const [what, more] of [['prompt=login', { prompt: 'login' }], ['max_age=0', { max_age: '0' }]]) {
    await t.test(`${what} asks for the password anew, once`, async () => {
      const asked = await teacher.post('/api/v1/authorizations', { ...parameters, ...more })
      assert.equal(asked.next, 'sign_in')
      assert.equal((await teacher.post('/api/v1/authorizations', { ...parameters, ...more, begun: asked.begun })).next, 'sign_in', 'what was asked before the sign-in does not count')
      const again = await signInAs(server.url, 'the.teacher')
      assert.ok(query((await again.post('/api/v1/authorizations', { ...parameters, ...more, begun: asked.begun })).location).code)
      assert.equal((await teacher.post('/api/v1/authorizations', { ...parameters, ...more, begun: 'AAAA' })).next, 'sign_in')
    })
  }

  await t.test('somebody who is not certified does not get in', async () => {
    const [stranger] = people(1, { seed: 73, from: 1990, to: 1990 })
    const newcomer = await register(server.url, stranger, 'the.newcomer')
    await newcomer.refused(409, 'POST', '/api/v1/authorizations', parameters, 'oidc.not_certified')
  })
})

test('what attackers try', { timeout: 240_000 }, async t => {
  const { server, teacher } = await cast(t)
  const app = registered(server)
  const config = await relyingParty(server, app)
  await enter(config, teacher)
  const other = await relyingParty(server, registered(server, { name: '别的应用' }))
  const post = (path, form, headers = {}) => through(server)(issuer + path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(form) })
  const basic = (id, secret) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })
  const refusedAt = (response, error, status = 400) => response.then(async answer => assert.deepEqual([answer.status, (await answer.json()).error], [status, error]))

  await t.test('addresses that are not registered: nobody is sent there', async () => {
    const { parameters } = await begun(config)
    for (const uri of ['https://app.example.com/cb/', 'https://app.example.com/CB', 'https://app.example.com:444/cb', 'https://app.example.com/cb?x=1', 'https://app.example.com/cb#f', 'https://app.example.com.evil.example/cb', 'https://app.example.com@evil.example/cb', 'http://app.example.com/cb', 'https://app.example.com/cb/../evil', 'javascript:alert(1)', '//app.example.com/cb', '', ' https://app.example.com/cb']) {
      await teacher.refused(422, 'POST', '/api/v1/authorizations', { ...parameters, redirect_uri: uri }, 'oidc.redirect_unknown')
    }
    await teacher.refused(404, 'POST', '/api/v1/authorizations', { ...parameters, client_id: '1' }, 'oidc.app_unknown')
  })

  await t.test('requests without PKCE, of other kinds, with request objects: said to the app', async () => {
    const { parameters } = await begun(config)
    const changes = [[{ code_challenge: undefined }, 'invalid_request'], [{ code_challenge_method: 'plain' }, 'invalid_request'], [{ code_challenge_method: undefined }, 'invalid_request'], [{ response_type: 'token' }, 'unsupported_response_type'], [{ response_type: undefined }, 'invalid_request'], [{ response_type: 'code id_token' }, 'unsupported_response_type'], [{ scope: 'profile' }, 'invalid_scope'], [{ request: 'x.y.z' }, 'request_not_supported'], [{ request_uri: 'https://a.example/r' }, 'request_uri_not_supported'], [{ response_mode: 'fragment' }, 'invalid_request'], [{ prompt: 'none login' }, 'invalid_request'], [{ max_age: '-1' }, 'invalid_request']]
    for (const [change, error] of changes) {
      const back = query((await teacher.post('/api/v1/authorizations', { ...parameters, ...change })).location)
      assert.deepEqual([back.error, back.state, back.iss, back.code], [error, parameters.state, issuer, undefined], JSON.stringify(change))
    }
  })

  await t.test('a code in other hands', async () => {
    const { kept, parameters } = await begun(config)
    const location = await agreed(teacher, parameters)
    const form = { grant_type: 'authorization_code', code: query(location).code, redirect_uri: callback }
    await assert.rejects(openid.authorizationCodeGrant(config, new URL(location), { ...kept, pkceCodeVerifier: openid.randomPKCECodeVerifier() }), { error: 'invalid_grant' })
    await assert.rejects(openid.authorizationCodeGrant(other, new URL(location), kept), { error: 'invalid_grant' })
    await refusedAt(post('/oidc/token', { ...form, code_verifier: kept.pkceCodeVerifier, redirect_uri: 'https://app.example.com/other' }, basic(app.id, app.secret)), 'invalid_grant')
    await refusedAt(post('/oidc/token', form, basic(app.id, app.secret)), 'invalid_grant')
    const tokens = await openid.authorizationCodeGrant(config, new URL(location), kept)
    assert.equal((await openid.tokenIntrospection(config, tokens.access_token)).active, true)
    await assert.rejects(openid.authorizationCodeGrant(config, new URL(location), kept), { error: 'invalid_grant' })
    assert.equal((await openid.tokenIntrospection(config, tokens.access_token)).active, false, 'a code that is used twice takes back what it gave')
  })

  await t.test('one code, many at once: one gets in', async () => {
    const { kept, parameters } = await begun(config)
    const location = await agreed(teacher, parameters)
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => openid.authorizationCodeGrant(config, new URL(location), kept)))
    assert.equal(all.filter(one => one.status === 'fulfilled').length, 1)
  })

  await t.test('a code that is too old', async () => {
    const nonce = 'n'.repeat(500) // too long for the code itself, so it is kept where a test can make it older; of others: oidc_test.cpp
    const { kept, parameters } = await begun(config, { nonce })
    const location = await agreed(teacher, parameters)
    inDatabase(server, "UPDATE app_token SET expires_at = expires_at - 61000000 WHERE kind = 'code'")
    await assert.rejects(openid.authorizationCodeGrant(config, new URL(location), kept), { error: 'invalid_grant' })
  })

  await t.test('a refresh token again: soon it gives the same answer, later it ends everything', async () => {
    const tokens = await enter(config, teacher, { scope: 'openid profile offline_access' })
    const all = await Promise.all(Array.from({ length: 8 }, () => openid.refreshTokenGrant(config, tokens.refresh_token)))
    assert.equal(new Set(all.map(one => one.refresh_token)).size, 1, 'whoever lost the answer gets it again')
    await assert.rejects(openid.refreshTokenGrant(other, tokens.refresh_token), { error: 'invalid_grant' })
    inDatabase(server, "UPDATE app_token SET used_at = used_at - 61000000 WHERE used_at IS NOT NULL AND kind = 'refresh'")
    await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' })
    await assert.rejects(openid.refreshTokenGrant(config, all[0].refresh_token), { error: 'invalid_grant' })
    assert.equal((await openid.tokenIntrospection(config, all[0].access_token)).active, false)
  })

  await t.test('somebody who is not the app', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'x' }
    for (const headers of [{}, basic(app.id, 'wrong'), basic('1', app.secret), basic(app.id, ''), { authorization: 'Basic !!' }, { authorization: `Basic ${Buffer.from('no colon').toString('base64')}` }]) {
      const answer = await post('/oidc/token', form, headers)
      assert.deepEqual([answer.status, (await answer.json()).error], [401, 'invalid_client'], JSON.stringify(headers))
      assert.match(answer.headers.get('www-authenticate'), /^Basic/)
    }
    await refusedAt(post('/oidc/token', { ...form, client_id: app.id }), 'invalid_client', 401)
    await refusedAt(post('/oidc/token', { ...form, client_secret: app.secret }, basic(app.id, app.secret)), 'invalid_request')
    await refusedAt(post('/oidc/token', { grant_type: 'password' }, basic(app.id, app.secret)), 'unsupported_grant_type')
    await refusedAt(post('/oidc/token', {}, basic(app.id, app.secret)), 'invalid_request')
    const twice = await through(server)(`${issuer}/oidc/token`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...basic(app.id, app.secret) }, body: 'grant_type=a&grant_type=b' })
    assert.deepEqual([twice.status, (await twice.json()).error], [400, 'invalid_request'])
    assert.equal((await through(server)(`${issuer}/oidc/token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status, 415)
  })

  await t.test('a session is no access token, nor the other way round', async () => {
    const tokens = await enter(config, teacher)
    await new Client(server.url, tokens.access_token).refused(401, 'GET', '/api/v1/me')
    const answer = await through(server)(`${issuer}/oidc/userinfo`, { headers: { authorization: `Bearer ${teacher.token}` } })
    assert.deepEqual([answer.status, (await answer.json()).error], [401, 'invalid_token'])
    assert.match(answer.headers.get('www-authenticate'), /^Bearer error="invalid_token"/)
    assert.equal((await through(server)(`${issuer}/oidc/userinfo`)).status, 401)
  })

  await t.test('tokens and codes stand nowhere in clear', async () => {
    const tokens = await enter(config, teacher, { scope: 'openid profile offline_access' })
    await openid.refreshTokenGrant(config, tokens.refresh_token)
    const kept = inDatabase(server, 'SELECT * FROM app_token') + inDatabase(server, 'SELECT * FROM app_secret') + server.log()
    for (const secret of [tokens.access_token, tokens.refresh_token, app.secret]) assert.ok(!kept.includes(secret))
  })
})

test('apps are registered with care', { timeout: 60_000 }, async t => {
  const server = await fresh(t, { env })
  const create = (...more) => educard(server.data, ['app', 'create', '--name', '口算', '--purpose', '练习', '--redirect-uri', callback, ...more])
  for (const uri of ['http://app.example.com/cb', 'https://app.example.com/cb#x', 'https://me@app.example.com/cb', '/cb', 'nonsense:x']) {
    const refused = create('--redirect-uri', uri)
    assert.equal(refused.status, 1, uri)
    assert.match(refused.err, /redirect_uris\[1\]/)
  }
  for (const uri of ['http://localhost:3000/cb', 'http://127.0.0.1/cb', 'cn.edu.example.app:/cb']) assert.equal(create('--redirect-uri', uri).status, 0, uri)
  assert.match(create('--essential', 'name,shoe_size').err, /--essential/)
  assert.match(create('--essential', 'name', '--voluntary', 'name').err, /voluntary/)
  assert.match(create('--organisation', '999').err, /--organisation/)
  assert.match(educard(server.data, ['app', 'rotate', '1']).err, /no such app/)
  assert.equal(educard(server.data, ['app', 'rotate', /client_id +(\d+)/.exec(create('--public').out)[1]]).status, 1)
})
