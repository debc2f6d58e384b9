// Codes, tokens and what is signed: PKCE that is left out or weakened, algorithms that are confused, JWTs for somebody else, tokens used again at the same time.
import assert from 'node:assert/strict'
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { signInAs } from '../support/accounts.mjs'
import { eventually, whileBusy } from '../support/client.mjs'
import { inDatabase } from '../support/database.mjs'
import { agreed, begun, callback, certifiedTeacher, enter, env, issuer, jose, openid, registered, relyingParty, through } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const query = location => Object.fromEntries(new URL(location).searchParams)
const digest = text => createHash('sha256').update(text).digest('base64url')
const base64url = value => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const second = () => Math.floor(Date.now() / 1000)
const kinds = { ES256: 'ES256', EdDSA: 'Ed25519', PS256: 'PS256', RS256: 'RS256' }
const pair = (algorithm = 'ES256') => jose.generateKeyPair(kinds[algorithm], { extractable: true })
const setOf = async (key, more = {}) => ({ keys: [{ ...await jose.exportJWK(key.publicKey), kid: 'key-0', use: 'sig', ...more }] })
const basic = app => ({ authorization: `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}` })
const poster = server => (path, form, headers = {}) => through(server)(issuer + path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(form) })

async function cast(t, more = {}) {
  const server = await fresh(t, { env: { ...env, ...more } })
  return { server, post: poster(server), ...(await certifiedTeacher(server, await smallSchool(server))) }
}

/**
 * What attackers make of a JWT whose verifier knows `key` (its public half as `jwk`): each by name, all with these claims. `header` is
 * what an honest one has.
 */
