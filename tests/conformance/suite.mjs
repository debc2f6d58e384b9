// What an OpenID provider has to do, asked from outside: written after the OpenID Foundation's conformance plans (Basic OP, Form Post OP,
// Config OP, Dynamic OP, RP-Initiated Logout, Back-Channel Logout) and the FAPI 2.0 security profile's list of what has to be refused.
// Each check gets a provider (see educard.mjs, oidc_provider.mjs) and throws when it is not met.
import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { jose } from '../support/oidc.mjs'

export const callback = 'https://app.example.com/cb'
const random = () => randomBytes(32).toString('base64url')
const hash = text => createHash('sha256').update(text).digest('base64url')
const now = () => Math.floor(Date.now() / 1000)
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const keyPair = () => jose.generateKeyPair('ES256', { extractable: true })
const publicKeys = async (...pairs) => ({ keys: await Promise.all(pairs.map(async ({ publicKey }) => ({ ...await jose.exportJWK(publicKey), alg: 'ES256', use: 'sig' }))) })

/** One app at a provider, and what it sends. */
export class Party {
  static async of(op, options = {}) {
    const party = new Party()
    const key = options.authentication === 'private_key_jwt' ? await keyPair() : undefined
    const app = await op.app({ uris: [callback], ...options, ...(key ? { keys: await publicKeys(key) } : {}) })
    const configuration = await (await op.fetch(`${op.issuer}/.well-known/openid-configuration`)).json()
    return Object.assign(party, { op, key, configuration, authentication: 'client_secret_basic', ...options, ...app })
  }

  /** An authorization request, and what the app keeps of it. */
  request(change = {}) {
    const verifier = random()
    const parameters = { client_id: this.id, redirect_uri: callback, response_type: 'code', scope: 'openid', state: random(), nonce: random(), code_challenge: hash(verifier), code_challenge_method: 'S256', ...change }
    return { verifier, parameters: JSON.parse(JSON.stringify(parameters)) }
  }

  async assertion(change = {}, { key = this.key.privateKey, header = {} } = {}) {
    const claims = { iss: this.id, sub: this.id, aud: this.op.issuer, jti: randomUUID(), iat: now(), exp: now() + 60, ...change }
    return new jose.SignJWT(JSON.parse(JSON.stringify(claims))).setProtectedHeader({ alg: 'ES256', ...header }).sign(key)
  }

  async post(endpoint, form, { assertion, headers = {} } = {}) {
    const body = { ...form }
    const sent = { 'content-type': 'application/x-www-form-urlencoded', ...headers }
    if (this.authentication === 'client_secret_basic') sent.authorization ??= `Basic ${Buffer.from(`${this.id}:${this.secret}`).toString('base64')}`
    if (this.authentication === 'client_secret_post') Object.assign(body, { client_id: this.id, client_secret: this.secret })
    if (this.authentication === 'none') body.client_id = this.id
    if (this.authentication === 'private_key_jwt') Object.assign(body, { client_id: this.id, client_assertion_type: assertionType, client_assertion: assertion ?? await this.assertion() })
    const response = await this.op.fetch(this.configuration[endpoint], { method: 'POST', headers: sent, body: new URLSearchParams(JSON.parse(JSON.stringify(body))) })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} }
  }

  change(code, verifier, more = {}, options = {}) {
    return this.post('token_endpoint', { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier, ...more }, options)
  }

  /** The whole way for somebody: the answer of the token endpoint, and the request. */
  async enter(person, change = {}, options = {}) {
    const { verifier, parameters } = this.request(change)
    const { code } = came(await person.authorize(options.pushed ? await this.push(parameters, options) : parameters, options))
    assert.ok(code, 'no code')
    return { ...await this.change(code, verifier, {}, options), verifier, parameters, code }
  }

  async push(parameters, options = {}) {
    const answer = await this.post('pushed_authorization_request_endpoint', parameters, options)
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    return { client_id: this.id, request_uri: answer.body.request_uri }
  }

  async idToken(answer) {
    const keys = await (await this.op.fetch(this.configuration.jwks_uri)).json()
    return jose.jwtVerify(answer.body.id_token, jose.createLocalJWKSet(keys), { issuer: this.op.issuer, audience: this.id })
  }

  /** `form`: what is posted as one. */
  userInfo(token, { method = 'GET', form } = {}) {
    return this.op.fetch(this.configuration.userinfo_endpoint, { method, headers: token ? { authorization: `Bearer ${token}` } : {}, body: form && new URLSearchParams(form) })
  }
}

/** A DPoP key and its proofs (RFC 9449). */
class Holder {
  static async of(party) {
    return Object.assign(new Holder(), { party, key: await keyPair() })
  }

  async proof(change = {}, { header = {}, key = this.key } = {}) {
    const claims = { jti: randomUUID(), htm: 'POST', htu: this.party.configuration.token_endpoint, iat: now(), ...change }
    const jwk = await jose.exportJWK(key.publicKey)
    return new jose.SignJWT(JSON.parse(JSON.stringify(claims))).setProtectedHeader(JSON.parse(JSON.stringify({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header }))).sign(key.privateKey)
  }
}

/** What came to the app, in the address or posted. */
function came({ location, posted, page }) {
  assert.ok(location ?? posted, `the browser stayed: ${page}`)
  assert.equal(posted ? posted.action : `${location.origin}${location.pathname}`, callback)
  // What the implicit flow would answer comes in the fragment, its errors too.
  return posted?.fields ?? Object.fromEntries(location.search ? location.searchParams : new URLSearchParams(location.hash.slice(1)))
}

