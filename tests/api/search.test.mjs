// People are found in a part of the tree by the beginning of a name, by its initials, by card number and by document number, and
// nobody outside that part is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { county } from '../support/county.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'
import { inDatabase } from '../support/database.mjs'
import { eventually } from '../support/client.mjs'

test('people are found in a part of the tree', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const small = await smallSchool(server)
  const province = small.admin
  const here = await county(server, province, { name: '玄武区', city: '南京', letter: 'a', seed: 11 })
  const there = await county(server, province, { name: '姑苏区', city: '苏州', letter: 'b', seed: 21 })
  const asked = (organisation, query, more = {}) => ({ organisation_id: String(organisation), query, ...more })
  const search = (client, ...question) => client.post('/api/v1/roster-searches', asked(...question))
  const found = async (client, ...question) => (await search(client, ...question)).items.map(one => one.name)
  async function all(client, organisation, query, limit) {
    const items = []
    for (let cursor; ;) {
      const page = await search(client, organisation, query, { limit, cursor })
      items.push(...page.items)
      if (!page.next) return items
      cursor = page.next
    }
  }
  const [pupil, stranger] = [here.pupils[0], there.pupils[0]]

  await t.test('by the beginning of a name', async () => {
    assert.deepEqual(await found(here.countyAdmin, here.county, pupil.name), [pupil.name])
    assert.ok((await found(here.countyAdmin, here.county, pupil.name[0])).includes(pupil.name))
    assert.deepEqual(await found(here.countyAdmin, here.county, pupil.name.slice(1)), [], 'not by what is inside')
    assert.deepEqual(await found(here.countyAdmin, here.county, stranger.name), [], 'nor outside')
    assert.deepEqual(await found(province, 32, stranger.name), [stranger.name])
    assert.deepEqual(await found(here.teacher, here.room, pupil.name), [pupil.name])
  })
  await t.test('with the names of school and class', async () => {
    const [one] = (await search(here.countyAdmin, here.county, pupil.name)).items
    const room = await here.countyAdmin.get(`/api/v1/organisations/${here.room}`)
    assert.ok(one.class_name && one.class_name === (room.display_name ?? room.name), JSON.stringify([one, room]))
    assert.equal(one.school_name, (await here.countyAdmin.get(`/api/v1/organisations/${here.school}`)).name)
  })
  await t.test('by initials, in either case', async () => {
    const begun = await all(province, 32, 'z')
    assert.ok(begun.length > 0 && begun.every(one => '张赵周郑朱钟曾邹翟查祝章庄左卓'.includes(one.name[0])), JSON.stringify(begun.map(one => one.name)))
    assert.deepEqual(await found(province, 32, 'Z'), begun.map(one => one.name).slice(0, 50))
    assert.deepEqual(await found(province, 32, 'zzzz'), [])
  })
  await t.test('as people spell and space names', async () => {
    const names = ['谌静姝', '吕 子墨', '单绿萍', '阿依古丽·买买提', 'Maria Silva']
    const listed = people(names.length, { seed: 131, from: 2016, to: 2017 }).map((person, at) => ({ ...person, name: names[at] }))
    await importRoster(province, small.id, rosterOf(listed, small.class_name, new Date().getFullYear() - 1))
    const finds = {
      谌静姝: ['chenjingshu', 'Chen Jing Shu', 'chenjs', 'cjs', '谌 静姝', '谌'],
      '吕 子墨': ['吕子墨', '吕 子墨', '吕　子', 'lvzimo', 'luzm', 'lzm'],
      单绿萍: ['shanlvping', 'shan lü ping', 'slp'],
      '阿依古丽·买买提': ['阿依古丽·买', '阿依古丽.买买提', '阿依古丽•买买提', '阿依古丽・买买提', 'ayiguli', 'ayglmmt'],
      'Maria Silva': ['maria', 'MARIA SILVA', 'mariasi'],
    }
    for (const [name, queries] of Object.entries(finds)) {
      for (const query of queries) {
        for (const place of [32, small.id]) assert.deepEqual((await found(province, place, query)).filter(one => one === name), [name], `${query} in ${place}`)
      }
    }
    assert.deepEqual(await found(province, small.id, 'chenjx'), [])
    for (const query of ['静姝', 'jingshu', 'js']) {
      assert.deepEqual(await found(small.teacher, small.class_id, query), ['谌静姝'], 'in one class by the given name')
      assert.ok(!(await found(province, 32, query)).includes('谌静姝'), 'not in the whole province')
    }
    const byTwo = await all(province, 32, 'l', 2)
    assert.deepEqual(byTwo.map(one => one.id), (await all(province, 32, 'l', 200)).map(one => one.id))
    for (const cursor of ['7', '.', 'a.b', '1.', '-1.3', '0.1x', '99999999999999999999.1']) assert.equal((await province.call('POST', '/api/v1/roster-searches', asked(32, 'l', { cursor }))).status, 422, cursor)
    assert.deepEqual((await search(province, 32, 'l', { cursor: '99.1' })).items, [])
  })
  await t.test('by card number', async () => {
    assert.deepEqual(await found(here.countyAdmin, here.county, here.card), [pupil.name])
    assert.deepEqual(await found(here.countyAdmin, here.county, here.card.replace(/(.{4})(?=.)/g, '$1 ')), [pupil.name])
    assert.deepEqual(await found(here.teacher, here.room, here.card), [pupil.name])
    assert.deepEqual(await found(here.countyAdmin, here.county, there.card), [])
    assert.deepEqual(await found(province, 32, '0000000000000000'), [])
  })
  await t.test('by document number', async () => {
    assert.deepEqual(await found(here.countyAdmin, here.county, pupil.number), [pupil.name])
    assert.deepEqual(await found(here.countyAdmin, here.county, ` ${pupil.number.toLowerCase()} `), [pupil.name])
    assert.deepEqual(await found(here.countyAdmin, here.county, stranger.number), [])
    assert.deepEqual(await found(here.countyAdmin, here.county, pupil.number.slice(0, 17)), [], 'only whole')
  })
  await t.test('page by page, each once', async () => {
    const whole = await province.get(`/api/v1/roster-entries?organisation_id=${here.school}&limit=200`)
    const one = await here.schoolAdmin.all(`/api/v1/roster-entries?organisation_id=${here.school}&limit=2`)
    assert.deepEqual(one.map(entry => entry.id), whole.items.map(entry => entry.id))
    const names = here.pupils.concat(there.pupils).map(person => person.name[0])
    const common = names.find(letter => names.filter(other => other === letter).length > 1) ?? names[0]
    const paged = await all(province, 32, common, 1)
    assert.deepEqual(paged.map(entry => entry.id), (await search(province, 32, common)).items.map(entry => entry.id))
  })
  await t.test('with filters', async () => {
    assert.deepEqual(await found(here.countyAdmin, here.county, pupil.name, { certification: 'certified' }), [pupil.name])
    assert.deepEqual(await found(here.countyAdmin, here.county, pupil.name, { certification: 'not_begun' }), [])
    assert.deepEqual(await found(here.countyAdmin, here.county, pupil.number, { kind: 'teacher' }), [])
  })
  await t.test('above the schools only with a query, and nowhere without an office', async () => {
    const refused = async (method, path, body) => (await here.countyAdmin.refused(422, method, path, body)).errors.map(error => [error.path, error.code])
    assert.deepEqual(await refused('POST', '/api/v1/roster-searches', asked(here.county, ' ')), [['query', 'roster.query_needed']])
    assert.deepEqual(await refused('GET', `/api/v1/roster-entries?organisation_id=${here.county}`), [['organisation_id', 'roster.school_needed']])
    for (const organisation of [there.county, there.school, 32]) await here.countyAdmin.refused(403, 'POST', '/api/v1/roster-searches', asked(organisation, pupil.name))
    await here.pupil.refused(403, 'POST', '/api/v1/roster-searches', asked(here.school, pupil.name))
  })
  await t.test('what is looked for is not taken from an address, which a proxy may write down', async () => {
    await here.schoolAdmin.refused(422, 'GET', `/api/v1/roster-entries?organisation_id=${here.school}&query=${pupil.number}`)
  })
  await t.test('entries from before there were initials get them', async () => {
    const missing = () => Number(inDatabase(server, "SELECT COUNT(*) FROM roster_entry WHERE initials = ''"))
    await server.stop()
    inDatabase(server, `UPDATE roster_entry SET initials = '';
      INSERT INTO job (id, kind, payload, position, state, done, total, attempts, cancel_requested, due_at, created_at)
      VALUES (43, 'roster.initials', '{}', '', 'queued', 0, 0, 0, FALSE, 0, 0)`)
    await server.start()
    await eventually(() => missing() === 0, 'initials for all')
  })
})
