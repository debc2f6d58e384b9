// A county that lives: every office held, a school with a class, its roster, a certified pupil with a card on a device, an
// application that waits, a delegation, an appointment. Two of these are what the scope test sets against each other.
import assert from 'node:assert/strict'
import { decide, handIn, pupilProfile, register, teacherProfile } from './accounts.mjs'
import { enrolled } from './card.mjs'
import { people } from './people.mjs'
import { importRoster, rosterOf } from './roster.mjs'
import { signIn } from './school.mjs'

export async function officer(url, from, organisation_id, role, user_name, name) {
  const { appointment, one_time_password } = await from.post('/api/v1/appointments', { organisation_id, role, user_name, name })
  return Object.assign(await signIn(url, user_name, one_time_password), { appointment, user_name })
}

function teachersFile(list) {
  const rows = list.map(person => [person.name, person.gender === 'male' ? '男' : '女', person.number, '语文', '2020-09-01'].join(','))
  return ['姓名,性别,身份证件号码,任教学科,任职时间', ...rows].join('\r\n') + '\r\n'
}

/** Fills one county. `letter` makes user names and the school code its own. */
export async function county(server, province, { name, city, letter, seed }) {
  const { url } = server
  const find = async (query, kind) => (await province.get(`/api/v1/organisations?query=${encodeURIComponent(query)}&kind=${kind}`)).items[0]
  const [cityNode, countyNode] = [await find(city, 'city'), await find(name, 'county')]
  assert.ok(cityNode && countyNode, `${city} ${name}`)
  const year = new Date().getFullYear() - 1
  const school = await province.post('/api/v1/organisations', { parent_id: countyNode.id, kind: 'school', name: `${name}${letter}县望月小学`, school_code: `21320000${seed}`, school_kind: 'primary' })
  const room = await province.post('/api/v1/organisations', { parent_id: school.id, kind: 'class', stage: 'primary', entry_year: year, class_number: 3 })
  const place = { id: school.id, class_id: room.id }
  const cityAdmin = await officer(url, province, cityNode.id, 'city_admin', `city.${letter}`, `市${letter}管理员甲`)
  const countyAdmin = await officer(url, cityAdmin, countyNode.id, 'county_admin', `county.${letter}`, `县${letter}管理员乙`)
  const schoolAdmin = await officer(url, countyAdmin, school.id, 'school_admin', `school.${letter}`, `校${letter}管理员丙`)

  const pupils = people(6, { seed, from: 2016, to: 2017 }).map((person, at) => ({ ...person, name: `${person.name[0]}${'甲乙丙丁戊己'[at]}${letter}童` }))
  const teachers = people(3, { seed: seed + 1, from: 1980, to: 1985 }).map((person, at) => ({ ...person, name: `${person.name[0]}${'子丑寅'[at]}${letter}师` }))
  const imported = await importRoster(schoolAdmin, school.id, rosterOf(pupils, room.display_name ?? room.name, year))
  await importRoster(schoolAdmin, school.id, teachersFile(teachers), { kind: 'teacher', fileName: '教师.csv' })

  const certified = []
  for (const [at, person] of teachers.slice(0, 2).entries()) {
    const account = await register(url, person, `teacher${at}.${letter}`)
    const decided = await decide(schoolAdmin, await handIn(account, teacherProfile(person, place), 'teacher'))
    assert.equal(decided.status, 200, JSON.stringify(decided.body))
    certified.push(account)
  }
  const [teacher, colleague] = certified
  const { appointment } = await schoolAdmin.post('/api/v1/appointments', { organisation_id: room.id, role: 'class_teacher', user_name: teacher.user_name })
  const day = new Date(Date.now() + 20 * 86400_000).toISOString().slice(0, 10)
  const delegation = await teacher.post('/api/v1/delegations', { to_account: colleague.account_id, organisation_id: room.id, ends_on: day })

  const pupil = await register(url, pupils[0], `pupil.${letter}`)
  assert.equal((await decide(teacher, await handIn(pupil, pupilProfile(pupils[0], place)))).status, 200)
  const device = await enrolled(pupil, `${letter}的手机`)
  const waiting = await register(url, pupils[1], `waiting.${letter}`)
  const application = await handIn(waiting, pupilProfile(pupils[1], place))
  const preview = await schoolAdmin.post('/api/v1/reviews/bulk-preview', { organisation_id: school.id })
  const list = new TextEncoder().encode(`学校名称,学校标识码,办学类型\n${name}${letter}县观星小学,21320001${seed},211\n`)
  const organisations = await countyAdmin.post(`/api/v1/organisation-imports?organisation_id=${countyNode.id}&kind=schools&file_name=schools.csv`, list)
  const entries = await schoolAdmin.all(`/api/v1/roster-entries?organisation_id=${school.id}`)

  return {
    city: cityNode.id, county: countyNode.id, school: school.id, room: room.id, schoolVersion: school.version, roomVersion: room.version,
    cityAdmin, countyAdmin, schoolAdmin, teacher, colleague, pupil, waiting, pupils, teachers, application, delegation, device,
    appointment: appointment.id, countyAppointment: countyAdmin.appointment.id,
    import: imported.id, organisationImport: organisations.id, job: imported.job_id, entry: entries.find(one => one.kind === 'student').id,
    card: (await pupil.get('/api/v1/card')).card_number, bulk: preview.token,
    session: (await pupil.get('/api/v1/sessions'))[0].id, consent: (await pupil.get('/api/v1/me/consents'))[0].id,
  }
}

/** All that a county's own people see of it: what nobody else may change. */
export async function stateOf(world) {
  const { cityAdmin, schoolAdmin, pupil, waiting, teacher, school, room, county } = world
  const timeless = value => JSON.parse(JSON.stringify(value, (key, one) => (['last_used_at', 'last_seen_at', 'as_of', 'may_edit', 'current'].includes(key) ? undefined : one)))
  const seen = {}
  for (const [client, path] of [
    [cityAdmin, `/api/v1/organisations/${county}`], [cityAdmin, `/api/v1/organisations/${county}/children`],
    [cityAdmin, `/api/v1/organisations/${school}`], [cityAdmin, `/api/v1/organisations/${room}`], [cityAdmin, `/api/v1/organisations/${school}/children`],
    [cityAdmin, `/api/v1/appointments?organisation_id=${county}&below=true`], [cityAdmin, `/api/v1/progress?organisation_id=${county}`],
    [schoolAdmin, `/api/v1/roster-entries?organisation_id=${school}`], [schoolAdmin, `/api/v1/roster-imports?organisation_id=${school}`],
    [schoolAdmin, `/api/v1/roster-imports/${world.import}`], [world.countyAdmin, `/api/v1/organisation-imports/${world.organisationImport}`], [schoolAdmin, `/api/v1/jobs/${world.job}`], [schoolAdmin, `/api/v1/reviews/bulk?token=${encodeURIComponent(world.bulk)}`],
    [teacher, '/api/v1/reviews'], [teacher, `/api/v1/reviews/${world.application.id}`], [teacher, '/api/v1/delegations'], [teacher, '/api/v1/me'],
    [waiting, '/api/v1/applications'], [waiting, `/api/v1/applications/${world.application.id}/history`],
    [pupil, '/api/v1/card'], [pupil, '/api/v1/card/devices'], [pupil, '/api/v1/sessions'], [pupil, '/api/v1/me/consents'], [pupil, '/api/v1/me'],
  ]) {
    const answer = await client.call('GET', path)
    seen[path] = { status: answer.status, body: timeless(answer.body) }
  }
  return seen
}
