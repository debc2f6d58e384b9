// Starts the real program on an empty data folder and stops it by its pid. The binary is build/dev/educard unless EDUCARD_BINARY
// names another.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { databaseEnvironment, dropDatabase, onPostgres } from './database.mjs'

export const root = resolve(import.meta.dirname, '../..')
export const binary = process.env.EDUCARD_BINARY ?? join(root, 'build/dev/educard')

/** EDUCARD_TEST_NODES=2 lets the API suite run against two nodes on one PostgreSQL. */
const nodes = onPostgres ? Number(process.env.EDUCARD_TEST_NODES ?? 1) : 1

export function temporaryFolder(prefix = 'educard-test-') {
  return mkdtempSync(join(tmpdir(), prefix))
}

/** Runs a command of the program to its end: { status, out, err }. */
export function educard(data, args, input, program = binary) {
  const done = spawnSync(program, [...args, '--data', data], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    timeout: 300_000,
    env: { ...process.env, ...databaseEnvironment(data) },
  })
  return { status: done.status, out: done.stdout, err: done.stderr }
}

export class Server {
  constructor(data, options = {}) {
    this.data = data
    this.options = options
  }

  /** Where it is called: its own address, or that of what stands before it. */
  get url() {
    return this.front ?? this.address
  }

  /** Starts serving and waits for the `ready: URL` line. */
  async start() {
    const args = ['serve', '--data', this.data, '--port', String(this.options.port ?? 0), '--log-file', join(this.data, 'educard.log'), ...(this.options.args ?? [])]
    const program = this.options.binary ?? binary
    const settings = program === binary ? { EDUCARD_REQUIRE_SECOND_FACTOR: 'false' } : {} // an earlier version does not know it
    this.child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...settings, ...databaseEnvironment(this.data), ...this.options.env } })
    this.stderr = ''
    this.child.stderr.on('data', chunk => (this.stderr += chunk))
    this.exited = new Promise(done => this.child.once('exit', (code, signal) => done({ code, signal })))
    this.address = await new Promise((ready, fail) => {
      this.stdout = ''
      this.child.stdout.on('data', chunk => {
        this.stdout += chunk
        const found = /^ready: (\S+)/m.exec(this.stdout)
        if (found) ready(found[1])
      })
      this.exited.then(({ code, signal }) => fail(new Error(`the server ended (${code ?? signal}): ${this.stdout}${this.stderr}`)))
    })
    return this
  }

  /** Asks the server to stop and waits; fails when it ends with a fault (a sanitizer's report, too). */
  async stop() {
    if (!this.child) return
    const child = this.child
    this.child = undefined
    child.kill('SIGTERM')
    const patience = setTimeout(() => child.kill('SIGABRT'), 60_000) // a server that does not stop is a fault, not a test without end
    const { code, signal } = await this.exited
    clearTimeout(patience)
    if (code !== 0) throw new Error(`the server ended with ${code ?? signal}: ${this.stderr}`)
  }

  /** kill -9, as a crash would. */
  async kill() {
    const child = this.child
    this.child = undefined
    child.kill('SIGKILL')
    await this.exited
  }

  log() {
    const file = join(this.data, 'educard.log')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }
}

/** A server on a new data folder for one test file: `const server = await fresh(t)`; gone when the test `t` ends. */
export async function fresh(t, options = {}) {
  const data = temporaryFolder()
  for (const command of options.before ?? [['migrate']]) {
    const done = educard(data, command.args ?? command, command.input, options.binary)
    if (done.status !== 0) throw new Error(`educard ${(command.args ?? command).join(' ')}: ${done.err}`)
  }
  const server = new Server(data, options)
  t.after(async () => {
    try {
      await server.stop()
    } finally {
      rmSync(data, { recursive: true, force: true })
      dropDatabase(data)
    }
  })
  return nodes > 1 ? (await import('./nodes.mjs')).startedTwice(t, server) : server.start()
}
