// A class teacher's review in the browser: both sides with their differences, keys, undo, return with a reason, the whole number for a
// while, approval of all that match.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handIn, pupilProfile, register } from '../support/accounts.mjs'
import { browserFor, inspect, visitor } from '../support/browser.mjs'
import { eventually } from '../support/client.mjs'
import { signInAs } from '../support/entry.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('a class teacher reviews', { timeout: 600_000 }, async t => {
  const server = await fresh(t)
  const school = await smallSchool(server)
  const children = people(6, { seed: 5, from: 2016, to: 2017 })
  await importRoster(school.admin, school.id, rosterOf(children, school.class_name, new Date().getFullYear() - 1))
  const [odd, ...others] = children
  const pupils = []
  for (const [index, child] of [odd, ...others].map((child, index) => (index === 0 || index === 5 ? { ...child, name: child.name.slice(0, -1) + '某' } : child)).entries()) {
    const pupil = await register(server.url, child, `pupil.${index}`)
    const { id } = await handIn(pupil, pupilProfile(child, school))
    pupils.push({ name: child.name, state: async () => (await pupil.get(`/api/v1/applications/${id}`)).state })
  }
  const [namesake] = people(1, { seed: 99, from: 2016, to: 2017 })
  const namesakePupil = await register(server.url, namesake, 'pupil.namesake')
  const { id: namesakeApplication } = await handIn(namesakePupil, pupilProfile({ ...namesake, guardian: '陈静姝' }, school))
  const browser = await browserFor(t)
  const page = await visitor(browser, server.url, { size: 'computer' })
  await signInAs(page, 'teacher', officePassword)
  const row = name => page.getByRole('option', { name: new RegExp(name) })
  const open = async name => {
    await row(name).click()
    await page.getByRole('heading', { name, level: 2 }).waitFor()
  }
  await page.goto('/admin/reviews')

  await t.test('a guardian of the reviewer\'s name is shown, and to approve takes a statement', async () => {
    await open(namesake.name)
    await page.getByRole('heading', { name: '有监护人与您同名', level: 3 }).waitFor()
    await inspect(page, 'review-same-name')
    await page.getByRole('button', { name: /^通过/ }).click()
    await page.getByRole('button', { name: '声明：该监护人不是我，通过' }).click()
    await page.getByText(`已通过 ${namesake.name}`).waitFor()
    await eventually(async () => (await namesakePupil.get(`/api/v1/applications/${namesakeApplication}`)).state === 'approved', 'the approval', 20)
  })

  await t.test('what differs is tinted, marked and named', async () => {
    await open(pupils[0].name)
    const differs = page.locator('tr.differs', { hasText: '姓名' }).first()
    await differs.getByText('不一致').waitFor()
    assert.equal(await differs.locator('mark').first().innerText(), '某')
    await inspect(page, 'review-differs')
  })

  await t.test('the whole number is shown on request, and hidden again', async () => {
    await page.getByRole('button', { name: '显示', exact: true }).click()
    await page.getByText(odd.number).waitFor()
    await page.getByRole('button', { name: '隐藏' }).click()
    assert.equal(await page.getByText(odd.number).count(), 0)
  })

  await t.test('guardians are shown in full on request, and hidden with another application', async () => {
    assert.equal(await page.getByText(odd.phone).count(), 0)
    await page.getByRole('button', { name: '显示监护人完整信息' }).click()
    await page.getByRole('link', { name: odd.phone }).waitFor()
    await inspect(page, 'review-guardians')
    assert.equal(await page.getByRole('cell', { name: /^(male|female)$/ }).count(), 0, 'the gender is in words')
    await open(pupils[1].name)
    await page.getByRole('link', { name: odd.phone }).waitFor({ state: 'detached' })
  })

  await t.test('a decision waits ten seconds and can be undone', async () => {
    await open(pupils[1].name)
    await page.keyboard.press('a')
    await page.getByText(`已通过 ${pupils[1].name}`).waitFor()
    assert.equal(await row(pupils[1].name).count(), 0)
    await page.keyboard.press('u')
    await row(pupils[1].name).waitFor()
    await page.waitForTimeout(11_000)
    assert.equal(await pupils[1].state(), 'submitted')
  })

  await t.test('a double click, or a key held down, decides on one only', async () => {
    for (const slip of [
      () => page.getByRole('button', { name: /^通过/ }).dblclick(),
      async () => {
        for (let i = 0; i < 4; ++i) await page.keyboard.down('a')
        await page.keyboard.up('a')
      },
    ]) {
      await open(pupils[1].name)
      await page.waitForTimeout(600)
      const before = await page.getByRole('option').count()
      await slip()
      await page.getByText(`已通过 ${pupils[1].name}`).waitFor()
      assert.equal(await page.getByRole('option').count(), before - 1)
      await page.keyboard.press('u')
      await row(pupils[1].name).waitFor()
    }
    await page.waitForTimeout(600) // what comes so soon after a decision is taken for a slip
  })

  await t.test('leaving the page sends what is held', async () => {
    await open(pupils[1].name)
    await page.keyboard.press('a')
    await page.getByRole('link', { name: '工作台' }).click()
    await eventually(async () => (await pupils[1].state()) === 'approved', 'the decision', 8)
  })

  await t.test('a return needs a reason', async () => {
    await page.goto('/admin/reviews')
    await open(pupils[0].name)
    await page.keyboard.press('r')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: '退回' }).click()
    await page.locator('#reason-error').waitFor()
    await dialog.getByText('姓名与证件不一致').click()
    await inspect(page, 'review-return')
    await dialog.getByRole('button', { name: '退回' }).click()
    await eventually(async () => (await pupils[0].state()) === 'returned', 'the return', 30)
    await page.waitForTimeout(500)
    assert.equal(await row(pupils[0].name).count(), 0, 'what was decided stays out of the list when it is sent')
  })

  await t.test('keys can be switched off', async () => {
    await page.keyboard.press('?')
    await page.getByLabel('使用单键快捷键').uncheck()
    await page.getByRole('dialog').getByRole('button', { name: '关闭' }).last().click()
    await open(pupils[2].name)
    await page.keyboard.press('a')
    await page.waitForTimeout(300)
    assert.equal(await row(pupils[2].name).count(), 1)
  })

  await t.test('on a phone the decision stays at hand, and is made', async () => {
    const phone = await visitor(browser, server.url)
    await signInAs(phone, 'teacher', officePassword)
    await phone.goto('/admin/reviews')
    await phone.getByRole('option', { name: new RegExp(pupils[3].name) }).click()
    await phone.getByRole('button', { name: '返回列表' }).waitFor()
    const place = await phone.getByRole('button', { name: '通过', exact: false }).first().boundingBox()
    assert.ok(place && place.y + place.height <= 844, 'the button is in view without scrolling')
    await inspect(phone, 'review-phone')
    await phone.waitForTimeout(600)
    await phone.getByRole('button', { name: /^通过/ }).click()
    await phone.getByText(`已通过 ${pupils[3].name}`).waitFor()
    await eventually(async () => (await pupils[3].state()) === 'approved', 'the approval to be sent')
    await phone.context().close()
  })

  await t.test('all that match are approved after a preview', async () => {
    await page.getByRole('button', { name: '批量通过一致项' }).click()
    await page.getByText('共 2 份申请').waitFor()
    await page.getByText('另有 1 份等您审核的申请不能批量通过').waitFor()
    await page.getByText('与名册不一致 1').click()
    await inspect(page, 'review-bulk')
    await page.getByRole('dialog').getByRole('link', { name: pupils[5].name }).click()
    await page.getByRole('heading', { name: pupils[5].name, level: 2 }).waitFor()
    await page.getByRole('button', { name: '批量通过一致项' }).click()
    await page.getByRole('button', { name: '全部通过（2）' }).click()
    await page.getByText('通过 2 份').waitFor()
    for (const pupil of pupils.slice(2, 5)) assert.equal(await pupil.state(), 'approved')
  })
})
