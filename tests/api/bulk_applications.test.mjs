// Applications that are re-opened and closed many at once: a dry run first, each application turned as by a single decision, what changed
// meanwhile left alone, undone for a week; and nothing is lost or doubled when the power goes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { Client, eventually } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { connection, inDatabase, onPostgres } from '../support/database.mjs'
import { people, random } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const env = { EDUCARD_LIMIT_NETWORKS: 'false' }
const year = new Date().getFullYear() - 1
const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)
const tomorrow = new Date(Date.now() + 32 * 3600_000).toISOString().slice(0, 10)
const day_us = 86_400_000_000
const seed = Number(process.env.EDUCARD_TEST_SEED ?? Date.now() % 100_000)

const work = (client, id) => client.get(`/api/v1/bulk-works/${id}`)
const settled = (client, id) =>
  eventually(async () => {
    const found = await work(client, id)
    return !['counting', 'running'].includes(found.state) && found
  }, `the bulk work ${id}`, 180)
async function dryRun(client, body) {
  const { id } = await client.post('/api/v1/bulk-works', body)
  return settled(client, id)
}
async function carryOut(client, id, reason) {
  await client.post(`/api/v1/bulk-works/${id}/confirm`, { reason })
  return settled(client, id)
}
async function undoing(client, id) {
  const made = await client.post(`/api/v1/bulk-works/${id}/undo`)
  return settled(client, made.id)
}
const items = (client, id, outcome) => client.all(`/api/v1/bulk-works/${id}/items?outcome=${outcome}&limit=2`)
const why = ({ why: list }) => Object.fromEntries(list.map(one => [one.reason.replace('applications.', ''), one.total]))

/** Makes an application that many days older. */
const age = (server, { id }, days) => inDatabase(server, `UPDATE application SET submitted_at = submitted_at - ${days * day_us}, decided_at = decided_at - ${days * day_us} WHERE id = ${id}`)

function countsAreRight(server) {
  const doctor = educard(server.data, ['doctor'])
  assert.doesNotMatch(doctor.out, /are not those of its roster/, doctor.out)
}

