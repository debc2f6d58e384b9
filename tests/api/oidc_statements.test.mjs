// What it costs the database to let somebody in who is signed in and has agreed: from the page's request to the tokens.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, guardianOf, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { Client } from '../support/client.mjs'
import { begun, certifiedTeacher, env, openid, registered, relyingParty } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { officePassword, signIn, smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const times = 40
/** Of each way in: for the page, and for the tokens. */
const most = {
  'a grown-up': [2, 4],
  'a grown-up, with offline_access': [2, 5],
  'a pupil, to an app of the school': [12, 12],
  'a pupil, by approval of the school': [14, 15],
  'a pupil, by a guardian': [4, 4],
}

test('SQL statements of a sign-in to an app', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env })
  const { url } = server
  const school = await smallSchool(server)
  const { teacher } = await certifiedTeacher(server, school)
  const head = await signIn(url, 'school', officePassword)
  const [young] = people(1, { seed: 171, from: new Date().getFullYear() - 9, to: new Date().getFullYear() - 9 })
  const pupil = await register(url, young, 'young.pupil')
  assert.equal((await decide(school.teacher, await handIn(pupil, pupilProfile(young, school)))).status, 200)
  const { code } = await school.teacher.post('/api/v1/guardian-invitations', { card_number: (await pupil.get('/api/v1/card')).card_number, guardian_name: '林晓梅', relation: 'mother', rights: 'full' })
  const { client: mother, link } = await guardianOf(url, code, 'mother.lin')

  const [of, ofSchool, approved, allowed] = [registered(server), registered(server, { organisation: school.id }), registered(server, { organisation: '3205' }), registered(server, { organisation: '3205' })]
  await head.post('/api/v1/school-apps', { organisation_id: school.id, app_id: approved.id, purpose: '课后练习' })
  await pupil.post('/api/v1/me/app-requests', { app_id: allowed.id })
  await mother.put(`/api/v1/family/${link}/apps/${allowed.id}`, { with: [] })
  await teacher.post('/api/v1/authorizations', { ...(await begun(await relyingParty(server, of))).parameters, allowed: true, with: [] })

  const metrics = new Client(url)
  const count = async () => Number(/^educard_database_statements (\S+)/m.exec(await metrics.get('/metrics'))[1])
  /** Counted around each act by itself, for what the server does of its own meanwhile adds to a few of them: what most cost. */
  const statements = async (list, act) => {
    const each = []
    for (const one of list) {
      const before = await count()
      await act(one)
      each.push(await count() - before)
    }
    return each.toSorted((a, b) => a - b)[times / 2]
  }
  const ways = {
    'a grown-up': [of, teacher],
    'a grown-up, with offline_access': [of, teacher, { scope: 'openid profile offline_access' }],
    'a pupil, to an app of the school': [ofSchool, pupil],
    'a pupil, by approval of the school': [approved, pupil],
    'a pupil, by a guardian': [allowed, pupil],
  }
  for (const [way, [app, person, options]] of Object.entries(ways)) {
    await t.test(way, async t => {
      const config = await relyingParty(server, app)
      const all = await Promise.all(Array.from({ length: times }, () => begun(config, options)))
      const page = await statements(all, async one => assert.ok(one.location = (await person.post('/api/v1/authorizations', one.parameters)).location))
      const tokens = await statements(all, async one => assert.ok((await openid.authorizationCodeGrant(config, new URL(one.location), one.kept)).access_token))
      t.diagnostic(`${page} for the page, ${tokens} for the tokens`)
      assert.ok(page <= most[way][0], `${page} for the page`)
      assert.ok(tokens <= most[way][1], `${tokens} for the tokens`)
    })
  }
})
