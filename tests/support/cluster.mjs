// PostgreSQL servers of one's own on loopback, from Debian's package: to restore, to promote, to kill.
import { execFileSync } from 'node:child_process'
import { appendFileSync, chownSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort((a, b) => a - b) : []
export const binaries = `/usr/lib/postgresql/${versions.at(-1)}/bin`

export async function freePort() {
  const server = createServer()
  await new Promise(ready => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address()
  await new Promise(closed => server.close(closed))
  return port
}

/** A command line that is run as the user postgres by root, and as oneself by others: the server refuses to run as root. */
export const asServer = command => (process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--', ...command] : command)

export function run(program, ...args) {
  const [first, ...rest] = asServer([join(binaries, program), ...args])
  return execFileSync(first, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' })
}

/** Makes a folder that the server may write. */
export function folderFor(path) {
  mkdirSync(path, { recursive: true })
  if (process.getuid() === 0) chownSync(path, ...execFileSync('sh', ['-c', 'id -u postgres; id -g postgres'], { encoding: 'utf8' }).trim().split('\n').map(Number))
  return path
}

/** All processes below this one, and itself. */
export function family(pid) {
  const below = execFileSync('sh', ['-c', `pgrep -P ${pid} || true`], { encoding: 'utf8' }).split('\n').filter(Boolean)
  return [Number(pid), ...below.flatMap(family)]
}

/** A signal to each that is still there. */
export function endAll(pids, signal = 'SIGKILL') {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // it is gone
    }
  }
}

export class Cluster {
  /** `folder` has to be writable for the server (folderFor). */
  constructor(folder, port) {
    this.folder = folder
    this.data = join(folder, `data-${port}`)
    this.port = port
  }

  create() {
    run('initdb', '-D', this.data, '-U', 'educard', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync')
    return this.set({ listen_addresses: '127.0.0.1', unix_socket_directories: this.folder, port: this.port, max_connections: 100 })
  }

  /** A base backup of another, with the settings to follow it when `follow` is 'yes'. */
  copyOf(other, follow = 'no') {
    const how = follow === 'yes' ? ['-R', '-d', `application_name=standby`] : []
    run('pg_basebackup', '-h', '127.0.0.1', '-p', String(other.port), '-U', 'educard', '-D', this.data, '-c', 'fast', '-X', 'stream', ...how)
    return this.set({ port: this.port })
  }

  set(settings) {
    appendFileSync(join(this.data, 'postgresql.conf'), Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`).join(''))
    return this
  }

  start() {
    run('pg_ctl', '-D', this.data, '-l', `${this.data}.log`, '-t', '60', '-w', 'start')
    return this
  }
  stop(how = 'fast') {
    if (existsSync(join(this.data, 'postmaster.pid'))) run('pg_ctl', '-D', this.data, '-m', how, 'stop')
  }
  promote() {
    run('pg_ctl', '-D', this.data, '-w', 'promote')
  }

  pid() {
    return Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0])
  }

  sql(text, database = 'educard') {
    return execFileSync('psql', ['-qAtX', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(this.port), '-U', 'educard', database, '-c', text], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  }
}
