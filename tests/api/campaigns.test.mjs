// Campaigns: what those below inherit and may set themselves, how far they are, who is reminded and how often.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { daysEarlier, inDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { campaignOf, inDays } from '../support/plan.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')

test('campaigns', { timeout: 300_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  const { admin: province, teacher } = school
  const year = new Date().getFullYear()
  const { line } = await province.get(`/api/v1/organisations/${school.id}`)
  const [provinceNode, cityNode, countyNode] = line
  const find = async (query, kind) => (await province.get(`/api/v1/organisations?query=${encodeURIComponent(query)}&kind=${kind}`)).items[0]
  const otherCity = await find('苏州', 'city')
  const otherCounty = await find('姑苏区', 'county')
  const city = await officer(url, province, cityNode.id, 'city_admin', 'the.city', '市管理员')
  const county = await officer(url, province, countyNode.id, 'county_admin', 'the.county', '县管理员')
  const head = await officer(url, province, school.id, 'school_admin', 'the.head', '周校长')
  const stranger = await officer(url, province, otherCounty.id, 'county_admin', 'other.county', '邻县管理员')
  await importRoster(head, school.id, rosterOf(people(5, { seed: 71, from: year - 9, to: year - 8 }), school.class_name, year - 1))

  const at = (client, campaign, organisation) => client.get(`/api/v1/campaigns/${campaign.id}?organisation_id=${organisation}`)
  const phase = view => view.phases.find(one => one.phase === 'certification')
  const make = (client, organisation_id, days, more) => client.post('/api/v1/campaigns', { ...campaignOf(days, more), organisation_id })
  const publish = async (client, campaign) => client.post(`/api/v1/campaigns/${campaign.id}/publish`, { version: campaign.version })
  const own = (client, campaign, organisation_id, days, more) => client.call('PUT', `/api/v1/campaigns/${campaign.id}/deadline`, { organisation_id, phase: 'certification', deadline: inDays(days), later: 'locked', version: 0, ...more })
  const ownTarget = (client, campaign, organisation_id, more) => client.call('PUT', `/api/v1/campaigns/${campaign.id}/target`, { organisation_id, version: 0, ...more })
  const rowsOf = async (client, campaign, organisation) => Object.fromEntries((await client.get(`/api/v1/campaigns/${campaign.id}/standings?organisation_id=${organisation}`)).children.map(row => [row.id, row]))
  const digests = async client => (await client.get('/api/v1/me/notices')).filter(notice => notice.kind === 'campaigns.digest')
  const restarted = async () => {
    await server.kill()
    await server.start()
    for (const client of [province, teacher, city, county, head, stranger]) client.url = server.url
  }

  await t.test('dates of an impossible order and other nonsense are said by field, and nothing is made', async () => {
    const tried = more => province.call('POST', '/api/v1/campaigns', { ...campaignOf(20), organisation_id: provinceNode.id, ...more })
    const certification = more => ({ phases: [{ phase: 'certification', begins_on: inDays(0), deadline: inDays(20), later: 'locked', ...more }] })
    assert.equal(faultOf(await tried({ name: ' ' })), '422, input.invalid, name required')
    assert.equal(faultOf(await tried({ begins_on: inDays(3), ends_on: inDays(2) })).split(', ').includes('ends_on campaigns.ends_before_begin'), true)
    assert.equal(faultOf(await tried(certification({ deadline: inDays(-1) }))), '422, input.invalid, phases[0].deadline campaigns.deadline_before_begin')
    assert.equal(faultOf(await tried(certification({ deadline: inDays(99) }))), '422, input.invalid, phases[0].deadline campaigns.after_end')
    assert.equal(faultOf(await tried(certification({ begins_on: inDays(-1) }))), '422, input.invalid, phases[0].begins_on campaigns.before_begin')
    assert.equal(faultOf(await tried(certification({ later: 'until' }))), '422, input.invalid, phases[0].latest required')
    assert.equal(faultOf(await tried(certification({ later: 'until', latest: inDays(19) }))), '422, input.invalid, phases[0].latest campaigns.latest_before_deadline')
    assert.equal(faultOf(await tried({ phases: [] })), '422, input.invalid, phases campaigns.needs_certification')
    assert.equal(faultOf(await tried({ phases: [...certification({}).phases, ...certification({}).phases] })), '422, input.invalid, phases[1].phase campaigns.phase_twice')
    assert.equal(faultOf(await tried({ target_percent: 101 })), '422, input.invalid, target_percent campaigns.percent')
    assert.equal(faultOf(await tried({ concerns: [], reminder_days: [91] })), '422, input.invalid, concerns required, reminder_days campaigns.reminder_days')
    assert.equal((await tried({ begins_on: '2026-02-30' })).status, 422)
    assert.deepEqual((await province.get('/api/v1/campaigns')).items, [])
  })

  let campaign
  await t.test('a draft is seen by its makers only; publishing says what follows, and then it concerns all below', async () => {
    assert.equal((await county.call('POST', '/api/v1/campaigns', { ...campaignOf(20), organisation_id: cityNode.id })).status, 403)
    const draft = await make(province, provinceNode.id, 20)
    assert.equal((await city.get('/api/v1/campaigns')).items.length, 0)
    assert.equal((await city.call('GET', `/api/v1/campaigns/${draft.id}`)).status, 404)
    assert.equal(faultOf(await own(province, draft, cityNode.id, 10)), '409, campaigns.not_published')
    const preview = await province.get(`/api/v1/campaigns/${draft.id}/preview`)
    assert.deepEqual([preview.cities, preview.schools, preview.people, preview.target], [13, 1, 5, 5])
    assert.deepEqual(preview.reminders.map(one => one.days_left), [14, 7, 3, 1, -1])
    assert.equal(preview.reminders[0].day, inDays(6))
    campaign = await publish(province, draft)
    assert.equal(campaign.state, 'published')
    assert.equal(faultOf(await province.call('POST', `/api/v1/campaigns/${draft.id}/publish`, { version: draft.version })), '409, campaigns.changed_meanwhile')
    for (const client of [city, county, head, teacher]) assert.deepEqual((await client.get('/api/v1/campaigns')).items.map(one => one.id), [campaign.id])
    assert.equal((await head.get('/api/v1/campaigns')).may_create, true)
    assert.equal((await teacher.get('/api/v1/campaigns')).may_create, false)
    assert.equal((await at(teacher, campaign, school.class_id)).may_set, false)
    assert.equal((await teacher.call('GET', `/api/v1/campaigns/${campaign.id}?organisation_id=${school.id}`)).status, 403)
    const late = await make(province, provinceNode.id, 20)
    inDatabase(server, `UPDATE campaign_deadline SET deadline = '${inDays(-1)}' WHERE campaign_id = ${late.id}`)
    assert.equal(faultOf(await province.call('POST', `/api/v1/campaigns/${late.id}/publish`, { version: late.version })), '409, campaigns.deadline_passed')
    assert.equal((await province.call('DELETE', `/api/v1/campaigns/${late.id}?version=${late.version}`)).status, 204)
    assert.equal(faultOf(await province.call('DELETE', `/api/v1/campaigns/${campaign.id}?version=${campaign.version}`)), '409, campaigns.published')
  })

  await t.test('a deadline holds for all below until somebody has an earlier one; later ones only as far as those above allow', async () => {
    assert.equal(phase(await at(head, campaign, school.id)).deadline, inDays(20))
    assert.equal(phase(await at(head, campaign, school.id)).from.id, provinceNode.id)
    assert.equal(faultOf(await own(city, campaign, cityNode.id, 21)), '422, input.invalid, deadline campaigns.later_than_allowed')
    assert.equal(faultOf(await own(city, campaign, cityNode.id, -1)), '422, input.invalid, deadline campaigns.deadline_before_begin')
    assert.equal(faultOf(await own(city, campaign, provinceNode.id, 10)), '403, scope.outside')
    assert.equal(faultOf(await own(province, campaign, provinceNode.id, 10)), '422, input.invalid, organisation_id campaigns.at_owner')
    assert.equal(faultOf(await own(province, campaign, cityNode.id, 10, { phase: 'training' })), '422, input.invalid, phase campaigns.no_such_phase')
    assert.equal((await own(city, campaign, cityNode.id, 15, { later: 'until', latest: inDays(18) })).status, 200)
    const seen = phase(await at(head, campaign, school.id))
    assert.deepEqual([seen.deadline, seen.from.id, seen.own, seen.latest_for_me], [inDays(15), cityNode.id, false, inDays(18)])
    assert.equal(phase(await at(stranger, campaign, otherCounty.id)).deadline, inDays(20))

    assert.equal(faultOf(await own(county, campaign, countyNode.id, 19)), '422, input.invalid, deadline campaigns.later_than_allowed')
    assert.equal((await own(county, campaign, countyNode.id, 18)).status, 200)
    assert.equal(faultOf(await own(head, campaign, school.id, 19)), '422, input.invalid, deadline campaigns.later_than_allowed')
    assert.equal(phase(await at(head, campaign, school.id)).deadline, inDays(18))
    // Whoever set what is above may allow more.
    assert.equal((await own(province, campaign, countyNode.id, 25, { version: 1 })).status, 200)
    assert.equal(phase(await at(teacher, campaign, school.class_id)).deadline, inDays(25))
    assert.equal(faultOf(await own(province, campaign, countyNode.id, 51, { version: 2 })), '422, input.invalid, deadline campaigns.after_end')

    const back = await county.call('DELETE', `/api/v1/campaigns/${campaign.id}/deadline?organisation_id=${countyNode.id}&phase=certification&version=2`)
    assert.equal(back.status, 200, JSON.stringify(back.body))
    assert.equal(phase(back.body).deadline, inDays(15))
    assert.equal(phase(back.body).from.name, '南京市')
  })

  await t.test('a deadline that is brought forward takes those below along, but for what was allowed as an exception', async () => {
    const sooner = await publish(province, await make(province, provinceNode.id, 20))
    assert.equal((await own(city, sooner, cityNode.id, 15, { later: 'until', latest: inDays(18) })).status, 200)
    assert.equal((await own(county, sooner, countyNode.id, 16)).status, 200)
    assert.equal((await own(head, sooner, school.id, 12)).status, 200)
    assert.equal((await own(province, sooner, otherCounty.id, 25)).status, 200)
    const edited = await province.put(`/api/v1/campaigns/${sooner.id}`, { ...campaignOf(13), version: sooner.version, ends_on: inDays(50) })
    assert.equal(edited.brought_forward, 2)
    const heard = async client => (await client.get('/api/v1/me/notices')).filter(notice => notice.kind === 'campaigns.brought_forward').map(({ details }) => [details.organisation_id, details.phase, details.before, details.after])
    assert.deepEqual(await Promise.all([city, county, head, stranger].map(heard)), [[[cityNode.id, 'certification', inDays(15), inDays(13)]], [[countyNode.id, 'certification', inDays(16), inDays(13)]], [], []])
    const of = async (client, id) => phase(await at(client, sooner, id))
    assert.deepEqual([(await of(city, cityNode.id)).deadline, (await of(city, cityNode.id)).latest, (await of(county, countyNode.id)).deadline, (await of(head, school.id)).deadline, (await of(stranger, otherCounty.id)).deadline], [13, 13, 13, 12, 25].map(inDays))
    assert.ok((await county.get(`/api/v1/campaigns/${sooner.id}/changes?organisation_id=${countyNode.id}`)).some(one => one.field === 'deadline.certification' && one.before === inDays(16) && one.after === inDays(13)))
    const { body } = await own(city, sooner, cityNode.id, 10, { version: 2 })
    assert.deepEqual([body.brought_forward, (await of(county, countyNode.id)).deadline, (await of(head, school.id)).deadline], [2, inDays(10), inDays(10)])
    const shorter = await province.put(`/api/v1/campaigns/${sooner.id}`, { ...campaignOf(13), version: edited.version, ends_on: inDays(22) })
    assert.deepEqual([shorter.brought_forward, (await of(stranger, otherCounty.id)).deadline], [1, inDays(22)], 'nothing is due after the end')
    await province.post(`/api/v1/campaigns/${sooner.id}/finish`, { version: shorter.version })
  })

  await t.test('of two editors the second one is told', async () => {
    const both = await Promise.all([1, 2].map(() => own(county, campaign, countyNode.id, 12)))
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409])
    assert.equal(faultOf(await own(county, campaign, countyNode.id, 11, { version: 7 })), '409, campaigns.changed_meanwhile')
    const edit = name => province.call('PUT', `/api/v1/campaigns/${campaign.id}`, { ...campaignOf(20), name, version: campaign.version })
    const edits = await Promise.all([edit('甲'), edit('乙')])
    assert.deepEqual(edits.map(({ status }) => status).sort(), [200, 409])
    campaign = edits.find(({ status }) => status === 200).body
    assert.equal((await county.call('DELETE', `/api/v1/campaigns/${campaign.id}/deadline?organisation_id=${countyNode.id}&phase=certification&version=1`)).status, 200)
  })

  await t.test('a target may be higher below, not lower; a number is for the organisation alone', async () => {
    campaign = await province.put(`/api/v1/campaigns/${campaign.id}`, { ...campaignOf(20), target_percent: 60, version: campaign.version })
    assert.equal(faultOf(await ownTarget(city, campaign, cityNode.id, { percent: 59 })), '422, input.invalid, percent campaigns.lower_than_above')
    assert.equal(faultOf(await ownTarget(city, campaign, cityNode.id, {})), '422, input.invalid, percent required')
    assert.equal((await ownTarget(city, campaign, cityNode.id, { percent: 80 })).status, 200)
    assert.equal(faultOf(await ownTarget(head, campaign, school.id, { people: 3 })), '422, input.invalid, people campaigns.fewer_than_above')
    assert.equal((await ownTarget(head, campaign, school.id, { people: 9 })).status, 200)
    const row = (await rowsOf(county, campaign, countyNode.id))[school.id]
    assert.deepEqual([row.roster, row.percent, row.target, row.missing, row.certified, row.standing], [5, 80, 9, 9, 0, 'on_course'])
    assert.equal((await rowsOf(city, campaign, cityNode.id))[countyNode.id].target, 4)
    assert.equal((await rowsOf(province, campaign, provinceNode.id))[cityNode.id].target, 4)
    assert.equal((await rowsOf(province, campaign, provinceNode.id))[otherCity.id].standing, 'nothing')
    assert.equal((await rowsOf(head, campaign, school.id))[school.class_id].target, 4)
    const back = await head.call('DELETE', `/api/v1/campaigns/${campaign.id}/target?organisation_id=${school.id}&version=1`)
    assert.equal(back.body.target.percent, 80)
    assert.equal(back.body.target.people, null)
  })

  const jobs = () => Number(inDatabase(server, "SELECT COUNT(*) FROM job WHERE kind = 'campaigns.remind' AND state <> 'done'"))
  await t.test('how far everybody is: by organisation, as a file, nobody reaches beside', async () => {
    await eventually(() => jobs() === 0, 'the reminders of what was published to be written') // before a deadline is another one for a moment
    const csv = await (await fetch(`${url}/api/v1/campaigns/${campaign.id}/standings.csv?organisation_id=${countyNode.id}`, { headers: { authorization: `Bearer ${county.token}` } })).text()
    assert.match(csv, /"南京市玄武湖小学",5,4,0,4,0\.0,/)
    assert.equal((await stranger.call('GET', `/api/v1/campaigns/${campaign.id}/standings?organisation_id=${countyNode.id}`)).status, 403)
    inDatabase(server, `UPDATE campaign_deadline SET deadline = '${inDays(-1)}' WHERE organisation_id = ${cityNode.id}`)
    const row = (await rowsOf(city, campaign, cityNode.id))[countyNode.id]
    assert.deepEqual([row.standing, row.days_left], ['overdue', -1])
    inDatabase(server, `UPDATE campaign_deadline SET deadline = '${inDays(15)}' WHERE organisation_id = ${cityNode.id}`)
    const few = await province.post('/api/v1/campaigns', { ...campaignOf(20, { school_kinds: ['senior'] }), organisation_id: provinceNode.id })
    assert.equal((await rowsOf(province, few, provinceNode.id))[cityNode.id].roster, 0)
  })

  await t.test('a school that moves goes by its new place, one that closes leaves the lists', async () => {
    const moving = await province.post('/api/v1/organisations', { parent_id: countyNode.id, kind: 'school', name: '迁址小学', school_code: '2132000077', school_kind: 'primary' })
    assert.equal(phase(await at(province, campaign, moving.id)).deadline, inDays(15))
    const moved = await province.patch(`/api/v1/organisations/${moving.id}`, { version: moving.version, parent_id: otherCounty.id })
    assert.equal(phase(await at(province, campaign, moving.id)).deadline, inDays(20))
    assert.ok((await rowsOf(province, campaign, otherCounty.id))[moving.id])
    await province.post(`/api/v1/organisations/${moving.id}/close`, { version: moved.version })
    assert.equal((await rowsOf(province, campaign, otherCounty.id))[moving.id], undefined)
  })

  await t.test('what was changed after publishing is seen below, and by nobody beside', async () => {
    const seen = (await head.get(`/api/v1/campaigns/${campaign.id}/changes?organisation_id=${school.id}`)).map(one => [one.organisation.name, one.field, one.before, one.after].join(' '))
    assert.ok(seen.includes(`南京市 deadline.certification  ${inDays(15)}`), seen.join('; '))
    assert.ok(seen.some(one => one.endsWith('target 100% 60%')), seen.join('; '))
    const beside = await stranger.get(`/api/v1/campaigns/${campaign.id}/changes?organisation_id=${otherCounty.id}`)
    assert.ok(beside.every(one => one.organisation.id === provinceNode.id))
  })

  await t.test('who can act is reminded before the deadline: one notice a day, however often it runs and whatever kills it', async () => {
    assert.deepEqual(await digests(teacher), [])
    const soon = await publish(city, await make(city, cityNode.id, 3, { name: '市里的认证' }))
    const [notice] = await eventually(async () => {
      const found = await digests(teacher)
      return found.length && found
    }, 'the class teacher to be reminded')
    assert.deepEqual(notice.details.items.map(item => [item.campaign, item.organisation_id, item.missing, item.days_left]), [['市里的认证', school.class_id, 5, 3]])
    assert.equal(notice.link, `/admin/campaigns/${soon.id}?organisation=${school.class_id}`)
    for (const client of [head, county, city]) await eventually(async () => (await digests(client)).length === 1, 'those above to be reminded')
    assert.deepEqual(await digests(stranger), [])
    assert.deepEqual(await digests(province), [])
    const [{ id }] = await digests(head)
    await head.post(`/api/v1/me/notices/${id}/dismiss`)
    assert.equal((await teacher.call('POST', `/api/v1/me/notices/${(await digests(city))[0].id}/dismiss`)).status, 404)

    // The day begins once more; the program is killed and starts again.
    inDatabase(server, 'DELETE FROM campaign_round')
    await restarted()
    await eventually(async () => inDatabase(server, 'SELECT COUNT(*) FROM campaign_round').trim() === '1' && jobs() === 0, 'the second round to end')
    assert.deepEqual((await digests(teacher)).map(one => one.id), [notice.id])
    assert.deepEqual(await digests(head), [], 'what was put away stays away')

    // Another campaign is due as well: it joins the day's notice.
    inDatabase(server, `UPDATE campaign_deadline SET deadline = '${inDays(-1)}' WHERE campaign_id = ${campaign.id} AND organisation_id = ${cityNode.id}; UPDATE campaign SET begins_on = ${daysEarlier('begins_on', 30)}; DELETE FROM campaign_round`)
    await restarted()
    const both = await eventually(async () => {
      const found = await digests(teacher)
      return found[0]?.details.items.length === 2 && found
    }, 'the day after the deadline to be told')
    assert.equal(both.length, 1)
    assert.deepEqual(both[0].details.items.map(item => item.days_left).sort(), [-1, 3])
    await city.post(`/api/v1/campaigns/${soon.id}/finish`, { version: soon.version })
  })

  await t.test('a reminder by hand says first whom it reaches, reaches those, once a day', async () => {
    const path = `/api/v1/campaigns/${campaign.id}/call`
    const preview = await city.get(`${path}?organisation_id=${cityNode.id}`)
    assert.deepEqual([preview.organisations, preview.people, preview.called_today], [2, 2, false])
    assert.deepEqual(preview.rows.map(row => [row.id, row.organisations, row.people]), [[countyNode.id, 2, 2]])
    assert.equal((await county.call('POST', path, { organisation_id: cityNode.id })).status, 403)
    assert.equal((await city.call('POST', path, { organisation_id: cityNode.id })).status, 202)
    assert.equal(faultOf(await city.call('POST', path, { organisation_id: cityNode.id })), '409, campaigns.called_today')
    const called = async client => (await client.get('/api/v1/me/notices')).filter(notice => notice.kind === 'campaigns.call')
    for (const client of [county, head]) await eventually(async () => (await called(client)).length === 1, 'those who are not done to be called')
    assert.equal((await called(head))[0].details.by, '南京市')
    for (const client of [teacher, city, stranger]) assert.deepEqual(await called(client), [])
    const ofSchool = await head.get(`${path}?organisation_id=${school.id}`)
    assert.deepEqual([ofSchool.people, ofSchool.rows[0].id], [1, school.class_id])
    assert.equal((await head.call('POST', path, { organisation_id: school.id })).status, 202)
    await eventually(async () => (await called(teacher)).length === 1, 'the class teacher to be called')
    const [first] = await called(teacher)
    await teacher.post('/api/v1/me/notices/dismiss', { last: (await teacher.get('/api/v1/me/notices'))[0].id })
    assert.deepEqual(await teacher.get('/api/v1/me/notices'), [])
    assert.ok(first)
  })

  await t.test('what is over is not changed any more', async () => {
    assert.equal(faultOf(await province.call('POST', `/api/v1/campaigns/${campaign.id}/withdraw`, { version: campaign.version, reason: '' })), '422, input.invalid, reason required')
    const over = await province.post(`/api/v1/campaigns/${campaign.id}/withdraw`, { version: campaign.version, reason: '改期' })
    assert.deepEqual([over.state, over.reason], ['withdrawn', '改期'])
    assert.equal(faultOf(await own(city, campaign, cityNode.id, 10, { version: 1 })), '409, campaigns.over')
    assert.equal(faultOf(await province.call('PUT', `/api/v1/campaigns/${campaign.id}`, { ...campaignOf(20), version: over.version })), '409, campaigns.over')
    assert.equal((await head.get('/api/v1/campaigns?state=withdrawn')).items.length, 1)
    assert.equal((await head.get(`/api/v1/campaigns?query=${encodeURIComponent('市里')}`)).items.length, 1)
    const audit = await province.get('/api/v1/audit-events?action=campaigns.withdrawn')
    assert.equal(audit.items.length, 1)
  })
})
