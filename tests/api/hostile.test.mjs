// What the world sends that means no good, or is merely broken: HTTP, JSON, other people's pages, guesses and curiosity.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, draft, handIn, password, pupilProfile, register } from '../support/accounts.mjs'
import { answerTo, solved } from '../support/captcha.mjs'
import { Client } from '../support/client.mjs'
import { people } from '../support/people.mjs'
import { plain, raw, statuses } from '../support/raw.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const internals = /sqlite|SELECT |INSERT |UPDATE [a-z]|constraint|\.cpp|\.hpp|std::|boost|terminate|exception|errno|0x[0-9a-f]{6}|\/work\/|\/tmp\//i
const json = { 'content-type': 'application/json' }
const head = (lines, body = '') => `${lines.join('\r\n')}\r\n\r\n${body}`

/** An error that says what it should: a stable code, a text in words, nothing of the inside. */
function assertProblem(answer, status, code) {
  const said = `${answer.status} ${answer.text ?? JSON.stringify(answer.body)}`.slice(0, 600)
  assert.equal(answer.status, status, said)
  if (code) assert.equal(answer.body?.code, code, said)
  assert.ok(answer.body?.title?.length > 2, said)
  assert.ok(!internals.test(answer.text ?? JSON.stringify(answer.body)), `tells of the inside: ${said}`)
}

