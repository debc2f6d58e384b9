// Where a browser may be sent: redirect URIs, addresses after signing out, mix-up of providers. Nobody is ever sent to an address that is not registered.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signInAs } from '../support/accounts.mjs'
import { Client } from '../support/client.mjs'
import { agreed, begun, callback, certifiedTeacher, enter, env, issuer, openid, postedBy, registered, relyingParty, through } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const query = location => Object.fromEntries(new URL(location).searchParams)

/** What attackers make of an address that is registered; none of it is that address. */
function variants(registered) {
  const { protocol, host, hostname, pathname } = new URL(registered)
  const rest = `${host}${pathname}`
  return [
    '', ' ', '/', '//evil.example', '///evil.example', '/\\evil.example', '\\\\evil.example', '/%5cevil.example', 'https:evil.example', 'https:/evil.example', 'https:\\\\evil.example',
    'https:///evil.example/', '%2f%2fevil.example', '/%2fevil.example', '.evil.example', 'evil.example', 'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\tscript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', 'about:blank', 'blob:https://evil.example/1',
    `//${rest}`, `${protocol.toUpperCase()}//${rest}`, `${protocol}//${host.toUpperCase()}${pathname}`, `${protocol}//${hostname}.${pathname}`, `${protocol}//${hostname}.evil.example${pathname}`, `${protocol}//evil.example/${rest}`, `${protocol}//evil-${rest}`,
    `${protocol}//${host}@evil.example${pathname}`, `${protocol}//${host}%40evil.example${pathname}`, `${protocol}//evil.example%40${rest}`, `${protocol}//evil.example@${rest}`, `${protocol}//x:y@${rest}`, `${protocol}//@${rest}`, `${protocol}//${host}\\@evil.example${pathname}`, `${protocol}//evil.example\\@${rest}`, `${protocol}//evil.example\\.${rest}`, `${protocol}//evil.example#@${rest}`, `${protocol}//evil.example?@${rest}`, `${protocol}//evil.example;@${rest}`,
    `${protocol}//${hostname}:444${pathname}`, `${protocol}//${hostname}:443${pathname}`, `${protocol}//${hostname}:${pathname}`, `${protocol}//${hostname}:0${pathname}`, `${protocol}//${hostname}:99999${pathname}`, `${protocol}//${hostname}:443@evil.example${pathname}`,
    `${registered}/`, `${registered}//`, `${registered}?`, `${registered}?x=1`, `${registered}#`, `${registered}#f`, `${registered}%23f`, `${registered}%3Fx`, `${registered};x`, `${registered}/../evil`, `${registered}/..;/evil`, `${registered}/%2e%2e/evil`, `${registered}%2f..%2fevil`, `${protocol}//${host}/x/..${pathname}`, `${protocol}//${host}/.${pathname}`, `${protocol}//${host}/${pathname}`, `${protocol}//${host}${pathname.toUpperCase()}`, `${protocol}//${host}/%63b`, `${registered}.`, `${registered}%20`, `${registered}x`, registered.slice(0, -1),
    ` ${registered}`, `${registered} `, `\t${registered}`, `${registered}\n`, `${registered}\r\nLocation: https://evil.example/`, `${registered}%0d%0aLocation:%20https://evil.example/`, `${registered}\u0000`, `${registered}%00`, `${registered}\u0000.evil.example`, `${protocol}//${hostname}\u0000.evil.example${pathname}`, `ht\ntps://${rest}`, `${protocol}//${hostname}\t${pathname}`,
    `${protocol}//${hostname.replace('.', '\u3002')}${pathname}`, `${protocol}//${hostname.replace('.', '\uff0e')}${pathname}`, `${protocol}//${hostname.replace('.', '%2e')}${pathname}`, `${protocol}//${hostname.replace('.', '\uff61')}${pathname}`, `${protocol}//${hostname.replace('a', '\u0430')}${pathname}`, `${protocol}//${hostname.replace('a', '\uff41')}${pathname}`, `${protocol}//evil.example\uff0f${rest}`, `${protocol}//evil.example\u2044${rest}`, `${protocol}\uff0f\uff0f${rest}`, `${registered}\u200b`, `\ufeff${registered}`, `${registered}\u202e`,
    `${protocol}//[${hostname}]${pathname}`, `${protocol}//evil.example,${registered}`, `${registered},https://evil.example/`, `${registered} https://evil.example/`, `["${registered}"]`, `*`, `${protocol}//*${pathname}`, `http://${rest}`, `${registered}${'x'.repeat(3000)}`,
  ]
}

