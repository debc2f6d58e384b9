#!/usr/bin/env node
// What a dying PostgreSQL primary costs: how long writes pause, and whether an acknowledged write is lost.
//   node bench/failover.mjs promote      a standby under synchronous_commit, promoted as soon as the primary is killed
//   node bench/failover.mjs patroni      the same under Patroni (synchronous_mode) with etcd, which has to notice by itself
//   … freeze                             the primary is stopped (SIGSTOP) instead of killed: it answers nothing and closes nothing
// Eight clients write through educard (a captcha each: one small durable transaction), one request at a time; the primary dies after three
// seconds. Needs Debian's postgresql, patroni, etcd-server. EDUCARD_BINARY names the program; build/release/educard otherwise.
import { execFile, spawn } from 'node:child_process'
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

process.env.EDUCARD_BINARY ??= new URL('../build/release/educard', import.meta.url).pathname
const { asServer, binaries, Cluster, endAll, family, folderFor, freePort } = await import('../tests/support/cluster.mjs')
const { useDatabase } = await import('../tests/support/database.mjs')
const { Server, temporaryFolder } = await import('../tests/support/server.mjs')

const [how = 'promote', death = 'kill'] = process.argv.slice(2)
const folder = folderFor(temporaryFolder('educard-failover-'))
const data = temporaryFolder()
const children = []
const pause = ms => new Promise(done => setTimeout(done, ms))

async function until(ask, what, seconds = 90) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(100)) {
    try {
      if (await ask()) return
    } catch {
      // not yet
    }
  }
  throw new Error(`waited ${seconds} s for ${what}`)
}

function started(name, command) {
  const log = openSync(join(folder, `${name}.log`), 'a')
  const [first, ...rest] = asServer(command)
  children.push(spawn(first, rest, { stdio: ['ignore', log, log], cwd: folder }))
  closeSync(log)
  return children.at(-1)
}

const end = pid => endAll(family(pid))
const signal = death === 'freeze' ? 'SIGSTOP' : 'SIGKILL'
/** Not execFileSync: the clients of this very process go on meanwhile. */
const runs = promisify(execFile)
const takesWrites = async cluster => (await runs('psql', ['-qAtX', '-h', '127.0.0.1', '-p', String(cluster.port), '-U', 'educard', 'postgres', '-c', 'SELECT pg_is_in_recovery()'])).stdout.trim() === 'f'

/** Two servers, the second a synchronous standby; `die` ends the first and lets the second take over. */
async function promoted() {
  const first = new Cluster(folder, await freePort()).create().start()
  const second = new Cluster(folder, await freePort()).copyOf(first, 'yes').start()
  first.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby'", 'postgres')
  first.sql('SELECT pg_reload_conf()', 'postgres')
  await until(() => first.sql("SELECT COUNT(*) FROM pg_stat_replication WHERE sync_state = 'sync'", 'postgres') === '1', 'the standby')
  const master = first.pid()
  const victims = () => family(master)
  const follow = () => {
    const [program, ...rest] = asServer([join(binaries, 'pg_ctl'), '-D', second.data, '-w', 'promote'])
    return runs(program, rest, { cwd: '/' })
  }
  const stop = () => {
    end(master)
    second.stop('immediate')
  }
  return { first, second, victims, follow, stop }
}

const configuration = (name, cluster, rest, etcd) => `
scope: educard
name: ${name}
restapi: {listen: '127.0.0.1:${rest}', connect_address: '127.0.0.1:${rest}'}
etcd3: {host: '127.0.0.1:${etcd}'}
bootstrap:
  dcs: {ttl: 30, loop_wait: 10, retry_timeout: 10, synchronous_mode: true, postgresql: {use_pg_rewind: true}}
  initdb: [{encoding: UTF8}, {locale: C}]
  pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust']
postgresql:
  listen: 127.0.0.1:${cluster.port}
  connect_address: 127.0.0.1:${cluster.port}
  data_dir: ${cluster.data}
  bin_dir: ${binaries}
  authentication: {superuser: {username: educard}, replication: {username: educard}}
  parameters: {unix_socket_directories: '${folder}'}
`

