// People at a help desk: administrators of every level, a teacher and a pupil of one school, a pupil of another county's, and somebody
// who belongs nowhere yet.
import assert from 'node:assert/strict'
import { decide, handIn, pupilProfile, register, teacherProfile } from './accounts.mjs'
import { officer } from './county.mjs'
import { people } from './people.mjs'
import { importRoster, rosterOf } from './roster.mjs'
import { smallSchool } from './school.mjs'

const year = new Date().getFullYear() - 1

async function pupilOf(url, place, person, user_name) {
  await importRoster(place.admin, place.school_id, rosterOf([person], place.class_name, year))
  const account = await register(url, person, user_name)
  const decided = await decide(place.classTeacher, await handIn(account, pupilProfile(person, { id: place.school_id, class_id: place.class_id })))
  assert.equal(decided.status, 200, JSON.stringify(decided.body))
  return account
}

export async function certified(server) {
  const { url } = server
  const small = await smallSchool(server)
  const { admin: province } = small
  const line = await province.get(`/api/v1/organisations/${small.id}`)
  const find = async (query, kind) => (await province.get(`/api/v1/organisations?query=${encodeURIComponent(query)}&kind=${kind}`)).items[0]
  const city = await find('南京', 'city')
  const cityAdmin = await officer(url, province, city.id, 'city_admin', 'desk.city', '市管理员')
  const county = await officer(url, province, line.parent_id, 'county_admin', 'desk.county', '县管理员')
  const school = await officer(url, province, small.id, 'school_admin', 'desk.school', '校管理员')
  const [grown] = people(1, { seed: 71, from: 1980, to: 1985 })
  const teacher = await register(url, grown, 'desk.teacher')
  await importRoster(school, small.id, `姓名,性别,身份证件号码,任教学科,任职时间\r\n${grown.name},男,${grown.number},语文,2020-09-01\r\n`, { kind: 'teacher', fileName: '教师.csv' })
  const decided = await decide(school, await handIn(teacher, teacherProfile(grown, { id: small.id }), 'teacher'))
  assert.equal(decided.status, 200, JSON.stringify(decided.body))
  const [one, two, three] = people(3, { seed: 72, from: 2016, to: 2017 })
  const place = { admin: school, school_id: small.id, class_id: small.class_id, class_name: small.class_name, classTeacher: small.teacher }
  const pupil = await pupilOf(url, place, one, 'desk.pupil')

  const far = await find('姑苏区', 'county')
  const away = await province.post('/api/v1/organisations', { parent_id: far.id, kind: 'school', name: '姑苏区观前小学', school_code: '2132000077', school_kind: 'primary' })
  const room = await province.post('/api/v1/organisations', { parent_id: away.id, kind: 'class', stage: 'primary', entry_year: year, class_number: 1 })
  const awayAdmin = await officer(url, province, away.id, 'school_admin', 'desk.away', '外校管理员')
  const classTeacher = await officer(url, awayAdmin, room.id, 'class_teacher', 'desk.away.teacher', '外校班主任')
  const awayPlace = { admin: awayAdmin, school_id: away.id, class_id: room.id, class_name: room.display_name ?? room.name, classTeacher }
  const awayPupil = await pupilOf(url, awayPlace, two, 'desk.away.pupil')
  const newcomer = await register(url, three, 'desk.newcomer')
  return {
    province, city: cityAdmin, county, school, teacher, pupil, newcomer, classTeacher: small.teacher,
    province_id: '32', city_id: city.id, county_id: line.parent_id, school_id: small.id, class_id: small.class_id, school_name: small.name,
    otherSchool: { admin: awayAdmin, pupil: awayPupil, id: away.id, county_id: far.id },
  }
}
