// Codes and access tokens that stand in no table: what they are sealed against, that a code is good once wherever it is shown, and what
// ends them between one step and the next.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { signInAs } from '../support/accounts.mjs'
import { Client, eventually, whileBusy } from '../support/client.mjs'
import { connection, inDatabase, onPostgres } from '../support/database.mjs'
import { nodeBeside } from '../support/nodes.mjs'
import { agreed, begun, callback, certifiedTeacher, enter, env, issuer, openid, postedBy, registered, relyingParty, through } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const query = location => Object.fromEntries(new URL(location).searchParams)
const basic = app => ({ authorization: `Basic ${btoa(`${app.id}:${app.secret}`)}` })
const poster = server => (path, form, headers = {}) => fetch(server.url + path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(form) })
const octets = text => createHash('sha256').update(text).digest('hex')
const blob = hex => (onPostgres ? `'\\x${hex}'` : `X'${hex}'`)
const count = (server, table, where = '1 = 1') => Number(inDatabase(server, `SELECT COUNT(*) FROM ${table} WHERE ${where}`))

/** Changes of a text that somebody might try: each letter another, pieces of it, more than it. */
const spoiled = text => {
  const flipped = [...text].map((letter, at) => text.slice(0, at) + (letter === 'A' ? 'B' : 'A') + text.slice(at + 1)).filter((_, at) => at % 7 === 0 || at > text.length - 4)
  const cut = [1, 2, 3, 4, 43, 60].flatMap(length => [text.slice(length), text.slice(0, -length)])
  return [...flipped, ...cut, `${text}A`, `${text}AAAA`, `${text}=`, `${text}.`, ` ${text}`, text.toUpperCase(), text + text, '', 'A'.repeat(43), 'A'.repeat(text.length), randomBytes(300).toString('base64url'), 'A'.repeat(4000)]
}

