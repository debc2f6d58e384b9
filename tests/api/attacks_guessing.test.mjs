// Finding out who has an account, by answers or by time, and guessing codes, many at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { password, register, signInAs } from '../support/accounts.mjs'
import { codeOf, setUp, stepsPass, wrongCode } from '../support/authenticator.mjs'
import { solved } from '../support/captcha.mjs'
import { Client, whileBusy } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { begun, certifiedTeacher, env, registered, relyingParty } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { plain } from '../support/raw.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'
import { gateway } from '../support/sms.mjs'

const json = { 'content-type': 'application/json' }
const renewed = 'four red lanterns'
const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')
const other = (code, by = 1) => String((Number(code) + by) % 1_000_000).padStart(6, '0')
/** So many at once; who is told that the server is busy asks again. */
const times = (count, make) => Promise.all(Array.from({ length: count }, (_, at) => whileBusy(() => make(at))))
const bucketsEmpty = server => inDatabase(server, 'DELETE FROM rate_limit')

/** All that an answer tells, but for what is another one each time; `varies`: members whose values do, too. */
function told({ status, headers, body }, varies = []) {
  const { date, 'x-request-id': _, ...rest } = headers
  return JSON.stringify([status, rest, body], (key, value) => (key === 'request_id' || varies.includes(key) ? typeof value : value))
}

