// What guards accounts against guesses, against their own holders' haste, and against who is on both sides of a decision: codes of
// devices, last second factors, a guardian's own child, the own invitation; and who is told of what.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, guardianOf, handIn, password, pupilProfile, register, signInAs } from '../support/accounts.mjs'
import { solved } from '../support/captcha.mjs'
import { Client, eventually, whileBusy } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { certifiedTeacher, env, issuer, registered, through } from '../support/oidc.mjs'
import { Passkey } from '../support/passkey.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { setUp } from '../support/authenticator.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'
import { gateway } from '../support/sms.mjs'
import { daysPass } from '../support/time.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')
const letters = 'BCDFGHJKLMNPQRSTVWXZ'
const guess = at => Array.from({ length: 8 }, (_, place) => letters[Math.floor(at / 20 ** place) % 20]).join('')

test('codes that devices show', { timeout: 120_000 }, async t => {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const { teacher } = await certifiedTeacher(server, school)
  const app = registered(server, { uris: [], more: ['--device'] })
  const start = async () => (await through(server)(`${issuer}/oidc/device_authorization`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}` }, body: new URLSearchParams({ scope: 'openid' }) })).json()
  const tries = async (client, count, from = 0) => (await Promise.all(Array.from({ length: count }, (_, at) => whileBusy(() => client.call('POST', '/api/v1/device-authorizations', { user_code: guess(from + at) }))))).map(faultOf)
  const forget = () => inDatabase(server, "DELETE FROM rate_limit WHERE bucket LIKE 'user-code:%'")
  const wrong = '404, oidc.user_code_unknown'
  const slow = '429, runtime.too_many'

  await t.test('are guessed at only so often by one account, also many at once', async () => {
    const answers = await tries(teacher, 40)
    const looked = answers.filter(one => one === wrong).length
    // So many at once, and one more for each half a minute that the machine takes for it.
    assert.ok(looked >= 20 && looked <= 26 && answers.every(one => one === wrong || one === slow), answers.join('; '))
    const { user_code } = await start()
    const refused = await teacher.call('POST', '/api/v1/device-authorizations', { user_code })
    assert.equal(faultOf(refused), slow, 'not even the right one')
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    assert.equal((await new Client(server.url).post('/api/v1/device-authorizations', { user_code })).next, 'sign_in', 'nobody else waits for that')
    forget()
    assert.equal((await teacher.post('/api/v1/device-authorizations', { user_code })).next, 'consent')
  })

  await t.test('and by one network, whoever signs in there', async () => {
    forget()
    const visitor = new Client(server.url)
    assert.deepEqual(await tries(visitor, 1), [wrong])
    // As after 290 more: the bucket of 300 is full again so much later.
    const afterMore = () => inDatabase(server, "UPDATE rate_limit SET full_at = full_at + 1450000000 WHERE bucket LIKE 'user-code:%'")
    afterMore()
    const answers = await tries(visitor, 40, 100)
    const looked = answers.filter(one => one === wrong).length
    assert.ok(looked >= 9 && looked <= 25 && answers.every(one => one === wrong || one === slow), answers.join('; '))
    afterMore()
    assert.deepEqual(await tries(teacher, 1), [slow], 'signed in or not')
  })
})

test('the last second factor of an administrator stays, when two sessions remove the last two at once', { timeout: 120_000 }, async t => {
  const origin = 'http://card.example.test:8080'
  const server = await fresh(t, { env: { EDUCARD_REQUIRE_SECOND_FACTOR: 'true', EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_PUBLIC_URL: origin } })
  const { admin } = await smallSchool(server)
  for (let round = 0; round < 4; ++round) {
    const before = await admin.get('/api/v1/me/second-factor')
    if (!before.authenticator_since) {
      inDatabase(server, 'DELETE FROM authenticator')
      await setUp(admin)
    }
    if (!before.passkeys.length) {
      const key = new Passkey(origin)
      await admin.post('/api/v1/me/passkeys', { name: '手机', ...key.create(await admin.post('/api/v1/me/passkey-offers')) })
    }
    const { passkeys } = await admin.get('/api/v1/me/second-factor')
    const answers = await Promise.all([admin.call('DELETE', '/api/v1/me/authenticator'), admin.call('DELETE', `/api/v1/me/passkeys/${passkeys[0].id}`)])
    assert.deepEqual(answers.map(one => one.status).toSorted(), [204, 409], JSON.stringify(answers.map(one => one.body)))
    assert.equal(answers.find(one => one.status === 409).body.code, 'accounts.second_factor_required')
    const left = await admin.get('/api/v1/me/second-factor')
    assert.equal(Number(!!left.authenticator_since) + left.passkeys.length, 1)
  }
})

test('guardians who are more than that', { timeout: 240_000 }, async t => {
  const sent = await gateway(t)
  const server = await fresh(t, { env: { ...env, EDUCARD_SMS_GATEWAY: sent.url } })
  const { url } = server
  const school = await smallSchool(server)
  const { teacher, grown } = await certifiedTeacher(server, school)
  const head = await officer(url, school.admin, school.id, 'school_admin', 'headmaster', '周校长')
  const county = (await school.admin.get(`/api/v1/organisations?query=${encodeURIComponent('玄武区')}&kind=county`)).items[0]
  const elsewhere = (await school.admin.get(`/api/v1/organisations?query=${encodeURIComponent('姑苏区')}&kind=county`)).items[0]
  const countyHead = await officer(url, school.admin, county.id, 'county_admin', 'county.head', '区管理员')
  const stranger = await officer(url, school.admin, elsewhere.id, 'county_admin', 'county.stranger', '邻区管理员')
  const province = (await school.admin.get('/api/v1/me')).roles[0].organisation_id
  const year = new Date().getFullYear()
  const pupils = people(3, { seed: 181, from: year - 9, to: year - 8 })
  await importRoster(head, school.id, rosterOf(pupils, school.class_name, year - 1))
  const certified = async (person, name) => {
    const child = await register(url, person, name)
    assert.equal((await decide(school.teacher, await handIn(child, pupilProfile(person, school)))).status, 200)
    return Object.assign(child, { card: (await child.get('/api/v1/card')).card_number })
  }
  const child = await certified(pupils[0], 'the.child')
  const invite = (who, more = {}) => who.post('/api/v1/guardian-invitations', { card_number: child.card, guardian_name: '林晓梅', relation: 'mother', rights: 'full', ...more })
  const noticesOf = async who => (await who.get('/api/v1/me/events/unseen')).map(one => [one.kind, one.about, one.by_name, one.page])
  const seen = async who => who.post('/api/v1/me/events/seen', { last: (await who.get('/api/v1/me/events/unseen'))[0].id })

  await t.test('whoever made a code does not use it, not in another account of theirs either', async () => {
    const visitor = new Client(url)
    await school.teacher.patch('/api/v1/me', { phone: '13800000777' })
    const { code } = await invite(school.teacher)
    const redeem = async (user_name, phone) => visitor.call('POST', '/api/v1/family/join', { code, account: { user_name, password, phone, captcha: await solved(visitor), transport: 'token' } })
    assert.equal(faultOf(await redeem('second.self', '138 0000 0777')), '409, families.own_invitation')
    assert.equal(inDatabase(server, "SELECT COUNT(*) FROM account_name WHERE name_key LIKE 'second%'").trim(), '0', 'nothing is left of it')
    assert.equal((await redeem('mother.lin', '13800000778')).status, 201, 'the code is still good for the guardian')
  })
  const mother = await signInAs(url, 'mother.lin')
  const [{ id: link }] = await mother.get('/api/v1/family')

  await t.test('a teacher who is linked with a child does not review its applications, one by one or in bulk', async () => {
    const { code } = await invite(head, { guardian_name: grown.name, relation: 'other', rights: 'informed_only' })
    assert.equal((await teacher.call('POST', '/api/v1/family/join', { code })).status, 201)
    await school.teacher.post('/api/v1/delegations', { to_account: teacher.account_id, organisation_id: school.class_id, ends_on: new Date(Date.now() + 86400_000).toISOString().slice(0, 10) })
    // The child hands in once more, with nobody among its guardians whom its record could tell.
    const again = await handIn(child, { ...pupilProfile(pupils[0], school), guardians: [{ name: '某外婆', relation: 'grandparent', phone: '13700000001' }] })
    const others = await handIn(await register(url, pupils[1], 'other.child'), pupilProfile(pupils[1], school))
    assert.equal(faultOf(await decide(teacher, again)), '403, applications.own_application')
    const preview = await teacher.post('/api/v1/reviews/bulk-preview', { organisation_id: school.class_id })
    assert.ok(!preview.items.some(one => one.id === again.id))
    assert.ok(preview.left_out.some(one => one.reason === 'applications.own_application' && one.total === 1), JSON.stringify(preview.left_out))
    await teacher.post('/api/v1/reviews/bulk-approve', { token: preview.token })
    await eventually(async () => (await teacher.get(`/api/v1/reviews/bulk?token=${encodeURIComponent(preview.token)}`)).state === 'done', 'the bulk approval')
    assert.equal((await child.get(`/api/v1/applications/${again.id}`)).state, 'submitted')
    // Who links themselves while a preview waits is left out then.
    const { code: late } = await invite(head, { guardian_name: (await school.teacher.get('/api/v1/me')).name, relation: 'other', rights: 'informed_only' })
    const early = await school.teacher.post('/api/v1/reviews/bulk-preview', { organisation_id: school.class_id })
    assert.equal((await school.teacher.call('POST', '/api/v1/family/join', { code: late })).status, 201)
    await school.teacher.post('/api/v1/reviews/bulk-approve', { token: early.token })
    await eventually(async () => (await school.teacher.get(`/api/v1/reviews/bulk?token=${encodeURIComponent(early.token)}`)).state === 'done', 'the second bulk approval')
    assert.equal((await child.get(`/api/v1/applications/${again.id}`)).state, 'submitted')
    assert.equal(faultOf(await decide(school.teacher, again)), '403, applications.own_application')
    daysPass(server, 30)
    assert.equal((await decide(head, again)).status, 200, 'somebody else does')
    assert.ok(others)
  })

  await t.test('guardians hear in the app of what waits for them, once', async () => {
    const father = (await guardianOf(url, (await invite(head, { guardian_name: '韩建国', relation: 'father' })).code, 'father.han', '13800000779')).client
    const name = pupils[0].name
    assert.ok((await noticesOf(mother)).some(one => String(one) === String(['guardian_joins', name, '韩建国', `/family/${link}`])))
    await seen(mother)
    const app = registered(server, { organisation: elsewhere.id })
    for (let i = 0; i < 3; ++i) await child.post('/api/v1/me/app-requests', { app_id: app.id })
    assert.deepEqual(await noticesOf(mother), [['child_asks_app', name, '口算', `/family/${link}`]])
    const [fathers] = await father.get('/api/v1/family')
    assert.deepEqual((await noticesOf(father)).map(([kind, , , page]) => [kind, page]), [['child_asks_app', `/family/${fathers.id}`]])
    await seen(mother)
    const { consents } = await father.get(`/api/v1/family/${fathers.id}`)
    await father.post(`/api/v1/family/${fathers.id}/consents/${consents.find(one => !one.withdrawn_at).id}/withdraw`)
    assert.deepEqual((await noticesOf(mother)).map(one => one[0]), ['consent_missing'])
    await seen(mother)
    assert.deepEqual((await noticesOf(teacher)).filter(one => one[0] !== 'guardian_joins'), [], 'who is only informed has nothing to decide')
  })

  await t.test('a dispute is told in the app and by SMS; administrators above see all of their area, page by page', async () => {
    await mother.post('/api/v1/me/phone-codes')
    await mother.post('/api/v1/me/phone-codes/confirm', { code: await sent.code('13800000778') })
    await school.teacher.post(`/api/v1/guardian-links/${link}/dispute`, { reason: '学校收到来信' })
    assert.deepEqual(await noticesOf(mother), [['link_disputed', pupils[0].name, '', `/family/${link}`]])
    const texts = () => sent.messages.filter(one => one.to === '13800000778').map(one => one.text)
    await eventually(() => texts().some(one => one.includes('争议')), 'the message')
    assert.ok(!texts().some(one => one.includes(pupils[0].name) || one.includes('http')), 'no name, no link')
    const list = (who, organisation, more = '') => who.call('GET', `/api/v1/guardian-disputes?organisation_id=${organisation}${more}`)
    for (const [who, organisation] of [[countyHead, county.id], [head, school.id], [school.admin, province]]) {
      const { status, body } = await list(who, organisation)
      assert.deepEqual([status, body.items.map(one => [one.id, one.school, one.state])], [200, [[link, school.name, 'disputed']]], JSON.stringify(body))
    }
    assert.equal((await list(countyHead, county.id, '&limit=1')).body.items.length, 1)
    const { next } = (await list(countyHead, county.id, '&limit=1')).body
    assert.deepEqual((await list(countyHead, county.id, `&limit=1&cursor=${next}`)).body.items, [])
    assert.equal(faultOf(await list(countyHead, county.id, '&cursor=x')), '422, input.invalid, cursor value')
    assert.equal(faultOf(await list(stranger, county.id)), '403, scope.outside')
    assert.deepEqual((await list(stranger, elsewhere.id)).body.items, [])
    assert.equal((await list(school.teacher, school.id)).status, 403)
    await head.post(`/api/v1/guardian-links/${link}/decision`, { verdict: 'keep', reason: '核实无误' })
    assert.deepEqual((await noticesOf(mother)).map(one => one[0]), ['link_kept', 'link_disputed'])
    assert.deepEqual((await list(countyHead, county.id)).body.items, [])
    // One of a kind and hour, however often it is disputed.
    await school.teacher.post(`/api/v1/guardian-links/${link}/dispute`, { reason: '又一封信' })
    await head.post(`/api/v1/guardian-links/${link}/decision`, { verdict: 'keep', reason: '核实无误' })
    await eventually(() => texts().some(one => one.includes('关联保留')), 'the message of the decision')
    assert.deepEqual([texts().filter(one => one.includes('提出争议')).length, texts().filter(one => one.includes('关联保留')).length], [1, 1])
  })

  await t.test('a new device and a password that somebody resets are told by SMS, once an hour', async () => {
    const texts = () => sent.messages.filter(one => one.to === '13800000778').map(one => one.text)
    for (let i = 0; i < 3; ++i) await signInAs(url, 'mother.lin')
    await eventually(() => texts().some(one => one.includes('新设备')), 'the message')
    assert.equal(inDatabase(server, "SELECT COUNT(*) FROM rate_limit WHERE bucket LIKE 'notice:%:new_device'").trim(), '1')
    assert.equal(texts().filter(one => one.includes('新设备')).length, 1)
    const plainTeacher = await signInAs(url, 'the.teacher')
    assert.ok(plainTeacher.token, 'who has no telephone signs in as before')
  })
})

test('short messages of the whole installation are capped, and what the cap holds back is counted', { timeout: 120_000 }, async t => {
  const sent = await gateway(t)
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_SMS_GATEWAY: sent.url, EDUCARD_SMS_PER_HOUR: '3', EDUCARD_SMS_PER_DAY: '5' } })
  const owners = []
  for (const [at, person] of people(6, { seed: 191, from: 1970, to: 1990 }).entries()) {
    const client = await register(server.url, person, `capped.no${at}`)
    await client.patch('/api/v1/me', { phone: `138000006${String(at).padStart(2, '0')}` })
    owners.push(client)
  }
  const ask = async () => (await Promise.all(owners.map(one => one.call('POST', '/api/v1/me/phone-codes')))).map(one => (one.status === 204 ? 'sent' : faultOf(one))).toSorted()
  const refused = '429, sms.cap_reached'
  const counts = () => inDatabase(server, "SELECT SUM(sent), SUM(refused) FROM sms_count WHERE period LIKE 'day %'").trim()
  assert.deepEqual(await ask(), [refused, refused, refused, 'sent', 'sent', 'sent'], 'the hour')
  inDatabase(server, "DELETE FROM sms_count WHERE period LIKE 'hour %'")
  assert.deepEqual(await ask(), [refused, refused, refused, refused, 'sent', 'sent'], 'the day')
  assert.equal(counts(), '5|7')
  const text = await (await fetch(`${server.url}/metrics`)).text()
  assert.match(text, /educard_sms_messages_total\{outcome="accepted"\} 5/)
  assert.match(text, /educard_sms_messages_total\{outcome="refused"\} 7/)
  const doctor = educard(server.data, ['doctor'])
  assert.match(doctor.out, /note: 7 messages were refused in the last week/)
  await eventually(() => sent.messages.length === 5, 'what was accepted to leave')
})
