// What it costs the database to let somebody in who is signed in and has agreed: from the page's request to the tokens.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from '../support/client.mjs'
import { begun, certifiedTeacher, env, openid, registered, relyingParty } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const times = 40
const most = { authorization: 2, token: 4 }

test('SQL statements of a sign-in to an app', { timeout: 120_000 }, async t => {
  const server = await fresh(t, { env })
  const { teacher } = await certifiedTeacher(server, await smallSchool(server))
  const config = await relyingParty(server, registered(server))
  const count = async () => Number(/^educard_database_statements (\S+)/m.exec(await new Client(server.url).get('/metrics'))[1])
  const sessions = await Promise.all(Array.from({ length: times }, () => begun(config)))
  await teacher.post('/api/v1/authorizations', { ...sessions[0].parameters, allowed: true, with: [] })
  const pause = () => new Promise(done => setTimeout(done, 300))

  /** Of each of so many acts, one after the other; the server's own little work meanwhile is less than one for each. */
  const statements = async act => {
    await pause()
    const before = await count()
    for (const one of sessions) await act(one)
    await pause()
    return Math.floor(((await count()) - before) / times)
  }
  const authorization = await statements(async one => {
    one.location = (await teacher.post('/api/v1/authorizations', one.parameters)).location
    assert.ok(one.location)
  })
  const token = await statements(async one => assert.ok((await openid.authorizationCodeGrant(config, new URL(one.location), one.kept)).access_token))
  t.diagnostic(`${authorization} to authorize, ${token} for the tokens`)
  assert.ok(authorization <= most.authorization, `${authorization} to authorize`)
  assert.ok(token <= most.token, `${token} for the tokens`)
})