test('nobody learns by an answer who has an account', { timeout: 240_000 }, async t => {
  const sent = await gateway(t)
  const server = await fresh(t, { env: { ...env, EDUCARD_SMS_GATEWAY: sent.url } })
  const { url } = server
  const school = await smallSchool(server)
  const { teacher, grown } = await certifiedTeacher(server, school)
  const { card_number: card } = await teacher.get('/api/v1/card')
  const [one, two, three] = people(3, { seed: 151, from: 1970, to: 1990 })
  const factored = await register(url, one, 'has.factor')
  await setUp(factored)
  const called = await register(url, two, 'has.phone')
  await called.patch('/api/v1/me', { phone: '13800000199' })
  await called.post('/api/v1/me/phone-codes')
  await called.post('/api/v1/me/phone-codes/confirm', { code: await sent.code('13800000199') })
  await register(url, three, 'has.nothing')
  const { one_time_password: oneTime } = await school.admin.post('/api/v1/appointments', { organisation_id: school.class_id, role: 'class_teacher', user_name: 'one.time', name: '王六', replace: true })
  assert.ok(oneTime)
  inDatabase(server, "UPDATE account SET password_expires_at = password_expires_at - 900000000000 WHERE user_name = 'one.time'")
  const known = ['has.nothing', 'HAS.NOTHING', 'has.factor', 'has.phone', 'one.time', 'province', 'the.teacher', card]
  const unknown = ['nobody.here', 'NOBODY.HERE', 'no.factor', '3200000000000001', '9999999999999999', '320106199001011234', '13800000199', '王小明', "x' OR '1'='1", 'nobody@here', '\u0430dmin']
  const captcha = () => solved(new Client(url))

  async function assertAlike(what, ask, names = [...known, ...unknown], varies = []) {
    const answers = {}
    for (const name of names) {
      bucketsEmpty(server)
      answers[name] = told(await ask(name), varies)
    }
    for (const [name, answer] of Object.entries(answers)) assert.equal(answer, answers[names[0]], `${what}: ${name}`)
    return JSON.parse(Object.values(answers)[0])
  }
  const post = (path, body, headers = {}) => plain(url, 'POST', path, { ...json, ...headers }, JSON.stringify(body))

  await t.test('signing in with a wrong password', async () => {
    for (const transport of ['token', 'cookie']) {
      const [status, , body] = await assertAlike(transport, async login => post('/api/v1/sessions', { login, password: 'not this one, sorry', captcha: await captcha(), transport }))
      assert.deepEqual([status, body.code], [401, 'accounts.sign_in_failed'])
    }
  })

  await t.test('nor once it is slowed, with a wrong captcha, or with a form that is wrong', async () => {
    for (const name of ['has.nothing', 'nobody.here']) for (let i = 0; i < 9; ++i) await post('/api/v1/sessions', { login: name, password: 'not this one, sorry', captcha: await captcha(), transport: 'token' })
    const slowed = []
    for (const login of ['has.nothing', 'nobody.here']) slowed.push(told(await post('/api/v1/sessions', { login, password: 'not this one, sorry', captcha: await captcha(), transport: 'token' })))
    assert.equal(slowed[0], slowed[1])
    assert.match(slowed[0], /stronger_captcha/)
    await assertAlike('captcha', async login => post('/api/v1/sessions', { login, password, captcha: { id: '1', answer: 'x' }, transport: 'token' }))
    await assertAlike('form', async login => post('/api/v1/sessions', { login, password: '', captcha: { id: '1', answer: 'x' }, transport: 'token' }))
  })

  await t.test('recovery by SMS: the answer, the wrong code, the code that was never sent', async () => {
    const ways = [...known, ...unknown]
    const [status] = await assertAlike('begin', async login => post('/api/v1/sms-recoveries', { login, captcha: await captcha() }), ways, ['ticket', 'expires_at', 'content-length']) // a ticket is as long as the name that was typed
    assert.equal(status, 202)
    const tickets = {}
    for (const login of ['has.phone', 'has.other']) tickets[login] = (await post('/api/v1/sms-recoveries', { login, captcha: await captcha() })).body.ticket
    await sent.code('13800000199', 1)
    assert.equal(tickets['has.phone'].length, tickets['has.other'].length)
    for (const number of [two.number, one.number, 'x']) {
      const [failed] = await assertAlike(`confirm ${number === two.number}`, login => post('/api/v1/sms-recoveries/confirm', { ticket: tickets[login], code: '000001', number, new_password: renewed }), Object.keys(tickets))
      assert.equal(failed, 422)
    }
  })

  await t.test('registration with the number of somebody who is there: the same, but for the user name', async () => {
    let at = 0
    const [status] = await assertAlike('number', async number => post('/api/v1/accounts', { document: { kind: 'resident_id', number }, name: three.name, user_name: `new.name${++at}`, password, captcha: await captcha(), transport: 'cookie' }), [grown.number, one.number, people(1, { seed: 159, from: 1985, to: 1985 })[0].number], ['account_id', 'session_id', 'device_token', 'expires_at', 'user_name', 'set-cookie', 'document_number', 'birth_date'])
    assert.equal(status, 201)
  })

  await t.test('a user name that is taken is told only for a captcha, and nothing else about it', async () => {
    const ask = async (user_name, answered) => post('/api/v1/accounts', { document: { kind: 'resident_id', number: people(1, { seed: 158, from: 1985, to: 1985 })[0].number }, name: three.name, user_name, password, captcha: answered, transport: 'token' })
    await assertAlike('no captcha', name => ask(name, { id: '1', answer: 'x' }), ['has.nothing', 'province', 'nobody.there'])
    await assertAlike('taken', async name => ask(name, await captcha()), ['has.nothing', 'has.factor', 'province', 'the.teacher'])
  })

  await t.test('a helper finds nobody outside their office: there, elsewhere or nowhere', async () => {
    const { parent_id: county } = await school.admin.get(`/api/v1/organisations/${school.id}`)
    const head = await officer(url, school.admin, school.id, 'school_admin', 'the.head', '周校长')
    await officer(url, school.admin, county, 'county_admin', 'above.them', '县管理员')
    const [status] = await assertAlike('user name', name => plain(url, 'POST', '/api/v1/recoveries', { ...json, authorization: `Bearer ${head.token}` }, JSON.stringify({ user_name: name })), ['has.nothing', 'above.them', 'has.factor', 'nobody.here', 'the.teacher', "x'"])
    assert.equal(status, 404)
    await assertAlike('nobody asks', name => post('/api/v1/recoveries', { user_name: name }), ['has.nothing', 'nobody.here'])
  })

  await t.test('an app that names somebody, a device, a passkey', async () => {
    const { parameters } = await begun(await relyingParty(server, registered(server)))
    await assertAlike('login_hint', name => post('/api/v1/authorizations', { ...parameters, login_hint: name }), ['has.nothing', 'nobody.here'], ['begun', 'login_hint'])
    await assertAlike('passkey challenge', () => post('/api/v1/passkey-challenges', {}), ['has.factor', 'nobody.here'], ['challenge', 'expires_at', 'party'])
    await assertAlike('second step', name => post('/api/v1/sessions/second-step', { ticket: name, code: '000000' }), ['has.factor', 'nobody.here'])
  })
})

