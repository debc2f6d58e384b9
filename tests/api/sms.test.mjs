// Short messages: a telephone that is shown to be one's own, a password that is reset by it, and the gateways, Kannel among them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { password, register } from '../support/accounts.mjs'
import { setUp } from '../support/authenticator.mjs'
import { solved } from '../support/captcha.mjs'
import { Client, eventually } from '../support/client.mjs'
import { inDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { freePort } from '../support/ports.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'
import { gateway, kannel } from '../support/sms.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')
const failed = '422, input.invalid, code accounts.recovery_failed'
const wrongCode = '422, input.invalid, code accounts.phone_code_wrong'
const renewed = 'four red lanterns'
const other = code => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
const states = server => inDatabase(server, 'SELECT state FROM sms_message ORDER BY id').trim().split('\n')

test('telephones', { timeout: 240_000 }, async t => {
  const sent = await gateway(t)
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_SMS_GATEWAY: sent.url } })
  const { url } = server
  const drawn = people(12, { seed: 101, from: 1970, to: 1990 })
  const number = count => `138000001${String(count).padStart(2, '0')}`
  let count = 0
  /** An account with a telephone that is its own, and the number of its document. */
  const somebody = async ({ verified = true } = {}) => {
    const person = drawn[count]
    const phone = number(++count)
    const client = await register(url, person, `caller.no${count}`)
    await client.patch('/api/v1/me', { phone })
    const owner = { client, phone, login: client.user_name, document: person.number }
    if (verified) {
      await client.post('/api/v1/me/phone-codes')
      await client.post('/api/v1/me/phone-codes/confirm', { code: await sent.code(phone) })
    }
    return owner
  }
  const begin = async login => {
    const visitor = new Client(url)
    return visitor.post('/api/v1/sms-recoveries', { login, captcha: await solved(visitor) })
  }
  const finish = (ticket, code, document, secret = renewed) => new Client(url).call('POST', '/api/v1/sms-recoveries/confirm', { ticket, code, number: document, new_password: secret })
  const enter = async (login, secret) => {
    const visitor = new Client(url)
    return visitor.call('POST', '/api/v1/sessions', { login, password: secret, captcha: await solved(visitor), transport: 'token' })
  }
  const nothingFor = async phone => {
    const before = sent.messages.filter(one => one.to === phone).length
    await new Promise(done => setTimeout(done, 2500))
    assert.equal(sent.messages.filter(one => one.to === phone).length, before)
  }
  const waitIsOver = () => inDatabase(server, 'UPDATE pending_recovery SET ready_at = ready_at - 90000000000')
  const bucketsEmpty = () => inDatabase(server, "DELETE FROM rate_limit WHERE bucket LIKE 'sms:%'")

  await t.test('one is shown to be the owner’s by a code, which is good once and for that number', async () => {
    const { client, phone } = await somebody({ verified: false })
    assert.equal((await client.get('/api/v1/me')).phone_verified, false)
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/phone-codes/confirm', { code: '123456' })), wrongCode)
    await client.post('/api/v1/me/phone-codes')
    const code = await sent.code(phone)
    assert.match(sent.messages.at(-1).text, /^【教育卡】手机号验证码：\d{6}，5 分钟内有效。请勿告诉他人。$/)
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/phone-codes/confirm', { code: other(code) })), wrongCode)
    assert.equal((await client.post('/api/v1/me/phone-codes/confirm', { code: ` ${code} ` })).phone_verified, true)
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/phone-codes/confirm', { code })), wrongCode)
    assert.equal((await client.get('/api/v1/me/events')).items[0].kind, 'phone_verified')
    await client.post('/api/v1/me/phone-codes')
    const late = await sent.code(phone, 1)
    await client.patch('/api/v1/me', { phone: '13900000001' })
    assert.equal((await client.get('/api/v1/me')).phone_verified, false, 'another number is nobody’s yet')
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/phone-codes/confirm', { code: late })), wrongCode)
    await client.patch('/api/v1/me', { phone: '' })
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/phone-codes')), '409, accounts.phone_missing')
    assert.ok(!server.log().includes(code) && !server.log().includes(phone))
  })

  await t.test('few messages go to one number, and few tries at one code, also many at once', async () => {
    const { client, phone } = await somebody({ verified: false })
    await client.post('/api/v1/me/phone-codes')
    const code = await sent.code(phone)
    const answers = await Promise.all(Array.from({ length: 12 }, () => client.call('POST', '/api/v1/me/phone-codes/confirm', { code: other(code) })))
    assert.ok(answers.every(one => faultOf(one) === wrongCode))
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/phone-codes/confirm', { code })), wrongCode, 'not even the right one')
    const more = await Promise.all(Array.from({ length: 8 }, () => client.call('POST', '/api/v1/me/phone-codes')))
    assert.deepEqual(more.map(one => one.status).toSorted(), [204, 204, 204, 204, 429, 429, 429, 429])
    const tries = await eventually(() => sent.messages.filter(one => one.to === phone).length === 5 && true)
    assert.ok(tries)
  })

  await t.test('a lost password: code and document, a day of waiting, and everything old is gone', async () => {
    const { client, phone, login, document } = await somebody()
    const { ticket } = await begin(login)
    const code = await sent.code(phone, 1)
    assert.equal(faultOf(await finish(ticket, code, drawn[11].number)), failed, 'the code alone')
    assert.equal(faultOf(await finish(ticket, other(code), document)), failed, 'the document alone')
    assert.equal(faultOf(await finish(ticket, code, document, '123')), '422, input.invalid, new_password accounts.password_too_short')
    assert.equal(faultOf(await finish(ticket, '', '')), '422, input.invalid, code required, number required')
    const { status, body } = await finish(ticket, code, document.toLowerCase())
    assert.equal(status, 200, JSON.stringify(body))
    assert.ok(Math.abs(Date.parse(body.ready_at) - Date.now() - 86_400_000) < 60_000)
    assert.equal(faultOf(await finish(ticket, code, document)), failed, 'once')
    assert.match((await eventually(() => sent.messages.filter(one => one.to === phone)[2])).text, /24 小时后生效/)
    assert.equal((await client.get('/api/v1/me/events/unseen'))[0].kind, 'recovery_begun')
    assert.equal((await enter(login, renewed)).status, 401, 'not yet')
    assert.equal((await enter(login, password)).status, 201, 'the old one is good until then')
    waitIsOver()
    assert.equal((await enter(login, password)).status, 401)
    await client.refused(401, 'GET', '/api/v1/me')
    const entered = await enter(login, renewed)
    assert.equal(entered.status, 201)
    const events = (await new Client(url, entered.body.token).get('/api/v1/me/events')).items.map(one => one.kind)
    assert.ok(events.includes('recovered') && events.includes('recovery_begun'))
  })

  await t.test('the owner stops it, or does so by changing the password', async () => {
    const { client, phone, login, document } = await somebody()
    const reset = async seen => {
      const { ticket } = await begin(login)
      assert.equal((await finish(ticket, await sent.code(phone, seen), document)).status, 200)
    }
    await reset(1)
    await client.delete('/api/v1/me/recovery')
    assert.equal(faultOf(await client.call('DELETE', '/api/v1/me/recovery')), '404, accounts.no_recovery')
    await reset(3)
    bucketsEmpty()
    await client.put('/api/v1/me/password', { current_password: password, new_password: 'six green ponds' })
    waitIsOver()
    assert.equal((await enter(login, renewed)).status, 401)
    assert.equal((await enter(login, 'six green ponds')).status, 201)
  })

  await t.test('a second factor is asked for as before', async () => {
    const { client, phone, login, document } = await somebody()
    await setUp(client)
    const { ticket } = await begin(login)
    await finish(ticket, await sent.code(phone, 1), document)
    waitIsOver()
    const { body } = await enter(login, renewed)
    assert.deepEqual([body.token, body.ways], [null, ['authenticator']])
  })

  await t.test('nobody learns whether there is such an account, and only a shown telephone counts', async () => {
    const unverified = await somebody({ verified: false })
    const answers = await Promise.all([begin('nobody.here'), begin(unverified.login)])
    assert.deepEqual(answers.map(one => Object.keys(one)), [['ticket', 'expires_at'], ['ticket', 'expires_at']])
    await nothingFor(unverified.phone)
    for (const { ticket } of answers) assert.equal(faultOf(await finish(ticket, '123456', unverified.document)), failed)
    assert.equal(faultOf(await finish('AAAA', '123456', '1')), '422, input.invalid, ticket accounts.recovery_expired')
    const visitor = new Client(url)
    assert.equal(faultOf(await visitor.call('POST', '/api/v1/sms-recoveries', { login: 'x', captcha: { id: '1', answer: 'x' } })), '422, input.invalid, captcha.answer accounts.captcha_wrong')
  })

  await t.test('guesses at the code are few, many at once too, whoever makes them', async () => {
    const { phone, login, document } = await somebody()
    const { ticket } = await begin(login)
    const code = await sent.code(phone, 1)
    await Promise.all(Array.from({ length: 20 }, () => finish(ticket, other(code), document)))
    assert.equal(faultOf(await finish(ticket, code, document)), failed)
  })

  await t.test('who holds an office is helped in person only', async () => {
    const school = await smallSchool(server)
    const { client, phone, login } = await somebody()
    await school.admin.post('/api/v1/appointments', { organisation_id: school.id, role: 'school_admin', user_name: login })
    await begin(login)
    await nothingFor(phone)
    assert.ok((await client.get('/api/v1/me')).roles.length)
  })

  await t.test('a gateway that is down is asked again, one that refuses is not; late messages are not sent', async () => {
    const { client, phone } = await somebody({ verified: false })
    sent.answer = 503
    await client.post('/api/v1/me/phone-codes')
    await new Promise(done => setTimeout(done, 2000))
    assert.equal(states(server).at(-1), 'waiting')
    sent.answer = 202
    await sent.code(phone)
    assert.equal(await eventually(() => states(server).at(-1) === 'accepted' && 'accepted'), 'accepted')
    sent.answer = 400
    await client.post('/api/v1/me/phone-codes')
    assert.ok(await eventually(() => states(server).at(-1) === 'failed'))
    sent.answer = 503
    await client.post('/api/v1/me/phone-codes')
    inDatabase(server, "UPDATE sms_message SET expires_at = created_at WHERE state = 'waiting'")
    assert.ok(await eventually(() => states(server).at(-1) === 'expired'))
    sent.answer = 202
  })

  await t.test('reports are believed of who was told the key', async () => {
    const { client, phone } = await somebody({ verified: false })
    await client.post('/api/v1/me/phone-codes')
    await sent.code(phone)
    assert.ok(await eventually(() => states(server).at(-1) === 'accepted'))
    const report = new URL(sent.messages.at(-1).report)
    const tell = (status, key = report.searchParams.get('key')) => new Client(url).call('GET', `${report.pathname}?key=${key}&status=${status}`)
    assert.equal(faultOf(await tell(1, 'AAAA')), '404, sms.report_unknown')
    assert.equal((await tell(4)).status, 204)
    assert.equal(states(server).at(-1), 'accepted')
    assert.equal((await tell(2)).status, 204)
    assert.equal(states(server).at(-1), 'failed')
    assert.equal((await tell(1)).status, 204)
    assert.equal(states(server).at(-1), 'failed', 'what is final stays')
  })
})

