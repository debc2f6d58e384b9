// What another site does with somebody's browser: requests with their cookie (CSRF), cookies that were planted (session fixation), pages in frames.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { password, register } from '../support/accounts.mjs'
import { codeOf, setUp, stepsPass } from '../support/authenticator.mjs'
import { solved } from '../support/captcha.mjs'
import { Client } from '../support/client.mjs'
import { county, stateOf } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { assertComplete, listOf, routes } from '../support/every_route.mjs'
import { agreed, begun, certifiedTeacher, env, issuer, registered, relyingParty } from '../support/oidc.mjs'
import { Passkey } from '../support/passkey.mjs'
import { people } from '../support/people.mjs'
import { plain, raw } from '../support/raw.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { fresh, root } from '../support/server.mjs'

const json = { 'content-type': 'application/json' }
const cookieOf = answer => answer.headers['set-cookie']?.[0].split(';')[0]
const pathOf = (template, { query, body, raw, mine, path, ...ids }) => template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent({ ...ids, ...path }[name])) + (query ? `?${new URLSearchParams(query)}` : '')

/** Signs in as a browser does: the whole answer. */
async function browserSignsIn(url, login, secret, headers = {}, more = {}) {
  return plain(url, 'POST', '/api/v1/sessions', { ...json, origin: url, ...headers }, JSON.stringify({ login, password: secret, captcha: await solved(new Client(url)), transport: 'cookie', ...more }))
}

