// A county that lives: every office held, a school with a class, its roster, a certified pupil with a card on a device, an
// application that waits, a delegation, an appointment. The scope tests set such counties, schools and classes against each other.
import assert from 'node:assert/strict'
import { decide, guardianOf, handIn, pupilProfile, register, teacherProfile } from './accounts.mjs'
import { enrolled } from './card.mjs'
import { eventually } from './client.mjs'
import { registered } from './oidc.mjs'
import { draftOf } from './portal.mjs'
import { people } from './people.mjs'
import { onePixel } from './pictures.mjs'
import { campaignOf, sessionOf } from './plan.mjs'
import { importRoster, rosterOf } from './roster.mjs'
import { signIn } from './school.mjs'

const year = new Date().getFullYear() - 1

/** Appoints somebody new and signs them in. */
export async function officer(url, from, organisation_id, role, user_name, name, more = {}) {
  const { appointment, one_time_password } = await from.post('/api/v1/appointments', { organisation_id, role, user_name, name, ...more })
  return Object.assign(await signIn(url, user_name, one_time_password), { appointment, user_name, account_id: appointment.account_id })
}

function teachersFile(list) {
  const rows = list.map(person => [person.name, person.gender === 'male' ? '男' : '女', person.number, '语文', '2020-09-01'].join(','))
  return ['姓名,性别,身份证件号码,任教学科,任职时间', ...rows].join('\r\n') + '\r\n'
}

/** A class with its roster, its class teacher who has delegated to a colleague, one certified pupil, and one who waits. */
export async function room(url, place, { letter, seed, number, teacher, colleague }) {
  const { schoolAdmin, school } = place
  const made = await schoolAdmin.post('/api/v1/organisations', { parent_id: school, kind: 'class', stage: 'primary', entry_year: year, class_number: number })
  const here = { id: school, class_id: made.id }
  const pupils = people(6, { seed, from: 2016, to: 2017 }).map((person, at) => ({ ...person, name: `${person.name[0]}${'甲乙丙丁戊己'[at]}${letter}童` }))
  const imported = await importRoster(schoolAdmin, school, rosterOf(pupils, made.display_name ?? made.name, year))
  const { appointment } = await schoolAdmin.post('/api/v1/appointments', { organisation_id: made.id, role: 'class_teacher', user_name: teacher.user_name })
  const day = new Date(Date.now() + 20 * 86400_000).toISOString().slice(0, 10)
  const delegation = await teacher.post('/api/v1/delegations', { to_account: colleague.account_id, organisation_id: made.id, ends_on: day })

  const pupil = await register(url, pupils[0], `pupil.${letter}`)
  assert.equal((await decide(teacher, await handIn(pupil, pupilProfile(pupils[0], here)))).status, 200)
  const device = await enrolled(pupil, `${letter}的手机`)
  const waiting = await register(url, pupils[1], `waiting.${letter}`)
  const application = await handIn(waiting, pupilProfile(pupils[1], here))
  const card = (await pupil.get('/api/v1/card')).card_number
  const invited = await teacher.post('/api/v1/guardian-invitations', { card_number: card, guardian_name: pupils[0].guardian, relation: 'mother', rights: 'full' })
  const { client: guardian, link } = await guardianOf(url, invited.code, `guardian.${letter}`)
  const invitation = await teacher.post('/api/v1/guardian-invitations', { card_number: card, guardian_name: pupils[2].guardian, relation: 'father', rights: 'informed_only' })
  const entries = await schoolAdmin.all(`/api/v1/roster-entries?organisation_id=${made.id}`)
  const report = await reportOf({ schoolAdmin, school, pupil, letter })
  const training = await schoolAdmin.post('/api/v1/training-sessions', { ...sessionOf({ organisation_id: made.id, role: 'class_teacher' }), organisation_id: school })
  const material = await schoolAdmin.post(`/api/v1/training-sessions/${training.id}/files?title=a&file_name=a.pdf`, new TextEncoder().encode('%PDF-1.7'))
  return {
    ...place, letter, room: made.id, roomVersion: made.version, teacher, colleague, pupil, waiting, pupils, application, delegation, device, guardian, link, invitation,
    appointment: appointment.id, training: training.id, material: material.id, import: imported.id, job: imported.job_id, entry: entries.find(one => one.kind === 'student').id,
    card, session: (await pupil.get('/api/v1/sessions'))[0].id, consent: (await waiting.get('/api/v1/me/consents'))[0].id,
    pupilsConsent: (await pupil.get('/api/v1/me/consents'))[0].id, ...report, question: undefined, notice: undefined,
  }
}

/** An answer for its own pupils, and a known problem. */
async function knownOf({ schoolAdmin, school, letter }) {
  const draft = await schoolAdmin.post('/api/v1/questions', { organisation_id: school, language: 'zh_cn', title: `${letter}校的问答`, answer: '只给本校。', audience: ['student', 'guardian'], open_to_all: false })
  const question = await schoolAdmin.post(`/api/v1/questions/${draft.id}/publish`, { version: draft.version, number: draft.number })
  const notice = await schoolAdmin.post('/api/v1/desk-notices', { organisation_id: school, kind: 'e_card', title: `${letter}校的通知`, text: '正在处理。' })
  return { question, notice }
}

