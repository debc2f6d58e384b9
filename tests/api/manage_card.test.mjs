// Administrators find a certified person's card, whether a roster names the person or not, see what became of it and act on it.
// Nobody outside their scope finds anything.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { enrolled, present } from '../support/card.mjs'
import { Client } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('a card is found, and what becomes of it is kept', { timeout: 300_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const school = await smallSchool(server)
  const province = school.admin
  const { parent_id: here } = await province.get(`/api/v1/organisations/${school.id}`)
  const there = (await province.get(`/api/v1/organisations?query=${encodeURIComponent('姑苏区')}&kind=county`)).items[0].id
  const county = await officer(server.url, province, here, 'county_admin', 'county.here', '县管理员甲')
  const elsewhere = await officer(server.url, province, there, 'county_admin', 'county.there', '县管理员乙')
  const headmaster = await officer(server.url, province, school.id, 'school_admin', 'headmaster', '周校长')
  const [child, listed] = people(2, { seed: 83, from: 2016, to: 2017 })
  const pupil = await register(server.url, child, 'pupil.unlisted')
  assert.equal((await decide(school.teacher, await handIn(pupil, pupilProfile(child, school)))).status, 200)
  const { card_number: number } = await pupil.get('/api/v1/card')
  const device = await enrolled(pupil, '手机')
  const verdict = async () => (await new Client(server.url).post('/api/v1/verifications', { code: await present(device) })).reason
  const found = async (client, text) => (await client.post('/api/v1/card-searches', { number: text })).map(card => card.card_number)

  await t.test('who stands in no roster is found by whole numbers', async () => {
    assert.deepEqual((await county.post('/api/v1/roster-searches', { organisation_id: String(here), query: number })).items, [], 'no roster names them')
    for (const client of [province, county, headmaster, school.teacher]) {
      for (const text of [number, number.replace(/(.{4})(?=.)/g, '$1 '), child.number, child.number.toLowerCase()]) {
        assert.deepEqual(await found(client, text), [number], text)
      }
    }
    const [card] = await county.post('/api/v1/card-searches', { number: child.number })
    assert.deepEqual([card.name, card.role, card.school, card.state], [child.name, 'student', school.name, 'active'])
    assert.ok(!JSON.stringify(card).includes(child.number))
  })

  await t.test('not by a part, and not from outside', async () => {
    for (const text of [child.number.slice(0, 17), number.slice(0, 15), '', listed.number, '3200000000000001']) assert.deepEqual(await found(county, text), [], text)
    assert.deepEqual(await county.post('/api/v1/card-searches', {}), [])
    for (const text of [number, child.number]) assert.deepEqual(await found(elsewhere, text), [], text)
    await elsewhere.refused(404, 'GET', `/api/v1/cards/${number}/history`, undefined, 'cards.unknown')
    await pupil.refused(403, 'POST', '/api/v1/card-searches', { number })
    await new Client(server.url).refused(401, 'POST', '/api/v1/card-searches', { number })
  })

  await t.test('an entry of a roster leads to the card', async () => {
    await importRoster(province, school.id, rosterOf([child, listed], school.class_name, new Date().getFullYear() - 1))
    const entries = await headmaster.all(`/api/v1/roster-entries?organisation_id=${school.id}`)
    const of = async (client, name) => (await client.post('/api/v1/card-searches', { roster_entry_id: entries.find(one => one.name === name).id })).map(card => card.card_number)
    assert.deepEqual(await of(headmaster, child.name), [number])
    assert.deepEqual(await of(headmaster, listed.name), [], 'not certified')
    assert.deepEqual(await of(elsewhere, child.name), [])
  })

  const act = (client, what, body) => client.call('POST', `/api/v1/cards/${number}/${what}`, body)
  const history = async () => (await county.get(`/api/v1/cards/${number}/history`)).map(one => [one.state, one.reason ?? '', one.note ?? '', one.account_name ?? ''])

  await t.test('a loss, and good again: who, when and why', async () => {
    assert.deepEqual(await history(), [['active', '', '', '']])
    await pupil.post('/api/v1/card/report-lost')
    assert.equal(await verdict(), 'suspended')
    assert.equal((await act(school.teacher, 'resume', { reason: 'found', note: '在家里找到' })).status, 200)
    assert.equal(await verdict(), 'valid')
    assert.deepEqual(await history(), [
      ['active', 'found', '在家里找到', '陈静姝'],
      ['suspended', 'lost', '', child.name],
      ['active', '', '', ''],
    ])
    const times = (await county.get(`/api/v1/cards/${number}/history`)).map(one => one.at)
    assert.deepEqual(times, [...times].sort().reverse())
  })

  await t.test('reasons that make no sense change nothing', async () => {
    for (const [what, reason] of [['suspend', 'found'], ['suspend', 'left'], ['revoke', 'found']]) assert.equal((await act(county, what, { reason })).status, 422, `${what} ${reason}`)
    assert.equal((await act(county, 'suspend', {})).status, 422)
    assert.equal((await act(county, 'suspend', { reason: 'other', note: 'x'.repeat(301) })).status, 422)
    assert.equal((await act(county, 'resume', { reason: 'other' })).body.code, 'cards.wrong_state')
    assert.equal((await history()).length, 3)
  })

  await t.test('somebody who left is the province’s, and the history says so', async () => {
    await importRoster(province, school.id, rosterOf([listed], school.class_name, new Date().getFullYear() - 1), { markMissingLeft: true })
    for (const client of [county, headmaster, school.teacher]) assert.deepEqual(await found(client, child.number), [])
    assert.deepEqual(await found(province, child.number), [number])
    const [last] = await province.get(`/api/v1/cards/${number}/history`)
    assert.deepEqual([last.state, last.reason, last.account_id ?? ''], ['left', 'left', ''])
    await importRoster(province, school.id, rosterOf([child, listed], school.class_name, new Date().getFullYear() - 1))
    assert.equal((await history())[0][0], 'active')
  })

  await t.test('a class teacher does not revoke; an administrator does, for good', async () => {
    assert.equal((await act(school.teacher, 'revoke', { reason: 'misuse' })).status, 403)
    assert.equal(await verdict(), 'valid')
    assert.equal((await act(headmaster, 'revoke', { reason: 'misuse', note: '转借他人' })).status, 200)
    assert.equal(await verdict(), 'revoked')
    assert.deepEqual((await history())[0], ['revoked', 'misuse', '转借他人', '周校长'])
    assert.equal((await act(province, 'resume', { reason: 'mistake' })).body.code, 'cards.wrong_state')
  })
})
