// Apps that sign to show who they are (RFC 7523), push their requests (RFC 9126), bind tokens to a key (RFC 9449) or act in their own
// name: with clients that others wrote, and what attackers try.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inDatabase } from '../support/database.mjs'
import { agreed, begun, callback, certifiedTeacher, enter, env, issuer, jose, oauth, openid, registered, relyingParty, through } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const query = location => Object.fromEntries(new URL(location).searchParams)
const kinds = { ES256: 'ES256', EdDSA: 'Ed25519', PS256: 'PS256', RS256: 'RS256' }
const pair = (algorithm = 'ES256') => jose.generateKeyPair(kinds[algorithm], { extractable: true })
const publicSet = async (...pairs) => ({ keys: await Promise.all(pairs.map(async ({ publicKey }, i) => ({ ...await jose.exportJWK(publicKey), kid: `key-${i}`, use: 'sig' }))) })
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

async function cast(t) {
  const server = await fresh(t, { env })
  return { server, ...(await certifiedTeacher(server, await smallSchool(server))) }
}

const post = (server, path, form, headers = {}) => through(server)(issuer + path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(form) })
const basic = app => ({ authorization: `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}` })
const refusedAt = async (response, error, status = 400) => {
  const answer = await response
  assert.deepEqual([answer.status, (await answer.json()).error], [status, error])
}