async function forgeries({ jwk, algorithm, header, claims, honest }) {
  const stranger = await pair(algorithm)
  const strangers = await jose.exportJWK(stranger.publicKey)
  const spki = await jose.exportSPKI(await jose.importJWK(jwk, algorithm))
  const der = Buffer.from(spki.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  const forged = (head, signature = '') => `${base64url({ ...header, ...head })}.${base64url(claims)}.${signature}`
  const hmac = (head, secret, hash = 'sha256') => {
    const part = forged(head).slice(0, -1)
    return `${part}.${createHmac(hash, secret).update(part).digest('base64url')}`
  }
  const bySelf = head => new jose.SignJWT(claims).setProtectedHeader({ ...header, alg: algorithm, ...head }).sign(stranger.privateKey)
  const [, , signature] = honest.split('.')
  const made = {}
  for (const alg of ['none', 'None', 'NONE', 'nOnE', '', ' none', null, 0, ['none'], undefined]) {
    made[`alg ${JSON.stringify(alg)}`] = forged({ alg })
    made[`alg ${JSON.stringify(alg)}, with a signature`] = forged({ alg }, signature)
  }
  for (const [name, secret] of Object.entries({ 'the PEM': spki, 'the PEM without its end': spki.trimEnd(), 'the DER': der, 'the JWK': JSON.stringify(jwk), x: jwk.x ?? jwk.n, 'the octets of x': Buffer.from(jwk.x ?? jwk.n, 'base64url'), nothing: '' })) {
    for (const [alg, hash] of [['HS256', 'sha256'], ['HS384', 'sha384'], ['HS512', 'sha512'], [algorithm, 'sha256']]) made[`${alg} with ${name}`] = hmac({ alg }, secret, hash)
  }
  for (const alg of ['ES256', 'EdDSA', 'Ed25519', 'RS256', 'PS256', 'ES384', 'ES512', 'ES256K', 'RS384', 'RS512', 'RS1'].filter(one => one !== algorithm && !(algorithm === 'EdDSA' && one === 'Ed25519'))) made[`the signature of another algorithm, said to be ${alg}`] = forged({ alg }, signature)
  made['an embedded key'] = await bySelf({ jwk: strangers })
  made['an embedded key that has the name of the right one'] = await bySelf({ jwk: { ...strangers, kid: header.kid } })
  made['an embedded secret'] = hmac({ alg: 'HS256', jwk: { kty: 'oct', k: base64url('secret') } }, 'secret')
  made['an embedded certificate'] = await bySelf({ x5c: [der.toString('base64')] })
  for (const url of ['https://evil.example/jwks', 'http://127.0.0.1:1/jwks', 'data:application/json,{}', 'file:///etc/passwd']) {
    made[`keys at ${url}`] = await bySelf({ jku: url, x5u: url })
  }
  for (const kid of ['', '../../../../dev/null', '/dev/null', "' OR '1'='1", "x' UNION SELECT 'secret' --", '%00', '\u0000', 'key-0\u0000', 'x'.repeat(5000), '*', '-1', '| sleep 5', 'RS256-1', 'ES256-1', 'EdDSA-1', 'RS256-2', 'ES256-0', 'ES256-01', 'ES256--1', 'ES256-99999999999999999999']) {
    made[`kid ${JSON.stringify(kid).slice(0, 40)}`] = await bySelf({ kid })
    made[`kid ${JSON.stringify(kid).slice(0, 40)}, HS256 with nothing`] = hmac({ alg: 'HS256', kid }, '')
  }
  for (const kid of [null, 1, ['key-0'], { a: 1 }]) made[`kid ${JSON.stringify(kid)}`] = await bySelf({ kid }).catch(() => forged({ alg: algorithm, kid }, signature))
  made['critical, of what nobody knows'] = `${base64url({ ...header, alg: algorithm, crit: ['exp'] })}.${base64url(claims)}.${signature}`
  made['not encoded'] = forged({ alg: algorithm, b64: false, crit: ['b64'] }, signature)
  made['compressed'] = forged({ alg: algorithm, zip: 'DEF' }, signature)
  made['a signature of nothing'] = forged({ alg: algorithm })
  for (const zeros of [32, 64, 256]) made[`a signature of ${zeros} zeros`] = forged({ alg: algorithm }, Buffer.alloc(zeros).toString('base64url'))
  made['a signature of ones'] = forged({ alg: algorithm }, Buffer.alloc(64, 1).toString('base64url'))
  made['a signature in DER'] = forged({ alg: algorithm }, Buffer.from('3006020101020101', 'hex').toString('base64url'))
  made['a signature that is longer'] = `${honest}AAAA`
  made['a signature that is shorter'] = honest.slice(0, -4)
  made['one part too many'] = `${honest}.${signature}`
  made['five parts, as if encrypted'] = `${base64url({ alg: 'dir', enc: 'A256GCM' })}....`
  made['JSON in place of it'] = JSON.stringify({ payload: base64url(claims), protected: base64url(header), signature })
  made['two of them'] = `${honest} ${honest}`
  for (const text of ['', '.', '..', '...', 'a.b.c', 'null', '{}', '[]', '\u0000', '%', 'x'.repeat(9000)]) made[JSON.stringify(text).slice(0, 20)] = text
  return made
}

test('PKCE is not left out, weakened or guessed', { timeout: 120_000 }, async t => {
  const { server, post, teacher } = await cast(t)
  const app = registered(server)
  const config = await relyingParty(server, app)
  await enter(config, teacher)
  const plain = (await begun(config)).parameters
  const without = ({ code_challenge, code_challenge_method, ...rest }) => rest
  const codeFor = async challenge => query(await agreed(teacher, { ...plain, code_challenge: challenge })).code
  const change = async (code, more = {}) => {
    const answer = await post('/oidc/token', { grant_type: 'authorization_code', code, redirect_uri: callback, ...more }, basic(app))
    return [answer.status, (await answer.json()).error]
  }
  const verifier = openid.randomPKCECodeVerifier()

  await t.test('a request without a challenge, with a plain one or one that is none', async () => {
    const challenge = digest(verifier)
    for (const asked of [without(plain), { ...without(plain), code_challenge: challenge }, { ...without(plain), code_challenge_method: 'S256' }, ...['plain', 'PLAIN', 's256', 'S256 ', '', 'none', 'S512', 'S256,plain'].map(code_challenge_method => ({ ...plain, code_challenge: challenge, code_challenge_method })), ...['', 'x', 'x'.repeat(42), 'x'.repeat(129)].map(code_challenge => ({ ...plain, code_challenge }))]) {
      const back = query((await teacher.post('/api/v1/authorizations', asked)).location)
      assert.deepEqual([back.error, back.code], ['invalid_request', undefined], JSON.stringify(asked))
      const pushed = await post('/oidc/par', asked, basic(app))
      assert.deepEqual([pushed.status, (await pushed.json()).error], [400, 'invalid_request'])
    }
  })

  await t.test('a code without its verifier, with the challenge, or with another', async () => {
    const challenge = digest(verifier)
    const code = await codeFor(challenge)
    for (const more of [{}, { code_verifier: '' }, { code_verifier: challenge }, { code_verifier: openid.randomPKCECodeVerifier() }, { code_verifier: `${verifier}=` }, { code_verifier: `${verifier} ` }, { code_verifier: verifier.slice(1) }, { code_verifier: verifier.toUpperCase() }, { code_challenge: challenge }, { code_verifier: challenge, code_challenge_method: 'plain' }]) assert.deepEqual(await change(code, more), [400, 'invalid_grant'], JSON.stringify(more))
    assert.deepEqual(await change(code, { code_verifier: verifier }), [200, undefined])
  })

  await t.test('a challenge of a verifier that is empty or too short is worth nothing (RFC 7636, 4.1)', async () => {
    for (const weak of ['', 'x', 'x'.repeat(42), 'x'.repeat(129), `${'x'.repeat(42)} `, `${'x'.repeat(42)}\u00e4`, `${'x'.repeat(42)}+`]) {
      const code = await codeFor(digest(weak))
      assert.deepEqual(await change(code, { code_verifier: weak }), [400, 'invalid_grant'], JSON.stringify(weak))
      if (!weak) assert.deepEqual(await change(code), [400, 'invalid_grant'], 'no verifier at all')
    }
    for (const good of ['x'.repeat(43), 'x'.repeat(128), `${'-._~'.repeat(11)}`]) assert.deepEqual(await change(await codeFor(digest(good)), { code_verifier: good }), [200, undefined], good)
  })

  await t.test('what stands beside a pushed request does not weaken it', async () => {
    const { kept, parameters } = await begun(config, { pushed: true })
    const location = await agreed(teacher, { ...parameters, code_challenge: digest(''), code_challenge_method: 'plain' })
    assert.deepEqual(await change(query(location).code), [400, 'invalid_grant'])
    await openid.authorizationCodeGrant(config, new URL(location), kept)
  })
})

test('codes and tokens used again at the same time', { timeout: 240_000 }, async t => {
  const { server, post, teacher } = await cast(t)
  const app = registered(server)
  const config = await relyingParty(server, app)
  await enter(config, teacher)
  const active = async token => (await openid.tokenIntrospection(config, token)).active
  const refresh = async (token, of = app) => {
    const answer = await whileBusy(() => post('/oidc/token', { grant_type: 'refresh_token', refresh_token: token }, basic(of)))
    return { status: answer.status, ...(await answer.json()) }
  }
  const timePasses = () => inDatabase(server, "UPDATE app_token SET used_at = used_at - 61000000 WHERE used_at IS NOT NULL AND kind = 'refresh'")

  await t.test('a code, by fifty: one answer at most, and what it gave is taken back', async () => {
    const { kept, parameters } = await begun(config)
    const location = new URL(await agreed(teacher, parameters))
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => openid.authorizationCodeGrant(config, location, kept)))
    const got = all.filter(one => one.status === 'fulfilled')
    assert.equal(got.length, 1)
    for (const { reason } of all.filter(one => one.status === 'rejected')) assert.ok(['invalid_grant', 'temporarily_unavailable'].includes(reason.error), reason.error)
    assert.equal(await active(got[0].value.access_token), false, 'two had the code')
  })

  await t.test('a refresh token by fifty, within the minute: one new token, not fifty', async () => {
    const { refresh_token } = await enter(config, teacher, { scope: 'openid profile offline_access' })
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refresh_token)))
    assert.deepEqual([...new Set(answers.map(one => one.status))], [200])
    assert.equal(new Set(answers.map(one => one.refresh_token)).size, 1)
    assert.equal(new Set(answers.map(one => one.access_token)).size, 1)
  })

  await t.test('an old one beside the new one after the minute: the whole grant ends, for both', async () => {
    const first = await enter(config, teacher, { scope: 'openid profile offline_access' })
    const newer = await refresh(first.refresh_token)
    timePasses()
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => refresh(n % 2 ? first.refresh_token : newer.refresh_token)))
    for (const [n, answer] of answers.entries()) if (n % 2) assert.deepEqual([answer.status, answer.error], [400, 'invalid_grant'])
    const given = answers.filter(one => one.status === 200)
    assert.ok(new Set(given.map(one => one.refresh_token)).size <= 1)
    for (const token of [first, newer, ...given]) {
      assert.equal((await refresh(token.refresh_token)).error, 'invalid_grant')
      assert.equal(await active(token.access_token), false)
    }
  })

  await t.test('of a longer chain each old link does so', async () => {
    for (const link of [0, 1, 2]) {
      const chain = [await enter(config, teacher, { scope: 'openid profile offline_access' })]
      for (let i = 0; i < 3; ++i) chain.push(await refresh(chain.at(-1).refresh_token))
      timePasses()
      assert.equal((await refresh(chain[link].refresh_token)).error, 'invalid_grant')
      assert.equal((await refresh(chain.at(-1).refresh_token)).error, 'invalid_grant', `link ${link}`)
      assert.equal(await active(chain.at(-1).access_token), false)
    }
  })

  await t.test('given back and refreshed at once: nothing is good afterwards', async () => {
    const { refresh_token, access_token } = await enter(config, teacher, { scope: 'openid profile offline_access' })
    const [answers] = await Promise.all([Promise.all(Array.from({ length: 20 }, () => refresh(refresh_token))), openid.tokenRevocation(config, refresh_token)])
    for (const one of answers.filter(answer => answer.status === 200)) {
      assert.equal(await active(one.access_token), false)
      assert.equal((await refresh(one.refresh_token)).error, 'invalid_grant')
    }
    assert.equal(await active(access_token), false)
  })

  await t.test('one kind of token is not another', async () => {
    const tokens = await enter(config, teacher, { scope: 'openid profile offline_access' })
    const { parameters } = await begun(config)
    const { code } = query(await agreed(teacher, parameters))
    for (const wrong of [tokens.access_token, tokens.id_token, code, teacher.token, app.secret, '']) assert.equal((await refresh(wrong)).error, wrong ? 'invalid_grant' : (await refresh('')).error)
    for (const wrong of [tokens.refresh_token, tokens.id_token, code, app.secret]) {
      const answer = await through(server)(`${issuer}/oidc/userinfo`, { headers: { authorization: `Bearer ${wrong}` } })
      assert.equal(answer.status, 401)
    }
    for (const wrong of [tokens.access_token, tokens.refresh_token, tokens.id_token]) {
      const answer = await post('/oidc/token', { grant_type: 'authorization_code', code: wrong, redirect_uri: callback, code_verifier: 'x'.repeat(43) }, basic(app))
      assert.deepEqual([answer.status, (await answer.json()).error], [400, 'invalid_grant'])
    }
  })
})

