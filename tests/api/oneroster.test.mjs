// Rosters for apps by OneRoster 1.2: a service reads what it was approved for, and knows people by the names that they sign in with.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register, teacherProfile } from '../support/accounts.mjs'
import { enter, env, issuer, openid, registered, relyingParty, through } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { signIn, smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const base = '/ims/oneroster/rostering/v1p2'
const core = 'https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly'
const essential = 'name,role,school,class_name'
const kept = ['--service']

/** A school with three certified pupils, a certified teacher, and another school with nobody. */
async function cast(t) {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const county = (await school.admin.get(`/api/v1/organisations/${school.id}`)).parent_id
  const other = await school.admin.post('/api/v1/organisations', { parent_id: county, kind: 'school', name: '南京市北安门小学', school_code: '2132000043', school_kind: 'primary' })
  const { one_time_password: secret } = await school.admin.post('/api/v1/appointments', { organisation_id: school.id, role: 'school_admin', user_name: 'school', name: '校办' })
  const head = await signIn(server.url, 'school', secret)
  const pupils = people(3, { seed: 31 })
  const clients = []
  for (const [i, pupil] of pupils.entries()) {
    const client = await register(server.url, pupil, `pupil.${i}.one`)
    assert.equal((await decide(school.teacher, await handIn(client, pupilProfile(pupil, school)))).status, 200)
    clients.push(client)
  }
  const [grown] = people(1, { seed: 72, from: 1985, to: 1985 })
  const teacher = await register(server.url, grown, 'the.teacher')
  assert.equal((await decide(head, await handIn(teacher, teacherProfile(grown, school), 'teacher'))).status, 200)
  return { server, school, county, other, head, pupils, clients, grown, teacher }
}

async function tokenOf(server, app, scope = core) {
  const answer = await through(server)(`${issuer}/oidc/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) }),
  })
  assert.equal(answer.status, 200)
  return answer.json()
}

const ask = async (server, token, path, query = {}) => {
  const url = path.startsWith('http') ? path : `${issuer}${base}${path}?${new URLSearchParams(query)}`
  const response = await through(server)(url, { headers: token ? { authorization: `Bearer ${token}` } : {} })
  return { status: response.status, headers: response.headers, body: await response.json() }
}
const minor = answer => answer.body.imsx_CodeMinor.imsx_codeMinorField[0].imsx_codeMinorFieldValue
const approve = (server, app, code) => educard(server.data, ['app', 'rosters', app.id, ...(code ? ['--organisation', String(code)] : ['--none'])])
const next = answer => /<([^>]+)>; rel="next"/.exec(answer.headers.get('link'))?.[1]

test('OneRoster', { timeout: 300_000 }, async t => {
  const { server, school, county, other, head, pupils, clients, grown, teacher } = await cast(t)
  const app = registered(server, { essential, more: kept })
  assert.equal(approve(server, app, county).status, 0)
  const { access_token: token, scope } = await tokenOf(server, app)
  const get = (path, query) => ask(server, token, path, query)

  await t.test('the token is for what was asked, as far as services may ask for it', async () => {
    assert.equal(scope, core)
    assert.equal((await tokenOf(server, app, `${core} openid`)).scope, core)
    assert.equal((await tokenOf(server, app, '')).scope, undefined)
  })

  await t.test('nobody reads without a token, the scope, or an approval', async () => {
    const none = await ask(server, undefined, '/orgs')
    assert.equal(none.status, 401)
    assert.match(none.headers.get('www-authenticate'), /^Bearer /)
    assert.deepEqual([none.body.imsx_codeMajor, none.body.imsx_severity, minor(none)], ['failure', 'error', 'unauthorisedrequest'])
    const poor = await ask(server, (await tokenOf(server, app, '')).access_token, '/orgs')
    assert.deepEqual([poor.status, minor(poor)], [403, 'forbidden'])
    const stranger = registered(server, { name: '别的', essential, more: kept })
    const refused = await ask(server, (await tokenOf(server, stranger)).access_token, '/users')
    assert.deepEqual([refused.status, minor(refused)], [403, 'forbidden'])
  })

  await t.test('a token of somebody who signed in is no token of a service', async () => {
    const tokens = await enter(await relyingParty(server, app), teacher)
    assert.equal((await ask(server, tokens.access_token, '/orgs')).status, 401)
  })

  await t.test('only who needs all that a roster tells is approved, for what lies below who answers for it', async () => {
    const poor = registered(server, { name: '只要姓名', more: kept })
    assert.match(approve(server, poor, county).err, /name, role, school/)
    const plain = registered(server, { name: '不是服务', essential })
    assert.match(approve(server, plain, county).err, /--service/)
    const local = registered(server, { name: '校本', essential, organisation: other.id, more: kept })
    assert.notEqual(approve(server, local, school.id).status, 0)
    assert.equal(approve(server, local, other.id).status, 0)
    const { access_token } = await tokenOf(server, local)
    assert.deepEqual((await ask(server, access_token, '/users')).body, { users: [] })
    assert.deepEqual((await ask(server, access_token, '/orgs')).body.orgs.map(one => one.name), [other.name])
    assert.equal((await ask(server, access_token, `/schools/${school.id}/students`)).status, 404)
    assert.equal((await ask(server, access_token, `/classes/${school.class_id}`)).status, 404)
    assert.equal(approve(server, local).status, 0)
    assert.equal((await ask(server, access_token, '/users')).status, 403)
  })

  await t.test('organisations, schools and classes', async () => {
    const orgs = (await get('/orgs')).body.orgs
    assert.deepEqual(orgs.map(one => one.type).toSorted(), ['district', 'school', 'school'])
    const one = orgs.find(org => org.sourcedId === school.id)
    assert.deepEqual([one.name, one.identifier, one.status, one.parent.sourcedId, one.parent.type], [school.name, '2132000042', 'active', county, 'org'])
    assert.equal(orgs.find(org => org.sourcedId === county).parent, undefined)
    assert.equal((await get('/schools')).body.orgs.length, 2)
    assert.deepEqual((await get(`/schools/${school.id}`)).body.org, one)
    const room = (await get(`/schools/${school.id}/classes`)).body.classes[0]
    assert.deepEqual([room.sourcedId, room.classType, room.school.sourcedId, room.grades.length], [school.class_id, 'homeroom', school.id, 1])
    assert.equal(room.title, school.class_name)
    for (const { href } of [room.course, room.school, room.terms[0]]) assert.equal((await get(href)).status, 200, href)
    assert.deepEqual((await get('/classes')).body.classes, [room])
    assert.equal((await get(`/orgs/${school.class_id}`)).status, 404)
  })

  await t.test('school years', async () => {
    const sessions = (await get('/academicSessions')).body.academicSessions
    const year = (await get(`/academicSessions/${sessions[3].sourcedId}`)).body.academicSession
    assert.deepEqual([year.type, year.startDate.slice(4), year.endDate.slice(4), Number(year.schoolYear)], ['schoolYear', '-09-01', '-08-31', Number(year.sourcedId) + 1])
    assert.equal((await get('/academicSessions/never')).status, 404)
  })

  await t.test('people by the sub that they sign in with, and nothing that nobody should know', async () => {
    const users = (await get('/users')).body.users
    assert.equal(users.length, 4)
    const config = await relyingParty(server, app)
    const subOf = async client => (await enter(config, client)).claims().sub
    const sub = await subOf(teacher)
    const { user } = (await get(`/users/${sub}`)).body
    assert.deepEqual([user.familyName + user.givenName, user.roles[0].role, user.roles[0].roleType, user.roles[0].org.sourcedId, user.enabledUser], [grown.name, 'teacher', 'primary', school.id, 'true'])
    assert.ok(users.some(one => one.sourcedId === sub))
    const pupil = (await get(`/students/${await subOf(clients[0])}`)).body.user
    assert.equal(pupil.familyName + pupil.givenName, pupils[0].name)
    assert.equal((await get(`/teachers/${pupil.sourcedId}`)).status, 404)
    const card = (await clients[0].get('/api/v1/card')).number
    const text = JSON.stringify(users)
    for (const secret of [...pupils.flatMap(one => [one.number, one.phone, one.birth]), grown.number, 'the.teacher', card].filter(Boolean)) assert.ok(!text.includes(secret), secret)
    assert.deepEqual((await get('/students')).body.users.map(one => one.sourcedId).toSorted(), users.filter(one => one.roles[0].role === 'student').map(one => one.sourcedId).toSorted())
    assert.deepEqual((await get('/teachers')).body.users.map(one => one.sourcedId), [sub])
    assert.deepEqual((await get(`/schools/${school.id}/teachers`)).body.users.map(one => one.sourcedId), [sub])
    assert.equal((await get(`/schools/${school.id}/students`)).body.users.length, 3)
    assert.equal((await get(`/classes/${school.class_id}/students`)).body.users.length, 3)
    assert.equal((await get('/users/nobody')).status, 404)
  })

  await t.test('two apps know the same people by other names, and cannot tell that they are the same', async () => {
    const second = registered(server, { name: '第二个', uris: ['https://second.example.com/cb'], essential, more: kept })
    assert.equal(approve(server, second, county).status, 0)
    const { access_token } = await tokenOf(server, second)
    const idsOf = async key => [...(await ask(server, key, '/users')).body.users, ...(await ask(server, key, '/enrollments')).body.enrollments].map(one => one.sourcedId)
    const [mine, theirs] = [await idsOf(token), await idsOf(access_token)]
    assert.equal(mine.length, theirs.length)
    assert.deepEqual(mine.filter(id => theirs.includes(id)), [])
    assert.equal((await ask(server, access_token, `/users/${mine[0]}`)).status, 404)
    // met at sign-in before any list was read
    const third = registered(server, { name: '第三个', uris: ['https://third.example.com/cb'], essential, more: kept })
    assert.equal(approve(server, third, county).status, 0)
    const { sub } = (await enter(await relyingParty(server, third), teacher, { redirect_uri: 'https://third.example.com/cb' })).claims()
    assert.equal((await ask(server, (await tokenOf(server, third)).access_token, `/users/${sub}`)).status, 200)
  })

  await t.test('enrollments', async () => {
    const { enrollments } = (await get('/enrollments')).body
    assert.equal(enrollments.length, 3)
    const [one] = enrollments
    assert.deepEqual([one.class.sourcedId, one.school.sourcedId, one.role, one.primary, one.status], [school.class_id, school.id, 'student', 'false', 'active'])
    assert.deepEqual((await get(`/enrollments/${one.sourcedId}`)).body.enrollment, one)
    assert.equal((await get(one.user.href)).status, 200)
    assert.equal((await get(`/enrollments/${one.sourcedId}1`)).status, 404)
  })

  await t.test('a class teacher who is certified is in the class', async () => {
    const { items } = await school.admin.get(`/api/v1/appointments?organisation_id=${school.class_id}`)
    await school.admin.call('DELETE', `/api/v1/appointments/${items[0].id}`)
    const made = await school.admin.call('POST', '/api/v1/appointments', { organisation_id: school.class_id, role: 'class_teacher', user_name: 'the.teacher' })
    assert.ok(made.status < 300, JSON.stringify(made.body))
    const [lead] = (await get('/enrollments', { filter: "role='teacher'" })).body.enrollments
    assert.deepEqual([lead.class.sourcedId, lead.primary], [school.class_id, 'true'])
    assert.deepEqual((await get(`/enrollments/${lead.sourcedId}`)).body.enrollment, lead)
    assert.deepEqual((await get(`/classes/${school.class_id}/teachers`)).body.users.map(one => one.sourcedId), [lead.user.sourcedId])
  })

  await t.test('pages follow their links to the end, whatever the collection', async () => {
    for (const [path, member] of [['/users', 'users'], ['/orgs', 'orgs'], ['/enrollments', 'enrollments'], ['/academicSessions', 'academicSessions'], ['/courses', 'courses']]) {
      const whole = (await get(path)).body[member]
      const found = []
      for (let page = await get(path, { limit: 1 }); ; page = await get(next(page))) {
        assert.equal(page.status, 200)
        assert.equal(page.body[member].length, 1)
        found.push(...page.body[member])
        if (!next(page)) break
      }
      assert.deepEqual(found, whole, path)
      assert.deepEqual((await get(path, { limit: 2, offset: 1 })).body[member], whole.slice(1, 3), path)
    }
    const first = await get('/users', { limit: 1 })
    assert.equal(first.headers.get('x-total-count'), null)
    assert.equal((await get('/users')).headers.get('x-total-count'), '4')
    assert.match(first.headers.get('link'), /rel="first"/)
    for (const wrong of [{ limit: 0 }, { limit: 100_000 }, { offset: 100_000 }, { offset: -1 }, { limit: 'x' }, { cursor: 'nothing' }, { orderBy: 'up' }]) {
      const answer = await get('/users', wrong)
      assert.deepEqual([answer.status, minor(answer)], [400, 'invaliddata'], JSON.stringify(wrong))
    }
  })

  await t.test('sorts, and pages through what is sorted', async () => {
    const sorted = (await get('/users', { sort: 'familyName' })).body.users.map(one => one.familyName)
    assert.deepEqual(sorted, sorted.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    const backwards = (await get('/users', { sort: 'familyName', orderBy: 'desc', limit: 3 }))
    assert.equal(backwards.headers.get('x-total-count'), '4')
    const rest = await get(next(backwards))
    assert.deepEqual([...backwards.body.users, ...rest.body.users].map(one => one.familyName), sorted.toReversed())
  })

  await t.test('filters and selects fields', async () => {
    const filtered = async (path, filter) => Object.values((await get(path, { filter })).body)[0]
    assert.equal((await filtered('/users', "roles.role='student'")).length, 3)
    assert.equal((await filtered('/users', `roles.role='student' AND familyName='${(await get('/students')).body.users[0].familyName}'`)).length >= 1, true)
    assert.equal((await filtered('/orgs', "type='district' OR name~'玄武湖'")).length, 2)
    assert.equal((await filtered('/orgs', "type!='school'")).length, 1)
    for (const [filter, code] of [["type='school", 'invalid_filter_field'], ["colour='red'", 'invalid_filter_field'], ["type='a' AND name='b' AND status='c'", 'invalid_filter_field'], ["dateLastModified>'soon'", 'invalid_filter_field']]) {
      const answer = await get('/orgs', { filter })
      assert.deepEqual([answer.status, minor(answer)], [400, code], filter)
    }
    assert.deepEqual(Object.keys((await get('/orgs', { fields: 'name,type,colour' })).body.orgs[0]), ['name', 'type'])
    assert.deepEqual(Object.keys((await get(`/orgs/${school.id}`, { fields: 'name' })).body.org), ['name'])
    assert.equal(minor(await get('/orgs', { fields: ' , ' })), 'invalid_selection_field')
  })

  await t.test('tells what changed since: who left, and what was renamed', async () => {
    const before = new Date().toISOString()
    const since = async path => Object.values((await get(path, { filter: `dateLastModified>='${before}'` })).body)[0]
    assert.deepEqual(await since('/orgs'), [])
    assert.deepEqual(await since('/users'), [])
    const { version } = await school.admin.get(`/api/v1/organisations/${other.id}`)
    await school.admin.call('PATCH', `/api/v1/organisations/${other.id}`, { version, name: '南京市北安门第二小学' })
    assert.deepEqual((await since('/orgs')).map(one => one.name), ['南京市北安门第二小学'])
    const now = await school.admin.get(`/api/v1/organisations/${other.id}`)
    await school.admin.post(`/api/v1/organisations/${other.id}/close`, { version: now.version })
    assert.deepEqual((await since('/schools')).map(one => one.status), ['tobedeleted'])
  })

  await t.test('exports the same as CSV', () => {
    const file = join(server.data, 'roster.zip')
    const done = educard(server.data, ['oneroster', 'export', '--app', app.id, '--out', file])
    assert.equal(done.status, 0, done.err)
    const read = (name, of = file) => execFileSync('python3', ['-c', 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))', of, name], { encoding: 'utf8' }).split('\r\n').slice(0, -1)
    assert.ok(read('manifest.csv').includes('file.users,bulk'))
    assert.equal(read('manifest.csv')[0], 'propertyName,value')
    assert.equal(read('users.csv').length, 5)
    assert.equal(read('users.csv')[0], 'sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns')
    assert.equal(read('roles.csv')[0], 'sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId')
    assert.equal(read('roles.csv').length, 5)
    assert.equal(read('orgs.csv')[0], 'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId')
    assert.equal(read('orgs.csv').length, 3)
    assert.equal(read('classes.csv')[0], 'sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods')
    assert.equal(read('enrollments.csv')[0], 'sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate')
    assert.equal(read('enrollments.csv').length, 5)
    assert.equal(read('academicSessions.csv')[0], 'sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear')
    const users = new Set(read('users.csv').slice(1).map(row => row.split(',')[0]))
    for (const row of read('enrollments.csv').slice(1)) assert.ok(users.has(row.split(',')[5]))
    const own = join(server.data, 'own.zip')
    assert.equal(educard(server.data, ['oneroster', 'export', '--organisation', '2132000042', '--out', own]).status, 0)
    assert.equal(read('users.csv', own).length, 5)
    assert.ok(!read('users.csv', own).some(row => users.has(row.split(',')[0])))
    assert.notEqual(educard(server.data, ['oneroster', 'export', '--out', own]).status, 0)
    assert.notEqual(educard(server.data, ['oneroster', 'export', '--app', app.id, '--out', join(server.data, 'none/x.zip')]).status, 0)
  })

  await t.test('a token that is bound to a key comes with a proof for this address', async () => {
    const config = await relyingParty(server, app)
    const keys = await openid.randomDPoPKeyPair()
    const handle = openid.getDPoPHandle(config, keys)
    const tokens = await openid.clientCredentialsGrant(config, { scope: core }, { DPoP: handle })
    const response = await openid.fetchProtectedResource(config, tokens.access_token, new URL(`${issuer}${base}/orgs`), 'GET', undefined, undefined, { DPoP: handle })
    assert.equal(response.status, 200)
    assert.equal((await ask(server, tokens.access_token, '/orgs')).status, 401)
  })
})
