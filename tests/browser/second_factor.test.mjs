// Two-step verification in a real browser: an authenticator app, recovery codes, passkeys of a virtual authenticator, proof before what is
// dangerous, and an administrator who has to.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { password, register } from '../support/accounts.mjs'
import { codeOf, stepsPass, wrongCode } from '../support/authenticator.mjs'
import { browserFor, inspect, inspectSizes, looks, visitor, wear } from '../support/browser.mjs'
import { inDatabase } from '../support/database.mjs'
import { signInAs, solveCaptcha } from '../support/entry.mjs'
import { people } from '../support/people.mjs'
import { freePort } from '../support/ports.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const press = (page, name) => page.getByRole('button', { name, exact: true }).click()

/** From the page’s button to the codes; gives { secret, codes }. */
async function setUp(page, name) {
  await press(page, '开始设置')
  await page.getByRole('img', { name: '设置身份验证器的二维码' }).waitFor()
  if (name) await inspectSizes(page, `${name}-offer`)
  const secret = (await page.locator('.key').innerText()).trim()
  await page.getByLabel('验证码', { exact: true }).fill(wrongCode(secret))
  await press(page, '开启')
  await page.getByText('验证码不正确或已用过').first().waitFor()
  await page.getByLabel('验证码', { exact: true }).fill(codeOf(secret))
  await press(page, '开启')
  await page.getByRole('heading', { name: '请保存恢复码' }).waitFor()
  if (name) await inspectSizes(page, `${name}-codes`)
  const codes = await page.locator('.codes li').allInnerTexts()
  assert.equal(codes.length, 10)
  const [file] = await Promise.all([page.waitForEvent('download'), press(page, '下载')])
  assert.deepEqual(readFileSync(await file.path(), 'utf8').trim().split('\r\n'), codes)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await press(page, '复制')
  await page.getByText('已复制').first().waitFor()
  assert.deepEqual((await page.evaluate(() => navigator.clipboard.readText())).split('\n'), codes)
  await press(page, '我已保存')
  return { secret, codes }
}

async function firstStep(page, login, secretWord) {
  await page.goto('/login')
  await page.fill('#login', login)
  await page.fill('#password', secretWord)
  await solveCaptcha(page)
  await page.click('form button[type=submit]')
  await page.getByRole('heading', { name: '输入验证码' }).waitFor()
}

/** The proof that came with signing in runs out. */
function timePasses(server) {
  inDatabase(server, 'UPDATE session SET proved_at = 0')
}

async function signOut(page) {
  await page.context().clearCookies()
}

test('two-step verification', async t => {
  const server = await fresh(t)
  const browser = await browserFor(t)
  const page = await visitor(browser, server.url)
  const [person] = people(1, { seed: 41, from: 1980, to: 1985 })
  const { user_name: login } = await register(server.url, person, 'careful')
  let made

  await t.test('is set up on the account’s own page', async () => {
    await signInAs(page, login, password)
    await page.goto('/me')
    await page.getByRole('link', { name: '两步验证' }).click()
    await page.getByRole('heading', { name: '两步验证', level: 1 }).waitFor()
    await page.getByText('未开启').waitFor()
    for (const look of Object.keys(looks)) {
      await wear(page, look)
      await page.locator('.state').waitFor()
      await inspect(page, `second-factor-off-${look}`)
    }
    await wear(page, 'light')
    made = await setUp(page, 'second-factor')
    await page.getByText('剩余恢复码 10 个').waitFor()
    await inspectSizes(page, 'second-factor-on')
  })

  await t.test('asks for the code after the password', async () => {
    await signOut(page)
    stepsPass(server)
    await firstStep(page, login, password)
    await inspectSizes(page, 'second-step')
    await press(page, '登录')
    await page.getByText('请输入验证码').first().waitFor()
    await page.fill('#code', wrongCode(made.secret))
    await press(page, '登录')
    await page.getByText('验证码不正确或已用过').first().waitFor()
    await page.fill('#code', codeOf(made.secret))
    await press(page, '登录')
    await page.waitForURL(url => url.pathname !== '/login')
    await page.goto('/me')
    await page.getByText(login).waitFor()
  })

  await t.test('takes a recovery code in its place, once, and says what is left', async () => {
    await signOut(page)
    await firstStep(page, login, password)
    await press(page, '改用恢复码')
    await inspectSizes(page, 'second-step-recovery')
    await page.fill('#code', made.codes[0])
    await press(page, '登录')
    await page.waitForURL(url => url.pathname !== '/login')
    await page.goto('/me/second-factor')
    await page.getByText('剩余恢复码 9 个').waitFor()
    await page.goto('/me/history')
    await page.getByText('登录成功').first().waitFor()
  })

  await t.test('gives new recovery codes, and is removed; a while after signing in, only who proves that it is them', async () => {
    timePasses(server)
    await page.goto('/me/second-factor')
    await press(page, '重新生成恢复码')
    await inspectSizes(page, 'second-factor-renew')
    await press(page, '确定')
    const proof = page.getByRole('dialog', { name: '确认是你本人' })
    await proof.getByLabel('验证码或恢复码', { exact: true }).fill('000000')
    await inspectSizes(page, 'proof')
    await proof.getByRole('button', { name: '确定' }).click()
    await proof.getByText('验证码不正确或已用过').first().waitFor()
    await proof.getByLabel('验证码或恢复码', { exact: true }).fill(made.codes[1])
    await proof.getByRole('button', { name: '确定' }).click()
    await page.getByRole('heading', { name: '请保存恢复码' }).waitFor()
    await press(page, '我已保存')
    await press(page, '移除身份验证器')
    await press(page, '确定')
    await page.getByText('未开启').waitFor()
  })
})