test('hostile and broken clients', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_TRUSTED_PROXIES: '127.0.0.1' } })
  const { url } = server
  const school = await smallSchool(server)
  const { admin } = school
  const host = `Host: ${new URL(url).host}`
  const slow = [head(['GET /api/v1/policies/current HTTP/1.1', host]).slice(0, 30), 'P', ''].map(start => start && raw(url, start, { seconds: 40 }))

  await t.test('HTTP that is not HTTP is refused and the connection closed', async () => {
    const cases = {
      garbage: ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n', [400]],
      'no host': [head(['GET / HTTP/1.1']), [400]],
      'two hosts': [head(['GET / HTTP/1.1', host, 'Host: evil.example']), [400]],
      'a header of 100 KB': [head(['GET / HTTP/1.1', host, `X-Long: ${'a'.repeat(100_000)}`]), [431, 400]],
      'a target of 100 KB': [head([`GET /${'a'.repeat(100_000)} HTTP/1.1`, host]), [414, 431, 400]],
      'ten thousand headers': [head(['GET / HTTP/1.1', host, ...Array.from({ length: 10_000 }, (_, at) => `X-${at}: 1`)]), [431, 400]],
      'length and chunks at once': [head(['POST /api/v1/captchas HTTP/1.1', host, 'Content-Type: application/json', 'Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'), [400]],
      'two lengths': [head(['POST /api/v1/captchas HTTP/1.1', host, 'Content-Length: 4', 'Content-Length: 5'], '{}xx'), [400]],
      'a length below nothing': [head(['POST /api/v1/captchas HTTP/1.1', host, 'Content-Length: -1'], '{}'), [400]],
      'a chunk of no size': [head(['POST /api/v1/captchas HTTP/1.1', host, 'Content-Type: application/json', 'Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'), [400]],
      'a chunk beyond all sizes': [head(['POST /api/v1/captchas HTTP/1.1', host, 'Content-Type: application/json', 'Transfer-Encoding: chunked'], 'ffffffffffffffffff\r\n{}'), [400, 413]],
      'an unknown transfer coding': [head(['POST /api/v1/captchas HTTP/1.1', host, 'Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'), [400, 501]],
      'a NUL in a header': [head(['GET / HTTP/1.1', host, 'X-Nul: a\0b']), [400]],
      'a space before the colon': [head(['GET / HTTP/1.1', host, 'X-Space : 1']), [400]],
      'a body of a terabyte': [head(['POST /api/v1/captchas HTTP/1.1', host, 'Content-Type: application/json', 'Content-Length: 1099511627776'], '{'), [413]],
    }
    for (const [name, [octets, expected]] of Object.entries(cases)) {
      const { text, closed } = await raw(url, octets, { seconds: 8 })
      const found = statuses(text)
      assert.equal(found.length, 1, `${name}: ${text.slice(0, 300)}`)
      assert.ok(expected.includes(found[0]), `${name}: ${text.slice(0, 300)}`)
      assert.ok(closed, `${name}: the connection stays open`)
      assert.match(text, /^Connection: close/im, name)
      assert.ok(!internals.test(text), `${name}: ${text}`)
    }
  })

  await t.test('requests that follow each other on one connection are answered in order', async () => {
    const { text } = await raw(url, head(['GET /healthz HTTP/1.1', host]) + head(['GET /api/v1/nothing HTTP/1.1', host]) + head(['GET /healthz HTTP/1.1', host, 'Connection: close']), { seconds: 8 })
    assert.deepEqual(statuses(text), [200, 404, 200])
  })

  await t.test('JSON that is not JSON, too deep, too long or of wrong types', async () => {
    const send = body => plain(url, 'POST', '/api/v1/captchas', json, body)
    const broken = ['', '{', '[', '{"form":', '{"form":"text"}x', "{'form':'text'}", '\ufeff{"form":"text"', '{"form":"text",}', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), '{"form":"\\ud800"}', '['.repeat(100_000), '{"a":'.repeat(50_000), 'null', '[]', '"text"', '1e999999', '{"form":1e400}']
    for (const body of broken) {
      const answer = await send(body)
      assert.ok([400, 413, 422].includes(answer.status), `${String(body).slice(0, 40)}: ${answer.status}`)
      assertProblem(answer, answer.status)
    }
    assertProblem(await send(`{"form":"${'x'.repeat(4 << 20)}"}`), 413, 'http.body_too_large')
    assertProblem(await plain(url, 'POST', '/api/v1/captchas', { 'content-type': 'text/plain' }, '{"form":"text"}'), 415, 'http.media_type')
  })

  await t.test('every wrong field is told at once, with its path, in the language that was asked for', async () => {
    const form = { document: { kind: 'resident_id', number: 7 }, name: ['a'], user_name: null, password: {}, captcha: { id: true }, transport: 'pigeon', consent: { purposes: [1, 'identity'] }, extra: 1 }
    const told = {}
    for (const language of ['zh-CN', 'en']) {
      const answer = await plain(url, 'POST', '/api/v1/accounts', { ...json, 'accept-language': language }, JSON.stringify(form))
      assertProblem(answer, 422, 'input.invalid')
      assert.equal(answer.headers['content-language'], language)
      told[language] = Object.fromEntries(answer.body.errors.map(error => [error.path, error]))
      for (const path of ['document.number', 'name', 'user_name', 'password', 'captcha.id', 'captcha.answer', 'transport', 'consent.purposes[0]', 'extra']) {
        assert.ok(told[language][path], `${path} in ${Object.keys(told[language])}`)
      }
    }
    const [chinese, english] = Object.values(told).map(errors => Object.values(errors).map(error => error.message ?? error.text ?? error.title).join())
    assert.match(chinese, /[\u4e00-\u9fff]/)
    assert.ok(!/[\u4e00-\u9fff]/.test(english), english)
  })

  await t.test('wrong methods, unknown addresses, impossible ids', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const answer = await plain(url, method, '/api/v1/captchas', json, '{}')
      assertProblem(answer, 405, 'http.method_not_allowed')
      assert.match(answer.headers.allow, /POST/)
    }
    assert.ok([400, 405, 501].includes((await plain(url, 'BREW', '/api/v1/captchas').catch(() => ({ status: 400 }))).status))
    for (const path of ['/api/v1/nothing', '/api/v1', '/api/v2/me', '/api/v1/organisations/1/children/2', '/api/v1/../../etc/passwd', '/..%2f..%2fetc/passwd', '/api/v1/me/', '/%00', '/api/v1/me%00']) {
      const answer = await plain(url, 'GET', path)
      assert.ok([400, 404].includes(answer.status) || /text\/html/.test(answer.headers['content-type']), `${path}: ${answer.status}`)
      assert.ok(!/root:/.test(answer.text))
    }
    const bearer = { authorization: `Bearer ${admin.token}` }
    for (const id of ['0', '-1', '1e3', 'abc', '99999999999999999999999999', '9223372036854775807', '%00', '1%00', '%ff', "1'--", '１', '1.0', '+1', ' 1']) {
      for (const path of [`/api/v1/organisations/${encodeURI(id).replaceAll('%25', '%')}`, `/api/v1/roster-imports/${encodeURI(id).replaceAll('%25', '%')}`, `/api/v1/reviews/${encodeURI(id).replaceAll('%25', '%')}`, `/api/v1/cards/${encodeURI(id).replaceAll('%25', '%')}`]) {
        const answer = await plain(url, 'GET', path, bearer)
        assert.ok([400, 404, 422].includes(answer.status), `${path}: ${answer.status} ${answer.text}`)
        assertProblem(answer, answer.status)
      }
    }
    for (const query of ['organisation_id=', 'organisation_id=x', 'organisation_id=1&organisation_id=2', 'organisation_id=%ff', 'organisation_id=1&unknown=1', 'organisation_id=1&limit=99999999999999']) {
      const answer = await plain(url, 'GET', `/api/v1/roster-entries?${query}`, bearer)
      assert.ok([400, 404, 422].includes(answer.status), `${query}: ${answer.status} ${answer.text}`)
    }
    for (const cursor of ['x', '-1', '99999999999999999999', '%00', "' OR 1=1"]) {
      const answer = await plain(url, 'GET', `/api/v1/organisations?query=a&cursor=${encodeURIComponent(cursor)}`, bearer)
      assert.ok(answer.status < 500, `${cursor}: ${answer.status}`)
    }
  })

  await t.test('NUL, lone surrogates, controls and mirror writing in names are refused, not stored', async () => {
    const [adult] = people(1, { seed: 61, from: 1980, to: 1981 })
    let count = 0
    for (const name of ['王\\u0000明', '王\\ud800明', '王\\u0007明', '王\\u202e明', '王\\n明', '\\u200b', ' ', '王'.repeat(51), '<script>alert(1)</script>', "'; DROP TABLE account; --"]) {
      const captcha = await solved(admin)
      const body = `{"document":{"kind":"resident_id","number":"${adult.number}"},"name":"${name}","user_name":"nul.name.${count++}x","password":"${password}","captcha":${JSON.stringify(captcha)},"transport":"token"}`
      const answer = await plain(url, 'POST', '/api/v1/accounts', json, body)
      if (answer.status === 201) {
        assert.match(answer.body.me.name, /^王 ?明$/, 'what cannot be seen is left out')
        continue
      }
      assert.equal(answer.status, 422, `${name}: ${answer.status} ${answer.text}`)
      assertProblem(answer, answer.status)
    }
  })

  await t.test("a cookie's session cannot be used from another site, and the cookie is made for that", async () => {
    const [adult] = people(1, { seed: 62, from: 1980, to: 1981 })
    await register(url, adult, 'cookie.user')
    const signedIn = await plain(url, 'POST', '/api/v1/sessions', json, JSON.stringify({ login: 'cookie.user', password, captcha: await solved(admin), transport: 'cookie' }))
    assert.equal(signedIn.status, 201, signedIn.text)
    assert.equal(signedIn.body.token ?? null, null, 'the token is in the cookie alone')
    const [set] = signedIn.headers['set-cookie']
    assert.match(set, /^__Host-educard=[\w-]{20,}; /)
    for (const attribute of [/; Path=\//, /; Secure/, /; HttpOnly/, /; SameSite=Strict/]) assert.match(set, attribute)
    assert.ok(!/Domain/i.test(set))
    const cookie = set.split(';')[0]
    const change = headers => plain(url, 'PATCH', '/api/v1/me', { ...json, cookie, ...headers }, '{"language":"en"}')
    assertProblem(await change({ origin: 'https://evil.example' }), 403, 'http.foreign_origin')
    assertProblem(await change({ origin: 'null' }), 403, 'http.foreign_origin')
    assertProblem(await change({ origin: `${url}.evil.example` }), 403, 'http.foreign_origin')
    assertProblem(await change({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }), 403, 'http.foreign_origin')
    assertProblem(await change({ 'sec-fetch-site': 'same-site' }), 403, 'http.foreign_origin')
    assert.equal((await change({ origin: url, 'sec-fetch-site': 'same-origin' })).status, 200)
    const asForm = await plain(url, 'POST', '/api/v1/applications', { cookie, 'content-type': 'application/x-www-form-urlencoded', origin: url }, 'kind=student')
    assertProblem(asForm, 415, 'http.media_type')
    const { body: sessions } = await plain(url, 'GET', '/api/v1/sessions', { cookie })
    const out = await plain(url, 'DELETE', `/api/v1/sessions/${sessions.find(one => one.current).id}`, { cookie, origin: url })
    assert.match(out.headers['set-cookie'][0], /Max-Age=0/)
    assertProblem(await plain(url, 'GET', '/api/v1/me', { cookie }), 401)
  })

  await t.test('pages and answers carry their security headers', async () => {
    for (const [path, policy] of [['/', /default-src 'self'|default-src 'none'/], ['/api/v1/policies/current', /default-src 'none'/], ['/api/v1/nothing', /default-src 'none'/]]) {
      const { headers, status } = await plain(url, 'GET', path)
      assert.ok(status < 500)
      const csp = headers['content-security-policy']
      assert.match(csp, policy, path)
      assert.ok(!/unsafe-inline|unsafe-eval|\*/.test(csp.replace(/'wasm-unsafe-eval'/g, '')), csp)
      assert.match(csp, /frame-ancestors 'none'/)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['referrer-policy'], 'no-referrer')
      assert.ok(!headers['x-powered-by'] && !headers['access-control-allow-origin'])
    }
    const icon = await plain(url, 'GET', '/favicon.ico')
    assert.deepEqual([icon.status, icon.headers['content-type']], [200, 'image/png'])
    assert.match((await plain(url, 'GET', '/api/v1/me', { authorization: `Bearer ${admin.token}` })).headers['cache-control'], /no-store/)
    assert.match((await plain(url, 'GET', '/api/v1/policies/current', { 'x-forwarded-proto': 'https' })).headers['strict-transport-security'], /max-age=31536000/)
  })

  const children = people(4, { seed: 63, from: 2016, to: 2017 })
  const from = network => ({ ...json, 'x-forwarded-for': network })
  const enter = async (login, secret, network, extra = {}) => plain(url, 'POST', '/api/v1/sessions', from(network), JSON.stringify({ login, password: secret, captcha: await solved(admin), transport: 'token', ...extra }))

  await t.test('guessing is slowed; the owner still gets in, from a known device and from elsewhere', async () => {
    const [adult] = people(1, { seed: 64, from: 1980, to: 1981 })
    await register(url, adult, 'guessed.user')
    const known = await enter('guessed.user', password, '203.0.113.7')
    assert.equal(known.status, 201)
    const answers = []
    for (let at = 0; at < 10; ++at) answers.push(await enter('guessed.user', `wrong guess ${at}`, '203.0.113.7'))
    assert.ok(answers.slice(0, 7).every(answer => answer.status === 401 && answer.body.code === 'accounts.sign_in_failed'), answers.map(answer => answer.status).join())
    for (const answer of [answers.at(-1), await enter('guessed.user', password, '203.0.113.7')]) {
      assertProblem(answer, 422, 'input.invalid')
      assert.equal(answer.body.errors[0].code, 'accounts.stronger_captcha')
    }
    assert.equal((await enter('guessed.user', password, '203.0.113.7', { device_token: known.body.device_token })).status, 201)
    assert.equal((await enter('guessed.user', password, '198.51.100.9')).status, 201)
    for (let at = 0; at < 14; ++at) await enter('guessed.user', `wrong guess ${at}`, `192.0.2.${at >> 2}`)
    const asked = await enter('guessed.user', password, '198.51.100.77')
    assertProblem(asked, 422, 'input.invalid')
    assert.equal(asked.body.errors[0].code, 'accounts.stronger_captcha')
    const { id, question } = await admin.post('/api/v1/captchas', { form: 'text', language: 'zh_cn', strong: true })
    const [, one, two] = /1\. (.*) 2\. (.*)$/.exec(question)
    const entered = await plain(url, 'POST', '/api/v1/sessions', from('198.51.100.77'), JSON.stringify({ login: 'guessed.user', password, captcha: { id, answer: answerTo(one) + answerTo(two) }, transport: 'token' }))
    assert.equal(entered.status, 201, entered.text)
  })

  await t.test('a captcha is good for one try, right or wrong', async () => {
    const captcha = await solved(admin)
    const attempt = answer => plain(url, 'POST', '/api/v1/sessions', json, JSON.stringify({ login: 'cookie.user', password, captcha: { id: captcha.id, answer }, transport: 'token' }))
    for (const answer of ['wrong', captcha.answer, captcha.answer]) {
      const { status, body } = await attempt(answer)
      assert.deepEqual([status, body.errors?.[0].code], [422, 'accounts.captcha_wrong'])
    }
  })

  await t.test('an account that exists and one that does not answer alike', async () => {
    const strip = ({ status, body }) => ({ status, ...body, request_id: undefined })
    const [one, two] = [await enter('cookie.user', 'not the password', '203.0.113.20'), await enter('no.such.user', 'not the password', '203.0.113.21')]
    assert.deepEqual(strip(one), strip(two))
    const many = async login => {
      const list = []
      for (let at = 0; at < 10; ++at) list.push(strip(await enter(login, 'not the password', '203.0.113.30')).code)
      return list
    }
    assert.deepEqual(await many('cookie.user'), await many('no.such.user'), 'slowed alike')
  })

  await t.test("a stranger who registers a certified child's number neither learns it nor gets anything", async () => {
    const year = new Date().getFullYear() - 1
    await importRoster(admin, school.id, rosterOf(children.slice(0, 2), school.class_name, year))
    const early = await register(url, { ...children[0], name: '陌生人' }, 'stranger.early')  // before the owner
    const owner = await register(url, children[0], 'the.owner')
    assert.equal((await decide(school.teacher, await handIn(owner, pupilProfile(children[0], school)))).status, 200, 'the stranger does not block the owner')
    const shape = answer => JSON.stringify(Object.keys(answer).sort())
    const late = await register(url, { ...children[0], name: '另一个人' }, 'stranger.late')
    const unknown = await register(url, { ...children[3], name: '另一个人' }, 'stranger.unknown')
    const [me, other] = [await late.get('/api/v1/me'), await unknown.get('/api/v1/me')]
    assert.equal(shape(me), shape(other))
    const view = async account => {
      const handed = await handIn(account, { ...pupilProfile(children[0], school), name: '另一个人' })
      assert.ok(!JSON.stringify([handed, await account.get(`/api/v1/applications/${handed.id}/history`)]).includes(children[0].name), 'the roster is not told')
      return handed
    }
    const handed = await view(late)
    const control = await view(unknown)
    assert.equal(shape(handed), shape(control))
    const seen = await school.teacher.get(`/api/v1/reviews/${handed.id}`)
    assert.ok(seen.competing.length > 0, 'the reviewer sees who else claims it')
    assertProblem(await decide(school.teacher, handed), 409, 'applications.number_certified')
    assert.equal((await late.call('GET', '/api/v1/card')).body.code, 'cards.none')
    assert.equal((await owner.get('/api/v1/card')).card_number.length, 16)
    assert.equal((await early.call('GET', '/api/v1/card')).status, 404)
  })

  await t.test('a child under fourteen is not registered without consent, nor with an old policy or one purpose', async () => {
    const [child] = people(1, { seed: 66, from: 2016, to: 2017 })
    const { version } = await admin.get('/api/v1/policies/current')
    const consent = { guardian_name: child.guardian, relation: 'mother', phone: child.phone, policy_version: version, purposes: ['identity', 'e_card'] }
    for (const [given, path, code] of [[undefined, 'consent', 'accounts.consent_required'], [{ ...consent, policy_version: '1999-1' }, 'consent.policy_version', 'accounts.policy_outdated'], [{ ...consent, purposes: ['identity'] }, 'consent.purposes', 'accounts.consent_purpose_required'], [{ ...consent, guardian_name: ' ' }, 'consent.guardian_name', 'required'], [{ ...consent, phone: '12' }, 'consent.phone', 'accounts.phone']]) {
      const answer = await plain(url, 'POST', '/api/v1/accounts', json, JSON.stringify({ document: { kind: 'resident_id', number: child.number }, name: child.name, user_name: 'young.one', password, captcha: await solved(admin), transport: 'token', consent: given }))
      assertProblem(answer, 422, 'input.invalid')
      assert.deepEqual(answer.body.errors.map(error => [error.path, error.code]), [[path, code]])
    }
    const pupil = await register(url, child, 'young.one')
    assert.deepEqual((await pupil.get('/api/v1/me/consents')).map(one => one.purpose).sort(), ['e_card', 'identity'])
  })

  await t.test('a roster record is not told to somebody who knows the number', async () => {
    const curious = await register(url, { ...children[1], name: '好奇' }, 'curious.one')
    const kept = await draft(curious, { ...pupilProfile(children[1], school), name: '好奇' })
    assert.ok(!JSON.stringify([kept, await curious.get('/api/v1/me')]).includes(children[1].name))
    await curious.refused(403, 'GET', `/api/v1/roster-entries?organisation_id=${school.id}`)
  })

  await t.test('whoever sends a header slowly is sent away', async () => {
    for (const waiting of slow.filter(Boolean)) {
      const { text, closed } = await waiting
      assert.ok(closed, 'closed')
      assert.ok(text === '' || statuses(text)[0] === 408, text)
    }
  })

  await t.test('after all this the server is well', async () => {
    assert.equal((await plain(url, 'GET', '/healthz')).status, 200)
    assert.ok(!/"level":"(critical|error)"/.test(server.log()), server.log().split('\n').filter(line => /"level":"(critical|error)"/.test(line)).slice(0, 3).join('\n'))
  })
})
