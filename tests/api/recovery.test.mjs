// A lost password, and what the owner of an account is told: who may help whom, what the help is good for, new devices.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, handIn, password, pupilProfile, register, signInAs, teacherProfile } from '../support/accounts.mjs'
import { setUp } from '../support/authenticator.mjs'
import { solved } from '../support/captcha.mjs'
import { Client } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')
const nobody = '404, accounts.nobody_to_recover'
const above = '403, accounts.only_from_above'

test('a lost password', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  const province = school.admin
  const { parent_id: here } = await province.get(`/api/v1/organisations/${school.id}`)
  const county = await officer(url, province, here, 'county_admin', 'county.here', '县管理员甲')
  const headmaster = await officer(url, province, school.id, 'school_admin', 'headmaster', '周校长')
  const second = await officer(url, province, school.id, 'school_admin', 'second.head', '吴校长')
  const there = (await province.get(`/api/v1/organisations?query=${encodeURIComponent('姑苏区')}&kind=county`)).items[0].id
  const elsewhere = await officer(url, province, there, 'county_admin', 'county.there', '县管理员乙')
  const [child] = people(1, { seed: 83, from: 2016, to: 2017 })
  const [grown] = people(1, { seed: 84, from: 1985, to: 1986 })
  const pupil = await register(url, child, 'forgetful.pupil')
  assert.equal((await decide(school.teacher, await handIn(pupil, pupilProfile(child, school)))).status, 200)
  const colleague = await register(url, grown, 'forgetful.teacher')
  assert.equal((await decide(headmaster, await handIn(colleague, teacherProfile(grown, school), 'teacher'))).status, 200)
  const card = (await pupil.get('/api/v1/card')).card_number
  const colleagues = (await colleague.get('/api/v1/card')).card_number
  const ask = (client, body) => client.call('POST', '/api/v1/recoveries', body)
  const enter = async (login, secret) => {
    const visitor = new Client(url)
    return visitor.call('POST', '/api/v1/sessions', { login, password: secret, captcha: await solved(visitor), transport: 'token' })
  }

  await t.test('a pupil gets a one-time password from the class teacher, and the owner learns by whom', async () => {
    const { status, body } = await ask(school.teacher, { card_number: card.replace(/(.{4})(?=.)/g, '$1 ') })
    assert.equal(status, 201, JSON.stringify(body))
    assert.deepEqual([body.user_name, body.name, body.second_factor], ['forgetful.pupil', child.name, false])
    assert.match(body.one_time_password, /^[a-z0-9]{4}(-[a-z0-9]{4}){2}$/)
    assert.ok(Math.abs(Date.parse(body.expires_at) - Date.now() - 86_400_000) < 60_000)
    await pupil.refused(401, 'GET', '/api/v1/me')
    assert.equal(faultOf(await enter('forgetful.pupil', password)), '401, accounts.sign_in_failed')
    const entered = await enter(card, body.one_time_password)
    assert.equal(entered.body.me.must_change_password, true)
    const again = new Client(url, entered.body.token)
    const [event] = await again.get('/api/v1/me/events/unseen')
    const { name: teacher } = await school.teacher.get('/api/v1/me')
    assert.deepEqual([event.kind, event.by_name], ['recovered', teacher])
    await again.put('/api/v1/me/password', { current_password: body.one_time_password, new_password: 'four red lanterns' })
    await again.post('/api/v1/me/events/seen', { last: event.id })
    assert.deepEqual(await again.get('/api/v1/me/events/unseen'), [])
    assert.deepEqual((await again.get('/api/v1/me/events')).items.map(one => one.kind), ['password_changed', 'new_device', 'recovered'])
    assert.equal((await enter('forgetful.pupil', body.one_time_password)).status, 401)
    assert.equal((await enter('forgetful.pupil', 'four red lanterns')).status, 201)
    const audit = (await headmaster.get('/api/v1/audit-events?limit=20')).items
    assert.ok(audit.some(one => one.action === 'accounts.recovered'), JSON.stringify(audit[0]))
  })

  await t.test('nobody helps outside their office, upwards, or themselves', async () => {
    assert.equal(faultOf(await ask(elsewhere, { card_number: card })), nobody)
    assert.equal(faultOf(await ask(school.teacher, { card_number: colleagues })), nobody, 'a class teacher, to a colleague')
    assert.equal(faultOf(await ask(headmaster, { card_number: '3200000000000001' })), nobody)
    assert.equal(faultOf(await ask(headmaster, { user_name: 'nobody.here' })), nobody)
    assert.equal(faultOf(await ask(headmaster, { user_name: 'forgetful.pupil' })), nobody, 'by the user name, who holds no office')
    assert.equal(faultOf(await ask(headmaster, { user_name: 'county.here' })), nobody)
    assert.equal(faultOf(await ask(school.teacher, { user_name: 'headmaster' })), nobody)
    assert.equal(faultOf(await ask(headmaster, { user_name: 'headmaster' })), '403, accounts.own_recovery')
    assert.equal(faultOf(await ask(second, { user_name: 'headmaster' })), above)
    const both = '422, input.invalid, card_number accounts.card_number_or_user_name'
    assert.equal(faultOf(await ask(headmaster, {})), both)
    assert.equal(faultOf(await ask(headmaster, { card_number: card, user_name: 'forgetful.pupil' })), both)
    await new Client(url).refused(401, 'POST', '/api/v1/recoveries', { card_number: card })
    await colleague.refused(403, 'POST', '/api/v1/recoveries', { card_number: card })
    await colleague.get('/api/v1/me')
    assert.equal((await ask(headmaster, { card_number: colleagues })).status, 201)
  })

  await t.test('who holds an office is helped from above, also where they have a card', async () => {
    const [own] = people(1, { seed: 85, from: 1975, to: 1976 })
    const both = await register(url, own, 'both.ways')
    assert.equal((await decide(headmaster, await handIn(both, teacherProfile(own, school), 'teacher'))).status, 200)
    const number = (await both.get('/api/v1/card')).card_number
    await province.post('/api/v1/appointments', { organisation_id: here, role: 'county_admin', user_name: 'both.ways' })
    assert.equal(faultOf(await ask(headmaster, { card_number: number })), nobody, 'a colleague by card, an officer of the county by office')
    assert.equal(faultOf(await ask(county, { card_number: number })), above)
    assert.equal((await ask(province, { card_number: number })).status, 201)
    const { body } = await ask(county, { user_name: 'headmaster' })
    const entered = await enter('headmaster', body.one_time_password)
    const fresh_ = new Client(url, entered.body.token)
    await fresh_.refused(403, 'GET', `/api/v1/appointments?organisation_id=${school.id}`)
    await fresh_.put('/api/v1/me/password', { current_password: body.one_time_password, new_password: officePassword })
    await fresh_.get(`/api/v1/appointments?organisation_id=${school.id}`)
  })

  await t.test('a second factor stays, unless an administrator takes it away', async () => {
    const owner = new Client(url, (await enter('forgetful.pupil', 'four red lanterns')).body.token)
    await setUp(owner)
    const kept = await ask(school.teacher, { card_number: card })
    assert.equal(kept.body.second_factor, true)
    const step = await enter('forgetful.pupil', kept.body.one_time_password)
    assert.deepEqual([step.body.token, step.body.ways], [null, ['authenticator']])
    assert.equal(faultOf(await ask(school.teacher, { card_number: card, remove_second_factors: true })), '403, accounts.second_factor_by_administrator')
    const removed = await ask(second, { card_number: card, remove_second_factors: true })
    assert.equal(removed.body.second_factor, false)
    assert.equal((await enter('forgetful.pupil', kept.body.one_time_password)).status, 401, 'only the last one is good')
    assert.ok((await enter('forgetful.pupil', removed.body.one_time_password)).body.token)
  })

  await t.test('it runs out after a day, and wants proof of the helper', async () => {
    const { body } = await ask(school.teacher, { card_number: card })
    inDatabase(server, `UPDATE account SET password_expires_at = password_expires_at - 90000000000 WHERE user_name = 'forgetful.pupil'`)
    assert.equal(faultOf(await enter('forgetful.pupil', body.one_time_password)), '401, accounts.one_time_password_expired')
    inDatabase(server, 'UPDATE session SET proved_at = 0')
    assert.equal(faultOf(await ask(school.teacher, { card_number: card })), '403, http.proof_required')
    await school.teacher.put('/api/v1/me/proof', { password: officePassword })
    assert.equal((await ask(school.teacher, { card_number: card })).status, 201)
  })
})

