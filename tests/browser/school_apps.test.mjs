// A school answers for an app, in real browsers: the administrator approves it (after proof, which renews the session under the page), the child enters, the guardian sees who answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, guardianOf, handIn, password, pupilProfile, register } from '../support/accounts.mjs'
import { browserFor, inspect, inspectSizes, looks, visitor, wear } from '../support/browser.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { signInAs } from '../support/entry.mjs'
import { callback, registered } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('apps of the school', { timeout: 600_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  await officer(url, school.admin, school.id, 'school_admin', 'headmaster', '周校长')
  const [young] = people(1, { seed: 175, from: new Date().getFullYear() - 9, to: new Date().getFullYear() - 8 })
  const pupil = await register(url, young, 'young.pupil')
  assert.equal((await decide(school.teacher, await handIn(pupil, pupilProfile(young, school)))).status, 200)
  const { card_number } = await pupil.get('/api/v1/card')
  const { code } = await school.teacher.post('/api/v1/guardian-invitations', { card_number, guardian_name: '林晓梅', relation: 'mother', rights: 'full' })
  const { link } = await guardianOf(url, code, 'mother.lin')
  const app = registered(server, { name: '外校口算', organisation: '3205', voluntary: 'class_name' })
  registered(server, { name: '全省阅读' })
  const browser = await browserFor(t)
  const [head, child, guardian] = [await visitor(browser, url, { size: 'computer' }), await visitor(browser, url), await visitor(browser, url)]
  const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
  const inDialog = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).last().click()
  const request = new URLSearchParams({ client_id: app.id, redirect_uri: callback, response_type: 'code', scope: 'openid profile', state: 'x', nonce: 'y', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' })

  await t.test('the administrator finds an app, and what is missing is said', async () => {
    await signInAs(head, 'headmaster', officePassword)
    await head.goto('/admin')
    await head.getByRole('navigation').getByRole('link', { name: '学校应用' }).click()
    await head.getByText('还没有批准过应用').waitFor()
    await head.getByText('本单位或上级的应用，无需批准').waitFor()
    await inspectSizes(head, 'school-apps-none')
    await head.getByRole('searchbox').fill('没有这个')
    await head.getByText('没有找到应用').waitFor()
    await head.getByRole('searchbox').fill('口算')
    await press(head, '批准 外校口算')
    await inDialog(head, '批准')
    await head.getByText('请填写用途').first().waitFor()
    await inspectSizes(head, 'school-apps-approve')
  })

  let old
  await t.test('proof is asked for; the session goes on under a new cookie, in another page of the browser too', async () => {
    const second = await head.context().newPage()
    await second.goto('/admin/school-apps')
    await second.getByText('还没有批准过应用').waitFor()
    old = (await head.context().cookies()).find(one => one.name === '__Host-educard')?.value
    inDatabase(server, "UPDATE session SET proved_at = 0 WHERE account_id IN (SELECT id FROM account WHERE user_name = 'headmaster')")
    await head.fill('#approve-purpose', '五年级数学作业')
    await inDialog(head, '批准')
    await head.locator('form#proof #password').fill(officePassword)
    await inDialog(head, '确定')
    await head.getByRole('button', { name: '撤销批准 外校口算', exact: true }).waitFor()
    const now = (await head.context().cookies()).find(one => one.name === '__Host-educard')?.value
    assert.ok(now && now !== old)
    const copied = await fetch(`${url}/api/v1/me`, { headers: { cookie: `__Host-educard=${old}` } })
    assert.equal(copied.status, 401)
    await second.reload()
    await second.getByText('五年级数学作业').waitFor()
    await second.close()
  })

  await t.test('the list in every look', async () => {
    await head.getByRole('searchbox').fill('')
    await head.getByText('全省阅读').waitFor()
    for (const look of Object.keys(looks)) {
      await wear(head, look)
      await head.getByText('五年级数学作业').waitFor()
      await inspect(head, `school-apps-${look}`)
    }
    await wear(head, 'light')
    await head.getByText('五年级数学作业').waitFor()
    await inspectSizes(head, 'school-apps')
  })

  await t.test('requests that are under way while the session is renewed do not sign anybody out', async () => {
    await head.setViewportSize({ width: 1440, height: 900 })
    inDatabase(server, "UPDATE session SET proved_at = 0 WHERE account_id IN (SELECT id FROM account WHERE user_name = 'headmaster')")
    // Requests are held until the renewal is through, and leave with the cookie of before.
    let held = []
    await head.route('**/api/v1/school-apps/candidates**', async route => {
      const headers = { ...route.request().headers(), cookie: (await head.context().cookies()).map(one => `${one.name}=${one.value}`).join('; ') }
      if (held) held.push(() => route.continue({ headers }))
      else await route.continue()
    })
    await head.getByRole('searchbox').fill('外校')
    await head.waitForTimeout(400)
    const now = held
    await press(head, '撤销批准 外校口算')
    await inspect(head, 'school-apps-withdraw')
    await inDialog(head, '取消')
    await head.evaluate(async secret => (await fetch('/api/v1/me/proof', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ password: secret }) })).status, officePassword)
    await head.evaluate(() => localStorage.setItem('educard.session-renewed', String(Date.now())))
    held = undefined
    assert.ok(now.length >= 1)
    for (const go of now) await go()
    await head.getByText('外校口算').nth(1).waitFor()
    assert.equal(new URL(head.url()).pathname, '/admin/school-apps', 'nobody is sent to sign in')
    await head.unroute('**/api/v1/school-apps/candidates**')
  })

  await t.test('the child enters without asking, and sees who answers; so does the guardian', async () => {
    await signInAs(child, 'young.pupil', password)
    await child.route(`${callback}*`, way => way.fulfill({ body: '' }))
    const left = child.waitForRequest(one => one.url().startsWith(callback))
    await child.goto(`/authorize?${request}`)
    assert.match((await left).url(), /[?&]code=/)
    await child.waitForURL(`${callback}?**`)
    await child.goto('/me/apps')
    await child.getByText('五年级数学作业').waitFor()
    await inspectSizes(child, 'school-apps-mine')
    await signInAs(guardian, 'mother.lin', password)
    await guardian.goto(`/family/${link}`)
    await guardian.getByText('五年级数学作业').waitFor()
    await inspectSizes(guardian, 'school-apps-family')
  })

  await t.test('the child asks for another app: the guardian is told on every page, and goes there', async () => {
    const other = registered(server, { name: '围棋', organisation: '3205' })
    await pupil.post('/api/v1/me/app-requests', { app_id: other.id })
    await guardian.goto('/')
    await guardian.getByText(`${young.name} 想使用应用“围棋”`).waitFor()
    await inspectSizes(guardian, 'notice-family')
    await guardian.getByRole('link', { name: '去查看' }).click()
    await guardian.waitForURL(`**/family/${link}`)
    await press(guardian, '知道了')
    await guardian.goto('/me/history')
    await guardian.getByText(`应用：围棋`).waitFor()
    await inspect(guardian, 'history-family')
  })

  await t.test('withdrawn, it is gone from all three', async () => {
    await press(head, '撤销批准 外校口算')
    await inDialog(head, '撤销批准')
    await head.getByText('还没有批准过应用').waitFor()
    await child.goto('/me/apps')
    await child.getByText('还没有授权过应用').waitFor()
    assert.equal(await child.getByText('五年级数学作业').count(), 0)
    await guardian.goto(`/family/${link}`)
    await guardian.getByText('围棋').first().waitFor()
    assert.equal(await guardian.getByText('五年级数学作业').count(), 0)
  })

  await t.test('administrators above a school see its disputes', async () => {
    await school.teacher.post(`/api/v1/guardian-links/${link}/dispute`, { reason: '学校收到来信' })
    const county = (await school.admin.get(`/api/v1/organisations?query=${encodeURIComponent('玄武区')}&kind=county`)).items[0]
    await officer(url, school.admin, county.id, 'county_admin', 'county.head', '区管理员')
    const above = await visitor(browser, url, { size: 'computer' })
    await signInAs(above, 'county.head', officePassword)
    await above.goto('/admin/guardians')
    await above.getByText('林晓梅').first().waitFor()
    await above.getByText(school.name).first().waitFor()
    await inspectSizes(above, 'disputes')
    await press(above, '处理 林晓梅')
    await above.getByRole('dialog').waitFor()
  })
})
