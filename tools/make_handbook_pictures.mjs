// Makes docs/handbook/pictures, for each language those of its pages, from the running program: node tools/make_handbook_pictures.mjs [NAME…]
// Needs what tools/make_pictures.mjs needs. With names, only those pictures.
import { join } from 'node:path'
import { password as ownPassword } from '../tests/support/accounts.mjs'
import { signInAs } from '../tests/support/entry.mjs'
import { inDays } from '../tests/support/plan.mjs'
import { fill } from './handbook_world.mjs'
import { launch, open, password, root, serve, speak, take } from './picture_taking.mjs'

const phone = { width: 390, height: 844 }
const computer = { width: 1200, height: 780 }
const tall = { width: 1200, height: 1000 }
const passwords = { newcomer: ownPassword, guardian: ownPassword }
const wanted = process.argv.slice(2)

/**
 * [name, who looks (nobody: a visitor), size, address, what to do before the picture is taken]. `say` chooses between the two languages,
 * `press` presses a button by its whole name, the last of several.
 */
const pictures = [
  ['province-audit', 'province', computer, () => '/admin/audit'],
  ['province-campaign', 'province', tall, made => `/admin/campaigns/${made.campaign}`],
  ['province-campaign-form', 'province', tall, () => '/admin/campaigns/new', async ({ page, say, press, made }) => {
    await page.fill('#campaign-name', made.words.campaign.name)
    await page.fill('#campaign-ends_on', inDays(60))
    await press(say('下一步', 'Next'))
    await press(say('下一步', 'Next'))
    for (const at of [0, 1]) await page.getByRole('checkbox', { name: say('包含这个阶段', 'With this phase') }).nth(at).check()
    for (const [at, first, last] of [[0, 0, 10], [1, 5, 20], [2, 10, 45]]) {
      await page.fill(`[id="campaign-phases[${at}].begins_on"]`, inDays(first))
      await page.fill(`[id="campaign-phases[${at}].deadline"]`, inDays(last))
    }
  }],
  ['province-progress', 'province', tall, () => '/admin/progress'],
  ['province-bulletin', 'province', computer, made => `/admin/bulletins/${made.bulletin}`],
  ['city-workbench', 'nanjing', computer, () => '/admin'],
  ['city-deadline', 'nanjing', computer, made => `/admin/campaigns/${made.campaign}?organisation=${made.city}`, ({ page, say }) => page.getByRole('button', { name: say('修改期限', 'Change the deadline') }).first().click()],
  ['city-remind', 'nanjing', computer, made => `/admin/campaigns/${made.campaign}?organisation=${made.city}`, ({ press, say }) => press(say('提醒未完成的机构', 'Remind those who are not done'))],
  ['city-bulletin-new', 'nanjing', computer, () => '/admin/bulletins/new'],
  ['county-organisation', 'gulou', computer, made => `/admin/organisations/${made.school}`],
  ['county-training', 'gulou', computer, made => `/admin/training/${made.soon}`],
  ['county-problem', 'gulou', computer, made => `/admin/problems/${made.problems.number}`],
  ['county-bulk', 'gulou', tall, () => '/admin/bulk-works', ({ page }) => page.getByRole('radio', { name: /^(关闭|Close)/ }).check()],
  ['county-restructuring', 'gulou', computer, made => `/admin/restructuring?organisation=${made.second}&new=1`, async ({ page, press, say, made }) => {
    await page.getByRole('dialog').waitFor()
    await page.fill('#order-into', '金陵示范小学')
    await page.getByRole('option', { name: /金陵示范小学/ }).first().click()
    await press(say('查看影响', 'See what follows'))
    await page.locator('#order-people').waitFor()
  }],
  ['school-import', 'school', computer, made => `/admin/imports/${made.import}`],
  ['school-appoint', 'school', tall, made => `/admin/appointments?organisation=${made.spare}&appoint=1`, ({ page }) => page.getByRole('dialog').waitFor()],
  ['school-hand-over', 'school', computer, made => `/admin/appointments?organisation=${made.school}`, async ({ page, say }) => {
    await page.getByRole('button', { name: say('移交', 'Hand over') }).first().click()
    await page.locator('#hand-over-user_name').waitFor()
  }],
  ['school-desk', 'school', computer, () => '/admin/problems'],
  ['school-settings', 'school', computer, () => '/admin/settings'],
  ['teacher-review', 'teacher', phone, () => '/admin/reviews'],
  ['teacher-differs', 'teacher', phone, made => `/admin/reviews/${made.differs}`],
  ['teacher-guardian', 'teacher', phone, made => `/admin/guardians/${made.entry}`, async ({ page, press, say }) => {
    await page.getByRole('button', { name: say('邀请监护人', 'Invite a guardian') }).first().click()
    await page.fill('#guardian_name', '王桂英')
    await page.selectOption('#relation', 'grandparent')
    await press(say('生成邀请码', 'Make a code'))
    await page.locator('.code').waitFor()
  }],
  ['teacher-training', 'teacher', phone, made => `/training/${made.session}`],
  ['contact-list', 'gulou', computer, () => '/admin/contacts'],
  ['contact-gaps', 'gulou', computer, () => '/admin/contacts', ({ page, say }) => page.getByRole('tab', { name: say('尚无联系人', 'Without one') }).click()],
  ['contact-invitation', 'newcomer', phone, made => `/office-invitation#${made.invitation}`, ({ press, say }) => press(say('查看', 'Look'))],
  ['inspector-progress', 'inspector', tall, () => '/admin/progress', ({ page }) => page.locator('aside .foot').evaluate(foot => foot.scrollIntoView({ block: 'end' }))],
  ['inspector-offices', 'inspector', tall, made => `/admin/appointments?organisation=${made.school}`],
  ['holder-register', undefined, phone, () => '/register'],
  ['holder-apply', 'newcomer', phone, made => `/apply/${made.draft}`],
  ['holder-home', 'student', phone, () => '/'],
  ['holder-card', 'student', phone, () => '/card', ({ page }) => page.waitForSelector('[data-code^="EDU1:"]')],
  ['holder-problem', 'student', phone, made => `/problems/${made.problems.card}`],
  ['guardian-join', undefined, phone, made => `/family/join#${made.family.spare}`],
  ['guardian-family', 'guardian', phone, () => '/family'],
  ['guardian-child', 'guardian', phone, made => `/family/${made.family.child}`],
  ['developer-people', 'teacher', computer, made => `/developer/${made.app}`, ({ page, say }) => page.getByRole('tab', { name: say('人员', 'People') }).click()],
  ['developer-settings', 'teacher', computer, made => `/developer/${made.app}`, ({ page, say }) => page.getByRole('tab', { name: say('设置', 'Settings') }).click()],
  ['developer-access', 'teacher', computer, made => `/developer/${made.app}`, ({ page, say }) => page.getByRole('tab', { name: say('接入', 'Access') }).click()],
  ['developer-directory', 'student', phone, () => '/apps'],
]

