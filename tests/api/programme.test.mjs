// A month of the programme, as a province lives it: a campaign with training, rosters, registration, reminders, bulletins and problems,
// with a merger in the middle, an office that changes hands, a crash and a pupil who changes schools. After every step the figures that people see are
// those of a recount of the rosters and applications themselves, and the parts add up to the whole.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decide, draft, handIn, pupilProfile, register, teacherProfile } from '../support/accounts.mjs'
import { eventually } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { daysEarlier, inDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { campaignOf, inDays, sessionOf } from '../support/plan.mjs'
import { dryRun, importRoster, rosterOf, settled } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh, root } from '../support/server.mjs'
import { workbook } from '../support/xlsx.mjs'

const year = new Date().getFullYear()
const stages = ['not_begun', 'in_review', 'returned', 'certified']
const kinds = ['student', 'teacher', 'staff']
const none = () => Object.fromEntries(stages.map(stage => [stage, 0]))
const plus = (a, b) => Object.fromEntries(stages.map(stage => [stage, a[stage] + b[stage]]))
const sum = list => list.reduce(plus, none())
const sizeOf = counts => stages.reduce((total, stage) => total + counts[stage], 0)
const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')

/** What the rows of rosters and applications say of every organisation, without any of the counters. */
function recount(server) {
  const rows = sql => inDatabase(server, sql).trim().split('\n').filter(Boolean).map(row => row.split('|'))
  const places = new Map(rows('SELECT id, COALESCE(parent_id, 0), kind, path FROM organisation').map(([id, parent, kind, path]) => [id, { id, parent, kind, path, byKind: Object.fromEntries(kinds.map(one => [one, none()])), classless: none() }]))
  const reached = { submitted: 'in_review', returned: 'returned', approved: 'certified' } // rejected: as if there had been none
  const entries = rows(`SELECT e.id, e.school_id, COALESCE(e.class_id, 0), e.kind, e.certification,
      COALESCE((SELECT a.state FROM application a WHERE a.roster_entry_id = e.id AND a.state IN ('submitted', 'returned', 'approved')
        AND (a.state <> 'approved' OR a.school_id = (SELECT f.school_id FROM affiliation f WHERE f.person_id = a.person_id AND f.kind = a.kind ORDER BY f.id DESC LIMIT 1))
        ORDER BY a.id DESC LIMIT 1), '')
    FROM roster_entry e WHERE e.state = 'active'`)
  for (const [id, school, room, kind, certification, application] of entries) {
    assert.equal(certification, reached[application] ?? 'not_begun', `entry ${id} is as far as its application`)
    if (room !== '0') assert.equal(places.get(room).parent, school, `entry ${id} is in a class of its school`)
    const line = places.get(school).path.split('/').filter(Boolean)
    for (const place of room === '0' ? line : [...line, room]) places.get(place).byKind[kind][certification]++
    if (room === '0') places.get(school).classless[certification]++
  }
  return { places, of: (id, which = kinds) => sum(which.map(kind => places.get(id).byKind[kind])), kindsOf: id => places.get(id).byKind }
}

