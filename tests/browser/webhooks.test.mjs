// An administrator looks after an app's endpoints in a real browser: adds one, keeps its secret, tries it, reads what was sent, sends again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserFor, inspect, inspectSizes, looks, sizes, visitor, wear } from '../support/browser.mjs'
import { signInAs } from '../support/entry.mjs'
import { registered } from '../support/oidc.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'
import { opened, receiver } from '../support/webhooks.mjs'

test('endpoints of an app', { timeout: 600_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_REACH_PRIVATE: 'true' } })
  await smallSchool(server)
  const app = registered(server)
  const host = await receiver(t)
  host.answers['/hook'] = [500, {}, 'no such table: events']
  const browser = await browserFor(t)
  const page = await visitor(browser, server.url)
  const press = name => page.getByRole('main').getByRole('button', { name }).first().click()
  const inDialog = name => page.getByRole('dialog').getByRole('button', { name, exact: true }).last().click()
  const gone = () => page.getByRole('dialog').waitFor({ state: 'detached' })
  await signInAs(page, 'province', officePassword)
  await page.goto(`/admin/apps/${app.id}/webhooks`)

  let secret
  await t.test('adds one; what is wrong stands beside its field', async () => {
    await page.getByText('还没有推送地址').waitFor()
    await inspectSizes(page, 'webhooks-empty')
    await press('添加推送地址')
    await inDialog('添加推送地址')
    await page.getByText('请输入地址。').first().waitFor()
    await page.fill('#url', 'ftp://app.example.com')
    await inDialog('添加推送地址')
    await page.getByText('请输入以 https:// 开头的完整地址').first().waitFor()
    await inspectSizes(page, 'webhooks-add')
    await page.fill('#url', `${host.url}/hook`)
    await page.fill('#description', '正式环境')
    await page.getByRole('checkbox', { name: /通过认证/ }).uncheck()
    await inDialog('添加推送地址')
    secret = await page.locator('.secret').innerText()
    assert.match(secret, /^whsec_/)
    await inspectSizes(page, 'webhooks-secret')
    await inDialog('关闭')
    await gone()
    assert.equal(await page.getByText(secret).count(), 0, 'shown this once')
  })

  await t.test('tries it and reads what came back', async () => {
    await press(/^发送测试/)
    await page.getByRole('cell', { name: '500' }).or(page.getByText('500', { exact: true })).first().waitFor()
    assert.equal(opened(secret, host.of('/hook')[0]).type, 'app.test')
    await inspectSizes(page, 'webhooks-log')
    await press(/^测试（.*的详情/)
    await page.getByText('no such table: events').waitFor()
    await page.getByText('"app.test"').waitFor()
    await inspectSizes(page, 'webhooks-delivery')
  })

  await t.test('sends it again, and it arrives', async () => {
    host.answers['/hook'] = 204
    await inDialog('重新推送')
    await gone()
    await page.getByText('已送达').last().waitFor()
    assert.equal(host.of('/hook')[0].id, host.of('/hook').at(-1).id)
  })

  await t.test('in every look, on a telephone and on a computer', async () => {
    for (const look of Object.keys(looks)) {
      await wear(page, look)
      await page.getByRole('listitem').filter({ hasText: '/hook' }).waitFor()
      await inspectSizes(page, `webhooks-${look}`)
    }
    await wear(page, 'light')
    await page.setViewportSize(sizes.computer)
  })

  await t.test('a new secret; the old one ends', async () => {
    await press(/^更换密钥/)
    await inDialog('更换密钥')
    const renewed = await page.locator('.secret').innerText()
    assert.notEqual(renewed, secret)
    await inDialog('关闭')
    await page.getByText('旧密钥仍同时签名').waitFor()
    await inspect(page, 'webhooks-two-secrets')
    await press(/^停用旧密钥/)
    await inDialog('停用旧密钥')
    await page.getByText('旧密钥仍同时签名').waitFor({ state: 'detached' })
  })

  await t.test('switches it off and on, sends what failed again, and removes it', async () => {
    await press(/^停用 http/)
    await inDialog('停用')
    await page.getByText('由管理员于').waitFor()
    await press(/^启用/)
    await page.getByText('由管理员于').waitFor({ state: 'detached' })
    await press(/^推送记录/)
    await press('重新推送未送达的')
    await page.fill('#since', '2026-01-01')
    await inDialog('重新推送')
    await page.getByText('0 条已加入推送队列').waitFor()
    await press(/^删除/)
    await inDialog('删除')
    await page.getByText('还没有推送地址').waitFor()
  })

  await t.test('an app that is not there is said to be so', async () => {
    await page.goto('/admin/apps/1/webhooks')
    await page.getByText('没有这个应用').waitFor()
    await inspect(page, 'webhooks-unknown')
    assert.equal(educard(server.data, ['app', 'webhooks', 'list', app.id]).status, 0)
  })
})