/** And of an address on a loopback, whose port is free. */
const ofLoopback = [
  'http://127.0.0.1@evil.example/cb', 'http://127.0.0.1:80@evil.example/cb', 'http://127.0.0.1:3000%40evil.example/cb', 'http://127.0.0.1:3000\\@evil.example/cb', 'http://127.0.0.1.evil.example/cb', 'http://127.0.0.1:3000.evil.example/cb', 'http://evil.example:3000/cb', 'http://127.0.0.1:x/cb', 'http://127.0.0.1:3000:1/cb', 'http://127.0.0.1:-1/cb', 'https://127.0.0.1:3000/cb', 'http://u@127.0.0.1:3000/cb', 'http://@127.0.0.1:3000/cb', 'http://127.0.0.1:3000/cb#f', 'http://127.0.0.1:3000/cb?x', 'http://127.0.0.1:3000/cb/', 'http://127.0.0.1:3000/cb/../evil', 'http://127.0.0.1:3000/cb%2f..', 'http://127.0.0.1:3000//cb', 'http://127.0.0.1:3000/CB', 'http://127.1:3000/cb', 'http://2130706433:3000/cb', 'http://0x7f000001:3000/cb', 'http://0177.0.0.1:3000/cb', 'http://127.0.0.2:3000/cb', 'http://0.0.0.0:3000/cb', 'http://[::1]:3000/cb', 'http://[::ffff:127.0.0.1]:3000/cb', 'http://localhost:3000/cb', 'http://localhost.:3000/cb', 'http://127.0.0.1.:3000/cb', 'http://\uff11\uff12\uff17.0.0.1:3000/cb', 'http://127.0.0.1:\uff13000/cb', 'http://127.0.0.1:3000 /cb', 'http://127.0.0.1:3000\n/cb', 'http:127.0.0.1/cb', 'http:/127.0.0.1/cb', 'http:\\\\127.0.0.1\\cb',
]