test('another site has the browser call every route with its cookie', { timeout: 600_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const { admin: province } = await smallSchool(server)
  const b = await county(server, province, { name: '姑苏区', city: '苏州', letter: 'b', seed: 31 })
  const cookies = {}
  for (const [who, login, secret] of [['county administrator', 'county.b', officePassword], ['pupil', 'pupil.b', password]]) {
    const answer = await browserSignsIn(url, login, secret)
    assert.equal(answer.status, 201, `${who}: ${answer.text}`)
    cookies[who] = cookieOf(answer)
  }
  const { host, port, protocol } = new URL(url)
  const evil = 'https://evil.example'
  const sites = {
    'with the headers of today': { origin: evil, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
    'as a form in text/plain': { origin: evil, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'content-type': 'text/plain' },
    'as a form': { origin: evil, 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' },
    'as a form with files': { origin: evil, 'sec-fetch-site': 'cross-site', 'content-type': 'multipart/form-data; boundary=x' },
    'without a type': { origin: evil, 'sec-fetch-site': 'cross-site', 'content-type': '' },
    'from an older browser': { origin: evil },
    'from a browser that says nothing': {},
    'from a frame without an origin': { origin: 'null' },
    'from a frame without an origin, today': { origin: 'null', 'sec-fetch-site': 'cross-site' },
    'by a link': { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-user': '?1' },
    'from a neighbour': { origin: `${protocol}//other.${host}`, 'sec-fetch-site': 'same-site' },
    'from another port': { origin: `${protocol}//localhost:${Number(port) ^ 1}`, 'sec-fetch-site': 'same-site' },
    'from another port, older': { origin: `${protocol}//localhost:${Number(port) ^ 1}` },
    'from a name that begins alike': { origin: `${url}.evil.example` },
    'from a name that ends alike': { origin: `${protocol}//evil-${host}` },
    'from our name before an @': { origin: `${protocol}//${host}@evil.example` },
    'with our origin, which no browser would say': { origin: url, 'sec-fetch-site': 'cross-site' },
    'with two origins': { origin: `${url} ${evil}` },
    'with a referrer of ours': { referer: `${url}/`, 'sec-fetch-site': 'cross-site' },
    'with another method in a header': { origin: evil, 'x-http-method-override': 'GET', 'x-requested-with': 'XMLHttpRequest' },
    'with our host in a header': { origin: evil, 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '127.0.0.1' },
  }
  const described = await new Client(url).get('/api/openapi.json')
  assertComplete(described)
  const changing = Object.entries(routes).filter(([route]) => !route.startsWith('GET'))
  const ofSessions = changing.filter(([route]) => route.includes(' /api/'))
  const ofApps = changing.filter(([route]) => !route.includes(' /api/'))
  const ask = (route, asked, headers) => {
    const [method, template] = route.split(' ')
    const body = asked.raw ?? (asked.body ? JSON.stringify(asked.body) : '')
    return plain(url, method, pathOf(template, asked), { ...(asked.body ? json : {}), 'content-length': Buffer.byteLength(body), ...headers }, body)
  }
  const world = { ...b, colleague: b.colleague }
  const audited = () => inDatabase(server, "SELECT COUNT(*) FROM audit_event WHERE action NOT LIKE '%_read' AND action NOT LIKE '%exported%'").trim() // that somebody read stands there too
  const tables = ['account', 'session', 'app_token', 'application', 'appointment', 'organisation', 'delegation', 'sms_message', 'authenticator', 'passkey', 'consent', 'card']
  const counted = () => tables.map(name => `${name} ${inDatabase(server, `SELECT COUNT(*) FROM ${name}`).trim()}`)
  const [state, rows, audit] = [await stateOf(b), counted(), audited()]

  for (const [who, cookie] of Object.entries(cookies)) {
    await t.test(`of a ${who}: refused on all ${ofSessions.length} routes that change something`, async () => {
      for (const [route, { ask: of }] of ofSessions) {
        for (const asked of listOf(of(world, world))) {
          for (const [how, headers] of Object.entries(sites)) {
            const answer = await ask(route, asked, { cookie, ...headers })
            assert.deepEqual([answer.status, answer.body?.code], [403, 'http.foreign_origin'], `${route} ${how}: ${answer.status} ${answer.text.slice(0, 200)}`)
            for (const name of ['access-control-allow-origin', 'access-control-allow-credentials', 'set-cookie']) assert.equal(answer.headers[name], undefined, `${route} ${how}: ${name}`)
          }
        }
      }
    })
  }

  await t.test('also without a cookie: nobody is signed in as the attacker', async () => {
    for (const route of ['POST /api/v1/sessions', 'POST /api/v1/sessions/passkey', 'POST /api/v1/sessions/second-step', 'POST /api/v1/accounts']) {
      for (const [how, headers] of Object.entries(sites).filter(([, given]) => given.origin || given['sec-fetch-site'])) {
        const answer = await ask(route, routes[route].ask(world, world), headers)
        assert.deepEqual([answer.status, answer.body?.code], [403, 'http.foreign_origin'], `${route} ${how}`)
      }
    }
  })

  await t.test('a cookie is nothing where apps call, which any site may', async () => {
    for (const [route, { ask: of }] of ofApps) {
      for (const cookie of Object.values(cookies)) {
        const answer = await ask(route, of(world, world), { cookie, origin: evil })
        // The two pages that take a form send whoever it is on to themselves, with nothing of theirs.
        const goesOn = answer.status === 303 && `POST ${answer.headers.location}` === route
        assert.ok(goesOn || [400, 401, 415].includes(answer.status), `${route}: ${answer.status} ${answer.text}`)
        assert.equal(answer.headers['access-control-allow-credentials'], undefined)
      }
    }
    for (const method of ['GET', 'POST']) {
      const info = await plain(url, method, '/oidc/userinfo', { cookie: cookies.pupil, origin: evil, 'content-length': 0 })
      assert.deepEqual([info.status, info.headers['access-control-allow-credentials']], [401, undefined])
    }
  })

  await t.test('nothing is read across sites either, and no preflight allows it', async () => {
    for (const [route, { ask: of }] of Object.entries(routes).filter(([name]) => name.includes(' /api/') && !name.includes('/events'))) {
      const [, template] = route.split(' ')
      const path = pathOf(template, listOf(of(world, world))[0])
      const preflight = await plain(url, 'OPTIONS', path, { origin: evil, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,authorization' })
      const read = await plain(url, 'GET', path, { cookie: cookies['county administrator'], origin: evil, 'sec-fetch-site': 'cross-site' })
      for (const answer of [preflight, read]) {
        for (const name of ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-methods', 'access-control-allow-headers']) assert.equal(answer.headers[name], undefined, `${route}: ${name}`)
        assert.equal(answer.headers['cross-origin-resource-policy'], 'same-origin')
      }
    }
  })

  await t.test('nothing has changed', async () => {
    assert.deepEqual(await stateOf(b), state)
    assert.deepEqual(counted(), rows)
    assert.equal(audited(), audit)
  })

  await t.test('each of these requests gets further when the page itself sends it', async () => {
    const last = ([route]) => /DELETE \/api\/v1\/sessions|password|lost|recoveries|appointments/.test(route)
    for (const [route, { ask: of }] of [...ofSessions.filter(one => !last(one)), ...ofSessions.filter(last)]) {
      for (const asked of listOf(of(world, world))) {
        for (const own of [{ origin: url, 'sec-fetch-site': 'same-origin' }, { origin: url }, { 'sec-fetch-site': 'same-origin' }]) {
          const answer = await ask(route, asked, { cookie: cookies.pupil, ...own })
          assert.notEqual(answer.body?.code, 'http.foreign_origin', route)
        }
      }
    }
    assert.ok(Number(audited()) > Number(audit), 'and then something changes')
  })
})

test('a session is a new one after each sign-in', { timeout: 240_000 }, async t => {
  const origin = 'http://card.example.test:8080'
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_PUBLIC_URL: origin } })
  const { url } = server
  const adults = people(8, { seed: 141, from: 1970, to: 1990 })
  let count = 0
  const somebody = () => register(url, adults[count], `planted.no${++count}`)
  const attacker = await somebody()
  const attackers = cookieOf(await browserSignsIn(url, attacker.user_name, password))
  const me = cookie => plain(url, 'GET', '/api/v1/me', { cookie })
  const planted = { 'made up': `__Host-educard=${'A'.repeat(43)}`, short: '__Host-educard=x', 'of the attacker': attackers }

  /** After `how` with a planted cookie: a new token, of the right person; what was planted is what it was before. */
  async function assertRenewed(how, login) {
    for (const [what, cookie] of Object.entries(planted)) {
      const before = await me(cookie)
      const answer = await how({ cookie })
      assert.equal(answer.status, 201, `${what}: ${answer.text}`)
      const got = cookieOf(answer)
      assert.match(got, /^__Host-educard=[\w-]{43}$/)
      assert.notEqual(got, cookie)
      assert.equal(answer.headers['set-cookie'].length, 1)
      assert.equal((await me(got)).body.user_name, login ?? answer.body.me?.user_name)
      const after = await me(cookie)
      assert.equal(after.status, before.status, what)
      assert.equal(after.body.user_name, before.body.user_name, 'what was planted did not become theirs')
      assert.notEqual((await me(got)).body.session_id, before.body.session_id)
    }
  }

  await t.test('with the password', async () => {
    const owner = await somebody()
    await assertRenewed(headers => browserSignsIn(url, owner.user_name, password, headers), owner.user_name)
  })

  await t.test('twice in the same browser: two sessions, two tokens', async () => {
    const owner = await somebody()
    const first = cookieOf(await browserSignsIn(url, owner.user_name, password))
    const second = cookieOf(await browserSignsIn(url, owner.user_name, password, { cookie: first }))
    assert.notEqual(first, second)
    assert.notEqual((await me(first)).body.session_id, (await me(second)).body.session_id)
  })

  await t.test('by registration', async () => {
    let at = 0
    await assertRenewed(async headers => plain(url, 'POST', '/api/v1/accounts', { ...json, origin: url, ...headers }, JSON.stringify({ document: { kind: 'resident_id', number: adults[6].number }, name: adults[6].name, user_name: `planted.new${++at}`, password, captcha: await solved(new Client(url)), transport: 'cookie' })))
  })

  await t.test('by the second step, and the first one gives none', async () => {
    const owner = await somebody()
    const { secret, codes } = await setUp(owner)
    await assertRenewed(async headers => {
      const first = await browserSignsIn(url, owner.user_name, password, headers)
      assert.deepEqual([first.status, first.headers['set-cookie'], first.body.token], [201, undefined, null])
      stepsPass(server)
      const code = codes.shift() ?? codeOf(secret)
      return plain(url, 'POST', '/api/v1/sessions/second-step', { ...json, origin: url, ...headers }, JSON.stringify({ ticket: first.body.ticket, code }))
    }, owner.user_name)
  })

  await t.test('by a passkey', async () => {
    const owner = await somebody()
    const key = new Passkey(origin)
    await owner.post('/api/v1/me/passkeys', { name: '手机', ...key.create(await owner.post('/api/v1/me/passkey-offers')) })
    await assertRenewed(async headers => plain(url, 'POST', '/api/v1/sessions/passkey', { ...json, origin: url, ...headers }, JSON.stringify({ passkey: key.answer(await new Client(url).post('/api/v1/passkey-challenges')), transport: 'cookie' })), owner.user_name)
  })

  await t.test('a device token that was planted does not become theirs', async () => {
    const owner = await somebody()
    const { body: theirs } = await browserSignsIn(url, attacker.user_name, password)
    const { body } = await browserSignsIn(url, owner.user_name, password, {}, { device_token: theirs.device_token })
    assert.notEqual(body.device_token, theirs.device_token)
    for (const device_token of ['chosen', 'A'.repeat(43)]) assert.notEqual((await browserSignsIn(url, owner.user_name, password, {}, { device_token })).body.device_token, device_token)
  })

  await t.test('a session comes in a cookie or a header, not in an address or a body', async () => {
    const [, token] = attackers.split('=')
    for (const path of [`/api/v1/me?token=${token}`, `/api/v1/me?access_token=${token}`, `/api/v1/me?__Host-educard=${token}`, `/api/v1/me;__Host-educard=${token}`]) assert.ok([400, 401, 404, 422].includes((await plain(url, 'GET', path)).status), path)
    for (const cookie of [`educard=${token}`, `__Secure-educard=${token}`, `__host-educard=${token}`, `x__Host-educard=${token}`, `a="__Host-educard=${token}"`]) assert.equal((await me(cookie)).status, 401, cookie)
  })

  await t.test('what ended stays ended, also when it is planted again', async () => {
    const owner = await somebody()
    const old = cookieOf(await browserSignsIn(url, owner.user_name, password))
    const { body } = await me(old)
    assert.equal((await plain(url, 'DELETE', `/api/v1/sessions/${body.session_id}`, { cookie: old, origin: url })).status, 204)
    assert.equal((await me(old)).status, 401)
    await browserSignsIn(url, owner.user_name, password, { cookie: old })
    assert.equal((await me(old)).status, 401)
  })
})

// Whoever copied the token of a session has what its owner proves later, and outlives a change of the password. OWASP ASVS 5.0, 7.2.4.
test('a session has a new token after a password change and after proof', { timeout: 120_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const [one, two, three, four, five, six] = people(6, { seed: 142, from: 1970, to: 1990 })
  const me = cookie => plain(url, 'GET', '/api/v1/me', { cookie })
  const put = (path, cookie, body) => plain(url, 'PUT', path, { ...json, origin: url, cookie }, JSON.stringify(body))

  await t.test('after a change of the password', async () => {
    const { user_name } = await register(url, one, 'copied.one')
    const copied = cookieOf(await browserSignsIn(url, user_name, password))
    const answer = await put('/api/v1/me/password', copied, { current_password: password, new_password: 'four red lanterns' })
    assert.ok(answer.status < 300, answer.text)
    assert.equal((await me(copied)).status, 401, 'the copy is no good any more')
    assert.equal((await me(cookieOf(answer))).body.user_name, user_name)
  })

  await t.test('after proof', async () => {
    const { user_name } = await register(url, two, 'copied.two')
    const copied = cookieOf(await browserSignsIn(url, user_name, password))
    const answer = await put('/api/v1/me/proof', copied, { password })
    assert.ok(answer.status < 300, answer.text)
    assert.equal((await me(copied)).status, 401, 'the copy is no good any more')
    assert.equal((await me(cookieOf(answer))).body.user_name, user_name)
  })

  await t.test('it stays the same session, with its cookie, its device and what is proven', async () => {
    const { user_name } = await register(url, three, 'copied.three')
    const first = await browserSignsIn(url, user_name, password)
    const proof = await put('/api/v1/me/proof', cookieOf(first), { password })
    assert.match(proof.headers['set-cookie'][0], /^__Host-educard=[\w-]{43}; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Strict$/)
    assert.deepEqual(proof.body, { token: null }, 'scripts of the page do not get it')
    const now = await me(cookieOf(proof))
    assert.equal(now.body.session_id, first.body.session_id)
    const sessions = await plain(url, 'GET', '/api/v1/sessions', { cookie: cookieOf(proof) })
    assert.deepEqual(sessions.body.filter(one => one.current).map(one => one.id), [first.body.session_id])
    const offer = await plain(url, 'POST', '/api/v1/me/authenticator', { ...json, origin: url, cookie: cookieOf(proof), 'content-length': 0 })
    assert.equal(offer.status, 201, offer.text)
  })

  await t.test('a wrong password renews nothing', async () => {
    const { user_name } = await register(url, four, 'copied.four')
    const cookie = cookieOf(await browserSignsIn(url, user_name, password))
    for (const [path, body] of [['/api/v1/me/proof', { password: 'not this one' }], ['/api/v1/me/password', { current_password: 'not this one', new_password: 'four red lanterns' }]]) {
      const answer = await put(path, cookie, body)
      assert.deepEqual([answer.status, answer.headers['set-cookie']], [422, undefined])
      assert.equal((await me(cookie)).status, 200)
    }
  })

  await t.test('a program with a token in a header gets the new one in the answer', async () => {
    const client = await register(url, five, 'copied.five')
    const copied = client.token
    const { token } = await client.put('/api/v1/me/proof', { password })
    assert.match(token, /^[\w-]{43}$/)
    assert.notEqual(token, copied)
    await new Client(url, copied).refused(401, 'GET', '/api/v1/me', undefined, 'http.sign_in_required')
    assert.equal((await client.get('/api/v1/me')).user_name, 'copied.five')
  })

  await t.test('of many proofs with one token at once one is answered with a session', async () => {
    const { user_name } = await register(url, six, 'copied.six')
    const copied = cookieOf(await browserSignsIn(url, user_name, password))
    const answers = await Promise.all(Array.from({ length: 6 }, () => put('/api/v1/me/proof', copied, { password })))
    const given = answers.filter(one => one.status === 200).map(cookieOf)
    assert.ok(given.length >= 1, answers.map(one => one.text).join())
    for (const refused of answers.filter(one => one.status !== 200)) assert.deepEqual([refused.status, refused.headers['set-cookie']], [401, undefined], refused.text)
    const good = []
    for (const cookie of given) if ((await me(cookie)).status === 200) good.push(cookie)
    assert.equal(good.length, 1, 'one session, one token')
    assert.equal((await me(copied)).status, 401)
  })
})

test('nothing that is answered may be framed', { timeout: 120_000 }, async t => {
  const server = await fresh(t, { env })
  const { url } = server
  const { teacher } = await certifiedTeacher(server, await smallSchool(server))
  const assertUnframed = (headers, what) => {
    const policy = headers['content-security-policy'] ?? ''
    assert.match(policy, /(^|; ?)frame-ancestors 'none'(;|$)/, `${what}: ${policy}`)
    assert.equal(policy.match(/frame-ancestors/g).length, 1, what)
    assert.equal(headers['x-content-type-options'], 'nosniff', what)
    assert.equal(headers['referrer-policy'], 'no-referrer', what)
    if (/text\/html/.test(headers['content-type'])) {
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin', what)
      assert.match(policy, /default-src 'none'/, what)
      assert.match(policy, /base-uri 'none'/, what)
      assert.match(policy, /form-action /, what)
    }
  }
  const of = text => Object.fromEntries(text.split('\r\n\r\n')[0].split('\r\n').slice(1).map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]))

  await t.test('pages, files, answers, for everybody and after signing in', async () => {
    const pages = ['/', '/login', '/register/who', '/authorize?client_id=1', '/authorize', '/logout', '/device', '/verify', '/card', '/me', '/me/password', '/me/second-factor', '/me/apps', '/admin', '/admin/reviews', '/forbidden', '/trouble', '/nowhere', '/a/b/c', '/api', '/index.html']
    const signedIn = cookieOf(await browserSignsIn(url, 'the.teacher', password, { origin: issuer }))
    for (const path of [...pages, '/favicon.ico', '/sw.js', '/manifest.webmanifest', '/api/openapi.json', '/api/v1/me', '/api/v1/nothing', '/healthz', '/metrics', '/.well-known/openid-configuration', '/oidc/jwks', '/oidc/token', '/oidc/userinfo', '/robots.txt', '/assets/none.js']) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'DELETE']) {
        for (const headers of [{}, { cookie: signedIn, origin: issuer }]) {
          const answer = await plain(url, method, path, { ...headers, 'content-length': 0 })
          assertUnframed(answer.headers, `${method} ${path} ${answer.status}`)
        }
      }
    }
    for (const path of pages.filter(one => one !== '/api')) assert.match((await plain(url, 'GET', path)).headers['content-type'], /text\/html/, path)
    const index = await plain(url, 'GET', '/')
    const again = await plain(url, 'GET', '/', { 'if-none-match': index.headers.etag })
    assert.equal(again.status, 304)
    assertUnframed(again.headers, '304')
  })

  await t.test('the page that posts an answer to an app, right or wrong', async () => {
    const { parameters } = await begun(await relyingParty(server, registered(server)))
    const { ticket } = await teacher.post('/api/v1/authorizations', { ...parameters, response_mode: 'form_post', allowed: true, with: [] })
    const post = form => plain(url, 'POST', '/oidc/form_post', { 'content-type': 'application/x-www-form-urlencoded' }, String(new URLSearchParams(form)))
    const page = await post({ ticket })
    assert.equal(page.status, 200)
    assertUnframed(page.headers, 'form_post')
    for (const form of [{}, { ticket: 'x' }]) assertUnframed((await post(form)).headers, 'form_post, wrong')
    assert.ok((await agreed(teacher, parameters)).startsWith('https://app.example.com/cb?'))
    assert.ok(issuer)
  })

  await t.test('what is refused before it is a request', async () => {
    const head = (line, ...headers) => [line, ...headers, '', ''].join('\r\n')
    const broken = [head('NONSENSE'), head('GET / HTTP/1.1'), head('GET / HTTP/9.9', 'Host: a'), head('GET /%zz HTTP/1.1', 'Host: a', 'Connection: close'), head(`GET /${'x'.repeat(20_000)} HTTP/1.1`, 'Host: a'), head('GET / HTTP/1.1', 'Host: a', `X: ${'y'.repeat(100_000)}`), head('GET / HTTP/1.1', 'Host: a', 'Host: b'), head('BREW / HTTP/1.1', 'Host: a', 'Connection: close'), head('POST /api/v1/captchas HTTP/1.1', 'Host: a', 'Content-Length: x'), head('POST /api/v1/captchas HTTP/1.1', 'Host: a', 'Content-Length: 99999999999'), head('POST /api/v1/captchas HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip'), head('POST /api/v1/captchas HTTP/1.1', 'Host: a', 'Expect: nonsense', 'Content-Length: 0', 'Connection: close'), head('GET http://evil.example/ HTTP/1.1', 'Host: evil.example', 'Connection: close'), head('OPTIONS * HTTP/1.1', 'Host: a', 'Connection: close'), head('CONNECT a:1 HTTP/1.1', 'Host: a', 'Connection: close')]
    for (const octets of broken) {
      const { text } = await raw(url, octets, { seconds: 5 })
      assert.match(text, /^HTTP\/1\.1 \d{3}/, octets.slice(0, 60))
      assertUnframed(of(text), octets.slice(0, 60))
      assert.ok(!text.includes('evil.example'), 'nothing of it comes back')
    }
  })

  await t.test('the documents that are shipped run no script of others, and none that stands in them', () => {
    const html = readFileSync(join(root, 'web/index.html'), 'utf8')
    assert.ok(!/<script(?![^>]*src="\/)|\son\w+=|javascript:|https?:\/\//.test(html))
  })
})
