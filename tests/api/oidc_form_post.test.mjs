// Answers that the browser posts (OAuth 2.0 Form Post Response Mode): with openid-client, and what attackers try.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Client } from '../support/client.mjs'
import { begun, callback, certifiedTeacher, env, issuer, openid, postedBy, registered, relyingParty } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const asPosted = ({ action, fields }) => new Request(action, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(fields) })

test('an app has its answer posted', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env })
  const { teacher } = await certifiedTeacher(server, await smallSchool(server))
  const app = registered(server, { uris: [callback, 'http://127.0.0.1/cb', 'http://[::1]/cb', 'cn.edu.example.app:/cb'] })
  const config = await relyingParty(server, app)
  const ask = (parameters, more = {}) => teacher.post('/api/v1/authorizations', { ...parameters, response_mode: 'form_post', ...more })
  const agree = { allowed: true, with: [] }
  const page = form => fetch(`${server.url}/oidc/form_post`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(form) })

  await t.test('is advertised', () => assert.deepEqual(config.serverMetadata().response_modes_supported, ['query', 'form_post']))

  await t.test('openid-client gets in with it, also pushed', async () => {
    for (const pushed of [false, true]) {
      const { kept, parameters } = await begun(config, { pushed, response_mode: 'form_post' })
      const step = await teacher.post('/api/v1/authorizations', { ...parameters, ...agree })
      assert.deepEqual([step.next, step.location], ['leave', null])
      const answer = await postedBy(server, step)
      assert.deepEqual([answer.action, answer.fields.iss, answer.fields.state], [callback, issuer, kept.expectedState])
      assert.ok((await openid.authorizationCodeGrant(config, asPosted(answer), kept)).claims().sub)
    }
  })

  await t.test('the page may post to that origin and do nothing else, and nobody keeps or frames it', async () => {
    const { parameters } = await begun(config)
    for (const [redirect_uri, origin] of [[callback, 'https://app.example.com'], ['http://127.0.0.1:49152/cb', 'http://127.0.0.1:49152']]) {
      const { ticket } = await ask(parameters, { redirect_uri, ...agree })
      const answer = await page({ ticket })
      const html = await answer.text()
      const [, script] = /<script>(.*)<\/script>/.exec(html)
      const hash = createHash('sha256').update(script).digest('base64')
      assert.equal(answer.headers.get('content-security-policy'), `default-src 'none'; script-src 'sha256-${hash}'; form-action ${origin}; base-uri 'none'; frame-ancestors 'none'`)
      assert.deepEqual([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control'), answer.headers.get('x-content-type-options')], [200, 'text/html; charset=utf-8', 'no-store', 'nosniff'])
      assert.match(html, /<button>/)
    }
  })

  await t.test('what came in stays text', async () => {
    const { parameters } = await begun(config)
    const state = `"><script>alert(1)</script>'&amp; é`
    const { ticket } = await ask(parameters, { state, ...agree })
    const html = await (await page({ ticket })).text()
    assert.equal(html.match(/<script/g).length, 1)
    assert.equal((await postedBy(server, { ticket })).fields.state, state)
  })

  await t.test('errors are posted too', async () => {
    const { parameters } = await begun(config)
    for (const [client, change, error] of [[teacher, { scope: 'profile' }, 'invalid_scope'], [teacher, { response_type: 'token' }, 'unsupported_response_type'], [teacher, { prompt: 'consent', allowed: false }, 'access_denied'], [new Client(server.url), { prompt: 'none' }, 'login_required']]) {
      const step = await client.post('/api/v1/authorizations', { ...parameters, response_mode: 'form_post', ...change })
      const { action, fields } = await postedBy(server, step)
      assert.deepEqual([action, fields.error, fields.state, fields.iss, fields.code], [callback, error, parameters.state, issuer, undefined])
    }
  })

  await t.test('where no form can be posted the app hears of it as before', async () => {
    const { parameters } = await begun(config)
    for (const redirect_uri of ['cn.edu.example.app:/cb', 'http://[::1]:3000/cb']) {
      const { location, ticket } = await ask(parameters, { redirect_uri, ...agree })
      assert.deepEqual([new URL(location).searchParams.get('error'), ticket], ['invalid_request', null])
    }
  })

  await t.test('nobody is posted to who is not registered, and no ticket is made up, changed or old', async () => {
    const { parameters } = await begun(config)
    await teacher.refused(422, 'POST', '/api/v1/authorizations', { ...parameters, response_mode: 'form_post', redirect_uri: 'https://evil.example/cb' }, 'oidc.redirect_unknown')
    const { ticket } = await ask(parameters, agree)
    const changed = ticket.slice(0, -2) + (ticket.at(-2) === 'A' ? 'B' : 'A') + ticket.at(-1)
    const { begun: other } = await new Client(server.url).post('/api/v1/authorizations', parameters)
    for (const form of [{}, { ticket: '' }, { ticket: 'AAAA' }, { ticket: changed }, { ticket: other }, { ticket: 'x'.repeat(70_000) }, { redirect_uri: callback, code: 'x' }]) {
      const answer = await page(form)
      assert.deepEqual([answer.status, (await answer.json()).error], [400, 'invalid_request'])
    }
    assert.equal((await fetch(`${server.url}/oidc/form_post?ticket=${ticket}`)).status, 405, 'a ticket is in no address')
  })

  await t.test('neither code nor ticket is in the log', async () => {
    const { parameters } = await begun(config)
    const step = await ask(parameters, agree)
    const { fields } = await postedBy(server, step)
    for (const secret of [step.ticket, fields.code]) assert.ok(!server.log().includes(secret))
  })
})