test('where browsers are sent', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env })
  const { teacher } = await certifiedTeacher(server, await smallSchool(server))
  const bye = 'https://app.example.com/bye'
  const app = registered(server, { uris: [callback, 'http://127.0.0.1/cb'], more: ['--post-logout-redirect-uri', bye] })
  const config = await relyingParty(server, app)
  await enter(config, teacher)
  const all = [...variants(callback), ...ofLoopback]
  const basic = `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}`
  const pushed = form => through(server)(`${issuer}/oidc/par`, { method: 'POST', headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(form) })

  await t.test('the list holds no address that is registered, and the two that are get through', async () => {
    assert.ok(!all.includes(callback))
    const { parameters } = await begun(config)
    for (const redirect_uri of [callback, 'http://127.0.0.1/cb', 'http://127.0.0.1:49152/cb']) {
      const { location } = await teacher.post('/api/v1/authorizations', { ...parameters, redirect_uri })
      assert.ok(location.startsWith(`${redirect_uri}?code=`))
      assert.equal((await pushed({ ...parameters, redirect_uri })).status, 201)
    }
  })

  await t.test('never to a redirect URI that only looks registered, whatever else is right or wrong', async () => {
    const { parameters } = await begun(config)
    for (const redirect_uri of all) {
      for (const more of [{}, { prompt: 'none' }, { response_mode: 'form_post' }, { response_type: 'token' }, { allowed: false }]) {
        const { status, body } = await teacher.call('POST', '/api/v1/authorizations', { ...parameters, redirect_uri, ...more })
        assert.equal(status, 422, `${JSON.stringify(redirect_uri)} ${JSON.stringify(more)}: ${JSON.stringify(body)}`)
        assert.equal(body.location ?? body.ticket ?? null, null)
      }
      const answer = await pushed({ ...parameters, redirect_uri })
      assert.equal(answer.status, 400, `pushed ${JSON.stringify(redirect_uri)}: ${await answer.text()}`)
    }
    await teacher.refused(422, 'POST', '/api/v1/authorizations', { ...parameters, redirect_uri: undefined }, 'oidc.redirect_unknown')
  })

  await t.test('a code is changed with the address that it was sent to only', async () => {
    const { kept, parameters } = await begun(config)
    const location = await agreed(teacher, parameters)
    const ask = redirect_uri => through(server)(`${issuer}/oidc/token`, { method: 'POST', headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ grant_type: 'authorization_code', code: query(location).code, code_verifier: kept.pkceCodeVerifier, ...(redirect_uri === undefined ? {} : { redirect_uri }) }) })
    for (const other of [undefined, 'http://127.0.0.1/cb', ...all]) {
      const answer = await ask(other)
      const { error } = await answer.json()
      assert.ok(answer.status === 400 && (error === 'invalid_grant' || (error === 'invalid_request' && other.includes('\u0000'))), `${JSON.stringify(other)}: ${answer.status} ${error}`)
    }
    assert.equal((await ask(callback)).status, 200)
  })

  await t.test('never to an address after signing out that only looks registered, with a hint or without', async () => {
    const { id_token } = await enter(config, teacher)
    assert.equal((await teacher.post('/api/v1/logouts', { id_token_hint: id_token, post_logout_redirect_uri: bye })).location, bye)
    for (const uri of [...variants(bye), callback, 'http://127.0.0.1/cb']) {
      for (const body of [{ id_token_hint: id_token }, { client_id: app.id }, { id_token_hint: id_token, client_id: app.id }, {}]) {
        const answer = await teacher.call('POST', '/api/v1/logouts', { ...body, post_logout_redirect_uri: uri })
        assert.equal(answer.status, 422, `${JSON.stringify(uri)}: ${JSON.stringify(answer.body)}`)
        assert.equal(answer.body.location ?? null, null)
      }
    }
  })

  await t.test('what the app sends along stays a parameter of its own', async () => {
    const { parameters } = await begun(config)
    const { id_token } = await enter(config, teacher)
    for (const state of ['&code=stolen&iss=https://evil.example', '#evil', '\r\nSet-Cookie: a=b', ' //evil.example', '%26code=x', '"><script>', '\u2028', '?']) {
      const back = new URL(await agreed(teacher, { ...parameters, state }))
      assert.deepEqual([back.origin + back.pathname, back.hash, back.searchParams.getAll('code').length, back.searchParams.getAll('iss'), back.searchParams.get('state')], [callback, '', 1, [issuer], state])
      const out = new URL((await teacher.post('/api/v1/logouts', { id_token_hint: id_token, post_logout_redirect_uri: bye, state })).location)
      assert.deepEqual([out.origin + out.pathname, out.hash, [...out.searchParams]], [bye, '', [['state', state]]])
    }
  })
})

