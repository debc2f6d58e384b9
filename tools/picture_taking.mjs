// What the scripts that take pictures of the running program share: a demonstration province of their own, pages in a language, pictures.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')
export const password = 'jiaoyuka-demo' // what `educard demo` gives to everybody
const { chromium } = createRequire(join(root, 'web/package.json'))('playwright-core')
const binary = process.env.EDUCARD_BINARY ?? join(root, 'build/release/educard')

/** A port that is free; with 0 the program would not know its own address when it shows it. */
const freePort = () => new Promise(found => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => found(port))
  })
})

/** The program on a demonstration province: { url, stop }. */
export async function serve(env = {}) {
  const data = mkdtempSync(join(tmpdir(), 'educard-pictures-'))
  const filled = spawnSync(binary, ['demo', '--data', data], { encoding: 'utf8' })
  if (filled.status !== 0) throw new Error(filled.stderr)
  const child = spawn(binary, ['serve', '--data', data, '--port', String(await freePort()), '--log-file', join(data, 'educard.log'), '--require-second-factor', 'false'], { env: { ...process.env, ...env } })
  const url = await new Promise((ready, fail) => {
    let text = ''
    child.stdout.on('data', chunk => {
      const found = /^ready: (\S+)/m.exec((text += chunk))
      if (found) ready(found[1])
    })
    child.once('exit', code => fail(new Error(`the server ended with ${code}`)))
  })
  const stop = () => new Promise(done => {
    child.once('exit', done)
    child.kill('SIGTERM')
  }).then(() => rmSync(data, { recursive: true, force: true }))
  return { url, stop }
}

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'] })

const preferences = language => JSON.stringify({ theme: 'light', size: 'normal', language })

/** Somebody's browser; pages speak Chinese until speak() says otherwise. */
export async function open(browser, url, size) {
  const context = await browser.newContext({ baseURL: url, viewport: size, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' })
  await context.addInitScript(kept => localStorage.setItem('educard.preferences', localStorage.getItem('educard.preferences') ?? kept), preferences('zh-CN'))
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  page.on('pageerror', error => console.error(`${page.url()}: ${error.message}`))
  return page
}

/** Signing in goes by Chinese words, so the language comes afterwards. */
export async function speak(page, language) {
  if (!page.url().startsWith('http')) await page.goto('/login')
  await page.evaluate(kept => localStorage.setItem('educard.preferences', kept), preferences(language))
}

/** Waits until the page stands still, and takes a picture of it, or of `clip`; one of `largest` bytes or more is a fault. */
export async function take(page, path, { largest, clip } = {}) {
  await page.waitForSelector('main h1')
  await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => undefined) // pages with live events are never idle
  await page.waitForTimeout(800)
  await page.evaluate(() => document.activeElement?.blur())
  mkdirSync(dirname(path), { recursive: true })
  await page.screenshot({ path, clip })
  const { size } = statSync(path)
  if (size >= largest) throw new Error(`${path} has ${size} bytes`)
  console.log(`${path.slice(root.length + 1)} ${size}`)
}
