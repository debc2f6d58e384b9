// The keys that sign tokens live and die as signing_keys.hpp says: published a day before they sign, a month after they were replaced.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signInAs } from '../support/accounts.mjs'
import { inDatabase } from '../support/database.mjs'
import { certifiedTeacher, enter, env, issuer, jose, registered, relyingParty, through } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const algorithms = ['RS256', 'ES256', 'EdDSA']

test('keys of tokens are replaced', { timeout: 180_000 }, async t => {
  const server = await fresh(t, { env })
  await certifiedTeacher(server, await smallSchool(server))
  const apps = algorithms.map(algorithm => registered(server, { algorithm }))
  const published = async () => (await through(server)(`${issuer}/oidc/jwks`)).json()
  const names = async () => (await published()).keys.map(key => key.kid).sort()
  const named = number => algorithms.map(algorithm => `${algorithm}-${number}`)
  const kid = token => jose.decodeProtectedHeader(token).kid

  /** As if so many days had passed, with the start that looks for old keys. */
  async function pass(days) {
    await server.stop()
    inDatabase(server, `UPDATE token_key SET signs_from = signs_from - ${days * 86_400_000_000}`)
    await server.start()
  }
  /** A token for each app. openid-client checks each against what is published. */
  async function tokens() {
    const person = await signInAs(server.url, 'the.teacher')
    return Promise.all(apps.map(async app => (await enter(await relyingParty(server, app), person)).id_token))
  }
  const verify = async list => {
    const keys = jose.createLocalJWKSet(await published())
    for (const token of list) await jose.jwtVerify(token, keys, { issuer })
  }

  const first = await tokens()
  assert.deepEqual(first.map(kid), named(1))
  assert.deepEqual(await names(), named(1).sort())

  await pass(91)
  assert.deepEqual(await names(), [...named(1), ...named(2)].sort(), 'the next one is known')
  assert.deepEqual((await tokens()).map(kid), named(1), 'before it signs')

  await pass(2)
  const second = await tokens()
  assert.deepEqual(second.map(kid), named(2))
  await verify([...first, ...second])

  await pass(30)
  assert.deepEqual(await names(), named(2).sort(), 'the old one goes')
  await verify(second)
  await assert.rejects(verify(first), { code: 'ERR_JWKS_NO_MATCHING_KEY' })
  const person = await signInAs(server.url, 'the.teacher')
  assert.equal((await person.post('/api/v1/logouts', { id_token_hint: first[0] })).app.name, '口算', 'a hint is known for longer')
})