/** A virtual device with these passkeys, as long as the page is not inspected (which takes it away): { passkeys, verifies }. */
async function deviceOf(page, passkeys) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true }
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options })
  for (const credential of passkeys) await devtools.send('WebAuthn.addCredential', { authenticatorId, credential })
  return {
    passkeys: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    verifies: isUserVerified => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  }
}

test('passkeys', async t => {
  const port = await freePort()
  const server = await fresh(t, { port, env: { EDUCARD_PUBLIC_URL: `http://localhost:${port}` } })
  const browser = await browserFor(t)
  const page = await visitor(browser, `http://localhost:${port}`)
  const [person] = people(1, { seed: 43, from: 1980, to: 1985 })
  const { user_name: login } = await register(server.url, person, 'keyed')
  const proof = page.getByRole('dialog', { name: '确认是你本人' })
  let passkeys = []

  await t.test('one is added, and shown with the recovery codes', async () => {
    await signInAs(page, login, password)
    timePasses(server)
    await page.goto('/me/second-factor')
    await press(page, '添加通行密钥')
    await proof.getByLabel('当前密码', { exact: true }).fill(password)
    await inspectSizes(page, 'proof-password')
    const device = await deviceOf(page, passkeys)
    await proof.getByRole('button', { name: '确定' }).click()
    await page.getByRole('heading', { name: '请保存恢复码' }).waitFor()
    await press(page, '我已保存')
    await page.getByText('尚未使用').waitFor()
    passkeys = await device.passkeys()
    assert.equal(passkeys.length, 1)
    assert.ok(passkeys[0].isResidentCredential)
    await press(page, '添加通行密钥')
    await page.getByText('这台设备上已有本账户的通行密钥').first().waitFor()
    assert.equal((await device.passkeys()).length, 1)
    await inspectSizes(page, 'passkeys')
  })

  await t.test('it signs in alone', async () => {
    await signOut(page)
    await page.goto('/login')
    await page.getByRole('button', { name: '用通行密钥登录' }).waitFor()
    await inspectSizes(page, 'login-passkey')
    const device = await deviceOf(page, passkeys)
    await press(page, '用通行密钥登录')
    await page.waitForURL(url => url.pathname !== '/login')
    passkeys = await device.passkeys()
    await page.goto('/me')
    await page.getByText(login).waitFor()
  })

  await t.test('it is asked for after the password', async () => {
    await signOut(page)
    await page.goto('/login')
    await page.fill('#login', login)
    await page.fill('#password', password)
    await solveCaptcha(page)
    await page.click('form button[type=submit]')
    await page.getByRole('heading', { name: '确认是你本人' }).waitFor()
    await inspectSizes(page, 'second-step-passkey')
    const device = await deviceOf(page, passkeys)
    await press(page, '使用通行密钥')
    await page.waitForURL(url => url.pathname !== '/login')
    passkeys = await device.passkeys()
  })

  await t.test('it proves who is there; whom the device does not verify it refuses', async () => {
    timePasses(server)
    await page.goto('/me/second-factor')
    await press(page, '重新生成恢复码')
    await press(page, '确定')
    await proof.getByRole('button', { name: '使用通行密钥' }).waitFor()
    await inspectSizes(page, 'proof-passkey')
    const device = await deviceOf(page, passkeys)
    await device.verifies(false)
    await proof.getByRole('button', { name: '使用通行密钥' }).click()
    await proof.getByText('通行密钥未完成').first().waitFor()
    await device.verifies(true)
    await proof.getByRole('button', { name: '使用通行密钥' }).click()
    await page.getByRole('heading', { name: '请保存恢复码' }).waitFor()
    passkeys = await device.passkeys()
    await press(page, '我已保存')
  })

  await t.test('it is removed, and then signs nobody in', async () => {
    await page.getByRole('button', { name: /^移除 / }).click()
    await inspectSizes(page, 'passkey-remove')
    await press(page, '确定')
    await page.getByText('未开启').waitFor()
    await signOut(page)
    await page.goto('/login')
    await page.getByRole('button', { name: '用通行密钥登录' }).waitFor()
    await deviceOf(page, passkeys)
    await press(page, '用通行密钥登录')
    await page.getByText('不属于该账户，或已移除').first().waitFor()
  })
})

test('an administrator sets it up before anything else', async t => {
  const server = await fresh(t, { env: { EDUCARD_REQUIRE_SECOND_FACTOR: 'true' } })
  const school = await smallSchool(server)
  const { one_time_password } = await school.admin.post('/api/v1/appointments', { organisation_id: school.id, role: 'school_admin', user_name: 'head', name: '王五' })
  const browser = await browserFor(t)
  const page = await visitor(browser, server.url, { size: 'computer' })
  await signInAs(page, 'head', one_time_password)
  await page.waitForURL(/\/me\/password/)
  await page.fill('#current_password', one_time_password)
  await page.fill('#new_password', officePassword)
  await page.click('form button[type=submit]')
  await page.waitForURL(/\/me\/second-factor/)
  await page.getByText('须先开启两步验证').waitFor()
  await page.goto('/admin')
  await page.waitForURL(/\/me\/second-factor/)
  await setUp(page)
  await page.waitForURL(/\/admin/)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await inspect(page, 'second-factor-admin-after')
})