test('applications in bulk', { timeout: 600_000 }, async t => {
  const server = await fresh(t, { env })
  const { url } = server
  const school = await smallSchool(server)
  const { admin: province, teacher } = school
  const { parent_id: county } = await province.get(`/api/v1/organisations/${school.id}`)
  const schoolAdmin = await officer(url, province, school.id, 'school_admin', 'the.head', '校管理员')
  const inspector = await officer(url, province, county, 'inspector', 'the.inspector', '督学')
  const elsewhere = (await province.get(`/api/v1/organisations?query=${encodeURIComponent('姑苏区')}&kind=county`)).items[0]
  const neighbour = await officer(url, province, elsewhere.id, 'county_admin', 'the.neighbour', '邻县管理员')
  const colleague = await officer(url, province, county, 'county_admin', 'the.colleague', '同事')
  // The county's administrator is a parent of one of the pupils.
  const [parent] = people(1, { seed: 77, from: 1980, to: 1981 })
  const countyAdmin = await register(url, parent, 'the.parent')
  await province.post('/api/v1/appointments', { organisation_id: county, role: 'county_admin', user_name: 'the.parent' })

  const children = people(14, { seed: 5, from: 2016, to: 2017 })
  await importRoster(province, school.id, rosterOf(children, school.class_name, year))
  const pupils = []
  for (const [at, child] of children.entries()) {
    const account = await register(url, child, `pupil.${at}`)
    const profile = pupilProfile(child, school)
    if (at === 4) profile.guardians[0].document = { kind: 'resident_id', number: parent.number }
    const pupil = { account, child, profile, application: await handIn(account, profile) }
    pupil.read = async () => account.get(`/api/v1/applications/${pupil.application.id}`)
    pupil.last = async () => (await account.get(`/api/v1/applications/${pupil.application.id}/history`)).at(-1)
    pupil.decide = async (verdict, reason) => {
      const answer = await decide(teacher, await pupil.read(), verdict, reason)
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
    }
    pupils.push(pupil)
  }
  const totals = async () => (await province.get(`/api/v1/progress?organisation_id=${county}`)).organisation.counts
  const expect = async (list, states) => assert.deepEqual(await Promise.all(list.map(async one => (await one.read()).state)), states)

  const returned = pupils.slice(0, 5)
  const closing = { action: 'close', organisation_id: county, state: 'returned', before: today }
  for (const pupil of returned) {
    await pupil.decide('send_back', '姓名请按证件填写')
    age(server, pupil.application, 40)
  }

  await t.test('what cannot be asked for is said by field', async () => {
    const wrong = async body => (await countyAdmin.call('POST', '/api/v1/bulk-works', { organisation_id: county, ...body })).body.errors?.map(one => `${one.path} ${one.code}`)
    assert.deepEqual(await wrong({ action: 'close' }), ['state required', 'before required'])
    assert.deepEqual(await wrong({ action: 'close', state: 'approved', before: today }), ['state value'])
    assert.deepEqual(await wrong({ action: 'reopen', state: 'submitted' }), ['state value'])
    assert.deepEqual(await wrong({ action: 'undo' }), ['action value'])
    assert.deepEqual(await wrong({ ...closing, before: tomorrow }), ['before applications.day_implausible'])
    assert.deepEqual(await wrong({ ...closing, since: today }), ['since applications.day_implausible'])
    assert.deepEqual(await wrong({ action: 'reopen', since: tomorrow }), ['since applications.day_implausible'])
  })

  await t.test('only administrators of the place, and nobody who inspects', async () => {
    await teacher.refused(403, 'POST', '/api/v1/bulk-works', closing)
    await inspector.refused(403, 'POST', '/api/v1/bulk-works', closing, 'http.inspector_only_reads')
    await neighbour.refused(403, 'POST', '/api/v1/bulk-works', closing, 'scope.outside')
    await schoolAdmin.refused(403, 'POST', '/api/v1/bulk-works', closing, 'scope.outside')
    await returned[0].account.refused(403, 'POST', '/api/v1/bulk-works', closing)
  })

  const told = async client => (await client.get('/api/v1/me/notices')).filter(one => one.kind === 'applications.bulk').map(({ details }) => [details.action, details.by, details.done, details.reason])
  let closed
  await t.test('a dry run says what would be closed and what not, and changes nothing', async () => {
    const before = await Promise.all(returned.map(one => one.read()))
    closed = await dryRun(countyAdmin, closing)
    assert.deepEqual([closed.state, closed.total, closed.left_out, closed.done, closed.is_full, closed.may_confirm, closed.may_undo], ['ready', 4, 1, 0, false, true, false])
    assert.deepEqual(why(closed), { own_application: 1 })
    assert.deepEqual((await items(countyAdmin, closed.id, 'planned')).map(one => one.name).sort(), returned.slice(0, 4).map(one => one.child.name).sort())
    assert.deepEqual(await items(countyAdmin, closed.id, 'left_out'), [], 'what concerns them is counted, not shown')
    const [row] = (await countyAdmin.get(`/api/v1/bulk-works/${closed.id}/schools`)).items
    assert.deepEqual([row.school_id, row.planned, row.left_out, row.why[0].total], [school.id, 4, 1, 1])
    assert.deepEqual(await Promise.all(returned.map(one => one.read())), before)
    assert.equal((await dryRun(countyAdmin, { ...closing, before: new Date(Date.now() - 60 * 86400_000).toISOString().slice(0, 10) })).total, 0, 'later than that day')
    assert.equal((await dryRun(countyAdmin, { ...closing, kind: 'teacher' })).total, 0)
    assert.equal((await dryRun(countyAdmin, { ...closing, organisation_id: school.class_id })).total, 4, 'of a class')
    for (const stranger of [neighbour, schoolAdmin]) await stranger.refused(404, 'GET', `/api/v1/bulk-works/${closed.id}`, undefined, 'applications.bulk_work_unknown')
    const seen = await work(inspector, closed.id)
    assert.deepEqual([seen.total, seen.may_confirm], [4, false])
  })

  await t.test('it is confirmed with a reason, by whoever made it', async () => {
    const path = `/api/v1/bulk-works/${closed.id}/confirm`
    await colleague.refused(403, 'POST', path, { reason: '我来' }, 'applications.bulk_not_yours')
    await inspector.refused(403, 'POST', path, { reason: '我来' }, 'http.inspector_only_reads')
    for (const [reason, code] of [['  ', 'required'], ['长'.repeat(501), 'too_long']]) {
      const { body } = await countyAdmin.call('POST', path, { reason })
      assert.deepEqual(body.errors, [{ ...body.errors[0], path: 'reason', code }])
    }
    await expect(returned, Array(5).fill('returned'))
  })

  await t.test('what changed meanwhile is skipped; the others are rejected as by a decision', async () => {
    const handed = await returned[3].account.post(`/api/v1/applications/${returned[3].application.id}/submit`, { version: (await returned[3].read()).version })
    const done = await carryOut(countyAdmin, closed.id, '退回后一直没有更正')
    assert.deepEqual([done.state, done.done, done.skipped, done.may_undo], ['done', 3, 1, true])
    assert.deepEqual(why(done), { changed_meanwhile: 1, own_application: 1 })
    await expect(returned, ['rejected', 'rejected', 'rejected', 'submitted', 'returned'])
    assert.equal((await returned[3].read()).version, handed.version)
    const seen = await returned[0].read()
    assert.deepEqual([seen.reason, (await returned[0].last()).kind, (await returned[0].last()).role, (await returned[0].last()).reason], ['退回后一直没有更正', 'rejected', 'county_admin', '退回后一直没有更正'])
    const audited = async action => (await colleague.get(`/api/v1/audit-events?organisation_id=${county}&action=${action}`)).items
    assert.equal((await audited('applications.rejected')).length, 3)
    const [whole] = await audited('applications.bulk_close')
    assert.deepEqual([whole.details.work, whole.details.total, whole.details.reason], [closed.id, 4, '退回后一直没有更正'])
    const { not_begun, in_review, returned: waiting } = await totals()
    assert.deepEqual([not_begun, in_review, waiting], [3, 10, 1])
    countsAreRight(server)
    assert.equal((await countyAdmin.post(`/api/v1/bulk-works/${closed.id}/confirm`, { reason: '再来' })).done, 3, 'asking again does nothing')
    assert.deepEqual(await told(schoolAdmin), [['close', '玄武区', 3, '退回后一直没有更正']], 'the school hears of it')
    assert.deepEqual(await told(countyAdmin), [])
    assert.equal((await schoolAdmin.get('/api/v1/me/notices')).find(one => one.kind === 'applications.bulk').link, '/admin/reviews?shown=rejected')
    const { body: csv, headers } = await countyAdmin.call('GET', `/api/v1/bulk-works/${closed.id}/result.csv`)
    assert.match(headers.get('content-type'), /text\/csv/)
    assert.equal(csv.trim().split('\r\n').length, 5, csv)
    assert.ok(csv.includes(returned[0].child.name) && !csv.includes(returned[4].child.name), csv)
    assert.equal((await audited('applications.bulk_exported')).length, 1)
  })

  await t.test('it is undone for those whom nobody touched since, and they are what they were', async () => {
    await returned[2].account.post('/api/v1/applications', { kind: 'student' })
    const undo = await undoing(colleague, closed.id)
    assert.deepEqual([undo.action, undo.of_id, undo.total, undo.left_out], ['undo', closed.id, 2, 1])
    assert.deepEqual(why(undo), { bulk_other_open: 1 })
    await expect(returned.slice(0, 3), Array(3).fill('rejected'))
    const done = await carryOut(colleague, undo.id, '弄错了，恢复原状（见通知）')
    assert.deepEqual([done.done, done.skipped, done.may_undo], [2, 0, false])
    await expect(returned, ['returned', 'returned', 'rejected', 'submitted', 'returned'])
    const seen = await returned[0].read()
    assert.deepEqual([seen.reason, (await returned[0].last()).kind, (await returned[0].last()).reason], ['姓名请按证件填写', 'returned', '弄错了，恢复原状（见通知）'])
    assert.equal((await totals()).returned, 3)
    assert.deepEqual((await told(schoolAdmin))[0], ['undo', '玄武区', 2, '弄错了，恢复原状（见通知）'])
    countsAreRight(server)
    assert.equal((await work(countyAdmin, closed.id)).undone, 2)
    const again = await undoing(colleague, closed.id)
    assert.equal(again.total, 0)
    await colleague.refused(409, 'POST', `/api/v1/bulk-works/${again.id}/confirm`, { reason: '再' }, 'applications.bulk_nothing')
    await colleague.refused(409, 'POST', `/api/v1/bulk-works/${undo.id}/undo`, undefined, 'applications.bulk_no_undo')
    const { account, application } = returned[0]
    assert.equal((await account.post(`/api/v1/applications/${application.id}/submit`, { version: seen.version })).state, 'submitted', 'the applicant goes on where they were')
  })

  await t.test('rejected ones are re-opened: the latest of each applicant who has no other and is not certified', async () => {
    const [plain, other, certified, twice] = pupils.slice(5, 9)
    for (const pupil of [plain, other, certified, twice]) await pupil.decide('reject', '不是本校学生')
    await handIn(other.account, other.profile)
    assert.equal((await decide(teacher, await handIn(certified.account, certified.profile))).status, 200)
    const second = await handIn(twice.account, twice.profile)
    assert.equal((await decide(teacher, second, 'reject', '还是不对')).status, 200)
    const ready = await dryRun(schoolAdmin, { action: 'reopen', organisation_id: school.id, since: today })
    assert.deepEqual(ready.total, 2)
    assert.deepEqual(why(ready), { bulk_certified: 1, bulk_newer: 1, bulk_other_open: 2 }, 'also whom the other work rejected')
    const done = await carryOut(schoolAdmin, ready.id, '学校名册已更正请重新提交')
    assert.deepEqual([done.done, done.skipped], [2, 0])
    assert.equal((await told(schoolAdmin)).length, 2, 'what a school does itself it is not told')
    await expect([plain, other, certified, twice], ['returned', 'rejected', 'rejected', 'rejected'])
    assert.equal((await twice.account.get(`/api/v1/applications/${second.id}`)).state, 'returned')
    countsAreRight(server)
    const { version, reason } = await plain.read()
    assert.equal(reason, '学校名册已更正请重新提交')
    const corrected = await plain.account.put(`/api/v1/applications/${plain.application.id}`, { version, profile: plain.profile })
    const handed = await plain.account.post(`/api/v1/applications/${plain.application.id}/submit`, { version: corrected.version })
    assert.equal((await decide(teacher, handed)).status, 200)
    const undo = await undoing(schoolAdmin, ready.id)
    assert.deepEqual([undo.total, why(undo)], [1, { changed_meanwhile: 1 }])
    assert.equal((await carryOut(schoolAdmin, undo.id, '收回')).done, 1)
    const back = await twice.account.get(`/api/v1/applications/${second.id}`)
    assert.deepEqual([back.state, back.reason], ['rejected', '还是不对'])
    countsAreRight(server)
  })

  await t.test('who waits is closed by those whose turn it is, and waits again when that is undone', async () => {
    const [old, young] = pupils.slice(9, 11)
    age(server, old.application, 30)
    age(server, young.application, 3)
    const before = await totals()
    const ready = await dryRun(countyAdmin, { action: 'close', organisation_id: county, state: 'submitted', before: today })
    assert.deepEqual([ready.total, why(ready)], [1, { bulk_other_turn: 1 }])
    await carryOut(countyAdmin, ready.id, '逾期未核实')
    await expect([old, young], ['rejected', 'submitted'])
    assert.equal((await totals()).in_review, before.in_review - 1)
    countsAreRight(server)
    const undo = await undoing(countyAdmin, ready.id)
    await carryOut(countyAdmin, undo.id, '学校已核实')
    const seen = await old.read()
    assert.deepEqual([seen.state, seen.reason, seen.decided_at, (await old.last()).role], ['submitted', null, null, 'county_admin'])
    assert.deepEqual(await totals(), before)
    countsAreRight(server)
    assert.equal((await decide(teacher, seen)).status, 200, 'and is decided as ever')
  })

  await t.test('an office that ended meanwhile touches nothing any more', async () => {
    const [pupil] = pupils.slice(11)
    await pupil.decide('reject', '不是本校学生')
    const ready = await dryRun(colleague, { action: 'reopen', organisation_id: county, since: today })
    assert.ok(ready.total > 0)
    inDatabase(server, `UPDATE appointment SET ends_at = starts_at + 1 WHERE account_id = ${colleague.account_id}`)
    await colleague.refused(403, 'POST', `/api/v1/bulk-works/${ready.id}/confirm`, { reason: '还来' })
    await expect([pupil], ['rejected'])
  })

  await t.test('the history tells who did what, and after a week nothing is undone', async () => {
    const list = await countyAdmin.all(`/api/v1/bulk-works?organisation_id=${county}&limit=3`)
    const confirmed = list.filter(one => one.confirmed_at)
    assert.deepEqual(confirmed.map(one => one.action), ['undo', 'close', 'undo', 'reopen', 'undo', 'close'])
    assert.equal(confirmed.at(-1).by, parent.name)
    assert.deepEqual((await schoolAdmin.all(`/api/v1/bulk-works?organisation_id=${school.id}`)).filter(one => one.confirmed_at).map(one => one.action), ['undo', 'reopen'])
    await neighbour.refused(403, 'GET', `/api/v1/bulk-works?organisation_id=${county}`)
    inDatabase(server, `UPDATE bulk_work SET confirmed_at = confirmed_at - ${8 * day_us}`)
    await countyAdmin.refused(409, 'POST', `/api/v1/bulk-works/${closed.id}/undo`, undefined, 'applications.bulk_undo_late')
  })
})

