// The proxy that ships, with TLS, before two nodes on one database: sign in, call, and go on while a node is killed. PostgreSQL only.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { decide, draft, pupilProfile, register } from '../support/accounts.mjs'
import { solved } from '../support/captcha.mjs'
import { eventually } from '../support/client.mjs'
import { databaseEnvironment, inDatabase, onPostgres } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { proxyTo, TlsClient } from '../support/proxy.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh, Server, temporaryFolder } from '../support/server.mjs'

const env = { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_TRUSTED_PROXIES: '127.0.0.1' }
const without = !onPostgres ? 'the embedded engine belongs to one process' : spawnSync('nginx', ['-v']).error ? 'no nginx here' : false

test('nginx with TLS before two nodes', { skip: without, timeout: 120_000 }, async t => {
  const first = await fresh(t, { env })
  const folder = temporaryFolder()
  copyFileSync(join(first.data, 'keys.json'), join(folder, 'keys.json'))
  const second = await new Server(folder, { env: { ...env, ...databaseEnvironment(first.data) } }).start()
  t.after(async () => {
    await second.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const proxy = await proxyTo(t, first, second)
  const school = await smallSchool(first)
  const children = people(4, { seed: 51, from: 2016, to: 2017 })
  await importRoster(school.admin, school.id, rosterOf(children, school.class_name, new Date().getFullYear() - 1))
  await register(first.url, children[0], 'pupil.tls')
  const client = new TlsClient(proxy)

  await t.test('whoever comes without TLS is sent to it, and TLS is told to stay', async () => {
    const answer = await fetch(`${proxy.plain}/api/v1/me?a=b`, { redirect: 'manual' })
    assert.equal(answer.status, 308)
    assert.equal(answer.headers.get('location'), 'https://localhost/api/v1/me?a=b')
    assert.match((await client.call('GET', '/healthz')).headers.get('strict-transport-security'), /max-age/)
  })

  await t.test('metrics stay inside', async () => {
    assert.equal((await client.call('GET', '/metrics')).status, 404)
  })

  await t.test('sign-in and calls through both', async () => {
    client.token = (await client.post('/api/v1/sessions', { login: 'pupil.tls', password: 'green kettle on the stove', captcha: await solved(client), transport: 'token' })).token
    for (let round = 0; round < 6; ++round) assert.equal((await client.get('/api/v1/me')).user_name, 'pupil.tls')
    for (const node of [first, second]) await eventually(() => node.log().includes('/api/v1/me'), 'both nodes to have answered', 5)
  })

  const admin = new TlsClient(proxy, school.admin.token)
  await t.test('events come through at once, and the stream stays open', async () => {
    const stream = await admin.listen(`/api/v1/events?topics=progress:${school.id}`)
    const account = await register(first.url, children[1], 'pupil.seen')
    const { id, version } = await draft(account, pupilProfile(children[1], school))
    await decide(school.teacher, await account.post(`/api/v1/applications/${id}/submit`, { version }))
    await stream.heard(`progress:${school.id}`)
    stream.close()
  })

  await t.test('a node is killed: reading goes on, and every POST with a key is done, once', async () => {
    const classes = () => Number(inDatabase(first, `SELECT COUNT(*) FROM organisation WHERE parent_id = ${school.id}`))
    const before = classes()
    const make = (number, headers) =>
      admin.call('POST', '/api/v1/organisations', { parent_id: school.id, kind: 'class', stage: 'primary', entry_year: new Date().getFullYear() - 1, class_number: number }, headers)
    second.child.kill('SIGSTOP') // takes requests and answers none, so that they break when it is killed
    const reading = Array.from({ length: 8 }, () => client.call('GET', '/api/v1/me'))
    const keyed = Array.from({ length: 8 }, (_, n) => make(20 + n, { 'idempotency-key': randomUUID() }))
    const keyless = Array.from({ length: 8 }, (_, n) => make(40 + n))
    await new Promise(done => setTimeout(done, 500))
    await second.kill()
    assert.deepEqual(new Set((await Promise.all(reading)).map(({ status }) => status)), new Set([200]))
    assert.deepEqual(new Set((await Promise.all(keyed)).map(({ status }) => status)), new Set([201]))
    const told = (await Promise.all(keyless)).map(({ status }) => status)
    assert.deepEqual(new Set(told), new Set([201, 502]), 'what has no key is not sent twice')
    assert.equal(classes(), before + keyed.length + told.filter(status => status === 201).length)
    for (let number = 60; number < 64; ++number) assert.equal((await make(number)).status, 201, 'and nothing is lost once the node is known to be away')
  })

  await t.test('it comes back under its address, and is used again', async () => {
    second.options.port = new URL(second.url).port
    await second.start()
    const before = second.log().split('/api/v1/me').length
    await eventually(async () => {
      await client.get('/api/v1/me')
      return second.log().split('/api/v1/me').length > before
    }, 'the node to be used again', 15)
  })
})
