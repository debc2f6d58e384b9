// The server is made to ask its own neighbours (SSRF): addresses of back-channel sign-out and of webhooks that lead inside, in every way to
// write one. In a network of its own, where something listens at every one of them that can be had.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { eventually } from '../support/client.mjs'
import { inDatabase, onPostgres } from '../support/database.mjs'
import { callback, certifiedTeacher, enter, env, issuer, relyingParty, through } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

/** Of somebody inside; in the network of the test all of them are this machine's. */
const given = ['10.0.0.1', '172.16.0.1', '172.31.255.254', '192.168.0.1', '169.254.169.254', '100.64.0.1', '198.18.0.1', '192.0.0.1', 'fc00::1', 'fd00::1', 'fd00:ec2::254', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:7f00:1::']
const ours = ['127.0.0.1', '::1', ...given]
/** As sockets say it. */
const canonical = address => (address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address)
const written = address => (address.includes(':') ? `[${address}]` : address)

/** All of these lead to a private network, if they lead anywhere. */
const hosts = [
  'localhost', 'localhost.', 'LOCALHOST', 'foo.localhost', '127.1', '127.0.1', '0', '0.0.0.0', '127.255.255.254', '127.0.0.1.', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001', '0x7f.1', '%31%32%37.0.0.1', '127%2e0%2e0%2e1',
  '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:10.0.0.1]', '[::127.0.0.1]', '[64:ff9b::127.0.0.1]', '[fe80::1]', '[fe80::1%25lo]', '[ff02::1]', '0xa.1', '167772161', '224.0.0.1', '255.255.255.255',
  ...ours.map(written),
]

/** What makes a network of its own: as root, or as who is root only there. */
const alone = [['--net'], ['--map-root-user', '--net']].find(way => spawnSync('unshare', [...way, 'ip', 'link', 'set', 'lo', 'up']).status === 0)
const reason = onPostgres ? 'the database is in another network' : !alone && 'no network of its own can be made here'

if (!process.env.EDUCARD_TEST_ALONE) {
  test('in a network of its own', { skip: reason, timeout: 600_000 }, async () => {
    const addresses = given.map(one => `ip addr add ${one}/${one.includes(':') ? '128 nodad' : 32} dev lo`)
    const { NODE_TEST_CONTEXT: _, ...rest } = process.env // what comes is to be read, not to be counted
    await promisify(execFile)('unshare', [...alone, 'sh', '-ec', ['ip link set lo up', ...addresses, 'exec "$@"'].join('\n'), 'sh', process.execPath, '--test-reporter=spec', import.meta.filename], { env: { ...rest, EDUCARD_TEST_ALONE: 'yes' } })
      .catch(fault => assert.fail(fault.stdout + fault.stderr))
  })
} else {
  inside()
}

/** Counts whoever connects, at any address of this machine. */
async function neighbour(t) {
  const heard = []
  const host = createServer(socket => {
    heard.push(socket.localAddress.replace('::ffff:', ''))
    socket.on('error', () => {})
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  }).listen(0, '::')
  await once(host, 'listening')
  t.after(() => host.close())
  return { heard, port: host.address().port }
}

async function cast(t, more = {}) {
  const server = await fresh(t, { env: { ...env, ...more } })
  const school = await smallSchool(server)
  const { teacher } = await certifiedTeacher(server, school)
  const [, token] = /initial_token +(\S+)/.exec(educard(server.data, ['app', 'token', 'create', '--open', '--organisation', '32', '--uses', '200']).out)
  const register = backchannel_logout_uri => through(server)(`${issuer}/oidc/register`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ client_name: '口算', redirect_uris: [callback], scope: 'openid profile', backchannel_logout_uri }) })
  return { server, admin: school.admin, teacher, register, told: await neighbour(t), hooked: await neighbour(t) }
}

/** Has the server call each address, by a sign-out and by a webhook, until each was tried: how many of either. */
async function called({ server, admin, teacher, register, told, hooked }, list) {
  const tried = { logouts: 0, webhooks: [] }
  for (const host of list) {
    const made = await register(`https://${host}:${told.port}/`)
    const { client_id: id, client_secret: secret, error } = await made.json()
    if (made.status === 400) {
      assert.equal(error, 'invalid_client_metadata', host)
      assert.ok(/[.%]$|%/.test(host), `${host}: what is no address at all may be refused at once`)
    } else {
      assert.equal(made.status, 201)
      ++tried.logouts
      await enter(await relyingParty(server, { id, secret, algorithm: 'RS256' }), teacher)
    }
    const app = id ?? (await (await register('https://app.example.com/')).json()).client_id
    const added = await admin.call('POST', `/api/v1/apps/${app}/webhooks`, { url: `https://${host}:${hooked.port}/`, events: ['card.revoked'] })
    if (added.status >= 300) assert.deepEqual([added.status, made.status], [422, 400], `${host}: refused here, but not there`)
    else tried.webhooks.push((await admin.post(`/api/v1/webhooks/${added.body.endpoint.id}/test`)).id)
  }
  await teacher.delete(`/api/v1/sessions/${(await teacher.get('/api/v1/me')).session_id}`)
  assert.equal(Number(inDatabase(server, 'SELECT COUNT(*) FROM outbox')), tried.logouts, 'none of them answers, so none is done')
  await eventually(() => Number(inDatabase(server, 'SELECT COUNT(*) FROM outbox WHERE attempts > 0')) === tried.logouts, 'each to be tried', 200)
  for (const id of tried.webhooks) await eventually(async () => (await admin.get(`/api/v1/webhook-deliveries/${id}`)).delivery.attempts > 0, 'each webhook to be tried', 200)
  return tried
}

function inside() {
  test('the server asks no neighbour, however its address is written', { timeout: 300_000 }, async t => {
    const world = await cast(t)
    for (const address of ['http://10.0.0.1', 'http://localhost.', 'https://u:p@127.0.0.1']) assert.equal((await world.register(`${address}:${world.told.port}/`)).status, 400, address)
    for (const address of ['file:///etc/passwd', 'gopher://127.0.0.1/', 'ftp://127.0.0.1/', 'dict://127.0.0.1/', 'cn.example.app:/x', 'https://', 'https:///x']) assert.equal((await world.register(address)).status, 400, address)
    const { logouts, webhooks } = await called(world, hosts)
    assert.ok(logouts > 30 && webhooks.length > 30, 'addresses are looked at when they are called')
    assert.deepEqual([...world.told.heard, ...world.hooked.heard], [])
  })

  test('where it is allowed to, it reaches each of them both ways: the test above can fail', { timeout: 300_000 }, async t => {
    const world = await cast(t, { EDUCARD_REACH_PRIVATE: 'true' })
    await called(world, ours.map(written))
    for (const { heard } of [world.told, world.hooked]) assert.deepEqual([...new Set(heard)].toSorted(), ours.map(canonical).toSorted())
  })
}
