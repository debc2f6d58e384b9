// Makes docs/pictures from the running program, filled by `educard demo`: node tools/make_pictures.mjs
// Needs a built educard (build/release/educard, or EDUCARD_BINARY), Debian's Chromium, and the packages of web/.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { signInAs } from '../tests/support/entry.mjs'

const root = resolve(import.meta.dirname, '..')
const { chromium } = createRequire(join(root, 'web/package.json'))('playwright-core')
const binary = process.env.EDUCARD_BINARY ?? join(root, 'build/release/educard')
const pictures = join(root, 'docs/pictures')
const password = 'jiaoyuka-demo' // what `educard demo` gives to everybody
const largest = 200_000
const phone = { width: 390, height: 844 }
const computer = { width: 1440, height: 900 }

/** The program on a demonstration province of its own: { url, stop }. */
async function serve() {
  const data = mkdtempSync(join(tmpdir(), 'educard-pictures-'))
  const filled = spawnSync(binary, ['demo', '--data', data], { encoding: 'utf8' })
  if (filled.status !== 0) throw new Error(filled.stderr)
  const child = spawn(binary, ['serve', '--data', data, '--port', '0', '--log-file', join(data, 'educard.log'), '--require-second-factor', 'false'])
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

async function open(browser, url, size, language = 'zh-CN') {
  const context = await browser.newContext({ baseURL: url, viewport: size, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' })
  await context.addInitScript(kept => localStorage.setItem('educard.preferences', kept), JSON.stringify({ theme: 'light', size: 'normal', language }))
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  return page
}

async function take(page, name) {
  await page.waitForSelector('main h1')
  await page.waitForLoadState('networkidle').catch(() => undefined) // pages with live events are never idle
  await page.waitForTimeout(800)
  await page.evaluate(() => document.activeElement?.blur())
  const path = join(pictures, `${name}.png`)
  await page.screenshot({ path })
  const { size } = statSync(path)
  if (size >= largest) throw new Error(`${name}.png has ${size} bytes`)
  console.log(`${name}.png ${size}`)
}

const { url, stop } = await serve()
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'] })
try {
  mkdirSync(pictures, { recursive: true })
  const student = await open(browser, url, phone)
  await signInAs(student, 'student', password)
  await student.goto('/')
  await take(student, 'home-phone')
  await student.goto('/card')
  await student.waitForSelector('[data-code^="EDU1:"]')
  await take(student, 'card-phone')

  const guest = await open(browser, url, phone)
  await guest.goto('/verify')
  await guest.fill('#code', await student.getAttribute('[data-code^="EDU1:"]', 'data-code'))
  await guest.click('main form button[type=submit]')
  await guest.getByText('金陵示范小学').first().waitFor()
  await take(guest, 'verify-phone')

  const teacher = await open(browser, url, computer)
  await signInAs(teacher, 'teacher', password)
  await teacher.goto('/admin/reviews')
  await take(teacher, 'review-computer')

  const school = await open(browser, url, computer)
  await signInAs(school, 'school', password)
  await school.goto('/admin/roster')
  await take(school, 'roster-computer')

  const province = await open(browser, url, computer)
  await signInAs(province, 'province', password)
  await province.goto('/admin/progress')
  await take(province, 'progress-computer')
} finally {
  await browser.close()
  await stop()
}
