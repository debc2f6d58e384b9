// Claims that an app asks for one by one (OpenID Connect Core 5.5), who has to come back, and how people signed in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, password, pupilProfile, register, signInAs } from '../support/accounts.mjs'
import { codeOf, setUp } from '../support/authenticator.mjs'
import { solved } from '../support/captcha.mjs'
import { Client } from '../support/client.mjs'
import { agreed, begun, certifiedTeacher, enter, env, issuer, openid, registered, relyingParty } from '../support/oidc.mjs'
import { Passkey } from '../support/passkey.mjs'
import { people } from '../support/people.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const query = location => Object.fromEntries(new URL(location).searchParams)
const acr = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
const ours = ['name', 'role', 'stage', 'school', 'class_name', 'card_number']
const heard = claims => Object.keys(claims).filter(name => ours.includes(name)).toSorted()

test('claims that an app asks for one by one', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const { teacher, grown } = await certifiedTeacher(server, school)
  const app = registered(server, { essential: 'name', voluntary: 'role,school' })
  const config = await relyingParty(server, app)
  const every = { allowed: true, with: ours }
  const asking = (claims, more = {}) => ({ scope: 'openid', claims: JSON.stringify(claims), prompt: 'consent', ...more })
  const info = async tokens => heard(await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub))
  const askWith = async (client, more) => client.post('/api/v1/authorizations', { ...(await begun(config, { scope: 'openid', ...more })).parameters })

  await t.test('each where it was asked for, whatever the scope', async () => {
    const tokens = await enter(config, teacher, asking({ userinfo: { role: null }, id_token: { name: { essential: true }, school: null } }), every)
    assert.deepEqual([heard(tokens.claims()), await info(tokens)], [['name', 'school'], ['role']])
    assert.deepEqual([tokens.claims().name, tokens.claims().school.name], [grown.name, school.name])
  })

  await t.test('beside those of the scope; pushed; and again when tokens are refreshed', async () => {
    for (const pushed of [false, true]) {
      const tokens = await enter(config, teacher, asking({ id_token: { role: null } }, { scope: 'openid profile offline_access', pushed }), every)
      assert.deepEqual([heard(tokens.claims()), await info(tokens)], [['role'], ['name']])
      const fresher = await openid.refreshTokenGrant(config, tokens.refresh_token)
      assert.deepEqual([heard(fresher.claims()), fresher.claims().acr], [['role'], acr])
    }
  })

  await t.test('the page shows all of them; calling one essential does not make it so', async () => {
    const step = await askWith(teacher, asking({ userinfo: { role: { essential: true } }, id_token: { name: null, role: null } }))
    assert.deepEqual(step.claims.map(one => [one.claim, one.essential]), [['name', true], ['role', false]])
  })

  await t.test('what the person left out, what the app is not registered for and what nobody knows stays away', async () => {
    const wanted = { userinfo: { card_number: null, phone_number: null, role: null, name: null, document_number: { essential: true } }, id_token: { card_number: { essential: true }, birthdate: null, role: null, school: null } }
    const tokens = await enter(config, teacher, asking({ ...wanted, nobody_knows: 1 }), { allowed: true, with: ['school', 'card_number', 'class_name'] })
    assert.deepEqual([heard(tokens.claims()), await info(tokens)], [['school'], ['name']])
    assert.ok(!JSON.stringify(tokens.claims()).includes(grown.number))
  })

  await t.test('asking for more than was agreed to asks again where it is essential, and is silent where it is not', async () => {
    const narrow = registered(server, { name: '口算二', essential: 'name,role', voluntary: 'school' })
    const other = await relyingParty(server, narrow)
    await enter(other, teacher, asking({ id_token: { name: null } }))
    const ask = async claims => teacher.post('/api/v1/authorizations', (await begun(other, { scope: 'openid', claims: JSON.stringify(claims) })).parameters)
    assert.equal((await ask({ id_token: { name: null, school: null } })).next, 'leave')
    assert.equal((await ask({ id_token: { name: null, role: null } })).next, 'consent')
  })

  await t.test('a child is not asked, and only what is essential goes out', async () => {
    const [child] = people(1, { seed: 71, from: 2016, to: 2016 })
    const pupil = await register(server.url, child, 'the.pupil')
    assert.equal((await decide(school.teacher, await handIn(pupil, pupilProfile(child, school)))).status, 200)
    const own = await relyingParty(server, registered(server, { organisation: school.id, essential: 'name', voluntary: 'class_name' }))
    const tokens = await enter(own, pupil, asking({ id_token: { name: null, class_name: { essential: true } }, userinfo: { class_name: null } }))
    assert.deepEqual(heard(tokens.claims()), ['name'])
    assert.deepEqual(heard(await openid.fetchUserInfo(own, tokens.access_token, tokens.claims().sub)), [])
  })

  await t.test('what is malformed is said, also when it is pushed', async () => {
    for (const claims of ['nonsense', '[]', '"name"', '{"userinfo":[]}', '{"id_token":"name"}', '{"userinfo":{"name":1}}', '{"userinfo":{"name":{"essential":"yes"}}}', '{"id_token":{"acr":{"values":"x"}}}', '{"userinfo":null}', `${'{"id_token":'.repeat(40)}{}${'}'.repeat(40)}`]) {
      assert.equal(query((await askWith(teacher, { claims })).location).error, 'invalid_request', claims)
      await assert.rejects(begun(config, { claims, pushed: true }), { error: 'invalid_request' })
    }
  })

  await t.test('how people signed in', async () => {
    const tokens = await enter(config, teacher, { acr_values: 'gold silver' })
    assert.deepEqual([tokens.claims().acr, tokens.claims().amr], [acr, ['pwd']])
    assert.deepEqual(config.serverMetadata().acr_values_supported, [acr])
    for (const wish of [{ essential: true, values: ['gold', acr] }, { essential: true }, { values: ['gold'] }, null]) assert.equal((await enter(config, teacher, asking({ id_token: { acr: wish } }))).claims().acr, acr)
    for (const wish of [{ essential: true, value: 'gold' }, { essential: true, values: ['gold', 'silver'] }]) assert.equal(query((await askWith(teacher, asking({ id_token: { acr: wish } }))).location).error, 'unmet_authentication_requirements')
  })

  await t.test('somebody else does not come back for the one who was asked for', async () => {
    const tokens = await enter(config, teacher)
    const { sub } = tokens.claims()
    const other = await signInAs(server.url, 'the.pupil')
    for (const who of [{ claims: JSON.stringify({ id_token: { sub: { value: sub } } }) }, { id_token_hint: tokens.id_token }]) {
      assert.ok(query(await agreed(teacher, (await begun(config, { scope: 'openid', prompt: 'none', ...who })).parameters)).code)
      assert.equal((await askWith(other, who)).next, 'sign_in')
    }
    const someone = { claims: JSON.stringify({ id_token: { sub: { value: 'somebody else' } } }) }
    assert.equal(query((await askWith(teacher, { prompt: 'none', ...someone })).location).error, 'login_required')
    const asked = await askWith(teacher, someone)
    assert.equal(asked.next, 'sign_in')
    const { parameters } = await begun(config, { scope: 'openid', ...someone })
    assert.equal(query((await teacher.post('/api/v1/authorizations', { ...parameters, begun: asked.begun })).location).error, 'login_required', 'once, not for ever')
    assert.equal(query((await askWith(teacher, { ...someone, id_token_hint: tokens.id_token })).location).error, 'invalid_request')
  })

  await t.test('a hint that is no ID token of this app is refused', async () => {
    const elsewhere = await enter(await relyingParty(server, registered(server, { name: '别的' })), teacher)
    for (const id_token_hint of ['x.y.z', elsewhere.id_token]) assert.equal(query((await askWith(teacher, { id_token_hint })).location).error, 'invalid_request')
  })

  await t.test('the user name that the app expects reaches the page', async () => {
    for (const pushed of [false, true]) assert.equal((await askWith(new Client(server.url), { login_hint: 'the.teacher', pushed })).login_hint, 'the.teacher')
    assert.equal((await askWith(new Client(server.url), {})).login_hint, null)
  })

  await t.test('with which factors they signed in', async () => {
    const { secret } = await setUp(teacher)
    const visitor = new Client(server.url)
    const { ticket } = await visitor.post('/api/v1/sessions', { login: 'the.teacher', password, captcha: await solved(visitor), transport: 'token' })
    const { token } = await visitor.post('/api/v1/sessions/second-step', { ticket, code: codeOf(secret, 1) })
    assert.deepEqual((await enter(config, new Client(server.url, token))).claims().amr, ['pwd', 'otp', 'mfa'])
    const key = new Passkey(issuer)
    await teacher.post('/api/v1/me/passkeys', { name: '手机', ...key.create(await teacher.post('/api/v1/me/passkey-offers')) })
    const entered = await visitor.post('/api/v1/sessions/passkey', { passkey: key.answer(await visitor.post('/api/v1/passkey-challenges')), transport: 'token' })
    assert.deepEqual((await enter(config, new Client(server.url, entered.token))).claims().amr, ['pop', 'user', 'mfa'])
  })
})
