// An app opens with the card in a real browser: from the app to the sign-in, the consent, and back; and the page to withdraw it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { password } from '../support/accounts.mjs'
import { browserFor, inspect, looks, visitor, wear } from '../support/browser.mjs'
import { solveCaptcha } from '../support/entry.mjs'
import { begun, certifiedTeacher, env, issuer, openid, registered, relyingParty } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

/** An app of its own, on the loopback. It tells each visitor by name who they are. */
async function app(t, server) {
  const visitors = {}
  const host = createServer((request, response) => {
    const url = new URL(request.url, `http://127.0.0.1:${host.address().port}`)
    if (url.pathname !== '/cb') return response.writeHead(404).end()
    visitors.back = url
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><title>口算</title><h1>${url.searchParams.get('error') ?? '欢迎'}</h1>`)
  }).listen(0, '127.0.0.1')
  await once(host, 'listening')
  t.after(() => host.close())
  const redirect_uri = `http://127.0.0.1:${host.address().port}/cb`
  const config = await relyingParty(server, registered(server, { uris: [redirect_uri], essential: 'name', voluntary: 'school,card_number' }))
  return {
    visitors,
    config,
    async begin() {
      const { url, kept } = await begun(config, { redirect_uri, scope: 'openid profile education card' })
      return { kept, address: String(url).replace(issuer, server.url) }
    },
  }
}

test('an app opens with the card', async t => {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const { grown } = await certifiedTeacher(server, school)
  const { visitors, config, begin } = await app(t, server)
  const browser = await browserFor(t)
  const page = await visitor(browser, server.url)

  await t.test('somebody signs in on the way, agrees to a part, and is back', async () => {
    const { kept, address } = await begin()
    await page.goto(address)
    await page.waitForURL(/\/login/)
    await page.fill('#login', 'the.teacher')
    await page.fill('#password', password)
    await solveCaptcha(page)
    await page.click('form button[type=submit]')
    await page.getByRole('button', { name: '同意并登录' }).waitFor()
    for (const look of Object.keys(looks)) {
      await wear(page, look)
      await page.locator('form h1').waitFor()
      await inspect(page, `authorize-${look}`)
    }
    await wear(page, 'light')
    await page.getByLabel('学校').check()
    await page.getByRole('button', { name: '同意并登录' }).click()
    await page.getByRole('heading', { name: '欢迎' }).waitFor()
    const tokens = await openid.authorizationCodeGrant(config, visitors.back, kept)
    const info = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
    assert.deepEqual([info.name, info.school.name, info.card_number], [grown.name, school.name, undefined])
  })

  await t.test('the next time the browser goes straight through', async () => {
    await page.goto((await begin()).address)
    await page.getByRole('heading', { name: '欢迎' }).waitFor()
  })

  await t.test('what was agreed to is seen and withdrawn', async () => {
    await page.goto('/me/apps')
    await page.getByText('姓名、学校').waitFor()
    await inspect(page, 'connected-apps')
    await page.getByRole('button', { name: '撤回' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '撤回' }).click()
    await page.getByText('还没有授权过应用').waitFor()
    await page.goto((await begin()).address)
    await page.getByRole('button', { name: '不同意' }).click()
    await page.getByRole('heading', { name: 'access_denied' }).waitFor()
  })

  await t.test('an app that nobody knows sends nobody anywhere', async () => {
    await page.goto('/authorize?client_id=1&redirect_uri=https://evil.example/')
    await page.getByText('没有这个应用').waitFor()
    await inspect(page, 'authorize-unknown')
    assert.equal(new URL(page.url()).pathname, '/authorize')
  })
})
