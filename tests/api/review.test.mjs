// Who may decide on an application, and when: delegation for some days, escalation after the configured number of them, and nobody
// on themselves or their own child, by whatever way the application reaches them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register, teacherProfile } from '../support/accounts.mjs'
import { eventually } from '../support/client.mjs'
import { county, school } from '../support/county.mjs'
import { people } from '../support/people.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'
import { daysPass } from '../support/time.mjs'

const env = { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_ESCALATION_DAYS: '2' }
/** The day in China so many days from now. */
const day = days => new Date(Date.now() + (days * 24 + 8) * 3600_000).toISOString().slice(0, 10)

const codes = ({ status, body }) => [status, ...(body.errors ? body.errors.map(error => `${error.path} ${error.code}`) : [body.code])].join(' ')
const review = (client, application) => client.call('GET', `/api/v1/reviews/${application.id}`)
const delegate = (from, to, organisation_id, ends_on, starts_on) => from.call('POST', '/api/v1/delegations', { to_account: to.account_id ?? to, organisation_id, ends_on, ...(starts_on ? { starts_on } : {}) })

test('delegation of reviews', { timeout: 180_000 }, async t => {
  const server = await fresh(t, { env })
  const { url } = server
  const { admin: province } = await smallSchool(server)
  const a = await county(server, province, { name: '玄武区', city: '南京', letter: 'a', seed: 11, staff: 3 })
  const other = await school(url, a, { name: '玄武区邻校小学', code: '2132000055', letter: 'd', seed: 51 })
  const [teacher, colleague, third] = a.certified
  await teacher.delete(`/api/v1/delegations/${a.delegation.id}`)
  const { application } = a

  await t.test('is given to colleagues of the same school only', async () => {
    const applicant = await register(url, a.teachers.at(-1), 'applicant.a')
    for (const [who, to] of Object.entries({ oneself: teacher, 'a teacher of another school': other.teacher, 'the head of another school': other.schoolAdmin, 'a pupil of the school': a.pupil, 'an administrator above': a.countyAdmin, 'somebody who is not certified': applicant, 'nobody known': '1' })) {
      assert.equal(codes(await delegate(teacher, to, a.room, day(3))), '422 to_account applications.not_a_colleague', who)
    }
    assert.equal(codes(await delegate(a.countyAdmin, a.schoolAdmin, a.county, day(3))), '422 to_account applications.not_a_colleague')
  })

  await t.test('is given for an office of one\'s own only, and not passed on', async () => {
    assert.equal((await delegate(teacher, colleague, a.room, day(3))).status, 201)
    const [told] = await colleague.get('/api/v1/me/notices')
    assert.deepEqual([told.kind, told.link, told.details.ends_on], ['applications.delegated', '/admin/reviews', day(3)], 'who holds no office hears of it, and where to go')
    assert.deepEqual(await third.get('/api/v1/me/notices'), [])
    for (const [who, from, organisation] of [['the delegate', colleague, a.room], ['a teacher', teacher, a.school], ['the head, for a class', a.schoolAdmin, a.room], ['a pupil', a.pupil, a.room], ['another school', other.teacher, a.room]]) {
      assert.equal(codes(await delegate(from, third, organisation, day(3))), '403 scope.outside', who)
    }
  })

  await t.test('is for days to come, and not for ever', async () => {
    for (const [ends, starts, expected] of [[day(-1), undefined, 'ends_on applications.delegation_days'], [day(181), undefined, 'ends_on applications.delegation_days'], [day(2), day(3), 'ends_on applications.delegation_days'], [day(3), day(-1), 'starts_on applications.day_implausible'], [day(93), day(91), 'starts_on applications.day_implausible'], ['2026-02-30', undefined, 'ends_on value']]) {
      const answer = await delegate(teacher, third, a.room, ends, starts)
      assert.ok(answer.status === 422 && answer.body.errors.some(error => `${error.path} ${error.code}` === expected || (error.path === 'ends_on' && expected === 'ends_on value')), `${starts} to ${ends}: ${codes(answer)}`)
    }
  })

  await t.test('of the same days to the same colleague is refused a second time, so that ending it ends it', async () => {
    assert.equal(codes(await delegate(teacher, colleague, a.room, day(10))), '409 applications.delegated_already')
    assert.equal((await review(colleague, application)).status, 200)
    const mine = await teacher.get('/api/v1/delegations')
    assert.deepEqual(mine.map(one => [one.to_account, one.in_force]), [[colleague.account_id, true]])
    await third.refused(404, 'DELETE', `/api/v1/delegations/${mine[0].id}`, undefined, 'applications.delegation_unknown')
    await a.schoolAdmin.refused(404, 'DELETE', `/api/v1/delegations/${mine[0].id}`, undefined, 'applications.delegation_unknown')
    await teacher.delete(`/api/v1/delegations/${mine[0].id}`)
    await teacher.delete(`/api/v1/delegations/${mine[0].id}`)
    for (const answer of [await review(colleague, application), await decide(colleague, application)]) assert.equal(codes(answer), '404 applications.unknown')
    assert.deepEqual(await colleague.get('/api/v1/delegations'), [])
  })

  await t.test('begins on its first day and ends after its last', async () => {
    assert.equal((await delegate(teacher, colleague, a.room, day(2), day(1))).status, 201)
    const may = []
    for (let passed = 0; passed < 4; ++passed) {
      may.push((await review(colleague, application)).status)
      daysPass(server, 1)
    }
    assert.deepEqual(may, [404, 200, 200, 404])
  })

  await t.test('ends when the colleague goes to another school', async () => {
    assert.equal((await delegate(teacher, third, a.room, day(100))).status, 201)
    assert.equal((await review(third, application)).status, 200)
    const moved = await handIn(third, teacherProfile(a.teachers[2], { id: other.school }), 'teacher')
    assert.equal((await decide(other.schoolAdmin, moved)).status, 200)
    assert.equal(codes(await review(third, application)), '404 applications.unknown')
    assert.equal(codes(await decide(third, application)), '404 applications.unknown')
  })

  await t.test('shows in the history who decided in whose place', async () => {
    assert.equal((await delegate(teacher, colleague, a.room, day(0))).status, 201)
    assert.equal((await decide(colleague, application)).status, 200)
    const { history } = (await review(teacher, application)).body
    const last = history.at(-1)
    assert.deepEqual([last.kind, last.delegated, last.role], ['approved', true, 'class_teacher'])
    assert.ok(last.by.includes(a.teachers[1].name), JSON.stringify(last))
  })
})