test('mix-up: every answer says who it is from', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env })
  const { teacher } = await certifiedTeacher(server, await smallSchool(server))
  const [app, pushing] = [registered(server), registered(server, { name: '推送', more: ['--require-par'] })]
  const config = await relyingParty(server, app)
  assert.equal(config.serverMetadata().authorization_response_iss_parameter_supported, true)
  assert.equal(config.serverMetadata().issuer, issuer)
  const nobody = new Client(server.url)
  const { parameters } = await begun(config)
  const unpushed = (await begun(await relyingParty(server, pushing))).parameters
  const answers = {
    consent_required: [teacher, { ...parameters, prompt: 'none' }],
    login_required: [nobody, { ...parameters, prompt: 'none' }],
    access_denied: [teacher, { ...parameters, allowed: false }],
    invalid_scope: [teacher, { ...parameters, scope: 'profile' }],
    unsupported_response_type: [teacher, { ...parameters, response_type: 'token' }],
    request_not_supported: [teacher, { ...parameters, request: 'a.b.c' }],
    request_uri_not_supported: [teacher, { ...parameters, request_uri: 'https://evil.example/r' }],
    unmet_authentication_requirements: [teacher, { ...parameters, claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'none' } } }) }],
    'invalid_request: no PKCE': [teacher, { ...parameters, code_challenge: undefined }],
    'invalid_request: not pushed': [teacher, unpushed],
    'invalid_request: hint': [teacher, { ...parameters, id_token_hint: 'a.b.c' }],
    'invalid_request: response_mode': [teacher, { ...parameters, response_mode: 'fragment' }],
    code: [teacher, { ...parameters, allowed: true, with: [] }],
  }
  for (const [what, [person, asked]] of Object.entries(answers)) {
    await t.test(what, async () => {
      const back = new URL((await person.post('/api/v1/authorizations', asked)).location)
      assert.deepEqual(back.searchParams.getAll('iss'), [issuer])
      assert.equal(back.searchParams.get('error'), what === 'code' ? null : what.split(':')[0])
      assert.equal(back.searchParams.has('code'), what === 'code')
      if (what.includes('response_mode')) return
      const { fields } = await postedBy(server, await person.post('/api/v1/authorizations', { ...asked, response_mode: 'form_post' }))
      assert.equal(fields.iss, issuer)
    })
  }

  await t.test('a client that checks it refuses the answer of another provider', async () => {
    const { kept, parameters } = await begun(config)
    const location = new URL(await agreed(teacher, parameters))
    location.searchParams.set('iss', 'https://evil.example')
    await assert.rejects(openid.authorizationCodeGrant(config, location, kept), error => /iss/.test(String(error.cause?.message ?? error.message)))
  })

  await t.test('what one installation gives out is worth nothing at another', async () => {
    const elsewhere = await fresh(t, { env })
    const { teacher: there } = await certifiedTeacher(elsewhere, await smallSchool(elsewhere))
    const other = registered(elsewhere)
    const theirs = await relyingParty(elsewhere, other)
    const { kept, parameters } = await begun(config)
    const location = await agreed(teacher, parameters)
    await assert.rejects(openid.authorizationCodeGrant(theirs, new URL(location), kept), { error: 'invalid_grant' })
    const tokens = await openid.authorizationCodeGrant(config, new URL(location), kept)
    assert.equal((await openid.tokenIntrospection(theirs, tokens.access_token)).active, false)
    await assert.rejects(openid.fetchUserInfo(theirs, tokens.access_token, tokens.claims().sub), { status: 401 })
    assert.equal((await there.post('/api/v1/logouts', { id_token_hint: tokens.id_token })).app ?? null, null, 'its ID token is no hint there')
    const asked = await begun(theirs)
    assert.equal(query((await there.post('/api/v1/authorizations', { ...asked.parameters, id_token_hint: tokens.id_token })).location).error, 'invalid_request')
  })

  await t.test('what one app was given is worth nothing to another', async () => {
    const other = await relyingParty(server, registered(server, { name: '别的', more: ['--device'] }))
    const offline = await enter(config, teacher, { scope: 'openid profile offline_access' })
    await assert.rejects(openid.refreshTokenGrant(other, offline.refresh_token), { error: 'invalid_grant' })
    for (const token of [offline.access_token, offline.refresh_token]) {
      assert.equal((await openid.tokenIntrospection(other, token)).active, false)
      await openid.tokenRevocation(other, token).catch(() => {})
    }
    assert.equal((await openid.tokenIntrospection(config, offline.access_token)).active, true, 'nor taken back by it')
    const person = await signInAs(server.url, 'the.teacher')
    const step = await person.post('/api/v1/authorizations', { ...parameters, response_mode: 'form_post', allowed: true, with: [] })
    const { fields } = await postedBy(server, step)
    assert.ok(fields.code)
    const { kept } = await begun(other)
    await assert.rejects(openid.authorizationCodeGrant(other, new URL(`${callback}?${new URLSearchParams({ code: fields.code, iss: fields.iss, state: kept.expectedState })}`), kept), { error: 'invalid_grant' })
  })
})