test('Kannel carries a code to the telephone and tells that it got there', { timeout: 120_000 }, async t => {
  const carrier = await kannel(t)
  const port = await freePort()
  const server = await fresh(t, { port, env: { EDUCARD_PUBLIC_URL: `http://127.0.0.1:${port}`, EDUCARD_SMS_GATEWAY: carrier.url } })
  const [person] = people(1, { seed: 111, from: 1980, to: 1985 })
  const client = await register(server.url, person, 'kannel.user')
  await client.patch('/api/v1/me', { phone: '13812345678' })
  await client.post('/api/v1/me/phone-codes')
  const [message] = await eventually(() => carrier.received().length && carrier.received())
  assert.equal(message.to, '13812345678')
  assert.match(message.text, /^【教育卡】手机号验证码：\d{6}，/)
  assert.equal((await client.post('/api/v1/me/phone-codes/confirm', { code: /\d{6}/.exec(message.text)[0] })).phone_verified, true)
  assert.ok(await eventually(() => states(server)[0] === 'delivered'), states(server).join())
})

test('an installation without a gateway says so', { timeout: 60_000 }, async t => {
  const server = await fresh(t)
  const [person] = people(1, { seed: 113, from: 1980, to: 1985 })
  const client = await register(server.url, person, 'no.gateway')
  await client.patch('/api/v1/me', { phone: '13812345678' })
  assert.equal(faultOf(await client.call('POST', '/api/v1/me/phone-codes')), '409, sms.unavailable')
  assert.equal(faultOf(await client.call('POST', '/api/v1/sms-recoveries', { login: 'x', captcha: { id: '1', answer: 'x' } })), '409, sms.unavailable')
})
