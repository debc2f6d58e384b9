// The path of a pupil, in the browser and for real: register with a guardian's consent, fill in the profile, be approved, hold the card, show
// it without a network, be verified by a camera, and lose it.
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { browserFor, inspect, looks, sizes, videoOf, visitor, wear } from '../support/browser.mjs'
import { enrolled, present } from '../support/card.mjs'
import { solveCaptcha } from '../support/entry.mjs'
import { people } from '../support/people.mjs'
import { fresh, temporaryFolder } from '../support/server.mjs'
import { signIn, smallSchool } from '../support/school.mjs'

const password = 'blue bicycle under rain'

const next = page => page.click('form button[type=submit]')
const at = (page, path) => page.waitForURL(url => url.pathname === path || url.pathname.endsWith(path))

async function handedIn(page) {
  await page.waitForURL('**/applications/*')
  await page.locator('[data-state=submitted]').waitFor()
}

async function register(page, child) {
  await page.goto('/register')
  await page.getByText('为我的孩子').click()
  await next(page)
  await page.fill('[id="document.number"]', child.number)
  await next(page)
  await at(page, '/register/name')
  await page.fill('#name', child.name)
  await next(page)
  await at(page, '/register/consent')
  await page.fill('[id="consent.guardian_name"]', child.guardian)
  await page.selectOption('[id="consent.relation"]', 'mother')
  await page.fill('[id="consent.phone"]', child.phone)
  await page.waitForSelector('.policy')
  for (const box of await page.locator('input[type=checkbox]').all()) await box.check()
  await next(page)
  await at(page, '/register/account')
  await page.fill('#user_name', 'pupil2026')
  await page.fill('#password', password)
  await next(page)
  await at(page, '/register/check')
  await inspect(page, 'register-check')
  await solveCaptcha(page)
  await next(page)
  await at(page, '/register/done')
  await inspect(page, 'register-done')
}

/** Accepted by the server itself: the page falls back to what the device keeps, and says so, when the server fails. */
async function acceptedOnline(page) {
  await page.waitForSelector('[data-result=accept]')
  assert.equal(await page.getByText('离线核验').count(), 0)
}

async function fillIn(page, school, child) {
  await page.getByText('填写认证资料').click()
  await page.click('form button[type=submit]')
  // The name is known from the account, so the first open question is the school.
  await at(page, '/school')
  await page.fill('#school_id', school.name.slice(0, 6))
  await page.getByRole('option', { name: school.name }).click()
  await inspect(page, 'apply-school')
  await next(page)
  await at(page, '/class')
  await page.locator('#grade option').nth(1).waitFor({ state: 'attached' })
  await page.selectOption('#grade', { index: 1 })
  await page.selectOption('#class_id', { index: 1 })
  await inspect(page, 'apply-class')
  await next(page)
  await at(page, '/guardians')
  await page.fill('[id="guardians[0].name"]', child.guardian)
  await page.selectOption('[id="guardians[0].relation"]', 'mother')
  await page.fill('[id="guardians[0].phone"]', child.phone)
  await inspect(page, 'apply-guardians')
  await next(page)
  await at(page, '/check')
  await inspect(page, 'apply-check')
  await next(page)
  await handedIn(page)
}

