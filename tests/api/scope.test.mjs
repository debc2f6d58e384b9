// Nobody reaches outside their own part of the tree, on any route. Two counties live side by side; every office of the one, a pupil
// and nobody at all call every route of /api/openapi.json with what belongs to the other. A route that this file does not know fails it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { county, stateOf } from '../support/county.mjs'
import { Client } from '../support/client.mjs'
import { assertComplete, assertShutOut, listOf, routes, secretsOf, send } from '../support/every_route.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

test('nobody reaches outside their part of the tree, on any route', { timeout: 600_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { admin: province } = await smallSchool(server)
  const a = await county(server, province, { name: '玄武区', city: '南京', letter: 'a', seed: 11 })
  const b = await county(server, province, { name: '姑苏区', city: '苏州', letter: 'b', seed: 31 })
  const strangers = { 'city administrator': a.cityAdmin, 'county administrator': a.countyAdmin, 'school administrator': a.schoolAdmin, 'class teacher': a.teacher, pupil: a.pupil, nobody: new Client(server.url) }

  await t.test('every route that is served is in the table, and what is open to everybody is described so', async () => {
    assertComplete(await new Client(server.url).get('/api/openapi.json'))
  })

  const before = await stateOf(b)
  for (const [path, { status }] of Object.entries(before)) assert.equal(status, 200, `its own people see ${path}`)

  for (const [who, client] of Object.entries(strangers)) {
    await t.test(`${who} of another county`, () => assertShutOut(who, client, b, a, { secrets: secretsOf(b) }))
  }

  await t.test('nothing of the other county has changed', async () => {
    assert.deepEqual(await stateOf(b), before)
  })

  await t.test('each of these requests reaches its target when its own people send it', async () => {
    const insiders = [b.cityAdmin, b.countyAdmin, b.schoolAdmin, b.teacher, b.waiting, b.pupil, b.guardian]
    const order = ([route]) => (route.startsWith('GET') ? 0 : route.startsWith('DELETE /api/v1/sessions') ? 4 : route.startsWith('DELETE') ? 3 : /^POST .*(appointments|recoveries)$/.test(route) ? 5 : /withdraw|close|reopen/.test(route) ? 2 : 1)
    const all = Object.entries(routes).filter(([, { kind }]) => kind === 'closed').sort((one, other) => order(one) - order(other))
    for (const [route, { ask }] of all) {
      const [method, template] = route.split(' ')
      for (const asked of listOf(ask(b, a)).filter(one => !one.mine)) {
        const answers = []
        for (const client of insiders) {
          answers.push(await send(client, method, template, asked))
          if (![401, 403, 404].includes(answers.at(-1).status)) break
        }
        const { path, status, text } = answers.at(-1)
        assert.ok(![401, 403, 404].includes(status) && status < 500, `${method} ${path}: ${answers.map(one => one.status)} ${text.slice(0, 300)}`)
      }
    }
  })
})