test('an app that signs', { timeout: 240_000 }, async t => {
  const { server, teacher } = await cast(t)
  const [old, now] = [await pair(), await pair()]
  const app = registered(server, { jwks: await publicSet(old, now), more: ['--service'] })
  assert.equal(app.secret, undefined)
  const config = await relyingParty(server, app, openid.PrivateKeyJwt(now.privateKey))

  await t.test('lets people in, refreshes, introspects and revokes with openid-client, in each algorithm', async () => {
    for (const algorithm of Object.keys(kinds)) {
      const key = await pair(algorithm)
      const other = registered(server, { name: algorithm, jwks: await publicSet(key) })
      const config = await relyingParty(server, other, openid.PrivateKeyJwt(key.privateKey))
      const tokens = await enter(config, teacher, { scope: 'openid profile offline_access' })
      const fresher = await openid.refreshTokenGrant(config, tokens.refresh_token)
      assert.equal((await openid.tokenIntrospection(config, fresher.access_token)).active, true)
      await openid.tokenRevocation(config, fresher.refresh_token)
      assert.equal((await openid.tokenIntrospection(config, fresher.access_token)).active, false)
    }
  })

  await t.test('with either of its keys, and oauth4webapi', async () => {
    const as = { issuer, token_endpoint: `${issuer}/oidc/token` }
    const client = { client_id: app.id }
    for (const { privateKey } of [old, now]) {
      const response = await oauth.clientCredentialsGrantRequest(as, client, oauth.PrivateKeyJwt(privateKey), {}, { [oauth.customFetch]: through(server) })
      assert.equal((await oauth.processClientCredentialsResponse(as, client, response)).token_type, 'bearer')
    }
  })

  const sign = (claims = {}, { key = now.privateKey, header = {} } = {}) => {
    const second = Math.floor(Date.now() / 1000)
    return new jose.SignJWT({ iss: app.id, sub: app.id, aud: issuer, jti: randomUUID(), iat: second, exp: second + 60, ...claims }).setProtectedHeader({ alg: 'ES256', ...header }).sign(key)
  }
  const ask = (assertion, more = {}) => post(server, '/oidc/token', { grant_type: 'client_credentials', client_assertion_type: assertionType, client_assertion: assertion, ...more })

  await t.test('an assertion is good once, also for many at once', async () => {
    const assertion = await sign()
    const all = await Promise.all(Array.from({ length: 8 }, () => ask(assertion)))
    assert.deepEqual(all.map(one => one.status).toSorted(), [200, ...Array(7).fill(401)])
  })

  await t.test('for the issuer or the token endpoint, with or without client_id', async () => {
    assert.equal((await ask(await sign({ aud: `${issuer}/oidc/token` }), { client_id: app.id })).status, 200)
    assert.equal((await ask(await sign({ aud: ['https://elsewhere.example', issuer] }))).status, 200)
  })

  await t.test('assertions that are no good', async () => {
    const second = Math.floor(Date.now() / 1000)
    const stranger = await pair()
    const secretKey = new TextEncoder().encode(JSON.stringify((await publicSet(now)).keys[0]))
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await sign()).split('.')[1]}.`
    for (const assertion of [
      await sign({ iss: '1' }), await sign({ sub: '1' }), await sign({ aud: 'https://evil.example' }), await sign({ aud: `${issuer}/` }), await sign({ aud: undefined }),
      await sign({ exp: second - 1 }), await sign({ exp: second + 86_400 }), await sign({ exp: undefined }), await sign({ exp: 'soon' }),
      await sign({ nbf: second + 600 }), await sign({ iat: second + 600 }), await sign({ jti: undefined }), await sign({ jti: 'x'.repeat(300) }),
      await sign({}, { key: stranger.privateKey }), await sign({}, { key: secretKey, header: { alg: 'HS256' } }), none, 'x.y.z', '',
    ]) await refusedAt(ask(assertion), 'invalid_client', 401)
    await refusedAt(ask(await sign(), { client_assertion_type: 'urn:other' }), 'invalid_client', 401)
    await refusedAt(ask(await sign(), { client_secret: 'x' }), 'invalid_request')
    await refusedAt(post(server, '/oidc/token', { grant_type: 'client_credentials', client_id: app.id }), 'invalid_client', 401)
    await refusedAt(post(server, '/oidc/token', { grant_type: 'client_credentials', client_id: app.id, client_secret: 'guessed' }), 'invalid_client', 401)
    const other = registered(server, { name: '别的', jwks: await publicSet(stranger), more: ['--service'] })
    await refusedAt(ask(await sign({ iss: other.id, sub: other.id })), 'invalid_client', 401)
  })

  await t.test('its keys are replaced on the command line', async () => {
    const next = await pair()
    const file = join(server.data, 'next.json')
    writeFileSync(file, JSON.stringify(await publicSet(next)))
    assert.equal(educard(server.data, ['app', 'keys', app.id, file]).status, 0)
    await refusedAt(ask(await sign()), 'invalid_client', 401)
    assert.equal((await ask(await sign({}, { key: next.privateKey }))).status, 200)
    const { privateKey } = await pair()
    for (const text of ['', '{}', '{"keys":[]}', 'nonsense', JSON.stringify({ keys: [await jose.exportJWK(privateKey)] }), '{"kty":"oct","k":"AAAA"}']) {
      writeFileSync(file, text)
      const refused = educard(server.data, ['app', 'keys', app.id, file])
      assert.deepEqual([refused.status, /公钥|public keys/.test(refused.err)], [1, true], text)
    }
    const plain = registered(server, { name: '密钥' })
    assert.match(educard(server.data, ['app', 'keys', plain.id, file]).err, /公钥|sign/)
  })
})

test('an app in its own name', { timeout: 120_000 }, async t => {
  const { server } = await cast(t)
  const app = registered(server, { uris: [], more: ['--service'] })
  const config = await relyingParty(server, app)
  const tokens = await openid.clientCredentialsGrant(config)
  assert.deepEqual([tokens.token_type, tokens.refresh_token, tokens.id_token, tokens.expires_in], ['bearer', undefined, undefined, 900])
  const seen = await openid.tokenIntrospection(config, tokens.access_token)
  assert.deepEqual([seen.active, seen.client_id, seen.sub], [true, app.id, app.id])

  await t.test('is nobody, so there is no userinfo', async () => {
    const answer = await through(server)(`${issuer}/oidc/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
    assert.deepEqual([answer.status, (await answer.json()).error], [401, 'invalid_token'])
  })
  await t.test('other apps learn nothing of its token', async () => {
    const other = await relyingParty(server, registered(server, { uris: [], more: ['--service'] }))
    assert.deepEqual(await openid.tokenIntrospection(other, tokens.access_token), { active: false })
  })
  await t.test('gives its token back; a switched-off app has none', async () => {
    const more = await openid.clientCredentialsGrant(config)
    await openid.tokenRevocation(config, more.access_token)
    assert.equal((await openid.tokenIntrospection(config, more.access_token)).active, false)
    educard(server.data, ['app', 'disable', app.id])
    await refusedAt(post(server, '/oidc/token', { grant_type: 'client_credentials' }, basic(app)), 'invalid_client', 401)
    educard(server.data, ['app', 'enable', app.id])
  })
  await t.test('only apps that may', async () => {
    await refusedAt(post(server, '/oidc/token', { grant_type: 'client_credentials' }, basic(registered(server))), 'unauthorized_client')
    const create = (...more) => educard(server.data, ['app', 'create', '--name', '口算', '--purpose', '练习', ...more])
    assert.match(create().err, /redirect_uris/)
    assert.match(create('--service', '--public', '--redirect-uri', callback).err, /service/)
  })
})