/** The same by Patroni, with one etcd; Patroni and all of the first server die, as when the machine does. */
async function underPatroni() {
  const [etcd, peer] = [await freePort(), await freePort()]
  const client = `http://127.0.0.1:${etcd}`
  started('etcd', ['etcd', '--data-dir', join(folder, 'etcd'), '--listen-client-urls', client, '--advertise-client-urls', client, '--listen-peer-urls', `http://127.0.0.1:${peer}`,
    '--initial-advertise-peer-urls', `http://127.0.0.1:${peer}`, '--initial-cluster', `default=http://127.0.0.1:${peer}`])
  const nodes = []
  for (const name of ['one', 'two']) {
    const node = { cluster: new Cluster(folder, await freePort()), rest: await freePort() }
    writeFileSync(join(folder, `${name}.yml`), configuration(name, node.cluster, node.rest, etcd))
    node.process = started(name, ['patroni', join(folder, `${name}.yml`)])
    nodes.push(node)
    if (name === 'one') await until(() => node.cluster.sql('SELECT pg_is_in_recovery()', 'postgres') === 'f', 'the first server')
  }
  const [{ cluster: first, process: patroni }, { cluster: second }] = nodes
  await until(() => first.sql("SELECT COUNT(*) FROM pg_stat_replication WHERE sync_state = 'sync'", 'postgres') === '1', 'the synchronous standby')
  const master = first.pid()
  const victims = () => [...family(patroni.pid), ...family(master)]
  const follow = async () => {}
  const stop = () => {
    for (const child of children) end(child.pid)
    end(master)
    second.stop('immediate')
  }
  return { first, second, victims, follow, stop }
}

const pair = await (how === 'patroni' ? underPatroni() : promoted())
let server
try {
  pair.first.sql('CREATE DATABASE educard', 'postgres')
  useDatabase(data, `postgresql://educard@127.0.0.1:${pair.first.port},127.0.0.1:${pair.second.port}/educard`)
  server = await new Server(data, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } }).start()
  const acknowledged = []
  const refused = new Map()
  let last = performance.now()
  let longest = { from: 0, to: 0 }
  let deadline = Infinity
  const client = async () => {
    while (performance.now() < deadline) {
      const { status, body } = await fetch(`${server.url}/api/v1/captchas`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"form":"text","language":"en"}' })
        .then(async answer => ({ status: answer.status, body: await answer.json() }))
        .catch(fault => ({ status: 0, body: { code: `connection: ${fault.cause?.code ?? fault.message}` } }))
      const now = performance.now()
      if (status === 201 || status === 200) {
        acknowledged.push(body.id)
        if (now - last > longest.to - longest.from) longest = { from: last, to: now }
        last = now
      } else {
        refused.set(body.code, (refused.get(body.code) ?? 0) + 1)
        await pause(20)
      }
    }
  }
  const clients = Array.from({ length: 8 }, client)
  await pause(3000)
  const before = acknowledged.length
  const victims = pair.victims()
  await pause(200)
  longest = { from: 0, to: 0 }
  endAll(victims, signal)
  const death_at = performance.now()
  await pair.follow()
  await until(() => takesWrites(pair.second), 'the second to take writes', 120)
  const promoted_after = performance.now() - death_at
  const mark = performance.now()
  await until(() => last > mark, 'writes to go on', 180)
  await pause(2000)
  deadline = performance.now()
  await Promise.all(clients)
  const there = new Set(pair.second.sql('SELECT id FROM captcha').split('\n'))
  const lost = acknowledged.filter(id => !there.has(String(id)))
  console.log(JSON.stringify({ how, death, acknowledged_before: before, acknowledged_after: acknowledged.length - before, lost: lost.length, unacknowledged_but_there: there.size - (acknowledged.length - lost.length), second_takes_writes_after_s: Number((promoted_after / 1000).toFixed(2)), writes_paused_s: Number(((longest.to - longest.from) / 1000).toFixed(2)), node_alive: server.child.exitCode === null, refused: Object.fromEntries(refused) }))
  process.exitCode = lost.length ? 1 : 0
} finally {
  await server?.kill()
  pair.stop()
  rmSync(folder, { recursive: true, force: true })
  rmSync(data, { recursive: true, force: true })
}