/** From the home page: the child's kind is proposed, another is taken by mistake, changed, and the draft is discarded. */
async function beginWrongly(page) {
  const dialog = page.getByRole('dialog')
  await page.getByText('以后再填').click()
  await page.waitForURL(url => url.pathname === '/')
  const todo = page.getByRole('link', { name: /填写认证资料.*去完成/ })
  await todo.waitFor()
  assert.equal(await todo.locator('a').count(), 0, 'one link, not one in another')
  await inspect(page, 'home-todo')
  await page.getByText('填写认证资料').click()
  await at(page, '/apply')
  await page.getByText('已按注册时填写的信息选好').waitFor()
  assert.ok(await page.getByRole('radio', { name: '学生' }).isChecked())
  await inspect(page, 'apply-proposed')
  await page.getByText('教师', { exact: true }).click()
  await next(page)
  await at(page, '/school')
  await page.getByRole('heading', { name: '在哪所学校任教？' }).waitFor()

  await page.getByRole('button', { name: '更改身份' }).click()
  assert.ok(await dialog.getByRole('radio', { name: '教师' }).isChecked())
  await inspect(page, 'apply-change-kind')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: '在哪所学校任教？' }).waitFor()
  await page.getByRole('button', { name: '更改身份' }).click()
  await dialog.getByText('学生', { exact: true }).click()
  await dialog.getByRole('button', { name: '更改', exact: true }).click()
  await page.getByRole('heading', { name: '在哪所学校上学？' }).waitFor()

  await page.goto('/apply')
  await page.getByText('填写中').waitFor()
  for (const look of Object.keys(looks)) {
    await wear(page, look)
    await page.locator('.actions').waitFor()
    await inspect(page, `apply-draft-phone-${look}`)
  }
  await wear(page, 'light')
  await page.setViewportSize(sizes.computer)
  await inspect(page, 'apply-draft-computer')
  await page.setViewportSize(sizes.phone)
  await page.getByRole('button', { name: '删除草稿' }).click()
  await inspect(page, 'apply-discard')
  await dialog.getByRole('button', { name: '取消' }).click()
  await page.getByText('填写中').waitFor()
  await page.getByRole('button', { name: '删除草稿' }).click()
  await dialog.getByRole('button', { name: '删除草稿' }).click()
  await page.getByText('草稿已删除').waitFor()
  await page.getByRole('button', { name: '开始填写' }).waitFor()
  assert.equal(await page.getByText('填写中').count(), 0)
  await page.goto('/')
}

