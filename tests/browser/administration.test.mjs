// The administrators' side, for real: the tree, a roster's import from the file to the written rows, review with undo, progress, offices, the
// audit log; each page looked at in light, dark and large type, on a phone and a computer.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { browserFor, inspect, looks, sizes, visitor, wear } from '../support/browser.mjs'
import { signInAs } from '../support/entry.mjs'
import { people } from '../support/people.mjs'
import { fresh } from '../support/server.mjs'
import { officePassword, signIn, smallSchool } from '../support/school.mjs'

/** Opens the page in every look and fails on what axe, the policy or the scripts complain about. */
async function inspectLooks(page, path, name) {
  for (const look of Object.keys(looks)) {
    await page.goto(path)
    await wear(page, look)
    await page.waitForTimeout(400)
    await inspect(page, `${name}-${look}`)
  }
  await wear(page, 'light')
}

test('an administrator works through every page', async t => {
  const server = await fresh(t)
  const school = await smallSchool(server)
  const browser = await browserFor(t)
  const page = await visitor(browser, server.url, { size: 'computer' })
  await signInAs(page, 'province', officePassword)

  await t.test('a roster comes from a file, is checked, corrected, confirmed', async () => {
    const [good, other] = people(2)
    const rows = ['姓名,身份证号,年级,班级', `${good.name},${good.number},二年级,3班`, `${other.name},${other.number.slice(0, 17)}${other.number.endsWith('1') ? '2' : '1'},二年级,3班`]
    const file = join(server.data, '名册.csv')
    writeFileSync(file, rows.join('\r\n'))
    await page.goto(`/admin/imports?organisation=${school.id}`)
    await page.setInputFiles('input[type=file]', file)
    await inspect(page, 'admin-imports')
    await page.getByRole('button', { name: '上传并试读' }).click()
    await page.getByText('待确认').waitFor()
    const counted = outcome => page.locator(`[data-outcome=${outcome}] dd`).innerText()
    assert.equal(await counted('fresh'), '1')
    assert.equal(await counted('rejected'), '1')
    assert.match(await page.locator('tbody tr').first().innerText(), /证件号码：\S+/)
    assert.doesNotMatch(await page.locator('tbody').innerText(), new RegExp(`${other.number.slice(0, 17)}|people\\.|roster\\.`), 'words, and no number in clear')
    await inspect(page, 'admin-import-checked')
    await page.setViewportSize(sizes.phone)
    const [reason, beside] = [await page.locator('tbody tr').first().getByText(/证件号码：/).boundingBox(), await page.locator('.table').evaluate(box => box.scrollWidth - box.clientWidth)]
    assert.ok(reason.x >= 0 && reason.x + reason.width <= sizes.phone.width, 'the reason is on a phone')
    assert.ok(beside <= 0, 'and nothing is beside it')
    await inspect(page, 'admin-import-phone')
    await page.setViewportSize(sizes.computer)
    await page.getByRole('button', { name: /确认写入/ }).click()
    await page.getByText('名册已更新').waitFor()
    await inspect(page, 'admin-import-done')
    await page.getByRole('link', { name: '查看名册' }).click()
    await page.getByText(good.name).waitFor()
    await inspect(page, 'admin-roster')
    await page.getByRole('button', { name: '显示' }).first().click()
    await page.getByText(good.number).waitFor()
  })
  await t.test('a person is found anywhere in the province', async () => {
    await page.goto('/admin/roster?organisation=32')
    await page.getByText('或者直接输入姓名').waitFor()
    await page.fill('input[type=search]', 'ljy')
    const row = page.locator('tbody tr').filter({ hasText: '罗嘉懿' })
    await row.getByText(school.name).waitFor()
    await inspect(page, 'admin-roster-search')
    await page.fill('input[type=search]', '无此人')
    await page.getByText('没有找到。').waitFor()
    assert.match(page.url(), /query=/)
    await page.goto('/admin')
    await page.goBack()
    await page.getByText('没有找到。').waitFor()
  })

  await t.test('a heading that nobody knows is put right in the page', async () => {
    const [child] = people(1, { seed: 71 })
    const file = join(server.data, '名单.csv')
    writeFileSync(file, ['孩子叫什么,身份证号,班级', `${child.name},${child.number},二年级（3）班`].join('\r\n'))
    await page.goto(`/admin/imports?organisation=${school.id}`)
    await page.setInputFiles('input[type=file]', file)
    await page.getByRole('button', { name: '上传并试读' }).click()
    await page.getByText('请指定哪一列是姓名').waitFor()
    await page.getByLabel('孩子叫什么').selectOption('name')
    await inspect(page, 'admin-import-mapping')
    await page.getByRole('button', { name: '按更正后的含义重新试读' }).click()
    await page.getByText('待确认').waitFor()
    assert.equal(await page.locator('[data-outcome=fresh] dd').innerText(), '1')
  })

  await t.test('a list without headings is read by its columns, one with foreign headings by the line that is chosen', async () => {
    const [first, second] = people(2, { seed: 72 })
    for (const [name, rows, choose] of [
      ['无表头.csv', [`${first.name},${first.number},二年级（3）班`, `${second.name},${second.number},二年级（3）班`], async () => {
        await page.getByLabel('没有表头').check()
        await page.getByLabel(/^A 列/).selectOption('name')
        await page.getByLabel(/^B 列/).selectOption('document_number')
        await page.getByLabel(/^C 列/).selectOption('class_name')
      }],
      ['外文.csv', ['甲,乙,丙', `${first.name},${first.number},二年级（3）班`], async () => {
        await page.getByLabel('第 1 行').check()
        await page.getByLabel('甲', { exact: true }).selectOption('name')
        await page.getByLabel('乙', { exact: true }).selectOption('document_number')
      }],
    ]) {
      const file = join(server.data, name)
      writeFileSync(file, rows.join('\r\n'))
      await page.goto(`/admin/imports?organisation=${school.id}`)
      await page.setInputFiles('input[type=file]', file)
      await page.getByRole('button', { name: '上传并试读' }).click()
      await page.getByRole('heading', { name: '哪一行是表头？' }).waitFor()
      await page.getByText(first.name).waitFor()
      assert.equal(await page.getByText(first.number).count(), 0, 'numbers are masked')
      await choose()
      await inspect(page, `admin-import-first-rows-${rows.length}-${name.length}`)
      await page.getByRole('button', { name: '按更正后的含义重新试读' }).click()
      await page.getByText('待确认').waitFor()
    }
  })

  await t.test('people whom a list does not name are shown, and marked as having left only after a question', async () => {
    const [newcomer] = people(1, { seed: 74 })
    const file = join(server.data, '转入.csv')
    writeFileSync(file, ['姓名,身份证号,年级,班级', `${newcomer.name},${newcomer.number},二年级,3班`].join('\r\n'))
    await page.goto(`/admin/imports?organisation=${school.id}`)
    await page.setInputFiles('input[type=file]', file)
    await page.getByRole('button', { name: '上传并试读' }).click()
    await page.getByRole('button', { name: '确认写入（1 行）' }).waitFor()
    await page.getByRole('button', { name: /^名单中缺少/ }).click()
    await page.locator('tbody tr').first().getByText('名单中缺少').waitFor()
    await page.getByLabel(/标记为已离校/).check()
    await page.getByRole('button', { name: /^确认写入（1 行），\d+ 人离校/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('教育卡立即停用').waitFor()
    await inspect(page, 'admin-import-left')
    await dialog.getByRole('button', { name: '返回核对' }).click()
    await page.getByRole('button', { name: '取消这次导入' }).click()
    await page.getByText('这次导入已取消').first().waitFor()
  })

  await t.test('the tree opens where the organisation is, and an edit is in its history', async () => {
    await page.goto(`/admin/organisations/${school.id}`)
    await page.getByRole('treeitem', { name: school.name, selected: true }).waitFor()
    await page.getByRole('button', { name: '修改' }).click()
    await page.fill('#organisation-name', '南京市玄武湖第二小学')
    await page.getByRole('button', { name: '查看影响' }).click()
    await page.getByText('学校标识码 2132000042 不变').waitFor()
    await page.getByRole('button', { name: '确认', exact: true }).click()
    await page.getByRole('heading', { name: '南京市玄武湖第二小学' }).waitFor()
    await page.getByRole('tab', { name: '沿革' }).click()
    await page.getByText('更名').waitFor()
    await inspect(page, 'admin-organisation-history')
  })

  await t.test('a list of schools is checked in words, then founded as a whole', async () => {
    const file = join(server.data, '学校.csv')
    writeFileSync(file, ['学校标识码,学校名称,办学类型,上级机构', '2132000077,南京市梅园小学,小学,玄武区', '21,坏代码小学,小学,玄武区'].join('\r\n'))
    const { parent_id: county } = await school.admin.get(`/api/v1/organisations/${school.id}`)
    await page.goto(`/admin/organisations/${county}`)
    await page.getByRole('button', { name: '批量导入下级' }).click()
    await page.setInputFiles('input[type=file]', file)
    await page.getByRole('button', { name: '核对' }).click()
    await page.getByText('学校标识码应为 10 位数字').waitFor()
    await inspect(page, 'admin-organisation-import')
    await page.getByRole('button', { name: '确认写入（1 行）' }).click()
    await page.getByRole('treeitem', { name: '南京市梅园小学' }).waitFor()
  })

  await t.test('a school with people is closed only when their number was typed, and opened again', async () => {
    await page.goto(`/admin/organisations/${school.id}`)
    await page.getByRole('button', { name: '撤销机构' }).click()
    const dialog = page.getByRole('dialog')
    await page.locator('#closing-people').waitFor()
    const { people } = await school.admin.get(`/api/v1/organisations/${school.id}/closing`)
    await inspect(page, 'admin-organisation-closing')
    await page.fill('#closing-people', String(people + 1))
    await dialog.getByRole('button', { name: '撤销机构' }).click()
    await page.locator('#closing-people-error').waitFor()
    await page.fill('#closing-people', String(people))
    await dialog.getByRole('button', { name: '撤销机构' }).click()
    await page.getByRole('button', { name: '恢复机构' }).waitFor()
    const { parent_id: county } = await school.admin.get(`/api/v1/organisations/${school.id}`)
    await page.goto(`/admin/progress?organisation=${county}`)
    await page.getByRole('row', { name: /第二小学.*已撤销/ }).waitFor()
    await inspect(page, 'admin-progress-closed')
    await page.goto(`/admin/organisations/${county}`)
    await page.getByRole('tab', { name: '已撤销的下级' }).click()
    await inspect(page, 'admin-organisation-closed-below')
    await page.getByRole('tabpanel').getByRole('button', { name: /第二小学/ }).click()
    await page.getByRole('button', { name: '恢复机构' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '恢复机构' }).click()
    await page.getByRole('button', { name: '撤销机构' }).waitFor()
    await page.getByRole('treeitem', { name: /第二小学/ }).waitFor()
  })

  await t.test('appointing begins without a place whose office one may not give', async () => {
    const { parent_id: county } = await school.admin.get(`/api/v1/organisations/${school.id}`)
    const { one_time_password: secret } = await school.admin.post('/api/v1/appointments', { organisation_id: county, role: 'county_admin', user_name: 'county.own', name: '县管理员' })
    await signIn(server.url, 'county.own', secret)
    const there = await visitor(browser, server.url, { size: 'computer' })
    await signInAs(there, 'county.own', officePassword)
    await there.goto('/admin/appointments?appoint=1')
    await there.getByRole('dialog').waitFor()
    await there.locator('#appointments-organisation').waitFor()
    assert.equal(await there.locator('#appoint-organisation_id').inputValue(), '')
    await there.fill('#appoint-organisation_id', '玄武')
    await there.getByRole('option', { name: /第二小学/ }).waitFor()
    await there.getByRole('option', { name: /玄武区/ }).click()
    await there.getByRole('dialog').getByText('督导').first().waitFor() // there, of one's own office, nothing else
    assert.equal(await there.getByRole('dialog').getByText('县区管理员').count(), 0)
    await there.context().close()
  })

  await t.test('a form says what the server refuses, at its field', async () => {
    await page.goto(`/admin/appointments?organisation=${school.id}&appoint=1`)
    await page.getByRole('dialog').waitFor()
    await page.fill('#appoint-user_name', 'nobody-of-that-name')
    await page.getByRole('dialog').getByRole('button', { name: '任命' }).click()
    await page.locator('#appoint-user_name-error').waitFor()
    assert.match(await page.title(), /^错误：/)
    await inspect(page, 'admin-appoint-refused')
  })

  await t.test('what was done stands in the audit log', async () => {
    await page.goto('/admin/audit')
    await page.getByRole('rowheader', { name: '查看名册完整证件号码' }).first().waitFor()
    await page.getByRole('rowheader', { name: '确认导入名册' }).first().waitFor()
  })

  const pages = { workbench: '/admin', reviews: '/admin/reviews', organisations: `/admin/organisations/${school.id}`, roster: `/admin/roster?organisation=${school.id}`, imports: '/admin/imports', progress: '/admin/progress', appointments: '/admin/appointments', audit: '/admin/audit' }
  for (const [name, path] of Object.entries(pages)) {
    await t.test(`${name}: nothing to complain about in any look`, () => inspectLooks(page, path, `admin-${name}`))
  }
  const phone = await visitor(browser, server.url)
  await t.test('the same on a phone', async () => {
    await signInAs(phone, 'province', officePassword)
    for (const [name, path] of Object.entries(pages)) {
      await phone.goto(path)
      await phone.waitForTimeout(400)
      await inspect(phone, `admin-${name}-phone`)
    }
  })
  await t.test('whose session was ended elsewhere is told so', async () => {
    await phone.goto('/admin')
    await page.goto('/me/sessions')
    await page.locator('.records > .btn').click()
    await page.locator('.records li').nth(1).waitFor({ state: 'detached' })
    await phone.locator('main a[href="/admin/progress"]').click()
    await phone.getByText('登录已过期').waitFor()
    await inspect(phone, 'login-ended')
  })
  await t.test('without a network a page that is not kept says so', async () => {
    await page.goto('/admin')
    await page.evaluate(() => navigator.serviceWorker.ready)
    await page.context().setOffline(true)
    await page.goto('/admin/audit')
    await page.getByText('现在没有网络').waitFor()
    await inspect(page, 'trouble-offline')
    await page.context().setOffline(false)
  })
  await t.test('signs out, and nothing is left open', async () => {
    await signInAs(phone, 'province', officePassword)
    for (const [where, size] of [[page, 'computer'], [phone, 'phone']]) {
      await where.goto('/admin')
      if (size === 'phone') await where.getByRole('button', { name: '菜单' }).click()
      await inspect(where, `admin-sign-out-${size}`)
      await where.getByRole('button', { name: '退出登录' }).click()
      await where.waitForURL(/\/login/)
      await where.goto('/admin/roster')
      await where.waitForURL(/\/login/)
    }
  })
})
