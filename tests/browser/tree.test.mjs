// The tree as a workplace, in a real browser: an inspector is appointed, somebody is invited and accepts, an office is handed over, contact
// persons are named, schools get another name or merge after a preview, a setting is made.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { password, register } from '../support/accounts.mjs'
import { browserFor, inspect, inspectSizes, visitor, wear } from '../support/browser.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { signInAs } from '../support/entry.mjs'
import { people } from '../support/people.mjs'
import { inDays } from '../support/plan.mjs'
import { dryRun, importRoster, rosterOf } from '../support/roster.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('the tree as a workplace', { timeout: 900_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  const { parent_id: county } = await school.admin.get(`/api/v1/organisations/${school.id}`)
  const countyAdmin = await officer(url, school.admin, county, 'county_admin', 'county.one', '县管理员')
  const leaver = await officer(url, countyAdmin, school.id, 'school_admin', 'leaves.soon', '离任者')
  const pupils = people(3, { seed: 21, from: 2016, to: 2017 })
  const second = await countyAdmin.post('/api/v1/organisations', { parent_id: county, kind: 'school', name: '玄武区第二小学', school_code: '2132000071', school_kind: 'primary' })
  await importRoster(countyAdmin, second.id, rosterOf(pupils, '二年级（3）班', new Date().getFullYear() - 1))
  const [invitee] = people(1, { seed: 55, from: 1980, to: 1982 })
  await register(url, invitee, 'the.invited')

  const browser = await browserFor(t)
  const admin = await visitor(browser, url, { size: 'computer' })
  const guest = await visitor(browser, url)
  const inspector = await visitor(browser, url)
  const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click()
  const inDialog = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).last().click()
  const choose = async (page, field, text, name) => {
    await page.locator(field).fill(text)
    await page.getByRole('option', { name }).first().click()
  }
  await signInAs(admin, 'county.one', officePassword)

  let code
  await t.test('somebody is invited to an office; the code is shown once', async () => {
    await admin.goto(`/admin/appointments?organisation=${school.id}&appoint=1`)
    await admin.getByRole('dialog').getByLabel('发出邀请，由本人接受').check()
    await inDialog(admin, '发出邀请')
    await admin.getByText('请输入姓名').first().waitFor()
    await admin.fill('#appoint-name', invitee.name)
    await inspect(admin, 'tree-invite')
    await inDialog(admin, '发出邀请')
    code = await admin.locator('.code').innerText()
    assert.match(code, /^[2-9A-Z]{4}(-[2-9A-Z]{4}){2}$/)
    await inspectSizes(admin, 'tree-invited')
    await inDialog(admin, '已转交')
    await press(admin, '邀请记录')
    await admin.getByText('待答复').waitFor()
    await inspect(admin, 'tree-invitations')
    await inDialog(admin, '关闭')
  })

  await t.test('who is invited sees the office and accepts', async () => {
    await guest.goto(`/office-invitation#${code}`)
    await guest.getByText('请先登录本人的账户').waitFor()
    await inspectSizes(guest, 'tree-invitation-signed-out')
    await signInAs(guest, 'the.invited', password)
    await guest.goto(`/office-invitation#${code}`)
    assert.equal(await guest.inputValue('#code'), code)
    await press(guest, '查看')
    await guest.getByText('学校管理员').waitFor()
    await inspectSizes(guest, 'tree-invitation')
    await press(guest, '接受')
    await guest.getByText('您已接受').waitFor()
  })

  await t.test('an office is handed over after a look at what comes with it', async () => {
    await admin.goto(`/admin/appointments?organisation=${school.id}`)
    const row = admin.getByRole('row').filter({ hasText: '离任者' })
    await row.getByRole('button', { name: '移交' }).click()
    await admin.getByText('接任者').first().waitFor()
    await inspectSizes(admin, 'tree-hand-over')
    await admin.fill('#hand-over-user_name', 'teacher')
    await inDialog(admin, '移交')
    await admin.getByText('已移交 离任者 的职务').waitFor()
    assert.deepEqual((await leaver.get('/api/v1/me')).roles, [])
    await admin.selectOption('#appointments-state', 'former')
    await admin.getByRole('row').filter({ hasText: '离任者' }).waitFor()
    await inspect(admin, 'tree-former')
  })

  await t.test('contact persons are named where they lack', async () => {
    await admin.goto(`/admin/contacts?organisation=${county}`)
    await admin.getByText('这里还没有联系人').waitFor()
    await inspectSizes(admin, 'tree-contacts-none')
    await admin.getByRole('tab', { name: '尚无联系人' }).click()
    await admin.getByRole('listitem').filter({ hasText: '玄武区第二小学' }).getByRole('button', { name: '登记联系人' }).click()
    await admin.fill('#contact-name', '李老师')
    await inDialog(admin, '保存')
    await admin.getByText('请填写办公电话或邮箱，至少一项。').first().waitFor()
    await admin.fill('#contact-phone', '025-8300 1234')
    await inspect(admin, 'tree-contact')
    await inDialog(admin, '保存')
    await admin.getByText('已保存').waitFor()
    await admin.getByRole('tab', { name: '联系人', exact: true }).click()
    await admin.getByText('李老师').waitFor()
    await inspectSizes(admin, 'tree-contacts')
    await press(admin, '导出')
    await admin.getByRole('dialog').getByRole('link', { name: '下载' }).waitFor()
    await inspect(admin, 'tree-export')
    await inDialog(admin, '取消')
  })

  await t.test('a new name is planned for a later day after a look at what follows, and called off', async () => {
    await admin.goto(`/admin/organisations/${second.id}`)
    await press(admin, '修改')
    await admin.fill('#organisation-name', school.name)
    await inDialog(admin, '查看影响')
    await admin.locator('#organisation-name-error').waitFor()
    await admin.fill('#organisation-name', '玄武区明湖小学')
    await admin.fill('#organisation-effective_on', inDays(7))
    await inDialog(admin, '查看影响')
    const dialog = admin.getByRole('dialog')
    await dialog.getByText('玄武区第二小学 → 玄武区明湖小学').waitFor()
    await dialog.getByText('学校标识码 2132000071 不变').waitFor()
    await dialog.getByText(`从 ${inDays(7)} 起`).waitFor()
    await inspectSizes(admin, 'tree-rename-preview')
    await inDialog(admin, '列入计划')
    await admin.getByRole('link', { name: '1 项计划中的调整' }).click()
    const row = admin.getByRole('listitem').filter({ hasText: '玄武区明湖小学' })
    await row.getByText('已计划').waitFor()
    await row.getByRole('button', { name: '取消计划' }).click()
    await inDialog(admin, '取消计划')
    await row.getByText('已取消').waitFor()
    assert.equal((await countyAdmin.get(`/api/v1/organisations/${second.id}`)).name, '玄武区第二小学')
  })

  await t.test('a plan that failed says why, and stands in the form again', async () => {
    const founded = { kind: 'school', name: '玄武区新城小学', school_code: '2132000075', school_kind: 'primary' }
    for (const order of [{ act: 'rename', organisations: [second.id], name: '玄武区晚到小学' }, { act: 'found', into: county, founded }]) await countyAdmin.post('/api/v1/restructurings', { ...order, on: inDays(3) })
    inDatabase(server, "UPDATE restructuring SET state = 'failed', error = 'organisations.name_taken' WHERE state = 'planned'")
    await admin.goto(`/admin/restructuring?organisation=${county}&state=failed`)
    const again = async name => {
      const row = admin.getByRole('listitem').filter({ hasText: name })
      await row.getByText('同一上级之下已有同名机构').waitFor()
      await row.getByRole('button', { name: '重新安排' }).click()
    }
    const field = (id, value) => admin.waitForFunction(([at, wanted]) => document.querySelector(at)?.value === wanted, [id, value])
    await again('玄武区晚到小学')
    await field('#order-name', '玄武区晚到小学')
    await field('#order-organisations', '玄武区第二小学')
    await inDialog(admin, '查看影响')
    await admin.getByRole('dialog').getByText('玄武区第二小学 → 玄武区晚到小学').waitFor()
    await admin.keyboard.press('Escape')
    await again('玄武区新城小学')
    await field('#order-founded\\.school_code', '2132000075')
    await inspect(admin, 'tree-found-again')
    await inDialog(admin, '查看影响')
    await admin.getByRole('dialog').getByText('学校标识码 2132000075 从此属于它').waitFor()
    await inspectSizes(admin, 'tree-found-preview')
    await inDialog(admin, '立即执行')
    await admin.getByRole('dialog').waitFor({ state: 'detached' })
    assert.ok((await countyAdmin.get(`/api/v1/organisations/${county}/children`)).items.some(one => one.name === founded.name))
    const done = admin.getByRole('listitem').filter({ hasText: founded.name })
    await done.getByText('已重新安排').waitFor()
    assert.equal(await done.getByRole('button', { name: '重新安排' }).count(), 0)
  })

  await t.test('a plan that another one counts on is called off after a warning', async () => {
    const first = await countyAdmin.post('/api/v1/restructurings', { act: 'rename', organisations: [second.id], name: '玄武区让名小学', on: inDays(2) })
    const later = await countyAdmin.post('/api/v1/restructurings', { act: 'found', into: county, founded: { kind: 'school', name: '玄武区第二小学', school_code: '2132000076', school_kind: 'primary' }, on: inDays(4) })
    await admin.goto(`/admin/restructuring?organisation=${county}&state=planned`)
    await admin.getByRole('listitem').filter({ hasText: '玄武区让名小学' }).getByRole('button', { name: '取消计划' }).click()
    await inDialog(admin, '取消计划')
    await admin.getByRole('alert').getByText(inDays(4)).waitFor()
    await inspectSizes(admin, 'tree-counted-on')
    assert.ok(await admin.getByRole('dialog').getByRole('button', { name: '取消计划' }).isDisabled(), 'a second tap is not enough')
    await admin.getByRole('dialog').getByRole('checkbox').check()
    await inDialog(admin, '取消计划')
    await admin.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal((await countyAdmin.get(`/api/v1/restructurings/${first.id}`)).state, 'called_off')
    await countyAdmin.post(`/api/v1/restructurings/${later.id}/call-off`)
  })

  await t.test('two schools merge after a look at what follows', async () => {
    await admin.goto(`/admin/organisations/${second.id}`)
    await admin.getByRole('link', { name: '合并、拆分、划转' }).click()
    await admin.getByRole('dialog').waitFor()
    await choose(admin, '#order-into', '玄武湖小学', /玄武湖小学/)
    await inspectSizes(admin, 'tree-order')
    await inDialog(admin, '查看影响')
    await admin.getByText('班号冲突，改号').waitFor()
    await inspectSizes(admin, 'tree-order-preview')
    await inDialog(admin, '立即执行')
    await admin.getByText('请输入 3').first().waitFor()
    await admin.fill('#order-people', '3')
    await inDialog(admin, '立即执行')
    await admin.getByRole('listitem').filter({ hasText: '玄武区第二小学' }).getByText('已完成').waitFor()
    await inspectSizes(admin, 'tree-restructuring')
    assert.equal((await countyAdmin.get(`/api/v1/progress?organisation_id=${school.id}`)).organisation.counts.not_begun, 3)
  })

  await t.test('classes for a new year', async () => {
    await admin.goto(`/admin/restructuring?organisation=${school.id}`)
    await press(admin, '新学年建班')
    await admin.getByRole('dialog').locator('#year-stages').fill('2')
    await inDialog(admin, '预览')
    await admin.getByRole('dialog').getByText('新建').first().waitFor()
    await inspect(admin, 'tree-year')
    await inDialog(admin, '建立 2 个班级')
    await admin.getByText('已建立 2 个班级').waitFor()
  })

  await t.test('a setting is made for all below and comes back', async () => {
    await admin.goto(`/admin/settings?organisation=${county}`)
    await admin.getByRole('listitem').filter({ hasText: '欢迎语' }).getByRole('button', { name: '设置“欢迎语”' }).click()
    await admin.fill('#setting-value', '欢迎使用教育卡')
    await inDialog(admin, '保存')
    await admin.getByText('在本机构设置').waitFor()
    for (const look of ['light', 'dark', 'large', 'english']) {
      await wear(admin, look)
      await admin.locator('main .group').first().waitFor()
      await inspect(admin, `tree-settings-${look}`)
    }
    await wear(admin, 'light')
    await guest.goto('/')
    await guest.getByText('欢迎使用教育卡').waitFor()
    await inspect(guest, 'tree-home')
    await press(admin, '恢复继承')
    await admin.getByText('已恢复继承').waitFor()
  })

  await t.test('an inspector looks, and is offered nothing to do', async () => {
    const made = await officer(url, countyAdmin, county, 'inspector', 'looks.only', '督学')
    assert.ok(made)
    await signInAs(inspector, 'looks.only', officePassword)
    await inspector.goto('/admin/contacts')
    await inspector.getByText('李老师').waitFor()
    assert.equal(await inspector.getByRole('button', { name: '登记联系人' }).count(), 0)
    await inspectSizes(inspector, 'tree-inspector')
    await inspector.goto(`/admin/organisations/${school.id}`)
    await inspector.getByRole('heading', { name: school.name }).waitFor()
    assert.equal(await inspector.getByRole('button', { name: '撤销机构' }).count(), 0)
    const waiting = await dryRun(countyAdmin, school.id, rosterOf(people(2, { seed: 85, from: 2016, to: 2017 }), school.class_name, new Date().getFullYear() - 1))
    const entry = await countyAdmin.post('/api/v1/questions', { organisation_id: county, language: 'zh_cn', title: '怎样导入名册', answer: '先下载模板', audience: ['student'], open_to_all: false })
    const looks = async (path, text) => {
      await inspector.goto(path)
      await inspector.getByText(text).first().waitFor()
      const names = await inspector.locator('#main button:visible').allInnerTexts()
      assert.deepEqual(names.filter(name => /写入|取消|保存|发布|新建|撤下|停用|重置/.test(name)), [], path)
    }
    await looks(`/admin/imports/${waiting.id}`, '待确认')
    await looks(`/admin/questions/${entry.id}`, '先下载模板')
    await looks('/admin/bulletins/schedules', '定期')
    await inspect(inspector, 'tree-inspector-question')
  })
})