test('from registration to a verified card', { timeout: 900_000 }, async t => {
  const server = await fresh(t)
  const school = await smallSchool(server)
  const [child] = people(1, { seed: 7, from: 2016, to: 2017 })
  const browser = await browserFor(t)
  const page = await visitor(browser, server.url)
  const shown = () => page.waitForSelector('[data-code^="EDU1:"]').then(box => box.getAttribute('data-code'))
  const verdict = async code => (await school.admin.post('/api/v1/verifications', { code })).reason
  let firstCode

  await t.test('registers with a guardian’s consent', () => register(page, child))
  await t.test('begins as a teacher by mistake, changes that, and discards the draft', () => beginWrongly(page))
  await t.test('fills in the profile and hands it in', () => fillIn(page, school, child))

  await t.test('sees who reviews, withdraws, corrects and hands in again', async () => {
    await inspect(page, 'application-submitted')
    await page.getByRole('button', { name: '撤回申请' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '撤回', exact: false }).last().click()
    await page.getByRole('link', { name: '修改并重新提交' }).click()
    await at(page, '/check')
    await next(page)
    await handedIn(page)
  })

  await t.test('is returned with a reason, and told so', async () => {
    await school.decide('send_back', '请核对入学年份')
    await page.reload()
    await page.getByText('请核对入学年份').first().waitFor()
    await inspect(page, 'application-returned')
    await page.getByRole('link', { name: '修改并重新提交' }).click()
    await at(page, '/check')
    await next(page)
    await handedIn(page)
  })

  await t.test('is approved and holds the card', async () => {
    await school.decide('approve')
    await page.goto('/card')
    firstCode = await shown()
    assert.equal(await verdict(firstCode), 'valid')
    await inspect(page, 'card')
  })

  await t.test('own pages have no findings in any look', async () => {
    for (const look of Object.keys(looks)) {
      for (const [name, path] of [['home', '/'], ['card', '/card'], ['me', '/me'], ['devices', '/card/devices'], ['sessions', '/me/sessions'], ['password', '/me/password'], ['history', '/me/history'], ['consents', '/me/consents'], ['give-consent', '/me/consents/give'], ['claim', '/me/claim'], ['applications', '/apply']]) {
        await page.goto(path)
        await wear(page, look)
        await page.waitForLoadState('networkidle')
        await inspect(page, `${name}-phone-${look}`)
      }
    }
    await wear(page, 'light')
    await page.setViewportSize({ width: 1440, height: 900 })
    for (const [name, path] of [['home', '/'], ['card', '/card'], ['me', '/me'], ['applications', '/apply']]) {
      await page.goto(path)
      await page.waitForLoadState('networkidle')
      await inspect(page, `${name}-computer-light`)
    }
    await page.setViewportSize({ width: 390, height: 844 })
  })

  await t.test('a screenshot goes stale', async () => {
    const old = 31_000
    await new Promise(done => setTimeout(done, old))
    assert.equal(await verdict(firstCode), 'stale')
  })

  let verifier
  await t.test('a camera verifies the card', async tt => {
    await page.goto('/card')
    const folder = temporaryFolder()
    tt.after(() => rmSync(folder, { recursive: true, force: true }))
    const camera = join(folder, 'code.y4m')
    writeFileSync(camera, videoOf(await shown()))
    verifier = await browserFor(t, { camera })
    const scanner = await visitor(verifier, server.url)
    await scanner.goto('/verify')
    await acceptedOnline(scanner)
    await inspect(scanner, 'verify-accepted')
    await scanner.context().close()
  })

  await t.test('a picture of the code does where there is no camera', async () => {
    await page.reload()
    await shown()
    const checker = await visitor(browser, server.url)
    await checker.goto('/verify')
    await checker.getByText('打不开摄像头').waitFor()
    const [chooser] = await Promise.all([checker.waitForEvent('filechooser'), checker.getByRole('button', { name: '选择二维码图片' }).click()])
    await chooser.setFiles({ name: 'code.png', mimeType: 'image/png', buffer: await page.screenshot() })
    await acceptedOnline(checker)
    await checker.context().close()
  })

  await t.test('an old device is withdrawn, and what it shows is refused', async () => {
    const old = await enrolled(await signIn(server.url, 'pupil2026', password), '旧手机')
    assert.equal(await verdict(await present(old)), 'valid')
    await page.goto('/card/devices')
    await page.getByText('本机').waitFor()
    await page.getByRole('button', { name: '移除 旧手机' }).click()
    await inspect(page, 'device-remove')
    await page.keyboard.press('Escape')
    assert.equal(await verdict(await present(old)), 'valid')
    await page.getByRole('button', { name: '移除 旧手机' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '移除' }).click()
    await page.getByText('旧手机').waitFor({ state: 'detached' })
    assert.equal(await verdict(await present(old)), 'revoked')
    assert.equal(await page.getByRole('button', { name: /^移除/ }).count(), 1)
  })

  await t.test('a card reported lost is refused everywhere until the school resumes it', async () => {
    await page.goto('/card')
    const code = await shown()
    const { number } = await page.evaluate(async () => ({ number: (await (await fetch('/api/v1/card')).json()).card_number }))
    await page.getByRole('button', { name: '挂失' }).click()
    await inspect(page, 'card-lose')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal(await page.evaluate(() => document.activeElement.textContent), '挂失', 'the focus is given back')
    await page.getByRole('button', { name: '挂失' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '挂失' }).click()
    await page.getByText('教育卡已挂失').first().waitFor()
    assert.equal(await page.locator('[data-code]').count(), 0)
    await inspect(page, 'card-lost')
    assert.equal(await verdict(code), 'suspended')
    await school.admin.post(`/api/v1/cards/${number}/resume`, { reason: 'other' })
    await page.reload()
    assert.equal(await verdict(await shown()), 'valid')
  })

  await t.test('the card is shown and verified with the server stopped', async () => {
    // The verifier opened the page once with a network: keys and lists are kept.
    const checker = await visitor(browser, server.url)
    await checker.goto('/verify')
    await checker.evaluate(() => navigator.serviceWorker.ready)
    await Promise.all([checker.waitForResponse(answer => answer.url().includes('/status-lists')), checker.reload()])
    await page.goto('/card')
    await page.evaluate(() => navigator.serviceWorker.ready)
    await page.reload()
    await shown()

    await server.stop()
    await page.context().setOffline(true)
    await page.goto('/card')
    const code = await shown()
    await page.getByText('离线可用').waitFor()
    await inspect(page, 'card-offline')
    await page.goto('/')
    await page.waitForSelector('.educard')
    await inspect(page, 'home-offline')

    await page.goto('/verify') // for the first time on this device
    await page.getByRole('heading', { name: '扫码核验' }).waitFor()
    await page.fill('#code', code)
    await next(page)
    await page.waitForSelector('[data-result]')

    await checker.context().setOffline(true)
    await checker.fill('#code', code)
    await next(checker)
    await checker.waitForSelector('[data-result=accept]')
    await checker.getByText('离线核验').waitFor()
    await inspect(checker, 'verify-offline')
    await checker.getByText('核验下一张').click()
    await checker.fill('#code', firstCode)
    await next(checker)
    await checker.waitForSelector('[data-result=refuse]')
    await checker.getByText('可能是截图').waitFor()
    await checker.goto('/me')
    await checker.getByText('暂时打不开').waitFor() // no page that is kept
    await checker.context().close()
    await page.context().setOffline(false)
  })
})
