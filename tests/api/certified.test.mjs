// What becomes of somebody certified when a guardian withdraws consent, when the school no longer lists them, and of an account that
// claims its document late.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register, teacherProfile } from '../support/accounts.mjs'
import { enrolled, present } from '../support/card.mjs'
import { Client } from '../support/client.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('consent, leaving, and a late claim', { timeout: 300_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const school = await smallSchool(server)
  const year = new Date().getFullYear() - 1
  const [child, other] = people(2, { seed: 41, from: 2016, to: 2017 })
  await importRoster(school.admin, school.id, rosterOf([child, other], school.class_name, year))
  const pupil = await register(server.url, child, 'pupil.one')
  const anybody = new Client(server.url)
  const { version: policy_version } = await anybody.get('/api/v1/policies/current')
  const consent = { guardian_name: child.guardian, relation: 'mother', phone: child.phone, policy_version, purposes: ['identity', 'e_card'] }
  const withdraw = async purpose => {
    const given = (await pupil.get('/api/v1/me/consents')).find(one => one.purpose === purpose && !one.withdrawn_at)
    await pupil.post(`/api/v1/me/consents/${given.id}/withdraw`)
  }
  let application, card

  await t.test('without consent nothing is handed in or approved', async () => {
    await withdraw('identity')
    assert.ok((await pupil.get('/api/v1/me')).next.includes('consent'))
    await assert.rejects(handIn(pupil, pupilProfile(child, school)), /applications\.no_consent/)
    await pupil.post('/api/v1/me/consents', consent)
    const [open] = (await pupil.get('/api/v1/applications')).items
    application = await pupil.post(`/api/v1/applications/${open.id}/submit`, { version: open.version })
    await withdraw('e_card')
    const refused = await decide(school.teacher, application)
    assert.deepEqual([refused.status, refused.body.code], [409, 'applications.no_consent'])
    await pupil.post('/api/v1/me/consents', consent)
    await pupil.refused(409, 'POST', '/api/v1/me/consents', consent, 'accounts.consent_not_missing')
    assert.equal((await decide(school.teacher, application)).status, 200)
  })

  await t.test('nor does the card come onto a device', async () => {
    await withdraw('e_card')
    await assert.rejects(enrolled(pupil, '手机'), /cards\.no_consent/)
    await pupil.post('/api/v1/me/consents', consent)
    card = await enrolled(pupil, '手机')
  })

  const verdict = async () => (await anybody.post('/api/v1/verifications', { code: await present(card) })).reason

  await t.test('who leaves the roster has no valid card until listed again', async () => {
    assert.equal(await verdict(), 'valid')
    await importRoster(school.admin, school.id, rosterOf([other], school.class_name, year), { markMissingLeft: true })
    assert.equal((await pupil.get('/api/v1/card')).state, 'left')
    assert.equal(await verdict(), 'revoked')
    await importRoster(school.admin, school.id, rosterOf([child, other], school.class_name, year))
    assert.equal((await pupil.get('/api/v1/card')).state, 'active')
    assert.equal(await verdict(), 'valid')
  })

  await t.test('a class teacher whom an administrator made claims a document and is certified', async () => {
    const [person] = people(1, { seed: 43, from: 1980, to: 1985 })
    assert.ok((await school.teacher.get('/api/v1/me')).next.includes('claim'))
    const claim = { document: { kind: 'resident_id', number: person.number } }
    const me = await school.teacher.post('/api/v1/me/claim', claim)
    assert.deepEqual(me.next, ['apply'])
    assert.ok(!JSON.stringify(me).includes(person.number))
    await school.teacher.refused(409, 'POST', '/api/v1/me/claim', claim, 'accounts.claimed_already')
    const application = await handIn(school.teacher, teacherProfile(person, school), 'teacher')
    assert.equal((await decide(school.admin, application)).status, 403, 'it is the school’s turn first')
  })

  await t.test('organisations are listed by kind without words', async () => {
    const cities = await anybody.get('/api/v1/organisations?kind=city&limit=5')
    assert.equal(cities.items.length, 5)
    const rest = await anybody.get(`/api/v1/organisations?kind=city&cursor=${encodeURIComponent(cities.next)}`)
    assert.equal(rest.items.length, 8)
    assert.equal((await anybody.get(`/api/v1/organisations?kind=school&under=${school.id}`)).items[0].id, school.id)
    await anybody.refused(422, 'GET', '/api/v1/organisations', undefined, 'input.invalid')
  })
})
