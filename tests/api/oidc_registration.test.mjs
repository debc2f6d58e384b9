// Apps that register themselves (OpenID Connect Dynamic Client Registration 1.0, RFC 7591) and look after their registration (RFC 7592).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signInAs } from '../support/accounts.mjs'
import { inDatabase } from '../support/database.mjs'
import { callback, certifiedTeacher, enter, env, issuer, jose, openid, registered, relyingParty, through } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const endpoint = `${issuer}/oidc/register`
const good = { client_name: '背单词', redirect_uris: [callback], scope: 'openid profile education' }
const publicKey = async () => jose.exportJWK((await jose.generateKeyPair('ES256', { extractable: true })).publicKey)

function initialToken(server, { organisation = 32, uses = 100, more = [] } = {}) {
  const made = educard(server.data, ['app', 'token', 'create', '--open', '--organisation', String(organisation), '--uses', String(uses), ...more])
  if (made.status !== 0) throw new Error(made.err)
  return { id: /^id +(\d+)/m.exec(made.out)[1], token: /initial_token +(\S+)/.exec(made.out)[1] }
}

/** What came back: { status, headers, body }. */
async function send(server, method, url, token, body) {
  const response = await through(server)(url, { method, headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body) })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined }
}

function isRefused({ status, headers, body }, error, expected = 400) {
  assert.deepEqual([status, body.error], [expected, error], JSON.stringify(body))
  assert.equal(headers.get('cache-control'), 'no-store')
  if (expected === 401) assert.match(headers.get('www-authenticate'), /^Bearer error="invalid_token"/)
}

