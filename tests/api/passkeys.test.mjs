// Passkeys: added, used alone, after the password and as proof; what an attacker may send in their place.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { password, register, signInAs } from '../support/accounts.mjs'
import { codeOf, setUp } from '../support/authenticator.mjs'
import { solved } from '../support/captcha.mjs'
import { Client } from '../support/client.mjs'
import { inDatabase } from '../support/database.mjs'
import { Passkey } from '../support/passkey.mjs'
import { people } from '../support/people.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const origin = 'http://card.example.test:8080'
const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')
const refused = '422, input.invalid, passkey accounts.passkey_refused'
const expired = '422, input.invalid, passkey accounts.passkey_expired'
const unknown = '422, input.invalid, passkey accounts.passkey_unknown'

test('passkeys', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_PUBLIC_URL: origin } })
  const { url } = server
  const adults = people(12, { seed: 57, from: 1970, to: 1990 })
  let count = 0
  const somebody = () => register(url, adults[count], `keeper.no${++count}`)
  const challenge = () => new Client(url).post('/api/v1/passkey-challenges')
  const add = async (client, options) => {
    const key = new Passkey(origin, options)
    const made = await client.post('/api/v1/me/passkeys', { name: '手机', ...key.create(await client.post('/api/v1/me/passkey-offers')) })
    return { key, codes: made.recovery_codes, id: made.passkey.id }
  }
  const enter = (passkey, more = {}) => new Client(url).call('POST', '/api/v1/sessions/passkey', { passkey, transport: 'token', ...more })
  const firstStep = async login => {
    const client = new Client(url)
    return client.post('/api/v1/sessions', { login, password, captcha: await solved(client), transport: 'token' })
  }
  const secondStep = (ticket, more) => new Client(url).call('POST', '/api/v1/sessions/second-step', { ticket, ...more })

  await t.test('of each kind of key are added, listed and sign in alone', async () => {
    const client = await somebody()
    const other = await signInAs(url, client.user_name)
    const offer = await client.post('/api/v1/me/passkey-offers')
    assert.equal(offer.party, 'card.example.test')
    assert.equal(offer.user_name, client.user_name)
    assert.deepEqual(offer.algorithms, [-7, -8, -257])
    const keys = []
    for (const algorithm of [-7, -8, -257]) keys.push(await add(client, { algorithm, count: algorithm === -8 ? 7 : 0 }))
    assert.deepEqual(keys.map(one => one.codes.length), [10, 0, 0], 'recovery codes come with the first')
    await other.refused(401, 'GET', '/api/v1/me')
    const { passkeys, recovery_codes, authenticator_since } = await client.get('/api/v1/me/second-factor')
    assert.deepEqual(passkeys.map(one => one.id), keys.map(one => one.id))
    assert.deepEqual([recovery_codes, authenticator_since, passkeys[0].last_used_at], [10, null, null])
    assert.deepEqual((await client.post('/api/v1/me/passkey-offers')).present, keys.map(one => one.key.id.toString('base64url')))
    for (const { key } of keys) {
      const { status, body } = await enter(key.answer(await challenge()))
      assert.equal(status, 201, JSON.stringify(body))
      assert.equal((await new Client(url, body.token).get('/api/v1/me')).user_name, client.user_name)
    }
    assert.equal((await client.get('/api/v1/me/sign-ins')).items[0].outcome, 'signed_in')
    assert.ok((await client.get('/api/v1/me/second-factor')).passkeys.every(one => one.last_used_at))
  })

  await t.test('an answer is good once, also many times at once, and only for a challenge of ours that has not run out', async () => {
    const client = await somebody()
    const { key } = await add(client)
    const answer = key.answer(await challenge())
    const before = (await client.get('/api/v1/sessions')).length
    const answers = await Promise.all(Array.from({ length: 8 }, () => enter(answer)))
    assert.deepEqual(answers.map(one => one.status).toSorted(), [201, ...Array(7).fill(422)])
    assert.equal(faultOf(answers.find(one => one.status === 422)), expired)
    assert.equal((await client.get('/api/v1/sessions')).length, before + 1)
    assert.equal(faultOf(await enter(key.answer({ challenge: 'AAAA', party: 'card.example.test' }))), expired)
    assert.equal(faultOf(await enter(key.answer(await client.post('/api/v1/me/passkey-offers')))), expired, 'an offer is no challenge')
    const late = await challenge()
    assert.ok(Date.parse(late.expires_at) - Date.now() <= 300_000)
  })

  await t.test('whatever an answer gets wrong, nobody gets in', async () => {
    const client = await somebody()
    const { key } = await add(client)
    const stranger = new Passkey(origin)
    const wrong = {
      'another site': { client: { origin: 'https://card.example.test.evil.test' } },
      'inside another site': { client: { crossOrigin: true } },
      'made for creating': { client: { type: 'webauthn.create' } },
      'another relying party': { other: 'evil.test' },
      'nobody there': { flags: 0x04 },
      'not verified': { flags: 0x01 },
      'another key': { by: stranger.privateKey },
      'another user': { handle: 'AAAA' },
    }
    for (const [name, how] of Object.entries(wrong)) assert.equal(faultOf(await enter(key.answer(await challenge(), how))), refused, name)
    assert.equal(faultOf(await enter(stranger.answer(await challenge()))), unknown)
    const good = key.answer(await challenge())
    assert.equal(faultOf(await enter({ ...good, signature: '' })), '422, input.invalid, signature required')
    assert.equal(faultOf(await enter({ ...good, authenticator_data: '***' })), '422, input.invalid, authenticator_data value')
    for (const cut of [1, 20, 36]) assert.equal(faultOf(await enter({ ...good, authenticator_data: Buffer.alloc(cut).toString('base64url') })), refused)
    assert.equal(faultOf(await enter({ ...good, client_data: Buffer.from('[]').toString('base64url') })), refused)
    assert.equal(faultOf(await enter({ ...good, client_data: Buffer.from('{').toString('base64url') })), refused)
    assert.equal((await enter(good)).status, 201, 'and the honest one is still good')
  })

  await t.test('whatever a new one gets wrong, it is not added', async () => {
    const client = await somebody()
    const offered = () => client.post('/api/v1/me/passkey-offers')
    const tried = async (how, key = new Passkey(origin)) => faultOf(await client.call('POST', '/api/v1/me/passkeys', { name: '手机', ...key.create(await offered(), how) }))
    const wrong = {
      'another site': { client: { origin: 'http://localhost:8080' } },
      'made for signing in': { client: { type: 'webauthn.get' } },
      'another relying party': { party: 'evil.test' },
      'nobody there': { flags: 0x44 },
      'not verified': { flags: 0x41 },
      'no credential': { flags: 0x05 },
      'octets after it': { tail: Buffer.alloc(3) },
      'a secret key': { key: [[1, 4], [3, 5], [-1, Buffer.alloc(32)]] },
      'a point that is on no curve': { key: [[1, 2], [3, -7], [-1, 1], [-2, Buffer.alloc(32, 1)], [-3, Buffer.alloc(32, 1)]] },
    }
    for (const [name, how] of Object.entries(wrong)) assert.equal(await tried(how), refused, name)
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/passkeys', { name: ' ', client_data: 'e30', attestation: 'oA' })), '422, input.invalid, name required')
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/passkeys', { name: '手机', client_data: 'e30', attestation: '' })), '422, input.invalid, attestation required')
    const other = await somebody()
    const key = new Passkey(origin)
    const elsewhere = key.create(await other.post('/api/v1/me/passkey-offers'))
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/passkeys', { name: '手机', ...elsewhere })), expired, 'an offer to somebody else')
    assert.equal((await client.get('/api/v1/me')).second_factor, false)
    await other.post('/api/v1/me/passkeys', { name: '手机', ...elsewhere })
    const { id } = key
    assert.equal(await tried({}, new Passkey(origin, { id })), '422, input.invalid, passkey accounts.passkey_present')
    for (let made = 0; made < 20; ++made) await add(client)
    assert.equal(await tried({}), '422, input.invalid, passkey too_many')
  })

  await t.test('a counter that went back is a copy of the key', async () => {
    const client = await somebody()
    const { key } = await add(client, { count: 5 })
    assert.equal((await enter(key.answer(await challenge()))).status, 201)
    key.count = 3
    assert.equal(faultOf(await enter(key.answer(await challenge()))), refused)
  })

  await t.test('one stands for the code after the password, which alone opens nothing', async () => {
    const client = await somebody()
    const { key, codes } = await add(client)
    const { key: others } = await add(await somebody())
    const first = await firstStep(client.user_name)
    assert.deepEqual([first.ways, first.token], [['passkey'], null])
    assert.equal(faultOf(await secondStep(first.ticket, {})), '422, input.invalid, code required')
    assert.equal(faultOf(await secondStep(first.ticket, { passkey: others.answer(await challenge()) })), unknown)
    assert.equal((await secondStep(first.ticket, { passkey: key.answer(await challenge()) })).status, 201)
    assert.equal((await secondStep((await firstStep(client.user_name)).ticket, { code: codes[0] })).status, 201)
    const { secret, codes: none } = await setUp(client)
    assert.deepEqual(none, [], 'the recovery codes that there are stay good')
    const both = await firstStep(client.user_name)
    assert.deepEqual(both.ways, ['authenticator', 'passkey'])
    assert.equal((await secondStep(both.ticket, { code: codeOf(secret, 1) })).status, 201)
    assert.equal((await secondStep(both.ticket, { code: codes[1] })).status, 201)
  })

  await t.test('a known device stays known; a device token of somebody else makes none', async () => {
    const client = await somebody()
    const { key } = await add(client)
    const { body: first } = await enter(key.answer(await challenge()))
    const { body: again } = await enter(key.answer(await challenge()), { device_token: first.device_token })
    assert.equal(again.device_token, first.device_token)
    const { key: other } = await add(await somebody())
    const { body: theirs } = await enter(other.answer(await challenge()), { device_token: first.device_token })
    assert.notEqual(theirs.device_token, first.device_token)
  })

  await t.test('removed ones sign nobody in, and the last takes the second step with it', async () => {
    const client = await somebody()
    const { key, id, codes } = await add(client)
    const { id: second } = await add(client)
    await client.delete(`/api/v1/me/passkeys/${id}`)
    assert.equal(faultOf(await enter(key.answer(await challenge()))), unknown)
    assert.equal(faultOf(await client.call('DELETE', `/api/v1/me/passkeys/${id}`)), '404, accounts.second_factor_unknown')
    await (await somebody()).refused(404, 'DELETE', `/api/v1/me/passkeys/${second}`)
    const { ticket } = await firstStep(client.user_name)
    await client.delete(`/api/v1/me/passkeys/${second}`)
    assert.equal((await secondStep(ticket, { code: codes[0] })).status, 422)
    assert.ok((await firstStep(client.user_name)).token)
    await add(client)
    assert.equal(educard(server.data, ['admin', 'remove-second-factor', client.user_name]).status, 0)
    assert.ok((await firstStep(client.user_name)).token)
  })
})