test('assertions of apps', { timeout: 240_000 }, async t => {
  const { server, post } = await cast(t)
  for (const algorithm of Object.keys(kinds)) {
    const key = await pair(algorithm)
    const jwk = await jose.exportJWK(key.publicKey)
    const app = registered(server, { name: algorithm, jwks: await setOf(key), more: ['--service'] })
    const claims = (more = {}) => ({ iss: app.id, sub: app.id, aud: issuer, jti: randomUUID(), iat: second(), exp: second() + 300, ...more })
    const sign = (more, header = {}) => new jose.SignJWT(claims(more)).setProtectedHeader({ alg: algorithm, kid: 'key-0', ...header }).sign(key.privateKey)
    const ask = async assertion => {
      const answer = await post('/oidc/token', { grant_type: 'client_credentials', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion })
      return [answer.status, (await answer.json()).error]
    }
    await t.test(`${algorithm}: whatever is done to the algorithm or the key`, async () => {
      const made = await forgeries({ jwk, algorithm, header: { alg: algorithm, kid: 'key-0' }, claims: claims(), honest: await sign() })
      for (const [what, assertion] of Object.entries(made)) {
        const [status, error] = await ask(assertion)
        assert.ok([400, 401].includes(status) && ['invalid_client', 'invalid_request'].includes(error), `${what}: ${status} ${error}`)
      }
      assert.deepEqual(await ask(await sign()), [200, undefined], 'the honest one is still good')
    })
    await t.test(`${algorithm}: for somebody else`, async () => {
      const other = registered(server, { name: '别的', jwks: await setOf(await pair(algorithm)), more: ['--service'] })
      for (const aud of ['https://evil.example', `${issuer}/`, `${issuer}.evil.example`, `${issuer}@evil.example`, issuer.toUpperCase(), issuer.replace('https', 'http'), `${issuer}/oidc/token/`, `${issuer}/oidc/token?x`, `${issuer}/oidc/introspect`, server.url, '', ' ', '*', app.id, null, undefined, 0, true, {}, { [issuer]: 1 }, [], ['https://evil.example'], [[issuer]], [null], `${issuer} https://evil.example`]) {
        assert.deepEqual(await ask(await sign({ aud })), [401, 'invalid_client'], JSON.stringify(aud))
      }
      for (const change of [{ iss: other.id }, { sub: other.id }, { iss: other.id, sub: other.id }, { iss: [app.id] }, { iss: Number(app.id) }, { sub: Number(app.id) }, { iss: `${app.id} ` }, { iss: `0${app.id}`, sub: `0${app.id}` }, { iss: undefined }, { sub: undefined }, { iss: issuer }]) {
        assert.deepEqual(await ask(await sign(change)), [401, 'invalid_client'], JSON.stringify(change))
      }
    })
  }
})