/** A report of a pupil with a screenshot. */
async function reportOf({ schoolAdmin, school, pupil, letter }) {
  const { line } = await pupil.post('/api/v1/problems', { organisation_id: school, kind: 'e_card', title: `${letter}班的问题`, description: '打不开' })
  const picture = await pupil.post(`/api/v1/problems/${line.id}/pictures`, onePixel())
  return { problem: { id: line.id, version: (await schoolAdmin.get(`/api/v1/desk-problems/${line.id}`)).version }, picture: picture.id }
}

/** A school with its administrator, three teachers who are certified (so many as `staff` says), and a class. */
export async function school(url, place, { name, code, letter, seed, staff = 2 }) {
  const made = await place.countyAdmin.post('/api/v1/organisations', { parent_id: place.county, kind: 'school', name, school_code: code, school_kind: 'primary' })
  const schoolAdmin = await officer(url, place.countyAdmin, made.id, 'school_admin', `school.${letter}`, `校${letter}管理员丙`)
  const teachers = people(staff + 1, { seed: seed + 1, from: 1980, to: 1985 }).map((person, at) => ({ ...person, name: `${person.name[0]}${'子丑寅卯辰巳'[at]}${letter}师` }))
  await importRoster(schoolAdmin, made.id, teachersFile(teachers), { kind: 'teacher', fileName: '教师.csv' })
  const certified = []
  for (const [at, person] of teachers.slice(0, staff).entries()) {
    const account = await register(url, person, `teacher${at}.${letter}`)
    const decided = await decide(schoolAdmin, await handIn(account, teacherProfile(person, { id: made.id }), 'teacher'))
    assert.equal(decided.status, 200, JSON.stringify(decided.body))
    certified.push(account)
  }
  const { app } = await schoolAdmin.post('/api/v1/apps', { organisation_id: made.id, authentication: 'client_secret', draft: draftOf(`口算${letter}`) })
  const { invitation: appInvitation } = await schoolAdmin.post(`/api/v1/apps/${app.id}/invitations`, { role: 'tester', uses: 2, days: 2 })
  const { kept: appToken } = await schoolAdmin.post('/api/v1/app-registration-tokens', { organisation_id: made.id, uses: 2, days: 2 })
  const foreignApp = (place.server.foreignApp ??= registered(place.server, { name: '外地口算', organisation: '3213' }).id)
  const { id: schoolApproval } = await schoolAdmin.post('/api/v1/school-apps', { organisation_id: made.id, app_id: foreignApp, purpose: '课后练习' })
  const { endpoint } = await schoolAdmin.post(`/api/v1/apps/${app.id}/webhooks`, { url: 'https://127.0.0.1:9/', events: ['card.revoked'] })
  const delivery = await schoolAdmin.post(`/api/v1/webhooks/${endpoint.id}/test`)
  const [teacher, colleague] = certified
  const world = await room(url, { ...place, foreignApp, schoolApproval, app, appInvitation, appToken, webhook: endpoint.id, delivery: delivery.id, school: made.id, schoolVersion: made.version, schoolAdmin, teachers, certified }, { letter, seed, number: 3, teacher, colleague })
  const preview = await schoolAdmin.post('/api/v1/reviews/bulk-preview', { organisation_id: made.id })
  const bulkWork = (await schoolAdmin.post('/api/v1/bulk-works', { action: 'reopen', organisation_id: made.id })).id
  await eventually(async () => (await schoolAdmin.get(`/api/v1/bulk-works/${bulkWork}`)).state === 'ready', 'the dry run')
  const bulletin = (await schoolAdmin.post('/api/v1/bulletins', { organisation_id: made.id })).summary.id
  const schedule = (await schoolAdmin.post('/api/v1/bulletin-schedules', { organisation_id: made.id, every: 'week', at: 1 })).id
  const campaign = await schoolAdmin.post('/api/v1/campaigns', { ...campaignOf(60), organisation_id: made.id })
  await schoolAdmin.post(`/api/v1/campaigns/${campaign.id}/publish`, { version: campaign.version })
  const contact = await schoolAdmin.post('/api/v1/contact-persons', { organisation_id: made.id, name: `联${letter}系人`, duty: '办公室', phone: '025-8300 0000' })
  const list = new TextEncoder().encode(`学校标识码,联系人,联系电话\n${code},${letter}名单联系人,025-83000001\n`)
  const contactImport = (await schoolAdmin.post(`/api/v1/contact-imports?organisation_id=${made.id}&file_name=a.csv`, list)).id
  const officeInvitation = (await place.countyAdmin.post('/api/v1/office-invitations', { organisation_id: made.id, role: 'inspector', name: `邀${letter}请` })).id
  const later = new Date(Date.now() + 40 * 86400_000).toISOString().slice(0, 10)
  const concerned = (await place.countyAdmin.post('/api/v1/restructurings/preview', { act: 'close', organisations: [made.id], on: later })).people
  const restructuring = (await place.countyAdmin.post('/api/v1/restructurings', { act: 'close', organisations: [made.id], on: later, people: concerned })).id
  return { ...world, bulk: preview.token, bulkWork, campaign: campaign.id, bulletin, schedule, contact, contactImport, officeInvitation, restructuring, ...(await knownOf(world)) }
}

