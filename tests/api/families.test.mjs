// Guardians with accounts of their own: codes and the school's record, what they see and decide by age and rights, disputes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, guardianOf, handIn, password, pupilProfile, register, signInAs } from '../support/accounts.mjs'
import { solved } from '../support/captcha.mjs'
import { Client, eventually } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { agreed, begun, callback, certifiedTeacher, env, openid, registered, relyingParty, through } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')
const born = (client, years) => {
  const now = new Date()
  const day = `${now.getFullYear() - years}-01-01`
  inDatabase(client.server, `UPDATE account SET birth_date = '${day}' WHERE id = ${client.account_id}; UPDATE person SET birth_date = '${day}' WHERE id = ${client.person}`)
}

test('guardians and children', { timeout: 480_000 }, async t => {
  const server = await fresh(t, { env })
  const { url } = server
  const school = await smallSchool(server)
  const { teacher, grown } = await certifiedTeacher(server, school)
  const head = await officer(url, school.admin, school.id, 'school_admin', 'headmaster', '周校长')
  const year = new Date().getFullYear()
  const next = await school.admin.post('/api/v1/organisations', { parent_id: school.id, kind: 'class', stage: 'primary', entry_year: year - 1, class_number: 4 })
  const neighbour = await officer(url, school.admin, next.id, 'class_teacher', 'neighbour', '邻班老师')
  const pupils = people(4, { seed: 61, from: year - 9, to: year - 8 })
  await importRoster(head, school.id, rosterOf(pupils.slice(0, 3), school.class_name, year - 1))
  const entries = await school.teacher.all(`/api/v1/roster-entries?organisation_id=${school.class_id}`)
  const entryOf = person => entries.find(one => one.name === person.name).id
  const children = []
  for (const [at, person] of pupils.slice(0, 2).entries()) {
    const child = await register(url, person, `child.${at}`)
    assert.equal((await decide(school.teacher, await handIn(child, pupilProfile(person, school)))).status, 200)
    const me = await child.get('/api/v1/me')
    children.push(Object.assign(child, { server, person: me.person_id, card: (await child.get('/api/v1/card')).card_number }))
  }
  const [child, sibling] = children
  const invitation = (client, more = {}) => client.call('POST', '/api/v1/guardian-invitations', { card_number: child.card, guardian_name: '林晓梅', relation: 'mother', rights: 'full', ...more })
  const join = async (client, body) => client.call('POST', '/api/v1/family/join', body)
  const newAccount = async (client, user_name, more = {}) => ({ user_name, password, phone: '13812345678', captcha: await solved(client), transport: 'token', ...more })
  const { version: policy_version } = await child.get('/api/v1/policies/current')

  let code
  await t.test('the class teacher invites a named guardian; what is wrong is said by field; other teachers know no such child', async () => {
    assert.equal(faultOf(await invitation(school.teacher, { guardian_name: '' })), '422, input.invalid, guardian_name required')
    assert.equal(faultOf(await invitation(school.teacher, { guardian_name: pupils[0].name })), '422, input.invalid, guardian_name accounts.own_guardian')
    assert.equal(faultOf(await invitation(school.teacher, { roster_entry_id: entryOf(pupils[0]) })), '422, input.invalid, card_number families.one_reference')
    assert.equal(faultOf(await invitation(school.teacher, { relation: 'aunt' })).split(',')[0], '422')
    assert.equal(faultOf(await invitation(neighbour)), '404, families.child_unknown')
    assert.equal(faultOf(await invitation(neighbour, { card_number: undefined, roster_entry_id: entryOf(pupils[0]) })), '404, families.child_unknown')
    assert.equal(faultOf(await invitation(school.teacher, { card_number: undefined, roster_entry_id: entryOf(pupils[2]) })), '409, families.not_certified')
    assert.equal((await invitation(child)).status, 403)
    const { status, body } = await invitation(school.teacher, { card_number: undefined, roster_entry_id: entryOf(pupils[0]) })
    assert.equal(status, 201, JSON.stringify(body))
    assert.match(body.code, /^[2-9A-Z]{4}(-[2-9A-Z]{4}){2}$/)
    assert.equal(body.child_name, pupils[0].name)
    assert.ok(Math.abs(Date.parse(body.expires_at) - Date.now() - 14 * 86_400_000) < 60_000)
    code = body.code
    assert.doesNotMatch(inDatabase(server, 'SELECT * FROM family_invitation'), new RegExp(`${code}|林晓梅`))
    const listed = await school.teacher.get(`/api/v1/guardians?card_number=${child.card}`)
    assert.deepEqual([listed.links, listed.invitations.length], [[], 1])
    assert.ok(!listed.invitations[0].code)
    await neighbour.refused(404, 'DELETE', `/api/v1/guardian-invitations/${body.id}`, undefined, 'families.invitation_unknown')
  })

  let mother, link
  await t.test('a code makes an account and a link, once; what is wrong leaves nothing behind', async () => {
    const visitor = new Client(url)
    assert.equal(faultOf(await join(visitor, { code })), '422, input.invalid, account required')
    assert.equal(faultOf(await join(visitor, {})), '422, input.invalid, code families.code_or_record')
    assert.equal(faultOf(await join(visitor, { code: 'AAAA-BBBB-CCCC', account: await newAccount(visitor, 'mother.one') })), '422, input.invalid, code families.code_unknown')
    assert.equal(faultOf(await join(visitor, { code, account: await newAccount(visitor, 'x', { password: 'short', phone: 'none' }) })), '422, input.invalid, account.phone accounts.phone, account.user_name accounts.user_name_length, account.password accounts.password_too_short')
    assert.equal(faultOf(await join(visitor, { code, account: await newAccount(visitor, 'mother.one', { captcha: { id: '1', answer: 'wrong' } }) })), '422, input.invalid, account.captcha.answer accounts.captcha_wrong')
    assert.equal(faultOf(await join(visitor, { code, account: await newAccount(visitor, 'child.0') })), '422, input.invalid, account.user_name accounts.user_name_taken')
    const made = await guardianOf(url, ` ${code.toLowerCase().replaceAll('-', ' ')}`, 'mother.one')
    mother = made.client
    link = made.link
    assert.deepEqual([made.child.name, made.child.state, made.child.rights, made.child.relation, made.child.stage, made.child.may_decide], [pupils[0].name, 'active', 'full', 'mother', 'child', true])
    assert.equal(faultOf(await join(visitor, { code, account: await newAccount(visitor, 'mother.two') })), '422, input.invalid, code families.code_unknown')
    const again = await join(mother, { code })
    assert.deepEqual([again.status, again.body.child.id], [201, link])
    const me = await mother.get('/api/v1/me')
    assert.deepEqual([me.guardian, me.next, me.name], [true, [], '林晓梅'])
    assert.equal((await child.get('/api/v1/me')).guardian, false)
    assert.equal(inDatabase(server, "SELECT COUNT(*) FROM account_name WHERE name_key LIKE 'mother%'").trim(), '1')
  })

  await t.test('a code that is redeemed twice at the same time makes one account and one link', async () => {
    const { body } = await invitation(school.teacher, { card_number: sibling.card, guardian_name: '韩同时' })
    const visitor = new Client(url)
    const bodies = []
    for (let i = 0; i < 4; ++i) bodies.push({ code: body.code, account: await newAccount(visitor, `parallel.${i}`) })
    const answers = await Promise.all(bodies.map(one => join(visitor, one)))
    assert.deepEqual(answers.map(one => one.status).toSorted(), [201, 422, 422, 422])
    assert.equal(inDatabase(server, "SELECT COUNT(*) FROM account_name WHERE name_key LIKE 'parallel%'").trim(), '1')
    assert.equal((await school.teacher.get(`/api/v1/guardians?card_number=${sibling.card}`)).links.length, 1)
    const second = await invitation(school.teacher, { card_number: sibling.card })
    const both = await Promise.all([1, 2, 3].map(() => join(mother, { code: second.body.code })))
    assert.equal(new Set(both.map(one => one.body.child?.id)).size, 1, JSON.stringify(both.map(one => one.body)))
    assert.deepEqual((await mother.get('/api/v1/family')).map(one => one.name), [pupils[0].name, pupils[1].name])
  })

  await t.test('who is somebody else, a child, or the inviting teacher does not become guardian by a code', async () => {
    const { body } = await invitation(school.teacher, { guardian_name: '林大山', relation: 'grandparent' })
    assert.equal(faultOf(await join(mother, { code: body.code })), '409, families.other_name')
    assert.equal(faultOf(await join(child, { code: body.code })), '409, families.own_child')
    assert.equal(faultOf(await join(sibling, { code: body.code })), '409, families.too_young')
    assert.equal(faultOf(await join(school.teacher, { code: body.code })), '409, families.own_invitation')
    assert.equal(faultOf(await join(mother, { code: body.code, account: await newAccount(mother, 'mother.three') })), '422, input.invalid, account families.signed_in')
    inDatabase(server, `UPDATE family_invitation SET expires_at = 1 WHERE id = ${body.id}`)
    const visitor = new Client(url)
    assert.equal(faultOf(await join(visitor, { code: body.code, account: await newAccount(visitor, 'grandfather') })), '422, input.invalid, code families.code_unknown')
    const withdrawn = await invitation(school.teacher, { guardian_name: '林大山', relation: 'grandparent' })
    await school.teacher.delete(`/api/v1/guardian-invitations/${withdrawn.body.id}`)
    assert.equal(faultOf(await join(visitor, { code: withdrawn.body.code, account: await newAccount(visitor, 'grandfather') })), '422, input.invalid, code families.code_unknown')
  })

  await t.test('a teacher who is a parent too adds the child to the account that they have', async () => {
    const { body } = await invitation(head, { guardian_name: grown.name, relation: 'other', rights: 'informed_only' })
    const joined = await join(teacher, { code: body.code })
    assert.deepEqual([joined.status, joined.body.child.may_decide, joined.body.token ?? null], [201, false, null])
    const [seen] = await teacher.get('/api/v1/family')
    assert.equal(seen.name, pupils[0].name)
    for (const [method, path, sent] of [
      ['POST', `/api/v1/family/${seen.id}/consents`, { policy_version, purposes: ['identity'] }],
      ['PUT', `/api/v1/family/${seen.id}/apps/1`, {}],
      ['DELETE', `/api/v1/family/${seen.id}/apps/1`, undefined],
      ['POST', `/api/v1/family/${seen.id}/password`, undefined],
    ]) await teacher.refused(403, method, path, sent, 'families.informed_only')
    assert.deepEqual((await child.get('/api/v1/me/guardians')).map(one => [one.name, one.rights, one.state]), [['林晓梅', 'full', 'active'], [grown.name, 'informed_only', 'active']])
  })

  await t.test('a guardian sees the child, and consents purpose by purpose; nobody does so in the child\'s session', async () => {
    const detail = await mother.get(`/api/v1/family/${link}`)
    assert.deepEqual([detail.child.school, detail.child.class_name, detail.child.card_number, detail.child.card_state, detail.child.application_state], [school.name, school.class_name, child.card, 'active', 'approved'])
    assert.deepEqual(detail.consents.map(one => [one.purpose, one.by_account, one.guardian_phone]), [['identity', false, ''], ['e_card', false, '']])
    const card = detail.consents.find(one => one.purpose === 'e_card')
    await child.refused(403, 'POST', `/api/v1/me/consents/${card.id}/withdraw`, undefined, 'accounts.guardian_decides')
    const after = await mother.post(`/api/v1/family/${link}/consents/${card.id}/withdraw`)
    assert.deepEqual(after.child.missing_consents, ['e_card'])
    await mother.refused(404, 'POST', `/api/v1/family/${link}/consents/${card.id}/withdraw`, undefined, 'accounts.consent_unknown')
    await child.refused(403, 'POST', '/api/v1/me/consents', { guardian_name: '某某某', relation: 'mother', phone: '13800000000', policy_version, purposes: ['e_card'] }, 'accounts.guardian_decides')
    assert.equal(faultOf(await mother.call('POST', `/api/v1/family/${link}/consents`, { policy_version: 'old', purposes: [], phone: 'x' })), '422, input.invalid, phone accounts.phone, policy_version accounts.policy_outdated, purposes required')
    const given = await mother.post(`/api/v1/family/${link}/consents`, { policy_version, purposes: ['e_card', 'identity'] })
    assert.deepEqual(given.child.missing_consents, [])
    const newest = given.consents.at(-1)
    assert.deepEqual([newest.purpose, newest.by_account, newest.guardian_name, newest.guardian_phone], ['e_card', true, '林晓梅', '138****5678'])
    await mother.refused(409, 'POST', `/api/v1/family/${link}/consents`, { policy_version, purposes: ['e_card'] }, 'accounts.consent_not_missing')
    assert.deepEqual(given.history.map(one => one.kind), ['consent_given', 'consent_withdrawn', 'made'])
    await teacher.refused(404, 'GET', `/api/v1/family/${link}`, undefined, 'families.link_unknown')
  })

  const app = registered(server, { name: '外校口算', organisation: '3205', essential: 'name', voluntary: 'class_name,card_number' })
  const config = await relyingParty(server, app)
  const enter = async who => {
    const { parameters, kept } = await begun(config, { scope: 'openid profile education card' })
    const location = await agreed(who, parameters)
    return openid.authorizationCodeGrant(config, new URL(location), kept)
  }
  const refusedAt = async (who, code = 'oidc.guardian_needed') => who.refused(403, 'POST', '/api/v1/authorizations', (await begun(config)).parameters, code)
  await t.test('an app that needs a guardian lets the child in once a guardian allowed it, with what they agreed to', async () => {
    await refusedAt(child)
    await child.post('/api/v1/me/app-requests', { app_id: app.id })
    await child.refused(404, 'POST', '/api/v1/me/app-requests', { app_id: '1' }, 'oidc.app_unknown')
    await mother.refused(409, 'POST', '/api/v1/me/app-requests', { app_id: app.id }, 'oidc.no_guardian_needed')
    assert.equal((await mother.get('/api/v1/family'))[0].apps_asked, 1)
    const [asked] = (await mother.get(`/api/v1/family/${link}`)).apps
    assert.deepEqual([asked.state, asked.app.name, asked.claims.map(one => [one.claim, one.essential])], ['asked', '外校口算', [['name', true], ['class_name', false], ['card_number', false]]])
    const allowed = await mother.put(`/api/v1/family/${link}/apps/${app.id}`, { with: ['class_name'] })
    assert.deepEqual([allowed.apps[0].state, allowed.apps[0].allowed, allowed.apps[0].allowed_by, allowed.child.apps_asked], ['allowed', ['name', 'class_name'], '林晓梅', 0])
    const tokens = await enter(child)
    const info = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
    assert.deepEqual(Object.keys(info).toSorted(), ['class_name', 'name', 'sub'])
    await refusedAt(sibling)
    await child.refused(409, 'POST', '/api/v1/me/app-requests', { app_id: app.id }, 'oidc.no_guardian_needed')

    const { parameters, kept } = await begun(config)
    const location = await agreed(child, parameters)
    await mother.delete(`/api/v1/family/${link}/apps/${app.id}`)
    await assert.rejects(openid.authorizationCodeGrant(config, new URL(location), kept), { error: 'invalid_grant' })
    await assert.rejects(openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub))
    await refusedAt(child)
    await mother.refused(404, 'DELETE', `/api/v1/family/${link}/apps/${app.id}`, undefined, 'oidc.not_connected')
    await mother.refused(404, 'PUT', `/api/v1/family/${link}/apps/1`, {}, 'oidc.app_unknown')
    await child.post('/api/v1/me/app-requests', { app_id: app.id })
    assert.deepEqual((await mother.delete(`/api/v1/family/${link}/apps/${app.id}`)).apps, [])
  })

  await t.test('a guardian gives the child a one-time password, and the child learns by whom', async () => {
    const given = await mother.post(`/api/v1/family/${link}/password`)
    assert.deepEqual([given.user_name, given.name], ['child.0', pupils[0].name])
    await child.refused(401, 'GET', '/api/v1/me')
    const again = await signInAs(url, child.card, given.one_time_password)
    const [event] = await again.get('/api/v1/me/events/unseen')
    assert.deepEqual([event.kind, event.by_name], ['recovered', '林晓梅'])
    await again.put('/api/v1/me/password', { current_password: given.one_time_password, new_password: password })
    child.token = (await signInAs(url, 'child.0')).token
    const events = (await head.get(`/api/v1/audit-events?organisation_id=${school.id}`)).items.map(one => one.action)
    for (const action of ['families.password_reset', 'families.linked', 'families.consent_given', 'families.consent_withdrawn', 'oidc.allowed_for_child', 'oidc.withdrawn_for_child']) assert.ok(events.includes(action), action)
  })

  let father, fathers
  await t.test('separated parents: a dispute suspends, the administrator decides, rights decide who acts', async () => {
    const { body } = await invitation(head, { guardian_name: '赵建国', relation: 'father' })
    const made = await guardianOf(url, body.code, 'father.one', '13987654321')
    father = made.client
    fathers = made.link
    await father.put(`/api/v1/family/${fathers}/apps/${app.id}`, { with: [] })
    const dispute = (who, id, reason = '监护权归母亲') => who.call('POST', `/api/v1/guardian-links/${id}/dispute`, reason === null ? {} : { reason })
    assert.equal(faultOf(await dispute(mother, fathers, null)), '422, input.invalid, reason required')
    assert.equal(faultOf(await dispute(neighbour, fathers)), '404, families.link_unknown')
    assert.equal((await dispute(mother, fathers)).status, 204)
    assert.equal(faultOf(await dispute(mother, fathers)), '409, families.disputed')
    assert.equal(faultOf(await dispute(father, link)), '404, families.link_unknown')
    await father.refused(409, 'POST', `/api/v1/family/${fathers}/password`, undefined, 'families.disputed')
    await father.refused(409, 'DELETE', `/api/v1/family/${fathers}/apps/${app.id}`, undefined, 'families.disputed')
    assert.equal((await father.get(`/api/v1/family/${fathers}`)).child.state, 'disputed')
    assert.equal((await father.get(`/api/v1/family/${fathers}`)).history[0].reason ?? null, null)
    const [open] = await head.get(`/api/v1/guardian-links?organisation_id=${school.id}`)
    assert.deepEqual([open.id, open.state, open.guardian_name], [fathers, 'disputed', '赵建国'])
    assert.deepEqual(await neighbour.get(`/api/v1/guardian-links?organisation_id=${school.id}`), [])
    assert.deepEqual((await head.get(`/api/v1/guardian-links/${fathers}/history`)).map(one => [one.kind, one.by, one.reason ?? null])[0], ['disputed', '林晓梅', '监护权归母亲'])
    const rule = (who, id, verdict, more = {}) => who.call('POST', `/api/v1/guardian-links/${id}/decision`, { verdict, reason: '按法院判决', ...more })
    assert.equal((await rule(school.teacher, fathers, 'keep')).status, 403)
    assert.equal(faultOf(await head.call('POST', `/api/v1/guardian-links/${fathers}/end`, { reason: 'x' })), '409, families.disputed')
    const kept = await rule(head, fathers, 'keep', { rights: 'informed_only' })
    assert.deepEqual([kept.status, kept.body.state, kept.body.rights], [200, 'active', 'informed_only'], JSON.stringify(kept.body))
    await refusedAt(child)
    await father.refused(403, 'PUT', `/api/v1/family/${fathers}/apps/${app.id}`, {}, 'families.informed_only')
    assert.equal(faultOf(await rule(head, fathers, 'keep')), '409, families.nothing_to_decide')
    assert.equal((await rule(head, fathers, 'keep', { rights: 'full' })).body.rights, 'full')
    await father.put(`/api/v1/family/${fathers}/apps/${app.id}`, {})
    assert.equal((await mother.get(`/api/v1/family/${link}`)).apps[0].allowed_by, '赵建国')
    await mother.delete(`/api/v1/family/${link}/apps/${app.id}`)
  })

  await t.test('a dispute and an act at the same time: one of them comes first', async () => {
    for (let round = 0; round < 3; ++round) {
      const [act, dispute] = await Promise.all([
        father.call('PUT', `/api/v1/family/${fathers}/apps/${app.id}`, {}),
        mother.call('POST', `/api/v1/guardian-links/${fathers}/dispute`, { reason: '暂停' }),
      ])
      assert.equal(dispute.status, 204, JSON.stringify(dispute.body))
      assert.ok([200, 409].includes(act.status), JSON.stringify(act.body))
      const decided = await Promise.all(['keep', 'keep', 'keep'].map(verdict => head.call('POST', `/api/v1/guardian-links/${fathers}/decision`, { verdict, reason: '无异议' })))
      assert.equal(decided.filter(one => one.status === 200).length, 1, JSON.stringify(decided.map(one => one.body)))
    }
  })

  await t.test('a link ends by the guardian, or by the teacher with a reason; what it allowed ends with it', async () => {
    await father.call('PUT', `/api/v1/family/${fathers}/apps/${app.id}`, {})
    await mother.refused(404, 'POST', `/api/v1/guardian-links/${fathers}/end`, { reason: 'x' }, 'families.link_unknown')
    assert.equal(faultOf(await school.teacher.call('POST', `/api/v1/guardian-links/${fathers}/end`, {})), '422, input.invalid, reason required')
    await school.teacher.post(`/api/v1/guardian-links/${fathers}/end`, { reason: '不再是监护人' })
    await father.refused(404, 'GET', `/api/v1/family/${fathers}`, undefined, 'families.link_unknown')
    assert.deepEqual(await father.get('/api/v1/family'), [])
    await refusedAt(child)
    const [other] = (await teacher.get('/api/v1/family'))
    await teacher.post(`/api/v1/guardian-links/${other.id}/end`, {})
    await teacher.refused(404, 'POST', `/api/v1/guardian-links/${other.id}/end`, {}, 'families.link_unknown')
    const listed = await school.teacher.get(`/api/v1/guardians?card_number=${child.card}`)
    assert.deepEqual(listed.links.map(one => one.guardian_name), ['林晓梅'])
  })

  await t.test('by the school\'s record: who agrees with it waits for the class teacher, unless their telephone is proven', async () => {
    const record = { card_number: sibling.card, guardian_name: pupils[1].guardian, phone: pupils[1].phone }
    const visitor = new Client(url)
    assert.equal(faultOf(await join(visitor, { record: { ...record, phone: '13900000000' }, account: await newAccount(visitor, 'record.one') })), '422, input.invalid, record.card_number families.no_record')
    assert.equal(faultOf(await join(visitor, { record: { ...record, card_number: child.card }, account: await newAccount(visitor, 'record.one') })), '422, input.invalid, record.card_number families.no_record')
    const { status, body } = await join(visitor, { record, account: await newAccount(visitor, 'record.one', { phone: undefined }) })
    assert.equal(status, 201, JSON.stringify(body))
    assert.deepEqual([body.child.state, body.child.name, body.child.school ?? null, body.child.relation], ['waiting', `${[...pupils[1].name][0]}**`, null, 'mother'])
    const guardian = new Client(url, body.token)
    await guardian.refused(409, 'POST', `/api/v1/family/${body.child.id}/password`, undefined, 'families.waiting')
    assert.deepEqual((await guardian.get(`/api/v1/family/${body.child.id}`)).consents, [])
    await neighbour.refused(404, 'POST', `/api/v1/guardian-links/${body.child.id}/confirm`, undefined, 'families.link_unknown')
    assert.equal((await school.teacher.get(`/api/v1/guardian-links?organisation_id=${school.id}`))[0].id, body.child.id)
    assert.equal((await school.teacher.post(`/api/v1/guardian-links/${body.child.id}/confirm`)).state, 'active')
    await school.teacher.refused(409, 'POST', `/api/v1/guardian-links/${body.child.id}/confirm`, undefined, 'families.not_waiting')
    assert.equal((await guardian.get('/api/v1/family'))[0].name, pupils[1].name)

    await guardian.post(`/api/v1/guardian-links/${body.child.id}/end`, {})
    inDatabase(server, `UPDATE account SET phone_verified_at = created_at WHERE id = ${body.account_id}`)
    assert.equal((await join(guardian, { record })).body.child.state, 'active')
    for (let i = 0; i < 5; ++i) await join(guardian, { record: { ...record, phone: `1390000000${i}` } })
    assert.equal((await join(guardian, { record })).status, 429)
  })

  await t.test('from fourteen the child decides, and at eighteen the link ends', async () => {
    born(child, 15)
    const detail = await mother.get(`/api/v1/family/${link}`)
    assert.deepEqual([detail.child.stage, detail.child.may_decide, detail.apps], ['youth', false, []])
    await mother.refused(403, 'POST', `/api/v1/family/${link}/consents`, { policy_version, purposes: ['identity'] }, 'families.of_age')
    await mother.refused(403, 'POST', `/api/v1/family/${link}/password`, undefined, 'families.of_age')
    await mother.refused(403, 'PUT', `/api/v1/family/${link}/apps/${app.id}`, {}, 'families.of_age')
    const step = await child.post('/api/v1/authorizations', (await begun(config)).parameters)
    assert.equal(step.next, 'consent')
    born(child, 19)
    await mother.refused(404, 'GET', `/api/v1/family/${link}`, undefined, 'families.link_unknown')
    assert.deepEqual((await mother.get('/api/v1/family')).map(one => one.name), [pupils[1].name])
    assert.equal(faultOf(await invitation(school.teacher)), '409, families.grown_up')
    inDatabase(server, `UPDATE family_link SET of_age_on = '${new Date().getFullYear() - 1}-01-01' WHERE id = ${link}`)
    await server.stop()
    await server.start() // sweeps
    await eventually(() => inDatabase(server, `SELECT kind FROM family_event WHERE link_id = ${link} ORDER BY id DESC LIMIT 1`).trim() === 'grown_up', 'the link to end')
  })
})
