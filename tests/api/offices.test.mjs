// Offices from day to day, contact persons and the organisations without one, invitations, handing over, lists as files.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { register } from '../support/accounts.mjs'
import { county, officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'
import { daysPass } from '../support/time.mjs'

const chinaDay = (days = 0) => new Date(Date.now() + 8 * 3600_000 + days * 86400_000).toISOString().slice(0, 10)

test('offices', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const { admin: province } = await smallSchool(server)
  const a = await county(server, province, { name: '玄武区', city: '南京', letter: 'a', seed: 11 })
  const adults = people(4, { seed: 77, from: 1980, to: 1985 })
  const offices = async (client, organisation_id, state) => (await client.get(`/api/v1/offices?organisation_id=${organisation_id}&state=${state}`)).items

  await t.test('an office begins and ends on a day in China', async () => {
    const later = await officer(url, a.countyAdmin, a.school, 'school_admin', 'begins.later', '候任甲', { begins_on: chinaDay(3), ends_on: chinaDay(5) })
    assert.deepEqual((await later.get('/api/v1/me')).roles, [])
    await later.refused(403, 'GET', `/api/v1/roster-entries?organisation_id=${a.school}`)
    const [upcoming] = await offices(a.countyAdmin, a.school, 'upcoming')
    assert.deepEqual([upcoming.name, upcoming.begins_on, upcoming.ends_on, upcoming.state], ['候任甲', chinaDay(3), chinaDay(5), 'upcoming'])
    daysPass(server, 3)
    assert.equal((await later.get(`/api/v1/roster-entries?organisation_id=${a.school}`)).items.length > 0, true)
    assert.ok((await offices(a.countyAdmin, a.school, 'present')).some(one => one.name === '候任甲'))
    daysPass(server, 3)
    await later.refused(403, 'GET', `/api/v1/roster-entries?organisation_id=${a.school}`)
    assert.ok((await offices(a.countyAdmin, a.school, 'former')).some(one => one.name === '候任甲'))
    const wrong = await a.countyAdmin.call('POST', '/api/v1/appointments', { organisation_id: a.school, role: 'school_admin', user_name: 'begins.later', begins_on: chinaDay(500), ends_on: chinaDay(-1) })
    assert.deepEqual(wrong.body.errors.map(one => one.path).sort(), ['begins_on', 'ends_on'])
  })

  await t.test('contact persons: named, changed, counted where they lack', async () => {
    const ask = body => a.schoolAdmin.call('POST', '/api/v1/contact-persons', { organisation_id: a.school, ...body })
    assert.deepEqual((await ask({ name: '', mail: 'no mail' })).body.errors.map(one => [one.path, one.code]), [['name', 'required'], ['mail', 'offices.mail']])
    assert.deepEqual((await ask({ name: '张三' })).body.errors.map(one => one.code), ['offices.phone_or_mail'])
    const made = (await ask({ name: '张三', duty: '教务处', phone: '025-8300 1234', mail: 'jw@example.cn' })).body
    assert.deepEqual([made.phone, made.organisation], ['02583001234', a.school && made.organisation])
    const changed = await a.countyAdmin.put(`/api/v1/contact-persons/${made.id}`, { version: made.version, name: '张三', phone: '025-83001235' })
    assert.equal(changed.version, made.version + 1)
    await a.countyAdmin.refused(409, 'PUT', `/api/v1/contact-persons/${made.id}`, { version: made.version, name: '张三', phone: '025-83001235' }, 'offices.changed_meanwhile')
    const office = await a.countyAdmin.post('/api/v1/contact-persons', { organisation_id: a.county, name: '县办', phone: '02583000001' })
    const centre = await a.cityAdmin.post('/api/v1/contact-persons', { organisation_id: a.city, name: '市馆', phone: '02583000002' })
    const above = async who => (await who.get('/api/v1/contact-persons/above')).map(one => one.name)
    assert.deepEqual(await above(a.schoolAdmin), ['县办', '市馆'], 'the nearest first')
    assert.deepEqual([await above(a.countyAdmin), await above(a.cityAdmin)], [['市馆'], []])
    for (const one of [office, centre]) await a.cityAdmin.delete(`/api/v1/contact-persons/${one.id}`)
    const counts = await a.cityAdmin.get(`/api/v1/contact-gaps/counts?organisation_id=${a.city}`)
    const here = counts.below.find(one => one.id === a.county)
    assert.equal(here.organisations - here.without, 1, 'of the county only this school has somebody')
    const gaps = await a.cityAdmin.all(`/api/v1/contact-gaps?organisation_id=${a.city}&limit=3`)
    assert.equal(gaps.length, counts.all.without)
    assert.ok(!gaps.some(one => one.id === a.school) && gaps.some(one => one.id === a.county))
    for (const { id } of (await a.schoolAdmin.get(`/api/v1/contact-persons?organisation_id=${a.school}`)).items) await a.schoolAdmin.delete(`/api/v1/contact-persons/${id}`)
    assert.ok((await a.cityAdmin.all(`/api/v1/contact-gaps?organisation_id=${a.city}`)).some(one => one.id === a.school))
  })

  await t.test('a list of contact persons: judged by row, written once, nothing the second time', async () => {
    const code = (await a.countyAdmin.get(`/api/v1/organisations/${a.school}`)).school_code
    const list = ['县区联系人名单', '学校标识码,机构名称,联系人,职务,联系电话,邮箱', `${code},,李四,校长室,02583001111,`, ',玄武区,王五,科长,,wu@example.cn', '2132999999,,赵六,,02583001112,', `${code},,孙七,,abc,`, `${code},,李四,,02583001113,`].join('\r\n')
    const upload = () => a.countyAdmin.post(`/api/v1/contact-imports?organisation_id=${a.county}&file_name=list.csv`, new TextEncoder().encode(list))
    const first = await upload()
    assert.deepEqual([first.fresh, first.changed, first.unchanged, first.rejected], [2, 0, 0, 3])
    const rows = await a.countyAdmin.all(`/api/v1/contact-imports/${first.id}/rows?outcome=rejected`)
    assert.deepEqual(rows.map(one => [one.line, one.field, one.reason]), [[5, 'organisation', 'offices.import_organisation'], [6, 'phone', 'accounts.phone'], [7, 'name', 'offices.import_twice']])
    assert.equal((await a.countyAdmin.get(`/api/v1/contact-persons?organisation_id=${a.county}&below=true`)).items.length, 0, 'a dry run')
    await a.countyAdmin.post(`/api/v1/contact-imports/${first.id}/confirm`)
    await a.countyAdmin.refused(409, 'POST', `/api/v1/contact-imports/${first.id}/confirm`, undefined, 'offices.import_confirmed')
    const second = await upload()
    assert.deepEqual([second.fresh, second.changed, second.unchanged], [0, 0, 2])
    await a.countyAdmin.refused(422, 'POST', `/api/v1/contact-imports?organisation_id=${a.county}&file_name=x.csv`, new TextEncoder().encode('a,b\r\n1,2\r\n'), 'offices.import_headings')
  })

  await t.test('lists as files, with the columns that were chosen', async () => {
    const file = async (query, client = a.countyAdmin) => client.call('GET', `/api/v1/organisation-exports?organisation_id=${a.county}&${query}`)
    const csv = (await file('what=contact_persons&columns=person,phone')).body
    assert.deepEqual(csv.replace('\ufeff', '').trim().split('\r\n').sort(), ['"姓名","联系电话"', '"李四","02583001111"', '"王五",""'].sort())
    assert.match((await file('what=offices')).body, /校a管理员丙/)
    assert.match((await file('what=organisations&kind=school')).body, /望月小学/)
    const xlsx = await file('what=organisations&format=xlsx')
    assert.match(xlsx.headers.get('content-type'), /spreadsheetml/)
    assert.equal(xlsx.body.slice(0, 2), 'PK')
    assert.equal((await file('what=offices&columns=password')).status, 422)
    const { items } = await a.countyAdmin.get(`/api/v1/audit-events?action=offices.exported_offices&organisation_id=${a.county}`)
    assert.equal(items.length, 1)
  })

  await t.test('an invitation: looked at, declined or accepted by who is meant, revoked, run out', async () => {
    const [person, other] = adults
    const invite = (more = {}) => a.countyAdmin.post('/api/v1/office-invitations', { organisation_id: a.school, role: 'school_admin', name: person.name, ...more })
    const made = await invite({ ends_on: chinaDay(100) })
    assert.match(made.code, /^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$/)
    const listed = (await a.countyAdmin.get(`/api/v1/office-invitations?organisation_id=${a.county}`)).items.find(one => one.id === made.id)
    assert.deepEqual([listed.code, listed.state], [null, 'waiting'], 'the code is shown once')
    const invited = await register(url, person, 'is.invited')
    const stranger = await register(url, other, 'is.other')
    const seen = await invited.post('/api/v1/office-invitations/look', { code: made.code.toLowerCase() })
    assert.deepEqual([seen.offices[0].role, seen.ends_on, seen.name], ['school_admin', chinaDay(100), person.name])
    assert.equal((await stranger.call('POST', '/api/v1/office-invitations/answer', { code: made.code, accept: true })).body.code, 'offices.other_name')
    await invited.post('/api/v1/office-invitations/answer', { code: made.code, accept: true })
    await invited.post('/api/v1/office-invitations/answer', { code: made.code, accept: true }) // once more changes nothing
    assert.deepEqual((await invited.get('/api/v1/me')).roles.map(one => one.role), ['school_admin'])
    await invited.get(`/api/v1/roster-entries?organisation_id=${a.school}`)
    assert.equal((await invited.call('POST', '/api/v1/office-invitations/look', { code: 'AAAA-AAAA-AAAA' })).body.errors[0].code, 'offices.code_unknown')

    const declined = await invite({ role: 'inspector' })
    assert.equal((await invited.post('/api/v1/office-invitations/answer', { code: declined.code, accept: false })).state, 'declined')
    await a.countyAdmin.refused(409, 'DELETE', `/api/v1/office-invitations/${declined.id}`, undefined, 'offices.answered_already')
    const revoked = await invite({ role: 'inspector' })
    await a.countyAdmin.delete(`/api/v1/office-invitations/${revoked.id}`)
    assert.equal((await invited.call('POST', '/api/v1/office-invitations/answer', { code: revoked.code, accept: true })).status, 422)
    const old = await invite({ role: 'inspector' })
    inDatabase(server, `UPDATE office_invitation SET expires_at = made_at - 1 WHERE id = ${old.id}`)
    assert.equal((await invited.call('POST', '/api/v1/office-invitations/answer', { code: old.code, accept: true })).status, 422)
    await a.schoolAdmin.refused(403, 'POST', '/api/v1/office-invitations', { organisation_id: a.school, role: 'school_admin', name: '甲' }, 'accounts.only_from_above')
  })

  await t.test('who invited and has lost the office gives nothing any more', async () => {
    const deputy = await officer(url, a.cityAdmin, a.county, 'county_admin', 'deputy.one', '副职乙')
    const made = await deputy.post('/api/v1/office-invitations', { organisation_id: a.school, role: 'inspector', name: adults[2].name })
    await a.cityAdmin.delete(`/api/v1/appointments/${deputy.appointment.id}`)
    const invited = await register(url, adults[2], 'is.late')
    assert.equal((await invited.call('POST', '/api/v1/office-invitations/answer', { code: made.code, accept: true })).status, 403)
    assert.deepEqual((await invited.get('/api/v1/me')).roles, [])
  })

  await t.test('an office is handed over: what comes with it is told first, and the former holder reaches nothing', async () => {
    const leaver = await officer(url, a.countyAdmin, a.school, 'school_admin', 'leaves.soon', '离任丙')
    const contact = await a.schoolAdmin.post('/api/v1/contact-persons', { organisation_id: a.school, name: '离任丙', phone: '02583002222', user_name: 'leaves.soon' })
    const held = await a.countyAdmin.get(`/api/v1/office-holdings?account_id=${leaver.account_id}`)
    assert.deepEqual(held.items.map(one => [one.office.role, one.waiting, one.is_contact]), [['school_admin', 1, true]])
    const order = { account_id: leaver.account_id, appointments: [leaver.appointment.id] }
    assert.equal((await a.countyAdmin.call('POST', '/api/v1/hand-overs', { ...order, user_name: 'is.other', name: '某某' })).body.errors[0].code, 'offices.one_successor')
    await a.schoolAdmin.refused(404, 'POST', '/api/v1/hand-overs', { ...order, user_name: 'is.other' }, 'offices.nobody')
    await leaver.get(`/api/v1/roster-entries?organisation_id=${a.school}`)
    const done = await a.countyAdmin.post('/api/v1/hand-overs', { ...order, user_name: 'is.other' })
    assert.deepEqual(done.appointments.map(one => [one.role, one.user_name]), [['school_admin', 'is.other']])
    await leaver.refused(403, 'GET', `/api/v1/roster-entries?organisation_id=${a.school}`)
    assert.equal((await a.schoolAdmin.get(`/api/v1/contact-persons?organisation_id=${a.school}`)).items.find(one => one.id === contact.id).name, adults[1].name)
    // Of two who hold it one goes: the other keeps what they have.
    const second = await officer(url, a.countyAdmin, a.school, 'school_admin', 'leaves.too', '离任丁')
    const kept = await a.countyAdmin.post('/api/v1/hand-overs', { account_id: second.account_id, appointments: [second.appointment.id], user_name: 'is.other' })
    assert.deepEqual(kept.appointments.map(one => one.id), done.appointments.map(one => one.id))
    await second.refused(403, 'GET', `/api/v1/roster-entries?organisation_id=${a.school}`)
    // By invitation, from a day on: until it is accepted nothing changes.
    const successor = done.appointments[0]
    const { invitation } = await a.countyAdmin.post('/api/v1/hand-overs', { account_id: successor.account_id, appointments: [successor.id], name: adults[3].name, on: chinaDay(2) })
    assert.equal(invitation.offices[0].present, adults[1].name)
    const next = await register(url, adults[3], 'is.next')
    await next.post('/api/v1/office-invitations/answer', { code: invitation.code, accept: true })
    assert.deepEqual((await next.get('/api/v1/me')).roles, [], 'not yet')
    daysPass(server, 2)
    assert.deepEqual((await next.get('/api/v1/me')).roles.map(one => one.role), ['school_admin'])
    assert.ok(!(await offices(a.countyAdmin, a.school, 'present')).some(one => one.user_name === 'is.other'))
  })

  await t.test('the audit log is searched by person, and given out as a file', async () => {
    const { items } = await a.countyAdmin.get(`/api/v1/audit-events?user_name=${a.countyAdmin.user_name}&organisation_id=${a.county}`)
    assert.ok(items.length > 5 && items.every(one => one.account_id === a.countyAdmin.account_id))
    assert.equal((await a.countyAdmin.call('GET', '/api/v1/audit-events?user_name=nobody.here')).status, 422)
    const csv = (await a.countyAdmin.call('GET', `/api/v1/audit-events.csv?organisation_id=${a.county}&action=offices.handed_over`)).body
    assert.match(csv, /offices\.handed_over/)
    assert.equal(csv.trim().split('\r\n').length, 3)
    assert.equal((await a.countyAdmin.get('/api/v1/audit-events?action=administration.audit_exported')).items.length, 1)
  })
})