test('an application that nobody decides goes up the tree', { timeout: 180_000 }, async t => {
  const server = await fresh(t, { env })
  const { admin: province } = await smallSchool(server)
  const a = await county(server, province, { name: '玄武区', city: '南京', letter: 'a', seed: 11 })
  const { application } = a
  const offices = [['class_teacher', a.teacher], ['school_admin', a.schoolAdmin], ['county_admin', a.countyAdmin], ['city_admin', a.cityAdmin], ['province_admin', province]]
  const waits = async client => (await client.call('GET', '/api/v1/reviews')).body.items?.some(({ id }) => id === application.id) ?? false

  for (const [level, [role]] of offices.entries()) {
    await t.test(`after ${2 * level} days it is the turn of the ${role}`, async () => {
      const { turn } = await a.waiting.get(`/api/v1/applications/${application.id}`)
      assert.equal(turn.role, role)
      for (const [at, [other, client]] of offices.entries()) {
        assert.equal(await waits(client), at <= level, `${other} has it in the queue`)
        if (at <= level) continue
        const answer = await decide(client, application)
        assert.equal(codes(answer), '403 applications.not_your_turn', other)
        assert.ok(!Number.isNaN(Date.parse((await review(client, application)).body.may_decide_from)), other)
      }
      daysPass(server, 1)
      assert.equal((await a.waiting.get(`/api/v1/applications/${application.id}`)).turn.role, role, 'a day before its time nothing changes')
      if (level + 1 < offices.length) daysPass(server, 1)
    })
  }

  await t.test('and the one who was first may still decide', async () => {
    assert.equal((await decide(a.teacher, application)).status, 200)
    assert.equal(codes(await decide(province, application)), '409 applications.already_decided')
  })
})

