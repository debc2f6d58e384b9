// Tokens for apps, side by side with npm oidc-provider in turns of the same run: grants in an app's own name, whole code flows of somebody
// who is signed in and has agreed, refreshes, introspections. Usage: EDUCARD_BINARY=PROGRAM oidc.mjs FOLDER. Prints a line of JSON for each figure.
// The same grants with ES256 and client_secret_basic on both sides. educard keeps everything in its database, durably; oidc-provider keeps
// everything in memory. Rates by the servers' processor time say more than those by the clock, for the load has the same two cores.
import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { certifiedTeacher, registered } from '../tests/support/oidc.mjs'
import { smallSchool } from '../tests/support/school.mjs'
import { Server } from '../tests/support/server.mjs'

const [, , folder] = process.argv
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const seconds = Number(process.env.BENCH_SECONDS ?? 4)
const atOnce = 16
const callback = 'https://app.example.com/cb'
const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')
const asked = { redirect_uri: callback, response_type: 'code', scope: 'openid profile', code_challenge: challenge, code_challenge_method: 'S256' }
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })

const report = (figure, unit, value, aim = 0) => console.log(JSON.stringify({ figure, unit, value: Math.round(value * 1e4) / 1e4, aim, at_most: false }))

/** One request: { status, headers, text }. */
function send(method, url, headers, body) {
  return new Promise((done, fail) => {
    const question = request(url, { method, agent, headers: body ? { ...headers, 'content-length': Buffer.byteLength(body) } : headers }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', part => (text += part)).on('end', () => done({ status: answer.statusCode, headers: answer.headers, text }))
    })
    question.on('error', fail)
    question.end(body)
  })
}

const basic = ({ id, secret }) => ({ authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`, 'content-type': 'application/x-www-form-urlencoded' })

async function form(url, app, fields, wanted = 200) {
  const answer = await send('POST', url, basic(app), new URLSearchParams(fields).toString())
  if (answer.status !== wanted) throw new Error(`${url}: ${answer.status} ${answer.text}`)
  return answer.text && JSON.parse(answer.text)
}

/** What the two have in common, given where they are asked, a visitor's way to a code, and which process they are. */
class Provider {
  constructor(made) {
    Object.assign(this, made)
  }

  cpu() {
    return readdirSync(`/proc/${this.pid}/task`).map(task => Number(readFileSync(`/proc/${this.pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e9).reduce((sum, one) => sum + one, 0)
  }

  exchange(code) {
    return form(this.token, this.app, { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier })
  }

  /** A worker's next piece of work, by figure; gives a function to be called again and again. */
  async work(figure) {
    if (figure === 'grants') return () => form(this.token, this.service, { grant_type: 'client_credentials' })
    if (figure === 'code_flows') {
      const code = await this.visitor()
      return async () => this.exchange(await code())
    }
    if (figure === 'introspections') {
      const { access_token } = await this.exchange(await (await this.visitor())())
      return async () => {
        if (!(await form(this.introspect, this.app, { token: access_token })).active) throw new Error('not active')
      }
    }
    let { refresh_token } = await this.exchange(await (await this.visitor())(true))
    return async () => {
      const answer = await form(this.token, this.app, { grant_type: 'refresh_token', refresh_token })
      refresh_token = answer.refresh_token ?? refresh_token
    }
  }

  /** Answers a second by the clock and by the server's processor second. */
  async rate(figure) {
    const workers = await Promise.all(Array.from({ length: atOnce }, () => this.work(figure)))
    let count = 0
    const before = this.cpu()
    const begun = performance.now()
    await Promise.all(workers.map(async once => {
      while (performance.now() - begun < seconds * 1000) {
        await once()
        ++count
      }
    }))
    return { clock: count / ((performance.now() - begun) / 1000), cpu: count / Math.max(this.cpu() - before, 1e-9) }
  }
}