test('hints by ID tokens', { timeout: 240_000 }, async t => {
  const ear = { heard: [] }
  const host = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    ear.heard.push(new URLSearchParams(body).get('logout_token'))
    response.end()
  }).listen(0, '127.0.0.1')
  await once(host, 'listening')
  t.after(() => host.close())
  const { server, teacher } = await cast(t, { EDUCARD_REACH_PRIVATE: 'true' })
  const published = (await (await through(server)(`${issuer}/oidc/jwks`)).json()).keys
  const bye = 'https://app.example.com/bye'
  const other = registered(server, { name: '别的' })

  for (const algorithm of ['RS256', 'ES256', 'EdDSA']) {
    const app = registered(server, { algorithm, name: algorithm, more: ['--post-logout-redirect-uri', bye, '--backchannel-logout-uri', `http://127.0.0.1:${host.address().port}/`] })
    const config = await relyingParty(server, app)
    const honest = (await enter(config, teacher)).id_token
    const { alg: _, ...jwk } = published.find(one => one.alg === algorithm)
    const { parameters } = await begun(config)
    const asked = async hint => {
      const { status, body } = await teacher.call('POST', '/api/v1/authorizations', { ...parameters, id_token_hint: hint })
      return status === 422 && body.errors?.[0].path === 'id_token_hint' ? { error: 'invalid_request' } : query(body.location)
    }
    const out = hint => teacher.call('POST', '/api/v1/logouts', { id_token_hint: hint, client_id: app.id })

    await t.test(`${algorithm}: whatever is done to the algorithm or the key, nobody is taken for somebody or signed out unasked`, async () => {
      const made = await forgeries({ jwk, algorithm, header: jose.decodeProtectedHeader(honest), claims: jose.decodeJwt(honest), honest })
      for (const [what, hint] of Object.entries(made)) {
        const back = await asked(hint)
        assert.deepEqual([back.error, back.code], ['invalid_request', undefined], `authorize: ${what}`)
        const { status, body } = await out(hint)
        assert.ok(status >= 400 ? status === 422 : body.ask === true, `logout: ${what}: ${status} ${JSON.stringify(body)}`)
      }
      assert.ok((await asked(honest)).code, 'the honest one is good')
      assert.equal((await out(honest)).body.ask, false)
    })

    await t.test(`${algorithm}: of another app, another session`, async () => {
      const theirs = (await enter(await relyingParty(server, other), teacher)).id_token
      assert.equal((await asked(theirs)).error, 'invalid_request')
      assert.equal((await out(theirs)).body.ask, true)
      assert.equal((await teacher.call('POST', '/api/v1/logouts', { id_token_hint: theirs, client_id: app.id, post_logout_redirect_uri: bye })).body.ask, true)
      const elsewhere = await signInAs(server.url, 'the.teacher')
      assert.equal((await elsewhere.post('/api/v1/logouts', { id_token_hint: honest })).ask, true)
    })

    await t.test(`${algorithm}: a logout token is no ID token`, async () => {
      const person = await signInAs(server.url, 'the.teacher')
      await enter(config, person)
      const before = ear.heard.length
      await person.delete(`/api/v1/sessions/${(await person.get('/api/v1/me')).session_id}`)
      await eventually(() => ear.heard.length > before, 'the app to be told')
      const token = ear.heard.at(-1)
      assert.equal(jose.decodeProtectedHeader(token).typ, 'logout+jwt')
      assert.equal((await asked(token)).error, 'invalid_request')
    })
  }
})

