// The developer portal: an app from its registration over test and review into the directory, and what comes after.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handIn, decide, register, teacherProfile } from '../support/accounts.mjs'
import { officer } from '../support/county.mjs'
import { agreed, begun, callback, certifiedTeacher, enter, env, openid, registered, relyingParty } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { png as picture } from '../support/pictures.mjs'
import { draftOf, png } from '../support/portal.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const day = () => new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)

test('an app comes through the portal', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env })
  const { url } = server
  const school = await smallSchool(server)
  const { teacher } = await certifiedTeacher(server, school)
  const { teacher: nobody } = await (async () => {
    const [grown] = people(1, { seed: 75, from: 1986, to: 1986 })
    const head = await officer(url, school.admin, school.id, 'school_admin', 'second.office', '教务')
    const account = await register(url, grown, 'the.colleague')
    assert.equal((await decide(head, await handIn(account, teacherProfile(grown, school), 'teacher'))).status, 200)
    return { teacher: account }
  })()
  const { items: [city] } = await school.admin.get(`/api/v1/organisations?query=${encodeURIComponent('南京')}&kind=city`)
  const cityAdmin = await officer(url, school.admin, city.id, 'city_admin', 'city.one', '市一')
  const cityOther = await officer(url, school.admin, city.id, 'city_admin', 'city.two', '市二')
  const draft = draftOf('口算天天练', { redirect_uris: [callback], essential: ['name', 'school'], shown: { home_url: 'https://app.example.com/' } })
  const refused = async (call, status, code) => {
    const answer = await call
    assert.equal(answer.status, status, JSON.stringify(answer.body))
    assert.equal(answer.body.code, code)
  }
  const line = async (client, id) => (await client.get('/api/v1/apps')).find(one => one.id === id)
  let app, secret, config

  await t.test('what is wrong is said by field, and nothing is made', async () => {
    const answer = await cityAdmin.call('POST', '/api/v1/apps', { organisation_id: city.id, authentication: 'client_secret', draft: draftOf('', { redirect_uris: ['http://app.example.com/cb'], essential: ['name'], voluntary: ['name'], shown: { home_url: 'javascript:alert(1)', description: '', contact: '' } }) })
    assert.equal(answer.status, 422)
    assert.deepEqual(answer.body.errors.map(one => one.path).sort(), ['draft.name', 'draft.redirect_uris[0]', 'draft.shown.contact', 'draft.shown.description', 'draft.shown.home_url', 'draft.voluntary'])
    await refused(cityAdmin.call('POST', '/api/v1/apps', { organisation_id: '32', authentication: 'none', draft }), 403, 'scope.outside')
    assert.deepEqual(await cityAdmin.get('/api/v1/apps'), [])
  })

  await t.test('it is registered with a secret that is shown once, and is in test', async () => {
    const made = await cityAdmin.post('/api/v1/apps', { organisation_id: city.id, authentication: 'client_secret', draft })
    ;({ app, secret } = made)
    assert.ok(secret)
    assert.equal(app.testing, true)
    assert.equal(app.state, 'draft')
    assert.deepEqual(app.current.essential, ['name', 'school'])
    assert.ok(!JSON.stringify(await cityAdmin.get(`/api/v1/apps/${app.id}`)).includes(secret))
    config = await relyingParty(server, { id: app.id, secret, algorithm: 'ES256' })
  })

  await t.test('only members enter while it is in test; they come by a code, as often as it says', async () => {
    const { parameters } = await begun(config)
    await refused(teacher.call('POST', '/api/v1/authorizations', parameters), 403, 'oidc.app_in_test')
    const { code, invitation } = await cityAdmin.post(`/api/v1/apps/${app.id}/invitations`, { role: 'tester', uses: 1, days: 1 })
    assert.equal(invitation.uses_left, 1)
    await refused(teacher.call('POST', '/api/v1/me/app-memberships', { code: `${code}x` }), 404, 'portal.code_unknown')
    const joined = await Promise.all([teacher, nobody].map(one => one.call('POST', '/api/v1/me/app-memberships', { code })))
    assert.deepEqual(joined.map(one => one.status).sort(), [201, 404])
    const [tester, other] = joined[0].status === 201 ? [teacher, nobody] : [nobody, teacher]
    assert.equal((await tester.get('/api/v1/me/app-memberships'))[0].role, 'tester')
    assert.ok((await enter(config, tester)).access_token)
    await refused(other.call('POST', '/api/v1/authorizations', (await begun(config)).parameters), 403, 'oidc.app_in_test')
    await refused(tester.call('GET', `/api/v1/apps/${app.id}`), 404, 'oidc.app_unknown')
    const members = (await cityAdmin.get(`/api/v1/apps/${app.id}`)).members
    assert.equal(members.length, 2)
    const gone = members.at(-1)
    assert.deepEqual(members.map(one => one.role), ['tester', 'tester'])
    assert.equal((await cityAdmin.call('DELETE', `/api/v1/apps/${app.id}/members/${gone.account_id}`)).status, 204)
    await refused(tester.call('POST', '/api/v1/authorizations', (await begun(config)).parameters), 403, 'oidc.app_in_test')
  })

  await t.test('a developer changes the app and hands it in, but does not decide who answers for it', async () => {
    const { code } = await cityAdmin.post(`/api/v1/apps/${app.id}/invitations`, { role: 'developer', uses: 1, days: 1 })
    await teacher.post('/api/v1/me/app-memberships', { code })
    assert.ok(await line(teacher, app.id))
    const mine = await teacher.get(`/api/v1/apps/${app.id}`)
    assert.equal(mine.may_invite_developers, false)
    const changed = await teacher.put(`/api/v1/apps/${app.id}`, { version: mine.version, draft: { ...draft, voluntary: ['class_name'] } })
    assert.deepEqual(changed.current.voluntary, ['class_name'])
    assert.equal(changed.proposal ?? null, null)
    await refused(teacher.call('PUT', `/api/v1/apps/${app.id}`, { version: mine.version, draft }), 409, 'portal.changed_meanwhile')
    await refused(teacher.call('POST', `/api/v1/apps/${app.id}/invitations`, { role: 'developer', uses: 1, days: 1 }), 403, 'portal.not_owner')
    assert.equal((await teacher.call('PUT', `/api/v1/apps/${app.id}/active`, { active: false })).status, 403)
    await refused(cityAdmin.call('POST', `/api/v1/apps/${app.id}/invitations`, { role: 'tester', uses: 51, days: 0 }), 422, 'input.invalid')
  })

  await t.test('a picture is known by what it is', async () => {
    const send = (client, body) => fetch(`${url}/api/v1/apps/${app.id}/logo`, { method: 'POST', headers: { authorization: `Bearer ${client.token}`, 'content-type': 'image/png' }, body })
    assert.equal((await send(teacher, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'))).status, 422)
    const faultOf = async body => (await (await send(teacher, body)).json()).errors[0].code
    assert.equal(await faultOf(Buffer.from('GIF89a')), 'portal.logo_type')
    for (const broken of [png.subarray(0, 8), png.subarray(0, -13), Buffer.from([0xff, 0xd8, 0xff, 0xe0])]) assert.equal(await faultOf(broken), 'portal.logo_damaged')
    assert.equal(await faultOf(picture(2, 1)), 'portal.logo_not_square')
    assert.equal((await send(teacher, Buffer.concat([png, Buffer.alloc(200_001)]))).status, 413)
    assert.equal((await send(nobody, png)).status, 404)
    const { logo } = await (await send(teacher, png)).json()
    const { version } = await teacher.get(`/api/v1/apps/${app.id}`)
    await teacher.put(`/api/v1/apps/${app.id}`, { version, draft: { ...draft, shown: { ...draft.shown, logo } } })
    const shown = await fetch(`${url}/api/v1/apps/${app.id}/logo`)
    assert.equal(shown.headers.get('content-type'), 'image/png')
    assert.match(shown.headers.get('content-security-policy'), /default-src 'none'/)
    assert.deepEqual(Buffer.from(await shown.arrayBuffer()), png)
    assert.match((await fetch(`${url}/api/v1/app-logos/${logo}`)).headers.get('cache-control'), /max-age=31536000/)
    const { body } = await teacher.call('PUT', `/api/v1/apps/${app.id}`, { version: version + 1, draft: { ...draft, shown: { ...draft.shown, logo: 'ab'.repeat(32) } } })
    assert.deepEqual(body.errors.map(one => one.path), ['draft.shown.logo'])
  })

  await t.test('it is reviewed by somebody else of the city or the province, returned, and approved', async () => {
    await teacher.post(`/api/v1/apps/${app.id}/submission`)
    await refused(teacher.call('POST', `/api/v1/apps/${app.id}/submission`), 409, 'portal.in_review')
    assert.equal((await line(cityAdmin, app.id)).to_review, true)
    let { version } = await cityAdmin.get(`/api/v1/apps/${app.id}`)
    await refused(teacher.call('PUT', `/api/v1/apps/${app.id}`, { version, draft }), 409, 'portal.in_review')
    await refused(teacher.call('POST', `/api/v1/apps/${app.id}/review`, { version, verdict: 'approved' }), 403, 'http.role_required')
    await refused(cityAdmin.call('POST', `/api/v1/apps/${app.id}/review`, { version, verdict: 'returned' }), 422, 'input.invalid')
    const returned = await cityAdmin.post(`/api/v1/apps/${app.id}/review`, { version, verdict: 'returned', reason: '用途说明不清楚' })
    assert.equal(returned.reason, '用途说明不清楚')
    assert.equal((await teacher.get(`/api/v1/apps/${app.id}`)).state, 'returned')
    const news = async () => (await teacher.get('/api/v1/me/notices')).filter(one => one.kind === 'portal.decided').map(({ details, link }) => [details.app, details.act, details.reason, link])
    const heard = [['口算天天练', 'returned', '用途说明不清楚', `/developer/${app.id}`]]
    assert.deepEqual(await news(), heard)
    ;({ version } = await cityAdmin.post(`/api/v1/apps/${app.id}/submission`))
    await refused(cityAdmin.call('POST', `/api/v1/apps/${app.id}/review`, { version, verdict: 'approved' }), 403, 'portal.own_submission')
    await refused(cityOther.call('POST', `/api/v1/apps/${app.id}/review`, { version, verdict: 'approved', everywhere: true }), 422, 'input.invalid')
    const both = await Promise.all([cityOther, school.admin].map(one => one.call('POST', `/api/v1/apps/${app.id}/review`, { version, verdict: 'approved' })))
    assert.deepEqual(both.map(one => one.status).sort(), [200, 409])
    const { reviews, testing } = await cityAdmin.get(`/api/v1/apps/${app.id}`)
    assert.equal(testing, false)
    assert.deepEqual(reviews.map(one => one.act), ['approved', 'submitted', 'returned', 'submitted'])
    assert.deepEqual(await news(), [['口算天天练', 'approved', '', `/developer/${app.id}`], ...heard])
    assert.ok((await enter(config, nobody)).access_token)
  })

  await t.test('people find it where its owner answers for them, or everywhere when the province says so', async () => {
    const found = await nobody.get('/api/v1/directory')
    assert.deepEqual(found.items.map(one => [one.name, one.connected, one.home_url]), [['口算天天练', true, 'https://app.example.com/']])
    assert.equal((await nobody.get(`/api/v1/directory?query=${encodeURIComponent('天天')}&category=learning`)).items.length, 1)
    assert.equal((await nobody.get(`/api/v1/directory?query=${encodeURIComponent('没有的')}`)).items.length, 0)
    assert.equal((await nobody.get('/api/v1/directory?category=reading')).items.length, 0)
    const { items: [suzhou] } = await school.admin.get(`/api/v1/organisations?query=${encodeURIComponent('苏州')}&kind=city`)
    const far = await officer(url, school.admin, suzhou.id, 'city_admin', 'far.away', '远')
    assert.equal((await far.get('/api/v1/directory')).items.length, 0)
    const { version } = await cityAdmin.get(`/api/v1/apps/${app.id}`)
    const proposed = await cityAdmin.put(`/api/v1/apps/${app.id}`, { version, draft: { ...draft, name: '口算天天练2', essential: ['name'] } })
    assert.equal(proposed.current.name, '口算天天练')
    assert.equal(proposed.proposal.name, '口算天天练2')
    assert.deepEqual((await nobody.get('/api/v1/directory')).items.map(one => one.name), ['口算天天练'])
    const submitted = await cityAdmin.post(`/api/v1/apps/${app.id}/submission`)
    await school.admin.post(`/api/v1/apps/${app.id}/review`, { version: submitted.version, verdict: 'approved', everywhere: true })
    assert.deepEqual((await far.get('/api/v1/directory')).items.map(one => [one.name, one.essential]), [['口算天天练2', ['name']]])
  })

  await t.test('a proposal that is dropped changes nothing', async () => {
    const { version } = await cityAdmin.get(`/api/v1/apps/${app.id}`)
    const before = await cityAdmin.get(`/api/v1/apps/${app.id}`)
    const same = await cityAdmin.put(`/api/v1/apps/${app.id}`, { version, draft: { ...before.current, essential: before.current.essential.toReversed() } })
    assert.deepEqual([same.state, same.proposal ?? null], ['approved', null], 'what is saved as it is proposes nothing')
    await cityAdmin.put(`/api/v1/apps/${app.id}`, { version: same.version, draft: { ...draft, name: '第三版' } })
    const after = (await cityAdmin.call('DELETE', `/api/v1/apps/${app.id}/proposal`)).body
    assert.equal(after.state, 'approved')
    assert.equal(after.current.name, '口算天天练2')
    await refused(cityAdmin.call('POST', `/api/v1/apps/${app.id}/submission`), 409, 'portal.nothing_to_review')
  })

  await t.test('a new secret goes beside the old one until that is ended', async () => {
    const { secret: next } = await cityAdmin.post(`/api/v1/apps/${app.id}/secret`)
    for (const one of [secret, next]) assert.ok((await enter(await relyingParty(server, { id: app.id, secret: one, algorithm: 'ES256' }), nobody)).access_token)
    assert.equal((await cityAdmin.get(`/api/v1/apps/${app.id}`)).secrets.length, 2)
    assert.equal((await cityAdmin.call('DELETE', `/api/v1/apps/${app.id}/replaced-secrets`)).status, 204)
    const { kept, parameters } = await begun(config)
    await assert.rejects(openid.authorizationCodeGrant(config, new URL(await agreed(nobody, parameters)), kept), /challenge/)
    config = await relyingParty(server, { id: app.id, secret: next, algorithm: 'ES256' })
    assert.ok((await enter(config, nobody)).access_token)
  })

  await t.test('its owner sees how often people signed in, by day, and nobody else', async () => {
    const printed = educard(server.data, ['app', 'usage', app.id])
    assert.match(printed.out, new RegExp(`${day()} +[1-9]`), printed.err)
    const usage = await cityAdmin.get(`/api/v1/apps/${app.id}/usage`)
    assert.equal(usage.days.length, 1)
    assert.equal(usage.days[0].day, day())
    assert.ok(usage.days[0].people >= 1 && usage.days[0].sign_ins >= usage.days[0].people)
    assert.equal(usage.sign_ins, usage.days[0].sign_ins)
    const file = await fetch(`${url}/api/v1/apps/${app.id}/usage.csv`, { headers: { authorization: `Bearer ${cityAdmin.token}` } })
    assert.match(await file.text(), new RegExp(`${day()},${usage.sign_ins},${usage.days[0].people}`))
    await refused(nobody.call('GET', `/api/v1/apps/${app.id}/usage`), 404, 'oidc.app_unknown')
    await refused(cityAdmin.call('GET', `/api/v1/apps/${app.id}/usage?from=2020-01-01`), 422, 'input.invalid')
  })

  await t.test('back to test, and disabled: nobody enters', async () => {
    const held = await enter(config, nobody, { scope: 'openid profile offline_access' })
    await cityAdmin.post(`/api/v1/apps/${app.id}/test`, { reason: '有投诉' })
    await assert.rejects(openid.fetchUserInfo(config, held.access_token, held.claims().sub), 'what somebody who is no tester had is ended')
    await assert.rejects(openid.refreshTokenGrant(config, held.refresh_token), { error: 'invalid_grant' })
    await refused(nobody.call('POST', '/api/v1/authorizations', (await begun(config)).parameters), 403, 'oidc.app_in_test')
    assert.equal((await nobody.get('/api/v1/directory')).items.length, 0)
    await cityAdmin.put(`/api/v1/apps/${app.id}/active`, { active: false })
    await refused(cityAdmin.call('POST', '/api/v1/authorizations', (await begun(config)).parameters), 404, 'oidc.app_unknown')
    await cityAdmin.put(`/api/v1/apps/${app.id}/active`, { active: true })
  })

  await t.test('others register apps themselves with a token of the portal; these are in test too', async () => {
    await refused(cityAdmin.call('POST', '/api/v1/app-registration-tokens', { organisation_id: '32', uses: 1, days: 1 }), 403, 'scope.outside')
    const wrong = await cityAdmin.call('POST', '/api/v1/app-registration-tokens', { organisation_id: city.id, uses: 0, days: 400 })
    assert.deepEqual(wrong.body.errors.map(one => one.path).sort(), ['days', 'uses'])
    const { token, kept } = await cityAdmin.post('/api/v1/app-registration-tokens', { organisation_id: city.id, uses: 1, days: 1 })
    const register = () => fetch(`${url}/oidc/register`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ client_name: '厂商应用', redirect_uris: [callback], id_token_signed_response_alg: 'ES256' }) })
    const made = await (await register()).json()
    assert.ok(made.client_id, JSON.stringify(made))
    assert.equal((await register()).status, 401)
    assert.deepEqual([(await line(cityAdmin, made.client_id)).state, (await line(cityAdmin, made.client_id)).testing], ['draft', true])
    const theirs = await relyingParty(server, { id: made.client_id, secret: made.client_secret, algorithm: 'ES256' })
    await refused(nobody.call('POST', '/api/v1/authorizations', (await begun(theirs)).parameters), 403, 'oidc.app_in_test')
    const own = body => fetch(`${url}/oidc/register/${made.client_id}`, { method: 'PUT', headers: { authorization: `Bearer ${made.registration_access_token}`, 'content-type': 'application/json' }, body: JSON.stringify({ client_id: made.client_id, redirect_uris: [callback], id_token_signed_response_alg: 'ES256', ...body }) })
    assert.equal((await own({ client_name: '厂商应用二' })).status, 200, 'in test it changes itself')
    const { version: handed } = await cityAdmin.post(`/api/v1/apps/${made.client_id}/submission`)
    assert.equal((await own({ client_name: '另一个' })).status, 403, 'not while somebody reviews it')
    await cityOther.post(`/api/v1/apps/${made.client_id}/review`, { version: handed, verdict: 'approved' })
    assert.equal((await own({ client_name: '另一个', redirect_uris: ['https://evil.example.com/cb'] })).status, 403, 'nor afterwards')
    assert.deepEqual((await cityAdmin.get(`/api/v1/apps/${made.client_id}`)).current.redirect_uris, [callback])
    assert.equal((await cityAdmin.call('DELETE', `/api/v1/app-registration-tokens/${kept.id}`)).status, 204)
    assert.equal((await cityAdmin.get('/api/v1/app-registration-tokens'))[0].revoked, true)
  })

  await t.test('whoever runs the installation approves on the command line; apps made there need no review', async () => {
    const done = educard(server.data, ['app', 'approve', app.id])
    assert.equal(done.status, 0, done.err)
    assert.equal((await cityAdmin.get(`/api/v1/apps/${app.id}`)).state, 'approved')
    const own = registered(server, { name: '行政' })
    const seen = await school.admin.get(`/api/v1/apps/${own.id}`)
    assert.deepEqual([seen.state, seen.testing, seen.current.shown.listed], ['approved', false, false])
    assert.match(educard(server.data, ['app', 'list']).out, /口算天天练2/)
  })
})