/** So many samples of each way, in turn, in an order that changes: the seconds that each took. */
async function timed(ways, samples, between = () => {}) {
  const seconds = Object.fromEntries(Object.keys(ways).map(name => [name, []]))
  for (let at = -2; at < samples; ++at) { // two to warm up
    const order = Object.entries(ways)
    if (at % 2) order.reverse()
    between(at)
    for (const [name, prepare] of order) {
      const ask = await prepare(Math.max(at, 0))
      const started = process.hrtime.bigint()
      await ask()
      if (at >= 0) seconds[name].push(Number(process.hrtime.bigint() - started) / 1e9)
    }
  }
  return seconds
}
const quantile = (list, part) => list.toSorted((a, b) => a - b)[Math.floor(list.length * part)]

/**
 * What noise does to a machine, it does to both; a hash that is left out would make one of them many times faster. Noise that hits one of
 * them for long does not come twice.
 */
async function assertSameTime(measure, most = 2) {
  const told = []
  for (let tries = 0; tries < 2; ++tries) {
    const seconds = await measure()
    const [one, two] = Object.keys(seconds)
    const ratios = [0.25, 0.5].map(part => quantile(seconds[one], part) / quantile(seconds[two], part))
    if (ratios.some(ratio => ratio > 1 / most && ratio < most)) return
    told.push(`${one} / ${two}: ${ratios}`)
  }
  assert.fail(told.join('; '))
}

test('nobody learns by the time who has an account', { timeout: 300_000 }, async t => {
  const sent = await gateway(t)
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_SMS_GATEWAY: sent.url } })
  const { url } = server
  const drawn = people(4, { seed: 161, from: 1970, to: 1990 })
  for (const [at, person] of drawn.entries()) await register(url, person, `timed.no${at}`)
  const between = at => at % 3 === 0 && bucketsEmpty(server)
  const client = new Client(url)

  await t.test('the measure sees a hash that is left out', async () => {
    const measure = () => timed({
      hashed: async () => {
        const captcha = await solved(client)
        return () => client.call('POST', '/api/v1/sessions', { login: 'nobody.here', password: 'not this one', captcha, transport: 'token' })
      },
      unhashed: async () => () => client.call('POST', '/api/v1/sessions', { login: 'nobody.here', password: 'not this one', captcha: { id: '1', answer: 'x' }, transport: 'token' }),
    }, 20, between)
    await assert.rejects(assertSameTime(measure), 'a test that cannot fail')
  })

  await t.test('signing in', async () => {
    const way = name => async at => {
      const captcha = await solved(client)
      return async () => assert.equal((await client.call('POST', '/api/v1/sessions', { login: name(at), password: 'not this one', captcha, transport: 'token' })).status, 401)
    }
    await assertSameTime(() => timed({ known: way(at => `timed.no${at % 4}`), unknown: way(at => `nobody.no${at % 4}`) }, 60, between))
  })

  await t.test('beginning a recovery by SMS, and confirming it', async () => {
    const begin = name => async at => {
      const captcha = await solved(client)
      return async () => assert.equal((await client.call('POST', '/api/v1/sms-recoveries', { login: name(at), captcha })).status, 202)
    }
    await assertSameTime(() => timed({ known: begin(at => `timed.no${at % 4}`), unknown: begin(at => `nobody.no${at % 4}`) }, 40, between), 3)
    const tickets = {}
    for (const login of ['timed.no0', 'nobody.no0']) tickets[login] = (await client.post('/api/v1/sms-recoveries', { login, captcha: await solved(client) })).ticket
    const confirm = login => async () => async () => assert.equal((await client.call('POST', '/api/v1/sms-recoveries/confirm', { ticket: tickets[login], code: '000000', number: drawn[0].number, new_password: renewed })).status, 422)
    await assertSameTime(() => timed({ known: confirm('timed.no0'), unknown: confirm('nobody.no0') }, 40, between))
  })

  await t.test('registering with a number that is known', async () => {
    let count = 0
    const [fresh_] = people(1, { seed: 169, from: 1985, to: 1985 })
    const way = person => async () => {
      const captcha = await solved(client)
      return async () => assert.equal((await client.call('POST', '/api/v1/accounts', { document: { kind: 'resident_id', number: person.number }, name: person.name, user_name: `timed.new${++count}`, password, captcha, transport: 'token' })).status, 201)
    }
    await assertSameTime(() => timed({ known: way(drawn[0]), unknown: way(fresh_) }, 30, between))
  })
})

