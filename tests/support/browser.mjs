// Debian's Chromium on the real pages. Every page that a test opens is watched: an error in a script or a violation of the
// Content-Security-Policy fails the test. Pictures go to build/screenshots.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './server.mjs'

const require = createRequire(join(root, 'web/package.json'))
const { chromium } = require('playwright-core')
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
export const { encode } = require('uqr')
const pictures = join(root, 'build/screenshots')

export const sizes = { phone: { width: 390, height: 844 }, computer: { width: 1440, height: 900 } }
export const looks = {
  light: { theme: 'light' },
  dark: { theme: 'dark' },
  large: { theme: 'light', size: 'large' },
  english: { theme: 'light', language: 'en' },
}

/** A browser; with `camera`, a .y4m file stands before its camera. Closed when the test ends. */
export async function browserFor(t, { camera, more = [] } = {}) {
  const flags = [...more, '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  if (camera) flags.push('--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`)
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags, timeout: 120_000 })
  t.after(() => browser.close())
  return browser
}

/** A person before a device: a context of their own, whose page is watched. */
export async function visitor(browser, url, { size = 'phone', look = 'light', ...more } = {}) {
  const context = await browser.newContext({ baseURL: url, viewport: sizes[size], locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce', ...more })
  await context.addInitScript(kept => {
    localStorage.setItem('educard.preferences', localStorage.getItem('educard.preferences') ?? kept)
    addEventListener('securitypolicyviolation', event => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))
  }, JSON.stringify({ theme: 'light', size: 'normal', language: 'zh-CN', ...looks[look] }))
  const page = await context.newPage()
  page.faults = []
  page.on('pageerror', error => page.faults.push(`error: ${error.message}`))
  page.on('console', message => message.type() === 'error' && message.text().startsWith('CSP') && page.faults.push(message.text()))
  page.setDefaultTimeout(60_000) // machines that build at the same time are slow
  return page
}

/** Changes theme, text size or language of an open page. */
export async function wear(page, look) {
  await page.evaluate(kept => localStorage.setItem('educard.preferences', kept), JSON.stringify({ theme: 'light', size: 'normal', language: 'zh-CN', ...looks[look] }))
  await page.reload()
  await page.waitForSelector('main h1')
}

/** Fails on accessibility findings, script errors, policy violations and sideways scrolling; takes a picture. */
export async function inspect(page, name) {
  await page.waitForSelector('main h1')
  await page.waitForTimeout(150)
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
  // Through the debugger, because the policy rightly refuses scripts that are put into the page.
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: axe })
  const answer = await session.send('Runtime.evaluate', { expression: 'axe.run().then(found => JSON.stringify(found.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 200))])))', awaitPromise: true })
  await session.detach()
  assert.deepEqual(JSON.parse(answer.result.value), [], `accessibility of ${name}`)
  assert.deepEqual(page.faults, [], `faults of ${name}`)
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.ok(wider <= 0, `${name} is ${wider} px too wide`)
}

/** The page as it stands, on a telephone and on a computer. */
export async function inspectSizes(page, name) {
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport)
    await inspect(page, `${name}-${size}`)
  }
  await page.setViewportSize(sizes.phone)
}

/** A video of one picture, the QR code of `text`, as Chromium's fake camera takes it. */
export function videoOf(text, { width = 640, height = 640 } = {}) {
  const { data } = encode(text, { ecc: 'L', border: 4 })
  const scale = Math.floor(Math.min(width, height) / data.length)
  const [left, top] = [Math.floor((width - data.length * scale) / 2), Math.floor((height - data.length * scale) / 2)]
  const luma = Buffer.alloc(width * height, 235)
  data.forEach((row, y) => row.forEach((dark, x) => {
    if (!dark) return
    for (let line = 0; line < scale; line++) luma.fill(16, (top + y * scale + line) * width + left + x * scale, (top + y * scale + line) * width + left + (x + 1) * scale)
  }))
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)])
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), frame, frame])
}
