// The whole of what an app does, once more with oauth4webapi, which leaves out no check of the standards: discovery, pushed requests, keys
// that tokens are bound to, refreshing, introspection, revocation, devices, signing out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signInAs } from '../support/accounts.mjs'
import { agreed, callback, certifiedTeacher, env, issuer, oauth, registered, through } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const bye = 'https://app.example.com/bye'

/** An app as oauth4webapi sees it. Each act gives what the library made of the answer, or throws what it found wrong. */
class App {
  static async of(server, { open, ...options } = {}) {
    const { id, secret } = registered(server, { open, ...options })
    const http = { [oauth.customFetch]: through(server) }
    const as = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), http))
    const client = { client_id: id, id_token_signed_response_alg: 'ES256' }
    return Object.assign(new App(), { as, client, http, key: open ? oauth.None() : oauth.ClientSecretBasic(secret) })
  }

  /** The same app with a DPoP key of its own; all it asks for from now on is bound to that. */
  async bound() {
    return Object.assign(new App(), this, { http: { ...this.http, DPoP: oauth.DPoP(this.client, await oauth.generateKeyPair('ES256')) } })
  }

  /** Lets the person in: { answer, claims }. */
  async enter(person, { pushed = false, scope = 'openid profile offline_access' } = {}) {
    const { as, client, key, http } = this
    const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()]
    const asked = { client_id: client.client_id, redirect_uri: callback, response_type: 'code', scope, state, nonce, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }
    const parameters = pushed ? { client_id: client.client_id, request_uri: (await this.push(asked)).request_uri } : asked
    const back = oauth.validateAuthResponse(as, client, new URL(await agreed(person, parameters)), state)
    const response = await oauth.authorizationCodeGrantRequest(as, client, key, back, callback, verifier, http)
    const answer = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce, requireIdToken: true })
    await oauth.validateApplicationLevelSignature(as, response, http)
    return { answer, claims: oauth.getValidatedIdTokenClaims(answer) }
  }

  async push(parameters) {
    const { as, client, key, http } = this
    return oauth.processPushedAuthorizationResponse(as, client, await oauth.pushedAuthorizationRequest(as, client, key, parameters, http))
  }

  async userInfo({ answer, claims }) {
    const { as, client, http } = this
    return oauth.processUserInfoResponse(as, client, claims.sub, await oauth.userInfoRequest(as, client, answer.access_token, http))
  }

  async refresh({ refresh_token }) {
    const { as, client, key, http } = this
    return oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, key, refresh_token, http))
  }

  async introspect(token) {
    const { as, client, key, http } = this
    return oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, key, token, http))
  }

  async revoke(token) {
    const { as, client, key, http } = this
    return oauth.processRevocationResponse(await oauth.revocationRequest(as, client, key, token, http))
  }

  async poll({ device_code }) {
    const { as, client, key, http } = this
    return oauth.processDeviceCodeResponse(as, client, await oauth.deviceCodeGrantRequest(as, client, key, device_code, http))
  }
}

