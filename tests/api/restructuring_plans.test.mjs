// Plans for the tree: a new name and a founding for a later day, what is certain to be refused is refused at once, plans that contradict each
// other, and what is told when one fails. What follows a school that merges: training, bulletins.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { daysEarlier, inDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { inDays, sessionOf } from '../support/plan.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')

test('plans for the tree', { timeout: 300_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  const { admin: province } = school
  const { parent_id: county, school_code: code } = await province.get(`/api/v1/organisations/${school.id}`)
  const { parent_id: city } = await province.get(`/api/v1/organisations/${county}`)
  const other = (await province.get(`/api/v1/organisations?query=${encodeURIComponent('姑苏区')}&kind=county`)).items[0].id
  const countyAdmin = await officer(url, province, county, 'county_admin', 'county.one', '县管理员')
  const colleague = await officer(url, province, county, 'county_admin', 'county.two', '县管理员乙')
  const head = await officer(url, countyAdmin, school.id, 'school_admin', 'the.head', '周校长')
  const clients = [province, countyAdmin, colleague, head]
  const year = new Date().getFullYear() - 1
  await importRoster(head, school.id, rosterOf(people(3, { seed: 71, from: year - 7, to: year - 6 }), school.class_name, year))
  const read = id => countyAdmin.get(`/api/v1/organisations/${id}`)
  const newSchool = async (name, school_code, parent_id = county, client = countyAdmin) => (await client.post('/api/v1/organisations', { parent_id, kind: 'school', name, school_code, school_kind: 'primary' })).id
  const preview = (body, client = countyAdmin) => client.call('POST', '/api/v1/restructurings/preview', body)
  const order = async (body, client = countyAdmin) => {
    const seen = await preview(body, client)
    return seen.status === 200 ? client.call('POST', '/api/v1/restructurings', { ...body, people: seen.body.people }) : seen
  }
  const ordered = async (body, client) => {
    const answer = await order(body, client)
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    return answer.body
  }
  const callOff = (one, client = countyAdmin) => client.post(`/api/v1/restructurings/${one.id}/call-off`)
  /** The day of what is planned comes. */
  const dayOf = async (one, days) => {
    inDatabase(server, `UPDATE restructuring SET effective_on = ${daysEarlier('effective_on', days)} WHERE id = ${one.id}`)
    await server.stop()
    await server.start() // the sweep begins with it
    for (const client of clients) client.url = server.url
    return eventually(async () => {
      const now = await countyAdmin.get(`/api/v1/restructurings/${one.id}`)
      return ['done', 'failed'].includes(now.state) && now
    }, 'the plan to be carried out')
  }
  const second = await newSchool('玄武区第二小学', '2132000071')
  const third = await newSchool('玄武区第三小学', '2132000072')

  await t.test('what follows from another name is told first', async () => {
    const rename = { act: 'rename', organisations: [school.id], name: ' 玄武湖畔小学 ', on: inDays(9) }
    const { body: seen } = await preview(rename)
    assert.deepEqual([seen.planned, seen.people, seen.blockers, seen.can_be_undone, seen.namesakes], [true, 0, [], true, 0])
    assert.deepEqual(seen.renaming, { before: school.name, after: '玄武湖畔小学', school_code: code, below: { schools: 0, classes: 1, others: 0 }, people: 3, certified: 0, bulletins: 0 })
    const elsewhere = await newSchool('玄武湖畔小学', '2132000075', other, province)
    assert.equal((await preview(rename)).body.namesakes, 1)
    assert.ok(elsewhere)
    assert.equal(faultOf(await preview({ ...rename, name: '玄武区第二小学' })), '422, input.invalid, name organisations.name_taken')
    assert.equal(faultOf(await preview({ ...rename, name: school.name })), '422, input.invalid, name restructuring.same_name')
    assert.equal(faultOf(await preview({ ...rename, name: '长'.repeat(101) })), '422, input.invalid, name too_long')
    assert.equal(faultOf(await preview({ ...rename, name: undefined })), '422, input.invalid, name required')
    assert.equal(faultOf(await preview({ ...rename, into: second })), '422, input.invalid, into value')
    assert.equal(faultOf(await preview({ ...rename, on: inDays(500) })), '422, input.invalid, on restructuring.too_far')
    assert.equal(faultOf(await preview(rename, head)), '403, scope.outside')
    assert.equal(faultOf(await preview({ ...rename, organisations: [school.class_id] })), '422, input.invalid, organisations organisations.wrong_place')
  })

  await t.test('a new name comes on its day, stands in the history from then on, and can be called off before', async () => {
    const rename = { act: 'rename', organisations: [school.id], name: '玄武湖畔小学', on: inDays(9) }
    const first = await ordered(rename)
    assert.deepEqual([first.state, first.organisations, first.name], ['planned', [school.name], '玄武湖畔小学'])
    assert.equal((await read(school.id)).name, school.name)
    await callOff(first)
    const again = await ordered(rename)
    const done = await dayOf(again, 9)
    assert.deepEqual([done.state, done.name], ['done', '玄武湖畔小学'])
    const now = await read(school.id)
    assert.deepEqual([now.name, now.school_code], ['玄武湖畔小学', code])
    const history = await countyAdmin.get(`/api/v1/organisations/${school.id}/history`)
    assert.deepEqual(history.map(one => [one.name, one.change]), [[school.name, 'founded'], ['玄武湖畔小学', 'renamed']])
    const events = (await countyAdmin.get(`/api/v1/audit-events?organisation_id=${county}`)).items.map(one => one.action)
    for (const action of ['restructuring.planned', 'restructuring.called_off', 'restructuring.done', 'organisations.changed']) assert.ok(events.includes(action), action)
    const { version } = now
    assert.equal(faultOf(await countyAdmin.call('PATCH', `/api/v1/organisations/${school.id}`, { version, name: '再改一次', effective_on: inDays(2) })), '422, input.invalid, effective_on organisations.future_day')
  })

  await t.test('two open ones of a kind below the same one differ in name: founded, renamed, moved, opened again, in a list', async () => {
    const draft = { parent_id: county, kind: 'school', school_code: '2132000099', school_kind: 'primary' }
    assert.equal(faultOf(await countyAdmin.call('POST', '/api/v1/organisations', { ...draft, name: '玄武区 第二小学' })), '422, input.invalid, name organisations.name_taken')
    const { version } = await read(third)
    assert.equal(faultOf(await countyAdmin.call('PATCH', `/api/v1/organisations/${third}`, { version, name: '玄武区第二小学' })), '422, input.invalid, name organisations.name_taken')
    const namesake = await newSchool('玄武区第二小学', '2132000076', other, province)
    const there = await province.get(`/api/v1/organisations/${namesake}`)
    assert.equal(faultOf(await province.call('PATCH', `/api/v1/organisations/${namesake}`, { version: there.version, parent_id: county })), '422, input.invalid, name organisations.name_taken')
    assert.equal(faultOf(await preview({ act: 'move', organisations: [namesake], into: county }, province)), '422, input.invalid, into organisations.name_taken')
    const list = new TextEncoder().encode('学校标识码,学校名称,办学类型\n2132000091,玄武区第二小学,小学\n2132000092,玄武区新小学,小学\n2132000093,玄武区新小学,小学\n2132000072,玄武区第二小学,小学\n2132000071,玄武区第二小学,小学\n')
    const { id } = await countyAdmin.post(`/api/v1/organisation-imports?organisation_id=${county}&kind=schools&file_name=a.csv`, list)
    const { items } = await countyAdmin.get(`/api/v1/organisation-imports/${id}/rows`)
    assert.deepEqual(items.map(row => [row.outcome, row.reason ?? null]), [['rejected', 'organisations.name_taken'], ['fresh', null], ['rejected', 'organisations.name_taken'], ['rejected', 'organisations.name_taken'], ['unchanged', null]])
    // Twins from before stay, and can be changed otherwise.
    const twin = await newSchool('玄武区孪生小学', '2132000079')
    inDatabase(server, `UPDATE organisation SET name = '玄武区第二小学', name_key = '玄武区第二小学' WHERE id = ${twin}`)
    const changed = await countyAdmin.patch(`/api/v1/organisations/${twin}`, { version: 1, division_code: '320102' })
    const closed = await countyAdmin.post(`/api/v1/organisations/${twin}/close`, { version: changed.version })
    await countyAdmin.refused(409, 'POST', `/api/v1/organisations/${twin}/reopen`, { version: closed.version }, 'organisations.name_taken')
  })

  await t.test('a founding is previewed, planned and done on its day', async () => {
    const found = { act: 'found', into: county, founded: { kind: 'school', name: '玄武区新城小学', school_code: '2132000073', school_kind: 'primary' }, on: inDays(5) }
    const { body: seen } = await preview(found)
    assert.deepEqual([seen.planned, seen.people, seen.blockers, seen.into_id, seen.namesakes], [true, 0, [], county, 0])
    const wrong = more => preview({ ...found, founded: { ...found.founded, ...more } })
    assert.equal(faultOf(await wrong({ school_code: '2132000071' })), '422, input.invalid, founded.school_code organisations.school_code_taken')
    assert.equal(faultOf(await wrong({ name: '玄武区第二小学' })), '422, input.invalid, founded.name organisations.name_taken')
    assert.equal(faultOf(await wrong({ name: '', school_code: '1' })), '422, input.invalid, founded.name required, founded.school_code organisations.school_code_form')
    assert.equal(faultOf(await wrong({ kind: 'city' })), '422, input.invalid, founded.kind organisations.wrong_place')
    assert.equal(faultOf(await wrong({ kind: undefined })), '422, input.invalid, founded.kind required')
    assert.equal(faultOf(await preview(found, head)), '403, scope.outside')
    const plan = await ordered(found)
    assert.equal(faultOf(await order(found, colleague)), '422, input.invalid, founded.name restructuring.contradicts_found')
    assert.equal(faultOf(await order({ ...found, founded: { ...found.founded, name: '玄武区另一所小学' }, on: inDays(6) }, colleague)), '422, input.invalid, founded.school_code restructuring.contradicts_found', 'a code that is promised')
    const done = await dayOf(plan, 5)
    assert.deepEqual([done.state, done.founded], ['done', '玄武区新城小学'])
    assert.equal((await read(done.into_id)).parent_id, county)
  })

  await t.test('what is certain to be refused on its day is refused when it is planned', async () => {
    assert.equal(faultOf(await preview({ act: 'move', organisations: [second], into: school.class_id }, province)), '422, input.invalid, into organisations.wrong_place')
    assert.equal(faultOf(await preview({ act: 'move', organisations: [second], into: third }, province)), '422, input.invalid, into organisations.wrong_place')
    assert.equal(faultOf(await preview({ act: 'move', organisations: [second], into: county })), '422, input.invalid, into restructuring.below_already')
    assert.equal(faultOf(await preview({ act: 'move', organisations: [city], into: other }, province)), '422, input.invalid, into organisations.wrong_place')
    const founded = { act: 'merge', organisations: [second], founded: { name: '玄武区第三小学', school_code: '2132000074' } }
    assert.equal(faultOf(await preview(founded)), '422, input.invalid, founded.name organisations.name_taken')
    assert.equal(faultOf(await preview({ ...founded, founded: { name: '玄武区第二小学', school_code: code } })), '422, input.invalid, founded.school_code organisations.school_code_taken')
    assert.deepEqual((await preview({ ...founded, founded: { name: '玄武区第二小学', school_code: '2132000074' } })).body.blockers, [], 'who ends leaves its name')
    // Two counties, each with a school of one name.
    const twice = await newSchool('同名小学', '2132000077')
    const there = await newSchool('同名小学', '2132000078', other, province)
    const fault = await preview({ act: 'merge', organisations: [county], into: other }, province)
    assert.equal(faultOf(fault), '422, input.invalid, organisations organisations.namesake_there')
    assert.match(fault.body.errors[0].message ?? JSON.stringify(fault.body), /第二小学|同名小学/)
    for (const [client, id] of [[countyAdmin, twice], [province, there]]) await client.post(`/api/v1/organisations/${id}/close`, { version: 1 })
  })

  await t.test('plans that contradict each other: the later one is refused, with the day and what is planned', async () => {
    const close = await ordered({ act: 'close', organisations: [second], on: inDays(1) })
    const merge = { act: 'merge', organisations: [second], into: third, on: inDays(5) }
    const refused = await order(merge, colleague)
    assert.equal(faultOf(refused), '422, input.invalid, organisations restructuring.contradicts_close')
    assert.ok(JSON.stringify(refused.body).includes(inDays(1)), JSON.stringify(refused.body))
    const english = await colleague.call('POST', '/api/v1/restructurings/preview', merge, { 'accept-language': 'en' })
    assert.match(JSON.stringify(english.body), new RegExp(`contradicts the closing planned for ${inDays(1)}`))
    assert.equal(faultOf(await order({ act: 'rename', organisations: [second], name: '甲小学', on: inDays(3) })), '422, input.invalid, organisations restructuring.contradicts_close')
    assert.equal(faultOf(await order({ act: 'merge', organisations: [third], into: second, on: inDays(5) })), '422, input.invalid, into restructuring.contradicts_close')
    await callOff(close)
    const planned = await ordered(merge)
    assert.equal(faultOf(await order({ ...merge, into: school.id, on: inDays(6) })), '422, input.invalid, organisations restructuring.contradicts_merge')
    assert.equal(faultOf(await order({ act: 'close', organisations: [second] })), '422, input.invalid, organisations restructuring.contradicts_merge', 'what is done at once can make a plan impossible too')
    assert.equal(faultOf(await order({ act: 'close', organisations: [third], on: inDays(8) })), '422, input.invalid, organisations restructuring.contradicts_merge', 'something will have gone there')
    const before = await ordered({ act: 'rename', organisations: [second], name: '甲小学', on: inDays(2) })
    assert.equal(faultOf(await order({ act: 'rename', organisations: [second], name: '乙小学', on: inDays(3) })), '422, input.invalid, organisations restructuring.contradicts_rename')
    assert.equal(faultOf(await order({ act: 'rename', organisations: [school.id], name: '甲小学', on: inDays(3) })), '422, input.invalid, name restructuring.contradicts_rename')
    const freed = await ordered({ act: 'rename', organisations: [school.id], name: '玄武区第二小学', on: inDays(3) })
    const counted = await countyAdmin.refused(409, 'POST', `/api/v1/restructurings/${before.id}/call-off`, { even_so: false }, 'restructuring.counted_on')
    assert.ok(JSON.stringify(counted).includes(inDays(3)), 'which needs the name that becomes free')
    assert.equal((await countyAdmin.get(`/api/v1/restructurings/${before.id}`)).state, 'planned')
    assert.equal((await countyAdmin.post(`/api/v1/restructurings/${before.id}/call-off`, { even_so: true })).state, 'called_off')
    for (const one of [freed, planned]) await callOff(one)
    // A younger one of the same day comes after it, and does not hide that it counts on the first.
    const gives = await ordered({ act: 'rename', organisations: [third], name: '让名小学', on: inDays(2) })
    const takes = await ordered({ act: 'rename', organisations: [second], name: '玄武区第三小学', on: inDays(3) })
    const ends = await ordered({ act: 'merge', organisations: [second], into: school.id, on: inDays(3) })
    await countyAdmin.refused(409, 'POST', `/api/v1/restructurings/${gives.id}/call-off`, undefined, 'restructuring.counted_on')
    for (const one of [ends, takes, gives]) await callOff(one)
    const closing = await ordered({ act: 'close', organisations: [school.id], on: inDays(4) })
    assert.equal(faultOf(await order({ act: 'move_classes', children: [school.class_id], into: third, on: inDays(6) })), '422, input.invalid, children restructuring.contradicts_close', 'classes end with their school')
    await callOff(closing)
  })

  await t.test('what is done at once in the tree is held against plans, too', async () => {
    const upload = async () => {
      const list = new TextEncoder().encode('学校标识码,学校名称,办学类型\n2132000083,玄武区列表小学,小学\n2132000084,望月小学,小学\n')
      const { id } = await countyAdmin.post(`/api/v1/organisation-imports?organisation_id=${county}&kind=schools&file_name=a.csv`, list)
      return { id, rows: (await countyAdmin.get(`/api/v1/organisation-imports/${id}/rows`)).items.map(row => [row.outcome, row.reason ?? null]) }
    }
    const before = await upload()
    assert.deepEqual(before.rows, [['fresh', null], ['fresh', null]])
    const rename = await ordered({ act: 'rename', organisations: [second], name: '望月小学', on: inDays(3) })
    const merge = await ordered({ act: 'merge', organisations: [third], into: second, on: inDays(5) })
    const promised = { kind: 'school', name: '玄武区码上小学', school_code: '2132000085', school_kind: 'primary' }
    const found = await ordered({ act: 'found', into: county, founded: promised, on: inDays(4) })
    const moving = await ordered({ act: 'move_classes', children: [school.class_id], into: third, on: inDays(2) })
    const [{ version, name }, { version: versionOfThird }, { version: versionOfClass }, { version: versionOfSchool }] = await Promise.all([second, third, school.class_id, school.id].map(read))

    const draft = { parent_id: county, kind: 'school', name: '望月小学', school_code: '2132000082', school_kind: 'primary' }
    const told = await countyAdmin.refused(409, 'POST', '/api/v1/organisations', draft, 'restructuring.contradicts_rename')
    assert.ok(JSON.stringify(told).includes(inDays(3)) && JSON.stringify(told).includes(name), JSON.stringify(told))
    const refusedChange = async (id, at, body, code, client = countyAdmin) => JSON.stringify(await client.refused(409, 'PATCH', `/api/v1/organisations/${id}`, { version: at, ...body }, `restructuring.contradicts_${code}`))
    assert.ok((await refusedChange(second, version, { name: '望星小学' }, 'rename')).includes(name), 'by the name that it has')
    await refusedChange(third, versionOfThird, { name: '望月小学' }, 'rename')
    await refusedChange(third, versionOfThird, { school_code: promised.school_code }, 'found')
    await refusedChange(third, versionOfThird, { parent_id: other }, 'move_classes', province)
    const refusedClosing = (id, at, body, code) => countyAdmin.refused(409, 'POST', `/api/v1/organisations/${id}/close`, { version: at, ...body }, `restructuring.contradicts_${code}`)
    await refusedClosing(second, version, {}, 'rename')
    await refusedClosing(second, version, { valid_to: inDays(8) }, 'rename')
    await refusedClosing(third, versionOfThird, { valid_to: inDays(4) }, 'move_classes')
    await refusedClosing(school.class_id, versionOfClass, { people: 3 }, 'move_classes')
    await refusedClosing(school.id, versionOfSchool, { valid_to: inDays(30), people: 3 }, 'move_classes')
    assert.equal(faultOf(await order({ act: 'merge', organisations: [school.id], into: third })), '422, input.invalid, organisations restructuring.contradicts_move_classes', 'the class would be there already')
    await countyAdmin.refused(409, 'POST', `/api/v1/organisation-imports/${before.id}/confirm`, undefined, 'restructuring.contradicts_rename')
    assert.deepEqual((await countyAdmin.get(`/api/v1/organisations?query=${encodeURIComponent('玄武区列表小学')}`)).items, [], 'all or nothing')
    assert.deepEqual((await upload()).rows, [['fresh', null], ['rejected', 'organisations.import_planned']])
    assert.deepEqual([(await read(second)).version, (await read(third)).version], [version, versionOfThird], 'nothing has changed')

    // Who may not do it hears nothing of plans; nor does who does not see them.
    await head.refused(403, 'POST', `/api/v1/organisations/${second}/close`, { version }, 'scope.outside')
    const neighbour = await officer(server.url, province, other, 'county_admin', 'the.neighbour', '邻县管理员')
    const hidden = await neighbour.refused(409, 'POST', '/api/v1/organisations', { ...promised, parent_id: other }, 'restructuring.contradicts_other')
    assert.ok(!JSON.stringify(hidden).includes('码上') && !JSON.stringify(hidden).includes(inDays(4)), JSON.stringify(hidden))

    // What has nothing to do with them is done; so is everything once they are called off.
    const changed = await countyAdmin.patch(`/api/v1/organisations/${second}`, { version, name: ` ${name} `, parent_id: county, division_code: '320102' })
    assert.equal(changed.version, version + 1)
    assert.ok(await countyAdmin.post('/api/v1/organisations', { parent_id: second, kind: 'class', stage: 'primary', entry_year: year, class_number: 7 }))
    for (const one of [moving, found, merge, rename]) await callOff(one)
    assert.equal((await countyAdmin.patch(`/api/v1/organisations/${second}`, { version: changed.version, name: '望星小学' })).name, '望星小学')
  })

  await t.test('a plan may take something out of reach of another one, or to a namesake', async () => {
    const away = await ordered({ act: 'move', organisations: [second], into: other, on: inDays(3) }, province)
    const rename = { act: 'rename', organisations: [second], name: '望日小学', on: inDays(5) }
    assert.equal(faultOf(await order(rename)), '422, input.invalid, organisations restructuring.contradicts_move', 'the county will not be asked any more')
    await callOff(away, province)
    const early = await ordered(rename)
    assert.equal(faultOf(await order({ act: 'move', organisations: [second], into: other, on: inDays(3) }, province)), '422, input.invalid, organisations restructuring.contradicts_rename')
    await callOff(early)
    const namesake = await newSchool('望云小学', '2132000086', other, province)
    const renamed = await ordered({ ...rename, name: '望云小学' }, province)
    assert.equal(faultOf(await order({ act: 'move', organisations: [second], into: other, on: inDays(6) }, province)), '422, input.invalid, into restructuring.contradicts_rename', 'one of that name is there')
    await callOff(renamed, province)
    await province.post(`/api/v1/organisations/${namesake}/close`, { version: 1 })
    const later = (await countyAdmin.post('/api/v1/organisations', { parent_id: county, kind: 'school', name: '将来小学', school_code: '2132000087', school_kind: 'primary', valid_from: inDays(9) })).id
    const { body: seen } = await preview({ act: 'merge', organisations: [second], into: later, on: inDays(3) })
    assert.deepEqual(seen.blockers, [{ code: 'organisations.before_last_change', name: '将来小学' }], 'it is not there yet')
    await countyAdmin.post(`/api/v1/organisations/${later}/close`, { version: 1, valid_to: inDays(9) })
  })

  await t.test('a plan that fails says why to whom it concerns, and can be ordered again', async () => {
    const early = await newSchool('晚到小学', '2132000081')
    await countyAdmin.post(`/api/v1/organisations/${early}/close`, { version: 1 })
    const plan = await ordered({ act: 'rename', organisations: [school.id], name: '晚到小学', on: inDays(3) })
    await countyAdmin.post(`/api/v1/organisations/${early}/reopen`, { version: 2 })
    const failed = await dayOf(plan, 3)
    assert.deepEqual([failed.state, failed.error, failed.error_name, failed.order.name, failed.order.organisations], ['failed', 'organisations.name_taken', '晚到小学', '晚到小学', [school.id]])
    for (const client of [countyAdmin, colleague, head]) {
      const told = (await client.get('/api/v1/me/notices')).filter(one => one.kind === 'restructuring.failed')
      assert.deepEqual(told.map(one => [one.details.act, one.details.organisations, one.details.into, one.details.error]), [['rename', '玄武湖畔小学', '晚到小学', 'organisations.name_taken']])
      assert.equal(told[0].link, `/admin/restructuring?organisation=${school.id}&state=failed`)
    }
    assert.deepEqual((await province.get('/api/v1/me/notices')).filter(one => one.kind === 'restructuring.failed'), [])
    const audited = (await countyAdmin.get(`/api/v1/audit-events?organisation_id=${county}&action=restructuring.failed`)).items
    assert.deepEqual(audited.map(one => [one.details.error, one.details.error_name]), [['organisations.name_taken', '晚到小学']])
    await countyAdmin.patch(`/api/v1/organisations/${early}`, { version: 3, name: '早到小学' })
    const { on: _, ...order_ } = failed.order
    const again = { ...order_, again: failed.id }
    assert.equal(faultOf(await preview({ act: 'close', organisations: [school.id], again: failed.id })), '422, input.invalid, again restructuring.something_else')
    assert.equal(faultOf(await preview({ ...again, organisations: [third] })), '422, input.invalid, again restructuring.something_else')
    const replaced = async () => (await countyAdmin.get(`/api/v1/restructurings/${failed.id}`)).replaced_by
    const again_ = await ordered({ ...again, on: inDays(2) })
    assert.equal(await replaced(), again_.id)
    assert.equal(faultOf(await preview(again)), '409, restructuring.replaced')
    await callOff(again_)
    assert.equal(await replaced(), null, 'what was given up replaces nothing')
    const taps = await Promise.all([again, again].map(body => countyAdmin.call('POST', '/api/v1/restructurings', body)))
    assert.deepEqual(taps.map(one => one.status).sort().map(status => (status === 201 ? status : 'refused')), [201, 'refused'], 'two at once')
    const done = taps.find(one => one.status === 201).body
    assert.equal(done.state, 'done')
    assert.equal(await replaced(), done.id)
    assert.equal(faultOf(await order({ ...again, name: '晚晚到小学' })), '409, restructuring.replaced')
    assert.equal(faultOf(await order({ ...again, name: '晚晚到小学', again: done.id })), '422, input.invalid, again restructuring.not_failed')
    assert.equal((await read(school.id)).name, '晚到小学')
  })

  await t.test('training, drafts and schedules of a school that merges go to its successor', async () => {
    const room = { organisation_id: school.id, role: 'school_admin' }
    const session = await head.post('/api/v1/training-sessions', { ...sessionOf(room), organisation_id: school.id })
    const ofCounty = await countyAdmin.post('/api/v1/training-sessions', { ...sessionOf(room, { title: '县里的培训' }), organisation_id: county })
    const draft = (await head.post('/api/v1/bulletins', { organisation_id: school.id })).summary
    const published = (await head.post('/api/v1/bulletins', { organisation_id: school.id })).summary
    await head.post(`/api/v1/bulletins/${published.id}/publish`, { revision: 1 })
    for (const [id, at] of [[school.id, 1], [school.id, 2], [third, 2]]) await countyAdmin.post('/api/v1/bulletin-schedules', { organisation_id: id, every: 'week', at })
    const merge = { act: 'merge', organisations: [school.id], into: third }
    const { body: seen } = await preview(merge)
    assert.deepEqual(seen.following, { sessions: 1, drafts: 1, schedules: 2, bulletins: 1 })
    await ordered(merge)
    const now = await countyAdmin.get(`/api/v1/training-sessions/${session.id}`)
    assert.deepEqual([now.organisation_id, now.audience.map(one => one.organisation_id)], [third, [third]])
    assert.deepEqual((await countyAdmin.get(`/api/v1/training-sessions/${ofCounty.id}`)).audience.map(one => one.organisation_id), [third])
    const moved = await countyAdmin.get(`/api/v1/bulletins/${draft.id}`)
    assert.deepEqual([moved.summary.organisation_id, moved.figures.organisation.name, moved.summary.state], [third, '玄武区第三小学', 'draft'])
    assert.match(moved.summary.title, /第三小学/)
    assert.equal(moved.figures.rows.length, 1, 'with the classes that came')
    assert.equal((await countyAdmin.get(`/api/v1/bulletins/${published.id}`)).summary.organisation_name, '晚到小学')
    const schedules = await countyAdmin.get(`/api/v1/bulletin-schedules?organisation_id=${third}`)
    assert.deepEqual(schedules.map(one => one.at).sort(), [1, 2])
    assert.deepEqual(await countyAdmin.get(`/api/v1/bulletin-schedules?organisation_id=${school.id}`), [])
  })
})
