// An inspector sees what the administrator of the place sees, and does nothing: every route of the API is called.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { county, officer, stateOf } from '../support/county.mjs'
import { listOf, routes, send } from '../support/every_route.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

// Questions that are too long, or too personal, for an address.
const questions = ['POST /api/v1/roster-searches', 'POST /api/v1/card-searches']
// Numbers in clear, as they stood in a list.
const secrets = ['GET /api/v1/roster-imports/{id}/rejected.csv']

test('inspectors', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { admin: province } = await smallSchool(server)
  const b = await county(server, province, { name: '姑苏区', city: '苏州', letter: 'b', seed: 31 })
  const atCounty = await officer(server.url, b.countyAdmin, b.county, 'inspector', 'inspects.county', '督学甲')
  const atSchool = await officer(server.url, b.countyAdmin, b.school, 'inspector', 'inspects.school', '督学乙')
  const pairs = [['county', atCounty, b.countyAdmin], ['school', atSchool, b.schoolAdmin]]

  await t.test('the office is given by the place itself or from above, and not by an inspector', async () => {
    const ask = (client, organisation_id) => client.call('POST', '/api/v1/appointments', { organisation_id, role: 'inspector', user_name: `more.${Math.random().toString(36).slice(2, 8)}`, name: '督学丙' })
    assert.equal((await ask(b.schoolAdmin, b.school)).status, 201)
    assert.equal((await ask(province, b.province)).status, 201)
    assert.equal((await ask(b.schoolAdmin, b.county)).status, 403)
    assert.equal((await ask(b.countyAdmin, b.room)).status, 422, 'a class has none')
    const refused = await ask(atCounty, b.school)
    assert.deepEqual([refused.status, refused.body.code], [403, 'http.inspector_only_reads'])
    assert.deepEqual((await atCounty.get('/api/v1/me')).roles.map(one => [one.role, one.organisation_id]), [['inspector', b.county]])
  })

  for (const [where, inspector, administrator] of pairs) {
    await t.test(`at a ${where}: reads what its administrator reads`, async () => {
      let reads = 0
      for (const [route, { kind, ask }] of Object.entries(routes)) {
        const [method, template] = route.split(' ')
        if (!['closed', 'veiled'].includes(kind) || (method !== 'GET' && !questions.includes(route))) continue
        for (const asked of listOf(ask(b, b)).filter(one => !one.mine)) {
          const theirs = await send(administrator, method, template, asked)
          const ours = await send(inspector, method, template, asked)
          if (theirs.status !== 200 || /jobs|reviews\/bulk|api\/v1\/events|delegations|office-holdings/.test(template)) continue // the administrator's own
          reads++
          assert.equal(ours.status, secrets.includes(route) ? 403 : 200, `${method} ${ours.path}: ${ours.text.slice(0, 200)}`)
        }
      }
      assert.ok(reads > 20, `${reads} routes were read`)
    })

    await t.test(`at a ${where}: is refused whatever does something, and nothing changes`, async () => {
      const before = await stateOf(b)
      for (const [route, { kind, ask }] of Object.entries(routes)) {
        const [method, template] = route.split(' ')
        if (kind !== 'closed' || method === 'GET' || questions.includes(route)) continue
        for (const asked of listOf(ask(b, b))) {
          const { status, path, text } = await send(inspector, method, template, asked)
          assert.ok([403, 404].includes(status), `${method} ${path}: ${status} ${text.slice(0, 200)}`)
        }
      }
      assert.deepEqual(await stateOf(b), before)
      const { may_edit, may_create } = await inspector.get(`/api/v1/organisations/${where === 'county' ? b.school : b.room}`)
      assert.deepEqual([may_edit, may_create], [false, []])
      assert.equal((await inspector.get(`/api/v1/reviews/${b.application.id}`)).may_decide, false)
      assert.equal((await inspector.get(`/api/v1/campaigns?organisation_id=${b.school}`)).may_create, false)
      const campaign = await inspector.get(`/api/v1/campaigns/${b.campaign}?organisation_id=${b.school}`)
      assert.deepEqual([campaign.may_edit, campaign.may_set, campaign.may_call], [false, false, false])
    })
  }

  await t.test('their own affairs are theirs', async () => {
    await atCounty.patch('/api/v1/me', { language: 'en' })
    assert.equal((await atCounty.get('/api/v1/me')).language, 'en')
  })

  await t.test('outside of the place there is nothing, and afterwards not even there', async () => {
    await atSchool.refused(403, 'GET', `/api/v1/progress?organisation_id=${b.county}`)
    await b.countyAdmin.delete(`/api/v1/appointments/${atSchool.appointment.id}`)
    await atSchool.refused(403, 'GET', `/api/v1/progress?organisation_id=${b.school}`)
    await atSchool.refused(403, 'GET', `/api/v1/roster-entries?organisation_id=${b.school}`)
  })
})