test('requests that are pushed', { timeout: 240_000 }, async t => {
  const { server, teacher } = await cast(t)
  const app = registered(server, { more: ['--require-par'] })
  const config = await relyingParty(server, app)

  await t.test('the browser carries only a reference, which lets somebody in once', async () => {
    const { url, kept, parameters } = await begun(config, { pushed: true })
    assert.deepEqual(Object.keys(parameters).toSorted(), ['client_id', 'request_uri'])
    const location = await agreed(teacher, parameters)
    const tokens = await openid.authorizationCodeGrant(config, new URL(location), kept)
    assert.ok(tokens.claims().sub)
    await teacher.refused(422, 'POST', '/api/v1/authorizations', Object.fromEntries(url.searchParams), 'oidc.request_expired')
  })

  await t.test('what stands beside the reference does not count', async () => {
    const { kept, parameters } = await begun(config, { pushed: true })
    const location = await agreed(teacher, { ...parameters, redirect_uri: 'https://evil.example/cb', state: 'other', scope: 'openid card', code_challenge: 'x'.repeat(43) })
    assert.ok(location.startsWith(callback))
    assert.equal(query(location).state, kept.expectedState)
    await openid.authorizationCodeGrant(config, new URL(location), kept)
  })

  await t.test('an app that has to push does not get by without', async () => {
    const { parameters } = await begun(config)
    assert.equal(query((await teacher.post('/api/v1/authorizations', parameters)).location).error, 'invalid_request')
  })

  await t.test('references that are another app\'s, too old or made up', async () => {
    const { parameters } = await begun(config, { pushed: true })
    const other = registered(server, { name: '别的' })
    await teacher.refused(422, 'POST', '/api/v1/authorizations', { ...parameters, client_id: other.id }, 'oidc.request_expired')
    await teacher.refused(422, 'POST', '/api/v1/authorizations', { ...parameters, request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'oidc.request_expired')
    inDatabase(server, "UPDATE app_token SET expires_at = expires_at - 601000000 WHERE kind = 'request'")
    await teacher.refused(422, 'POST', '/api/v1/authorizations', parameters, 'oidc.request_expired')
  })

  await t.test('a pushed request is no token', async () => {
    const { parameters } = await begun(config, { pushed: true })
    const token = parameters.request_uri.split(':').at(-1)
    assert.equal((await openid.tokenIntrospection(config, token)).active, false)
    await refusedAt(post(server, '/oidc/token', { grant_type: 'refresh_token', refresh_token: token }, basic(app)), 'invalid_grant')
    await openid.tokenRevocation(config, token)
    assert.ok((await agreed(teacher, parameters)).includes('code='), 'it was not given back')
  })

  await t.test('what is wrong is said when it is pushed', async () => {
    const right = { response_type: 'code', redirect_uri: callback, scope: 'openid', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }
    const push = (change, headers = basic(app)) => post(server, '/oidc/par', JSON.parse(JSON.stringify({ ...right, ...change })), headers)
    assert.equal((await push({})).status, 201)
    for (const [change, error] of [[{ redirect_uri: 'https://evil.example' }, 'invalid_request'], [{ redirect_uri: undefined }, 'invalid_request'], [{ response_type: 'token' }, 'unsupported_response_type'], [{ scope: 'profile' }, 'invalid_scope'], [{ code_challenge_method: 'plain' }, 'invalid_request'], [{ request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'], [{ request: 'a.b.c' }, 'request_not_supported']]) await refusedAt(push(change), error)
    await refusedAt(push({}, {}), 'invalid_client', 401)
    await refusedAt(push({}, basic({ ...app, secret: 'wrong' })), 'invalid_client', 401)
  })
})

test('tokens that are bound to a key', { timeout: 240_000 }, async t => {
  const { server, teacher, grown } = await cast(t)
  const app = registered(server, { more: ['--require-dpop', '--service'] })
  const config = await relyingParty(server, app)
  const key = await pair()
  const options = { DPoP: openid.getDPoPHandle(config, key) }
  const proof = (claims = {}, { signer = key, header = {} } = {}) => jose.exportJWK(signer.publicKey).then(jwk => new jose.SignJWT({ jti: randomUUID(), htm: 'POST', htu: `${issuer}/oidc/token`, iat: Math.floor(Date.now() / 1000), ...claims }).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header }).sign(signer.privateKey))
  const userinfo = (token, dpop, scheme = 'DPoP') => through(server)(`${issuer}/oidc/userinfo`, { headers: { authorization: `${scheme} ${token}`, ...(dpop ? { dpop } : {}) } })
  const ath = async token => Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url')

  await t.test('with openid-client: in, userinfo, refresh, also pushed and with a key that was named before', async () => {
    for (const pushed of [false, true]) {
      const dpop_jkt = await options.DPoP.calculateThumbprint()
      const tokens = await enter(config, teacher, { scope: 'openid profile offline_access', pushed, options, ...(pushed ? {} : { dpop_jkt }) })
      assert.equal(tokens.token_type, 'dpop')
      const info = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, options)
      assert.equal(info.name, grown.name)
      assert.equal((await openid.tokenIntrospection(config, tokens.access_token)).cnf.jkt, dpop_jkt)
      assert.equal((await openid.refreshTokenGrant(config, tokens.refresh_token, undefined, options)).token_type, 'dpop')
    }
    assert.equal((await openid.clientCredentialsGrant(config, undefined, options)).token_type, 'dpop')
  })

  await t.test('an app that has to bind does not get by without', () => refusedAt(post(server, '/oidc/token', { grant_type: 'client_credentials' }, basic(app)), 'invalid_dpop_proof'))

  await t.test('a stolen token is no good without the key', async () => {
    const tokens = await enter(config, teacher, { options })
    const token = tokens.access_token
    const good = { htm: 'GET', htu: `${issuer}/oidc/userinfo?x=1`, ath: await ath(token) }
    assert.equal((await userinfo(token, await proof(good))).status, 200)
    const bearer = await userinfo(token, undefined, 'Bearer')
    assert.deepEqual([bearer.status, (await bearer.json()).error], [401, 'invalid_token'])
    assert.match(bearer.headers.get('www-authenticate'), /DPoP error="invalid_token", algs="/)
    for (const bad of [undefined, await proof({ ...good, ath: undefined }), await proof({ ...good, ath: await ath('other') }), await proof({ ...good, htm: 'POST' }), await proof({ ...good, htu: `${issuer}/oidc/token` }), await proof(good, { signer: await pair() })]) {
      const answer = await userinfo(token, bad)
      assert.deepEqual([answer.status, (await answer.json()).error], [401, 'invalid_dpop_proof'])
    }
  })

  await t.test('a token that is not bound is no DPoP token', async () => {
    const plain = await relyingParty(server, registered(server, { name: '不绑定' }))
    const { access_token: token } = await enter(plain, teacher)
    assert.equal((await userinfo(token, await proof({ htm: 'GET', htu: `${issuer}/oidc/userinfo`, ath: await ath(token) }))).status, 401)
  })

  await t.test('a code for one key is not changed with another', async () => {
    const { kept, parameters } = await begun(config, { dpop_jkt: await options.DPoP.calculateThumbprint() })
    const location = new URL(await agreed(teacher, parameters))
    await assert.rejects(openid.authorizationCodeGrant(config, location, kept, undefined, { DPoP: openid.getDPoPHandle(config, await pair()) }), { error: 'invalid_grant' })
    await openid.authorizationCodeGrant(config, location, kept, undefined, options)
  })

  await t.test('a refresh token of an app without a secret goes with its key', async () => {
    const open = registered(server, { open: true })
    const openConfig = await relyingParty(server, open)
    const tokens = await enter(openConfig, teacher, { scope: 'openid offline_access', options: { DPoP: openid.getDPoPHandle(openConfig, key) } })
    await assert.rejects(openid.refreshTokenGrant(openConfig, tokens.refresh_token), { error: 'invalid_grant' })
    await assert.rejects(openid.refreshTokenGrant(openConfig, tokens.refresh_token, undefined, { DPoP: openid.getDPoPHandle(openConfig, await pair()) }), { error: 'invalid_grant' })
    await openid.refreshTokenGrant(openConfig, tokens.refresh_token, undefined, { DPoP: openid.getDPoPHandle(openConfig, key) })
  })

  await t.test('proofs that are no good', async () => {
    const second = Math.floor(Date.now() / 1000)
    const ask = dpop => post(server, '/oidc/token', { grant_type: 'client_credentials' }, { ...basic(app), dpop })
    const once = await proof()
    assert.equal((await ask(once)).status, 200)
    const other = await pair()
    const hidden = await jose.exportJWK(key.privateKey)
    for (const bad of [once, await proof({ htm: 'GET' }), await proof({ htu: 'https://evil.example/oidc/token' }), await proof({ htu: undefined }), await proof({ iat: second - 3600 }), await proof({ iat: second + 3600 }), await proof({ iat: undefined }), await proof({ jti: undefined }), await proof({}, { header: { typ: 'JWT' } }), await proof({}, { header: { jwk: undefined } }), await proof({}, { header: { jwk: await jose.exportJWK(other.publicKey) } }), await proof({}, { header: { jwk: hidden } }), 'x.y.z']) {
      await refusedAt(ask(bad), 'invalid_dpop_proof')
    }
    const all = await Promise.all(Array(8).fill(await proof()).map(ask))
    assert.equal(all.filter(one => one.status === 200).length, 1, 'a proof is good once, also for many at once')
  })
})

test('an app that registers itself with openid-client', { timeout: 120_000 }, async t => {
  const { server, teacher } = await cast(t)
  const [, initialAccessToken] = /initial_token +(\S+)/.exec(educard(server.data, ['app', 'token', 'create', '--open', '--organisation', '32', '--uses', '2']).out)
  const wanted = { client_name: '背单词', redirect_uris: [callback], scope: 'openid profile', id_token_signed_response_alg: 'ES256' }
  const register = (more, authentication) => openid.dynamicClientRegistration(new URL(issuer), { ...wanted, ...more }, authentication, { initialAccessToken, [openid.customFetch]: through(server) })

  await t.test('with a secret', async () => {
    const config = await register()
    assert.ok((await enter(config, teacher, { scope: 'openid profile offline_access' })).refresh_token)
    const { client_id, registration_client_uri, registration_access_token } = config.clientMetadata()
    const seen = await (await through(server)(registration_client_uri, { headers: { authorization: `Bearer ${registration_access_token}` } })).json()
    assert.deepEqual([seen.client_id, seen.client_name], [client_id, wanted.client_name])
  })
  await t.test('with a key', async () => {
    const key = await pair()
    const config = await register({ token_endpoint_auth_method: 'private_key_jwt', jwks: await publicSet(key) }, openid.PrivateKeyJwt(key.privateKey))
    assert.ok((await enter(config, teacher)).access_token)
  })
  await t.test('as often as the token says', async () => {
    await assert.rejects(register(), error => error.cause?.[0]?.parameters?.error === 'invalid_token' || error.error === 'invalid_token')
  })
})