/** Says that one has seen from which devices one signed in, which would stand above every page. */
const knowDevices = page => page.evaluate(async () => {
  const [last] = await (await fetch('/api/v1/me/events/unseen')).json()
  if (last) await fetch('/api/v1/me/events/seen', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ last: last.id }) })
})

async function takeAll(language) {
  const { url, stop } = await serve({ EDUCARD_LIMIT_NETWORKS: 'false' })
  const browser = await launch()
  const pages = new Map()
  const pageOf = async (who, size) => {
    const key = `${who} ${size.width}` // a telephone is another device than a computer
    if (!pages.has(key)) {
      const page = await open(browser, url, size)
      if (who) {
        await signInAs(page, who, passwords[who] ?? password)
        await knowDevices(page)
      }
      await speak(page, language)
      pages.set(key, page)
    }
    return pages.get(key)
  }
  try {
    const made = await fill(url, language)
    passwords.inspector = made.inspector
    const say = (zh, en) => (language === 'en' ? en : zh)
    for (const [name, who, size, address, prepare] of pictures) {
      if (wanted.length && !wanted.includes(name)) continue
      const page = await pageOf(who, size)
      await page.setViewportSize(size)
      await page.goto('/healthz') // so that an address that differs in its fragment alone is read anew
      await page.goto(address(made))
      await page.waitForSelector('main h1')
      const press = named => page.getByRole('button', { name: named, exact: true }).last().click()
      await prepare?.({ page, say, press, made })
      await take(page, join(root, 'docs/handbook/pictures', language, `${name}.png`), { largest: 150_000 })
    }
  } finally {
    await browser.close()
    await stop()
  }
}

for (const language of ['zh-CN', 'en']) await takeAll(language)