/** Fills one county. `letter` makes user names and the school code its own. */
export async function county(server, province, { name, city, letter, seed, staff }) {
  const { url } = server
  const find = async (query, kind) => (await province.get(`/api/v1/organisations?query=${encodeURIComponent(query)}&kind=${kind}`)).items[0]
  const [cityNode, countyNode] = [await find(city, 'city'), await find(name, 'county')]
  assert.ok(cityNode && countyNode, `${city} ${name}`)
  const cityAdmin = await officer(url, province, cityNode.id, 'city_admin', `city.${letter}`, `市${letter}管理员甲`)
  const countyAdmin = await officer(url, cityAdmin, countyNode.id, 'county_admin', `county.${letter}`, `县${letter}管理员乙`)
  const list = new TextEncoder().encode(`学校名称,学校标识码,办学类型\n${name}${letter}县观星小学,21320001${seed},211\n`)
  const organisations = await countyAdmin.post(`/api/v1/organisation-imports?organisation_id=${countyNode.id}&kind=schools&file_name=schools.csv`, list)
  const place = { server, province: cityNode.parent_id, city: cityNode.id, county: countyNode.id, cityAdmin, countyAdmin, countyAppointment: countyAdmin.appointment.id, organisationImport: organisations.id }
  return school(url, place, { name: `${name}${letter}县望月小学`, code: `21320000${seed}`, letter, seed, staff })
}

/** All that a county's own people see of it: what nobody else may change. */
export async function stateOf(world) {
  const { cityAdmin, schoolAdmin, pupil, waiting, teacher, school, room, county } = world
  const timeless = value => JSON.parse(JSON.stringify(value, (key, one) => (['last_used_at', 'last_seen_at', 'as_of', 'may_edit', 'current', 'failing_since'].includes(key) ? undefined : one)))
  const seen = {}
  for (const [client, path] of [
    [cityAdmin, `/api/v1/organisations/${county}`], [cityAdmin, `/api/v1/organisations/${county}/children`],
    [cityAdmin, `/api/v1/organisations/${school}`], [cityAdmin, `/api/v1/organisations/${room}`], [cityAdmin, `/api/v1/organisations/${school}/children`],
    [cityAdmin, `/api/v1/appointments?organisation_id=${county}&below=true`], [cityAdmin, `/api/v1/progress?organisation_id=${county}`],
    [schoolAdmin, `/api/v1/roster-entries?organisation_id=${school}`], [schoolAdmin, `/api/v1/roster-imports?organisation_id=${school}`],
    [schoolAdmin, `/api/v1/roster-imports/${world.import}`], [world.countyAdmin, `/api/v1/organisation-imports/${world.organisationImport}`], [schoolAdmin, `/api/v1/apps/${world.app.id}`], [schoolAdmin, `/api/v1/jobs/${world.job}`], [schoolAdmin, `/api/v1/reviews/bulk?token=${encodeURIComponent(world.bulk)}`], [schoolAdmin, `/api/v1/bulk-works/${world.bulkWork}`],
    [schoolAdmin, `/api/v1/bulletins/${world.bulletin}`], [schoolAdmin, `/api/v1/bulletin-settings?organisation_id=${school}`], [schoolAdmin, `/api/v1/bulletin-schedules?organisation_id=${school}`],
    [teacher, '/api/v1/reviews'], [teacher, `/api/v1/reviews/${world.application.id}`], [teacher, '/api/v1/delegations'], [teacher, '/api/v1/me'],
    [waiting, '/api/v1/applications'], [waiting, `/api/v1/applications/${world.application.id}/history`],
    [teacher, `/api/v1/guardians?card_number=${world.card}`], [world.guardian, '/api/v1/family'], [world.guardian, `/api/v1/family/${world.link}`], [pupil, '/api/v1/me/guardians'],
    [schoolAdmin, `/api/v1/apps/${world.app.id}/webhooks`],
    [pupil, `/api/v1/problems/${world.problem.id}`], [schoolAdmin, `/api/v1/desk-problems/${world.problem.id}`],
    ...(world.question ? [[pupil, `/api/v1/answers/${world.question.id}`], [schoolAdmin, `/api/v1/questions/${world.question.id}`], [schoolAdmin, `/api/v1/desk-notices?organisation_id=${school}`]] : []),
    [pupil, '/api/v1/card'], [pupil, '/api/v1/card/devices'], [pupil, '/api/v1/sessions'], [pupil, '/api/v1/me/consents'], [pupil, '/api/v1/me'],
  ]) {
    const answer = await client.call('GET', path)
    seen[path] = { status: answer.status, body: timeless(answer.body) }
  }
  return seen
}