/** What came back to the app is this error, with its state, and no code. */
function isError(answer, parameters, ...errors) {
  const back = came(answer)
  assert.ok(errors.includes(back.error), `${back.error} is none of ${errors}`)
  assert.deepEqual([back.state, back.code], [parameters.state, undefined])
}

/** The browser stays, or the app hears of an error; nobody gets in. */
const noCode = ({ page, location }) => assert.ok(page === 'refused' || (location.href.startsWith(callback) && location.searchParams.get('error')), String(location))
const stays = answer => assert.equal(answer.page, 'refused', String(answer.location))
const refused = (answer, ...errors) => assert.ok(answer.status >= 400 && answer.status < 500 && errors.includes(answer.body.error), `${answer.status} ${JSON.stringify(answer.body)}`)

export const basic = {
  async 'a code, an ID token, userinfo'(op) {
    const party = await Party.of(op)
    const answer = await party.enter(await op.somebody())
    assert.equal(answer.status, 200)
    assert.match(answer.body.token_type, /^bearer$/i)
    assert.match(answer.headers.get('cache-control'), /no-store/)
    const { payload } = await party.idToken(answer)
    assert.equal(payload.nonce, answer.parameters.nonce)
    assert.ok(payload.iat <= now() + 5 && payload.exp > now())
    const info = await (await party.userInfo(answer.body.access_token)).json()
    assert.equal(info.sub, payload.sub)
  },
  async 'client_secret_post'(op) {
    assert.equal((await (await Party.of(op, { authentication: 'client_secret_post' })).enter(await op.somebody())).status, 200)
  },
  async 'an app without a secret'(op) {
    assert.equal((await (await Party.of(op, { authentication: 'none' })).enter(await op.somebody())).status, 200)
  },
  async 'private_key_jwt'(op) {
    assert.equal((await (await Party.of(op, { authentication: 'private_key_jwt' })).enter(await op.somebody())).status, 200)
  },
  async 'the answer says who it is from (RFC 9207)'(op) {
    const party = await Party.of(op)
    const { location } = await (await op.somebody()).authorize(party.request().parameters)
    assert.equal(location.searchParams.get('iss'), op.issuer)
  },
  async 'response_mode is unknown'(op) {
    const { parameters } = (await Party.of(op)).request({ response_mode: 'nobody_knows_this' })
    isError(await (await op.somebody()).authorize(parameters), parameters, 'invalid_request', 'unsupported_response_mode')
  },
  async 'state comes back as it was'(op) {
    const party = await Party.of(op)
    const state = 'a b&c=d%20+é'
    const { location } = await (await op.somebody()).authorize(party.request({ state }).parameters)
    assert.equal(location.searchParams.get('state'), state)
  },
  async 'without a nonce'(op) {
    const party = await Party.of(op)
    const answer = await party.enter(await op.somebody(), { nonce: undefined })
    assert.equal((await party.idToken(answer)).payload.nonce, undefined)
  },
  async 'response_type is missing'(op) {
    const { parameters } = (await Party.of(op)).request({ response_type: undefined })
    isError(await (await op.somebody()).authorize(parameters), parameters, 'invalid_request', 'unsupported_response_type')
  },
  async 'response_type is unknown'(op) {
    const { parameters } = (await Party.of(op)).request({ response_type: 'token' })
    isError(await (await op.somebody()).authorize(parameters), parameters, 'unsupported_response_type', 'unauthorized_client')
  },
  async 'userinfo by GET and by POST, and not without a token'(op) {
    const party = await Party.of(op)
    const { body } = await party.enter(await op.somebody())
    for (const method of ['GET', 'POST']) assert.equal((await party.userInfo(body.access_token, { method })).status, 200)
    for (const token of [undefined, 'made up', body.id_token]) {
      const answer = await party.userInfo(token)
      assert.ok([400, 401].includes(answer.status))
      if (token) assert.match(answer.headers.get('www-authenticate'), /Bearer|DPoP/)
    }
  },
  async 'userinfo with the token in a posted form, but not in two places'(op) {
    const party = await Party.of(op)
    const { body: { access_token } } = await party.enter(await op.somebody())
    const ask = (token, form) => party.userInfo(token, { method: 'POST', form })
    assert.equal((await ask(undefined, { access_token })).status, 200)
    assert.equal((await ask(undefined, { access_token: 'made up' })).status, 401)
    assert.equal((await ask(access_token, { access_token })).status, 400)
  },
  async 'the claims of profile'(op) {
    const party = await Party.of(op)
    const { body } = await party.enter(await op.somebody(), { scope: 'openid profile' })
    assert.ok((await (await party.userInfo(body.access_token)).json()).name)
  },
  async 'claims asked for one by one, in userinfo and in the ID token'(op) {
    const party = await Party.of(op)
    const answer = await party.enter(await op.somebody(), { claims: JSON.stringify({ userinfo: { name: { essential: true }, nobody_knows_this: null } }) })
    assert.ok((await (await party.userInfo(answer.body.access_token)).json()).name)
    assert.equal((await party.idToken(answer)).payload.name, undefined)
    const other = await party.enter(await op.somebody(), { claims: JSON.stringify({ id_token: { name: null, auth_time: { essential: true } } }), prompt: 'consent' })
    const { payload } = await party.idToken(other)
    assert.ok(payload.name && payload.auth_time)
    assert.equal((await (await party.userInfo(other.body.access_token)).json()).name, undefined)
  },
  async 'claims that are no JSON'(op) {
    const party = await Party.of(op)
    for (const claims of ['nonsense', '[]', '{"userinfo":[]}', '{"id_token":{"name":1}}']) {
      const { parameters } = party.request({ claims })
      isError(await (await op.somebody()).authorize(parameters), parameters, 'invalid_request')
    }
  },
  async 'an essential acr that nobody can meet'(op) {
    const { parameters } = (await Party.of(op)).request({ claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:example:nobody-knows-this' } } }) })
    isError(await (await op.somebody()).authorize(parameters), parameters, 'unmet_authentication_requirements', 'access_denied', 'login_required')
  },
  async 'for somebody else: not whoever is here'(op) {
    const party = await Party.of(op)
    const person = await op.somebody()
    const { payload } = await party.idToken(await party.enter(person))
    const asking = value => party.request({ prompt: 'none', claims: JSON.stringify({ id_token: { sub: { value } } }) }).parameters
    assert.ok((await person.authorize(asking(payload.sub))).location.searchParams.get('code'))
    const parameters = asking('somebody-else')
    isError(await person.authorize(parameters), parameters, 'login_required')
  },
  async 'a scope that nobody knows does not matter'(op) {
    assert.equal((await (await Party.of(op)).enter(await op.somebody(), { scope: 'openid nobody_knows_this' })).status, 200)
  },
  async 'parameters that nobody knows do not matter'(op) {
    const party = await Party.of(op)
    const { parameters } = party.request({ ui_locales: 'zh-CN', display: 'page', claims_locales: 'zh-CN', acr_values: '1', login_hint: 'somebody', nobody_knows_this: 'x' })
    assert.ok((await (await op.somebody()).authorize(parameters)).location.searchParams.get('code'))
  },
  async 'the request is posted, also with prompt=none'(op) {
    const [party, person] = [await Party.of(op), await op.somebody()]
    const first = await party.enter(person, {}, { method: 'POST' })
    const second = await party.enter(person, { prompt: 'none' }, { method: 'POST' })
    assert.equal((await party.idToken(first)).payload.sub, (await party.idToken(second)).payload.sub)
    const { parameters } = party.request({ prompt: 'none' })
    isError(await op.nobody().authorize(parameters, { method: 'POST' }), parameters, 'login_required')
    stays(await person.authorize(party.request({ redirect_uri: 'https://evil.example/cb' }).parameters, { method: 'POST' }))
  },
  async 'a parameter twice: an error, and never a code'(op) {
    const [party, other, person] = [await Party.of(op), await Party.of(op), await op.somebody()]
    await party.enter(person)
    for (const [name, value] of [['state', 'other'], ['prompt', 'login'], ['max_age', '0'], ['client_id', party.id], ['client_id', other.id], ['redirect_uri', callback], ['redirect_uri', 'https://evil.example/cb']]) {
      for (const method of ['GET', 'POST']) {
        const { parameters } = party.request()
        const answer = await person.authorize([...Object.entries({ [name]: value, ...parameters }), [name, value]], { method })
        if (answer.page) assert.equal(answer.page, 'refused', `${name} by ${method}`)
        else assert.deepEqual([came(answer).error, came(answer).code], ['invalid_request', undefined], `${name} by ${method}`)
      }
    }
  },
  async 'somebody who is not signed in signs in on the way'(op) {
    const party = await Party.of(op)
    assert.deepEqual(await op.nobody().authorize(party.request().parameters), { page: 'sign_in' })
    assert.equal((await party.enter(op.nobody(), {}, { sign_in: true })).status, 200)
  },
  async 'prompt=select_account: no code before somebody chose'(op) {
    const [party, person] = [await Party.of(op), await op.somebody()]
    await party.enter(person)
    const { parameters } = party.request({ prompt: 'select_account' })
    const asked = await person.authorize(parameters, { choose: false })
    if (!asked.page) isError(asked, parameters, 'account_selection_required', 'interaction_required', 'invalid_request')
    else {
      assert.ok(['choose', 'consent', 'sign_in'].includes(asked.page), asked.page)
      assert.ok(came(await person.authorize(parameters, { sign_in: true })).code)
    }
    const both = party.request({ prompt: 'none select_account' }).parameters
    isError(await person.authorize(both, { choose: false }), both, 'invalid_request')
  },
  async 'prompt=none without a session'(op) {
    const { parameters } = (await Party.of(op)).request({ prompt: 'none' })
    isError(await op.nobody().authorize(parameters), parameters, 'login_required')
  },
  async 'prompt=none with one'(op) {
    const party = await Party.of(op)
    const person = await op.somebody()
    const first = await party.enter(person)
    const second = await party.enter(person, { prompt: 'none' })
    assert.equal((await party.idToken(first)).payload.sub, (await party.idToken(second)).payload.sub)
  },
  async 'prompt=none where consent is missing'(op) {
    const person = await op.somebody()
    await (await Party.of(op)).enter(person)
    const { parameters } = (await Party.of(op)).request({ prompt: 'none' })
    isError(await person.authorize(parameters), parameters, 'consent_required', 'interaction_required')
  },
  async 'prompt=login asks again, and auth_time is new'(op) {
    const party = await Party.of(op)
    const person = await op.somebody()
    const first = (await party.idToken(await party.enter(person, { max_age: '10000' }))).payload
    assert.deepEqual(await person.authorize(party.request({ prompt: 'login' }).parameters), { page: 'sign_in' })
    await new Promise(done => setTimeout(done, 1100))
    const second = (await party.idToken(await party.enter(person, { prompt: 'login', max_age: '10000' }, { sign_in: true }))).payload
    assert.ok(second.auth_time > first.auth_time)
  },
  async 'max_age=1 asks again, max_age=10000 does not'(op) {
    const party = await Party.of(op)
    const person = await op.somebody()
    const first = (await party.idToken(await party.enter(person, { max_age: '10000' }))).payload
    await new Promise(done => setTimeout(done, 2100))
    assert.equal((await party.idToken(await party.enter(person, { max_age: '10000' }))).payload.auth_time, first.auth_time)
    assert.deepEqual(await person.authorize(party.request({ max_age: '1' }).parameters), { page: 'sign_in' })
  },
  async 'somebody who declines'(op) {
    const { parameters } = (await Party.of(op)).request()
    isError(await (await op.somebody()).authorize(parameters, { consent: false }), parameters, 'access_denied')
  },
  async 'a code is good once, and takes back what it gave'(op) {
    const party = await Party.of(op)
    const { code, verifier, body } = await party.enter(await op.somebody())
    refused(await party.change(code, verifier), 'invalid_grant')
    assert.equal((await party.userInfo(body.access_token)).status, 401)
  },
  async 'a code in other hands, for another address, or without its verifier'(op) {
    const [party, other, person] = [await Party.of(op), await Party.of(op), await op.somebody()]
    const fresh = async () => {
      const { verifier, parameters } = party.request()
      return { verifier, code: (await person.authorize(parameters)).location.searchParams.get('code') }
    }
    const one = await fresh()
    refused(await other.change(one.code, one.verifier), 'invalid_grant')
    const two = await fresh()
    refused(await party.change(two.code, two.verifier, { redirect_uri: `${callback}/other` }), 'invalid_grant')
    const three = await fresh()
    refused(await party.change(three.code, random()), 'invalid_grant')
    const four = await fresh()
    refused(await party.change(four.code, undefined), 'invalid_grant', 'invalid_request')
  },
  async 'redirect URIs that are not registered: nobody is sent there'(op) {
    const party = await Party.of(op)
    const person = await op.somebody()
    await party.enter(person)
    for (const redirect_uri of [`${callback}/`, `${callback}?more=1`, callback.replace('https', 'http'), 'https://evil.example/cb', `${callback}#part`]) {
      stays(await person.authorize(party.request({ redirect_uri }).parameters))
    }
    stays(await person.authorize(party.request({ client_id: '123456789' }).parameters))
  },
  async 'redirect_uri is missing'(op) {
    stays(await (await op.somebody()).authorize((await Party.of(op)).request({ redirect_uri: undefined }).parameters))
  },
  async 'a request object is refused by name'(op) {
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"scope":"openid"}').toString('base64url')}.`
    const { parameters } = (await Party.of(op)).request({ request: none })
    isError(await (await op.somebody()).authorize(parameters), parameters, 'request_not_supported')
  },
  async 'PKCE is required, and only S256'(op) {
    const party = await Party.of(op)
    const person = await op.somebody()
    for (const change of [{ code_challenge: undefined, code_challenge_method: undefined }, { code_challenge_method: 'plain' }, { code_challenge: 'short' }]) {
      const { parameters } = party.request(change)
      isError(await person.authorize(parameters), parameters, 'invalid_request')
    }
  },
  async 'an app that is not who it says'(op) {
    const party = await Party.of(op)
    refused(await party.post('token_endpoint', { grant_type: 'authorization_code', code: 'x' }, { headers: { authorization: `Basic ${Buffer.from(`${party.id}:wrong`).toString('base64')}` } }), 'invalid_client')
    refused(await party.post('token_endpoint', { grant_type: 'password', username: 'a', password: 'b' }), 'unsupported_grant_type')
  },
  async 'what is missing at the token endpoint is an invalid request'(op) {
    const party = await Party.of(op)
    for (const form of [{}, { grant_type: 'authorization_code', redirect_uri: callback, code_verifier: random() }, { grant_type: 'refresh_token' }]) refused(await party.post('token_endpoint', form), 'invalid_request')
  },
  async 'refresh tokens are changed, and an old one gives nothing new'(op) {
    const party = await Party.of(op, { authentication: 'none' })
    const first = await party.enter(await op.somebody(), { scope: 'openid offline_access', prompt: 'consent' })
    assert.ok(first.body.refresh_token)
    const second = await party.post('token_endpoint', { grant_type: 'refresh_token', refresh_token: first.body.refresh_token })
    assert.equal(second.status, 200, JSON.stringify(second.body))
    assert.notEqual(second.body.refresh_token, first.body.refresh_token)
    const again = await party.post('token_endpoint', { grant_type: 'refresh_token', refresh_token: first.body.refresh_token })
    if (again.status === 200) return assert.deepEqual(again.body, second.body, 'for a lost answer the same one again')
    refused(again, 'invalid_grant')
    refused(await party.post('token_endpoint', { grant_type: 'refresh_token', refresh_token: second.body.refresh_token }), 'invalid_grant')
  },
}

/** The same where the answer is posted to the app (OAuth 2.0 Form Post Response Mode). */
const posting = (party, change = {}) => party.request({ response_mode: 'form_post', ...change })
function isPosted(answer, ...expected) {
  assert.ok(answer.posted, `it was not posted: ${answer.page ?? answer.location}`)
  isError(answer, ...expected)
}

export const form_post = {
  async 'a code, an ID token, userinfo'(op) {
    const [party, person] = [await Party.of(op), await op.somebody()]
    const { verifier, parameters } = posting(party)
    const { posted } = await person.authorize(parameters)
    assert.deepEqual([posted.action, posted.fields.state, posted.fields.iss], [callback, parameters.state, op.issuer])
    const answer = await party.change(posted.fields.code, verifier)
    assert.equal((await party.idToken(answer)).payload.nonce, parameters.nonce)
    assert.equal((await party.userInfo(answer.body.access_token)).status, 200)
  },
  async 'an app without a secret, and one that pushed its request'(op) {
    assert.equal((await (await Party.of(op, { authentication: 'none' })).enter(await op.somebody(), { response_mode: 'form_post' })).status, 200)
    assert.equal((await (await Party.of(op, { pushed: true })).enter(await op.somebody(), { response_mode: 'form_post' }, { pushed: true })).status, 200)
  },
  async 'state comes back as it was, and stays text'(op) {
    for (const state of ['a b&"<é', '"><script>document.title=1</script>', 'a+b%20c&amp;d', "'"]) {
      assert.equal(came(await (await op.somebody()).authorize(posting(await Party.of(op), { state }).parameters)).state, state)
    }
  },
  async 'errors are posted too'(op) {
    const party = await Party.of(op)
    const person = await op.somebody()
    for (const [change, ...errors] of [[{ prompt: 'none login' }, 'invalid_request'], [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'], [{ response_type: 'nobody_knows_this' }, 'unsupported_response_type']]) {
      const { parameters } = posting(party, change)
      isPosted(await person.authorize(parameters), parameters, ...errors)
    }
  },
  async 'somebody who declines'(op) {
    const { parameters } = posting(await Party.of(op))
    isPosted(await (await op.somebody()).authorize(parameters, { consent: false }), parameters, 'access_denied')
  },
  async 'prompt=none without a session, and with one'(op) {
    const party = await Party.of(op)
    const { parameters } = posting(party, { prompt: 'none' })
    isPosted(await op.nobody().authorize(parameters), parameters, 'login_required')
    const person = await op.somebody()
    await party.enter(person)
    assert.equal((await party.enter(person, { response_mode: 'form_post', prompt: 'none' })).status, 200)
  },
  async 'prompt=login asks again'(op) {
    const [party, person] = [await Party.of(op), await op.somebody()]
    await party.enter(person)
    assert.deepEqual(await person.authorize(posting(party, { prompt: 'login' }).parameters), { page: 'sign_in' })
    assert.equal((await party.enter(person, { response_mode: 'form_post', prompt: 'login' }, { sign_in: true })).status, 200)
  },
  async 'the request is posted as well'(op) {
    assert.equal((await (await Party.of(op)).enter(await op.somebody(), { response_mode: 'form_post' }, { method: 'POST' })).status, 200)
  },
  async 'a code is good once'(op) {
    const party = await Party.of(op)
    const { code, verifier } = await party.enter(await op.somebody(), { response_mode: 'form_post' })
    refused(await party.change(code, verifier), 'invalid_grant')
  },
  async 'nobody is posted to who is not registered'(op) {
    const [party, person] = [await Party.of(op), await op.somebody()]
    for (const redirect_uri of ['https://evil.example/cb', `${callback}/`]) stays(await person.authorize(posting(party, { redirect_uri }).parameters))
  },
}

export const config = {
  async 'discovery says what it has to'(op) {
    const { configuration } = await Party.of(op)
    assert.equal(configuration.issuer, op.issuer)
    for (const endpoint of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri', 'end_session_endpoint', 'revocation_endpoint', 'introspection_endpoint', 'pushed_authorization_request_endpoint', 'device_authorization_endpoint']) assert.ok(configuration[endpoint].startsWith(op.issuer), endpoint)
    for (const [list, member] of [['response_types_supported', 'code'], ['response_modes_supported', 'form_post'], ['scopes_supported', 'openid'], ['grant_types_supported', 'authorization_code'], ['code_challenge_methods_supported', 'S256'], ['id_token_signing_alg_values_supported', 'RS256'], ['token_endpoint_auth_methods_supported', 'private_key_jwt'], ['dpop_signing_alg_values_supported', 'ES256']]) assert.ok(configuration[list].includes(member), list)
    assert.ok(configuration.subject_types_supported.length)
    assert.equal(configuration.authorization_response_iss_parameter_supported, true)
    assert.ok(!configuration.code_challenge_methods_supported.includes('plain'))
    assert.ok(!configuration.id_token_signing_alg_values_supported.includes('none'))
  },
  async 'keys are public, named and of a good size'(op) {
    const { configuration } = await Party.of(op)
    const { keys } = await (await op.fetch(configuration.jwks_uri)).json()
    assert.equal(new Set(keys.map(key => key.kid)).size, keys.length)
    for (const key of keys) {
      for (const secret of ['d', 'p', 'q', 'k']) assert.equal(key[secret], undefined)
      if (key.kty === 'RSA') assert.ok(Buffer.from(key.n, 'base64url').length >= 256)
    }
  },
}

const bye = 'https://app.example.com/bye'
const leaving = op => Party.of(op, { post_logout_redirect_uris: [bye] })

/** Whether the browser still has a session at the provider. */
async function hasSession(party, person) {
  const { parameters } = party.request({ prompt: 'none' })
  const { location } = await person.authorize(parameters)
  return location.searchParams.get('error') !== 'login_required'
}

export const rp_logout = {
  async 'with a hint, by GET and by POST: out, and back at the app with its state'(op) {
    for (const method of ['GET', 'POST']) {
      const [party, person] = [await leaving(op), await op.somebody()]
      const { body } = await party.enter(person)
      const kept = await person.copy()
      assert.equal(await hasSession(party, kept), true)
      const { location } = await person.leave({ id_token_hint: body.id_token, post_logout_redirect_uri: bye, state: 'a b' }, { method })
      assert.deepEqual([location.origin + location.pathname, location.searchParams.get('state')], [bye, 'a b'])
      assert.equal(await hasSession(party, person), false)
      assert.equal(await hasSession(party, kept), false, 'whoever has its cookies is out too')
    }
  },
  async 'with client_id instead of a hint'(op) {
    const [party, person] = [await leaving(op), await op.somebody()]
    await party.enter(person)
    assert.equal((await person.leave({ client_id: party.id, post_logout_redirect_uri: bye })).location.href, bye)
    assert.equal(await hasSession(party, person), false)
  },
  async 'without an address: out, and nowhere else'(op) {
    const [party, person] = [await leaving(op), await op.somebody()]
    const { body } = await party.enter(person)
    assert.equal((await person.leave({ id_token_hint: body.id_token, state: 'x' })).page, 'done')
    assert.equal(await hasSession(party, person), false)
  },
  async 'addresses that are not registered, hints that are no good: nobody is sent there, or signed out'(op) {
    const [party, person] = [await leaving(op), await op.somebody()]
    const { body } = await party.enter(person)
    for (const post_logout_redirect_uri of [`${bye}/`, `${bye}?x=1`, 'https://evil.example/', callback]) assert.equal((await person.leave({ id_token_hint: body.id_token, post_logout_redirect_uri })).page, 'refused')
    assert.equal((await person.leave({ id_token_hint: `${body.id_token.slice(0, -8)}AAAAAAAA`, post_logout_redirect_uri: bye })).page, 'refused')
    assert.equal(await hasSession(party, person), true)
    assert.equal((await person.leave({ post_logout_redirect_uri: bye })).location, undefined, 'whose address is it?')
  },
}

export const back_channel_logout = {
  async 'the app is told, with a token that says who and which session'(op) {
    const heard = []
    const host = createServer(async (request, response) => {
      let text = ''
      for await (const part of request) text += part
      heard.push({ type: request.headers['content-type'], token: new URLSearchParams(text).get('logout_token') })
      response.end()
    }).listen(0, '127.0.0.1')
    await once(host, 'listening')
    try {
      const uri = `http://127.0.0.1:${host.address().port}/told`
      const [party, person] = [await Party.of(op, { backchannel_logout_uri: uri }), await op.somebody()]
      const answer = await party.enter(person)
      const { payload: { sub, sid } } = await party.idToken(answer)
      await person.leave({ id_token_hint: answer.body.id_token })
      for (let i = 0; i < 1200 && !heard.length; ++i) await new Promise(done => setTimeout(done, 50))
      assert.equal(heard.length, 1)
      assert.match(heard[0].type, /^application\/x-www-form-urlencoded/)
      const keys = jose.createLocalJWKSet(await (await op.fetch(party.configuration.jwks_uri)).json())
      const { payload, protectedHeader } = await jose.jwtVerify(heard[0].token, keys, { issuer: op.issuer, audience: party.id, requiredClaims: ['iat', 'jti', 'exp'] })
      assert.equal(protectedHeader.typ, 'logout+jwt')
      assert.deepEqual([payload.sub, payload.sid, payload.nonce], [sub, sid, undefined])
      assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} })
    } finally {
      host.close()
    }
  },
}

const fapi = (op, more = {}) => Party.of(op, { authentication: 'private_key_jwt', pushed: true, bound: true, service: true, ...more })
const serve = (party, holder, { proof, assertion } = {}) => Promise.resolve(proof ?? holder.proof()).then(dpop => party.post('token_endpoint', { grant_type: 'client_credentials' }, { assertion, headers: { dpop } }))

export const fapi2 = {
  async 'the whole way: pushed, signed, bound'(op) {
    const party = await fapi(op)
    const holder = await Holder.of(party)
    const { verifier, parameters } = party.request()
    const { location } = await (await op.somebody()).authorize(await party.push(parameters))
    const answer = await party.change(location.searchParams.get('code'), verifier, {}, { headers: { dpop: await holder.proof() } })
    assert.match(answer.body.token_type, /^dpop$/i, JSON.stringify(answer.body))
    const token = answer.body.access_token
    const good = { htm: 'GET', htu: party.configuration.userinfo_endpoint, ath: hash(token) }
    const ask = async (scheme, dpop) => (await party.op.fetch(party.configuration.userinfo_endpoint, { headers: { authorization: `${scheme} ${token}`, ...(dpop ? { dpop } : {}) } })).status
    assert.equal(await ask('DPoP', await holder.proof(good)), 200)
    assert.ok([400, 401].includes(await ask('Bearer')))
    for (const change of [{ ath: undefined }, { ath: hash('other') }, { htm: 'POST' }, { htu: party.configuration.token_endpoint }]) assert.ok([400, 401].includes(await ask('DPoP', await holder.proof({ ...good, ...change }))))
    assert.ok([400, 401].includes(await ask('DPoP', await holder.proof(good, { key: await keyPair() }))))
  },
  async 'a request that was not pushed'(op) {
    const party = await fapi(op)
    const { parameters } = party.request()
    const answer = await (await op.somebody()).authorize(parameters)
    if (answer.location) isError(answer, parameters, 'invalid_request')
    else stays(answer)
  },
  async 'a pushed request is good once, for its app, and only as it was pushed'(op) {
    const [party, other, person] = [await fapi(op), await fapi(op), await op.somebody()]
    const { parameters } = party.request()
    noCode(await person.authorize({ ...await party.push(parameters), client_id: other.id }))
    const beside = await person.authorize({ ...await party.push(parameters), redirect_uri: 'https://evil.example/', state: 'other' })
    assert.deepEqual([beside.location?.origin, beside.location?.searchParams.get('state')], ['https://app.example.com', parameters.state])
    const reference = await party.push(parameters)
    assert.ok((await person.authorize(reference)).location.searchParams.get('code'))
    noCode(await person.authorize(reference))
    noCode(await person.authorize({ client_id: party.id, request_uri: 'urn:ietf:params:oauth:request_uri:made-up' }))
  },
  async 'what is wrong is said when it is pushed'(op) {
    const party = await fapi(op)
    for (const [change, ...errors] of [[{ redirect_uri: 'https://evil.example/' }, 'invalid_request', 'invalid_redirect_uri'], [{ code_challenge_method: 'plain' }, 'invalid_request'], [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'], [{ response_type: 'token' }, 'unsupported_response_type', 'unauthorized_client'], [{ request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request', 'request_uri_not_supported']]) {
      refused(await party.post('pushed_authorization_request_endpoint', party.request(change).parameters), ...errors)
    }
  },
  async 'assertions that are no good'(op) {
    const party = await fapi(op)
    const holder = await Holder.of(party)
    assert.equal((await serve(party, holder)).status, 200)
    const stranger = await keyPair()
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await party.assertion()).split('.')[1]}.`
    for (const assertion of [await party.assertion({ aud: 'https://evil.example' }), await party.assertion({ iss: 'other' }), await party.assertion({ sub: 'other' }), await party.assertion({ exp: now() - 600 }), await party.assertion({ exp: undefined }), await party.assertion({ nbf: now() + 600 }), await party.assertion({ jti: undefined }), await party.assertion({}, { key: stranger.privateKey }), none]) {
      refused(await serve(party, holder, { assertion }), 'invalid_client', 'invalid_request')
    }
  },
  async 'an assertion is good once'(op) {
    const party = await fapi(op)
    const holder = await Holder.of(party)
    const assertion = await party.assertion()
    assert.equal((await serve(party, holder, { assertion })).status, 200)
    refused(await serve(party, holder, { assertion }), 'invalid_client')
  },
  async 'tokens are not had without a proof, or with one that is no good'(op) {
    const party = await fapi(op)
    const holder = await Holder.of(party)
    refused(await party.post('token_endpoint', { grant_type: 'client_credentials' }), 'invalid_dpop_proof', 'invalid_request', 'invalid_grant')
    const other = await jose.exportJWK((await keyPair()).publicKey)
    for (const proof of [await holder.proof({ htm: 'GET' }), await holder.proof({ htu: 'https://evil.example/token' }), await holder.proof({ htu: undefined }), await holder.proof({ iat: now() - 7200 }), await holder.proof({ iat: undefined }), await holder.proof({ jti: undefined }), await holder.proof({}, { header: { typ: 'JWT' } }), await holder.proof({}, { header: { jwk: undefined } }), await holder.proof({}, { header: { jwk: other } })]) {
      refused(await serve(party, holder, { proof }), 'invalid_dpop_proof')
    }
  },
  async 'a proof is good once'(op) {
    const party = await fapi(op)
    const holder = await Holder.of(party)
    const proof = await holder.proof()
    assert.equal((await serve(party, holder, { proof })).status, 200)
    refused(await serve(party, holder, { proof }), 'invalid_dpop_proof', 'invalid_grant')
  },
  async 'a code for one key is not changed with another'(op) {
    const party = await fapi(op)
    const [one, two] = [await Holder.of(party), await Holder.of(party)]
    const { verifier, parameters } = party.request({ dpop_jkt: await jose.calculateJwkThumbprint(await jose.exportJWK(one.key.publicKey)) })
    const { location } = await (await op.somebody()).authorize(await party.push(parameters))
    refused(await party.change(location.searchParams.get('code'), verifier, {}, { headers: { dpop: await two.proof() } }), 'invalid_grant', 'invalid_dpop_proof')
  },
}

/** Client metadata that every provider takes. */
const metadata = { client_name: 'conformance', redirect_uris: [callback], grant_types: ['authorization_code'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic' }

/** What came back of the registration or configuration endpoint: { status, headers, body }. */
async function ask(op, method, url, token, body) {
  const response = await op.fetch(url, { method, headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) }, body: body ? JSON.stringify(body) : undefined })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} }
}
const configurationOf = async op => (await op.fetch(`${op.issuer}/.well-known/openid-configuration`)).json()
const registerAt = async (op, more = {}, token = op.initialToken) => ask(op, 'POST', (await configurationOf(op)).registration_endpoint, token, { ...metadata, ...more })

/** An app that registered itself: { party, app }. */
async function enrolled(op, more = {}, { key } = {}) {
  const { status, body: app } = await registerAt(op, more)
  assert.equal(status, 201, JSON.stringify(app))
  const party = Object.assign(new Party(), { op, key, configuration: await configurationOf(op), authentication: app.token_endpoint_auth_method, id: app.client_id, secret: app.client_secret })
  return { party, app, manage: (method, body, token = app.registration_access_token) => ask(op, method, app.registration_client_uri, token, body) }
}

export const dynamic = {
  async 'the answer has what the app needs, and lets somebody in'(op) {
    const { status, headers, body } = await registerAt(op)
    assert.equal(status, 201)
    assert.match(headers.get('content-type'), /^application\/json/)
    assert.match(headers.get('cache-control'), /no-store/)
    assert.ok(body.client_id && body.client_secret && body.registration_access_token && body.registration_client_uri.startsWith(op.issuer))
    assert.deepEqual([body.client_secret_expires_at, body.redirect_uris, body.client_name, body.response_types], [0, [callback], 'conformance', ['code']])
    assert.ok(body.client_id_issued_at <= now() + 5)
    assert.equal((await (await enrolled(op)).party.enter(await op.somebody())).status, 200)
  },
  async 'an app that signs, with its keys in the metadata'(op) {
    const key = await keyPair()
    const { party, app } = await enrolled(op, { token_endpoint_auth_method: 'private_key_jwt', jwks: await publicKeys(key) }, { key })
    assert.equal(app.client_secret, undefined)
    assert.equal((await party.enter(await op.somebody())).status, 200)
  },
  async 'an app without a secret, and one that posts it'(op) {
    for (const token_endpoint_auth_method of ['none', 'client_secret_post']) {
      const { party, app } = await enrolled(op, { token_endpoint_auth_method })
      assert.equal(app.token_endpoint_auth_method, token_endpoint_auth_method)
      assert.equal((await party.enter(await op.somebody())).status, 200)
    }
  },
  async 'the ID token is signed as the app asks'(op) {
    for (const alg of ['RS256', 'ES256']) {
      const { party } = await enrolled(op, { id_token_signed_response_alg: alg })
      assert.equal((await party.idToken(await party.enter(await op.somebody()))).protectedHeader.alg, alg)
    }
  },
  async 'metadata that nobody knows is ignored'(op) {
    const { app } = await enrolled(op, { nobody_knows_this: { x: 1 } })
    assert.equal(app.nobody_knows_this, undefined)
  },
  async 'redirect URIs that are no good'(op) {
    for (const redirect_uris of [[], [`${callback}#fragment`], ['not an address'], callback]) refused(await registerAt(op, { redirect_uris }), 'invalid_redirect_uri', 'invalid_client_metadata')
    refused(await registerAt(op, { redirect_uris: [`${callback}#fragment`] }), 'invalid_redirect_uri')
  },
  async 'metadata that is no good'(op) {
    for (const change of [{ subject_type: 'nobody' }, { token_endpoint_auth_method: 'by word of mouth' }, { id_token_signed_response_alg: 'none' }, { application_type: 'desktop' }, { grant_types: ['by word of mouth'] }, { response_types: ['code token'] }, { require_pushed_authorization_requests: 'yes' }]) {
      refused(await registerAt(op, change), 'invalid_client_metadata', 'invalid_redirect_uri')
    }
  },
  async 'nobody registers without an initial access token'(op) {
    for (const token of [undefined, 'guessed']) refused(await registerAt(op, {}, token === undefined ? '' : token), 'invalid_token', 'invalid_request')
    assert.equal((await registerAt(op, {}, 'guessed')).status, 401)
  },
  async 'an app reads its registration'(op) {
    const { app, manage } = await enrolled(op)
    const { status, headers, body } = await manage('GET')
    assert.equal(status, 200)
    assert.match(headers.get('cache-control'), /no-store/)
    for (const member of ['client_id', 'client_name', 'redirect_uris', 'registration_client_uri']) assert.deepEqual(body[member], app[member])
  },
  async 'it replaces it; the address before is no good any more'(op) {
    const { party, app, manage } = await enrolled(op)
    const other = 'https://app.example.com/other'
    const { status, body } = await manage('PUT', { ...metadata, client_id: app.client_id, client_secret: app.client_secret, redirect_uris: [other], client_name: 'renamed' })
    assert.deepEqual([status, body.client_name, body.redirect_uris, body.client_id], [200, 'renamed', [other], app.client_id])
    const person = await op.somebody()
    stays(await person.authorize(party.request().parameters))
    assert.ok((await person.authorize(party.request({ redirect_uri: other }).parameters)).location.searchParams.get('code'))
  },
  async 'a replacement that is no good changes nothing'(op) {
    const { app, manage } = await enrolled(op)
    const wanted = { ...metadata, client_id: app.client_id, client_secret: app.client_secret }
    refused(await manage('PUT', { ...wanted, redirect_uris: [`${callback}#fragment`] }), 'invalid_redirect_uri')
    for (const change of [{ client_id: 'other' }, { client_secret: 'chosen' }, { registration_access_token: app.registration_access_token }, { client_id_issued_at: 1 }]) refused(await manage('PUT', { ...wanted, ...change }), 'invalid_client_metadata', 'invalid_request')
    assert.deepEqual((await manage('GET')).body.redirect_uris, [callback])
  },
  async 'a registration access token is for one app only'(op) {
    const [one, other] = [await enrolled(op), await enrolled(op)]
    for (const token of [other.app.registration_access_token, op.initialToken, 'guessed']) {
      for (const method of ['GET', 'DELETE']) assert.equal((await one.manage(method, undefined, token)).status, 401)
    }
    assert.equal((await one.manage('GET')).status, 200)
  },
  async 'an app that deleted itself is gone'(op) {
    const { party, manage } = await enrolled(op)
    const answer = await party.enter(await op.somebody())
    assert.equal((await party.userInfo(answer.body.access_token)).status, 200)
    assert.equal((await manage('DELETE')).status, 204)
    assert.equal((await manage('GET')).status, 401)
    assert.equal((await party.userInfo(answer.body.access_token)).status, 401)
    stays(await (await op.somebody()).authorize(party.request().parameters))
  },
}
