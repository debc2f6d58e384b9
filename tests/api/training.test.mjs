// The training plan: who is invited and told, seats, who was there, materials, and for whom nobody was trained.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, eventually } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { campaignOf, sessionOf } from '../support/plan.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')

test('training', { timeout: 300_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  const { admin: province, teacher } = school
  const { line } = await province.get(`/api/v1/organisations/${school.id}`)
  const [provinceNode, cityNode, countyNode] = line
  const second = await province.post('/api/v1/organisations', { parent_id: countyNode.id, kind: 'school', name: '第二小学', school_code: '2132000088', school_kind: 'primary' })
  const otherCounty = (await province.get(`/api/v1/organisations?query=${encodeURIComponent('姑苏区')}&kind=county`)).items[0]
  const county = await officer(url, province, countyNode.id, 'county_admin', 'the.county', '县管理员')
  const head = await officer(url, province, school.id, 'school_admin', 'the.head', '周校长')
  const other = await officer(url, province, second.id, 'school_admin', 'other.head', '吴校长')
  const stranger = await officer(url, province, otherCounty.id, 'county_admin', 'stranger', '邻县管理员')

  const schools = { organisation_id: countyNode.id, role: 'school_admin' }
  const plan = (client, organisation_id, more) => client.post('/api/v1/training-sessions', { ...sessionOf(schools, more), organisation_id })
  const told = async (client, kind) => (await client.get('/api/v1/me/notices')).filter(notice => notice.kind === `training.${kind}`)
  const path = (session, act = '') => `/api/v1/training-sessions/${session.id}${act && `/${act}`}`

  await t.test('what is wrong is said by field', async () => {
    const tried = more => county.call('POST', '/api/v1/training-sessions', { ...sessionOf(schools), organisation_id: countyNode.id, ...more })
    assert.equal(faultOf(await tried({ title: '', trainer: ' ' })), '422, input.invalid, title required, trainer required')
    assert.equal(faultOf(await tried({ place: '' })), '422, input.invalid, place training.place_or_link')
    assert.equal(faultOf(await tried({ link: 'javascript:alert(1)' })), '422, input.invalid, link training.web_address')
    assert.equal(faultOf(await tried({ ends_at: new Date().toISOString() })), '422, input.invalid, ends_at training.ends_before_begin')
    assert.equal(faultOf(await tried({ capacity: 0 })), '422, input.invalid, capacity training.capacity')
    assert.equal(faultOf(await tried({ audience: [] })), '422, input.invalid, audience required')
    assert.equal(faultOf(await tried({ audience: [{ organisation_id: otherCounty.id, role: 'school_admin' }] })), '422, input.invalid, audience[0].organisation_id training.not_below')
    assert.equal(faultOf(await tried({ campaign_id: '99' })), '422, input.invalid, campaign_id training.campaign')
    assert.equal((await county.call('POST', '/api/v1/training-sessions', { ...sessionOf(schools), organisation_id: cityNode.id })).status, 403)
    assert.deepEqual((await county.get('/api/v1/training-sessions')).items, [])
  })

  let session
  await t.test('whom it concerns is invited and told once; nobody else sees it', async () => {
    const campaign = await province.post('/api/v1/campaigns', { ...campaignOf(30), organisation_id: provinceNode.id })
    await province.post(`/api/v1/campaigns/${campaign.id}/publish`, { version: campaign.version })
    session = await plan(county, countyNode.id, { capacity: 1, campaign_id: campaign.id })
    assert.equal(session.campaign_name, campaign.name)
    for (const client of [head, other]) await eventually(async () => (await told(client, 'invited')).length === 1, 'those concerned to be told')
    assert.equal((await told(head, 'invited'))[0].link, `/training/${session.id}`)
    for (const client of [teacher, stranger, county]) assert.deepEqual(await told(client, 'invited'), [])
    assert.deepEqual((await head.get('/api/v1/me/training')).map(one => [one.id, one.mine]), [[session.id, 'invited']])
    assert.deepEqual(await teacher.get('/api/v1/me/training'), [])
    for (const client of [teacher, stranger]) assert.equal((await client.call('GET', path(session))).status, 404)
    const seen = await head.get(path(session))
    assert.deepEqual([seen.mine, seen.may_organise, seen.room_code ?? null], ['invited', false, null])
    assert.match((await county.get(path(session))).room_code, /^\d{6}$/)
    assert.equal((await head.call('PUT', path(session), { ...sessionOf(schools), version: 1 })).status, 403)
  })

  await t.test('the last seat goes once; a seat that is given back is free again', async () => {
    const both = await Promise.all([head, other].map(client => client.call('POST', path(session, 'sign-up'))))
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409])
    const [winner, loser] = both[0].status === 200 ? [head, other] : [other, head]
    assert.equal(faultOf(await loser.call('POST', path(session, 'sign-up'))), '409, training.full')
    assert.equal((await winner.post(path(session, 'sign-up'))).signed_up, 1, 'twice takes one seat')
    assert.equal((await winner.post(path(session, 'sign-off'))).signed_up, 0)
    assert.equal((await winner.post(path(session, 'sign-off'))).signed_up, 0)
    assert.equal((await loser.post(path(session, 'sign-up'))).mine, 'signed_up')
    if (loser === other) {
      await other.post(path(session, 'sign-off'))
      await head.post(path(session, 'sign-up'))
    }
    assert.equal(faultOf(await county.call('POST', path(session, 'sign-up'))), '403, training.not_invited')
    assert.equal((await stranger.call('POST', path(session, 'sign-up'))).status, 404)
  })

  await t.test('another time is told, two editors do not overwrite each other', async () => {
    const edit = more => county.call('PUT', path(session), { ...sessionOf(schools, { minutes: 48 * 60 }), capacity: 2, version: session.version, ...more })
    const both = await Promise.all([edit({ place: '甲楼' }), edit({ place: '乙楼' })])
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409])
    session = both.find(({ status }) => status === 200).body
    await eventually(async () => (await told(other, 'moved')).length === 1, 'the new time to be told')
    assert.equal((await told(other, 'moved'))[0].details.place, session.place)
    assert.equal(faultOf(await edit({ capacity: 0, version: session.version })).includes('capacity training.capacity'), true)
    const calendar = await (await fetch(url + path(session, 'calendar.ics'), { headers: { authorization: `Bearer ${head.token}` } })).text()
    assert.match(calendar, /^BEGIN:VCALENDAR\r\n/)
    assert.match(calendar, new RegExp(`LOCATION:${session.place}\r\n`))
    assert.match(calendar, /SEQUENCE:1\r\n/)
    assert.match(calendar, new RegExp(`DTSTART:${session.begins_at.slice(0, 19).replace(/[-:]/g, '')}Z`))
    for (const one of calendar.split('\r\n')) assert.ok(Buffer.byteLength(one) <= 75, one)
  })

  await t.test('materials: what they are is looked at, they are for whom it concerns, and are downloaded, not shown', async () => {
    const file = (name, bytes, client = county) => client.call('POST', `${path(session, 'files')}?title=${encodeURIComponent('手册')}&file_name=${encodeURIComponent(name)}`, bytes)
    const pdf = new TextEncoder().encode('%PDF-1.7 guide')
    assert.equal(faultOf(await file('手册.html', pdf)), '422, input.invalid, file_name training.file_kind')
    assert.equal(faultOf(await file('手册.pdf', new TextEncoder().encode('<html>'))), '422, input.invalid, file_name training.file_not_what_it_says')
    assert.equal(faultOf(await file('手册.pdf', new Uint8Array((20 << 20) + 1).fill(37))), '422, input.invalid, file_name training.file_too_large')
    assert.equal((await file('手册.pdf', pdf, head)).status, 403)
    const { status, body: material } = await file('手册.pdf', pdf)
    assert.equal(status, 201, JSON.stringify(material))
    const big = new Uint8Array(700_000).fill(65)
    big.set(new TextEncoder().encode('%PDF-1.7'))
    const { body: bigger } = await file('大.pdf', big)
    const got = await head.call('GET', `/api/v1/training-materials/${material.id}`)
    assert.equal(got.body, '%PDF-1.7 guide')
    assert.equal(got.headers.get('content-type'), 'application/pdf')
    assert.match(got.headers.get('content-disposition'), /^attachment; .*filename\*=UTF-8''%E6%89%8B%E5%86%8C\.pdf$/)
    assert.equal(got.headers.get('x-content-type-options'), 'nosniff')
    assert.equal((await head.call('GET', `/api/v1/training-materials/${bigger.id}`)).body.length, 700_000)
    assert.equal((await stranger.call('GET', `/api/v1/training-materials/${material.id}`)).status, 404)
    assert.equal(faultOf(await county.call('POST', path(session, 'links'), { title: '录像', url: 'ftp://x' })), '422, input.invalid, url training.web_address')
    await county.post(path(session, 'links'), { title: '录像', url: 'https://example.com/video' })
    assert.deepEqual((await head.get(path(session))).materials.map(one => one.title), ['手册', '手册', '录像'])
    await county.delete(`/api/v1/training-materials/${bigger.id}`)
    assert.equal((await head.get(path(session))).materials.length, 2)
  })

  await t.test('who was there: by the code in the room, by list, by name; not before it begins', async () => {
    const { room_code: code } = await county.get(path(session))
    assert.equal(faultOf(await head.call('POST', path(session, 'check-in'), { code })), '409, training.doors_closed')
    const ticks = (account, attended = true) => county.call('POST', path(session, 'attendance'), { account_ids: [account], attended })
    assert.equal(faultOf(await ticks(head.account_id)), '409, training.not_begun')
    inDatabase(server, `UPDATE training_session SET begins_at = begins_at - ${48 * 3_600_000_000}, ends_at = ends_at - ${48 * 3_600_000_000}, sign_up_until = sign_up_until - ${48 * 3_600_000_000}`)
    assert.equal(faultOf(await other.call('POST', path(session, 'sign-up'))), '409, training.sign_up_over')
    assert.equal(faultOf(await head.call('POST', path(session, 'check-in'), { code: code === '000000' ? '000001' : '000000' })), '422, input.invalid, code training.wrong_code')
    assert.equal((await head.post(path(session, 'check-in'), { code })).mine, 'attended')
    assert.equal((await county.get(path(session))).attended, 1)
    assert.equal((await ticks(head.account_id, false)).status, 204)
    assert.equal((await county.get(path(session))).attended, 0)
    assert.equal((await ticks(head.account_id)).status, 204)
    assert.equal(faultOf(await ticks(stranger.account_id)), '422, input.invalid, account_ids[0] training.not_signed_up')
    assert.equal(faultOf(await county.call('POST', path(session, 'attendees'), { user_name: 'stranger' })), '422, input.invalid, user_name training.nobody_invited')
    assert.equal(faultOf(await county.call('POST', path(session, 'attendees'), { user_name: 'no.such.user' })), '422, input.invalid, user_name training.nobody_invited')
    const people = (await county.get(path(session, 'attendees'))).items
    assert.deepEqual(people.map(one => [one.name, one.organisation_name, one.attended]), [['周校长', school.name, true]])
    assert.equal((await head.call('GET', path(session, 'attendees'))).status, 403)
  })

  await t.test('for whom nobody was trained yet: by organisation, down to the last one, as a file', async () => {
    const gaps = (client, organisation, role = 'school_admin', more = '') => client.get(`/api/v1/training-gaps?organisation_id=${organisation}&role=${role}${more}`)
    const here = await gaps(county, countyNode.id)
    assert.deepEqual([here.organisation.organisations, here.organisation.trained], [2, 1])
    assert.deepEqual(here.children.map(row => [row.name, row.organisations, row.trained]).sort(), [[second.name, 1, 0], [school.name, 1, 1]].sort())
    const above = await gaps(province, provinceNode.id)
    assert.deepEqual(above.children.map(row => [row.id, row.organisations, row.trained]), [[cityNode.id, 2, 1]])
    const { campaign_id: campaign } = await county.get(path(session))
    assert.equal(campaign ?? null, null, 'the edit took the campaign away')
    assert.equal((await gaps(county, countyNode.id, 'class_teacher')).organisation.organisations, 1)
    assert.equal(faultOf(await province.call('GET', `/api/v1/training-gaps?organisation_id=${provinceNode.id}&role=class_teacher`)), '422, input.invalid, role training.too_wide')
    const csv = await (await fetch(`${url}/api/v1/training-gaps.csv?organisation_id=${countyNode.id}&role=school_admin`, { headers: { authorization: `Bearer ${county.token}` } })).text()
    assert.match(csv, /"玄武区","第二小学","2132000088"/)
    assert.doesNotMatch(csv, /玄武湖小学/)
    await county.post(path(session, 'attendees'), { user_name: 'other.head' })
    assert.equal((await gaps(county, countyNode.id)).organisation.trained, 2)
    assert.equal((await stranger.call('GET', `/api/v1/training-gaps?organisation_id=${countyNode.id}&role=school_admin`)).status, 403)
  })

  await t.test('what is cancelled is told with its reason, and nobody signs up for it', async () => {
    const next = await plan(county, countyNode.id)
    await eventually(async () => (await told(other, 'invited')).length === 2, 'the invitation')
    assert.equal(faultOf(await county.call('POST', path(next, 'cancel'), { version: 1, reason: ' ' })), '422, input.invalid, reason required')
    assert.equal((await county.post(path(next, 'cancel'), { version: 1, reason: '台风' })).state, 'cancelled')
    await eventually(async () => (await told(other, 'cancelled')).length === 1, 'the cancellation')
    assert.equal((await told(other, 'cancelled'))[0].details.reason, '台风')
    assert.equal(faultOf(await head.call('POST', path(next, 'sign-up'))), '409, training.cancelled')
    assert.equal(faultOf(await county.call('POST', path(next, 'cancel'), { version: 2, reason: '又' })), '409, training.cancelled')
    const past = (await county.get('/api/v1/training-sessions?past=true')).items
    assert.deepEqual(past.map(one => one.id), [])
    assert.deepEqual((await county.get('/api/v1/training-sessions')).items.map(one => one.id), [session.id, next.id])
    assert.equal((await new Client(url).call('GET', path(session))).status, 401)
  })
})