async function educard() {
  const data = join(folder, 'oidc')
  execFileSync('mkdir', ['-p', data])
  const server = await new Server(data, { env: { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_PUBLIC_URL: 'https://card.example.edu.cn' } }).start()
  const { teacher } = await certifiedTeacher(server, await smallSchool(server))
  const app = registered(server)
  const service = registered(server, { uris: [], essential: '', more: ['--service'] })
  const headers = { authorization: `Bearer ${teacher.token}`, 'content-type': 'application/json' }
  const ask = more => send('POST', `${server.url}/api/v1/authorizations`, headers, JSON.stringify({ client_id: app.id, ...asked, ...more }))
  const agree = more => ask({ ...more, allowed: true, with: [] })
  await agree({})
  return {
    stop: () => server.stop(),
    provider: new Provider({
      pid: server.child.pid, app, service, token: `${server.url}/oidc/token`, introspect: `${server.url}/oidc/introspect`,
      visitor: async () => async offline => {
        const answer = await (offline ? agree({ scope: `${asked.scope} offline_access`, prompt: 'consent' }) : ask({}))
        return new URL(JSON.parse(answer.text).location).searchParams.get('code')
      },
    }),
  }
}

/** A browser's cookies at oidc-provider. */
class Cookies {
  kept = new Map()

  async get(url, more = {}) {
    const answer = await send(more.method ?? 'GET', url, { cookie: [...this.kept].map(pair => pair.join('=')).join('; ') })
    for (const cookie of answer.headers['set-cookie'] ?? []) {
      const [name, value] = cookie.split(';')[0].split(/=(.*)/)
      if (/expires=Thu, 01 Jan 1970/i.test(cookie)) this.kept.delete(name)
      else this.kept.set(name, value)
    }
    return answer
  }
}

async function oidcProvider() {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'oidc_peer.mjs')], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, NODE_ENV: 'production' } })
  const [line] = await once(createInterface(child.stdout), 'line')
  const { issuer, app, service } = JSON.parse(line)
  const { authorization_endpoint, token_endpoint, introspection_endpoint } = JSON.parse((await send('GET', `${issuer}/.well-known/openid-configuration`, {})).text)
  /** Through the pages where there are any, as somebody who signs in and agrees. */
  const code = async (browser, more = {}) => {
    let url = `${authorization_endpoint}?${new URLSearchParams({ client_id: app.id, ...asked, ...more })}`
    for (let steps = 0; steps < 12; ++steps) {
      const { headers } = await browser.get(url)
      url = new URL(headers.location, issuer).href
      if (url.startsWith(callback)) return new URL(url).searchParams.get('code')
      if (!url.includes('/interaction/')) continue
      const { prompt } = JSON.parse((await browser.get(url)).text)
      url += prompt === 'login' ? '/login?as=somebody' : '/consent'
    }
    throw new Error(`no end to ${url}`)
  }
  return {
    stop: async () => {
      child.kill()
      await once(child, 'exit')
    },
    provider: new Provider({
      pid: child.pid, app, service, token: token_endpoint, introspect: introspection_endpoint,
      visitor: async () => {
        const browser = new Cookies()
        await code(browser)
        return offline => code(browser, offline ? { scope: `${asked.scope} offline_access`, prompt: 'consent' } : {})
      },
    }),
  }
}

const median = list => list.toSorted((one, other) => one - other)[Math.floor(list.length / 2)]
const ours = await educard()
const peer = await oidcProvider()
try {
  for (const figure of ['grants', 'code_flows', 'refreshes', 'introspections']) {
    const all = []
    for (let round = 0; round < rounds; ++round) {
      const own = await ours.provider.rate(figure)
      const theirs = await peer.provider.rate(figure)
      console.log(`round ${round + 1}, ${figure}: educard ${own.clock.toFixed(0)}/s (${own.cpu.toFixed(0)} a processor second), oidc-provider ${theirs.clock.toFixed(0)}/s (${theirs.cpu.toFixed(0)})`)
      all.push({ own, theirs })
    }
    const aim = figure === 'grants' || figure === 'introspections' ? 4 : 0
    report(`oidc.${figure}.per_second`, '1/s', median(all.map(({ own }) => own.clock)))
    report(`oidc.${figure}.oidc_provider_per_second`, '1/s', median(all.map(({ theirs }) => theirs.clock)))
    report(`oidc.${figure}.against_oidc_provider_by_cpu_time`, 'ratio', median(all.map(({ own, theirs }) => own.cpu / theirs.cpu)), aim)
    report(`oidc.${figure}.against_oidc_provider`, 'ratio', median(all.map(({ own, theirs }) => own.clock / theirs.clock)))
  }
} finally {
  await ours.stop()
  await peer.stop()
}
process.exit()
