// Pages that are open to everybody: in every look, on phone and computer, without findings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserFor, inspect, looks, sizes, visitor } from '../support/browser.mjs'
import { nationalId } from '../support/people.mjs'
import { fresh } from '../support/server.mjs'

test('open pages', { timeout: 600_000 }, async t => {
  const server = await fresh(t)
  const browser = await browserFor(t)

  for (const size of Object.keys(sizes)) {
    for (const look of Object.keys(looks)) {
      await t.test(`sign-in, registration and verification: ${size}, ${look}`, async () => {
        const page = await visitor(browser, server.url, { size, look })
        for (const [name, path] of [['login', '/login'], ['register', '/register'], ['verify', '/verify'], ['missing', '/nowhere']]) {
          await page.goto(path)
          await page.waitForSelector('h1')
          await inspect(page, `${name}-${size}-${look}`)
        }
        await page.context().close()
      })
    }
  }

  await t.test('The API page fits a phone, with everything on it opened', async () => {
    const page = await visitor(browser, server.url)
    await page.goto('/api')
    await page.evaluate(() => document.querySelectorAll('details').forEach(one => { one.open = true }))
    await inspect(page, 'api-phone')
    await page.context().close()
  })

  await t.test('An empty sign-in tells all errors at once, with focus on the summary', async () => {
    const page = await visitor(browser, server.url)
    await page.goto('/login')
    await page.click('form button[type=submit]')
    await page.waitForSelector('[role=alert]')
    assert.equal(await page.locator('[role=alert] li').count(), 3)
    assert.match(await page.title(), /^错误：/)
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'alert')
    await page.click('[role=alert] li:nth-child(2) a')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'password')
    await inspect(page, 'login-errors')
    await page.context().close()
  })

  await t.test('A wrong password is refused and the captcha is a new one', async () => {
    const page = await visitor(browser, server.url)
    await page.goto('/login')
    const picture = await page.waitForSelector('.picture img')
    const before = await picture.getAttribute('srcset')
    await page.fill('#login', 'nobody')
    await page.fill('#password', 'no such password')
    await page.fill('[id="captcha.answer"]', 'zzzz')
    await page.click('form button[type=submit]')
    await page.waitForSelector('[role=alert]')
    await page.waitForFunction(old => (document.querySelector('.picture img')?.srcset ?? old) !== old, before)
    assert.equal(await page.inputValue('#login'), 'nobody')
    await page.context().close()
  })

  await t.test('While the captcha is on its way, and when it does not come, the page has no findings', async () => {
    const page = await visitor(browser, server.url)
    let [answered, drop] = [undefined, false]
    await page.route('**/api/v1/captchas', async route => {
      if (drop) return route.abort()
      await new Promise(done => { answered = done })
      await route.continue()
    })
    await page.goto('/login')
    await page.getByText('正在取验证码').waitFor()
    await inspect(page, 'login-waiting')
    answered()
    await page.waitForSelector('.picture img')
    drop = true
    await page.getByRole('button', { name: '换一张' }).click()
    await page.getByRole('button', { name: '重新获取' }).waitFor()
    await inspect(page, 'login-no-captcha')
    await page.context().close()
  })

  await t.test('The captcha can be heard or read instead of seen', async () => {
    const page = await visitor(browser, server.url)
    await page.goto('/login')
    await page.getByRole('button', { name: '改听声音' }).click()
    const audio = page.locator('audio[src^="data:audio/wav"]')
    await audio.waitFor({ state: 'attached' })
    await page.getByRole('button', { name: '播放' }).click()
    await page.waitForFunction(() => document.querySelector('audio').currentTime > 0)
    await inspect(page, 'login-sound')
    await page.getByRole('button', { name: '改做文字题' }).click()
    await page.locator('[id="captcha.answer-hint"]').filter({ hasText: /？/ }).waitFor()
    await page.fill('#login', 'nobody')
    await page.fill('#password', 'no such password')
    await page.fill('[id="captcha.answer"]', 'zzzz')
    await page.click('form button[type=submit]')
    await page.waitForSelector('[role=alert]')
    await page.locator('[id="captcha.answer-hint"]').filter({ hasText: /？/ }).waitFor()
    await page.getByRole('button', { name: '改看图片' }).click()
    const picture = await page.waitForSelector('.picture img')
    const { width } = await picture.boundingBox()
    assert.ok(width >= 200, `the picture is ${width} px wide`)
    assert.equal(await picture.evaluate(one => one.decode().then(() => one.naturalHeight)), 84)
    await page.context().close()
  })

  await t.test('A picture without a code is told so', async () => {
    const page = await visitor(browser, server.url)
    await page.goto('/verify')
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: '选择二维码图片' }).click()])
    await chooser.setFiles({ name: 'none.png', mimeType: 'image/png', buffer: await page.screenshot() })
    await page.getByText('图片里没有找到二维码').waitFor()
    await chooser.setFiles({ name: 'text.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
    await page.getByText('图片里没有找到二维码').waitFor()
    await inspect(page, 'verify-no-code')
    await page.context().close()
  })

  await t.test('Registration asks one question at a time; back keeps what was answered', async () => {
    const page = await visitor(browser, server.url)
    await page.goto('/register/check')
    await page.waitForURL('**/register/who')
    await page.getByText('为我的孩子').click()
    await page.click('form button[type=submit]')
    await page.waitForURL('**/register/document')
    await page.fill('[id="document.number"]', '320106201601011234')
    await page.click('form button[type=submit]')
    await page.waitForSelector('[role=alert]')
    await inspect(page, 'register-error')
    await page.fill('[id="document.number"]', nationalId('320106', '2018-03-04', 12))
    await page.click('form button[type=submit]')
    await page.waitForURL('**/register/name')
    await page.fill('#name', '李子涵')
    await page.click('form button[type=submit]')
    await page.waitForURL('**/register/consent')
    await page.waitForSelector('.policy')
    await inspect(page, 'register-consent')
    await page.goBack()
    await page.waitForURL('**/register/name')
    assert.equal(await page.inputValue('#name'), '李子涵')
    assert.equal(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]).includes('320106')), false, 'the number is in no storage')
    await page.context().close()
  })

  await t.test('What stands behind # of a page that asks to sign in stays there', async () => {
    const page = await visitor(browser, server.url)
    await page.goto('/me/apps?part=a#a-code')
    await page.waitForURL('**/login?**')
    const { searchParams, hash } = new URL(page.url())
    assert.deepEqual([searchParams.get('next'), hash], ['/me/apps?part=a', '#a-code'])
    await page.context().close()
  })

  await t.test('A mistyped card number is told without asking the server', async () => {
    const page = await visitor(browser, server.url)
    await page.goto('/verify')
    await page.waitForLoadState('networkidle') // no answer is left unread
    await page.fill('#code', '3212 3456 7890 1230')
    await page.click('form button[type=submit]')
    await page.waitForSelector('[data-result=refuse]')
    await inspect(page, 'verify-refused')
    await page.context().close()
  })
})
