// An app opens with the card in a real browser: from the app to the sign-in, the consent, and back; and the page to withdraw it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { password } from '../support/accounts.mjs'
import { browserFor, inspect, inspectSizes, looks, visitor, wear } from '../support/browser.mjs'
import { solveCaptcha } from '../support/entry.mjs'
import { begun, certifiedTeacher, env, issuer, openid, registered, relyingParty } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

/** An app of its own, on the loopback. It tells each visitor by name who they are. */
async function app(t, server) {
  const visitors = {}
  const host = createServer(async (request, response) => {
    const url = new URL(request.url, `http://127.0.0.1:${host.address().port}`)
    if (url.pathname !== '/cb') return response.writeHead(404).end()
    visitors.back = url
    if (request.method === 'POST') {
      const octets = []
      for await (const chunk of request) octets.push(chunk)
      visitors.posted = new Request(url, { method: 'POST', headers: { 'content-type': request.headers['content-type'] }, body: Buffer.concat(octets) })
    }
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><title>口算</title><h1>${url.searchParams.get('error') ?? '欢迎'}</h1>`)
  }).listen(0, '127.0.0.1')
  await once(host, 'listening')
  t.after(() => host.close())
  const redirect_uri = `http://127.0.0.1:${host.address().port}/cb`
  const config = await relyingParty(server, registered(server, { uris: [redirect_uri], essential: 'name', voluntary: 'school,card_number', more: ['--post-logout-redirect-uri', redirect_uri] }))
  return {
    visitors,
    config,
    async begin(more = {}) {
      const { url, kept } = await begun(config, { redirect_uri, scope: 'openid profile education card', ...more })
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
    const { kept, address } = await begin({ login_hint: 'the.teacher' })
    await page.goto(address)
    await page.waitForURL(/\/login/)
    assert.equal(await page.inputValue('#login'), 'the.teacher')
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

  await t.test('select_account asks whether to go on, and somebody else may sign in instead', async () => {
    const { address } = await begin({ prompt: 'select_account' })
    await page.goto(address)
    await page.getByText(`以 ${grown.name} 的身份登录`).waitFor()
    await inspectSizes(page, 'choose-account')
    await page.getByRole('button', { name: '继续' }).click()
    await page.getByRole('heading', { name: '欢迎' }).waitFor()
    await page.goto((await begin({ prompt: 'select_account' })).address)
    await page.getByRole('button', { name: '换一个账户' }).click()
    await page.waitForURL(/\/login/)
    await page.fill('#login', 'the.teacher')
    await page.fill('#password', password)
    await solveCaptcha(page)
    await page.click('form button[type=submit]')
    await page.getByRole('heading', { name: '欢迎' }).waitFor() // who has just signed in has chosen
  })

  await t.test('a parameter that comes twice is refused and gives no code', async () => {
    for (const [name, value] of [['state', 'another'], ['prompt', 'login'], ['max_age', '0'], ['of_nobody', 'x']]) {
      const address = new URL((await begin({ [name]: value })).address)
      address.searchParams.append(name, value)
      await page.goto(String(address))
      await page.getByRole('heading', { name: 'invalid_request' }).waitFor()
      assert.deepEqual([visitors.back.searchParams.get('code'), visitors.back.searchParams.get('state') === null], [null, name === 'state'])
    }
    const address = new URL((await begin()).address)
    address.searchParams.append('redirect_uri', 'https://elsewhere.example.com/')
    await page.goto(String(address))
    await page.getByText('参数 redirect_uri 出现多次').first().waitFor()
    await page.goto('/logout?state=a&state=b')
    await page.getByText('参数 state 出现多次').first().waitFor()
  })

  await t.test('an app may send the browser by a form', async () => {
    const { address } = await begin({ prompt: 'consent' })
    const form = fields => `<!doctype html><form method="post" action="${new URL(address).origin}${new URL(address).pathname}">${fields}<button>go</button></form>`
    const fields = [...new URL(address).searchParams].map(([name, value]) => `<input type="hidden" name="${name}" value="${value.replaceAll('"', '&quot;')}">`).join('')
    await page.route('http://form.example.com/', route => route.fulfill({ contentType: 'text/html', body: form(fields) }))
    await page.goto('http://form.example.com/')
    await page.getByRole('button', { name: 'go' }).click()
    await page.getByRole('button', { name: '同意并登录' }).waitFor()
    await page.getByRole('button', { name: '不同意' }).click()
    await page.getByRole('heading', { name: 'access_denied' }).waitFor()
  })

  await t.test('an app that wants its answer posted gets it, by itself and by the button where scripts do not run', async () => {
    const { kept, address } = await begin({ response_mode: 'form_post' })
    await page.goto(address)
    await page.getByRole('heading', { name: '欢迎' }).waitFor()
    assert.equal(visitors.back.search, '')
    assert.ok((await openid.authorizationCodeGrant(config, visitors.posted, kept)).claims().sub)
    assert.deepEqual(page.faults, [])

    const again = await begin({ response_mode: 'form_post' })
    visitors.posted = undefined
    await page.route('**/oidc/form_post', async route => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, body: (await answer.text()).replace(/<script>.*<\/script>/, '') })
    })
    await page.goto(again.address)
    await page.getByRole('heading', { name: '正在返回应用' }).waitFor()
    await page.getByRole('button', { name: '继续' }).waitFor()
    await inspectSizes(page, 'form-post')
    assert.equal(visitors.posted, undefined)
    await page.getByRole('button', { name: '继续' }).click()
    await page.getByRole('heading', { name: '欢迎' }).waitFor()
    await page.unroute('**/oidc/form_post')
    assert.ok((await openid.authorizationCodeGrant(config, visitors.posted, again.kept)).claims().sub)
  })

  await t.test('what was agreed to is seen and withdrawn', async () => {
    await page.goto('/me/apps')
    await page.getByText('姓名、学校').waitFor()
    await inspectSizes(page, 'connected-apps')
    await page.getByRole('button', { name: '撤回' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '撤回' }).click()
    await page.getByText('还没有授权过应用').waitFor()
    await page.goto((await begin()).address)
    await page.getByRole('button', { name: '不同意' }).click()
    await page.getByRole('heading', { name: 'access_denied' }).waitFor()
  })

  await t.test('a device shows a code, which is typed on the telephone', async () => {
    const device = registered(server, { name: '大屏口算', uris: [], voluntary: 'school', more: ['--device'] })
    const television = await relyingParty(server, device)
    const shown = await openid.initiateDeviceAuthorization(television, { scope: 'openid profile education' })
    const waiting = openid.pollDeviceAuthorizationGrant(television, shown)
    await page.goto('/device')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByText('请输入设备上显示的代码').first().waitFor()
    await page.fill('#user_code', 'WDJB-MJHT')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByText('没有这个设备码').first().waitFor()
    await inspectSizes(page, 'device-code')
    await page.fill('#user_code', shown.user_code.toLowerCase())
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByText(`请确认您面前的设备显示的正是 ${shown.user_code}`).waitFor()
    await inspectSizes(page, 'device-consent')
    await page.getByRole('button', { name: '同意并登录' }).click()
    await page.getByText('请在设备上继续使用“大屏口算”').waitFor()
    await inspectSizes(page, 'device-done')
    assert.ok((await waiting).access_token)
  })

  await t.test('an app signs somebody out: asked when it does not know who is here, else at once and back', async () => {
    await page.goto('/logout')
    await page.getByText('要退出教育卡登录吗').waitFor()
    await inspectSizes(page, 'logout-asked')
    await page.getByRole('link', { name: '不退出' }).click()
    await page.waitForURL(server.url + '/')
    const { kept, address } = await begin()
    await page.goto(address)
    await page.getByRole('button', { name: '同意并登录' }).click()
    await page.getByRole('heading', { name: '欢迎' }).waitFor()
    const { id_token } = await openid.authorizationCodeGrant(config, visitors.back, kept)
    await page.goto(`/logout?${new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: visitors.back.origin + '/cb' })}`)
    await page.getByRole('heading', { name: '欢迎' }).waitFor()
    await page.goto(`${server.url}/me/apps`)
    await page.waitForURL(/\/login/)
  })

  await t.test('an app that nobody knows sends nobody anywhere', async () => {
    await page.goto('/authorize?client_id=1&redirect_uri=https://evil.example/')
    await page.getByText('没有这个应用').waitFor()
    await inspectSizes(page, 'authorize-unknown')
    assert.equal(new URL(page.url()).pathname, '/authorize')
  })
})