test('a new device', { timeout: 120_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const [person, other] = people(2, { seed: 91, from: 1980, to: 1985 })
  const owner = await register(url, person, 'watchful')
  const enter = async more => {
    const visitor = new Client(url)
    const { token, device_token } = await visitor.post('/api/v1/sessions', { login: 'watchful', password, captcha: await solved(visitor), transport: 'token', ...more })
    return { client: new Client(url, token), device_token }
  }

  await t.test('is told to all others, until the owner has seen it', async () => {
    assert.deepEqual(await owner.get('/api/v1/me/events/unseen'), [], 'not the one that registered')
    const { client, device_token } = await enter({ device_name: '网吧 12 号机' })
    assert.deepEqual(await client.get('/api/v1/me/events/unseen'), [], 'not to itself')
    const told = await owner.get('/api/v1/me/events/unseen')
    assert.deepEqual(told.map(one => [one.kind, one.device_name]), [['new_device', '网吧 12 号机']])
    await client.post('/api/v1/me/events/seen', { last: told[0].id })
    assert.equal((await owner.get('/api/v1/me/events/unseen')).length, 1, 'it cannot say so itself')
    await enter({ device_token })
    assert.equal((await owner.get('/api/v1/me/events/unseen')).length, 1, 'a known one is no news')
    await owner.post('/api/v1/me/events/seen', { last: told[0].id })
    assert.deepEqual(await owner.get('/api/v1/me/events/unseen'), [])
    assert.equal((await owner.get('/api/v1/me/events')).items.length, 1)
  })

  await t.test('is told to its own account only', async () => {
    const stranger = await register(url, other, 'somebody.else')
    await enter({})
    assert.deepEqual((await stranger.get('/api/v1/me/events')).items, [])
    assert.deepEqual(await stranger.get('/api/v1/me/events/unseen'), [])
  })

  await t.test('the history of an account is read page by page', async () => {
    for (let i = 0; i < 3; ++i) await owner.patch('/api/v1/me', { phone: `1380000000${i}` })
    const first = await owner.get('/api/v1/me/events?limit=2')
    const next = await owner.get(`/api/v1/me/events?limit=2&cursor=${first.next}`)
    assert.deepEqual([...first.items, ...next.items].map(one => one.kind), ['phone_changed', 'phone_changed', 'phone_changed', 'new_device'])
    await signInAs(url, 'watchful')
  })
})
