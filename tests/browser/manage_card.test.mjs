// A loss from one end to the other, in the browser: the holder reports it, the administrator finds the person by name, resumes the card, and it
// is good again; later it is revoked. Who stands in no roster is found by number.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, password, pupilProfile, register } from '../support/accounts.mjs'
import { browserFor, inspect, inspectSizes, looks, sizes, visitor, wear } from '../support/browser.mjs'
import { enrolled, present } from '../support/card.mjs'
import { Client } from '../support/client.mjs'
import { signInAs } from '../support/entry.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('a card is lost, found, and at last revoked', async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const school = await smallSchool(server)
  const [child, unlisted] = people(2, { seed: 91, from: 2016, to: 2017 })
  await importRoster(school.admin, school.id, rosterOf([child], school.class_name, new Date().getFullYear() - 1))
  const certified = async (person, name) => {
    const client = await register(server.url, person, name)
    assert.equal((await decide(school.teacher, await handIn(client, pupilProfile(person, school)))).status, 200)
    return client
  }
  const pupil = await certified(child, 'pupil.listed')
  const other = await certified(unlisted, 'pupil.unlisted')
  const device = await enrolled(pupil, '另一台手机')
  const verdict = async () => (await new Client(server.url).post('/api/v1/verifications', { code: await present(device) })).reason
  const browser = await browserFor(t)
  const phone = await visitor(browser, server.url)
  const page = await visitor(browser, server.url, { size: 'computer' })
  const act = async (name, reason, more = {}) => {
    await page.getByRole('main').getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').waitFor()
    if (reason) await page.selectOption('#card-reason', reason)
    for (const [field, text] of Object.entries(more)) await page.fill(`#card-${field}`, text)
    await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  }

  await t.test('the holder reports the loss', async () => {
    await signInAs(phone, 'pupil.listed', password)
    await phone.goto('/card')
    await phone.getByRole('button', { name: '挂失' }).click()
    await phone.getByRole('dialog').getByRole('button', { name: '挂失' }).click()
    await phone.getByText('教育卡已挂失').first().waitFor()
    assert.equal(await verdict(), 'suspended')
  })

  await t.test('the administrator finds the person by name and opens the card', async () => {
    await signInAs(page, 'province', officePassword)
    await page.goto('/admin/roster?organisation=32')
    await page.fill('input[type=search]', child.name)
    await page.getByRole('link', { name: `${child.name}的教育卡` }).click()
    await page.locator('[data-state=suspended]').waitFor()
    await page.waitForURL(/\/admin\/cards\/32\d{14}$/)
    await page.getByText('挂失、丢失').waitFor()
    await page.getByText(child.name).first().waitFor()
    await inspect(page, 'admin-card-suspended')
  })

  await t.test('without a reason nothing happens, with one the card is good again', async () => {
    await act('恢复使用')
    await page.locator('#card-reason-error').waitFor()
    assert.match(await page.title(), /^错误：/)
    await inspect(page, 'admin-card-resume-refused')
    assert.equal(await verdict(), 'suspended')
    await page.selectOption('#card-reason', 'found')
    await page.fill('#card-note', '在书包里找到')
    await page.getByRole('dialog').getByRole('button', { name: '恢复使用' }).click()
    await page.locator('[data-state=active]').waitFor()
    await page.getByText('在书包里找到').waitFor()
    assert.equal(await verdict(), 'valid')
    await phone.reload()
    await phone.locator('[data-code^=EDU1]').waitFor()
    assert.equal(await phone.getByText('教育卡已挂失').count(), 0)
  })

  await t.test('what somebody else did meanwhile is said in the dialog', async () => {
    await page.getByRole('main').getByRole('button', { name: '停用', exact: true }).click()
    await pupil.post('/api/v1/card/report-lost')
    await page.selectOption('#card-reason', 'misuse')
    await page.getByRole('dialog').getByRole('button', { name: '停用' }).click()
    await page.getByRole('alert').getByText('卡片当前状态不允许此操作').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
    await page.reload()
    await page.locator('[data-state=suspended]').waitFor()
  })

  await t.test('revoking is final and wants the last four digits', async () => {
    await act('注销', 'misuse', { digits: '0000' })
    await page.locator('#card-digits-error').waitFor()
    await inspect(page, 'admin-card-revoke-refused')
    assert.equal(await verdict(), 'suspended')
    await page.fill('#card-digits', page.url().slice(-4))
    await page.getByRole('dialog').getByRole('button', { name: '注销' }).click()
    await page.locator('[data-state=revoked]').waitFor()
    assert.equal(await verdict(), 'revoked')
    assert.equal(await page.getByRole('main').getByRole('button', { name: /注销|恢复使用|停用/ }).count(), 0, 'nothing more can be done')
  })

  await t.test('who stands in no roster is found by the whole number, from the roster and from the page of cards', async () => {
    const { card_number: number } = await other.get('/api/v1/card')
    await page.goto('/admin/roster?organisation=32')
    await page.fill('input[type=search]', unlisted.number)
    await page.getByText('已认证，但不在任何名册中').waitFor()
    await inspect(page, 'admin-roster-unlisted')
    await page.getByRole('link', { name: unlisted.name }).click()
    await page.locator('[data-state=active]').waitFor()
    await page.getByRole('navigation').getByRole('link', { name: '教育卡管理' }).click()
    await page.waitForURL('**/admin/cards')
    await page.fill('#card-number', number.replace(/(.{4})(?=.)/g, '$1 '))
    await page.getByRole('button', { name: '查找' }).click()
    await page.locator('[data-state=active]').getByText(unlisted.name).waitFor()
    await page.fill('#card-number', '320106201601010017')
    await page.getByRole('button', { name: '查找' }).click()
    await page.getByText('没有找到教育卡').waitFor()
    await inspect(page, 'admin-cards-none')
  })

  await t.test('a class teacher is not offered to revoke', async () => {
    const teacher = await visitor(browser, server.url)
    await signInAs(teacher, 'teacher', officePassword)
    await teacher.goto('/admin/roster')
    await teacher.getByRole('link', { name: `${child.name}的教育卡` }).click()
    await teacher.locator('[data-state=revoked]').waitFor()
    await teacher.fill('#card-number', unlisted.number)
    await teacher.getByRole('button', { name: '查找' }).click()
    await teacher.locator('[data-state=active]').waitFor()
    await teacher.getByRole('main').getByRole('button', { name: '停用' }).waitFor()
    assert.equal(await teacher.getByRole('button', { name: '注销' }).count(), 0)
    await inspect(teacher, 'admin-card-teacher-phone')
  })

  await t.test('a class teacher gives a pupil a one-time password, and the pupil is told', async () => {
    const teacher = await visitor(browser, server.url)
    await signInAs(teacher, 'teacher', officePassword)
    await teacher.goto(`/admin/cards/${(await other.get('/api/v1/card')).card_number}`)
    await teacher.getByRole('button', { name: '重置密码' }).click()
    await teacher.getByRole('dialog').getByText('请当面确认是本人').waitFor()
    assert.equal(await teacher.getByRole('checkbox').count(), 0, 'second factors are an administrator’s to remove')
    await inspectSizes(teacher, 'recover')
    await teacher.getByRole('button', { name: '生成一次性密码' }).click()
    const secret = await teacher.locator('.secret').innerText()
    await inspectSizes(teacher, 'recovered')
    await teacher.getByRole('button', { name: '完成' }).click()
    const own = await visitor(browser, server.url)
    await signInAs(own, 'pupil.unlisted', secret)
    await own.waitForURL(/\/me\/password/)
    await own.fill('#current_password', secret)
    await own.fill('#new_password', 'four red lanterns')
    await own.click('form button[type=submit]')
    await own.getByRole('region', { name: '账户安全通知' }).getByText('为你的账户重置了密码').waitFor()
    await inspectSizes(own, 'account-notice')
    await own.getByRole('button', { name: '知道了' }).click()
    await own.getByRole('region', { name: '账户安全通知' }).waitFor({ state: 'detached' })
    await own.goto('/me/history')
    await own.getByText('密码被重置').waitFor()
    await inspectSizes(own, 'account-history')
  })

  await t.test('nothing to complain about in any look and size', async () => {
    const { card_number: number } = await pupil.get('/api/v1/card')
    for (const size of Object.keys(sizes)) {
      await page.setViewportSize(sizes[size])
      for (const look of Object.keys(looks)) {
        await page.goto(`/admin/cards/${number}`)
        await wear(page, look)
        await page.locator('[data-state=revoked]').waitFor()
        await inspect(page, `admin-card-${size}-${look}`)
      }
      await wear(page, 'light')
    }
  })
})