test('codes and access tokens that are sealed', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env })
  const post = poster(server)
  let { teacher } = await certifiedTeacher(server, await smallSchool(server))
  const app = registered(server)
  const other = registered(server, { name: '别的' })
  const service = registered(server, { uris: [], essential: '', more: ['--service'] })
  const config = await relyingParty(server, app)
  await enter(config, teacher)

  const verifier = openid.randomPKCECodeVerifier()
  const challenge = await openid.calculatePKCECodeChallenge(verifier)
  const asked = (more = {}) => ({ client_id: app.id, redirect_uri: callback, response_type: 'code', scope: 'openid profile', code_challenge: challenge, code_challenge_method: 'S256', ...more })
  const restart = async () => {
    await server.stop()
    await server.start()
    teacher = new Client(server.url, teacher.token)
  }
  const coming = async (more, person = teacher) => query(await agreed(person, asked(more))).code
  const change = async (code, { at = server, as = app, ...more } = {}) => {
    const answer = await poster(at)('/oidc/token', { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier, ...more }, basic(as))
    return { status: answer.status, ...(await answer.json()) }
  }
  const refused = async (answer, error = 'invalid_grant') => assert.deepEqual([(await answer).status, (await answer).error], [error === 'invalid_client' ? 401 : 400, error])
  const active = async (token, { at = server, as = app } = {}) => (await (await poster(at)('/oidc/introspect', { token }, basic(as))).json()).active
  const named = token => through(server)(`${issuer}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  const serve = async () => (await (await post('/oidc/token', { grant_type: 'client_credentials' }, basic(service))).json()).access_token

  await t.test('the page and a service write nothing, and what they give is short', async () => {
    const before = [count(server, 'app_token'), count(server, 'app_grant')]
    const code = await coming()
    const own = await serve()
    assert.deepEqual([count(server, 'app_token'), count(server, 'app_grant')], before)
    assert.ok(code.length < 600, `${code.length} letters`)
    assert.ok(own.length < 300, `${own.length} letters`)
    assert.equal(await active(own, { as: service }), true)
    const { access_token } = await change(code)
    assert.ok(access_token.length < 300, `${access_token.length} letters`)
    assert.equal(count(server, 'app_token'), before[0])
  })

  await t.test('what an app chose itself may be long: the code and the token stay short', async () => {
    for (const [nonce, scope] of [['n'.repeat(250), 'openid profile'], ['n'.repeat(4000), 'openid profile'], ['n', `openid profile ${'s'.repeat(1200)}`], ['n', `openid profile ${'s'.repeat(4000)}`]]) {
      const code = await coming({ nonce, scope })
      assert.ok(code.length < 1024, `${code.length} letters`)
      const tokens = await change(code)
      assert.equal(JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url')).nonce, nonce)
      assert.equal(tokens.scope, scope)
      assert.ok(tokens.access_token.length < 2048, `${tokens.access_token.length} letters`)
      assert.equal((await (await named(tokens.access_token)).json()).name.length > 0, true)
      await refused(change(code))
      assert.equal(await active(tokens.access_token), false)
    }
  })

  await t.test('changed in any place it is nothing', async () => {
    const code = await coming()
    for (const wrong of spoiled(code)) await refused(change(wrong), wrong ? 'invalid_grant' : 'invalid_request')
    const tokens = await change(code)
    assert.equal(tokens.status, 200, 'all that did not hurt the right one')
    for (const wrong of spoiled(tokens.access_token)) {
      assert.equal(await active(wrong), false, wrong)
      assert.equal((await post('/oidc/revoke', { token: wrong }, basic(app))).status, 200)
    }
    for (const wrong of spoiled(tokens.access_token).filter(text => /^[\w.=-]+$/.test(text)).slice(0, 20)) assert.equal((await named(wrong)).status, 401)
    assert.equal(await active(tokens.access_token), true)
  })

  await t.test('one kind is not another, nor what else is sealed here', async () => {
    const { access_token } = await change(await coming())
    const step = await teacher.post('/api/v1/authorizations', asked({ response_mode: 'form_post' }))
    const { begun: kept } = await teacher.post('/api/v1/authorizations', asked({ prompt: 'login' }))
    for (const wrong of [access_token, step.ticket, kept, await serve()]) await refused(change(wrong))
    const code = await coming()
    for (const wrong of [code, step.ticket, kept]) {
      assert.equal(await active(wrong), false)
      assert.equal((await named(wrong)).status, 401)
    }
    for (const wrong of [code, access_token]) assert.notEqual((await fetch(`${server.url}/oidc/form_post`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ ticket: wrong }) })).status, 200)
    assert.equal((await named(await serve())).status, 401, 'of nobody')
    assert.equal((await change((await postedBy(server, step)).fields.code)).status, 200)
  })

  await t.test("another app's code and token say nothing and end nothing", async () => {
    const code = await coming()
    await refused(change(code, { as: other }))
    const { access_token } = await change(code)
    assert.equal(await active(access_token, { as: other }), false)
    await post('/oidc/revoke', { token: access_token }, basic(other))
    await refused(change(code, { as: other }))
    assert.equal(await active(access_token), true)
  })

  await t.test('shown again with anything wrong: what it gave ends; wrong before, it stays good', async () => {
    for (const wrong of [{ code_verifier: openid.randomPKCECodeVerifier() }, { redirect_uri: 'https://app.example.com/other' }, { redirect_uri: '' }, { code_verifier: '' }]) {
      const code = await coming()
      await refused(change(code, wrong))
      const { access_token } = await change(code)
      assert.equal(await active(access_token), true)
      await refused(change(code, wrong))
      assert.equal(await active(access_token), false, JSON.stringify(wrong))
    }
  })

  await t.test('twenty at once, on each node: one set of tokens, and it ends', async () => {
    const nodes = onPostgres ? [server, await nodeBeside(t, server)] : [server]
    for (let round = 0; round < 3; ++round) {
      const code = await coming({ scope: 'openid profile offline_access' })
      const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => whileBusy(() => poster(nodes[n % nodes.length])('/oidc/token', { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }, basic(app)))))
      const all = await Promise.all(answers.map(async answer => ({ status: answer.status, ...(await answer.json()) })))
      const given = all.filter(one => one.status === 200)
      assert.equal(given.length, 1)
      for (const one of all.filter(answer => answer.status !== 200)) assert.equal(one.error, 'invalid_grant')
      for (const at of nodes) assert.equal(await active(given[0].access_token, { at }), false)
      await refused((async () => {
        const answer = await post('/oidc/token', { grant_type: 'refresh_token', refresh_token: given[0].refresh_token }, basic(app))
        return { status: answer.status, ...(await answer.json()) }
      })())
    }
  })

  await t.test('between the code and the tokens: consent withdrawn, signed out, the app switched off', async () => {
    const withdrawn = await coming()
    await teacher.delete(`/api/v1/me/apps/${app.id}`)
    await refused(change(withdrawn))
    await refused(change(withdrawn))
    await enter(config, teacher)
    inDatabase(server, `UPDATE app_consent SET given_at = given_at + 6000000 WHERE app_id = ${app.id}`) // some seconds later
    await refused(change(withdrawn)) // agreeing anew is no reason for what came before
    inDatabase(server, `UPDATE app_consent SET given_at = given_at - 6000000 WHERE app_id = ${app.id}`)
    const twice = await Promise.all(Array.from({ length: 6 }, () => agreed(teacher, asked({ prompt: 'consent' }), { allowed: true, with: [] })))
    for (const answer of await Promise.all(twice.map(one => change(query(one).code)))) assert.equal(answer.status, 200, 'agreeing on several pages at once')
    const more = registered(server, { name: '作业', voluntary: 'school' })
    const asks = (answer, rest = {}) => agreed(teacher, asked({ client_id: more.id, scope: 'openid profile education', prompt: 'consent', ...rest }), answer)
    const both = query(await asks({ allowed: true, with: ['school'] })).code
    const fewer = query(await asks({ allowed: true, with: [] })).code
    await refused(change(both, { as: more }))
    assert.equal((await change(fewer, { as: more })).status, 200, 'what they agreed to last')

    const person = await signInAs(server.url, 'the.teacher')
    const left = await coming({}, person)
    await person.delete(`/api/v1/sessions/${(await person.get('/api/v1/me')).session_id}`)
    await refused(change(left))

    const off = await coming()
    const held = await change(await coming({ scope: 'openid profile offline_access', prompt: 'consent' }))
    const inItsOwnName = await serve()
    assert.equal(held.status, 200)
    for (const one of [app, service]) educard(server.data, ['app', 'disable', one.id])
    await refused(change(off), 'invalid_client')
    assert.equal((await named(held.access_token)).status, 401)
    for (const one of [app, service]) educard(server.data, ['app', 'enable', one.id])
    await refused(change(off))
    const again = await post('/oidc/token', { grant_type: 'refresh_token', refresh_token: held.refresh_token }, basic(app))
    assert.deepEqual([again.status, (await again.json()).error], [400, 'invalid_grant'])
    assert.equal((await named(held.access_token)).status, 401, 'switched off, perhaps because tokens were stolen: they stay dead')
    assert.deepEqual([await active(held.access_token), await active(held.refresh_token), await active(inItsOwnName, { as: service })], [false, false, false])
    const anew = await change(await coming())
    assert.deepEqual([anew.status, (await named(anew.access_token)).status, await active(await serve(), { as: service })], [200, 200, true])
    educard(server.data, ['app', 'enable', app.id])
    assert.equal((await named(anew.access_token)).status, 200, 'enabled twice is no new beginning')
  })

  await t.test('shown again after they signed out: what it gave for offline access ends, too', async () => {
    const person = await signInAs(server.url, 'the.teacher')
    const code = await coming({ scope: 'openid profile offline_access', prompt: 'consent' }, person)
    const { access_token } = await change(code)
    await person.delete(`/api/v1/sessions/${(await person.get('/api/v1/me')).session_id}`)
    assert.equal(await active(access_token), true)
    await refused(change(code))
    assert.equal(await active(access_token), false)
  })

  await t.test('given back: that token is no good any more, also after a restart; others are', async () => {
    const code = await coming({ scope: 'openid profile offline_access', prompt: 'consent' })
    const { access_token, refresh_token } = await change(code)
    const [own, more] = [await serve(), await serve()]
    for (let again = 0; again < 2; ++again) {
      await post('/oidc/revoke', { token: access_token }, basic(app))
      await post('/oidc/revoke', { token: own }, basic(service))
    }
    assert.equal(count(server, 'app_revoked_token'), 2)
    const seen = async () => [await active(access_token), await active(refresh_token), await active(own, { as: service }), await active(more, { as: service }), (await named(access_token)).status]
    assert.deepEqual(await seen(), [false, true, false, true, 401])
    await restart()
    assert.deepEqual(await seen(), [false, true, false, true, 401])
  })

  await t.test('codes and tokens of an earlier version, which are kept in the table, hold to their end', async () => {
    const id = BigInt(inDatabase(server, 'SELECT MAX(id) FROM app_grant').trim()) + 1n // more than a Number holds
    const account = inDatabase(server, `SELECT account_id FROM app_consent WHERE app_id = ${app.id}`).trim()
    const session = (await teacher.get('/api/v1/me')).session_id
    const code = randomBytes(32).toString('base64url')
    const now = Date.now() * 1000
    const details = JSON.stringify({ redirect_uri: callback, challenge, claims: ['name'], signed_in_at: new Date().toISOString(), session })
    const insert = (token, kind, grant, until) => inDatabase(server, `INSERT INTO app_token (digest, kind, app_id, account_id, grant_id, scope, details, expires_at) VALUES (${blob(octets(token))}, '${kind}', ${app.id}, ${account}, ${grant}, 'openid profile', '${kind === 'code' ? details : ''}', ${until})`)
    insert(code, 'code', id, now + 60e6)
    const tokens = await change(code)
    assert.equal(tokens.status, 200, JSON.stringify(tokens))
    const [old, late] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')]
    insert(old, 'access', id, now + 900e6)
    insert(late, 'access', id, now - 1e6)
    assert.deepEqual([await active(old), await active(late), (await named(old)).status], [true, false, 200])
    await post('/oidc/revoke', { token: old }, basic(app))
    assert.equal(await active(old), false)
    await refused(change(code))
    assert.equal(await active(tokens.access_token), false, 'that it is used twice shows in either form')
  })

  await t.test('two at the same moment, on PostgreSQL: consent is withdrawn while the app fetches its tokens', { skip: !onPostgres }, async () => {
    const gate = connection(server)
    t.after(() => gate.end())
    const waits = text => eventually(() => Number(inDatabase(server, `SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${text}%'`)), `${text} to wait`)
    const code = await coming()
    await gate.run(`BEGIN; DELETE FROM app_consent WHERE app_id = ${app.id}`)
    const answer = change(code)
    await waits('UPDATE app_consent')
    await gate.run('COMMIT')
    await refused(answer)

    await enter(config, teacher)
    const first = await coming()
    await gate.run('BEGIN; LOCK TABLE app_grant IN SHARE MODE')
    const tokens = change(first)
    await waits('INSERT INTO app_grant')
    const out = teacher.delete(`/api/v1/me/apps/${app.id}`)
    await waits('DELETE FROM app_consent')
    await gate.run('ROLLBACK')
    await out
    assert.equal(await active((await tokens).access_token), false)
  })

  await t.test('at another issuer, or with the keys of another installation, they are nothing', async () => {
    await enter(config, teacher)
    const [code, own, { access_token }] = [await coming(), await serve(), await change(await coming())]
    server.options = { ...server.options, env: { ...env, EDUCARD_PUBLIC_URL: 'https://card.example.org' } }
    await restart()
    await refused(change(code))
    assert.equal(await active(access_token), false)
    assert.equal(await active(own, { as: service }), false)
    const elsewhere = await fresh(t, { env })
    const there = registered(elsewhere, { uris: [], essential: '', more: ['--service'] })
    for (const token of [own, access_token]) assert.equal(await active(token, { at: elsewhere, as: there }), false)
  })
})
