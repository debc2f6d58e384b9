// Apps of others for which a school answers: who may approve them, who enters because of it and hears what, and what ends with it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, guardianOf, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { eventually } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { agreed, begun, callback, certifiedTeacher, enter, env, openid, registered, relyingParty } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')

test('a school answers for apps of others', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env })
  const { url } = server
  const school = await smallSchool(server)
  const { teacher, grown } = await certifiedTeacher(server, school)
  const { admin } = school
  const province = (await admin.get('/api/v1/me')).roles[0].organisation_id
  const county = (await admin.get(`/api/v1/organisations?query=${encodeURIComponent('玄武区')}&kind=county`)).items[0]
  const elsewhere = (await admin.get(`/api/v1/organisations?query=${encodeURIComponent('姑苏区')}&kind=county`)).items[0]
  const head = await officer(url, admin, school.id, 'school_admin', 'headmaster', '周校长')
  const countyHead = await officer(url, admin, county.id, 'county_admin', 'county.head', '区管理员')
  const stranger = await officer(url, admin, elsewhere.id, 'county_admin', 'county.stranger', '邻区管理员')
  const [young, other] = people(2, { seed: 171, from: new Date().getFullYear() - 9, to: new Date().getFullYear() - 8 })
  const child = await register(url, young, 'young.pupil')
  assert.equal((await decide(school.teacher, await handIn(child, pupilProfile(young, school)))).status, 200)
  const card = (await child.get('/api/v1/card')).card_number
  const { code } = await school.teacher.post('/api/v1/guardian-invitations', { card_number: card, guardian_name: '林晓梅', relation: 'mother', rights: 'full' })
  const { client: mother, link } = await guardianOf(url, code, 'mother.lin')

  const app = registered(server, { name: 'Kousuan 口算100%', organisation: elsewhere.id, essential: 'name', voluntary: 'school' })
  const config = await relyingParty(server, app)
  const plain = registered(server, { name: '古诗', organisation: elsewhere.id, essential: 'name' })
  const plainConfig = await relyingParty(server, plain)
  const own = registered(server, { name: '本校作业', organisation: school.id })
  const tokensOf = async (who, through, options = {}) => {
    const { kept, parameters } = await begun(through, options)
    const step = await who.post('/api/v1/authorizations', parameters)
    assert.equal(step.next, 'leave', JSON.stringify(step))
    return openid.authorizationCodeGrant(through, new URL(step.location), kept)
  }
  const claimsOf = async (through, tokens) => openid.fetchUserInfo(through, tokens.access_token, tokens.claims().sub)
  const approve = (who, more = {}) => who.call('POST', '/api/v1/school-apps', { organisation_id: school.id, app_id: app.id, purpose: '五年级数学作业', ...more })
  const listed = (who = head, organisation = school.id) => who.get(`/api/v1/school-apps?organisation_id=${organisation}`)
  const candidates = (query, who = head) => who.get(`/api/v1/school-apps/candidates?${new URLSearchParams({ organisation_id: school.id, query })}`)

  await t.test('the search finds apps by name, and says which need no approval', async () => {
    assert.deepEqual((await candidates('kousuan')).items.map(one => [one.app.name, one.essential, one.voluntary, one.standing]), [['Kousuan 口算100%', ['name'], ['school'], 'open']])
    assert.deepEqual((await candidates('本校')).items.map(one => one.standing), ['own'])
    assert.deepEqual((await candidates('100%')).items.length, 1)
    assert.deepEqual((await candidates('1_0')).items, [], 'no letter stands for any other')
    assert.equal((await candidates('')).items.length, 3)
    const first = await head.get(`/api/v1/school-apps/candidates?organisation_id=${school.id}&limit=2`)
    const rest = await head.get(`/api/v1/school-apps/candidates?organisation_id=${school.id}&limit=2&cursor=${first.next}`)
    assert.deepEqual([first.items.length, rest.items.length, rest.next ?? null], [2, 1, null])
    assert.equal(faultOf(await head.call('GET', `/api/v1/school-apps/candidates?organisation_id=${school.id}&cursor=x`)), '422, input.invalid, cursor value')
  })

  await t.test('what is wrong is said, and changes nothing', async () => {
    assert.equal(faultOf(await approve(head, { purpose: '  ' })), '422, input.invalid, purpose required')
    assert.equal(faultOf(await approve(head, { purpose: '长'.repeat(201) })), '422, input.invalid, purpose too_long')
    assert.equal(faultOf(await approve(head, { app_id: '1' })), '404, oidc.app_unknown')
    assert.equal(faultOf(await approve(head, { app_id: own.id })), '409, oidc.own_app')
    assert.equal(faultOf(await approve(admin, { organisation_id: province })), '409, oidc.not_a_school')
    for (const [who, status] of [[stranger, 403], [school.teacher, 403], [teacher, 403], [mother, 403]]) assert.equal((await approve(who)).status, status)
    assert.equal(faultOf(await approve(head, { organisation_id: county.id })), '403, scope.outside')
    inDatabase(server, 'UPDATE session SET proved_at = 0')
    assert.equal(faultOf(await approve(head)), '403, http.proof_required')
    inDatabase(server, 'UPDATE session SET proved_at = last_seen_at')
    assert.deepEqual(await listed(), [])
    assert.equal(inDatabase(server, 'SELECT COUNT(*) FROM app_school_approval').trim(), '0')
  })

  await t.test('before, a child needs a guardian and a teacher is asked', async () => {
    const { parameters } = await begun(config)
    await child.refused(403, 'POST', '/api/v1/authorizations', parameters, 'oidc.guardian_needed')
    assert.equal((await teacher.post('/api/v1/authorizations', (await begun(plainConfig)).parameters)).next, 'consent')
  })

  let approval
  await t.test('once approved, a child enters, and the app hears what it cannot do without', async () => {
    const { status, body } = await approve(head)
    assert.equal(status, 201, JSON.stringify(body))
    approval = body
    assert.deepEqual([body.app.name, body.purpose, body.claims, body.approved_by, body.from_above, body.asks_for_more], ['Kousuan 口算100%', '五年级数学作业', ['name'], '周校长', false, false])
    assert.equal(faultOf(await approve(head)), '409, oidc.approved_already')
    assert.deepEqual((await candidates('kousuan')).items.map(one => one.standing), ['approved'])
    const tokens = await tokensOf(child, config, { scope: 'openid profile education' })
    const info = await claimsOf(config, tokens)
    assert.deepEqual([info.name, info.school], [young.name, undefined], 'the school is the guardian’s to tell')
  })

  await t.test('the child, its guardian and the school see who answers and what for', async () => {
    for (const who of [child, teacher]) assert.deepEqual((await who.get('/api/v1/me/school-apps')).map(one => [one.app.name, one.organisation, one.purpose, one.approved_by ?? null]), [['Kousuan 口算100%', school.name, '五年级数学作业', null]])
    assert.deepEqual(await mother.get('/api/v1/me/school-apps'), [])
    const [seen] = (await mother.get(`/api/v1/family/${link}`)).apps
    assert.deepEqual([seen.app.name, seen.state, seen.approved_by, seen.school_purpose], ['Kousuan 口算100%', 'school', school.name, '五年级数学作业'])
    const events = (await admin.get(`/api/v1/audit-events?organisation_id=${school.id}`)).items
    assert.ok(events.some(one => one.action === 'oidc.approved_for_school'))
  })

  await t.test('a teacher is asked for what the app can do without, and not at all where there is nothing of that', async () => {
    assert.equal((await approve(head, { app_id: plain.id, purpose: '晨读' })).status, 201)
    const tokens = await tokensOf(teacher, plainConfig)
    assert.equal((await claimsOf(plainConfig, tokens)).name, grown.name)
    assert.deepEqual(await teacher.get('/api/v1/me/apps'), [], 'they agreed to nothing themselves')
    assert.equal((await teacher.post('/api/v1/authorizations', (await begun(plainConfig, { prompt: 'consent' })).parameters)).next, 'consent')
    const asked = await teacher.post('/api/v1/authorizations', (await begun(config, { scope: 'openid profile education' })).parameters)
    assert.deepEqual([asked.next, asked.claims.map(one => one.claim)], ['consent', ['name', 'school']])
    const silent = await tokensOf(teacher, config, { scope: 'openid profile education', prompt: 'none' })
    assert.deepEqual([(await claimsOf(config, silent)).name, (await claimsOf(config, silent)).school], [grown.name, undefined])
  })

  await t.test('what the app needs more by now is not covered until somebody looks again', async () => {
    const claims = essential => assert.equal(educard(server.data, ['app', 'claims', app.id, '--essential', essential, '--voluntary', 'school']).status, 0)
    claims('name,card_number')
    await child.refused(403, 'POST', '/api/v1/authorizations', (await begun(config, { scope: 'openid profile education card' })).parameters, 'oidc.guardian_needed')
    assert.deepEqual((await listed()).filter(one => one.app.id === app.id).map(one => one.asks_for_more), [true])
    assert.ok(!(await child.get('/api/v1/me/school-apps')).some(one => one.app.id === app.id))
    const again = await approve(head)
    assert.deepEqual([again.status, again.body.id, again.body.asks_for_more], [201, approval.id, false], JSON.stringify(again.body))
    assert.ok((await claimsOf(config, await tokensOf(child, config))).name)
    claims('name')
  })

  await t.test('withdrawn, who did not agree themselves is put out, and who did stays', async () => {
    assert.equal(inDatabase(server, "SELECT COUNT(*) FROM app_school_entry").trim(), '3')
    const ofChild = await tokensOf(child, config)
    const ofTeacher = await enter(config, teacher, { scope: 'openid profile education' }, { allowed: true, with: [] })
    const offline = await tokensOf(child, config, { scope: 'openid profile offline_access' })
    const { kept, parameters } = await begun(config)
    const unused = (await child.post('/api/v1/authorizations', parameters)).location
    for (const who of [stranger, school.teacher, child]) assert.ok([403, 404].includes((await who.call('DELETE', `/api/v1/school-apps/${approval.id}`)).status))
    await head.delete(`/api/v1/school-apps/${approval.id}`)
    await head.refused(404, 'DELETE', `/api/v1/school-apps/${approval.id}`, undefined, 'oidc.approval_unknown')
    await eventually(() => claimsOf(config, ofChild).then(() => false, () => true), 'the child to be out')
    await assert.rejects(openid.refreshTokenGrant(config, offline.refresh_token), { error: 'invalid_grant' })
    await assert.rejects(openid.authorizationCodeGrant(config, new URL(unused), kept), { error: 'invalid_grant' }, 'what was agreed to and not fetched is not given out')
    assert.equal((await claimsOf(config, ofTeacher)).name, grown.name)
    await child.refused(403, 'POST', '/api/v1/authorizations', (await begun(config)).parameters, 'oidc.guardian_needed')
    assert.ok(!(await listed()).some(one => one.app.id === app.id))
    assert.ok(!(await mother.get(`/api/v1/family/${link}`)).apps.some(one => one.app.id === app.id))
  })

  await t.test('a county answers for all of its schools; a school cannot withdraw that, nor a neighbour', async () => {
    const { body } = await approve(countyHead, { organisation_id: county.id, purpose: '全区阅读' })
    assert.deepEqual((await listed()).filter(one => one.app.id === app.id).map(one => [one.from_above, one.organisation]), [[true, county.name]])
    const tokens = await tokensOf(child, config)
    assert.equal((await claimsOf(config, tokens)).name, young.name)
    for (const who of [head, stranger]) await who.refused(404, 'DELETE', `/api/v1/school-apps/${body.id}`, undefined, 'oidc.approval_unknown')
    assert.deepEqual(await listed(countyHead, county.id).then(list => list.map(one => one.purpose)), ['全区阅读'])
    await stranger.refused(403, 'GET', `/api/v1/school-apps?organisation_id=${school.id}`, undefined, 'scope.outside')
    // The school's own approval holds them when the county withdraws.
    assert.equal((await approve(head)).status, 201)
    await countyHead.delete(`/api/v1/school-apps/${body.id}`)
    await eventually(() => inDatabase(server, `SELECT COUNT(*) FROM app_school_entry e JOIN app_school_approval a ON a.id = e.approval_id WHERE a.withdrawn_at IS NULL AND a.app_id = ${app.id}`).trim() === '1', 'the other approval to take over')
    assert.equal((await claimsOf(config, tokens)).name, young.name)
  })

  await t.test('many approve at once: one approval', async () => {
    const third = registered(server, { name: '围棋', organisation: elsewhere.id })
    const answers = await Promise.all(Array.from({ length: 6 }, () => approve(head, { app_id: third.id, purpose: '社团' })))
    assert.deepEqual(answers.map(one => one.status).toSorted(), [201, 409, 409, 409, 409, 409])
  })

  await t.test('who belongs to no school that approved it is asked as before', async () => {
    const pupil = await register(url, other, 'other.pupil')
    assert.deepEqual(await pupil.get('/api/v1/me/school-apps'), [])
    assert.ok((await agreed(teacher, (await begun(config, { redirect_uri: callback })).parameters)).startsWith(callback))
  })

  await t.test('who leaves the school is out of what only the school answered for', async () => {
    const tokens = await tokensOf(child, config, { scope: 'openid profile offline_access' })
    const { refresh_token } = await openid.refreshTokenGrant(config, tokens.refresh_token)
    const roster = list => importRoster(admin, school.id, rosterOf(list, school.class_name, new Date().getFullYear() - 1), { markMissingLeft: true })
    await roster([young, other])
    const { refresh_token: stays } = await openid.refreshTokenGrant(config, refresh_token)
    await roster([other])
    await assert.rejects(openid.refreshTokenGrant(config, stays), { error: 'invalid_grant' })
  })
})
