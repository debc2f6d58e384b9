// The telephone of an account in a real browser: shown to be one's own, and a lost password that is reset by it, and stopped.
import { test } from 'node:test'
import { password, register } from '../support/accounts.mjs'
import { browserFor, inspect, inspectSizes, looks, visitor, wear } from '../support/browser.mjs'
import { inDatabase } from '../support/database.mjs'
import { signInAs, solveCaptcha } from '../support/entry.mjs'
import { people } from '../support/people.mjs'
import { fresh } from '../support/server.mjs'
import { gateway } from '../support/sms.mjs'

const phone = '13812345678'
const press = (page, name) => page.getByRole('button', { name, exact: true }).click()

test('a telephone resets a lost password', async t => {
  const sent = await gateway(t)
  const server = await fresh(t, { env: { EDUCARD_SMS_GATEWAY: sent.url } })
  const browser = await browserFor(t)
  const owner = await visitor(browser, server.url)
  const visitorPage = await visitor(browser, server.url, { size: 'computer' })
  const [person] = people(1, { seed: 47, from: 1980, to: 1985 })
  const { user_name: login } = await register(server.url, person, 'reachable')

  /** Asks for a code and enters it with the document and this password. */
  async function recover(page, code, secret) {
    await page.goto('/login')
    await page.getByRole('link', { name: '忘记密码？' }).click()
    await page.fill('#login', login)
    await solveCaptcha(page)
    await press(page, '下一步')
    await page.getByText('几秒钟内会收到短信').waitFor()
    await page.fill('#code', await code())
    await page.fill('#number', person.number)
    await page.fill('#new_password', secret)
  }

  await t.test('it is entered and shown to be the owner’s', async () => {
    await signInAs(owner, login, password)
    await owner.goto('/me')
    await owner.getByRole('link', { name: '手机号' }).click()
    await owner.fill('#phone', '12')
    await press(owner, '保存')
    await owner.getByText('请输入手机号').first().waitFor()
    await owner.fill('#phone', phone)
    await press(owner, '保存')
    await owner.getByText('未验证').waitFor()
    await press(owner, '发送验证码')
    await owner.locator('#code').waitFor()
    await inspectSizes(owner, 'phone')
    await owner.fill('#code', '000000')
    await press(owner, '验证')
    await owner.getByText('验证码不正确或已失效').first().waitFor()
    await owner.fill('#code', await sent.code(phone))
    await press(owner, '验证')
    await owner.getByText('已验证', { exact: true }).waitFor()
    await inspectSizes(owner, 'phone-verified')
  })

  await t.test('somebody resets the password, and the owner stops it', async () => {
    await visitorPage.goto('/recover')
    for (const look of Object.keys(looks)) {
      await wear(visitorPage, look)
      await visitorPage.locator('#login').waitFor()
      await inspect(visitorPage, `recover-page-${look}`)
    }
    await wear(visitorPage, 'light')
    await recover(visitorPage, () => sent.code(phone, 1), 'four red lanterns')
    await inspectSizes(visitorPage, 'recover-code')
    await press(visitorPage, '重置密码')
    await visitorPage.getByText('原密码仍可使用').waitFor()
    await inspectSizes(visitorPage, 'recover-done')
    await owner.goto('/')
    await owner.getByText('有人用短信验证码申请重置你的密码').waitFor()
    await inspectSizes(owner, 'recovery-notice')
    await press(owner, '不是我，取消重置')
    await owner.getByText('已取消，原密码继续有效').waitFor()
    await owner.getByText('有人用短信验证码申请重置你的密码').waitFor({ state: 'detached' })
  })

  await t.test('the owner resets it, and signs in with the new one when the time has come', async () => {
    await recover(visitorPage, () => sent.code(phone, 3), 'four red lanterns')
    await press(visitorPage, '重置密码')
    await visitorPage.getByText('原密码仍可使用').waitFor()
    inDatabase(server, 'UPDATE pending_recovery SET ready_at = 0')
    await signInAs(visitorPage, login, 'four red lanterns')
    await visitorPage.goto('/me/history')
    await visitorPage.getByText('密码被重置').waitFor()
  })
})
