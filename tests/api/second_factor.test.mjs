// A code beside the password: an authenticator app, recovery codes, guessing, races, and administrators, who need it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { password, register, signInAs } from '../support/accounts.mjs'
import { codeOf, setUp, stepsPass, wrongCode } from '../support/authenticator.mjs'
import { solved } from '../support/captcha.mjs'
import { Client } from '../support/client.mjs'
import { inDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')
const wrong = '422, input.invalid, code accounts.code_wrong'
const slowDown = '429, accounts.slow_down'
const none = { authenticator_since: null, passkeys: [], recovery_codes: 0, required: false }

test('two-step verification', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const adults = people(9, { seed: 31, from: 1970, to: 1990 })
  let count = 0
  /** A new account with its second factor. */
  const somebody = async () => {
    const client = await register(url, adults[count], `owner.no${++count}`)
    return { client, login: client.user_name, ...(await setUp(client)) }
  }
  const firstStep = async (login, more = {}) => {
    const client = new Client(url)
    return client.post('/api/v1/sessions', { login, password, captcha: await solved(client), transport: 'token', ...more })
  }
  const secondStep = (ticket, code) => new Client(url).call('POST', '/api/v1/sessions/second-step', { ticket, code })
  const bucketsEmpty = () => inDatabase(server, "DELETE FROM rate_limit WHERE bucket LIKE 'code:%'")

  await t.test('is set up with the password and the first code, and signs out elsewhere', async () => {
    const client = await register(url, adults[count], `owner.no${++count}`)
    const other = await signInAs(url, client.user_name)
    assert.deepEqual(await client.get('/api/v1/me/second-factor'), none)
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/authenticator/confirm', { code: '123456' })), '409, accounts.second_factor_not_offered')
    const first = await client.post('/api/v1/me/authenticator')
    const { secret, uri } = await client.post('/api/v1/me/authenticator')
    assert.notEqual(first.secret, secret)
    assert.match(uri, new RegExp(`^otpauth://totp/%E6%95%99%E8%82%B2%E5%8D%A1:${client.user_name}\\?secret=${secret.replaceAll(' ', '')}&issuer=`))
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/authenticator/confirm', { code: codeOf(first.secret) })), wrong)
    assert.equal((await client.get('/api/v1/me')).second_factor, false)
    assert.ok((await firstStep(client.user_name)).token, 'what was only offered is asked of nobody')
    const { codes } = await client.post('/api/v1/me/authenticator/confirm', { code: codeOf(secret).replace(/^.../, ' $& ') })
    assert.equal(new Set(codes).size, 10)
    for (const code of codes) assert.match(code, /^[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$/)
    const view = await client.get('/api/v1/me/second-factor')
    assert.equal(view.recovery_codes, 10)
    assert.ok(view.authenticator_since)
    assert.equal((await client.get('/api/v1/me')).second_factor, true)
    await other.refused(401, 'GET', '/api/v1/me')
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/authenticator')), '409, accounts.second_factor_set_up')
    assert.ok(!server.log().includes(secret.replaceAll(' ', '')) && !server.log().includes(codes[0]), 'neither stands in the log')
  })

  await t.test('a right password opens nothing but the second step', async () => {
    const { client, login, secret, used } = await somebody()
    const answer = await firstStep(login)
    assert.deepEqual(Object.entries(answer).filter(([, value]) => value !== null).map(([name]) => name).toSorted(), ['expires_at', 'ticket', 'ways'])
    assert.deepEqual(answer.ways, ['authenticator'])
    assert.equal((await client.get('/api/v1/me/sign-ins')).items[0].outcome, 'code_missing')
    await new Client(url, answer.ticket).refused(401, 'GET', '/api/v1/me')
    assert.equal(faultOf(await secondStep(answer.ticket, wrongCode(secret))), wrong)
    assert.equal(faultOf(await secondStep(answer.ticket, '')), '422, input.invalid, code required')
    assert.equal(faultOf(await secondStep(answer.ticket.slice(0, -2) + 'AA', codeOf(secret, 1))), '401, accounts.second_step_expired')
    assert.equal(faultOf(await secondStep('', codeOf(secret, 1))), '401, accounts.second_step_expired')
    assert.equal(faultOf(await secondStep(answer.ticket, used)), wrong, 'the code that set it up was used')
    const code = codeOf(secret, 1)
    const { status, body } = await secondStep(answer.ticket, code)
    assert.equal(status, 201)
    const me = await new Client(url, body.token).get('/api/v1/me')
    assert.equal(me.user_name, login)
    assert.equal((await client.get('/api/v1/me/sign-ins')).items[0].outcome, 'signed_in')
    assert.equal(faultOf(await secondStep(answer.ticket, code)), wrong, 'no code is good twice')
  })

  await t.test('a recovery code is good once; new ones end the old ones', async () => {
    const { client, login, codes } = await somebody()
    const { ticket } = await firstStep(login)
    assert.equal((await secondStep(ticket, codes[0].toLowerCase().replaceAll('-', ' '))).status, 201)
    assert.equal(faultOf(await secondStep(ticket, codes[0])), wrong)
    assert.equal((await client.get('/api/v1/me/second-factor')).recovery_codes, 9)
    const renewed = await client.post('/api/v1/me/recovery-codes')
    assert.equal(new Set([...renewed.codes, ...codes]).size, 20)
    assert.equal(faultOf(await secondStep(ticket, codes[1])), wrong)
    assert.equal((await secondStep(ticket, renewed.codes[1])).status, 201)
  })

  await t.test('the same code many times at once opens one session', async () => {
    const { client, login, codes, secret } = await somebody()
    for (const code of [codes[0], codeOf(secret, 1)]) {
      bucketsEmpty()
      const before = (await client.get('/api/v1/sessions')).length
      const tickets = await Promise.all(Array.from({ length: 3 }, () => firstStep(login)))
      const answers = await Promise.all(tickets.flatMap(({ ticket }) => [secondStep(ticket, code), secondStep(ticket, code)]))
      assert.deepEqual(answers.map(one => one.status).toSorted(), [201, 422, 422, 422, 422, 422])
      assert.equal((await client.get('/api/v1/sessions')).length, before + 1)
    }
  })

  await t.test('a device that was known by the password alone is a stranger from then on', async () => {
    const client = await register(url, adults[count], `owner.no${++count}`)
    const { device_token } = await firstStep(client.user_name)
    const { secret } = await setUp(client)
    const { ticket } = await firstStep(client.user_name)
    for (let guess = 0; guess < 6; ++guess) assert.equal(faultOf(await secondStep(ticket, wrongCode(secret))), wrong)
    const { ticket: early } = await firstStep(client.user_name, { device_token })
    assert.equal(faultOf(await secondStep(early, codeOf(secret, 1))), slowDown)
  })

  await t.test('guesses are few, also many at once, and do not keep the owner out', async () => {
    const { login, client, secret } = await somebody()
    stepsPass(server)
    const own = await secondStep((await firstStep(login)).ticket, codeOf(secret))
    const device_token = own.body.device_token
    const { ticket } = await firstStep(login)
    const answers = (await Promise.all(Array.from({ length: 30 }, () => secondStep(ticket, wrongCode(secret))))).map(faultOf)
    assert.equal(answers.filter(one => one === wrong).length, 6)
    assert.equal(answers.filter(one => one === slowDown).length, 24)
    assert.equal(faultOf(await secondStep(ticket, codeOf(secret, 1))), slowDown, 'not even the right one')
    assert.equal(faultOf(await secondStep((await firstStep(login)).ticket, codeOf(secret, 1))), slowDown, 'nor with another ticket')
    const { ticket: known } = await firstStep(login, { device_token })
    assert.equal((await secondStep(known, codeOf(secret, 1))).status, 201)
    assert.ok((await client.get('/api/v1/me')).second_factor)
  })

  await t.test('whoever changes the password ends what the old one had begun', async () => {
    const { client, login, codes } = await somebody()
    const { ticket } = await firstStep(login)
    await client.put('/api/v1/me/password', { current_password: password, new_password: 'four red lanterns' })
    assert.equal(faultOf(await secondStep(ticket, codes[0])), '401, accounts.second_step_expired')
    assert.equal((await client.get('/api/v1/me/second-factor')).recovery_codes, 10)
  })

  await t.test('is removed by its owner, and by the command for those who lost everything', async () => {
    const { client, login, codes } = await somebody()
    const early = await firstStep(login)
    await client.delete('/api/v1/me/authenticator')
    assert.deepEqual(await client.get('/api/v1/me/second-factor'), none)
    assert.equal(faultOf(await client.call('DELETE', '/api/v1/me/authenticator')), '404, accounts.second_factor_unknown')
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/recovery-codes')), '404, accounts.second_factor_unknown')
    assert.equal(faultOf(await secondStep(early.ticket, codes[3])), wrong, 'its recovery codes went with it')
    assert.ok((await firstStep(login)).token)
    await setUp(client)
    const run = name => educard(server.data, ['admin', 'remove-second-factor', name])
    assert.equal(run(login).status, 0)
    assert.match(run(login).out, /nothing was changed/)
    assert.equal(run('nobody.here').status, 1)
    assert.ok((await firstStep(login)).token)
  })
})

test('administrators need it', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_REQUIRE_SECOND_FACTOR: 'true' } })
  const { url } = server
  const school = await smallSchool(server)
  const { one_time_password } = await school.admin.post('/api/v1/appointments', { organisation_id: school.id, role: 'school_admin', user_name: 'head', name: '王五' })
  const first = await signInAs(url, 'head', one_time_password)
  await first.put('/api/v1/me/password', { current_password: one_time_password, new_password: officePassword })
  const head = await signInAs(url, 'head', officePassword)
  const list = `/api/v1/appointments?organisation_id=${school.id}`

  await t.test('before anything else', async () => {
    const me = await head.get('/api/v1/me')
    assert.ok(me.next.includes('second_factor'))
    assert.equal(me.roles[0].role, 'school_admin', 'which office waits for it is shown')
    await head.refused(403, 'GET', list)
    await head.refused(403, 'POST', '/api/v1/appointments', { organisation_id: school.class_id, role: 'class_teacher', user_name: 'somebody.new', name: '王六' })
  })

  await t.test('class teachers do not', async () => {
    assert.ok(!(await school.teacher.get('/api/v1/me')).next.includes('second_factor'))
    await school.teacher.get('/api/v1/reviews')
  })

  await t.test('then the office opens, and it stays on', async () => {
    await setUp(head)
    await head.get(list)
    assert.ok(!(await head.get('/api/v1/me')).next.includes('second_factor'))
    assert.equal((await head.get('/api/v1/me/second-factor')).required, true)
    assert.equal(faultOf(await head.call('DELETE', '/api/v1/me/authenticator')), '409, accounts.second_factor_required')
    const kept = await head.get('/api/v1/me/second-factor')
    assert.ok(kept.authenticator_since && kept.recovery_codes === 10)
  })
})
