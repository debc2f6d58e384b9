// Nobody reaches further than their office within one county either: not into the class or the school beside their own, not
// upward, and not with what they held once: an appointment or a delegation that ended. Every route of the API is called, as in
// scope.test.mjs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, register, teacherProfile } from '../support/accounts.mjs'
import { Client, eventually } from '../support/client.mjs'
import { county, officer, room, school, stateOf } from '../support/county.mjs'
import { assertComplete, assertShutOut, listOf, routes, secretsOf, send } from '../support/every_route.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'
import { daysPass } from '../support/time.mjs'

const inDays = days => new Date(Date.now() + days * 86400_000).toISOString()

/** What of `b` the caller can see: the closed routes that answer a GET. */
async function seenBy(client, b) {
  const seen = []
  for (const [route, { kind, ask }] of Object.entries(routes)) {
    const [method, template] = route.split(' ')
    if (kind !== 'closed' || method !== 'GET') continue
    for (const asked of listOf(ask(b, b))) if ((await send(client, method, template, asked)).status === 200) seen.push(template)
  }
  return seen
}

test('nobody reaches beside or above their office, on any route', { timeout: 600_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const { admin: province } = await smallSchool(server)
  assertComplete(await new Client(url).get('/api/openapi.json'))
  const a = await county(server, province, { name: '玄武区', city: '南京', letter: 'a', seed: 11, staff: 5 })
  const [teacher, colleague, otherTeacher, otherColleague, substitute] = a.certified

  const beside = await room(url, a, { letter: 'c', seed: 41, number: 4, teacher: otherTeacher, colleague: otherColleague })
  const other = await school(url, a, { name: '玄武区邻校小学', code: '2132000055', letter: 'd', seed: 51 })
  const person = a.teachers.at(-1)
  const application = await handIn(await register(url, person, 'applicant.a'), teacherProfile(person, { id: a.school }), 'teacher')

  const worlds = [['class', beside], ['school', other]]
  const before = new Map()
  for (const [what, world] of worlds) {
    before.set(what, await stateOf(world))
    for (const [path, { status }] of Object.entries(before.get(what))) assert.equal(status, 200, `its own people see ${path}`)
  }

  await t.test('a class teacher, the colleague who stands in, and a pupil do not reach into the class beside', async () => {
    for (const [who, client] of Object.entries({ 'class teacher': teacher, delegate: colleague, pupil: a.pupil })) {
      await assertShutOut(`${who} of the class beside`, client, beside, a, { secrets: secretsOf(beside).pupils, towards: false })
    }
  })

  await t.test('a school administrator, a class teacher and a pupil do not reach into the school beside', async () => {
    for (const [who, client] of Object.entries({ 'school administrator': a.schoolAdmin, 'class teacher': teacher, pupil: a.pupil })) {
      await assertShutOut(`${who} of the school beside`, client, other, a, { secrets: secretsOf(other) })
    }
  })

  await t.test('a class teacher does not reach what is the school\'s: applications, entries and cards of teachers', async () => {
    const staff = await a.schoolAdmin.all(`/api/v1/roster-entries?organisation_id=${a.school}&kind=teacher`)
    const schools = { ...beside, application, entry: staff[0].id, card: (await otherColleague.get('/api/v1/card')).card_number }
    await assertShutOut('class teacher', teacher, schools, a, { secrets: { people: [person.number], all: [person.number, application.id] }, towards: false })
    assert.equal((await a.schoolAdmin.call('GET', `/api/v1/reviews/${application.id}`)).status, 200)
  })

  await t.test('no office reaches upward', async () => {
    const offices = [[teacher, ['school', 'county', 'city', 'province']], [a.schoolAdmin, ['county', 'city', 'province']], [a.countyAdmin, ['city', 'province']], [a.cityAdmin, ['province']]]
    const away = await school(url, await county(server, province, { name: '姑苏区', city: '苏州', letter: 'e', seed: 61 }), { name: '姑苏区邻校小学', code: '2132000066', letter: 'f', seed: 71 })
    for (const [client, levels] of offices) {
      for (const level of levels) {
        const above = { ...away, room: a[level], school: a[level], county: a[level] }
        await assertShutOut(`${client.user_name} towards the ${level}`, client, above, a, { secrets: secretsOf(away), towards: client !== teacher })
      }
    }
  })

  await t.test('nothing has changed beside them', async () => {
    for (const [what, world] of worlds) assert.deepEqual(await stateOf(world), before.get(what), what)
  })

  // From here on rights end. `theirs` is what its holder may never touch afterwards; what stays their own (a delegation that they
  // gave or got) is taken from the class beside.
  const theirs = { ...a, delegation: beside.delegation }
  const held = ['/api/v1/reviews/{id}']
  async function assertEnds(who, client, end, expected) {
    const seen = await seenBy(client, theirs)
    for (const path of expected) assert.ok(seen.includes(path), `${who} saw ${path} before: ${seen}`)
    await end()
    assert.deepEqual(await seenBy(client, theirs), [], `${who} sees nothing afterwards`)
    await assertShutOut(who, client, theirs, a, { secrets: secretsOf(a).pupils, towards: false })
    assert.equal((await client.call('GET', '/api/v1/me')).status, 200, 'who stays signed in')
  }
  const delegated = (to, days = 1) => teacher.post('/api/v1/delegations', { to_account: to.account_id, organisation_id: a.room, ends_on: inDays(days).slice(0, 10) })

  await t.test('a delegation that was revoked', async () => {
    await assertEnds('delegate', colleague, () => teacher.delete(`/api/v1/delegations/${a.delegation.id}`), held)
  })

  await t.test('a delegation after its last day', async () => {
    await delegated(substitute)
    await assertEnds('delegate', substitute, () => daysPass(server, 3), held)
  })

  await t.test('a delegation by a class teacher who was replaced, and the class teacher', async () => {
    await delegated(substitute)
    await assertEnds('delegate', substitute, () => a.schoolAdmin.post('/api/v1/appointments', { organisation_id: a.room, role: 'class_teacher', user_name: otherColleague.user_name, replace: true }), held)
    assert.deepEqual(await seenBy(teacher, theirs), [])
    await assertShutOut('class teacher who was replaced', teacher, theirs, a, { secrets: secretsOf(a).pupils, towards: false })
  })

  await t.test('appointments that ran out', async () => {
    const deputies = [[a.countyAdmin, a.school, 'school_admin'], [a.cityAdmin, a.county, 'county_admin'], [province, a.city, 'city_admin']]
    for (const [from, organisation, role] of deputies) {
      const deputy = await officer(url, from, organisation, role, `runs.out.${role.replace('_', '.')}`, '代理人', { ends_at: inDays(10) })
      await assertEnds(`${role} for ten days`, deputy, () => daysPass(server, 11), ['/api/v1/roster-entries', '/api/v1/roster-imports/{id}', '/api/v1/cards/{number}', '/api/v1/progress'])
    }
  })

  await t.test('administrators who were dismissed, with a bulk approval that they had prepared', async () => {
    for (const [from, organisation, role] of [[a.countyAdmin, a.school, 'school_admin'], [a.cityAdmin, a.county, 'county_admin']]) {
      const deputy = await officer(url, from, organisation, role, `dismissed.${role.replace('_', '.')}`, '前任甲')
      const preview = await deputy.post('/api/v1/reviews/bulk-preview', { organisation_id: a.school })
      assert.ok(preview.items.some(({ id }) => id === a.application.id), 'the waiting pupil is in the preview')
      await assertEnds(`former ${role}`, deputy, () => from.delete(`/api/v1/appointments/${deputy.appointment.id}`), ['/api/v1/roster-entries', '/api/v1/roster-imports/{id}', '/api/v1/cards/{number}', '/api/v1/progress'])
      await deputy.call('POST', '/api/v1/reviews/bulk-approve', { token: preview.token })
      const over = await eventually(async () => {
        const answer = await deputy.call('GET', `/api/v1/reviews/bulk?token=${encodeURIComponent(preview.token)}`)
        return (answer.status !== 200 || answer.body.state === 'done') && answer
      }, 'the bulk approval to end')
      assert.equal(over.body.approved ?? 0, 0, JSON.stringify(over.body))
      assert.equal((await a.waiting.get(`/api/v1/applications/${a.application.id}`)).state, 'submitted')
    }
  })

  await t.test('whoever holds the office now does', async () => {
    const answer = await decide(otherColleague, await a.waiting.get(`/api/v1/applications/${a.application.id}`))
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
  })
})
