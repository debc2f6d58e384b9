// Bulletins in a real browser: from the preview over publishing and correcting to the school that reads it; trend, comparison and outline.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { browserFor, inspect, inspectSizes, looks, visitor, wear } from '../support/browser.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { signInAs } from '../support/entry.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const dayInChina = days => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date(Date.now() + days * 86_400_000))

test('bulletins', { timeout: 900_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  const [province, city, county] = (await school.admin.get(`/api/v1/organisations/${school.id}`)).line.map(one => one.id)
  await officer(url, school.admin, county, 'county_admin', 'county.one', '县管理员')
  const year = new Date().getFullYear()
  const pupils = people(5, { seed: 83, from: year - 9, to: year - 8 })
  await importRoster(school.admin, school.id, rosterOf(pupils, school.class_name, year - 1))
  const certify = async at => assert.equal((await decide(school.teacher, await handIn(await register(url, pupils[at], `pupil.${at}`), pupilProfile(pupils[at], school)))).status, 200)
  await certify(0)
  const kept = (day, id, parent, certified) => `INSERT INTO progress_day VALUES (${id}, '${day}', ${parent}, ${5 - certified}, 0, 0, ${certified}, 0, 0, 0, 0, 0, 0, 0, 0, NULL);`
  const line = [[province, 'NULL'], [city, province], [county, city], [school.id, county]]
  inDatabase(server, 'DELETE FROM progress_day; DELETE FROM progress_day_run;' + [[-4, 0], [-2, 1], [-1, 1]].map(([ago, certified]) => `INSERT INTO progress_day_run VALUES ('${dayInChina(ago)}', 'kept', 0, 1);` + line.map(([id, parent]) => kept(dayInChina(ago), id, parent, certified)).join('')).join('') + `INSERT INTO progress_day_run VALUES ('${dayInChina(-3)}', 'missing', 0, 1);`)

  const browser = await browserFor(t)
  const admin = await visitor(browser, url, { size: 'computer' })
  const teacher = await visitor(browser, url)
  const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click()
  const inDialog = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).last().click()
  const inEveryLook = async (page, name) => {
    for (const look of Object.keys(looks)) {
      await wear(page, look)
      await page.locator('table').first().waitFor()
      await inspect(page, `${name}-${look}`)
    }
    await wear(page, 'light')
  }

  await t.test('an administrator looks at the preview, keeps a draft, changes the prose and publishes it', async () => {
    await signInAs(admin, 'county.one', officePassword)
    await admin.goto('/admin')
    await admin.getByRole('navigation').getByRole('link', { name: '通报' }).click()
    await admin.getByText('还没有通报').waitFor()
    await inspect(admin, 'bulletins-none')
    await admin.getByRole('link', { name: '新建通报' }).first().click()
    await admin.getByText('应认证人员5人，已认证1人').waitFor()
    await admin.getByLabel('按认证率排名').check()
    await admin.getByText('排名会给基层带来压力').waitFor()
    await inspectSizes(admin, 'bulletin-new')
    await admin.setViewportSize({ width: 1440, height: 900 })
    await admin.getByLabel('按认证率排名').uncheck()
    await press(admin, '保存为草稿')
    await admin.getByText('草稿：尚未发布').waitFor()
    await press(admin, '修改文字')
    const body = admin.getByLabel('正文（中文）')
    const text = await body.inputValue()
    await body.fill(`${text}已达99%。`)
    await inDialog(admin, '保存')
    await admin.getByText('数据由系统统计，不能手工填写').first().waitFor()
    await inspect(admin, 'bulletin-edit')
    await body.fill(`${text}\n联系人：县教育局。`)
    await inDialog(admin, '保存')
    await admin.getByText('联系人：县教育局。').waitFor()
    await press(admin, '发布')
    await inDialog(admin, '发布')
    await admin.getByRole('heading', { name: /玄武区教育卡通报〔\d{4}〕1号/ }).waitFor()
  })

  await t.test('the class teacher reads it on a telephone; files are at hand', async () => {
    await signInAs(teacher, 'teacher', officePassword)
    await teacher.goto('/admin/bulletins')
    await teacher.getByText('未读').waitFor()
    await inspect(teacher, 'bulletins-list')
    await teacher.getByRole('link', { name: /关于玄武区/ }).click()
    await teacher.getByText('联系人：县教育局。').waitFor()
    assert.equal(await teacher.getByRole('button', { name: '更正' }).count(), 0)
    await inEveryLook(teacher, 'bulletin')
    const [file] = await Promise.all([teacher.waitForEvent('download'), teacher.getByRole('link', { name: '下载 PDF' }).click()])
    assert.match(file.suggestedFilename(), /\.pdf$/)
    await teacher.goto('/admin/bulletins')
    await teacher.getByText('已发布').waitFor()
    assert.equal(await teacher.getByText('未读').count(), 0)
  })

  await t.test('a correction shows what it changes before and after it is published; then the bulletin is withdrawn', async () => {
    await certify(1)
    await press(admin, '更正')
    await admin.getByLabel('原因').fill('漏计一人')
    await press(admin, '查看差异')
    await admin.getByRole('dialog').getByRole('row', { name: /已认证 1 2/ }).first().waitFor()
    await inspect(admin, 'bulletin-correct')
    await press(admin, '发布更正')
    await admin.getByRole('heading', { name: '版本' }).waitFor()
    await press(admin, '查看差异')
    await admin.getByRole('row', { name: /已认证 1 2/ }).first().waitFor()
    await inspectSizes(admin, 'bulletin-versions')
    await admin.setViewportSize({ width: 1440, height: 900 })
    await admin.getByRole('link', { name: '查看 第 1 版' }).click()
    await admin.getByText('您看到的是第 1 版').waitFor()
    await admin.getByRole('link', { name: '查看现行版本' }).click()
    await press(admin, '撤回')
    await inDialog(admin, '撤回')
    await admin.getByText('请填写原因').first().waitFor()
    await admin.getByLabel('原因').fill('口径有误')
    await inDialog(admin, '撤回')
    await admin.getByText(/本通报已于 .* 撤回：口径有误/).waitFor()
  })

  await t.test('settings and schedules', async () => {
    await admin.goto('/admin/bulletins/settings')
    await admin.getByLabel('编号格式').fill('通报{number}号')
    await press(admin, '保存')
    await admin.getByText('编号格式必须包含').first().waitFor()
    await inspectSizes(admin, 'bulletin-settings')
    await admin.setViewportSize({ width: 1440, height: 900 })
    await admin.goto('/admin/bulletins/schedules')
    await press(admin, '新建定期通报')
    await inspect(admin, 'bulletin-schedule')
    await inDialog(admin, '保存')
    await admin.getByText('每星期一').waitFor()
    await inspectSizes(admin, 'bulletin-schedules')
    await admin.setViewportSize({ width: 1440, height: 900 })
    await press(admin, '停止 每星期一')
    await inDialog(admin, '停止')
    await admin.getByText('还没有定期通报').waitFor()
  })

  await t.test('progress: trend by day with its gap, and counties side by side', async () => {
    await admin.goto('/admin/progress')
    await admin.getByRole('tab', { name: '走势' }).click()
    await admin.getByText('缺失的日期没有补数').waitFor()
    await admin.getByText('以表格查看').click()
    await admin.getByText('当日数据缺失').waitFor()
    await inspectSizes(admin, 'progress-trend')
    await admin.setViewportSize({ width: 1440, height: 900 })
    await admin.getByRole('tab', { name: '对比' }).click()
    await admin.getByLabel('与哪一天相比').selectOption(dayInChina(-4))
    await admin.getByRole('cell', { name: '+40.0' }).waitFor()
    await inspectSizes(admin, 'progress-compare')
  })
})
