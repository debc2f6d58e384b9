// Several nodes on one PostgreSQL database, behind what takes turns between them, request by request.
import assert from 'node:assert/strict'
import { copyFileSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { databaseEnvironment } from './database.mjs'
import { Server, temporaryFolder } from './server.mjs'

/** Another node on the database of `first`, gone when the test ends. */
export async function nodeBeside(t, first) {
  const data = temporaryFolder()
  copyFileSync(join(first.data, 'keys.json'), join(data, 'keys.json'))
  const node = new Server(data, { ...first.options, env: { ...first.options.env, ...databaseEnvironment(first.data) } })
  t.after(async () => {
    await node.stop()
    rmSync(data, { recursive: true, force: true })
  })
  return node.start()
}

/** A proxy whose requests go to each of the nodes (which may come later) in turn: { url, stop }. */
export async function takingTurns(nodes) {
  let turn = 0
  const proxy = createServer((question, reply) => {
    const { hostname, port } = new URL(nodes[turn++ % nodes.length].address)
    const onward = request({ hostname: hostname === 'localhost' ? '127.0.0.1' : hostname, port, method: question.method, path: question.url, headers: question.headers }, answer => {
      reply.writeHead(answer.statusCode, answer.headers)
      answer.pipe(reply)
      reply.on('close', () => answer.destroy())
    })
    onward.on('error', () => reply.destroy())
    question.pipe(onward)
  })
  await new Promise(listening => proxy.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    stop: () => new Promise(done => {
      proxy.close(done)
      proxy.closeAllConnections()
    }),
  }
}

/** A server with a second node beside it and a proxy before both, so that any test runs against two. */
export async function startedTwice(t, server) {
  const nodes = [server]
  const proxy = await takingTurns(nodes)
  t.after(proxy.stop)
  server.front = proxy.url
  server.options = { ...server.options, env: { EDUCARD_PUBLIC_URL: proxy.url, ...server.options.env } }
  await server.start()
  nodes.push(await nodeBeside(t, server))
  return server
}

/** Kills nodes with -9 at random moments, starts them again and does `then`, so many times or until `stop()`, which gives how often. */
export function killing(nodes, next, most, { pause_ms = 1500, away_ms = 500, then = () => {} } = {}) {
  let going = true
  const wait = ms => new Promise(done => setTimeout(done, next() * ms))
  const done = (async () => {
    let times = 0
    for (; going && times < most; ++times) {
      await wait(pause_ms)
      const node = nodes[Math.floor(next() * nodes.length)]
      await node.kill()
      await wait(away_ms)
      await node.start()
      await then(node)
    }
    return times
  })()
  done.catch(() => {}) // whoever stops it hears of it
  return {
    stop: () => {
      going = false
      return done
    },
  }
}

/** Sends a request to one node after the other, under one key, until one answers for good. */
export async function insist(nodes, client, method, path, body, key) {
  const refused = []
  for (let turn = Math.floor(Math.random() * nodes.length); refused.length < 900; ++turn) {
    client.url = nodes[turn % nodes.length].address
    const answer = await client.call(method, path, body, key ? { 'idempotency-key': key } : {}).catch(error => ({ status: 0, body: error.message }))
    if (answer.status !== 0 && answer.status < 500 && answer.body.code !== 'http.under_way') return answer
    refused.push(answer.status)
    await new Promise(done => setTimeout(done, 100))
  }
  assert.fail(`${method} ${path}: no answer; ${refused.join(' ')}`)
}
