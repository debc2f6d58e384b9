// Apps while nodes are killed with -9 under load: what was acknowledged as given back or signed out never works again, what was
// acknowledged as given works, on every node. Two nodes on PostgreSQL, one on SQLite. EDUCARD_TEST_ROUNDS and EDUCARD_TEST_SEED as in crash.test.mjs.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { signInAs } from '../support/accounts.mjs'
import { Client } from '../support/client.mjs'
import { onPostgres } from '../support/database.mjs'
import { killing, nodeBeside } from '../support/nodes.mjs'
import { callback, certifiedTeacher, env, registered } from '../support/oidc.mjs'
import { random } from '../support/people.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const rounds = Number(process.env.EDUCARD_TEST_ROUNDS ?? 1)
const seed = Number(process.env.EDUCARD_TEST_SEED ?? Date.now() % 100_000)
const atOnce = 6
const leastFlows = 60

test(`apps, while nodes are killed under load (seed ${seed})`, { timeout: 120_000 + rounds * 60_000 }, async t => {
  const first = await fresh(t, { env })
  const nodes = onPostgres ? [first, await nodeBeside(t, first)] : [first]
  await certifiedTeacher(first, await smallSchool(first))
  const app = registered(first)
  const authorization = `Basic ${btoa(`${app.id}:${app.secret}`)}`
  const next = random(seed)
  const someNode = () => nodes[Math.floor(next() * nodes.length)]

  /** One request to one node; nothing when no answer came, for then nobody knows what was done. */
  const ask = async (node, path, form) => {
    try {
      const answer = await fetch(node.address + path, { method: 'POST', headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(form) })
      return answer.status >= 500 ? undefined : { status: answer.status, body: await answer.json() }
    } catch {
      return undefined
    }
  }
  /** The same, asked until a node answers: of what changes nothing. */
  const isActive = async (node, token) => {
    for (;;) {
      const answer = await ask(node, '/oidc/introspect', { token })
      if (answer) return answer.body.active
      await new Promise(done => setTimeout(done, 50))
    }
  }
  const callAs = async (node, token, method, path, body) => new Client(node.address, token).call(method, path, body).catch(() => undefined)

  const good = new Set()
  const dead = new Set()
  const sessions = { open: new Set(), ended: new Set() }
  const shared = (await signInAs(first.url, 'the.teacher')).token
  sessions.open.add(shared)
  let flows = 0
  let unsure = 0

  /** A code for this session's holder; nothing when no answer came. */
  const code = async (token, verifier) => {
    const parameters = { client_id: app.id, redirect_uri: callback, response_type: 'code', scope: 'openid profile offline_access', code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256', allowed: true, with: [] }
    const answer = await callAs(someNode(), token, 'POST', '/api/v1/authorizations', parameters)
    return answer?.status === 200 ? new URL(answer.body.location).searchParams.get('code') : undefined
  }

  const flow = async () => {
    const verifier = randomBytes(32).toString('base64url')
    const given = await code(shared, verifier)
    const tokens = given && await ask(someNode(), '/oidc/token', { grant_type: 'authorization_code', code: given, redirect_uri: callback, code_verifier: verifier })
    if (!tokens) return void ++unsure
    assert.equal(tokens.status, 200, JSON.stringify(tokens.body))
    const { access_token, refresh_token } = tokens.body
    good.add(access_token).add(refresh_token)
    const chance = next()
    if (chance < 0.4) { // given back: the whole grant ends
      good.delete(access_token)
      good.delete(refresh_token)
      const answer = await ask(someNode(), '/oidc/revoke', { token: refresh_token })
      if (!answer) return void ++unsure
      dead.add(access_token).add(refresh_token)
      for (const node of nodes) assert.equal(await isActive(node, access_token), false)
    } else if (chance < 0.7) { // refreshed: the old refresh token is used up
      good.delete(refresh_token)
      const answer = await ask(someNode(), '/oidc/token', { grant_type: 'refresh_token', refresh_token })
      if (!answer) return void ++unsure
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
      good.add(answer.body.access_token).add(answer.body.refresh_token)
    } else if (chance < 0.85) { // another device signs in and out
      const node = someNode()
      const other = await signInAs(node.address, 'the.teacher').catch(() => undefined)
      if (!other) return
      const out = await callAs(someNode(), other.token, 'DELETE', `/api/v1/sessions/${(await callAs(someNode(), other.token, 'GET', '/api/v1/me'))?.body.session_id}`)
      if (out?.status === 204) sessions.ended.add(other.token)
    }
    ++flows
  }

  const kills = killing(nodes, next, 3 * rounds, { pause_ms: 1200 })
  t.after(kills.stop)
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (flows < leastFlows * rounds) await flow()
  }))
  const killed = await kills.stop()
  assert.ok(killed > 0, 'nobody was killed')
  t.diagnostic(`${flows} flows, ${unsure} without an answer, ${killed} kills; ${good.size} tokens good, ${dead.size} given back, ${sessions.ended.size} sessions ended`)

  for (const node of nodes) {
    for (const token of good) assert.equal(await isActive(node, token), true, 'an acknowledged token is gone')
    for (const token of dead) assert.equal(await isActive(node, token), false, 'a token works again')
    for (const token of sessions.open) assert.equal((await new Client(node.address, token).call('GET', '/api/v1/me')).status, 200)
    for (const token of sessions.ended) assert.equal((await new Client(node.address, token).call('GET', '/api/v1/me')).status, 401)
  }
  for (const token of dead) assert.equal((await ask(first, '/oidc/token', { grant_type: 'refresh_token', refresh_token: token })).status, 400)
  if (!onPostgres) {
    await first.stop()
    const doctor = educard(first.data, ['doctor'])
    assert.equal(doctor.status, 0, doctor.out + doctor.err)
    await first.start()
  }
})