test('apps that register themselves', { timeout: 300_000 }, async t => {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const { teacher, grown } = await certifiedTeacher(server, school)
  const { token } = initialToken(server)
  const register = (more = {}, by = token) => send(server, 'POST', endpoint, by, { ...good, ...more })
  const asClient = (app, authentication) => relyingParty(server, { id: app.client_id, secret: app.client_secret, algorithm: app.id_token_signed_response_alg }, authentication)
  const made = async more => {
    const { status, body } = await register(more)
    assert.equal(status, 201, JSON.stringify(body))
    return body
  }
  const manage = (app, method, body, by = app.registration_access_token) => send(server, method, app.registration_client_uri, by, body)

  await t.test('discovery says where', async () => {
    const metadata = await (await through(server)(`${issuer}/.well-known/openid-configuration`)).json()
    assert.equal(metadata.registration_endpoint, endpoint)
  })

  await t.test('the answer tells what was registered', async () => {
    const before = Math.floor(Date.now() / 1000)
    const { status, headers, body } = await register({ contacts: ['dev@app.example.com'], logo_uri: 'https://app.example.com/logo.png', somebody_knows: { x: 1 } })
    assert.deepEqual([status, headers.get('cache-control'), headers.get('access-control-allow-origin')], [201, 'no-store', '*'])
    const { client_id, client_secret, client_id_issued_at, registration_access_token, registration_client_uri, ...rest } = body
    assert.deepEqual(rest, {
      client_name: '背单词', purpose: '应用未说明用途', redirect_uris: [callback], application_type: 'web', grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: 'RS256', subject_type: 'pairwise', post_logout_redirect_uris: [], require_pushed_authorization_requests: false,
      dpop_bound_access_tokens: false, scope: 'openid profile education offline_access', client_secret_expires_at: 0,
    })
    assert.match(client_id, /^\d+$/)
    assert.match(client_secret, /^[\w-]{43}$/)
    assert.match(registration_access_token, /^[\w-]{43}$/)
    assert.equal(registration_client_uri, `${endpoint}/${client_id}`)
    assert.ok(client_id_issued_at >= before - 1 && client_id_issued_at <= before + 60)
  })

  await t.test('and what it said is what it gets', async () => {
    const said = { redirect_uris: [callback, 'cn.edu.example.app:/cb'], token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: 'EdDSA', post_logout_redirect_uris: ['https://app.example.com/bye'], backchannel_logout_uri: 'https://app.example.com/out', backchannel_logout_session_required: true, require_pushed_authorization_requests: true, dpop_bound_access_tokens: true, subject_type: 'pairwise', application_type: 'native', purpose: '记住学到哪里', response_types: ['code'], grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'] }
    const app = await made(said)
    assert.deepEqual(Object.fromEntries(Object.keys(said).map(name => [name, app[name]])), said)
    const open = await made({ token_endpoint_auth_method: 'none', grant_types: ['urn:ietf:params:oauth:grant-type:device_code'], redirect_uris: [], response_types: undefined })
    assert.deepEqual([open.client_secret, open.client_secret_expires_at, open.token_endpoint_auth_method, open.response_types], [undefined, undefined, 'none', []])
    const keys = { keys: [await publicKey()] }
    const signing = await made({ token_endpoint_auth_method: 'private_key_jwt', jwks: keys })
    assert.deepEqual([signing.jwks, signing.client_secret], [keys, undefined])
  })

  await t.test('names in several languages', async () => {
    assert.equal((await made({ 'client_name': 'Words', 'client_name#zh-CN': '单词' })).client_name, '单词')
    assert.equal((await made({ 'client_name': 'Words', 'client_name#ja': 'ことば' })).client_name, 'Words')
    assert.equal((await made({ 'client_name': undefined, 'client_name#ja': 'ことば' })).client_name, 'ことば')
    assert.equal((await made({ client_name: undefined })).client_name, 'app.example.com', 'it is known by where people return to')
  })

  await t.test('people are asked for each claim, and the card number stays away', async () => {
    const app = await made({ scope: 'openid profile card unknown' })
    assert.equal(app.scope, 'openid profile offline_access')
    const config = await asClient(app)
    const claims = async (scope, answer) => {
      const tokens = await enter(config, teacher, { scope, prompt: 'consent' }, answer)
      const { sub: _, ...rest } = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
      return rest
    }
    const everything = { allowed: true, with: ['name', 'role', 'school', 'card_number'] }
    assert.deepEqual(await claims('openid profile education card', everything), { name: grown.name })
    assert.deepEqual(await claims('openid profile education card', { allowed: true, with: [] }), {})
    // An administrator approves; what the app says of itself afterwards does not take that away, unless it asks for less.
    assert.equal(educard(server.data, ['app', 'claims', app.client_id, '--essential', 'name', '--voluntary', 'card_number']).status, 0)
    const replaced = await manage(app, 'PUT', { ...good, client_id: app.client_id, scope: 'openid profile education card' })
    assert.deepEqual([replaced.status, replaced.body.scope], [200, 'openid profile education card offline_access'])
    const heard = await claims('openid profile education card', everything)
    assert.deepEqual([Object.keys(heard).toSorted(), heard.name], [['card_number', 'name', 'role', 'school'], grown.name])
    assert.deepEqual(Object.keys(await claims('openid profile education card', { allowed: true, with: [] })), ['name'], 'what is essential stays so')
    assert.equal((await manage(app, 'PUT', { ...good, client_id: app.client_id })).body.scope, 'openid profile education offline_access')
    assert.equal((await manage(app, 'PUT', { ...good, client_id: app.client_id, scope: 'openid card' })).body.scope, 'openid offline_access')
    assert.match(educard(server.data, ['app', 'claims', app.client_id, '--essential', 'name', '--voluntary', 'name']).err, /voluntary/)
    assert.match(educard(server.data, ['app', 'claims', '1', '--essential', 'name']).err, /no such app/)
  })

  await t.test('what is taken from an app is taken from its tokens too', async () => {
    const app = await made({ scope: 'openid profile education' })
    const config = await asClient(app)
    const asked = JSON.stringify({ id_token: { name: null } })
    const tokens = await enter(config, teacher, { scope: 'openid profile education offline_access', claims: asked }, { allowed: true, with: ['name', 'role'] })
    const hears = async ({ access_token, claims }) => [Object.keys(await openid.fetchUserInfo(config, access_token, claims().sub)).toSorted(), claims().name]
    assert.deepEqual(await hears(tokens), [['name', 'role', 'sub'], grown.name])
    assert.equal((await manage(app, 'PUT', { ...good, client_id: app.client_id, scope: 'openid education' })).status, 200)
    assert.deepEqual((await hears(tokens))[0], ['role', 'sub'])
    assert.deepEqual(await hears(await openid.refreshTokenGrant(config, tokens.refresh_token)), [['role', 'sub'], undefined])
  })

  await t.test('without a scope it hears of nobody but that they are the same', async () => {
    const app = await made({ scope: undefined })
    assert.equal(app.scope, 'openid offline_access')
    const config = await asClient(app)
    const tokens = await enter(config, teacher, { scope: 'openid profile education card' }, { allowed: true, with: ['name', 'school'] })
    assert.deepEqual(Object.keys(await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)), ['sub'])
  })

  await t.test('what is wrong is named', async () => {
    const jwks = { keys: [await publicKey()] }
    for (const [error, path, change] of [
      ['invalid_redirect_uri', 'redirect_uris', { redirect_uris: undefined }], ['invalid_redirect_uri', 'redirect_uris', { redirect_uris: [] }], ['invalid_redirect_uri', 'redirect_uris', { redirect_uris: callback }],
      ...['http://app.example.com/cb', 'https://app.example.com/cb#x', 'https://me@app.example.com/cb', '/cb', 'javascript:alert(1)', '', 'https://', 7, null].map(uri => ['invalid_redirect_uri', 'redirect_uris[1]', { redirect_uris: [callback, uri] }]),
      ['invalid_redirect_uri', 'redirect_uris', { redirect_uris: Array.from({ length: 21 }, (_, i) => `https://app.example.com/${i}`) }],
      ['invalid_redirect_uri', 'redirect_uris', { grant_types: ['client_credentials'] }],
      ['invalid_client_metadata', 'client_name', { client_name: 7 }], ['invalid_client_metadata', 'client_name', { client_name: '长'.repeat(51) }], ['invalid_client_metadata', 'client_name#en', { 'client_name#en': ['x'] }],
      ['invalid_client_metadata', 'client_name', { client_name: undefined, redirect_uris: [], grant_types: ['client_credentials'] }],
      ['invalid_client_metadata', 'purpose', { purpose: '长'.repeat(201) }],
      ['invalid_client_metadata', 'token_endpoint_auth_method', { token_endpoint_auth_method: 'client_secret_jwt' }], ['invalid_client_metadata', 'token_endpoint_auth_method', { token_endpoint_auth_method: 'client_secret' }], ['invalid_client_metadata', 'token_endpoint_auth_method', { token_endpoint_auth_method: 1 }],
      ['invalid_client_metadata', 'grant_types[0]', { grant_types: ['implicit'] }], ['invalid_client_metadata', 'grant_types[1]', { grant_types: ['authorization_code', 'password'] }], ['invalid_client_metadata', 'grant_types', { grant_types: ['refresh_token'], redirect_uris: [] }], ['invalid_client_metadata', 'grant_types', { grant_types: ['authorization_code', 'client_credentials'], token_endpoint_auth_method: 'none' }],
      ['invalid_client_metadata', 'response_types[0]', { response_types: ['id_token token'] }], ['invalid_client_metadata', 'response_types', { response_types: [] }], ['invalid_client_metadata', 'grant_types', { grant_types: ['client_credentials'], redirect_uris: [], response_types: ['code'] }],
      ['invalid_client_metadata', 'jwks_uri', { jwks_uri: 'https://app.example.com/jwks' }], ['invalid_client_metadata', 'jwks', { token_endpoint_auth_method: 'private_key_jwt' }], ['invalid_client_metadata', 'jwks', { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [] } }], ['invalid_client_metadata', 'jwks', { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...jwks.keys[0], d: 'AAAA' }] } }], ['invalid_client_metadata', 'jwks', { token_endpoint_auth_method: 'private_key_jwt', jwks: 'nonsense' }],
      ['invalid_client_metadata', 'id_token_signed_response_alg', { id_token_signed_response_alg: 'none' }], ['invalid_client_metadata', 'id_token_signed_response_alg', { id_token_signed_response_alg: 'HS256' }],
      ['invalid_client_metadata', 'id_token_encrypted_response_alg', { id_token_encrypted_response_alg: 'RSA-OAEP' }], ['invalid_client_metadata', 'userinfo_signed_response_alg', { userinfo_signed_response_alg: 'RS256' }],
      ['invalid_client_metadata', 'sector_identifier_uri', { sector_identifier_uri: 'https://app.example.com/sector' }], ['invalid_client_metadata', 'subject_type', { subject_type: 'public' }], ['invalid_client_metadata', 'application_type', { application_type: 'desktop' }],
      ['invalid_client_metadata', 'post_logout_redirect_uris[0]', { post_logout_redirect_uris: ['http://app.example.com/bye'] }], ['invalid_client_metadata', 'backchannel_logout_uri', { backchannel_logout_uri: 'cn.edu.example.app:/out' }],
      ['invalid_client_metadata', 'backchannel_logout_session_required', { backchannel_logout_session_required: 'yes' }], ['invalid_client_metadata', 'require_pushed_authorization_requests', { require_pushed_authorization_requests: 1 }], ['invalid_client_metadata', 'dpop_bound_access_tokens', { dpop_bound_access_tokens: 'true' }],
      ['invalid_client_metadata', 'scope', { scope: ['openid'] }],
    ]) {
      const answer = await register(change)
      isRefused(answer, error)
      assert.ok(answer.body.error_description.includes(`${path} (`), `${path}: ${answer.body.error_description}`)
    }
    const both = await register({ subject_type: 'public', scope: 7, id_token_signed_response_alg: 'none' })
    for (const name of ['subject_type', 'scope', 'id_token_signed_response_alg']) assert.ok(both.body.error_description.includes(name))
  })

  await t.test('what is no metadata at all', async () => {
    isRefused(await register({ client_name: undefined, redirect_uris: ['https://a%cb.example.com/'] }), 'invalid_client_metadata')
    for (const body of ['', '{', 'client_name=x', '"text"', '[]', 'null', '[{}]', `{"client_name":${'['.repeat(40)}${']'.repeat(40)}}`]) {
      const answer = await send(server, 'POST', endpoint, token, body)
      assert.equal(answer.status, 400, body)
      assert.ok(['invalid_client_metadata', 'invalid_request'].includes(answer.body.error), JSON.stringify(answer.body))
    }
    const form = await through(server)(endpoint, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' }, body: 'client_name=x' })
    assert.equal(form.status, 415)
    assert.equal((await register({ padding: 'x'.repeat(70_000) })).status, 413)
  })

  await t.test('tokens that are no good', async () => {
    const revoked = initialToken(server)
    const expired = initialToken(server)
    assert.equal(educard(server.data, ['app', 'token', 'revoke', revoked.id]).status, 0)
    assert.match(educard(server.data, ['app', 'token', 'revoke', revoked.id]).err, /revoked before/)
    await inDatabase(server, `UPDATE app_initial_token SET expires_at = 1 WHERE id = ${expired.id}`)
    const app = await made()
    for (const by of ['', 'guessed', revoked.token, expired.token, app.registration_access_token, teacher.token]) isRefused(await register({}, by), 'invalid_token', 401)
    isRefused(await send(server, 'POST', endpoint, undefined, '{'), 'invalid_token', 401)
    const basic = await through(server)(endpoint, { method: 'POST', headers: { authorization: `Basic ${btoa(`x:${token}`)}`, 'content-type': 'application/json' }, body: JSON.stringify(good) })
    assert.equal(basic.status, 401)
  })

  await t.test('a token is good for as many apps as it says, however many ask at once; what is refused costs nothing', async () => {
    for (const uses of [1, 3]) {
      const few = initialToken(server, { uses })
      isRefused(await register({ subject_type: 'public' }, few.token), 'invalid_client_metadata')
      const all = await Promise.all(Array.from({ length: 12 }, (_, i) => register({ client_name: `并发${i}` }, few.token)))
      assert.deepEqual(all.map(one => one.status).toSorted(), [...Array(uses).fill(201), ...Array(12 - uses).fill(401)])
      assert.match(educard(server.data, ['app', 'token', 'list']).out, new RegExp(`${few.id} .*uses left: 0 `))
    }
  })

  await t.test('an answer is repeated to whoever asked, and to nobody else', async () => {
    const ask = async by => {
      const response = await through(server)(endpoint, { method: 'POST', headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json', 'idempotency-key': 'the-same-request' }, body: JSON.stringify(good) })
      return { status: response.status, headers: response.headers, body: await response.json() }
    }
    const once = initialToken(server, { uses: 1 })
    const [first, again] = [await ask(once.token), await ask(once.token)]
    assert.deepEqual([first.status, again.status, again.body], [201, 201, first.body])
    isRefused(await ask('guessed'), 'invalid_token', 401)
  })

  await t.test('read, replace and delete', async () => {
    const { client_secret, client_secret_expires_at: _, ...app } = await made({ backchannel_logout_uri: 'https://app.example.com/out', purpose: '练习' })
    const read = await manage(app, 'GET')
    assert.deepEqual([read.status, read.body], [200, app])
    const wanted = { client_id: app.client_id, client_secret, redirect_uris: ['https://new.example.com/cb'], client_name: '新名字', scope: 'openid', id_token_signed_response_alg: 'ES256' }
    const replaced = await manage(app, 'PUT', wanted)
    const expected = { ...app, redirect_uris: wanted.redirect_uris, client_name: '新名字', purpose: '应用未说明用途', scope: 'openid offline_access', id_token_signed_response_alg: 'ES256' }
    delete expected.backchannel_logout_uri
    delete expected.backchannel_logout_session_required
    assert.deepEqual([replaced.status, replaced.body], [200, expected], 'what is not said is not there any more')
    assert.deepEqual((await manage(app, 'GET')).body, expected)
    const config = await asClient({ ...expected, client_secret })
    await enter(config, teacher, { scope: 'openid', redirect_uri: 'https://new.example.com/cb' })
    const gone = await manage(app, 'DELETE')
    assert.deepEqual([gone.status, gone.body], [204, undefined])
    for (const method of ['GET', 'DELETE']) isRefused(await manage(app, method), 'invalid_token', 401)
    isRefused(await manage(app, 'PUT', wanted), 'invalid_token', 401)
  })

  await t.test('a replacement is checked like a registration', async () => {
    const app = await made()
    const put = more => manage(app, 'PUT', { ...good, client_id: app.client_id, ...more })
    isRefused(await put({ redirect_uris: ['http://evil.example/'] }), 'invalid_redirect_uri')
    for (const [path, change] of [
      ['client_id', { client_id: undefined }], ['client_id', { client_id: '1' }], ['client_secret', { client_secret: 'chosen by the app' }], ['subject_type', { subject_type: 'public' }],
      ['registration_access_token', { registration_access_token: app.registration_access_token }], ['registration_client_uri', { registration_client_uri: app.registration_client_uri }], ['client_secret_expires_at', { client_secret_expires_at: 0 }], ['client_id_issued_at', { client_id_issued_at: 1 }],
    ]) {
      const answer = await put(change)
      isRefused(answer, 'invalid_client_metadata')
      assert.ok(answer.body.error_description.includes(`${path} (`), answer.body.error_description)
    }
    assert.equal((await manage(app, 'GET')).body.client_name, good.client_name)
  })

  await t.test('another way to show who it is takes the secret away, and back gives a new one', async () => {
    const app = await made({ grant_types: ['authorization_code', 'client_credentials'] })
    const put = more => manage(app, 'PUT', { ...good, client_id: app.client_id, grant_types: ['authorization_code', 'client_credentials'], ...more })
    const works = async secret => (await through(server)(`${issuer}/oidc/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: app.client_id, client_secret: secret }) })).status === 200
    assert.equal((await put()).body.client_secret, undefined)
    assert.ok(await works(app.client_secret), 'it stays as long as nothing else is said')
    await put({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [await publicKey()] } })
    assert.ok(!await works(app.client_secret))
    const back = (await put({ token_endpoint_auth_method: 'client_secret_post' })).body
    assert.deepEqual([back.client_secret_expires_at, back.token_endpoint_auth_method, back.jwks], [0, 'client_secret_post', undefined])
    assert.deepEqual([await works(back.client_secret), await works(app.client_secret)], [true, false])
  })

  await t.test('what is deleted has no tokens any more, and is not enabled again', async () => {
    const app = await made()
    const config = await asClient(app)
    const tokens = await enter(config, teacher, { scope: 'openid profile offline_access' })
    assert.equal((await openid.tokenIntrospection(config, tokens.access_token)).active, true)
    assert.equal((await manage(app, 'DELETE')).status, 204)
    const info = () => through(server)(`${issuer}/oidc/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
    assert.equal((await info()).status, 401)
    await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), { status: 401 })
    assert.equal((await teacher.call('POST', '/api/v1/authorizations', { client_id: app.client_id, redirect_uri: callback, response_type: 'code', scope: 'openid' })).status, 404)
    assert.match(educard(server.data, ['app', 'enable', app.client_id]).err, /no such app/)
    assert.match(educard(server.data, ['app', 'list']).out, new RegExp(`${app.client_id}  deleted`))
    assert.equal((await info()).status, 401)
  })

  await t.test('whether there is such an app is not told', async () => {
    const [app, other, ours] = [await made(), await made(), registered(server)]
    const answers = []
    for (const id of [app.client_id, ours.id, '1', '0', 'nobody', '99999999999999999999']) {
      for (const by of [undefined, 'guessed', other.registration_access_token, token, app.client_secret]) {
        for (const method of ['GET', 'PUT', 'DELETE']) {
          const answer = await send(server, method, `${endpoint}/${id}`, by, method === 'PUT' ? { ...good, client_id: id } : undefined)
          isRefused(answer, 'invalid_token', 401)
          answers.push(JSON.stringify([answer.body, answer.headers.get('www-authenticate')]))
        }
      }
    }
    assert.equal(new Set(answers).size, 1)
    assert.equal((await manage(app, 'GET')).status, 200)
  })

  await t.test('what an administrator disabled does not look after itself', async () => {
    const app = await made()
    educard(server.data, ['app', 'disable', app.client_id])
    isRefused(await manage(app, 'GET'), 'unauthorized_client', 403)
    educard(server.data, ['app', 'enable', app.client_id])
    assert.equal((await manage(app, 'GET')).status, 200)
  })

  await t.test('replaced by many and deleted at the same time', async () => {
    const app = await made()
    const all = await Promise.all([...Array.from({ length: 6 }, (_, i) => manage(app, 'PUT', { ...good, client_id: app.client_id, client_name: `名${i}` })), ...Array.from({ length: 3 }, () => manage(app, 'DELETE'))])
    assert.equal(all.slice(6).filter(one => one.status === 204).length, 1)
    assert.ok(all.every(one => [200, 204, 401, 503].includes(one.status)), String(all.map(one => one.status)))
    isRefused(await manage(app, 'GET'), 'invalid_token', 401)
  })

  await t.test('tokens are kept as digests, and what happened is in the audit log of whoever answers for it', async () => {
    const own = initialToken(server, { organisation: school.id, more: ['--days', '2'] })
    const { body: app } = await register({}, own.token)
    await manage(app, 'PUT', { ...good, client_id: app.client_id })
    await manage(app, 'DELETE')
    educard(server.data, ['app', 'token', 'revoke', own.id])
    assert.match(educard(server.data, ['app', 'token', 'list']).out, new RegExp(`${own.id} .*organisation ${school.id} .*uses left: 99 .*revoked`))
    const actions = async subject => (await school.admin.get(`/api/v1/audit-events?organisation_id=${school.id}&subject=${subject}`)).items.map(event => event.action).toSorted()
    assert.deepEqual(await actions(app.client_id), ['oidc.app_deleted', 'oidc.app_registered', 'oidc.app_replaced'])
    assert.deepEqual(await actions(own.id), ['oidc.initial_token_made', 'oidc.initial_token_revoked'])
    const everything = JSON.stringify([await inDatabase(server, 'SELECT * FROM app_initial_token'), await inDatabase(server, 'SELECT * FROM app'), await inDatabase(server, 'SELECT * FROM audit_event')])
    for (const secret of [own.token, token, app.registration_access_token, app.client_secret]) assert.ok(!everything.includes(secret))
  })

  await t.test('the command line refuses what makes no sense', async () => {
    const create = (...more) => educard(server.data, ['app', 'token', 'create', ...more])
    assert.notEqual(create().status, 0)
    for (const [flag, value, named] of [['--uses', '0', /uses/], ['--uses', '1001', /uses/], ['--days', '0', /days/], ['--days', '367', /days/]]) assert.match(create('--organisation', '32', flag, value).err, named)
    assert.match(create('--organisation', 'nowhere').err, /organisation/)
    assert.match(educard(server.data, ['app', 'token', 'revoke', '1']).err, /no such initial access token/)
  })

  await t.test('a person who let such an app in sees it and withdraws', async () => {
    const person = await signInAs(server.url, 'the.teacher')
    const app = await made({ client_name: '单词本' })
    await enter(await asClient(app), person, { scope: 'openid profile' }, { allowed: true, with: ['name'] })
    const seen = (await person.get('/api/v1/me/apps')).find(one => one.app.id === app.client_id)
    assert.deepEqual([seen.app.name, seen.claims], ['单词本', ['name']])
    assert.equal((await person.call('DELETE', `/api/v1/me/apps/${app.client_id}`)).status, 204)
  })
})
