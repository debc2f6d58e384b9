// Apache's mod_auth_openidc protects a page with the card, in a real browser: in, through, and out from either side.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { password } from '../support/accounts.mjs'
import { apache, place } from '../support/apache.mjs'
import { browserFor, visitor } from '../support/browser.mjs'
import { solveCaptcha } from '../support/entry.mjs'
import { certifiedTeacher, registered } from '../support/oidc.mjs'
import { freePort } from '../support/ports.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('mod_auth_openidc protects a page', async t => {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const server = await fresh(t, { port, env: { EDUCARD_PUBLIC_URL: issuer, EDUCARD_REACH_PRIVATE: 'true' } })
  const { teacher, grown } = await certifiedTeacher(server, await smallSchool(server))
  const app = await place()
  const client = registered(server, { uris: [app.redirect], more: ['--post-logout-redirect-uri', `${app.origin}/bye.html`, '--backchannel-logout-uri', `${app.redirect}?logout=backchannel`] })
  const { log } = await apache(t, app, issuer, client)
  const browser = await browserFor(t)
  const page = await visitor(browser, issuer)
  const greeted = () => page.getByRole('heading', { name: `Hello ${grown.name}` }).waitFor()
  const signIn = async () => {
    await page.goto(`${app.origin}/protected/`)
    await page.waitForURL(/\/login/)
    await page.fill('#login', 'the.teacher')
    await page.fill('#password', password)
    await solveCaptcha(page)
    await page.click('form button[type=submit]')
  }

  await t.test('who signs in with the card and agrees is greeted by name', async () => {
    await signIn()
    await page.getByRole('button', { name: '同意并登录' }).click()
    await greeted()
    assert.equal(new URL(page.url()).origin, app.origin)
    assert.match(await page.getByText(/^sub /).innerText(), /^sub [\w-]{20,}$/)
  })

  await t.test('signing out at the app signs out of the card', async () => {
    await page.goto(`${app.redirect}?logout=${encodeURIComponent(`${app.origin}/bye.html`)}`)
    await page.getByRole('heading', { name: 'Signed out' }).waitFor()
    await page.goto(`${app.origin}/protected/`)
    await page.waitForURL(/\/login/)
  })

  await t.test('signing out of the card on another device reaches the app (back-channel logout)', async () => {
    await signIn()
    await greeted()
    await page.goto(`${app.origin}/protected/`)
    await greeted()
    await teacher.delete('/api/v1/sessions')
    await page.waitForTimeout(2500)
    await page.goto(`${app.origin}/protected/`)
    await page.waitForURL(/\/login/)
  })

  assert.doesNotMatch(log(), /\[auth_openidc:error\]/)
})
