// A guardian in a real browser: the class teacher hands over a code, the guardian comes to the child and decides; the school decides a dispute.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, guardianOf, handIn, password, pupilProfile, register } from '../support/accounts.mjs'
import { browserFor, inspect, inspectSizes, looks, visitor, wear } from '../support/browser.mjs'
import { Client } from '../support/client.mjs'
import { signInAs, solveCaptcha } from '../support/entry.mjs'
import { callback, registered } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('a guardian and a child', { timeout: 900_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  const year = new Date().getFullYear()
  const [child, other] = people(2, { seed: 95, from: year - 9, to: year - 8 })
  await importRoster(school.admin, school.id, rosterOf([child, other], school.class_name, year - 1))
  const pupil = await register(url, child, 'the.child')
  assert.equal((await decide(school.teacher, await handIn(pupil, pupilProfile(child, school)))).status, 200)
  const { card_number } = await pupil.get('/api/v1/card')
  const app = registered(server, { name: '外校口算', organisation: '3205', voluntary: 'class_name' })
  const browser = await browserFor(t)
  const teacher = await visitor(browser, url, { size: 'computer' })
  const guardian = await visitor(browser, url)
  const childs = await visitor(browser, url)
  const admin = await visitor(browser, url, { size: 'computer' })
  const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
  const inDialog = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).last().click() // the corner's button may be called alike
  const inEveryLook = async (page, name) => {
    for (const look of Object.keys(looks)) {
      await wear(page, look)
      await inspect(page, `${name}-${look}`)
    }
    await wear(page, 'light')
  }

  let code
  await t.test('the class teacher finds the pupil in the list and prints a code', async () => {
    await signInAs(teacher, 'teacher', officePassword)
    await teacher.goto('/admin')
    await teacher.getByRole('navigation').getByRole('link', { name: '监护人' }).click()
    await teacher.getByText('没有需要处理的事项').waitFor()
    await inspect(teacher, 'guardians-none')
    await teacher.goto(`/admin/roster?organisation=${school.class_id}`)
    await teacher.getByRole('link', { name: `${child.name} 的监护人` }).click()
    await teacher.getByText('还没有监护人').waitFor()
    await inspect(teacher, 'guardians-empty')
    await teacher.getByRole('button', { name: '邀请监护人' }).first().click()
    await inDialog(teacher, '生成邀请码')
    await teacher.getByText('请输入监护人姓名').first().waitFor()
    await teacher.fill('#guardian_name', '林晓梅')
    await teacher.selectOption('#relation', 'mother')
    await inspect(teacher, 'guardians-invite')
    await inDialog(teacher, '生成邀请码')
    code = await teacher.locator('.code').innerText()
    assert.match(code, /^[2-9A-Z]{4}(-[2-9A-Z]{4}){2}$/)
    await inspectSizes(teacher, 'guardians-code')
    await inDialog(teacher, '关闭')
    await teacher.getByText('未使用的邀请').waitFor()
  })

  await t.test('the guardian comes to the child with a new account', async () => {
    await guardian.goto(`/family/join#${code}`)
    await guardian.locator('#code').waitFor()
    assert.equal(await guardian.inputValue('#code'), code)
    await press(guardian, '关联孩子')
    await guardian.getByText('请输入用户名').first().waitFor()
    await inspectSizes(guardian, 'family-join')
    await guardian.fill('#phone', '13812345678')
    await guardian.fill('#user_name', 'mother.one')
    await guardian.fill('#password', password)
    await solveCaptcha(guardian)
    await press(guardian, '关联孩子')
    await guardian.waitForURL('**/family')
    await guardian.getByText(child.name).first().waitFor()
    await inEveryLook(guardian, 'family')
  })

  await t.test('the child asks for an app; the guardian allows it, consents and withdraws', async () => {
    await signInAs(childs, 'the.child', password)
    const request = new URLSearchParams({ client_id: app.id, redirect_uri: callback, response_type: 'code', scope: 'openid profile', state: 'x', nonce: 'y', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' })
    await childs.goto(`/authorize?${request}`)
    await press(childs, '请监护人同意')
    await childs.getByText('已提出请求').waitFor()
    await guardian.goto('/family')
    await guardian.getByText('1 个应用等待同意').waitFor()
    await guardian.getByRole('link', { name: `查看 ${child.name}` }).click()
    await press(guardian, '决定 外校口算')
    await inspect(guardian, 'family-app')
    await inDialog(guardian, '允许')
    await guardian.getByText('林晓梅 已允许').waitFor()
    await press(guardian, '撤回 电子教育卡')
    await inDialog(guardian, '撤回')
    await press(guardian, '同意 电子教育卡')
    await inspect(guardian, 'family-consent')
    await inDialog(guardian, '同意')
    await guardian.getByRole('button', { name: '撤回 电子教育卡', exact: true }).waitFor()
    await inEveryLook(guardian, 'family-child')
    await inspectSizes(guardian, 'family-child')
  })

  await t.test('the guardian gives the child a password', async () => {
    await press(guardian, '设一次性密码')
    await inDialog(guardian, '设一次性密码')
    const secret = await guardian.locator('.secret').innerText()
    await inspect(guardian, 'family-password')
    await inDialog(guardian, '关闭')
    await signInAs(childs, card_number, secret)
    await childs.waitForURL('**/me/password')
  })

  await t.test('a dispute is raised by the guardian and decided by an administrator', async () => {
    const invited = await school.teacher.post('/api/v1/guardian-invitations', { card_number, guardian_name: '赵建国', relation: 'father', rights: 'full' })
    const { client: father, link } = await guardianOf(url, invited.code, 'father.one', '13987654321')
    await guardian.reload()
    await press(guardian, '提出争议 赵建国')
    await inDialog(guardian, '提出争议')
    await guardian.getByText('请填写原因').first().waitFor()
    await guardian.fill('#reason', '监护权归母亲')
    await inDialog(guardian, '提出争议')
    await guardian.getByText('有争议').waitFor()
    const entry = new URL(teacher.url()).pathname.split('/').at(-1)
    await signInAs(admin, 'province', officePassword)
    await admin.goto(`/admin/guardians/${entry}`)
    await press(admin, '记录 赵建国')
    await admin.getByText('监护权归母亲').waitFor()
    await inDialog(admin, '关闭')
    await press(admin, '处理 赵建国')
    await admin.getByText('仅知情').first().click()
    await admin.fill('#reason', '按法院判决')
    await inspect(admin, 'guardians-decide')
    await inDialog(admin, '处理')
    await admin.getByText('父亲 · 仅知情').waitFor()
    await inspectSizes(admin, 'guardians-list')
    assert.equal((await father.get(`/api/v1/family/${link}`)).child.rights, 'informed_only')
  })

  await t.test('a guardian whom the record knows waits; without a child the page says what to do', async () => {
    const visitorPage = await visitor(browser, url)
    await visitorPage.goto('/login')
    await visitorPage.getByRole('link', { name: '监护人关联孩子' }).click()
    await visitorPage.getByText('学校登记的信息', { exact: true }).click()
    await visitorPage.fill('[id="record.card_number"]', card_number)
    await visitorPage.fill('[id="record.guardian_name"]', child.guardian)
    await visitorPage.fill('[id="record.phone"]', child.phone)
    await visitorPage.fill('#user_name', 'on.record')
    await visitorPage.fill('#password', password)
    await solveCaptcha(visitorPage)
    await inspect(visitorPage, 'family-join-record')
    await press(visitorPage, '关联孩子')
    await visitorPage.getByText('等待班主任确认').first().waitFor()
    await visitorPage.getByRole('link', { name: /^查看/ }).click()
    await visitorPage.getByText('学校确认您的身份后').waitFor()
    await inspect(visitorPage, 'family-waiting')
    await teacher.goto('/admin/guardians')
    await press(teacher, `确认 ${child.guardian}`)
    await teacher.getByText('没有需要处理的事项').waitFor()
    await visitorPage.reload()
    await visitorPage.getByText(school.name).waitFor()
    await press(visitorPage, '解除与孩子的关联')
    await inDialog(visitorPage, '解除与孩子的关联')
    await visitorPage.getByText('还没有关联孩子').waitFor()
    await inspectSizes(visitorPage, 'family-none')
    assert.deepEqual(visitorPage.faults, [])
  })

  await t.test('a code that is wrong is said beside its field', async () => {
    const page = await visitor(browser, url)
    await signInAs(page, 'on.record', password)
    await page.goto('/family/join')
    await page.fill('#code', 'AAAA-BBBB-CCCC')
    await press(page, '关联孩子')
    await page.getByText('邀请码不正确').first().waitFor()
    assert.equal((await new Client(url).call('GET', '/api/v1/family')).status, 401)
  })
})