test('before a dangerous act people show again that it is them', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_PUBLIC_URL: origin } })
  const { url } = server
  const school = await smallSchool(server)
  const { admin } = school
  const timePasses = () => inDatabase(server, 'UPDATE session SET proved_at = proved_at - 900000000')
  const wanted = '403, http.proof_required'
  const office = { organisation_id: school.class_id, role: 'class_teacher', user_name: 'another.teacher', name: '王六' }

  await t.test('by the password, for a quarter of an hour', async () => {
    timePasses()
    assert.equal(faultOf(await admin.call('POST', '/api/v1/appointments', office)), wanted)
    await admin.get('/api/v1/me')
    assert.equal(faultOf(await admin.call('PUT', '/api/v1/me/proof', { password: 'not this one' })), '422, input.invalid, password accounts.password_wrong')
    assert.equal(faultOf(await admin.call('PUT', '/api/v1/me/proof', {})), '422, input.invalid, password required')
    assert.equal(faultOf(await admin.call('POST', '/api/v1/appointments', office)), wanted)
    await admin.put('/api/v1/me/proof', { password: officePassword })
    const [teacher] = (await admin.get(`/api/v1/appointments?organisation_id=${school.class_id}`)).items
    await admin.delete(`/api/v1/appointments/${teacher.id}`)
    await admin.post('/api/v1/appointments', office)
    timePasses()
    assert.equal(faultOf(await admin.call('POST', '/api/v1/appointments', office)), wanted)
    await admin.put('/api/v1/me/proof', { password: officePassword })
    assert.equal(faultOf(await admin.call('POST', '/api/v1/appointments', office)), '422, input.invalid, user_name accounts.user_name_taken')
  })

  await t.test('of that session only, and guesses at the password are few', async () => {
    const other = await signInAs(url, 'province', officePassword)
    timePasses()
    await other.put('/api/v1/me/proof', { password: officePassword })
    assert.equal(faultOf(await admin.call('POST', '/api/v1/appointments', office)), wanted)
    const answers = (await Promise.all(Array.from({ length: 20 }, () => admin.call('PUT', '/api/v1/me/proof', { password: 'not this one' })))).map(faultOf)
    assert.ok(answers.filter(one => one.startsWith('429')).length >= 10, answers.join('\n'))
  })

  await t.test('by code or passkey where there is a second factor, and not by the password', async () => {
    const [person] = people(1, { seed: 61, from: 1975, to: 1980 })
    const client = await register(url, person, 'strong.one')
    timePasses()
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/authenticator')), wanted)
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/passkey-offers')), wanted)
    await client.put('/api/v1/me/proof', { password })
    const key = new Passkey(origin)
    const { recovery_codes: codes } = await client.post('/api/v1/me/passkeys', { name: '手机', ...key.create(await client.post('/api/v1/me/passkey-offers')) })
    timePasses()
    for (const [method, path] of [['POST', '/api/v1/me/recovery-codes'], ['DELETE', '/api/v1/me/passkeys/1'], ['DELETE', '/api/v1/me/authenticator'], ['POST', '/api/v1/me/passkeys']]) {
      assert.equal(faultOf(await client.call(method, path, method === 'POST' && path.endsWith('passkeys') ? { name: 'x', client_data: 'e30', attestation: 'oA' } : undefined)), wanted, path)
    }
    assert.equal(faultOf(await client.call('PUT', '/api/v1/me/proof', { password })), '422, input.invalid, code required')
    await client.put('/api/v1/me/proof', { code: codes[0] })
    await client.post('/api/v1/me/passkey-offers')
    timePasses()
    const challenge = () => client.post('/api/v1/passkey-challenges')
    assert.equal(faultOf(await client.call('PUT', '/api/v1/me/proof', { passkey: key.answer(await challenge(), { flags: 0x01 }) })), refused)
    await client.put('/api/v1/me/proof', { passkey: key.answer(await challenge()) })
    await client.post('/api/v1/me/recovery-codes')
  })
})

test('a site without a name has no passkeys', { timeout: 60_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_PUBLIC_URL: 'http://192.0.2.7:8080' } })
  assert.equal(faultOf(await new Client(server.url).call('POST', '/api/v1/passkey-challenges')), '409, accounts.passkeys_need_a_name')
})