test('with oauth4webapi', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env })
  const { teacher, grown } = await certifiedTeacher(server, await smallSchool(server))
  const app = await App.of(server)

  await t.test('a request that is pushed lets somebody in', async () => {
    const pushing = await App.of(server, { more: ['--require-par'] })
    assert.equal((await pushing.userInfo(await pushing.enter(teacher, { pushed: true }))).name, grown.name)
  })

  await t.test('what is wrong with it is said when it is pushed', async () => {
    await assert.rejects(app.push({ response_type: 'code', redirect_uri: 'https://evil.example/cb', scope: 'openid' }), { error: 'invalid_request' })
  })

  await t.test('tokens are bound to a key, also those of later', async () => {
    const holder = await (await App.of(server, { more: ['--require-dpop'] })).bound()
    for (const pushed of [false, true]) {
      const entered = await holder.enter(teacher, { pushed })
      assert.equal(entered.answer.token_type, 'dpop')
      assert.equal((await holder.userInfo(entered)).name, grown.name)
      const fresher = await holder.refresh(entered.answer)
      assert.equal(fresher.token_type, 'dpop')
      const seen = await holder.introspect(fresher.access_token)
      assert.deepEqual([seen.active, seen.token_type, seen.cnf.jkt], [true, 'DPoP', await holder.http.DPoP.calculateThumbprint()])
    }
  })

  await t.test('and no good with another', async () => {
    const [holder, thief] = [await app.bound(), await app.bound()]
    const entered = await holder.enter(teacher)
    await assert.rejects(thief.userInfo(entered), error => error instanceof oauth.WWWAuthenticateChallengeError && error.status === 401)
    await assert.rejects(app.userInfo(entered), error => error instanceof oauth.WWWAuthenticateChallengeError && error.status === 401)
    assert.equal((await holder.userInfo(entered)).name, grown.name)
  })

  await t.test('a refresh token of an app without a secret is no good with another key either', async () => {
    const open = await App.of(server, { open: true })
    const [holder, thief] = [await open.bound(), await open.bound()]
    const { answer } = await holder.enter(teacher)
    await assert.rejects(thief.refresh(answer), { error: 'invalid_grant' })
    await assert.rejects(open.refresh(answer), { error: 'invalid_grant' })
    assert.ok((await holder.refresh(answer)).access_token)
  })

  await t.test('refresh tokens are changed each time; each new pair works', async () => {
    const entered = await app.enter(teacher)
    let { answer } = entered
    const seen = new Set([answer.refresh_token])
    for (let i = 1; i <= 3; ++i) {
      answer = await app.refresh(answer)
      seen.add(answer.refresh_token)
      assert.equal(seen.size, i + 1)
      assert.equal((await app.userInfo({ ...entered, answer })).name, grown.name)
    }
  })

  await t.test('introspection tells the app about its own tokens, and others nothing', async () => {
    const { answer, claims } = await app.enter(teacher)
    const seen = await app.introspect(answer.access_token)
    assert.deepEqual([seen.active, seen.sub, seen.client_id, seen.token_type, seen.scope], [true, claims.sub, app.client.client_id, 'Bearer', answer.scope])
    assert.ok(seen.exp > Date.now() / 1000)
    assert.equal((await app.introspect(answer.refresh_token)).active, true)
    const other = await App.of(server, { name: '别的应用' })
    for (const token of [answer.access_token, answer.refresh_token]) assert.deepEqual(await other.introspect(token), { active: false })
    assert.deepEqual(await app.introspect('made up'), { active: false })
  })

  await t.test('revocation: an access token ends alone, a refresh token with all that came of it; another app ends nothing', async () => {
    const entered = await app.enter(teacher)
    const other = await App.of(server, { name: '别的应用' })
    for (const token of [entered.answer.refresh_token, 'made up']) await other.revoke(token).catch(error => assert.equal(error.error, 'invalid_grant'))
    assert.equal((await app.introspect(entered.answer.refresh_token)).active, true)
    await app.revoke(entered.answer.access_token)
    await assert.rejects(app.userInfo(entered), error => error instanceof oauth.WWWAuthenticateChallengeError && error.status === 401)
    const answer = await app.refresh(entered.answer)
    await app.revoke(answer.refresh_token)
    await assert.rejects(app.refresh(answer), { error: 'invalid_grant' })
    assert.deepEqual(await app.introspect(answer.access_token), { active: false })
    await app.revoke(answer.refresh_token) // again: nothing to do is no fault (RFC 7009, 2.2)
  })

  await t.test('a device is told to wait, and let in when somebody agreed', async () => {
    const device = await App.of(server, { uris: [], more: ['--device'] })
    const { as, client, key, http } = device
    const shown = await oauth.processDeviceAuthorizationResponse(as, client, await oauth.deviceAuthorizationRequest(as, client, key, { scope: 'openid profile offline_access' }, http))
    await assert.rejects(device.poll(shown), { error: 'authorization_pending' })
    await assert.rejects(device.poll(shown), { error: 'slow_down' })
    await teacher.post('/api/v1/device-authorizations', { user_code: shown.user_code, allowed: true, with: [] })
    const answer = await device.poll(shown)
    const entered = { answer, claims: oauth.getValidatedIdTokenClaims(answer) }
    assert.equal((await device.userInfo(entered)).name, grown.name)
    assert.equal((await device.userInfo({ ...entered, answer: await device.refresh(answer) })).name, grown.name)
    await assert.rejects(device.poll(shown), { error: 'invalid_grant' })
  })

  await t.test('signing out: back at the app; what it held without offline_access is over', async () => {
    const leaving = await App.of(server, { more: ['--post-logout-redirect-uri', bye] })
    const person = await signInAs(server.url, 'the.teacher')
    const entered = await leaving.enter(person, { scope: 'openid profile' })
    assert.equal(entered.answer.refresh_token, undefined)
    const url = new URL(leaving.as.end_session_endpoint)
    assert.equal(url.origin, issuer)
    const step = await person.post('/api/v1/logouts', { id_token_hint: entered.answer.id_token, post_logout_redirect_uri: bye, state: 'x' })
    assert.deepEqual([step.ask, step.location], [false, `${bye}?state=x`])
    assert.equal((await leaving.userInfo(entered)).name, grown.name, 'until the page signed them out')
    await person.delete(`/api/v1/sessions/${person.session_id}`)
    await assert.rejects(leaving.userInfo(entered), error => error instanceof oauth.WWWAuthenticateChallengeError && error.status === 401)
    assert.deepEqual(await leaving.introspect(entered.answer.access_token), { active: false })
  })
})
