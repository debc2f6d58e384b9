// A PostgreSQL server that is away for a while: what comes meanwhile is refused, and when it is back, all goes on, however many ask.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'

import { Client, eventually } from '../support/client.mjs'
import { Cluster, endAll, family, folderFor, freePort } from '../support/cluster.mjs'
import { onPostgres, useDatabase } from '../support/database.mjs'
import { Server, temporaryFolder } from '../support/server.mjs'

const write = client => client.call('POST', '/api/v1/captchas', { form: 'text', language: 'en' })

/** A server of PostgreSQL's for this test, and one of educard's on it. */
async function servedAlone(t, options) {
  const folder = folderFor(temporaryFolder('educard-away-'))
  const data = temporaryFolder()
  const cluster = new Cluster(folder, await freePort()).create().start()
  let server
  t.after(async () => {
    await server?.stop()
    cluster.stop('immediate')
    for (const gone of [folder, data]) rmSync(gone, { recursive: true, force: true })
  })
  cluster.sql('CREATE DATABASE educard', 'postgres')
  useDatabase(data, `postgresql://educard@127.0.0.1:${cluster.port}/educard?${options}`)
  server = await new Server(data, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } }).start()
  return { cluster, client: new Client(server.url) }
}

test('the database goes away under load and comes back', { skip: !onPostgres && 'PostgreSQL only', timeout: 120_000 }, async t => {
  const { cluster, client } = await servedAlone(t, 'connect_wait_ms=500')
  let latest
  let asking = true
  t.after(() => (asking = false))

  const askers = Array.from({ length: 16 }, async () => {
    while (asking) {
      latest = await write(client)
      await new Promise(done => setTimeout(done, 10))
    }
  })
  await eventually(() => latest?.status === 201, 'writes', 20)

  cluster.stop('immediate')
  await eventually(() => latest.status === 503 && latest.body.code === 'sql.unreachable', 'writes to be refused', 20)
  assert.ok(latest.headers.get('retry-after'))
  const readiness = async () => (await fetch(client.url + '/readyz')).status
  await eventually(async () => (await readiness()) === 503, '/readyz to say so', 20)
  assert.equal((await fetch(client.url + '/healthz')).status, 200)
  await new Promise(done => setTimeout(done, 2500)) // longer than the time for which a server is not asked again

  cluster.start()
  await eventually(() => latest.status === 201, 'writes to go on while everybody asks', 10)
  await eventually(async () => (await readiness()) === 200, '/readyz to say so', 10)
  asking = false
  await Promise.all(askers)
})

test('a database that takes requests and answers none is given up', { skip: !onPostgres && 'PostgreSQL only', timeout: 120_000 }, async t => {
  const { cluster, client } = await servedAlone(t, 'connect_wait_ms=500&statement_timeout_ms=1000&readers=1&writers=1')
  assert.equal((await write(client)).status, 201)
  const all = family(cluster.pid())
  endAll(all, 'SIGSTOP')
  try {
    const answer = await Promise.race([write(client), new Promise(done => setTimeout(done, 30_000))])
    assert.equal(answer?.status, 503, 'an answer within 30 s')
    assert.match(answer.body.code, /^sql\.(unreachable|unknown_outcome)$/)
  } finally {
    endAll(all, 'SIGCONT')
  }
  await eventually(async () => (await write(client)).status === 201, 'writes to go on', 20)
})

test('a commit that its standby did not confirm is not called done', { skip: !onPostgres && 'PostgreSQL only', timeout: 120_000 }, async t => {
  const { cluster, client } = await servedAlone(t, 'statement_timeout_ms=1000')
  const standby = name => {
    cluster.sql(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`)
    cluster.sql('SELECT pg_reload_conf()')
  }
  standby('nobody')
  await eventually(() => cluster.sql('SHOW synchronous_standby_names') === 'nobody', 'the setting', 10)
  const answer = await write(client)
  assert.equal(answer.status, 503, JSON.stringify(answer.body))
  assert.equal(answer.body.code, 'sql.unknown_outcome')
  standby('')
  await eventually(async () => (await write(client)).status === 201, 'writes to go on', 20)
})