test('codes are guessed by many at once', { timeout: 240_000 }, async t => {
  const sent = await gateway(t)
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_SMS_GATEWAY: sent.url } })
  const { url } = server
  const adults = people(20, { seed: 171, from: 1970, to: 1990 })
  const wrong = '422, input.invalid, code accounts.code_wrong'
  const slowDown = '429, accounts.slow_down'
  let count = 0
  const somebody = () => register(url, adults[count], `guessed.no${++count}`)
  const factored = async () => {
    const client = await somebody()
    return { client, login: client.user_name, ...(await setUp(client)) }
  }
  const firstStep = async login => {
    const visitor = new Client(url)
    return (await visitor.post('/api/v1/sessions', { login, password, captcha: await solved(visitor), transport: 'token' })).ticket
  }
  const secondStep = (ticket, code) => new Client(url).call('POST', '/api/v1/sessions/second-step', { ticket, code })
  const tally = answers => answers.map(faultOf).reduce((sum, fault) => ({ ...sum, [fault]: (sum[fault] ?? 0) + 1 }), {})
  /** Of all answers so many looked at a code at most, and the rest were refused before. */
  const assertFew = (answers, most = 6) => {
    const { [wrong]: looked, [slowDown]: refused, ...rest } = tally(answers)
    assert.deepEqual(rest, {})
    assert.ok(looked > 0 && looked <= most && looked + refused === answers.length, JSON.stringify(tally(answers)))
  }
  const recoveryCode = at => `AAAA-BBBB-${String(at).padStart(4, 'C').replace(/[0189]/g, 'D')}`
  const phoned = async () => {
    const client = await somebody()
    const phone = `139000002${String(count).padStart(2, '0')}`
    await client.patch('/api/v1/me', { phone })
    return { client, phone, login: client.user_name, document: adults[count - 1].number }
  }

  await t.test('of an authenticator, over five tickets: six are looked at', async () => {
    const { login, secret } = await factored()
    const tickets = []
    for (let i = 0; i < 5; ++i) tickets.push(await firstStep(login))
    const answers = await times(50, at => secondStep(tickets[at % 5], wrongCode(secret)))
    assertFew(answers)
    assert.equal(faultOf(await secondStep(tickets[0], codeOf(secret, 1))), slowDown, 'then not even the right one')
  })

  await t.test('recovery codes, and both kinds mixed: six together', async () => {
    for (const guess of [() => recoveryCode, secret => at => (at % 2 ? wrongCode(secret) : recoveryCode(at))]) {
      const { login, secret, codes } = await factored()
      const ticket = await firstStep(login)
      const make = guess(secret)
      const answers = await times(50, at => secondStep(ticket, make(at)))
      assertFew(answers)
      assert.equal(faultOf(await secondStep(ticket, codes[0])), slowDown)
    }
  })

  await t.test('the right one among fifty guesses: no guess is free', async () => {
    const { client, login, codes } = await factored()
    const ticket = await firstStep(login)
    const answers = await times(50, at => secondStep(ticket, at === 49 ? codes[0] : recoveryCode(at)))
    const { [wrong]: looked = 0, [slowDown]: refused = 0, ...rest } = tally(answers)
    assert.ok(looked <= 12 && looked + refused + Object.values(rest).reduce((sum, one) => sum + one, 0) === 50, JSON.stringify(tally(answers))) // a right one fills the bucket again
    assert.ok((await client.get('/api/v1/me/second-factor')).recovery_codes >= 9)
  })

  await t.test('one right code fifty times at once, of each kind, opens one session', async () => {
    for (const kind of ['recovery', 'authenticator']) {
      const { client, login, codes, secret } = await factored()
      stepsPass(server)
      const code = kind === 'recovery' ? codes[0] : codeOf(secret)
      const before = (await client.get('/api/v1/sessions')).length
      const tickets = [await firstStep(login), await firstStep(login), await firstStep(login)]
      const answers = await times(50, at => secondStep(tickets[at % 3], code))
      assert.equal(answers.filter(one => one.status === 201).length, 1, kind)
      assert.equal((await client.get('/api/v1/sessions')).length, before + 1)
      bucketsEmpty(server)
      assert.equal(faultOf(await secondStep(tickets[0], code)), wrong)
    }
  })

  await t.test('one right code in two places at once, signing in and proving: one of them', async () => {
    const { client, login, codes } = await factored()
    const ticket = await firstStep(login)
    const answers = await times(24, at => (at % 2 ? secondStep(ticket, codes[0]) : client.call('PUT', '/api/v1/me/proof', { code: codes[0] })))
    assert.equal(answers.filter(one => one.status < 300).length, 1)
  })

  await t.test('as proof, and to set one up: six, over all sessions of the account', async () => {
    const { client, login, codes } = await factored()
    const second = new Client(url, (await secondStep(await firstStep(login), codes[0])).body.token)
    bucketsEmpty(server)
    const answers = await times(50, at => (at % 2 ? client : second).call('PUT', '/api/v1/me/proof', { code: recoveryCode(at) }))
    assertFew(answers)
    const fresh_ = await somebody()
    const { secret } = await fresh_.post('/api/v1/me/authenticator')
    assertFew(await times(50, () => fresh_.call('POST', '/api/v1/me/authenticator/confirm', { code: wrongCode(secret) })))
    assert.equal((await fresh_.get('/api/v1/me')).second_factor, false)
  })

  await t.test('the password as proof and before its change: eight', async () => {
    const client = await somebody()
    const answers = await times(50, at => (at % 2 ? client.call('PUT', '/api/v1/me/proof', { password: `not this one ${at}` }) : client.call('PUT', '/api/v1/me/password', { current_password: `not this one ${at}`, new_password: renewed })))
    const looked = answers.filter(one => one.status === 422).length
    assert.ok(looked <= 8, JSON.stringify(tally(answers)))
    assert.ok(answers.filter(one => one.status === 429).length >= 42)
    bucketsEmpty(server)
    await signInAs(url, client.user_name)
  })

  await t.test('of a short message that shows a telephone: five are looked at, and the right one counts once', async () => {
    const failed = '422, input.invalid, code accounts.phone_code_wrong'
    const { client, phone } = await phoned()
    await client.post('/api/v1/me/phone-codes')
    const code = await sent.code(phone)
    assert.deepEqual(tally(await times(50, at => client.call('POST', '/api/v1/me/phone-codes/confirm', { code: other(code, at + 1) }))), { [failed]: 50 })
    assert.equal(faultOf(await client.call('POST', '/api/v1/me/phone-codes/confirm', { code })), failed, 'then not even the right one')
    await client.post('/api/v1/me/phone-codes')
    const next = await sent.code(phone, 1)
    const answers = await times(50, () => client.call('POST', '/api/v1/me/phone-codes/confirm', { code: next }))
    assert.equal(answers.filter(one => one.status === 200).length, 1)
  })

  await t.test('of a short message that resets a password: five over all tickets, and the right one counts once', async () => {
    const failed = '422, input.invalid, code accounts.recovery_failed'
    const { client, phone, login, document } = await phoned()
    await client.post('/api/v1/me/phone-codes')
    await client.post('/api/v1/me/phone-codes/confirm', { code: await sent.code(phone) })
    const begin = async () => {
      const visitor = new Client(url)
      return (await visitor.post('/api/v1/sms-recoveries', { login, captcha: await solved(visitor) })).ticket
    }
    const finish = (ticket, code) => new Client(url).call('POST', '/api/v1/sms-recoveries/confirm', { ticket, code, number: document, new_password: renewed })
    const first = await begin()
    await sent.code(phone, 1)
    const second = await begin()
    const code = await sent.code(phone, 2)
    assert.deepEqual(tally(await times(50, at => finish(at % 2 ? first : second, other(code, at + 1)))), { [failed]: 50 })
    for (const ticket of [first, second]) assert.equal(faultOf(await finish(ticket, code)), failed)
    assert.equal((await client.get('/api/v1/me/events')).items.filter(one => one.kind === 'recovery_begun').length, 0)
    bucketsEmpty(server)
    const third = await begin()
    const right = await sent.code(phone, 3)
    assert.equal((await times(50, () => finish(third, right))).filter(one => one.status === 200).length, 1)
    assert.equal((await client.get('/api/v1/me/events')).items.filter(one => one.kind === 'recovery_begun').length, 1)
  })

  await t.test('a captcha, answered fifty times at once, opens one door', async () => {
    const { login } = await factored()
    const captcha = await solved(new Client(url))
    const answers = await times(50, () => new Client(url).call('POST', '/api/v1/sessions', { login, password, captcha, transport: 'token' }))
    assert.equal(answers.filter(one => one.status === 201).length, 1)
  })
})
