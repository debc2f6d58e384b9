// A school with people is closed and opened again: what is asked before, what rests meanwhile, and what comes back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { officer } from '../support/county.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

test('closing and reopening', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const school = await smallSchool(server)
  const { admin, teacher } = school
  const path = `/api/v1/organisations/${school.id}`
  const read = () => admin.get(path)
  const close = (client, body) => client.call('POST', `${path}/close`, body)
  const reopen = (client, body) => client.call('POST', `${path}/reopen`, body)
  const { parent_id: county } = await read()
  const countyAdmin = await officer(server.url, admin, county, 'county_admin', 'county.one', '县管理员')
  const schoolAdmin = await officer(server.url, countyAdmin, school.id, 'school_admin', 'school.one', '校管理员')
  const neighbour = (await admin.get(`/api/v1/organisations?query=${encodeURIComponent('秦淮区')}&kind=county`)).items[0]
  const stranger = await officer(server.url, admin, neighbour.id, 'county_admin', 'county.two', '邻县管理员')
  const children = people(5, { seed: 5, from: 2016, to: 2017 })
  await importRoster(schoolAdmin, school.id, rosterOf(children, school.class_name, new Date().getFullYear() - 1))

  await t.test('what hangs on it is told to those who may close it', async () => {
    const { version } = await read()
    const before = { id: school.id, version, open_below: 1, people: 5, certified: 0, offices: 2 }
    assert.deepEqual(await admin.get(`${path}/closing`), before)
    assert.deepEqual(await countyAdmin.get(`${path}/closing`), before)
    for (const client of [schoolAdmin, stranger, teacher]) await client.refused(403, 'GET', `${path}/closing`)
    await admin.refused(404, 'GET', '/api/v1/organisations/5/closing', undefined, 'organisations.unknown')
  })

  await t.test('it is closed only with the number that was shown, by whom and as it was shown', async () => {
    const { version } = await read()
    for (const people of [undefined, 0, 4, 6]) {
      const { status, body } = await close(countyAdmin, { version, people })
      assert.equal(status, 409)
      assert.equal(body.code, 'organisations.has_people')
      assert.match(body.title, /5 人/)
    }
    assert.equal((await close(countyAdmin, { version: version - 1, people: 5 })).body.code, 'organisations.changed_meanwhile')
    for (const client of [schoolAdmin, stranger, teacher]) assert.equal((await close(client, { version, people: 5 })).status, 403)
    assert.equal((await read()).valid_to, null)
  })

  await t.test('of eight who close it at once one does', async () => {
    const { version } = await read()
    const answers = await Promise.all(Array.from({ length: 8 }, () => close(countyAdmin, { version, people: 5 })))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(409)])
  })

  await t.test('meanwhile offices rest, and the progress above agrees with its parts', async () => {
    const me = await schoolAdmin.get('/api/v1/me')
    assert.deepEqual(me.roles, [])
    assert.deepEqual(me.resting.map(one => [one.role, one.organisation_id]), [['school_admin', school.id]])
    const { organisation, children: parts } = await countyAdmin.get(`/api/v1/progress?organisation_id=${county}`)
    assert.equal(organisation.counts.not_begun, 5)
    assert.deepEqual(parts.map(one => [one.id, one.closed, one.counts.not_begun]), [[school.id, true, 5]])
    const csv = await countyAdmin.get(`/api/v1/progress.csv?organisation_id=${county}`)
    assert.match(csv, /"2132000042",5,0,0,0,5,0\.0,,0,已撤销\r\n/)
    assert.deepEqual((await countyAdmin.get(`/api/v1/organisations/${county}/children?closed=true`)).items.map(one => one.id), [school.id])
    const other = { parent_id: county, kind: 'school', name: '另一小学', school_code: '2132000042', school_kind: 'primary' }
    await admin.refused(409, 'POST', '/api/v1/organisations', other, 'organisations.school_code_taken')
    assert.equal((await admin.call('POST', `/api/v1/organisations/${school.class_id}/reopen`, { version: (await admin.get(`/api/v1/organisations/${school.class_id}`)).version })).body.code, 'organisations.parent_closed')
  })

  await t.test('it is opened again by whom it may be closed by, once', async () => {
    const { version } = await read()
    for (const client of [schoolAdmin, stranger, teacher]) assert.equal((await reopen(client, { version })).status, 403)
    assert.equal((await reopen(countyAdmin, { version: version - 1 })).body.code, 'organisations.changed_meanwhile')
    const answers = await Promise.all(Array.from({ length: 8 }, () => reopen(countyAdmin, { version })))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(409)])
    assert.equal((await reopen(countyAdmin, { version: version + 1 })).body.code, 'organisations.not_closed')
  })

  await t.test('code, class and offices are back, and the history keeps both', async () => {
    const { school_code, valid_to } = await read()
    assert.deepEqual([school_code, valid_to], ['2132000042', null])
    assert.equal((await admin.get(`/api/v1/organisations/${school.class_id}`)).valid_to, null)
    assert.deepEqual((await schoolAdmin.get('/api/v1/me')).roles.map(one => one.organisation_id), [school.id])
    assert.deepEqual((await teacher.get('/api/v1/me')).roles.map(one => one.organisation_id), [school.class_id])
    assert.deepEqual((await schoolAdmin.get('/api/v1/me')).resting, [])
    const [founded, reopened] = await admin.get(`${path}/history`)
    assert.deepEqual([founded.change, reopened.change, reopened.valid_to], ['founded', 'reopened', null])
    assert.equal(founded.valid_to, reopened.valid_from)
    const events = (await admin.get(`/api/v1/audit-events?subject=${school.id}`)).items.map(one => one.action)
    assert.deepEqual(events.filter(one => /closed|reopened/.test(one)), ['organisations.reopened', 'organisations.closed'])
    assert.equal((await countyAdmin.get(`/api/v1/progress?organisation_id=${county}`)).children[0].closed, false)
  })

  await t.test('on the same day it is closed and opened once more, and doctor finds all well', async () => {
    const closed = await countyAdmin.post(`${path}/close`, { version: (await read()).version, people: 5 })
    const open = await countyAdmin.post(`${path}/reopen`, { version: closed.version })
    assert.equal((await admin.get(`${path}?as_of=${open.valid_from}`)).id, school.id)
    assert.equal((await countyAdmin.get(`${path}/closing`)).open_below, 1)
    await server.stop()
    const doctor = educard(server.data, ['doctor'])
    assert.equal(doctor.status, 0, doctor.out + doctor.err)
  })
})
