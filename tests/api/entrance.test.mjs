// At the door: registration with somebody else's number, without consent, with old and impossible numbers, with known passwords, with
// captchas that are spent; and guessing, which is slowed, while no stranger can lock somebody out
// (docs/decisions/0020-guessing-without-lockout.md).
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { decide, handIn, password, pupilProfile, register, signInAs } from '../support/accounts.mjs'
import { answerTo, solved } from '../support/captcha.mjs'
import { Client, eventually, whileBusy } from '../support/client.mjs'
import { nationalId, people } from '../support/people.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { importRoster } from '../support/roster.mjs'
import { fresh } from '../support/server.mjs'
import { inDatabase } from '../support/database.mjs'

const faults = ({ status, body }) => [status, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')
/** The birth day in China of somebody who is so many years old today, or on the day after. */
const born = (years, later = 0) => {
  const today = new Date(Date.now() + (8 + 24 * later) * 3600_000)
  return `${today.getUTCFullYear() - years}-${String(today.getUTCMonth() + 1).padStart(2, '0')}-${String(today.getUTCDate()).padStart(2, '0')}`
}
const median = list => list.toSorted((a, b) => a - b)[list.length >> 1]

test('registration', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  const anybody = new Client(url)
  const { version } = await anybody.get('/api/v1/policies/current')
  const consent = { guardian_name: '王一', relation: 'mother', phone: '13800000001', policy_version: version, purposes: ['identity', 'e_card'] }
  const adults = people(40, { seed: 21, from: 1970, to: 1990 })
  let count = 0
  const formOf = async (number, more = {}) => ({ document: { kind: 'resident_id', number }, name: '李小明', user_name: `visitor.no${++count}`, password, captcha: await solved(anybody), transport: 'token', ...more })
  const send = form => anybody.call('POST', '/api/v1/accounts', form)
  const attempt = async (number, more) => send(await formOf(number, more))

  const [child] = people(1, { seed: 22, from: 2016, to: 2016 })
  await t.test('with the number of somebody who is certified is answered like any other', async () => {
    const owner = await register(url, child, 'the.owner')
    assert.equal((await decide(school.teacher, await handIn(owner, pupilProfile(child, school)))).status, 200)
    const shapes = new Set()
    const times = { known: [], unknown: [] }
    for (let round = 0; round < 12; ++round) {
      for (const [kind, number] of [['known', child.number], ['unknown', nationalId('320106', '2016-05-05', 100 + round)]]) {
        const form = await formOf(number, { consent })
        const started = performance.now()
        const { status, body } = await send(form)
        times[kind].push(performance.now() - started)
        const { user_name, document_number, account_id, person_id, session_id, birth_date, ...rest } = body.me
        shapes.add(JSON.stringify([status, Object.keys(body), Object.keys(body.me), person_id ?? null, rest]))
      }
    }
    assert.equal(shapes.size, 1, [...shapes].join('\n'))
    const [known, unknown] = [median(times.known), median(times.unknown)]
    assert.ok(Math.abs(known - unknown) < 0.5 * Math.max(known, unknown) + 10, `${known.toFixed(1)} ms for a known number, ${unknown.toFixed(1)} ms for an unknown one`)
    const twice = [await attempt(child.number), await attempt(nationalId('320106', '2016-05-05', 200))]
    assert.deepEqual(twice.map(faults), ['422, consent accounts.consent_required', '422, consent accounts.consent_required'])
  })

  await t.test('with another person\'s number blocks nobody, is shown to the reviewer, and ends in a refusal', async () => {
    const [victim] = people(1, { seed: 23, from: 2016, to: 2016 })
    const thief = await register(url, victim, 'the.thief')
    const stolen = await handIn(thief, pupilProfile(victim, school))
    const alone = await school.teacher.get(`/api/v1/reviews/${stolen.id}`)
    assert.deepEqual([alone.competing, alone.approval_refused ?? null], [[], null])
    const owner = await register(url, victim, 'true.owner')
    const own = await handIn(owner, pupilProfile(victim, school))
    const { competing } = await school.teacher.get(`/api/v1/reviews/${own.id}`)
    assert.equal(competing.length, 1)
    assert.equal(competing[0].certified, false)
    assert.notEqual(competing[0].account, 'the.thief', 'its name is masked')
    assert.ok(!JSON.stringify(await owner.get('/api/v1/applications')).includes('competing'), 'the applicants are not told')
    assert.equal((await decide(school.teacher, own)).status, 200)
    const late = await decide(school.teacher, stolen)
    assert.deepEqual([late.status, late.body.code], [409, 'applications.number_certified'])
    const taken = await school.teacher.get(`/api/v1/reviews/${stolen.id}`)
    assert.deepEqual([taken.competing[0].certified, taken.approval_refused], [true, 'applications.number_certified'], 'and the reviewer is told beforehand')
    assert.equal((await thief.call('GET', '/api/v1/card')).status, 404)
  })

  await t.test('below fourteen needs a guardian\'s consent that is complete, from the birthday on it does not', async () => {
    const numbers = { below: nationalId('320106', born(14, 1), 11), from: nationalId('320106', born(14), 11) }
    assert.equal(faults(await attempt(numbers.below)), '422, consent accounts.consent_required')
    for (const [change, expected] of [[{ purposes: ['identity'] }, 'consent.purposes accounts.consent_purpose_required'], [{ policy_version: '2014-05' }, 'consent.policy_version accounts.policy_outdated'], [{ phone: '12' }, 'consent.phone accounts.phone'], [{ guardian_name: '' }, 'consent.guardian_name required']]) {
      assert.equal(faults(await attempt(numbers.below, { consent: { ...consent, ...change } })), `422, ${expected}`)
    }
    assert.equal((await attempt(numbers.below, { consent })).status, 201)
    assert.equal((await attempt(numbers.from)).status, 201)
    assert.equal(faults(await attempt('E12345678', { document: { kind: 'passport', number: 'E12345678' }, birth_date: born(13) })), '422, consent accounts.consent_required')
  })

  await t.test('by the roster needs it too, whatever date somebody with a passport gave', async () => {
    const row = (number, birth) => ['姓名,性别,证件类型,身份证件号码,出生日期,班级,入学年份', `金小宝,男,护照,${number},${birth},${school.class_name},${new Date().getFullYear() - 1}`].join('\n')
    const apply = async (number, more, birth = born(9)) => {
      await importRoster(school.admin, school.id, row(number, birth))
      const made = await attempt(number, { name: '金小宝', document: { kind: 'passport', number }, birth_date: born(30), ...more })
      return handIn(new Client(url, made.body.token), { ...pupilProfile({ name: '金小宝', guardian: '金大宝', phone: '13812345678' }, school) })
    }
    const handedIn = await apply('M10000001')
    assert.equal((await school.teacher.get(`/api/v1/reviews/${handedIn.id}`)).approval_refused, 'applications.child_by_roster')
    const grown = await decide(school.teacher, handedIn)
    assert.deepEqual([grown.status, grown.body.code], [409, 'applications.child_by_roster'])
    const undated = await decide(school.teacher, await apply('M10000003', {}, ''))
    assert.deepEqual([undated.status, undated.body.code], [409, 'applications.child_by_roster'], 'the class speaks where the roster is silent')
    assert.equal((await decide(school.teacher, await apply('M10000002', { consent }))).status, 200)
  })

  await t.test('with a household register is of the age that its number tells, and the same person', async () => {
    const [small] = people(1, { seed: 91, from: 2018, to: 2018 })
    const household = { document: { kind: 'household_register', number: small.number }, birth_date: '2000-01-01' }
    assert.equal(faults(await attempt(small.number, household)), '422, consent accounts.consent_required')
    const owner = await register(url, small, 'by.card')
    assert.equal((await decide(school.teacher, await handIn(owner, pupilProfile(small, school)))).status, 200)
    const made = await attempt(small.number, { ...household, name: small.name, consent })
    assert.equal(made.status, 201, JSON.stringify(made.body))
    const other = await handIn(new Client(url, made.body.token), pupilProfile(small, school))
    const late = await decide(school.teacher, other)
    assert.equal(late.body.code, 'applications.number_certified', JSON.stringify(late.body).slice(0, 1500))
  })

  await t.test('takes numbers of divisions that are no more, and none of divisions that never were', async () => {
    for (const division of ['320202', '320222', '110103', '510221']) assert.equal((await attempt(nationalId(division, '1985-03-04', 21))).status, 201, division)
    for (const division of ['999999', '320299', '000000']) assert.equal(faults(await attempt(nationalId(division, '1985-03-04', 21))), '422, document.number people.document_division', division)
    const good = nationalId('320106', '1985-03-04', 21)
    const wrong = good.slice(0, 17) + (good[17] === '1' ? '2' : '1')
    for (const [number, code] of [[wrong, 'check_digit'], [nationalId('320106', '1985-02-30', 21), 'date'], [nationalId('320106', '2985-03-04', 21), 'future_date'], [good.slice(0, 17), 'length'], ['3.20106E+17', 'damaged'], ['', 'empty']]) {
      assert.equal(faults(await attempt(number)), `422, document.number people.document_${code}`, number)
    }
  })

  await t.test('refuses passwords that are known, simple, short or one\'s own', async () => {
    const { number } = adults[0]
    for (const [secret, code] of [['woaini1314', 'breached'], ['WOAINI1314', 'breached'], ['1qaz2wsx', 'breached'], ['aaaaaaaaaaaa', 'simple'], ['12345', 'too_short'], ['', 'too_short'], [number, 'personal'], ['x'.repeat(257), 'too_long']]) {
      const found = faults(await attempt(number, { password: secret }))
      assert.ok(found === `422, password accounts.password_${code}` || (secret === '' && found.startsWith('422, password')), `${secret.slice(0, 20)}: ${found}`)
    }
  })

  await t.test('needs a captcha of its own: not a used, a wrong, an expired or an invented one', async () => {
    const { number } = adults[1]
    const wrong = '422, captcha.answer accounts.captcha_wrong'
    const spent = await solved(anybody)
    assert.equal((await attempt(number, { captcha: spent })).status, 201)
    assert.equal(faults(await attempt(number, { captcha: spent })), wrong, 'used')
    const { id, answer } = await solved(anybody)
    assert.equal(faults(await attempt(number, { captcha: { id, answer: '不是' } })), wrong, 'wrong')
    assert.equal(faults(await attempt(number, { captcha: { id, answer } })), wrong, 'a second try at the same')
    const late = await solved(anybody)
    inDatabase(server, `UPDATE captcha SET expires_at = expires_at - 3600000000 WHERE id = ${late.id}`)
    assert.equal(faults(await attempt(number, { captcha: late })), wrong, 'expired')
    assert.equal(faults(await attempt(number, { captcha: { id: '12345', answer: '1' } })), wrong, 'invented')
    const kept = await solved(anybody)
    assert.equal(faults(await attempt(number, { captcha: kept, name: '' })), '422, name required')
    assert.equal((await attempt(number, { captcha: kept })).status, 201, 'what was wrong in the form does not cost the captcha')
  })

  await t.test('whose answer was lost is there once: trying again says so, and signing in works', async () => {
    const form = await formOf(adults[2].number, { user_name: 'lost.answer' })
    await new Promise((done, fail) => {
      const sent = request(url + '/api/v1/accounts', { method: 'POST', headers: { 'content-type': 'application/json' }, agent: false })
      sent.on('error', fault => (fault.code === 'ECONNRESET' ? done() : fail(fault)))
      sent.on('close', done)
      sent.end(JSON.stringify(form), () => setTimeout(() => sent.destroy(), 5))
    })
    await eventually(() => Number(inDatabase(server, "SELECT count(*) FROM account WHERE user_name = 'lost.answer'")) === 1, 'the account')
    assert.equal(faults(await send(form)), '422, captcha.answer accounts.captcha_wrong')
    assert.equal(faults(await send({ ...form, captcha: await solved(anybody) })), '422, user_name accounts.user_name_taken')
    assert.equal((await (await signInAs(url, 'lost.answer')).get('/api/v1/me')).user_name, 'lost.answer')
    assert.equal(Number(inDatabase(server, 'SELECT count(*) FROM claim c JOIN account a ON a.id = c.account_id WHERE a.user_name = \'lost.answer\'')), 1)
  })
})

