// What a place decides for itself and all below it: inherited, locked, reset; functions only once coverage is complete.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { county } from '../support/county.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('settings of places', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { admin: province } = await smallSchool(server)
  const a = await county(server, province, { name: '玄武区', city: '南京', letter: 'a', seed: 11 })
  const one = async (client, organisation_id, key) => (await client.get(`/api/v1/settings?organisation_id=${organisation_id}`)).items.find(item => item.key === key)
  const put = (client, key, organisation_id, value, locked = false) => client.call('PUT', `/api/v1/settings/${key}`, { organisation_id, value, locked })

  await t.test('a value holds for all below until one sets another, and comes back', async () => {
    assert.deepEqual(await a.pupil.get('/api/v1/me/locality'), { welcome: '', contact_line: '', review_days: 5, functions: [] })
    assert.equal((await put(a.countyAdmin, 'welcome', a.county, '欢迎使用教育卡，（请保管好密码）')).status, 200)
    assert.equal((await a.pupil.get('/api/v1/me/locality')).welcome, '欢迎使用教育卡，（请保管好密码）')
    await put(a.schoolAdmin, 'welcome', a.school, '本校欢迎你')
    assert.equal((await a.pupil.get('/api/v1/me/locality')).welcome, '本校欢迎你')
    const here = await one(a.schoolAdmin, a.school, 'welcome')
    assert.deepEqual([here.own, here.inherited, here.from_id], ['本校欢迎你', '欢迎使用教育卡，（请保管好密码）', a.school])
    await a.schoolAdmin.delete(`/api/v1/settings/welcome?organisation_id=${a.school}`)
    const back = await one(a.schoolAdmin, a.school, 'welcome')
    assert.deepEqual([back.value, back.own, back.from, back.may_change], ['欢迎使用教育卡，（请保管好密码）', null, '玄武区', true])
  })

  await t.test('what is locked is not set below', async () => {
    await put(a.schoolAdmin, 'review_days', a.school, '3')
    await put(a.cityAdmin, 'review_days', a.city, '10', true)
    assert.equal((await a.pupil.get('/api/v1/me/locality')).review_days, 10, 'also over what was set below before')
    const refused = await put(a.schoolAdmin, 'review_days', a.school, '2')
    assert.deepEqual([refused.status, refused.body.code], [409, 'settings.locked'])
    const seen = await one(a.schoolAdmin, a.school, 'review_days')
    assert.deepEqual([seen.locked_above, seen.may_change, seen.own], [true, false, null])
  })

  await t.test('values that do not fit, and places of others, are refused', async () => {
    for (const value of ['0', '31', 'x', '']) assert.equal((await put(province, 'review_days', a.county, value)).status, 422)
    assert.equal((await put(a.countyAdmin, 'welcome', a.county, 'x'.repeat(301))).body.errors[0].code, 'too_long')
    assert.equal((await put(a.schoolAdmin, 'welcome', a.county, 'x')).status, 403)
    assert.equal((await put(a.countyAdmin, 'gate', a.county, 'maybe')).status, 422)
    assert.equal((await put(a.countyAdmin, 'nothing', a.county, 'x')).status, 422)
  })

  await t.test('a function is switched on when so many are certified, or by the province', async () => {
    const refused = await put(a.countyAdmin, 'library', a.county, 'on')
    assert.deepEqual([refused.status, refused.body.code], [409, 'settings.coverage'])
    const { coverage } = await a.countyAdmin.get(`/api/v1/settings?organisation_id=${a.county}`)
    assert.ok(coverage.percent < coverage.needed && coverage.needed === 95 && coverage.certified === 3, JSON.stringify(coverage))
    await put(province, 'gate', a.county, 'on')
    await put(province, 'coverage_percent', a.county, String(coverage.percent))
    assert.equal((await put(a.countyAdmin, 'library', a.county, 'on')).status, 200)
    assert.deepEqual((await a.pupil.get('/api/v1/me/locality')).functions, ['gate', 'library'])
    assert.equal((await put(a.schoolAdmin, 'library', a.school, 'off')).status, 200, 'a school may do without')
    assert.deepEqual((await a.pupil.get('/api/v1/me/locality')).functions, ['gate'])
  })
})
