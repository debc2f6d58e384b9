// Lists as schools really send them: the nasty sample in every encoding, files that are none, headings nobody knows.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { people } from '../support/people.mjs'
import { dryRun, importRoster, rosterOf, settled } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh, root } from '../support/server.mjs'

const folder = join(root, 'tests/data/roster')
const sample = name => readFileSync(join(folder, name))
const env = { EDUCARD_LIMIT_NETWORKS: 'false' }
const year = new Date().getFullYear()

test('rosters as schools send them', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env })
  const small = await smallSchool(server)
  const { admin } = small
  const county = (await admin.get(`/api/v1/organisations?query=${encodeURIComponent('鼓楼区')}&kind=county`)).items[0]
  const school = await admin.post('/api/v1/organisations', { parent_id: county.id, kind: 'school', name: '南京市清凉山初级中学', school_code: '3132000077', school_kind: 'junior' })
  const rowsOf = id => admin.all(`/api/v1/roster-imports/${id}/rows?limit=200`)
  const judged = rows => rows.map(row => [row.name, row.number_mask, row.outcome, ...row.faults.map(fault => fault.code)].join('|'))
  let nasty

  await t.test('the nasty sample is judged row by row, alike in every encoding', async () => {
    nasty = await dryRun(admin, school.id, sample('nasty.xlsx'), { fileName: '七年级名册.xlsx' })
    assert.deepEqual(nasty.counts, { rows: 18, fresh: 10, changed: 0, unchanged: 0, rejected: 8, missing: 0, elsewhere: 0 })
    const audit = (await admin.get(`/api/v1/audit-events?subject=${nasty.id}`)).items
    assert.deepEqual(audit.map(event => [event.action, event.organisation_name]), [['roster.import_uploaded', school.name]], 'a dry run, too, says who stands where')
    const verdict = Object.fromEntries((await rowsOf(nasty.id)).map(row => [row.line, row.outcome === 'fresh' ? row.name : row.faults[0].code]))
    for (const [line, expected] of Object.entries({ 4: '张三', 6: '李𬭊', 7: '王㛃', 8: '张䶮', 9: '买买提·艾力', 10: '阿卜杜热合曼·阿卜杜克里木·阿卜杜拉江', 12: 'people.document_damaged', 15: 'roster.duplicate', 17: 'roster.listed_differently', 18: 'people.document_check_digit', 20: 'people.document_old_form', 22: 'roster.class_unknown' })) {
      assert.equal(verdict[line], expected, `line ${line}`)
    }
    const verdicts = []
    for (const name of ['nasty-utf8.csv', 'nasty-utf8-bom.csv', 'nasty-gb18030.csv']) verdicts.push(judged(await rowsOf((await dryRun(admin, school.id, sample(name), { fileName: name })).id)))
    assert.ok(verdicts[0].some(row => row.startsWith('李𬭊|')))
    assert.deepEqual(verdicts[1], verdicts[0])
    assert.deepEqual(verdicts[2], verdicts[0])
  })

  await t.test('nothing is written before it is confirmed; then ten people are, and again none', async () => {
    const entries = () => admin.all(`/api/v1/roster-entries?organisation_id=${school.id}`)
    assert.equal((await entries()).length, 0)
    await admin.post(`/api/v1/roster-imports/${nasty.id}/confirm`, { create_classes: true, mark_missing_left: false })
    await settled(admin, nasty.id, ['done'])
    const before = await entries()
    assert.equal(before.length, 10)
    assert.ok(before.every(entry => !/\d{15}/.test(JSON.stringify({ ...entry, id: '', school_id: '', class_id: '' }))), 'numbers are masked')
    const again = await importRoster(admin, school.id, sample('nasty.xlsx'), { fileName: 'nasty.xlsx' })
    assert.deepEqual([again.counts.fresh, again.counts.changed, again.counts.unchanged, again.counts.rejected], [0, 0, 10, 8])
    assert.deepEqual(await entries(), before)
  })

  await t.test('the rejected rows come back as a file with reasons, safe to open in a spreadsheet', async () => {
    const csv = await admin.get(`/api/v1/roster-imports/${nasty.id}/rejected.csv`).catch(fault => String(fault))
    const ready = await dryRun(admin, school.id, '姓名,身份证件号码,性别,年级,班级\n=cmd|calc,320103201309019115,男,七年级,1班\n', { fileName: 'a.csv' })
    const answer = await admin.call('GET', `/api/v1/roster-imports/${ready.id}/rejected.csv`)
    assert.equal(answer.status, 200, String(csv))
    assert.match(answer.headers.get('content-disposition'), /attachment/)
    assert.match(answer.body, /行号/)
    assert.match(answer.body, /'=cmd/)
    assert.match(answer.body, /320103201309019115/)
  })

  await t.test('files that are no lists are refused in words, by page and by command alike', async () => {
    const upload = (name, content) => admin.call('POST', `/api/v1/roster-imports?organisation_id=${school.id}&kind=student&file_name=${encodeURIComponent(name)}`, content)
    for (const [name, content, code] of [['zero-bytes.xlsx', sample('zero-bytes.xlsx'), 'spreadsheet.empty_file'], ['renamed-zip.xlsx', sample('renamed-zip.xlsx'), 'spreadsheet.not_a_spreadsheet'], ['page.xls', new TextEncoder().encode('<html><table><tr><td>姓名</td></tr></table></html>'), 'spreadsheet.web_page'], ['picture.csv', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), 'spreadsheet.binary']]) {
      const answer = await upload(name, content)
      assert.ok(answer.status >= 400 && answer.status < 500, `${name}: ${answer.status}`)
      assert.equal(answer.body.code, code, name)
    }
    for (const [name, content, code] of [['empty-sheet.xlsx', sample('empty-sheet.xlsx'), 'roster.no_header'], ['zip-bomb.xlsx', sample('zip-bomb.xlsx'), 'spreadsheet.zip_bomb'], ['no-number.csv', '姓名,性别\n张三,男\n', 'roster.no_number_column'], ['quote.csv', '姓名,身份证件号码\n"张三,320103201309019114\n', 'spreadsheet.unclosed_quote']]) {
      const failed = await dryRun(admin, school.id, content, { fileName: name })
      assert.deepEqual([failed.state, failed.error], ['failed', code], name)
      assert.equal((await admin.call('POST', `/api/v1/roster-imports/${failed.id}/confirm`, {})).status, 409, name)
    }
    assert.equal((await upload('a.csv', new TextEncoder().encode('姓名,身份证件号码\n')).then(answer => answer.status)), 201)
    await admin.refused(422, 'POST', `/api/v1/roster-imports?organisation_id=${small.class_id}&kind=student&file_name=a.csv`, 'x,y\n1,2\n')
  })

  await t.test('headings nobody knows: the mapping is corrected once and remembered', async () => {
    const list = '登记名,号码,性别,年级,班级\n张三,320103201309019114,男,七年级,1班\n'
    const failed = await dryRun(admin, school.id, list, { fileName: 'odd.csv' })
    assert.equal(failed.error, 'roster.no_name_column')
    const columns = failed.columns.map(({ key, field }) => ({ key, field: { 登记名: 'name', 号码: 'document_number' }[key] ?? field }))
    await admin.put(`/api/v1/roster-imports/${failed.id}/mapping`, { columns })
    assert.equal((await settled(admin, failed.id, ['ready'])).counts.rows, 1)
    assert.equal((await dryRun(admin, school.id, list, { fileName: 'odd2.csv' })).state, 'ready')
    const other = await dryRun(admin, small.id, list, { fileName: 'odd3.csv' })
    assert.ok(['ready', 'failed'].includes(other.state))
  })

  await t.test('a list without known headings is shown from its beginning, and read by what is said of its columns', async () => {
    const [one, two] = people(2, { seed: 74, from: 2013, to: 2013 })
    const start = async id => (await admin.get(`/api/v1/roster-imports/${id}/first-rows`))[0]
    const rows = [one, two].map(person => `${person.name},${person.number},七年级,1班`)
    const bare = await dryRun(admin, school.id, rows.join('\n'), { fileName: 'bare.csv' })
    assert.equal(bare.error, 'roster.no_header')
    const shown = await start(bare.id)
    assert.deepEqual(shown.rows.map(row => [row.line, row.headings, row.cells[0].text, row.cells[0].key]), [[1, false, one.name, ''], [2, false, two.name, '']])
    assert.ok(!JSON.stringify(shown).includes(one.number))
    const columns = ['name', 'document_number', 'grade', 'class_name'].map((field, at) => ({ key: `@/${at}`, field }))
    await admin.put(`/api/v1/roster-imports/${bare.id}/mapping`, { columns: columns.filter(column => column.field !== 'name') })
    assert.equal((await settled(admin, bare.id, ['failed'])).error, 'roster.no_name_column')
    await admin.put(`/api/v1/roster-imports/${bare.id}/mapping`, { columns })
    const ready = await settled(admin, bare.id, ['ready'])
    assert.deepEqual([ready.counts.rows, ready.counts.rejected, ready.columns.map(column => column.heading).join('')], [2, 0, 'ABCD'])
    assert.equal((await dryRun(admin, school.id, rows.join('\n'), { fileName: 'bare2.csv' })).error, 'roster.no_header', 'places are not remembered')

    const titled = await dryRun(admin, school.id, ['某校名单,,,', '甲,乙,丙,丁', ...rows].join('\n'), { fileName: 'titled.csv' })
    assert.equal(titled.error, 'roster.no_header')
    const row = (await start(titled.id)).rows.find(each => each.cells[1].text === '乙')
    assert.ok(row.headings)
    await admin.put(`/api/v1/roster-imports/${titled.id}/mapping`, { columns: row.cells.map(({ key }, at) => ({ key, field: columns[at].field })) })
    assert.equal((await settled(admin, titled.id, ['ready'])).counts.rows, 2)
    assert.equal((await dryRun(admin, school.id, ['甲,乙,丙,丁', ...rows].join('\n'), { fileName: 'again.csv' })).state, 'ready', 'headings are')
    await admin.post(`/api/v1/roster-imports/${titled.id}/cancel`)
    assert.equal((await admin.call('GET', `/api/v1/roster-imports/${titled.id}/first-rows`)).body.code, 'roster.file_gone')
  })

  await t.test('fathers and mothers are guardians; totals and signatures are nobody', async () => {
    const [pupil] = people(1, { seed: 73, from: 2013, to: 2013 })
    const list = [
      '序号,姓名,身份证号,年级,班级,父亲姓名,父亲联系电话,母亲姓名,母亲电话,家长联系方式',
      `1,${pupil.name},${pupil.number},七年级,1班,张大,13812345678,李四,13912345678,13812345678`,
      '合计,1,,,,,,,,',
      '制表人：王五,,审核人：赵六,,,,,,,',
      '单位（盖章）：,,,,,,,,,',
    ].join('\n')
    const ready = await dryRun(admin, school.id, list, { fileName: 'parents.csv' })
    assert.deepEqual([ready.counts.rows, ready.counts.fresh, ready.counts.rejected], [1, 1, 0])
    const fields = Object.fromEntries(ready.columns.map(({ heading, field }) => [heading, field]))
    assert.deepEqual([fields['父亲姓名'], fields['父亲联系电话'], fields['母亲姓名'], fields['母亲电话'], fields['家长联系方式']], ['father_name', 'father_phone', 'mother_name', 'mother_phone', 'guardian_phone'])
    await admin.post(`/api/v1/roster-imports/${ready.id}/cancel`)
  })

  await t.test('a child of another school, a changed name, people who are missing', async () => {
    const two = people(3, { seed: 71, from: 2016, to: 2017 })
    await importRoster(admin, small.id, rosterOf(two, small.class_name, year - 1))
    const changed = [{ ...two[0], guardian: '欧阳娜娜' }, two[1]]
    const ready = await dryRun(admin, small.id, rosterOf(changed, small.class_name, year - 1))
    assert.deepEqual([ready.counts.fresh, ready.counts.changed, ready.counts.unchanged, ready.counts.missing], [0, 1, 1, 1])
    await admin.post(`/api/v1/roster-imports/${ready.id}/confirm`, { create_classes: false, mark_missing_left: true })
    await settled(admin, ready.id, ['done'])
    assert.equal((await admin.all(`/api/v1/roster-entries?organisation_id=${small.id}`)).length, 2)
    await admin.refused(409, 'POST', `/api/v1/roster-imports/${ready.id}/cancel`, undefined, 'roster.import_over')
  })

  await t.test('the command imports like the page', async () => {
    const file = join(server.data, 'list.csv')
    writeFileSync(file, rosterOf(people(5, { seed: 72, from: 2016, to: 2017 }), small.class_name, year - 1))
    const rejected = join(server.data, 'rejected.csv')
    const run = (path, ...more) => educard(server.data, ['import', 'roster', path, '--organisation', '3132000077', ...more])
    await server.stop()
    try {
      const dry = run(join(folder, 'nasty-gb18030.csv'), '--dry-run', '--rejected', rejected)
      assert.equal(dry.status, 0, dry.err)
      assert.match(dry.out, /18 rows: 0 new, 0 changed, 10 unchanged, 8 rejected/)
      assert.match(readFileSync(rejected, 'utf8'), /Line|行号/)
      const bad = join(server.data, 'bad.csv')
      writeFileSync(bad, '姓名,身份证号,年级,班级\n张三,1,七年级,1班\n')
      const none = run(bad, '--dry-run')
      assert.equal(none.status, 1, 'every row was rejected')
      assert.match(none.err, /every row was rejected; nothing was written/)
      const bomb = run(join(folder, 'zip-bomb.xlsx'), '--yes')
      assert.deepEqual([bomb.status, /educard: /.test(bomb.err)], [1, true], bomb.err)
      const own = educard(server.data, ['import', 'roster', file, '--organisation', '2132000042', '--yes'])
      assert.equal(own.status, 0, own.err)
      assert.match(own.out, /5 entries written/)
      assert.match(educard(server.data, ['import', 'roster', file, '--organisation', '2132000042', '--yes']).out, /0 new, 0 changed, 5 unchanged/)
      assert.notEqual(educard(server.data, ['import', 'roster', file, '--organisation', '0000000000', '--yes']).status, 0)
    } finally {
      await server.start()
    }
  })
})