test('guessing is slowed, and nobody is locked out by a stranger', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_TRUSTED_PROXIES: '127.0.0.1', EDUCARD_LIMIT_NETWORKS: 'false' } }) // floods are another matter
  const { url } = server
  await smallSchool(server)
  const [person] = people(1, { seed: 24, from: 1980, to: 1981 })
  await register(url, person, 'the.owner')

  /** One try to sign in from an address, as a proxy in front says; again when the server was too busy to look at it. */
  async function tryFrom(network, login, secret, { strong = false, device_token } = {}) {
    const at = { 'x-forwarded-for': network }
    const client = new Client(url)
    return whileBusy(async () => {
      const asked = await client.call('POST', '/api/v1/captchas', { form: 'text', language: 'zh_cn', strong }, at)
      if (asked.status === 503) return asked
      const { id, question } = asked.body
      const parts = strong ? /1\. (.*) 2\. (.*)$/s.exec(question).slice(1) : [question]
      const answer = parts.map(answerTo).join('')
      return client.call('POST', '/api/v1/sessions', { login, password: secret, captcha: { id, answer }, transport: 'token', ...(device_token ? { device_token } : {}) }, at)
    })
  }
  const outcome = ({ status, body }) => `${status} ${body.code === 'input.invalid' ? body.errors[0].code : (body.code ?? '')}`.trim()
  const failed = '401 accounts.sign_in_failed'
  const slow = '429 accounts.slow_down'
  const longer = '422 accounts.stronger_captcha'
  const { device_token: device } = (await tryFrom('198.51.100.7', 'the.owner', password)).body
  assert.ok(device)

  await t.test('from one network: eight tries at an account, known or not, eight with a longer captcha, then one in a while', async () => {
    for (const login of ['the.owner', 'nobody.at.all']) {
      const answers = []
      for (let tries = 0; tries < 10; ++tries) answers.push(await tryFrom('203.0.113.1', login, `wrong kettle ${tries}`))
      for (let tries = 0; tries < 10; ++tries) answers.push(await tryFrom('203.0.113.1', login, `wrong kettle ${tries}`, { strong: true }))
      assert.deepEqual(answers.map(outcome), [...Array(8).fill(failed), longer, longer, ...Array(8).fill(failed), slow, slow], login)
      const wait = Number(answers.at(-1).headers.get('retry-after'))
      assert.ok(wait > 0 && wait <= 30, `Retry-After: ${wait}`)
    }
    assert.equal(outcome(await tryFrom('203.0.113.1', 'the.owner', password, { strong: true })), slow, 'the right guess is not looked at either')
  })

  await t.test('the owner signs in meanwhile: at home, and on a device of theirs in the very network that guesses', async () => {
    assert.equal(outcome(await tryFrom('198.51.100.7', 'the.owner', password)), '201')
    assert.equal(outcome(await tryFrom('203.0.113.1', 'the.owner', password, { device_token: device })), '201')
    assert.equal(outcome(await tryFrom('203.0.113.1', 'the.owner', 'wrong kettle', { device_token: device.replace(/^./, one => (one === 'A' ? 'B' : 'A')) })), longer, 'an invented device is none')
  })

  await t.test('another account in the network that guesses is not slowed', async () => {
    assert.equal(outcome(await tryFrom('203.0.113.1', 'province', officePassword)), '201')
  })

  await t.test('behind one address: the new device of a teacher, while one guesses at them and another sprays over all accounts', async () => {
    const [teacher] = people(1, { seed: 25, from: 1980, to: 1981 })
    await register(url, teacher, 'the.teacher')
    const school = '203.0.116.1'
    for (let tries = 0; tries < 12; ++tries) await tryFrom(school, 'the.teacher', `wrong kettle ${tries}`)
    assert.equal(outcome(await tryFrom(school, 'the.teacher', password)), longer)
    assert.equal(outcome(await tryFrom(school, 'the.teacher', password, { strong: true })), '201', 'one longer captcha, no waiting')
    const sprayed = []
    const count = wanted => sprayed.filter(answer => outcome(answer) === wanted).length
    while (count(longer) <= 20 && sprayed.length < 2000) { // how many that takes depends on the machine: failures are forgotten one each two seconds
      sprayed.push(...await Promise.all(Array.from({ length: 20 }, (_, at) => tryFrom(school, `pupil.${sprayed.length + at}`, 'one common password'))))
    }
    assert.equal(count(failed) + count(longer), sprayed.length, 'nobody is sent away')
    assert.ok(count(longer) > 20 && count(failed) >= 250, `${count(longer)} of ${sprayed.length} have to work`)
    assert.equal(outcome(await tryFrom(school, 'the.teacher', password, { strong: true })), '201', 'nor from the sprayed network')
    assert.equal(outcome(await tryFrom('203.0.116.2', 'the.teacher', password)), '201', 'elsewhere nothing is longer')
  })

  await t.test('from many networks: strangers need a longer captcha, the owner is never refused', async () => {
    const answers = []
    for (let tries = 0; tries < 16; ++tries) answers.push(outcome(await tryFrom(`203.0.114.${tries}`, 'the.owner', 'wrong kettle')))
    assert.equal(answers[0], failed)
    assert.equal(answers.at(-1), '422 accounts.stronger_captcha')
    assert.equal(outcome(await tryFrom('203.0.115.1', 'the.owner', 'wrong kettle', { strong: true })), failed)
    assert.equal(outcome(await tryFrom('203.0.115.2', 'the.owner', password, { strong: true })), '201', 'a new device of the owner')
    assert.equal(outcome(await tryFrom('203.0.115.3', 'the.owner', password, { device_token: device })), '201', 'a known device, with the ordinary captcha')
  })

  await t.test('the owner sees who tried', async () => {
    const { token } = (await tryFrom('198.51.100.7', 'the.owner', password, { strong: true })).body
    const seen = await new Client(url, token).all('/api/v1/me/sign-ins')
    assert.ok(seen.some(one => one.outcome === 'refused' && one.network.startsWith('203.0.113.1')), JSON.stringify(seen.slice(0, 3)))
  })
})