test('a month of the programme', { timeout: 1_800_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  server.options.port = Number(new URL(server.address).port) // it starts again where its callers know it
  const again = () => server.stop().then(() => server.start())

  // ---- the province: two cities, a county that reports to the province, five schools ----
  const lake = await smallSchool(server)
  const { admin: province } = lake
  const find = async (query, kind) => (await province.get(`/api/v1/organisations?query=${encodeURIComponent(query)}&kind=${kind}`)).items[0].id
  const id = { province: '32', nanjing: await find('南京', 'city'), suzhou: await find('苏州', 'city'), xuanwu: await find('玄武区', 'county'), gusu: await find('姑苏区', 'county'), kunshan: await find('昆山', 'county'), lake: lake.id }
  const readers = { province } // who looks after each place
  const appoint = async (by, place, role, name) => (readers[place] = await officer(url, readers[by], id[place], role, `admin.${place}`, name))
  for (const office of [['province', 'nanjing', 'city_admin', '宁管理员'], ['province', 'suzhou', 'city_admin', '苏管理员'], ['nanjing', 'xuanwu', 'county_admin', '玄管理员'], ['suzhou', 'gusu', 'county_admin', '姑管理员'], ['province', 'kunshan', 'county_admin', '昆管理员']]) await appoint(...office)
  const { nanjing, suzhou, xuanwu, gusu, kunshan } = readers
  const heads = { lake: await appoint('xuanwu', 'lake', 'school_admin', '周校长') }
  for (const [place, above, name, school_code, school_kind, head] of [['second', 'xuanwu', '玄武区第二小学', '2132000071', 'primary', '吴校长'], ['bridge', 'gusu', '姑苏区观前小学', '2132000081', 'primary', '郑校长'], ['junior', 'suzhou', '苏州市直属初级中学', '3132000082', 'junior', '孙校长'], ['kun', 'kunshan', '昆山市玉山小学', '2132000083', 'primary', '钱校长']]) {
    id[place] = (await readers[above].post('/api/v1/organisations', { parent_id: id[above], kind: 'school', name, school_code, school_kind })).id
    heads[place] = await appoint(above, place, 'school_admin', head)
  }

  const teachers = people(2, { seed: 31, from: 1980, to: 1985 }).map((person, at) => ({ ...person, name: ['卫执教', '蒋执教'][at] }))
  const children = (count, seed) => people(count, { seed, from: year - 9, to: year - 8 })
  const pupils = { lake: children(8, 41), second: children(6, 42), bridge: children(4, 43), kun: children(3, 44) }
  const both = pupils.lake[7] // stands in the rosters of both schools that become one
  const rooms = {} // school → its class, with what an application needs
  const account = {} // who registered, by school and number: "lake 0"
  const application = {}

  let campaign
  const published = [] // bulletins, { id, version, figures }
  let kept // { day, counted }: what was as a day ended
  /** What everybody sees is what the rows say: on the dashboards of those who look after each place, in comparisons, bulletins and standings. */
  async function figuresAreRight() {
    const counted = recount(server)
    const concerned = [...counted.places.values()].filter(place => Object.values(id).includes(place.id) || sizeOf(counted.of(place.id)) > 0)
    for (const place of concerned) {
      const client = readers[Object.keys(id).find(name => id[name] === place.id)] ?? province
      const { organisation, children } = await client.get(`/api/v1/progress?organisation_id=${place.id}`)
      assert.deepEqual([organisation.counts, organisation.by_kind], [counted.of(place.id), counted.kindsOf(place.id)], `figures of ${organisation.name}`)
      for (const child of children) assert.deepEqual([child.counts, child.by_kind], [counted.of(child.id), counted.kindsOf(child.id)], `${child.name} below ${organisation.name}`)
      if (place.kind !== 'class') assert.deepEqual(plus(sum(children.map(child => child.counts)), place.classless), organisation.counts, `the parts of ${organisation.name}`)
    }
    for (const level of ['children', 'counties']) {
      const { items } = await province.get(`/api/v1/progress/comparison?organisation_id=${id.province}&level=${level}`)
      assert.deepEqual(sum(items.map(one => one.now.counts)), counted.of(id.province), level)
      bulletinIs(counted, (await province.get(`/api/v1/bulletin-previews?organisation_id=${id.province}&level=${level}`)).figures)
    }
    if (kept) {
      bulletinIs(kept.counted, (await xuanwu.get(`/api/v1/bulletin-previews?organisation_id=${id.xuanwu}&day=${kept.day}`)).figures)
      const { days } = await suzhou.get(`/api/v1/progress/trend?organisation_id=${id.suzhou}`)
      assert.deepEqual(days.map(one => [one.day, one.counts]), [[kept.day, kept.counted.of(id.suzhou)], [inDays(0), counted.of(id.suzhou)]])
    }
    for (const one of published) assert.deepEqual((await read(province, one)).figures, one.figures, 'what was published stays')
    if (!campaign) return
    for (const place of [id.province, id.nanjing, id.suzhou, id.xuanwu]) {
      for (const row of (await province.get(`/api/v1/campaigns/${campaign.id}/standings?organisation_id=${place}`)).children) {
        const asked = counted.of(row.id, ['student', 'teacher'])
        assert.deepEqual([row.roster, row.certified, row.missing], [sizeOf(asked), asked.certified, Math.max(row.target - asked.certified, 0)], `standing of ${row.name}`)
        assert.ok(row.target >= (sizeOf(asked) * row.percent) / 100)
      }
    }
  }
  /** The figures of a bulletin are those of the recount, and its rows add up. */
  function bulletinIs(counted, { organisation, rows }) {
    const told = row => Object.fromEntries(stages.map(stage => [stage, row[stage]]))
    for (const row of [organisation, ...rows.filter(row => !row.rest)]) assert.deepEqual([told(row), row.total], [counted.of(row.id), sizeOf(counted.of(row.id))], `bulletin: ${row.name}`)
    assert.deepEqual(sum(rows.map(told)), told(organisation), 'the rows of the bulletin add up')
  }
  const step = (name, act) => t.test(name, async () => {
    await act()
    await figuresAreRight()
  })

  const own = (client, place, days, more = {}) => client.call('PUT', `/api/v1/campaigns/${campaign.id}/deadline`, { organisation_id: place, phase: 'certification', deadline: inDays(days), later: 'locked', version: 0, ...more })
  const deadlineAt = async (client, place) => (await client.get(`/api/v1/campaigns/${campaign.id}?organisation_id=${place}`)).phases.find(one => one.phase === 'certification').deadline
  await step('1. the province opens a campaign, a county has an earlier deadline, another a later one, a city a higher target', async () => {
    const phases = [['training', 5], ['roster', 8], ['certification', 18], ['checking', 30]].map(([phase, days]) => ({ phase, begins_on: inDays(0), deadline: inDays(days), ...(phase === 'certification' ? { later: 'until', latest: inDays(25) } : { later: 'locked' }) }))
    const made = await province.post('/api/v1/campaigns', { ...campaignOf(18, { concerns: ['student', 'teacher'], target_percent: 80, reminder_days: [7, 1], phases }), organisation_id: id.province })
    assert.deepEqual((await xuanwu.get('/api/v1/campaigns')).items, [], 'a draft')
    campaign = await province.post(`/api/v1/campaigns/${made.id}/publish`, { version: made.version })
    assert.equal((await own(xuanwu, id.xuanwu, 10)).status, 200)
    assert.equal(faultOf(await own(kunshan, id.kunshan, 26)), '422, input.invalid, deadline campaigns.later_than_allowed')
    assert.equal((await own(kunshan, id.kunshan, 22)).status, 200)
    assert.equal(faultOf(await own(gusu, id.xuanwu, 5)), '403, scope.outside')
    assert.deepEqual(await Promise.all([['lake', heads.lake], ['kun', heads.kun], ['bridge', heads.bridge]].map(([place, head]) => deadlineAt(head, id[place]))), [10, 22, 18].map(inDays))
    const target = percent => nanjing.call('PUT', `/api/v1/campaigns/${campaign.id}/target`, { organisation_id: id.nanjing, percent, version: 0 })
    assert.equal(faultOf(await target(70)), '422, input.invalid, percent campaigns.lower_than_above')
    assert.equal((await target(95)).status, 200)
    assert.deepEqual((await province.get(`/api/v1/campaigns/${campaign.id}/standings?organisation_id=${id.province}`)).children.filter(row => [id.nanjing, id.suzhou].includes(row.id)).map(row => row.percent).sort(), [80, 95])
  })

  const told = async (client, kind) => (await client.get('/api/v1/me/notices')).filter(notice => notice.kind === kind)
  await step('2. the cities train: who is invited, who came, whose school is missing', async () => {
    const plan = (client, place) => client.post('/api/v1/training-sessions', { ...sessionOf({ organisation_id: place, role: 'school_admin' }), organisation_id: place, campaign_id: campaign.id })
    const [north, south] = [await plan(nanjing, id.nanjing), await plan(suzhou, id.suzhou)]
    const invited = { lake: north, second: north, bridge: south, junior: south }
    for (const [place, session] of Object.entries(invited)) {
      await eventually(async () => (await told(heads[place], 'training.invited')).some(notice => notice.link === `/training/${session.id}`), `${place} to be invited`)
      if (place !== 'junior') await heads[place].post(`/api/v1/training-sessions/${session.id}/sign-up`)
    }
    assert.deepEqual(await told(heads.kun, 'training.invited'), [])
    assert.equal((await heads.kun.call('GET', `/api/v1/training-sessions/${south.id}`)).status, 404)
    const { room_code: code } = await nanjing.get(`/api/v1/training-sessions/${north.id}`)
    assert.equal(faultOf(await heads.lake.call('POST', `/api/v1/training-sessions/${north.id}/check-in`, { code })), '409, training.doors_closed')
    inDatabase(server, ['begins_at', 'ends_at', 'sign_up_until'].map(column => `UPDATE training_session SET ${column} = ${column} - ${24 * 3_600_000_000}`).join(';'))
    assert.equal((await heads.lake.post(`/api/v1/training-sessions/${north.id}/check-in`, { code })).mine, 'attended')
    assert.equal((await suzhou.call('POST', `/api/v1/training-sessions/${south.id}/attendance`, { account_ids: [heads.bridge.account_id], attended: true })).status, 204)
    await suzhou.post(`/api/v1/training-sessions/${south.id}/attendees`, { user_name: 'admin.junior' })
    const gaps = async (client, place) => {
      const { organisation, children } = await client.get(`/api/v1/training-gaps?organisation_id=${place}&role=school_admin&campaign_id=${campaign.id}`)
      for (const what of ['organisations', 'trained']) assert.equal(children.reduce((total, row) => total + row[what], 0), organisation[what], what)
      return Object.fromEntries([organisation, ...children].map(row => [row.id, [row.organisations, row.trained]]))
    }
    assert.deepEqual(await gaps(province, id.province), { [id.province]: [5, 3], [id.nanjing]: [2, 1], [id.suzhou]: [2, 2], [id.kunshan]: [1, 0] })
    assert.deepEqual(await gaps(xuanwu, id.xuanwu), { [id.xuanwu]: [2, 1], [id.lake]: [1, 1], [id.second]: [1, 0] })
  })

  await step('3. the schools import their rosters: what is wrong is said by row, and only what was confirmed is there', async () => {
    const list = rosterOf([...pupils.lake], lake.class_name, year - 1).trim().split('\r\n').map(row => row.split(','))
    assert.equal((await importRoster(heads.lake, id.lake, workbook(list), { fileName: '名册.xlsx' })).counts.fresh, 8)
    const staff = teachers.map(person => `${person.name},${person.gender === 'male' ? '男' : '女'},${person.number},语文,2020-09-01\r\n`).join('')
    await importRoster(heads.lake, id.lake, `姓名,性别,身份证件号码,任教学科,任职时间\r\n${staff}`, { kind: 'teacher', fileName: '教师.csv' })
    await figuresAreRight()
    const right = rosterOf([...pupils.second, both], lake.class_name, year - 1) // a class of the same year and number
    const wrongDigit = pupils.second[0].number.replace(/.$/, last => (last === '1' ? '2' : '1'))
    const faulty = right.replace(pupils.second[0].number, wrongDigit).replace(pupils.second[1].name, '') + right.split('\r\n')[4] + '\r\n'
    const judged = await dryRun(heads.second, id.second, faulty)
    assert.deepEqual([judged.counts.rows, judged.counts.fresh, judged.counts.rejected], [8, 5, 3])
    const why = (await heads.second.all(`/api/v1/roster-imports/${judged.id}/rows?outcome=rejected`)).flatMap(row => row.faults.map(fault => fault.code))
    assert.equal(why.length, 3)
    assert.ok(why.includes('people.document_check_digit') && why.includes('roster.duplicate'), why.join(' '))
    assert.match((await heads.second.call('GET', `/api/v1/roster-imports/${judged.id}/rejected.csv`)).body, new RegExp(wrongDigit))
    await figuresAreRight() // a dry run
    await heads.second.post(`/api/v1/roster-imports/${judged.id}/cancel`)
    assert.equal((await importRoster(heads.second, id.second, right)).counts.fresh, 7)
    assert.equal((await importRoster(heads.second, id.second, right)).counts.unchanged, 7, 'again, nothing')
    const nasty = await importRoster(heads.junior, id.junior, readFileSync(join(root, 'tests/data/roster/nasty.xlsx')), { fileName: '七年级名册.xlsx' })
    assert.deepEqual([nasty.counts.fresh, nasty.counts.rejected], [10, 8])
    for (const place of ['bridge', 'kun']) await importRoster(heads[place], id[place], rosterOf(pupils[place], lake.class_name, year - 1))
    for (const place of ['lake', 'second', 'bridge', 'kun']) rooms[place] = { id: id[place], class_id: (await province.get(`/api/v1/organisations/${id[place]}/children`)).items[0].id }
    await figuresAreRight()
    const leaves = await importRoster(heads.kun, id.kun, rosterOf(pupils.kun.slice(1), lake.class_name, year - 1), { markMissingLeft: true })
    assert.deepEqual([leaves.counts.missing, sizeOf(recount(server).of(id.kunshan))], [1, 2])
    await figuresAreRight()
    assert.equal((await importRoster(heads.kun, id.kun, rosterOf(pupils.kun, lake.class_name, year - 1))).counts.changed, 1, 'is back')
    assert.equal(sizeOf(recount(server).of(id.province)), 8 + 2 + 7 + 10 + 4 + 3)
  })

  const confirm = async (reviewer, who, verdict = 'approve', reason) => {
    const { status, body } = await decide(reviewer, application[who], verdict, reason)
    assert.equal(status, 200, JSON.stringify(body))
    application[who] = body
  }
  const apply = async (place, at) => {
    const person = pupils[place][at]
    const who = `${place} ${at}`
    account[who] = await register(url, person, `pupil.${place}.${at}`)
    application[who] = await handIn(account[who], pupilProfile(person, rooms[place]))
  }
  const handInAgain = async (who, changed) => {
    const path = `/api/v1/applications/${application[who].id}`
    const { version, profile } = await account[who].get(path)
    const saved = await account[who].put(path, { version, profile: { ...profile, ...changed } })
    application[who] = await account[who].post(`${path}/submit`, { version: saved.version })
  }
  await step('4. people register and apply; class teachers confirm, return, and leave some waiting', async () => {
    for (const place of ['second', 'bridge']) readers[`${place}Teacher`] = await officer(url, heads[place], rooms[place].class_id, 'class_teacher', `teacher.${place}`, `班主任${place}`)
    await Promise.all([['lake', 0], ['lake', 1], ['lake', 2], ['lake', 7], ['second', 0], ['second', 1], ['second', 2], ['bridge', 0], ['bridge', 1], ['kun', 0]].map(([place, at]) => apply(place, at)))
    await figuresAreRight()
    await draft(await register(url, pupils.lake[3], 'pupil.lake.3'), pupilProfile(pupils.lake[3], rooms.lake)) // not handed in: has not begun
    application.teacher = await handIn(await register(url, teachers[0], 'teacher.one'), teacherProfile(teachers[0], { id: id.lake }), 'teacher')
    assert.equal((await decide(lake.teacher, application.teacher)).status, 404, 'of pupils alone')
    await confirm(heads.lake, 'teacher')
    for (const [who, reviewer] of [['lake 0', lake.teacher], ['lake 7', lake.teacher], ['second 0', readers.secondTeacher], ['bridge 0', readers.bridgeTeacher], ['kun 0', heads.kun]]) await confirm(reviewer, who)
    await confirm(lake.teacher, 'lake 2', 'send_back', '班级不对')
    await confirm(readers.secondTeacher, 'second 2', 'send_back', '请补充监护人')
    await confirm(readers.bridgeTeacher, 'bridge 1', 'reject', '不是本校学生')
    assert.equal((await decide(readers.secondTeacher, application['lake 1'])).status, 404, 'of their own class alone')
    assert.equal((await account['lake 0'].get('/api/v1/card')).card_number.length, 16)
    assert.equal((await account['lake 1'].call('GET', '/api/v1/card')).status, 404)
    const { places, of } = recount(server)
    assert.deepEqual(of(id.province), { not_begun: 34 - 10, in_review: 2, returned: 2, certified: 6 })
    assert.deepEqual(of(rooms.lake.class_id), { not_begun: 4, in_review: 1, returned: 1, certified: 2 })
    assert.deepEqual(places.get(id.lake).classless, { ...none(), not_begun: 1, certified: 1 }, 'teachers')
  })

  await t.test('who was rejected is counted as the bulletin says that it counts', async () => {
    const { organisation, definitions } = (await gusu.get(`/api/v1/bulletin-previews?organisation_id=${id.gusu}`)).figures
    const both = definitions.find(one => one.term === 'returned').zh_cn.includes('不予通过')
    assert.deepEqual([organisation.returned, organisation.not_begun], both ? [1, 2] : [0, 3])
  })

  /** So many days pass for campaigns, what was told of them, and organisations; the day's work begins with a start. */
  const daysGoBy = async days => {
    const earlier = (table, columns, where = '') => columns.map(column => `UPDATE ${table} SET ${column} = ${daysEarlier(column, days)} ${where};`).join('')
    inDatabase(server, 'BEGIN;' + earlier('campaign', ['begins_on', 'ends_on']) + earlier('campaign_phase', ['begins_on']) + earlier('campaign_deadline', ['deadline', 'latest']) + earlier('campaign_phase_reminder', ['deadline', 'day'])
      + ['organisation', 'organisation_history'].map(table => earlier(table, ['valid_from'], `WHERE valid_from > '${year - 1}-01-01'`)).join('')
      + `UPDATE notice SET notice_key = id || ' ' || notice_key WHERE kind = 'campaigns.digest' AND ${days} > 0; DELETE FROM campaign_round; COMMIT`)
    await again()
    await eventually(() => inDatabase(server, "SELECT (SELECT COUNT(*) FROM campaign_round) || ' ' || (SELECT COUNT(*) FROM job WHERE kind = 'campaigns.remind' AND state <> 'done')").trim() === '1 0', 'the reminders to be written')
  }
  await step('5. who can act is reminded before the deadline of each phase that holds for them, and the day after: each once', async () => {
    const digests = async client => (await told(client, 'campaigns.digest')).map(({ details }) => details.items.map(item => `${item.phase} ${item.organisation_id} ${item.days_left} ${item.missing}`).join()).reverse()
    const listening = { province, nanjing, suzhou, xuanwu, gusu, kunshan, ...heads, lakeTeacher: lake.teacher, secondTeacher: readers.secondTeacher, bridgeTeacher: readers.bridgeTeacher }
    const heard = async () => Object.fromEntries((await Promise.all(Object.entries(listening).map(async ([name, client]) => [name, await digests(client)]))).filter(([, list]) => list.length))
    const missing = async (client, place) => (await client.get(`/api/v1/campaigns/${campaign.id}/standings?organisation_id=${place}`)).organisation.missing
    const expected = {} // by who hears it, day by day
    const hear = async (days, lines, why) => {
      await daysGoBy(days)
      for (const [name, line] of Object.entries(lines)) (expected[name] ??= []).push(line)
      assert.deepEqual(await heard(), expected, why)
    }
    assert.deepEqual(await heard(), {})
    const left = { xuanwu: await missing(xuanwu, id.xuanwu), lake: await missing(heads.lake, id.lake), second: await missing(heads.second, id.second), lakeRoom: 6, secondRoom: 6 }
    const first = days => ({ xuanwu: `certification ${id.xuanwu} ${days} ${left.xuanwu}`, lake: `certification ${id.lake} ${days} ${left.lake}`, second: `certification ${id.second} ${days} ${left.second}`, lakeTeacher: `certification ${rooms.lake.class_id} ${days} ${left.lakeRoom}`, secondTeacher: `certification ${rooms.second.class_id} ${days} ${left.secondRoom}` })
    await hear(3, first(7), 'seven are left in the county that chose an earlier day')
    await hear(0, {}, 'nobody twice')
    await hear(1, Object.fromEntries(['second', 'xuanwu', 'nanjing', 'province'].map(place => [place, `training ${id[place]} 1 1`])), 'one is left for the training, and one school was not there')
    await hear(3, {}, 'one is left for the rosters, and every school has one')
    const others = {}
    for (const place of ['province', 'nanjing', 'suzhou', 'gusu', 'bridge', 'junior']) others[place] = `certification ${id[place]} 7 ${await missing(readers[place], id[place])}`
    others.bridgeTeacher = `certification ${rooms.bridge.class_id} 7 ${await missing(readers.bridgeTeacher, rooms.bridge.class_id)}`
    await hear(4, { ...first(-1), ...others }, 'the day after there; seven are left for the others, but for the county that took longer')
    const { standing, counts } = (await xuanwu.get(`/api/v1/progress?organisation_id=${id.xuanwu}`)).organisation
    assert.deepEqual([standing.deadline, standing.overdue], [inDays(-1), sizeOf(counts) - counts.certified])
  })

  await t.test('each is overdue by its own deadline, and the bulletin says that it counts so', async () => {
    const { organisation, children } = await nanjing.get(`/api/v1/progress?organisation_id=${id.nanjing}`)
    assert.equal(organisation.standing.overdue, 0)
    assert.ok(children.find(child => child.id === id.xuanwu).standing.overdue > 0)
    const { figures } = await province.get(`/api/v1/bulletin-previews?organisation_id=${id.province}&level=counties`)
    assert.match(figures.definitions.find(one => one.term === 'overdue').zh_cn, /本单位截止日期/)
  })

  const read = (client, { id: bulletin, version }) => client.get(`/api/v1/bulletins/${bulletin}?version=${version}`)
  const publish = async (client, body, counted) => {
    const made = await client.post('/api/v1/bulletins', body)
    bulletinIs(counted, made.figures)
    const { summary, figures } = await client.post(`/api/v1/bulletins/${made.summary.id}/publish`, { revision: made.revision })
    assert.match(summary.number, new RegExp(`〔${inDays(0).slice(0, 4)}〕1号$`))
    published.push({ id: summary.id, version: 1, figures })
    return summary
  }
  await step('6. bulletins: of a day that was kept and of today, numbered; a correction says what it changed, and the first stays', async () => {
    const [day, counted] = [inDays(-1), recount(server)] // nobody decides at night
    const rows = [...counted.places.values()].filter(place => place.kind !== 'class').map(place => `(${place.id}, '${day}', ${place.parent === '0' ? 'NULL' : place.parent}, ${kinds.flatMap(kind => stages.map(stage => place.byKind[kind][stage])).join()}, NULL)`)
    inDatabase(server, `DELETE FROM progress_day; DELETE FROM progress_day_run; INSERT INTO progress_day_run VALUES ('${day}', 'kept', 0, 1); INSERT INTO progress_day VALUES ${rows.join()}`)
    kept = { day, counted }
    await confirm(lake.teacher, 'lake 1')
    const now = recount(server)
    assert.equal(now.of(id.province).certified, counted.of(id.province).certified + 1)
    await publish(province, { organisation_id: id.province, level: 'counties', day }, counted)
    const first = await publish(xuanwu, { organisation_id: id.xuanwu }, now)
    const path = `/api/v1/bulletins/${first.id}`
    await heads.second.post(`${path}/read`)
    await gusu.refused(404, 'GET', path)
    await handInAgain('lake 2')
    await confirm(lake.teacher, 'lake 2')
    const { revision } = await xuanwu.get(path)
    const changes = ({ cells }) => cells.map(({ name, column, before, after }) => `${name} ${column} ${before} ${after}`).sort()
    const was = published[1].figures
    const expected = [was.rows.find(row => row.id === id.lake), was.organisation].flatMap(row => [['certified', 1], ['returned', -1], ['overdue', -1]].map(([column, more]) => `${row.name} ${column} ${row[column]} ${row[column] + more}`)).sort()
    const correction = { revision, reason: '一名学生补正后通过', recompute: true }
    assert.deepEqual(changes(await xuanwu.post(`${path}/correction-preview`, correction)), expected)
    const corrected = await xuanwu.post(`${path}/corrections`, correction)
    assert.deepEqual([corrected.summary.version, corrected.summary.number], [2, first.number])
    bulletinIs(recount(server), corrected.figures)
    published.push({ id: first.id, version: 2, figures: corrected.figures })
    assert.deepEqual(changes(await heads.second.get(`${path}/difference`)), expected)
    assert.equal((await read(heads.second, published[1])).replaced, true)
    assert.equal((await heads.second.get('/api/v1/bulletins?box=above')).items.find(one => one.id === first.id).read, false, 'the new version is unread')
  })

  const problem = {}
  const report = async (name, who, title) => (problem[name] = (await account[who].post('/api/v1/problems', { kind: 'e_card', title, description: '昨天起打不开电子卡。' })).line.id)
  const act = async (client, name, verb, body = {}) => {
    const { version } = await client.get(`/api/v1/desk-problems/${problem[name]}`)
    return client.call('POST', `/api/v1/desk-problems/${problem[name]}/${verb}`, { version, text: '说明', ...body })
  }
  const acted = async (...what) => assert.equal((await act(...what)).status, 200, what.slice(1).join(' '))
  const seen = async (who, name) => {
    const { line, events } = await account[who].get(`/api/v1/problems/${problem[name]}`)
    return [line.state, line.desk_level, line.desk_name, events.at(-1).step].join(' ')
  }
  const waiting = async () => {
    const { whole, own, below } = await province.get(`/api/v1/problem-statistics?organisation_id=${id.province}`)
    assert.equal(whole.waiting, own.waiting + below.reduce((total, one) => total + one.waiting, 0))
    assert.equal(whole.waiting, Number(inDatabase(server, "SELECT COUNT(*) FROM problem WHERE state IN ('open', 'asked')")), 'a recount of the desks')
    return whole.waiting
  }
  await step('7. problems go up by hand and after their time, are merged, solved, and become an answer; their reporters see where they are', async () => {
    await report('card', 'lake 0', '电子卡打不开')
    await report('same', 'bridge 0', '打开电子卡是白屏')
    await report('waits', 'second 0', '班级名称写错了')
    assert.equal(await seen('lake 0', 'card'), `open school ${lake.name} reported`)
    for (const [client, there] of [[heads.lake, 'county 玄武区'], [xuanwu, 'city 南京市'], [nanjing, 'province 江苏省']]) {
      await acted(client, 'card', 'escalate')
      assert.equal(await seen('lake 0', 'card'), `open ${there} escalated`)
      assert.equal(faultOf(await act(client, 'card', 'answer', { solved: true })), '403, problems.not_your_turn')
      await figuresAreRight()
    }
    for (const there of ['county 姑苏区', 'city 苏州市', 'province 江苏省']) {
      inDatabase(server, `UPDATE problem SET due_on = '2020-01-01' WHERE id = ${problem.same}`)
      await again()
      await eventually(async () => (await seen('bridge 0', 'same')) === `open ${there} overdue`, `the problem to be at ${there}`)
    }
    assert.equal(await waiting(), 3)
    await acted(province, 'same', 'merge', { into: problem.card, text: undefined })
    await acted(province, 'card', 'ask', { text: '哪一种手机？' })
    assert.equal(await seen('bridge 0', 'same'), 'asked province 江苏省 asked')
    await account['lake 0'].post(`/api/v1/problems/${problem.card}/messages`, { text: '学校的平板。' })
    await acted(province, 'card', 'answer', { text: '请更新客户端后重新打开。', solved: true })
    for (const [who, name] of [['lake 0', 'card'], ['bridge 0', 'same']]) assert.equal(await seen(who, name), 'solved province 江苏省 solved')
    assert.ok(!JSON.stringify(await account['bridge 0'].get(`/api/v1/problems/${problem.same}`)).includes('平板'))
    const entry = await province.post(`/api/v1/desk-problems/${problem.card}/question`)
    await province.post(`/api/v1/questions/${entry.id}/publish`, { version: entry.version, number: entry.number })
    const [entryFound] = (await account['kun 0'].get(`/api/v1/answers?query=${encodeURIComponent('电子卡')}`)).items
    assert.equal((await account['kun 0'].get(`/api/v1/answers/${entryFound.id}`)).answer, '请更新客户端后重新打开。')
    assert.equal(await waiting(), 1)
    assert.equal(await seen('second 0', 'waits'), 'open school 玄武区第二小学 reported')
  })

  let [prepared, review] = []
  const newcomers = children(2, 45)
  await step('8. a county gets another name and two schools become one while a review, an import and a problem wait: nothing is lost', async () => {
    const county = await nanjing.get(`/api/v1/organisations/${id.xuanwu}`)
    await nanjing.patch(`/api/v1/organisations/${id.xuanwu}`, { version: county.version, name: '玄武湖区' })
    assert.equal((await xuanwu.get(`/api/v1/progress?organisation_id=${id.xuanwu}`)).organisation.name, '玄武湖区')
    assert.equal((await xuanwu.get(`/api/v1/bulletins/${published[1].id}`)).figures.organisation.name, '玄武区', 'what was published keeps the name of its day')
    prepared = await dryRun(heads.second, id.second, rosterOf([...pupils.second, both, ...newcomers], lake.class_name, year - 1))
    assert.deepEqual([prepared.counts.fresh, prepared.counts.unchanged], [2, 7])
    const order = { act: 'merge', organisations: [id.second], into: id.lake, offices: [heads.second.appointment.id], on: inDays(3) }
    const preview = await xuanwu.post('/api/v1/restructurings/preview', order)
    assert.deepEqual([preview.planned, preview.blockers, preview.people, preview.doubles, preview.waiting, preview.renumbered, preview.retired_codes], [true, [], 7, 1, 1, 1, ['2132000071']])
    assert.deepEqual(preview.offices.map(one => [one.user_name, one.fate]), [['admin.second', 'goes']])
    await xuanwu.refused(409, 'POST', '/api/v1/restructurings', { ...order, people: 6 }, 'restructuring.people')
    const plan = await xuanwu.post('/api/v1/restructurings', { ...order, people: 7 })
    assert.deepEqual([plan.state, plan.effective_on], ['planned', inDays(3)])
    await figuresAreRight()
    await apply('second', 3) // until then everything goes on
    await confirm(readers.secondTeacher, 'second 3')
    account['second 4'] = await register(url, pupils.second[4], 'pupil.second.4')
    application['second 4'] = await draft(account['second 4'], pupilProfile(pupils.second[4], rooms.second))
    const before = recount(server)
    inDatabase(server, `UPDATE restructuring SET effective_on = ${daysEarlier('effective_on', 3)} WHERE id = ${plan.id}`)
    await again()
    await eventually(async () => (await xuanwu.get(`/api/v1/restructurings/${plan.id}`)).state === 'done', 'the merger')
    readers.second = xuanwu
    rooms.second.id = id.lake
    await figuresAreRight()
    const after = recount(server)
    assert.deepEqual(after.of(id.second), none())
    assert.deepEqual(after.of(id.xuanwu), sum([before.of(id.xuanwu), { ...none(), not_begun: -1 }]), 'who stood in both rosters counts once, as certified')
    assert.deepEqual(after.of(rooms.second.class_id), sum([before.of(rooms.second.class_id), { ...none(), not_begun: -1 }]), 'the class is there with its people')
    const { items } = await heads.lake.get(`/api/v1/organisations/${id.lake}/children?limit=200`)
    assert.deepEqual([items.map(one => one.id).sort(), new Set(items.map(one => one.class_number)).size], [[rooms.lake.class_id, rooms.second.class_id].sort(), 2])
    // Offices: the head goes along, the class teacher stays with the class, and so does what waits for them.
    assert.deepEqual((await heads.second.get('/api/v1/me')).roles.map(one => one.organisation_id), [id.lake])
    assert.equal((await heads.lake.get(`/api/v1/reviews?organisation_id=${id.lake}&all=true`)).items.some(one => one.id === application['second 1'].id), true)
    review = await readers.secondTeacher.get(`/api/v1/reviews/${application['second 1'].id}`)
    await confirm(readers.secondTeacher, 'second 1') // as it was opened before
    await again() // what lies where nobody is goes on with the next round
    await eventually(async () => (await seen('second 0', 'waits')) === `open school ${lake.name} closed`, 'the problem to be at the desk of the school')
    await acted(heads.lake, 'waits', 'answer', { text: '已更正。', solved: true })
    assert.equal(await seen('second 0', 'waits'), `solved school ${lake.name} solved`)
    for (const who of ['second 0', 'second 1', 'lake 7']) await eventually(async () => JSON.stringify(await account[who].get('/api/v1/card')).includes(lake.name), `the card of ${who} to name the school`)
    assert.equal(faultOf(await gusu.call('POST', '/api/v1/organisations', { parent_id: id.gusu, kind: 'school', name: '又一所', school_code: '2132000071', school_kind: 'primary' })).split(',')[0], '409')
  })

  const unfinished = ['second 2', 'second 4'] // returned, and not yet handed in, when the schools became one
  await t.test('applications arrive whole: they match the roster as before, and what was begun is handed in', async () => {
    assert.deepEqual([review.roster_match, review.comparison.filter(one => one.match !== 'same')], ['exact', []])
    for (const who of unfinished) await handInAgain(who)
  })

  await step('9. an administrator hands over and reaches nothing any more; an inspector reads everything and changes nothing', async () => {
    await report('gusu', 'bridge 0', '审核太慢')
    await acted(heads.bridge, 'gusu', 'escalate')
    const successor = await register(url, people(1, { seed: 46, from: 1980, to: 1985 })[0], 'follows.gusu')
    const views = place => [`progress?organisation_id=${place}`, `progress.csv?organisation_id=${place}`, `roster-entries?organisation_id=${place}`, `campaigns/${campaign.id}/standings?organisation_id=${place}`, `training-gaps?organisation_id=${place}&role=school_admin`, `bulletin-previews?organisation_id=${place}`, `desk-problems?organisation_id=${place}&where=here`, `offices?organisation_id=${place}`, `restructurings?organisation_id=${place}`].map(view => `/api/v1/${view}`)
    const reached = async (client, paths) => (await Promise.all(paths.map(async path => (await client.call('GET', path)).status))).filter(status => ![403, 404].includes(status))
    const far = views(id.gusu).filter(path => !path.includes('roster-entries'))
    const near = [...views(id.bridge), `/api/v1/reviews/${application['bridge 0'].id}`, `/api/v1/desk-problems/${problem.gusu}`]
    const all = [...far, ...near]
    const everything = all.map(() => 200)
    assert.deepEqual([await reached(gusu, all), await reached(successor, all)], [everything, []])
    const { appointments } = await suzhou.post('/api/v1/hand-overs', { account_id: gusu.account_id, appointments: [gusu.appointment.id], user_name: 'follows.gusu' })
    assert.deepEqual(appointments.map(one => [one.role, one.user_name]), [['county_admin', 'follows.gusu']])
    assert.deepEqual((await gusu.get('/api/v1/me')).roles, [])
    assert.deepEqual([await reached(gusu, all), await reached(successor, all)], [[], everything])
    for (const [verb, path, body] of [['POST', '/api/v1/bulletins', { organisation_id: id.gusu }], ['POST', '/api/v1/campaigns', { ...campaignOf(9), organisation_id: id.gusu }], ['POST', `/api/v1/desk-problems/${problem.gusu}/take`, { version: 1, text: '' }]]) assert.ok([403, 404].includes((await gusu.call(verb, path, body)).status), path)
    readers.gusu = successor
    await acted(successor, 'gusu', 'answer', { text: '已催办。', solved: true })
    const inspector = await officer(url, nanjing, id.xuanwu, 'inspector', 'inspects.xuanwu', '督学')
    await apply('lake', 4)
    for (const path of [...views(id.xuanwu).filter(path => !path.includes('roster-entries')), ...views(id.lake), `/api/v1/reviews/${application['lake 4'].id}`, `/api/v1/bulletins/${published[1].id}`, `/api/v1/desk-problems/${problem.waits}`]) assert.equal((await inspector.call('GET', path)).status, 200, path)
    assert.deepEqual((await inspector.get(`/api/v1/progress?organisation_id=${id.xuanwu}`)).organisation.counts, (await xuanwu.get(`/api/v1/progress?organisation_id=${id.xuanwu}`)).organisation.counts)
    assert.equal((await inspector.call('GET', `/api/v1/progress?organisation_id=${id.gusu}`)).status, 403)
    const { version } = application['lake 4']
    for (const [verb, path, body] of [
      ['POST', `applications/${application['lake 4'].id}/decision`, { version, verdict: 'approve' }], ['POST', 'bulletins', { organisation_id: id.xuanwu }], ['POST', 'campaigns', { ...campaignOf(9), organisation_id: id.xuanwu }],
      ['PUT', `campaigns/${campaign.id}/deadline`, { organisation_id: id.xuanwu, phase: 'certification', deadline: inDays(3), later: 'locked', version: 1 }], ['POST', `campaigns/${campaign.id}/call`, { organisation_id: id.xuanwu }],
      ['POST', 'training-sessions', { ...sessionOf({ organisation_id: id.xuanwu, role: 'school_admin' }), organisation_id: id.xuanwu }], ['POST', `desk-problems/${problem.waits}/notes`, { text: '不' }],
      ['POST', 'restructurings', { act: 'close', organisations: [id.lake], people: 1 }], ['PATCH', `organisations/${id.lake}`, { version: 1, name: '改名' }], ['POST', `roster-imports/${prepared.id}/confirm`, { create_classes: true, mark_missing_left: true }],
      ['POST', 'appointments', { organisation_id: id.lake, role: 'inspector', user_name: 'one.more', name: '某' }],
    ]) assert.match(faultOf(await inspector.call(verb, `/api/v1/${path}`, body)), /^403, http.inspector_only_reads$|^404, applications.unknown$/, path)
    assert.equal((await account['lake 4'].get(`/api/v1/applications/${application['lake 4'].id}`)).state, 'submitted')
  })

  await step('10. the server is killed in the middle of work and starts again: nothing that was said is lost', async () => {
    const more = [['lake', 5], ['lake', 6], ['second', 5], ['bridge', 2], ['bridge', 3], ['kun', 1], ['kun', 2]]
    await Promise.all(more.map(([place, at]) => apply(place, at)))
    for (const who of unfinished) if ((await account[who].get(`/api/v1/applications/${application[who].id}`)).state !== 'submitted') await handInAgain(who, { school_id: id.lake })
    const crowd = children(300, 47)
    const ready = await dryRun(heads.kun, id.kun, rosterOf(crowd, lake.class_name, year - 1))
    await figuresAreRight()
    const lists = ['campaigns', `campaigns/${campaign.id}/changes?organisation_id=${id.province}`, `training-gaps?organisation_id=${id.province}&role=school_admin`, `bulletins?organisation_id=${id.province}`, `desk-problems?organisation_id=${id.province}&where=solved`, `questions?organisation_id=${id.province}`, `restructurings?organisation_id=${id.province}`, `offices?organisation_id=${id.gusu}`]
    const written = () => Promise.all(lists.map(path => province.get(`/api/v1/${path}`)))
    const before = await written()
    const counted = recount(server)
    const reviewers = { lake: lake.teacher, second: readers.secondTeacher, bridge: readers.bridgeTeacher, kun: heads.kun }
    const all = ['lake 4', ...unfinished, ...more.map(([place, at]) => `${place} ${at}`)]
    const queue = [...all]
    const acknowledged = []
    let killed
    await heads.kun.post(`/api/v1/roster-imports/${ready.id}/confirm`, { create_classes: false, mark_missing_left: false })
    await Promise.all(Array.from({ length: 3 }, async () => {
      for (let who = queue.shift(); who && !killed; who = queue.shift()) {
        const answer = await decide(reviewers[who.split(' ')[0]], application[who]).catch(() => undefined)
        if (answer) assert.equal(answer.status, 200, JSON.stringify(answer.body))
        if (answer) acknowledged.push(who)
        if (acknowledged.length >= 4) killed ??= server.kill()
      }
    }))
    await killed
    await server.start()
    await settled(heads.kun, ready.id, ['done'])
    await figuresAreRight()
    assert.deepEqual(await written(), before)
    for (const who of acknowledged) assert.equal((await account[who].get('/api/v1/card')).card_number.length, 16, who)
    for (const who of all) {
      const { status, body } = await decide(reviewers[who.split(' ')[0]], application[who])
      assert.ok(status === 200 ? !acknowledged.includes(who) : body.code === 'applications.already_decided', `${who}: ${status} ${body.code}`)
    }
    const now = recount(server).of(id.province)
    assert.deepEqual([now.certified - counted.of(id.province).certified, now.in_review], [all.length, 0])
    assert.equal(sizeOf(now), sizeOf(counted.of(id.province)) + new Set(crowd.map(person => person.number)).size)
    assert.equal((await importRoster(heads.kun, id.kun, rosterOf(crowd, lake.class_name, year - 1))).counts.fresh, 0)
    await server.stop()
    const doctor = educard(server.data, ['doctor'])
    assert.equal(doctor.status, 0, doctor.out + doctor.err)
    await server.start()
  })

  await step('11. a pupil changes schools: listed by both for a while, certified only where the school has confirmed them', async () => {
    const [mover, early] = [pupils.kun[0], children(1, 48)[0]]
    const list = people => rosterOf(people, lake.class_name, year - 1)
    const counts = () => ['kun', 'bridge'].map(place => recount(server).of(id[place]))
    const moves = async (what, act, kun, bridge) => {
      const before = counts()
      await act()
      await figuresAreRight()
      const more = (one, by) => Object.fromEntries(stages.map(stage => [stage, one[stage] + (by[stage] ?? 0)]))
      assert.deepEqual(counts(), [more(before[0], kun), more(before[1], bridge)], what)
    }
    const listed = await dryRun(heads.bridge, id.bridge, list([...pupils.bridge, mover]))
    assert.deepEqual([listed.counts.fresh, listed.counts.elsewhere], [1, 1])
    const rows = client => client.all(`/api/v1/roster-imports/${listed.id}/rows?elsewhere=true`)
    assert.deepEqual((await rows(heads.bridge)).map(row => [row.name, row.elsewhere, row.elsewhere_names]), [[mover.name, true, []]], 'where, is not for another school to see')
    assert.deepEqual((await rows(province)).map(row => row.elsewhere_names), [['昆山市玉山小学']])
    const write = async () => {
      await heads.bridge.post(`/api/v1/roster-imports/${listed.id}/confirm`, { create_classes: false, mark_missing_left: false })
      await settled(heads.bridge, listed.id, ['done'])
    }
    await moves('the new school lists them', write, {}, { not_begun: 1 })
    const apply = async () => (application.mover = await handIn(account['kun 0'], pupilProfile(mover, rooms.bridge)))
    await moves('they apply there', apply, {}, { not_begun: -1, in_review: 1 })
    await moves('it confirms them', () => confirm(readers.bridgeTeacher, 'mover'), { certified: -1, not_begun: 1 }, { in_review: -1, certified: 1 })
    await eventually(async () => JSON.stringify(await account['kun 0'].get('/api/v1/card')).includes('观前小学'), 'the card to name the new school')

    await moves('the old school lists somebody else, too', () => importRoster(heads.kun, id.kun, list([early])), { not_begun: 1 }, {})
    account.early = await register(url, early, 'pupil.early')
    await moves('who applies where no roster has them yet', async () => (application.early = await handIn(account.early, pupilProfile(early, rooms.bridge))), { not_begun: -1, in_review: 1 }, {})
    assert.equal((await readers.bridgeTeacher.get(`/api/v1/reviews/${application.early.id}`)).roster_match, 'differs')
    await moves('is in review there once it does', () => importRoster(heads.bridge, id.bridge, list([early])), { in_review: -1, not_begun: 1 }, { in_review: 1 })
    assert.equal((await readers.bridgeTeacher.get(`/api/v1/reviews/${application.early.id}`)).roster_match, 'exact')
    await moves('and there they are turned down', () => confirm(readers.bridgeTeacher, 'early', 'reject', '请在原校办理'), {}, { in_review: -1, not_begun: 1 })

    const staying = new Map([...pupils.kun, ...children(300, 47)].filter(person => person.number !== mover.number).map(person => [person.number, person]))
    await moves('the old school lets both go', () => importRoster(heads.kun, id.kun, list([...staying.values()]), { markMissingLeft: true }), { not_begun: -2 }, {})
    assert.equal((await account['kun 0'].get('/api/v1/card')).card_number.length, 16)
    await moves('and takes one back, who is elsewhere now', () => importRoster(heads.kun, id.kun, list([mover])), { not_begun: 1 }, {})
  })

  await t.test('an import that was prepared at a school that ended is refused, or brings its people to where their class is', async () => {
    const { status, body } = await xuanwu.call('POST', `/api/v1/roster-imports/${prepared.id}/confirm`, { create_classes: false, mark_missing_left: false })
    assert.ok([200, 409].includes(status), `${status} ${body.code}`)
    if (status === 200) {
      await settled(xuanwu, prepared.id, ['done'])
      const names = (await heads.lake.all(`/api/v1/roster-entries?organisation_id=${id.lake}`)).map(entry => entry.name)
      for (const { name } of newcomers) assert.ok(names.includes(name), `${name} is in the roster of the school`)
    }
    await figuresAreRight()
  })
})
