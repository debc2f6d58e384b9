// Organisations merge, split and move, classes go to other schools: what follows is told first, all that hangs on them goes along,
// and the counts of progress stay right.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handIn, pupilProfile, register } from '../support/accounts.mjs'
import { eventually } from '../support/client.mjs'
import { county, officer } from '../support/county.mjs'
import { daysEarlier, inDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { dryRun, importRoster, rosterOf, settled } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const year = new Date().getFullYear() - 1
const chinaDay = (days = 0) => new Date(Date.now() + 8 * 3600_000 + days * 86400_000).toISOString().slice(0, 10)

test('restructuring', { timeout: 300_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const { admin: province } = await smallSchool(server)
  const a = await county(server, province, { name: '玄武区', city: '南京', letter: 'a', seed: 11 })
  const { countyAdmin } = a
  await countyAdmin.post(`/api/v1/restructurings/${a.restructuring}/call-off`) // its planned closing contradicts what is done here
  const preview = body => countyAdmin.post('/api/v1/restructurings/preview', body)
  const order = async body => countyAdmin.call('POST', '/api/v1/restructurings', { ...body, people: (await preview(body)).people })
  const done = async body => {
    const answer = await order(body)
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    return answer.body
  }
  const read = id => countyAdmin.get(`/api/v1/organisations/${id}`)
  const totals = async id => (await countyAdmin.get(`/api/v1/progress?organisation_id=${id}`)).organisation.counts
  const sum = counts => Object.values(counts).reduce((all, n) => all + n, 0)
  const children = async id => (await countyAdmin.get(`/api/v1/organisations/${id}/children?limit=200`)).items
  const newSchool = async (name, school_code) => (await countyAdmin.post('/api/v1/organisations', { parent_id: a.county, kind: 'school', name, school_code, school_kind: 'primary' })).id
  const countsAreRight = () => {
    const doctor = educard(server.data, ['doctor'])
    assert.doesNotMatch(doctor.out, /are not those of its roster/, doctor.out)
    const wrong = inDatabase(server, `SELECT p.organisation_id FROM progress p JOIN organisation o ON o.id = p.organisation_id WHERE o.kind = 'school'
      AND p.student_not_begun + p.student_in_review + p.student_returned + p.student_certified + p.teacher_not_begun + p.teacher_in_review + p.teacher_returned + p.teacher_certified
          + p.staff_not_begun + p.staff_in_review + p.staff_returned + p.staff_certified
        <> (SELECT COUNT(*) FROM roster_entry e WHERE e.school_id = p.organisation_id AND e.state = 'active')
      UNION ALL SELECT e.school_id FROM roster_entry e LEFT JOIN progress p ON p.organisation_id = e.school_id WHERE e.state = 'active' AND p.organisation_id IS NULL`)
    assert.equal(wrong.trim(), '', 'counts agree with the rosters')
  }

  // The other school has a class of the same year and number, and one pupil and one teacher who stand in both rosters.
  const other = await newSchool('玄武区第二小学', '2132000071')
  const otherAdmin = await officer(url, countyAdmin, other, 'school_admin', 'other.admin', '二小管理员')
  const pupils = people(5, { seed: 91, from: 2016, to: 2017 })
  await importRoster(otherAdmin, other, rosterOf([...pupils, a.pupils[3]], '二年级（3）班', year))
  const [otherRoom] = await children(other)
  const waiting = await register(url, pupils[0], 'waits.there')
  const application = await handIn(waiting, pupilProfile(pupils[0], { id: other, class_id: otherRoom.id }))
  const merge = { act: 'merge', organisations: [other], into: a.school }

  await t.test('what follows is told first', async () => {
    const seen = await preview(merge)
    assert.deepEqual([seen.people, seen.students, seen.doubles, seen.waiting, seen.renumbered, seen.retired_codes], [6, 6, 1, 1, 1, ['2132000071']])
    assert.deepEqual(seen.units.map(one => one.name === one.new_name), [false], 'number 3 is taken')
    assert.deepEqual(seen.offices.map(one => [one.user_name, one.fate]), [['other.admin', 'ends']])
    assert.deepEqual([seen.blockers, seen.planned, seen.can_be_undone], [[], false, false])
    await a.schoolAdmin.refused(403, 'POST', '/api/v1/restructurings/preview', merge, 'scope.outside')
  })

  await t.test('what does not fit is said, by field or as what stands in the way, and changes nothing', async () => {
    const wrong = async body => (await countyAdmin.call('POST', '/api/v1/restructurings/preview', body)).body
    assert.equal((await wrong({ act: 'merge', organisations: [other] })).errors[0].path, 'into')
    assert.equal((await wrong({ act: 'merge', organisations: [other], into: other })).errors[0].code, 'restructuring.into_itself')
    assert.equal((await wrong({ act: 'split', organisations: [other], children: [a.room], into: a.school })).errors[0].code, 'restructuring.not_below')
    const senior = (await countyAdmin.post('/api/v1/organisations', { parent_id: a.county, kind: 'school', name: '玄武区高级中学', school_code: '3432000072', school_kind: 'senior' })).id
    assert.deepEqual((await wrong({ act: 'merge', organisations: [other], into: senior })).blockers.map(one => one.code), ['organisations.stage_not_taught'])
    assert.deepEqual((await wrong({ ...merge, on: '2001-01-01' })).blockers.map(one => one.code), ['organisations.before_last_change'])
    const stale = await countyAdmin.call('POST', '/api/v1/restructurings', { ...merge, people: 5 })
    assert.deepEqual([stale.status, stale.body.code], [409, 'restructuring.people'])
    assert.equal((await read(other)).valid_to, null)
    countsAreRight()
  })

  await t.test('two schools become one: class, roster, application, offices and counts go along', async () => {
    const before = sum(await totals(a.county))
    const made = await done(merge)
    assert.equal(made.state, 'done')
    assert.deepEqual([(await read(other)).valid_to, (await read(otherRoom.id)).parent_id], [chinaDay(), a.school])
    const numbers = (await children(a.school)).map(one => one.class_number).sort()
    assert.deepEqual(numbers, [1, 3])
    assert.equal(sum(await totals(a.county)), before - 1, 'who was in both rosters counts once')
    countsAreRight()
    const { version } = await read(other)
    await countyAdmin.refused(409, 'POST', `/api/v1/organisations/${other}/reopen`, { version }, 'organisations.went_into_another')
    const [told] = (await countyAdmin.get(`/api/v1/audit-events?organisation_id=${a.county}&action=restructuring.done`)).items
    assert.deepEqual([told.details.act, told.details.organisations, told.details.into], ['merge', (await read(other)).name, (await read(a.school)).name])
    // The school's administrator sees and decides on what waited at the other school; the former one reaches nothing.
    assert.equal((await a.schoolAdmin.get(`/api/v1/reviews?organisation_id=${a.school}&all=true`)).items.some(one => one.id === application.id), true)
    assert.deepEqual((await otherAdmin.get('/api/v1/me')).roles, [])
    await otherAdmin.refused(403, 'GET', `/api/v1/roster-entries?organisation_id=${otherRoom.id}`)
    assert.equal((await a.schoolAdmin.get(`/api/v1/roster-entries?organisation_id=${otherRoom.id}`)).items.length, 5)
    await countyAdmin.refused(409, 'POST', '/api/v1/organisations', { parent_id: a.county, kind: 'school', name: '又一所', school_code: '2132000071', school_kind: 'primary' }, 'organisations.school_code_taken')
    const states = await countyAdmin.get(`/api/v1/organisations/${otherRoom.id}/history`)
    assert.deepEqual(states.map(one => [one.change, one.parent_id]), [['founded', other], ['moved', a.school]])
  })

  let branch
  await t.test('a class with its certified pupil goes to a new school: the card names it', async () => {
    assert.match((await a.pupil.get('/api/v1/card')).school ?? JSON.stringify(await a.pupil.get('/api/v1/card')), /望月小学/)
    const made = await done({ act: 'split', organisations: [a.school], children: [a.room], founded: { name: '玄武区望月分校', school_code: '2132000073' } })
    branch = made.into_id
    assert.equal((await read(a.room)).parent_id, branch)
    countsAreRight()
    assert.match(JSON.stringify(await a.pupil.get('/api/v1/card')), /望月分校/)
    assert.deepEqual((await a.teacher.get('/api/v1/me')).roles.map(one => one.organisation_id), [a.room], 'the class teacher stays with the class')
    assert.ok(sum(await totals(branch)) >= 5)
    const wrong = await countyAdmin.call('POST', '/api/v1/restructurings', { act: 'split', organisations: [a.school], children: [otherRoom.id], founded: { name: '', school_code: '1' } })
    assert.deepEqual([...new Set(wrong.body.errors.map(one => one.path))].sort(), ['founded.name', 'founded.school_code'])
  })

  await t.test('classes go back in a job', async () => {
    const { id, job_id } = await done({ act: 'move_classes', children: [a.room, otherRoom.id].filter(one => one !== otherRoom.id), into: a.school })
    assert.ok(job_id)
    const over = await eventually(async () => {
      const one = await countyAdmin.get(`/api/v1/restructurings/${id}`)
      return one.state !== 'running' && one
    }, 'the classes to be moved')
    assert.deepEqual([over.state, over.moved], ['done', 1])
    assert.equal((await read(a.room)).parent_id, a.school)
    countsAreRight()
  })

  await t.test('an order whose work was given up says so', async () => {
    const { items: [{ id, job_id }] } = await countyAdmin.get(`/api/v1/restructurings?organisation_id=${a.county}&state=done`)
    inDatabase(server, `UPDATE restructuring SET state = 'running', finished_at = NULL WHERE id = ${id}; UPDATE job SET state = 'failed', error = NULL WHERE id = ${job_id}`)
    await server.stop()
    await server.start() // the sweep begins with it
    for (const client of [countyAdmin, a.schoolAdmin, province]) client.url = server.url
    const over = await eventually(async () => {
      const one = await countyAdmin.get(`/api/v1/restructurings/${id}`)
      return one.state !== 'running' && one
    }, 'the order to be settled')
    assert.deepEqual([over.state, over.error], ['failed', 'restructuring.stopped'])
  })

  await t.test('a list that the county had read is not written into a school that reports elsewhere by now', async () => {
    const { school_code } = await read(a.school)
    const list = rosterOf(people(2, { seed: 93 }), '一年级（9）班', year).split('\r\n').filter(Boolean).map((line, at) => `${at ? school_code : '学校标识码'},${line}`).join('\r\n')
    const judged = await dryRun(countyAdmin, a.county, list)
    const elsewhere = (await province.get(`/api/v1/organisations?query=${encodeURIComponent('姑苏区')}&kind=county`)).items[0]
    const confirm = () => countyAdmin.call('POST', `/api/v1/roster-imports/${judged.id}/confirm`, { create_classes: true, mark_missing_left: false })
    const move = async into => {
      const body = { act: 'move', organisations: [a.school], into }
      await province.post('/api/v1/restructurings', { ...body, people: (await province.post('/api/v1/restructurings/preview', body)).people })
    }
    await move(elsewhere.id)
    const { status, body } = await confirm()
    assert.deepEqual([status, body.code], [409, 'roster.places_changed'])
    assert.deepEqual((await children(a.school).catch(() => [])).filter(one => /9/.test(one.name)), [], 'no class was made')
    await move(a.county)
    assert.equal((await confirm()).status, 200, 'nothing else stood in the way')
    await settled(countyAdmin, judged.id, ['done'])
    countsAreRight()
  })

  await t.test('a plan is kept for its day, called off, or carried out then', async () => {
    const plan = { act: 'close', organisations: [branch], on: chinaDay(5) }
    const first = await done(plan)
    assert.deepEqual([first.state, first.effective_on], ['planned', chinaDay(5)])
    assert.equal((await countyAdmin.post(`/api/v1/restructurings/${first.id}/call-off`)).state, 'called_off')
    await countyAdmin.refused(409, 'POST', `/api/v1/restructurings/${first.id}/call-off`, undefined, 'restructuring.not_planned')
    const second = await done(plan)
    inDatabase(server, `UPDATE restructuring SET effective_on = ${daysEarlier('effective_on', 5)} WHERE state = 'planned'`)
    await server.stop()
    await server.start() // the sweep begins with it
    for (const client of [countyAdmin, a.schoolAdmin, province]) client.url = server.url
    await eventually(async () => (await countyAdmin.get(`/api/v1/restructurings/${second.id}`)).state === 'done', 'the plan to be carried out')
    assert.equal((await read(branch)).valid_to, chinaDay())
    const { items } = await countyAdmin.get(`/api/v1/restructurings?organisation_id=${a.county}&state=called_off`)
    assert.deepEqual(items.map(one => one.id), [first.id, a.restructuring])
  })

  await t.test('a new school year: previewed, founded, and nothing twice', async () => {
    const body = { school_id: a.school, entry_year: year + 1, stages: [{ stage: 'primary', classes: 3 }] }
    const seen = await a.schoolAdmin.post('/api/v1/school-years/preview', body)
    assert.deepEqual([seen.fresh, seen.classes.map(one => one.name)], [3, ['一年级（1）班', '一年级（2）班', '一年级（3）班']])
    assert.equal((await a.schoolAdmin.post('/api/v1/school-years', body)).fresh, 3)
    assert.equal((await a.schoolAdmin.post('/api/v1/school-years', body)).fresh, 0)
    const wrong = await a.schoolAdmin.call('POST', '/api/v1/school-years', { ...body, entry_year: 1990, stages: [{ stage: 'senior', classes: 0 }] })
    assert.deepEqual(wrong.body.errors.map(one => one.path), ['entry_year', 'stages[0].stage', 'stages[0].classes'])
  })
})