test(`kill -9 while applications are closed (seed ${seed})`, { timeout: 600_000 }, async t => {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const next = random(seed)
  const copies = 3000
  const again = client => new Client(server.url, client.token)
  const children = people(3, { seed: 8, from: 2016, to: 2017 })
  await importRoster(school.admin, school.id, rosterOf(children, school.class_name, year))
  const applications = []
  for (const [at, child] of children.entries()) {
    const account = await register(server.url, child, `pupil.${at}`)
    const application = await handIn(account, pupilProfile(child, school))
    await decide(school.teacher, application, 'send_back', '请更正')
    age(server, application, 40)
    applications.push(application.id)
  }
  // Each copy another account's, and in no roster.
  inDatabase(server, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${copies})
    INSERT INTO application (id, account_id, kind, state, name, name_key, school_id, class_id, entry_year, profile, digest, document_kind, path, base_depth, submitted_at, decided_by, decided_at, reason, created_at, updated_at, version)
    SELECT a.id + n.i, a.account_id + n.i, a.kind, a.state, a.name, a.name_key, a.school_id, a.class_id, a.entry_year, a.profile, NULL, a.document_kind, a.path, a.base_depth, a.submitted_at, a.decided_by, a.decided_at, a.reason, a.created_at, a.updated_at, a.version
    FROM application a, n WHERE a.id = ${applications[0]}`)
  const number = sql => Number(inDatabase(server, sql))
  const all = copies + children.length
  const once = (state, kind, times) => {
    assert.equal(number(`SELECT COUNT(*) FROM application WHERE state = '${state}'`), all, `each is ${state}, seed ${seed}`)
    assert.equal(number(`SELECT COUNT(*) FROM (SELECT application_id FROM application_event WHERE kind = '${kind}' AND reason <> '请更正' GROUP BY application_id HAVING COUNT(*) = ${times}) AS e`), all, `each has one event, seed ${seed}`)
  }
  const pause = ms => new Promise(done => setTimeout(done, ms))
  const killed = async () => {
    await pause(next() * 600)
    await server.kill()
    t.diagnostic(`killed after ${inDatabase(server, 'SELECT total, done FROM bulk_work ORDER BY id DESC LIMIT 1').trim()} of ${all}`)
    await server.start()
  }

  const { id } = await school.admin.post('/api/v1/bulk-works', { action: 'close', organisation_id: school.id, state: 'returned', before: today })
  await killed()
  const ready = await settled(again(school.admin), id)
  assert.deepEqual([ready.state, ready.total, ready.left_out], ['ready', all, 0], `seed ${seed}`)
  await again(school.admin).post(`/api/v1/bulk-works/${id}/confirm`, { reason: '没有再提交' })
  await killed()
  const done = await settled(again(school.admin), id)
  assert.deepEqual([done.state, done.done, done.skipped], ['done', all, 0], `seed ${seed}`)
  once('rejected', 'rejected', 1)
  countsAreRight(server)

  const undo = await undoing(again(school.admin), id)
  assert.equal(undo.total, all)
  await again(school.admin).post(`/api/v1/bulk-works/${undo.id}/confirm`, { reason: '撤销' })
  await killed()
  assert.equal((await settled(again(school.admin), undo.id)).done, all, `seed ${seed}`)
  once('returned', 'returned', 1)
  assert.equal((await again(school.admin).get(`/api/v1/progress?organisation_id=${school.id}`)).organisation.counts.returned, children.length)
  countsAreRight(server)
})

test('an applicant begins anew at the moment in which the former application is re-opened', { timeout: 120_000, skip: !onPostgres && 'the embedded engine writes one thing after the other' }, async t => {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const pupils = []
  for (const [at, child] of people(2, { seed: 9, from: 2016, to: 2017 }).entries()) {
    const account = await register(server.url, child, `pupil.${at}`)
    const application = await handIn(account, pupilProfile(child, school))
    await decide(school.teacher, application, 'reject', '不是本校学生')
    pupils.push({ account, application })
  }
  const ready = await dryRun(school.admin, { action: 'reopen', organisation_id: school.id })
  assert.equal(ready.total, 2)
  const beside = connection(server)
  t.after(() => beside.end())
  await beside.run(`BEGIN; INSERT INTO application (id, account_id, kind, state, name, name_key, profile, created_at, updated_at, version) VALUES (7, ${pupils[0].account.account_id}, 'student', 'draft', '', '', '{}', 0, 0, 1)`)
  await school.admin.post(`/api/v1/bulk-works/${ready.id}/confirm`, { reason: '请重新核对' })
  await eventually(() => Number(inDatabase(server, 'SELECT COUNT(*) FROM pg_locks WHERE NOT granted')) > 0, 'the job to wait for the other transaction')
  await beside.run('COMMIT')
  const done = await settled(school.admin, ready.id)
  assert.deepEqual([done.state, done.done, done.skipped, why(done)], ['done', 1, 1, { bulk_other_open: 1 }])
  const states = await Promise.all(pupils.map(async one => (await one.account.get(`/api/v1/applications/${one.application.id}`)).state))
  assert.deepEqual(states, ['rejected', 'returned'])
})
