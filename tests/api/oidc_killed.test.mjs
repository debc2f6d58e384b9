// Apps while nodes are killed with -9 under load: what was acknowledged as ended (given back, signed out, withdrawn, the app disabled)
// never works again, what was acknowledged as given works, after every restart and on every node. Two nodes on PostgreSQL, one on SQLite. EDUCARD_TEST_ROUNDS and EDUCARD_TEST_SEED as in crash.test.mjs.
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

test(`apps, while nodes are killed under load (seed ${seed})`, { timeout: 240_000 + rounds * 60_000 }, async t => {
  const first = await fresh(t, { env })
  const nodes = onPostgres ? [first, await nodeBeside(t, first)] : [first]
  const school = await smallSchool(first)
  await certifiedTeacher(first, school)
  const app = registered(first)
  const own = Array.from({ length: atOnce }, (_, n) => registered(first, { name: `口算${n}` })) // of each of those that act at once, to be withdrawn and disabled
  const next = random(seed)
  const someNode = () => nodes[Math.floor(next() * nodes.length)]
  let going = true
  const pause = () => new Promise(done => setTimeout(done, 50))

  /** One request of an app to one node; nothing when no answer came, for then nobody knows what was done. */
  const ask = async (node, path, form, { id, secret } = app) => {
    try {
      const answer = await fetch(node.address + path, { method: 'POST', headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}`, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(form) })
      return answer.status >= 500 ? undefined : { status: answer.status, body: await answer.json() }
    } catch {
      return undefined
    }
  }
  const callAs = async (node, token, method, path, body) => {
    const answer = await new Client(node.address, token).call(method, path, body).catch(() => undefined)
    return answer?.status >= 500 ? undefined : answer
  }
  /** The same, asked until there is an answer: of what changes nothing, or may be done twice. */
  const insist = async request => {
    while (going) {
      const answer = await request()
      if (answer) return answer
      await pause()
    }
    throw new Error('it is over')
  }
  const isActive = async (node, token, of = app) => (await insist(() => ask(node, '/oidc/introspect', { token }, of))).body.active ?? false // a disabled app is told nothing
  const isOpen = async (node, token) => (await insist(() => callAs(node, token, 'GET', '/api/v1/me'))).status === 200

  const good = new Set()
  const dead = new Map() // with the app whose it was
  const sessions = { open: new Set(), ended: new Set() }
  const shared = (await signInAs(first.url, 'the.teacher')).token
  sessions.open.add(shared)
  const ways = { revoked: 0, refreshed: 0, 'signed out': 0, 'signed in': 0, withdrawn: 0, disabled: 0 }
  let flows = 0
  let unsure = 0

  /** Lets this session's holder into an app: the tokens; nothing when no answer came. */
  const enter = async (token, { scope = 'openid profile offline_access', of = app } = {}) => {
    const code_verifier = randomBytes(32).toString('base64url')
    const parameters = { client_id: of.id, redirect_uri: callback, response_type: 'code', scope, code_challenge: createHash('sha256').update(code_verifier).digest('base64url'), code_challenge_method: 'S256' }
    const step = more => callAs(someNode(), token, 'POST', '/api/v1/authorizations', { ...parameters, ...more })
    let agreed = await step()
    if (agreed?.body.next === 'consent') agreed = await step({ allowed: true, with: [] })
    if (!agreed) return
    assert.equal(agreed.status, 200, JSON.stringify(agreed.body))
    const code = new URL(agreed.body.location).searchParams.get('code')
    const tokens = await ask(someNode(), '/oidc/token', { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier }, of)
    if (!tokens) return
    assert.equal(tokens.status, 200, JSON.stringify(tokens.body))
    return tokens.body
  }
  /** That these are over was acknowledged: every node knows it. */
  const areOver = async ({ access_token, refresh_token }, of = app) => {
    for (const token of [access_token, refresh_token]) if (token) dead.set(token, of)
    for (const node of nodes) assert.equal(await isActive(node, access_token, of), false)
  }
  const signedIn = () => signInAs(someNode().address, 'the.teacher').catch(() => undefined)

  /** Each gives whether all of it was answered. */
  const acts = {
    async revoked() {
      const tokens = await enter(shared)
      if (!tokens || !await ask(someNode(), '/oidc/revoke', { token: tokens.refresh_token })) return false
      await areOver(tokens) // the whole grant
      return true
    },
    async refreshed() {
      const tokens = await enter(shared)
      const fresher = tokens && await ask(someNode(), '/oidc/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
      if (!fresher) return false
      assert.equal(fresher.status, 200, JSON.stringify(fresher.body))
      good.add(tokens.access_token).add(fresher.body.access_token).add(fresher.body.refresh_token)
      return true
    },
    async 'signed in'() {
      const other = await signedIn()
      if (!other) return false
      sessions.open.add(other.token)
      const tokens = await enter(other.token, { scope: 'openid profile' })
      if (tokens) good.add(tokens.access_token)
      return tokens !== undefined
    },
    async 'signed out'() {
      const other = await signedIn()
      const tokens = other && await enter(other.token, { scope: 'openid profile' })
      if (!tokens || (await callAs(someNode(), other.token, 'DELETE', `/api/v1/sessions/${other.session_id}`))?.status !== 204) return false
      sessions.ended.add(other.token)
      await areOver(tokens)
      return true
    },
    async withdrawn(of) {
      const tokens = await enter(shared, { of })
      if (!tokens || !await callAs(someNode(), shared, 'DELETE', `/api/v1/me/apps/${of.id}`)) return false
      await areOver(tokens, of)
      return true
    },
    async disabled(of) {
      const tokens = await enter(shared, { of })
      if (!tokens) return false
      for (const active of [false, true]) assert.ok((await insist(() => callAs(someNode(), school.admin.token, 'PUT', `/api/v1/apps/${of.id}/active`, { active }))).status < 300)
      await areOver(tokens, of)
      return true
    },
  }
  const names = Object.keys(acts)
  const flow = async worker => {
    const name = names[Math.floor(next() * names.length)]
    if (!await acts[name](own[worker])) {
      ++unsure
      return pause()
    }
    ++ways[name]
    ++flows
  }

  const each = async (all, check) => {
    const left = [...all]
    await Promise.all(own.map(async () => {
      while (left.length) await check(left.pop())
    }))
  }
  /** What was acknowledged by now is as it was acknowledged. */
  const holds = async node => {
    await each(good, async token => assert.equal(await isActive(node, token), true, 'an acknowledged token is gone'))
    await each(sessions.open, async token => assert.equal(await isOpen(node, token), true, 'an acknowledged session is gone'))
    await each(dead, async ([token, of]) => assert.equal(await isActive(node, token, of), false, 'a token works again'))
    await each(sessions.ended, async token => assert.equal(await isOpen(node, token), false, 'a session works again'))
  }

  await enter(shared) // agreed to, once for all
  const kills = killing(nodes, next, 3 * rounds, { pause_ms: 1200, then: holds })
  try {
    await Promise.all(own.map(async (_, worker) => {
      while (going && (flows < leastFlows * rounds || Object.values(ways).includes(0))) await flow(worker)
    }))
  } catch (fault) {
    going = false // of the others, too
    await kills.stop().catch(() => {})
    throw fault
  }
  const killed = await kills.stop()
  assert.ok(killed > 0, 'nobody was killed')
  t.diagnostic(`${flows} flows (${Object.entries(ways).map(([name, times]) => `${times} ${name}`).join(', ')}), ${unsure} without an answer, ${killed} kills; ${good.size} tokens good, ${dead.size} ended; ${sessions.open.size} sessions open, ${sessions.ended.size} ended`)

  for (const node of nodes) await holds(node)
  for (const [token, of] of dead) assert.equal((await ask(first, '/oidc/token', { grant_type: 'refresh_token', refresh_token: token }, of)).status, 400)
  if (!onPostgres) {
    await first.stop()
    const doctor = educard(first.data, ['doctor'])
    assert.equal(doctor.status, 0, doctor.out + doctor.err)
    await first.start()
  }
})
