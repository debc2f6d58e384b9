// Bulk work in a real browser: what is missing is said by field, the dry run is read by school and one by one, confirmed with a reason,
// and undone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { browserFor, inspect, inspectSizes, visitor, wear } from '../support/browser.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { signInAs } from '../support/entry.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('applications are closed in bulk and that is undone', { timeout: 600_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  await officer(url, school.admin, school.id, 'school_admin', 'the.head', '校管理员')
  await officer(url, school.admin, school.id, 'inspector', 'looks.only', '督学')
  const children = people(3, { seed: 5, from: 2016, to: 2017 })
  await importRoster(school.admin, school.id, rosterOf(children, school.class_name, new Date().getFullYear() - 1))
  const pupils = []
  for (const [at, child] of children.entries()) {
    const account = await register(url, child, `pupil.${at}`)
    const application = await handIn(account, pupilProfile(child, school))
    assert.equal((await decide(school.teacher, application, 'send_back', '班级选错了')).status, 200)
    pupils.push({ name: child.name, state: async () => (await account.get(`/api/v1/applications/${application.id}`)).state })
  }
  inDatabase(server, `UPDATE application SET decided_at = decided_at - ${40 * 86_400_000_000}`)

  const browser = await browserFor(t)
  const page = await visitor(browser, url, { size: 'computer' })
  const press = name => page.getByRole('button', { name, exact: true }).first().click()
  await signInAs(page, 'the.head', officePassword)

  await t.test('the page is in the menu, says what is missing by field, and has an empty state', async () => {
    await page.goto('/admin')
    await page.getByRole('link', { name: '批量处理' }).click()
    await page.getByText('这里还没有批量处理').waitFor()
    await page.getByRole('radio', { name: /^关闭/ }).check()
    await press('试算')
    await page.locator('#bulk-before-error').waitFor()
    await inspectSizes(page, 'bulk-faults')
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  await t.test('the dry run is read by school and one by one', async () => {
    await page.fill('#bulk-before', new Date(Date.now() - 20 * 86400_000).toISOString().slice(0, 10))
    await inspect(page, 'bulk-form')
    await press('试算')
    await page.getByRole('heading', { name: '试算结果' }).waitFor()
    await page.getByRole('button', { name: `只看 ${school.name}` }).waitFor()
    await inspectSizes(page, 'bulk-ready')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByRole('tab', { name: '逐份' }).click()
    for (const { name } of pupils) await page.getByRole('link', { name }).waitFor()
    await inspectSizes(page, 'bulk-items')
    await page.setViewportSize({ width: 1440, height: 900 })
    assert.deepEqual(await Promise.all(pupils.map(one => one.state())), ['returned', 'returned', 'returned'])
  })

  await t.test('without a reason nothing is done; with one all are closed', async () => {
    await press('关闭 3 份申请')
    await page.locator('#bulk-confirm-reason-error').waitFor()
    await page.fill('#bulk-confirm-reason', '退回后一直没有更正')
    await inspect(page, 'bulk-confirm')
    await press('关闭 3 份申请')
    await page.getByRole('button', { name: '撤销这次处理' }).waitFor()
    assert.deepEqual(await Promise.all(pupils.map(one => one.state())), ['rejected', 'rejected', 'rejected'])
    assert.ok(await page.getByRole('link', { name: '导出 CSV' }).count())
    for (const look of ['light', 'dark', 'large', 'english']) {
      await wear(page, look)
      await page.locator('.tab-list').waitFor()
      await inspectSizes(page, `bulk-done-${look}`)
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    await wear(page, 'light')
  })

  await t.test('the undoing is looked at first, too', async () => {
    await press('撤销这次处理')
    await page.getByRole('heading', { name: '试算结果' }).waitFor()
    await page.fill('#bulk-confirm-reason', '弄错了')
    await inspectSizes(page, 'bulk-undo')
    await page.setViewportSize({ width: 1440, height: 900 })
    await press('撤销 3 份')
    await page.getByRole('heading', { name: '结果', exact: true }).waitFor()
    await page.locator('[data-outcome=done] dd').filter({ hasText: '3' }).waitFor()
    assert.deepEqual(await Promise.all(pupils.map(one => one.state())), ['returned', 'returned', 'returned'])
    await page.locator('.page-head').getByRole('link', { name: '批量处理' }).click()
    await page.getByText('弄错了').waitFor()
    await inspectSizes(page, 'bulk-history')
  })

  await t.test('an inspector looks, and is offered nothing to do', async () => {
    const inspector = await visitor(browser, url)
    await signInAs(inspector, 'looks.only', officePassword)
    await inspector.goto('/admin/bulk-works')
    await inspector.getByText('退回后一直没有更正').waitFor()
    assert.equal(await inspector.getByRole('button', { name: '试算' }).count(), 0)
    await inspectSizes(inspector, 'bulk-inspector')
  })
})
