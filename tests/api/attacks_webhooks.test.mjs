// The server is made to ask its own neighbours (SSRF): addresses of back-channel sign-out that lead inside, in every way to write one.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { signInAs } from '../support/accounts.mjs'
import { eventually } from '../support/client.mjs'
import { inDatabase } from '../support/database.mjs'
import { callback, certifiedTeacher, enter, env, issuer, registered, relyingParty, through } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

/** Something inside that must not be reached: counts whoever connects, at any address of this machine. */
async function neighbour(t) {
  const heard = []
  const host = createServer(socket => {
    heard.push(socket.remoteAddress)
    socket.on('error', () => {})
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  }).listen(0, '::')
  await once(host, 'listening')
  t.after(() => host.close())
  return { heard, port: host.address().port }
}

/** All of these lead to a private network, if they lead anywhere. */
const hosts = [
  '127.0.0.1', 'localhost', 'localhost.', 'LOCALHOST', 'foo.localhost', '127.1', '127.0.1', '0', '0.0.0.0', '127.255.255.254', '127.0.0.1.', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001', '0x7f.1', '%31%32%37.0.0.1', '127%2e0%2e0%2e1',
  '[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]', '[fe80::1]', '[fe80::1%25lo]', '[fc00::1]', '[fd00::1]', '[ff02::1]',
  '10.0.0.1', '172.16.0.1', '172.31.255.254', '192.168.0.1', '169.254.169.254', '[fd00:ec2::254]', '100.64.0.1', '198.18.0.1', '192.0.0.1', '224.0.0.1', '255.255.255.255',
]

test('the server asks no neighbour, however its address is written', { timeout: 300_000 }, async t => {
  const server = await fresh(t, { env })
  const { teacher } = await certifiedTeacher(server, await smallSchool(server))
  const inside = await neighbour(t)
  const [, token] = /initial_token +(\S+)/.exec(educard(server.data, ['app', 'token', 'create', '--open', '--organisation', '32', '--uses', '200']).out)
  const register = address => through(server)(`${issuer}/oidc/register`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ client_name: '口算', redirect_uris: [callback], scope: 'openid profile', backchannel_logout_uri: address }) })
  const tried = []
  for (const host of hosts) {
    const made = await register(`https://${host}:${inside.port}/`)
    const { client_id: id, client_secret: secret, error } = await made.json()
    if (made.status === 400) {
      assert.equal(error, 'invalid_client_metadata', host)
      assert.ok(/[.%]$|%/.test(host), `${host}: what is no address at all may be refused at once`)
      continue
    }
    assert.equal(made.status, 201)
    tried.push(host)
    await enter(await relyingParty(server, { id, secret, algorithm: 'RS256' }), teacher)
  }
  for (const address of [`http://10.0.0.1:${inside.port}/`, `http://localhost.:${inside.port}/`, 'file:///etc/passwd', 'gopher://127.0.0.1/', 'ftp://127.0.0.1/', 'dict://127.0.0.1/', 'cn.example.app:/x', 'https://', 'https:///x', `https://u:p@127.0.0.1:${inside.port}/`]) assert.equal((await register(address)).status, 400, address)
  assert.ok(tried.length > 30, 'addresses are looked at when they are called')
  await teacher.delete(`/api/v1/sessions/${(await teacher.get('/api/v1/me')).session_id}`)
  const left = () => Number(inDatabase(server, "SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND attempts = 0"))
  await eventually(() => left() === 0, 'each to be tried', 200)
  assert.deepEqual(inside.heard, [])
  assert.ok(Number(inDatabase(server, 'SELECT COUNT(*) FROM outbox')) >= tried.length)
})

test('where it is allowed to, it does: the test above can fail', { timeout: 120_000 }, async t => {
  const server = await fresh(t, { env: { ...env, EDUCARD_REACH_PRIVATE: 'true' } })
  await certifiedTeacher(server, await smallSchool(server))
  const inside = await neighbour(t)
  for (const address of [`http://127.0.0.1:${inside.port}/`, `https://127.0.0.1:${inside.port}/`, `http://[::1]:${inside.port}/`]) {
    const person = await signInAs(server.url, 'the.teacher')
    await enter(await relyingParty(server, registered(server, { more: ['--backchannel-logout-uri', address] })), person)
    const before = inside.heard.length
    await person.delete(`/api/v1/sessions/${(await person.get('/api/v1/me')).session_id}`)
    await eventually(() => inside.heard.length > before, `${address} to be called`)
  }
})