test('proofs of keys (DPoP)', { timeout: 240_000 }, async t => {
  const { server, post, teacher } = await cast(t)
  const app = registered(server, { more: ['--require-dpop', '--service'] })
  const config = await relyingParty(server, app)

  for (const algorithm of Object.keys(kinds)) {
    const key = await pair(algorithm)
    const jwk = await jose.exportJWK(key.publicKey)
    const claims = (more = {}) => ({ jti: randomUUID(), htm: 'POST', htu: `${issuer}/oidc/token`, iat: second(), ...more })
    const proof = (more, header = {}) => new jose.SignJWT(claims(more)).setProtectedHeader({ alg: algorithm, typ: 'dpop+jwt', jwk, ...header }).sign(key.privateKey)
    const ask = async dpop => {
      const answer = await post('/oidc/token', { grant_type: 'client_credentials' }, { ...basic(app), ...(dpop === undefined ? {} : { dpop }) })
      return [answer.status, (await answer.json()).error]
    }
    const refused = [400, 'invalid_dpop_proof']

    await t.test(`${algorithm}: whatever is done to the algorithm or the key`, async () => {
      const made = await forgeries({ jwk, algorithm, header: { alg: algorithm, typ: 'dpop+jwt', jwk }, claims: claims(), honest: await proof() })
      for (const [what, dpop] of Object.entries(made)) {
        if (/[^\x20-\x7e]/.test(dpop) || what.startsWith('an embedded key')) continue // no header can hold it; showing a key is what proofs are for
        const [status, error] = await ask(dpop)
        assert.ok(status === 431 || (status === 400 && error === 'invalid_dpop_proof'), `${what}: ${status} ${error}`)
      }
      const { d, ...stranger } = await jose.exportJWK((await pair(algorithm)).privateKey)
      for (const header of [{ jwk: stranger }, { jwk: undefined }, { jwk: null }, { jwk: [] }, { jwk: JSON.stringify(jwk) }, { jwk: {} }, { jwk: { ...jwk, kty: 'oct', k: 'AAAA' } }, { jwk: { ...jwk, d: 'AAAA' } }, { jwk: { ...jwk, use: 'enc' } }, { jwk: { ...jwk, kty: 'oct' } }, { typ: 'JWT' }, { typ: 'DPoP+JWT ' }, { typ: undefined }, { typ: 'at+jwt' }, { typ: null }]) {
        assert.deepEqual(await ask(await proof({}, header)), refused, JSON.stringify(header))
      }
      assert.ok(d)
      assert.deepEqual(await ask(await proof()), [200, undefined])
    })

    await t.test(`${algorithm}: for another method or address`, async () => {
      for (const htm of ['GET', 'PUT', 'post', 'Post', 'POST ', ' POST', 'POST,GET', '', null, undefined, ['POST'], true]) assert.deepEqual(await ask(await proof({ htm })), refused, JSON.stringify(htm))
      const { host } = new URL(issuer)
      for (const htu of ['', null, undefined, 0, [`${issuer}/oidc/token`], 'nonsense', '/oidc/token', `//${host}/oidc/token`, issuer, `${issuer}/`, `${issuer}/oidc/token/`, `${issuer}/oidc/tokenx`, `${issuer}/oidc/par`, `${issuer}/oidc/userinfo`, `${issuer}/OIDC/token`, `${issuer}/oidc//token`, `${issuer}/oidc/token%2f`, `${issuer}/oidc%2ftoken`, `${issuer}:444/oidc/token`, `http://${host}/oidc/token`, `https://${host}.evil.example/oidc/token`, `https://${host}@evil.example/oidc/token`, `https://x@${host}/oidc/token`, `https://evil.example/oidc/token`, `https://evil.example/${issuer}/oidc/token`, `https://${host}./oidc/token`, `${issuer}\\/oidc/token`, `${issuer}/oidc/token\u0000`, ` ${issuer}/oidc/token`, `${issuer}/oidc/token `, `${server.url}/oidc/token`, `${issuer}/oidc/token https://evil.example`]) {
        assert.deepEqual(await ask(await proof({ htu })), refused, JSON.stringify(htu))
      }
      for (const htu of [`${issuer}/oidc/token?x=1`, `${issuer}/oidc/token#f`, `${issuer}:443/oidc/token`, `HTTPS://${host.toUpperCase()}/oidc/token`, `${issuer}/oidc/x/../token`, `${issuer}/oidc/%74oken`]) assert.deepEqual(await ask(await proof({ htu })), [200, undefined], htu) // RFC 9449, 4.3
    })
  }

  await t.test('a proof for one endpoint, or one token, is none for another', async () => {
    const key = await pair()
    const jwk = await jose.exportJWK(key.publicKey)
    const options = { DPoP: openid.getDPoPHandle(config, key) }
    const [one, two] = [await enter(config, teacher, { options }), await enter(config, teacher, { options })]
    const proof = claims => new jose.SignJWT({ jti: randomUUID(), iat: second(), ...claims }).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).sign(key.privateKey)
    const userinfo = (token, dpop, method = 'GET', headers = {}) => through(server)(`${issuer}/oidc/userinfo`, { method, headers: { authorization: `DPoP ${token}`, dpop, ...headers } })
    const good = { htm: 'GET', htu: `${issuer}/oidc/userinfo` }
    assert.equal((await userinfo(one.access_token, await proof({ ...good, ath: digest(one.access_token) }))).status, 200)
    for (const claims of [{ ...good, ath: digest(two.access_token) }, { ...good, ath: '' }, { ...good, ath: null }, { ...good, ath: one.access_token }, { ...good, ath: Buffer.from(digest(one.access_token), 'base64url').toString('hex') }, { ...good, htu: `${issuer}/oidc/token`, ath: digest(one.access_token) }, { ...good, htm: 'POST', ath: digest(one.access_token) }]) {
      const answer = await userinfo(one.access_token, await proof(claims))
      assert.deepEqual([answer.status, (await answer.json()).error], [401, 'invalid_dpop_proof'], JSON.stringify(claims))
    }
    const forGet = await userinfo(one.access_token, await proof({ ...good, ath: digest(one.access_token) }), 'POST', { 'x-http-method-override': 'GET' })
    assert.equal(forGet.status, 401)
    const twice = await through(server)(`${issuer}/oidc/userinfo`, { headers: [['authorization', `DPoP ${one.access_token}`], ['dpop', await proof({ ...good, ath: digest(one.access_token) })], ['dpop', await proof({ ...good, ath: digest(one.access_token) })]] })
    assert.ok([400, 401].includes(twice.status), 'one proof, not two')
  })
})
