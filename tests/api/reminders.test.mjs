// Reminders of a campaign's phases: what is missing in each, who is told of it, on which days, and once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { eventually } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { campaignOf, inDays, sessionOf } from '../support/plan.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('reminders of every phase', { timeout: 300_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const lake = await smallSchool(server)
  const { admin: province, teacher } = lake
  const year = new Date().getFullYear()
  const find = async (query, kind) => (await province.get(`/api/v1/organisations?query=${encodeURIComponent(query)}&kind=${kind}`)).items[0].id
  const id = { province: '32', city: await find('南京', 'city'), county: await find('玄武区', 'county'), beside: await find('姑苏区', 'county'), lake: lake.id, room: lake.class_id }
  const school = async (place, above, name, school_code, school_kind) => (id[place] = (await province.post('/api/v1/organisations', { parent_id: id[above], kind: 'school', name, school_code, school_kind })).id)
  await school('junior', 'county', '玄武初级中学', '3132000072', 'junior')
  await school('bridge', 'beside', '姑苏区观前小学', '2132000081', 'primary')
  const listening = { province, teacher }
  for (const [place, role] of [['city', 'city_admin'], ['county', 'county_admin'], ['beside', 'county_admin'], ['lake', 'school_admin'], ['junior', 'school_admin'], ['bridge', 'school_admin']]) listening[place] = await officer(url, province, id[place], role, `admin.${place}`, `${place}管理员`)
  const pupils = people(4, { seed: 71, from: year - 9, to: year - 8 })

  const walked = () => eventually(() => inDatabase(server, "SELECT COUNT(*) FROM job WHERE kind = 'campaigns.remind' AND state <> 'done'").trim() === '0', 'the reminders to be written')
  /** Published today by a place, with days until the deadline of each phase; gives it when everybody is told. */
  async function published(by, phases, more = {}) {
    const made = await listening[by].post('/api/v1/campaigns', {
      ...campaignOf(40), organisation_id: id[by], reminder_days: [3, 1], ...more,
      phases: Object.entries({ certification: 40, ...phases }).map(([phase, deadline]) => ({ phase, begins_on: inDays(0), deadline: inDays(deadline), later: 'locked', ...more.phases?.[phase] })),
    })
    const campaign = await listening[by].post(`/api/v1/campaigns/${made.id}/publish`, { version: made.version })
    await walked()
    return campaign
  }
  const round = () => published('lake', {}, { name: '走一遍' })
  const digests = async client => (await client.get('/api/v1/me/notices')).filter(notice => notice.kind === 'campaigns.digest')
  /** What everybody was told of a campaign, in the one notice of the day. */
  async function told(campaign) {
    const heard = {}
    for (const [name, client] of Object.entries(listening)) {
      const found = await digests(client)
      assert.ok(found.length < 2, `one notice a day for ${name}`)
      const items = (found[0]?.details.items ?? []).filter(item => item.campaign_id === campaign.id)
      for (const item of items) assert.equal(item.kind, name === 'teacher' ? 'class' : ['city', 'province'].includes(name) ? name : ['county', 'beside'].includes(name) ? 'county' : 'school')
      if (items.length) heard[name] = items.map(item => [item.phase, item.organisation_id === (name === 'teacher' ? id.room : id[name]) ? 'own' : item.organisation_id, item.days_left, item.missing].join(' ')).sort()
    }
    return heard
  }
  const all = (what, numbers) => Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, [`${what} ${number}`]]))

  await t.test('roster: schools that have none of those whom it concerns, and how many below', async () => {
    const gone = await province.post('/api/v1/organisations', { parent_id: id.county, kind: 'school', name: '已撤销小学', school_code: '2132000099', school_kind: 'primary' })
    await province.post(`/api/v1/organisations/${gone.id}/close`, { version: gone.version })
    assert.deepEqual(await told(await published('province', { roster: 3 })), all('roster own 3', { province: 3, city: 2, county: 2, beside: 1, lake: 1, junior: 1, bridge: 1 }))
    assert.deepEqual(await told(await published('city', { roster: 1 }, { school_kinds: ['primary'] })), all('roster own 1', { city: 1, county: 1, lake: 1 }), 'of the kinds that it asks')
    assert.deepEqual(await told(await published('city', { roster: 2 })), {}, 'not a day of its reminders')
    await importRoster(listening.lake, id.lake, rosterOf(pupils, lake.class_name, year - 1))
    assert.deepEqual(await told(await published('city', { roster: 3 })), all('roster own 3', { city: 1, county: 1, junior: 1 }))
    assert.deepEqual(await told(await published('city', { roster: 3 }, { concerns: ['teacher'] })), all('roster own 3', { city: 2, county: 2, lake: 1, junior: 1 }))
    assert.deepEqual(await told(await published('county', { roster: 3 }, { school_kinds: ['primary'] })), {}, 'all have one')
  })

  await t.test('training: offices that the sessions of the campaign are for and nobody came for, by the deadline that holds there', async () => {
    const campaign = await published('province', { training: 3 })
    assert.deepEqual(await told(campaign), {}, 'there are no sessions')
    const plan = (by, place, role, more) => listening[by].post('/api/v1/training-sessions', { ...sessionOf({ organisation_id: id[place], role }), organisation_id: id[by], campaign_id: campaign.id, ...more })
    const schools = await plan('county', 'county', 'school_admin')
    await plan('county', 'county', 'school_admin') // once more: nobody counts twice
    await plan('province', 'beside', 'county_admin')
    await plan('province', 'bridge', 'school_admin', { campaign_id: null })
    const dropped = await plan('province', 'province', 'city_admin')
    await province.post(`/api/v1/training-sessions/${dropped.id}/cancel`, { version: dropped.version, reason: '改期' })
    await round()
    const first = all('training own 3', { province: 3, city: 2, county: 2, beside: 1, lake: 1, junior: 1 })
    assert.deepEqual(await told(campaign), first)
    await round()
    assert.deepEqual(await told(campaign), first, 'once')

    // The county wants it earlier. One school has come; the other trains its class teachers.
    inDatabase(server, ['begins_at', 'ends_at', 'sign_up_until'].map(column => `UPDATE training_session SET ${column} = ${column} - ${24 * 3_600_000_000} WHERE id = ${schools.id}`).join(';'))
    await listening.county.post(`/api/v1/training-sessions/${schools.id}/attendees`, { user_name: 'admin.lake' })
    await plan('lake', 'lake', 'class_teacher')
    await listening.county.put(`/api/v1/campaigns/${campaign.id}/deadline`, { organisation_id: id.county, phase: 'training', deadline: inDays(1), later: 'locked', version: 0 })
    await round()
    const then = all('training own 1', { county: 2, lake: 1, junior: 1, teacher: 1 })
    assert.deepEqual(await told(campaign), Object.fromEntries(Object.entries({ ...first, teacher: [] }).map(([name, lines]) => [name, [...(then[name] ?? []), ...lines]])))
  })

  await t.test('training of a campaign for some kinds of school leaves the others out', async () => {
    const campaign = await published('county', { training: 3 }, { school_kinds: ['primary'] })
    for (const role of ['school_admin', 'class_teacher']) await listening.county.post('/api/v1/training-sessions', { ...sessionOf({ organisation_id: id.county, role }), organisation_id: id.county, campaign_id: campaign.id })
    await province.post('/api/v1/organisations', { parent_id: id.junior, kind: 'class', stage: 'junior', entry_year: year - 1, class_number: 1 })
    await round()
    assert.deepEqual(await told(campaign), all('training own 3', { county: 2, lake: 2, teacher: 1 }))
  })

  await t.test('checking: applications that wait, in the class, in the school and above; the day after as well', async () => {
    const waiting = []
    for (const at of [0, 1]) waiting.push(await handIn(await register(url, pupils[at], `pupil.${at}`), pupilProfile(pupils[at], { id: id.lake, class_id: id.room })))
    const campaign = await published('province', { checking: 3 })
    const first = all('checking own 3', { province: 2, city: 2, county: 2, lake: 2, teacher: 2 })
    assert.deepEqual(await told(campaign), first)
    assert.deepEqual(await told(await published('province', { checking: 3 }, { concerns: ['teacher', 'staff'] })), {}, 'nobody whom it concerns')
    assert.equal((await decide(teacher, waiting[0])).status, 200)
    inDatabase(server, `UPDATE campaign_deadline SET deadline = '${inDays(-1)}' WHERE campaign_id = ${campaign.id} AND phase = 'checking'; UPDATE campaign_phase SET begins_on = '${inDays(-1)}' WHERE campaign_id = ${campaign.id}`)
    await round()
    assert.deepEqual(await told(campaign), Object.fromEntries(Object.entries(first).map(([name, lines]) => [name, ['checking own -1 1', ...lines]])))
  })

  await t.test('all phases at once are lines of one notice; before a phase begins nothing is said of it', async () => {
    const campaign = await published('city', { roster: 3, certification: 3, checking: 3 })
    assert.deepEqual(await told(campaign), { city: ['certification own 3 3', 'checking own 3 1', 'roster own 3 1'], county: ['certification own 3 3', 'checking own 3 1', 'roster own 3 1'], lake: ['certification own 3 3', 'checking own 3 1'], junior: ['roster own 3 1'], teacher: ['certification own 3 3', 'checking own 3 1'] })
    const later = await published('city', { checking: 3 }, { phases: { checking: { begins_on: inDays(1) } } })
    assert.deepEqual(await told(later), {})
    assert.deepEqual((await listening.city.get(`/api/v1/campaigns/${later.id}/preview`)).reminders, [
      { phase: 'certification', day: inDays(37), days_left: 3 }, { phase: 'certification', day: inDays(39), days_left: 1 }, { phase: 'certification', day: inDays(41), days_left: -1 },
      { phase: 'checking', day: inDays(2), days_left: 1 }, { phase: 'checking', day: inDays(4), days_left: -1 },
    ])
  })

  await t.test('a day that begins once more says nothing twice', async () => {
    const seen = async () => Object.fromEntries(await Promise.all(Object.entries(listening).map(async ([name, client]) => [name, await digests(client)])))
    const before = await seen()
    inDatabase(server, 'DELETE FROM campaign_round')
    await server.kill()
    await server.start()
    for (const client of Object.values(listening)) client.url = server.url
    await eventually(() => inDatabase(server, 'SELECT COUNT(*) FROM campaign_round').trim() === '1', 'the day to begin')
    await walked()
    assert.deepEqual(await seen(), before)
  })
})