test('nobody decides on themselves or on their own child', { timeout: 180_000 }, async t => {
  const server = await fresh(t, { env })
  const { url } = server
  const { admin: province } = await smallSchool(server)
  const a = await county(server, province, { name: '玄武区', city: '南京', letter: 'a', seed: 11, staff: 3 })
  const [teacher, colleague] = a.certified
  const mine = { document: { kind: 'resident_id', number: a.teachers[0].number } }
  const her = { document: { kind: 'resident_id', number: a.teachers[1].number } }
  const child = async (at, parent, place = { id: a.school, class_id: a.room }) => {
    const account = await register(url, a.pupils[at], `child${at}.a`)
    const profile = pupilProfile(a.pupils[at], place)
    return handIn(account, { ...profile, guardians: [{ ...profile.guardians[0], ...parent }] })
  }
  const own = '403 applications.own_application'
  async function assertRefused(client, application, who) {
    assert.equal(codes(await review(client, application)), own, who)
    for (const verdict of ['approve', 'send_back', 'reject']) assert.equal(codes(await decide(client, application, verdict, '不行')), own, `${who} ${verdict}`)
    for (const what of ['document', 'guardians']) assert.equal(codes(await client.call('POST', `/api/v1/reviews/${application.id}/reveal`, { what })), own, `${who} reveals ${what}`)
  }

  let teachersChild
  await t.test('a class teacher who is the guardian: the turn is the school\'s', async () => {
    teachersChild = await child(2, mine)
    assert.equal(teachersChild.turn.role, 'school_admin')
    await assertRefused(teacher, teachersChild, 'class teacher')
  })

  await t.test('a delegate who is the guardian', async () => {
    const application = await child(3, her)
    await assertRefused(colleague, application, 'delegate')
    await assertRefused(colleague, teachersChild, 'who stands in for the guardian')
    assert.equal((await review(teacher, application)).status, 200, 'the class teacher may')
  })

  await t.test('bulk approval leaves out one\'s own child, and that of whoever delegated', async () => {
    const preview = await colleague.post('/api/v1/reviews/bulk-preview', { organisation_id: a.room })
    assert.deepEqual(preview.items.map(({ id }) => id), [a.application.id])
    const own = preview.left_out.find(({ reason }) => reason === 'applications.own_application')
    assert.ok(own.total > 0)
    assert.deepEqual(own.items, [], 'counted, and not shown')
    assert.ok(preview.left_out.every(({ reason, total, items }) => reason === 'applications.own_application' || (total > 0 && items.length > 0)))
    await colleague.post('/api/v1/reviews/bulk-approve', { token: preview.token })
    const done = await eventually(async () => {
      const result = await colleague.get(`/api/v1/reviews/bulk?token=${encodeURIComponent(preview.token)}`)
      return result.state === 'done' && result
    }, 'the bulk approval')
    assert.deepEqual([done.approved, done.skipped], [1, 0])
    await teacher.refused(404, 'POST', '/api/v1/reviews/bulk-approve', { token: preview.token }, 'applications.bulk_unknown')
  })

  await t.test('one\'s own application, also when the school\'s office is delegated to one', async () => {
    const application = await handIn(colleague, { name: a.teachers[1].name, school_id: a.school, appointed_on: '2020-09-01', post: 'year_head' }, 'staff')
    assert.equal(codes(await review(colleague, application)), '404 applications.unknown')
    assert.equal((await delegate(a.schoolAdmin, colleague, a.school, day(3))).status, 201)
    await assertRefused(colleague, application, 'delegate')
    assert.equal((await decide(colleague, teachersChild)).status, 200, 'what does not concern the delegate they may decide')
  })

  await t.test('one\'s own number under another account', async () => {
    const second = await register(url, a.teachers[1], 'second.account')
    const application = await handIn(second, teacherProfile(a.teachers[1], { id: a.school }), 'teacher')
    await assertRefused(colleague, application, 'the same person')
    const preview = await colleague.post('/api/v1/reviews/bulk-preview', { organisation_id: a.school })
    assert.ok(!preview.items.some(({ id }) => id === application.id))
  })

  await t.test('a guardian whose turn comes by escalation', async () => {
    const person = people(1, { seed: 77, from: 1980, to: 1981 })[0]
    const parent = await register(url, person, 'parent.official')
    await a.cityAdmin.post('/api/v1/appointments', { organisation_id: a.county, role: 'county_admin', user_name: 'parent.official' })
    const application = await child(4, { document: { kind: 'resident_id', number: person.number } })
    daysPass(server, 30)
    await assertRefused(parent, application, 'county administrator')
    assert.equal((await decide(a.countyAdmin, application)).status, 200)
  })
})
