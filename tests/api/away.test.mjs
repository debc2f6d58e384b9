// A PostgreSQL server that is away for a while: what comes meanwhile is refused, and when it is back, all goes on, however many ask.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'

import { Client, eventually } from '../support/client.mjs'
import { Cluster, folderFor, freePort } from '../support/cluster.mjs'
import { onPostgres, useDatabase } from '../support/database.mjs'
import { Server, temporaryFolder } from '../support/server.mjs'

test('the database goes away under load and comes back', { skip: !onPostgres && 'PostgreSQL only', timeout: 120_000 }, async t => {
  const folder = folderFor(temporaryFolder('educard-away-'))
  const data = temporaryFolder()
  const cluster = new Cluster(folder, await freePort()).create().start()
  let server
  let asking = true
  t.after(async () => {
    asking = false
    await server?.stop()
    cluster.stop('immediate')
    for (const gone of [folder, data]) rmSync(gone, { recursive: true, force: true })
  })
  cluster.sql('CREATE DATABASE educard', 'postgres')
  useDatabase(data, `postgresql://educard@127.0.0.1:${cluster.port}/educard?connect_wait_ms=500`)
  server = await new Server(data, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } }).start()
  const client = new Client(server.url)
  let latest

  const askers = Array.from({ length: 16 }, async () => {
    while (asking) {
      latest = await client.call('POST', '/api/v1/captchas', { form: 'text', language: 'en' })
      await new Promise(done => setTimeout(done, 10))
    }
  })
  await eventually(() => latest?.status === 201, 'writes', 20)

  cluster.stop('immediate')
  await eventually(() => latest.status === 503 && latest.body.code === 'sql.unreachable', 'writes to be refused', 20)
  assert.ok(latest.headers.get('retry-after'))
  await new Promise(done => setTimeout(done, 2500)) // longer than the time for which a server is not asked again

  cluster.start()
  await eventually(() => latest.status === 201, 'writes to go on while everybody asks', 10)
  asking = false
  await Promise.all(askers)
})
