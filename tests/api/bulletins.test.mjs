// Bulletins: figures that are a recount of the rows, frozen, numbered, corrected cell by cell, read by whom they are addressed to; and the
// days and comparisons they are made of.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register, signInAs } from '../support/accounts.mjs'
import { Client, eventually } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { people } from '../support/people.mjs'
import { importRoster, rosterOf } from '../support/roster.mjs'
import { officePassword, smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')
const dayInChina = (days = 0) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date(Date.now() + days * 86_400_000))
const sumOf = rows => rows.reduce((sum, row) => sum + row.total, 0)
const certifiedOf = rows => rows.reduce((sum, row) => sum + row.certified, 0)

test('bulletins', { timeout: 480_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  const { admin: province } = school
  const line = (await province.get(`/api/v1/organisations/${school.id}`)).line.map(one => one.id)
  const [provinceId, cityId, countyId] = line
  const find = async (name, kind) => (await province.get(`/api/v1/organisations?query=${encodeURIComponent(name)}&kind=${kind}`)).items[0].id
  const county = await officer(url, province, countyId, 'county_admin', 'county.one', '县管理员')
  const neighbour = await officer(url, province, await find('秦淮区', 'county'), 'county_admin', 'county.two', '邻县管理员')
  const head = await officer(url, county, school.id, 'school_admin', 'headmaster', '周校长')
  const year = new Date().getFullYear()
  const pupils = people(6, { seed: 71, from: year - 9, to: year - 8 })
  await importRoster(province, school.id, rosterOf(pupils, school.class_name, year - 1))
  const applied = async (at, verdict) => {
    const client = await register(url, pupils[at], `pupil.${at}`)
    const application = await handIn(client, pupilProfile(pupils[at], school))
    if (verdict) assert.equal((await decide(school.teacher, application, verdict, '请改正')).status, 200)
    return client
  }
  const pupil = await applied(0, 'approve')
  await applied(1, 'approve')
  await applied(2)
  await applied(3, 'send_back')
  const recounted = () => {
    const rows = inDatabase(server, "SELECT certification, COUNT(*) FROM roster_entry WHERE state = 'active' GROUP BY certification").trim().split('\n').map(row => row.split('|'))
    return Object.fromEntries(rows.map(([name, count]) => [name, Number(count)]))
  }
  const counted = row => Object.fromEntries(['certified', 'in_review', 'returned', 'not_begun'].filter(name => row[name]).map(name => [name, row[name]]))
  const make = (client, body) => client.call('POST', '/api/v1/bulletins', body)
  const preview = (client, query) => client.get(`/api/v1/bulletin-previews?${new URLSearchParams(query)}`)

  await t.test('the figures are a recount of the rows, by units and by counties, in the order of codes', async () => {
    const rows = recounted()
    assert.deepEqual(rows, { certified: 2, in_review: 1, returned: 1, not_begun: 2 })
    for (const [organisation_id, level, most] of [[provinceId, 'children', 20], [provinceId, 'counties', 130], [cityId, 'children', 20], [countyId, 'children', 5]]) {
      const { figures, shown } = await preview(province, { organisation_id, level })
      assert.deepEqual(counted(figures.organisation), rows)
      assert.equal(sumOf(figures.rows), 6)
      assert.equal(certifiedOf(figures.rows), 2)
      assert.ok(figures.rows.length <= most, `${figures.rows.length}`)
      const codes = figures.rows.filter(row => row.code && !row.rest).map(row => row.code)
      assert.deepEqual(codes, [...codes].sort())
      assert.match(shown.paragraphs[0], /应认证人员6人，已认证2人，认证率为33\.3%/)
    }
    assert.equal((await preview(province, { organisation_id: provinceId })).figures.rows.length, 16)
    assert.ok((await preview(province, { organisation_id: provinceId, level: 'counties' })).figures.rows.length > 90)
    const teachers = await preview(province, { organisation_id: provinceId, people: 'teacher' })
    assert.equal(teachers.figures.organisation.total, 0)
    const classes = (await preview(head, { organisation_id: school.id })).figures.rows
    assert.deepEqual(classes.map(row => [row.name, row.total]), [[school.class_name, 6]])
    assert.equal(faultOf(await county.call('GET', `/api/v1/bulletin-previews?organisation_id=${countyId}&level=counties`)), '422, input.invalid, level rollout.counties_of_province')
  })

  let first
  await t.test('what is wrong is said by field, and nobody types a number', async () => {
    const wording = (await county.get(`/api/v1/bulletin-settings?organisation_id=${countyId}`)).wording
    const spoilt = (change, language = 'zh_cn') => ({ organisation_id: countyId, wording: { ...wording, [language]: { ...wording[language], ...change } } })
    assert.equal(faultOf(await make(county, spoilt({ body: `${wording.zh_cn.body}认证率达到99%。` }))), '422, input.invalid, wording.zh_cn.body bulletins.typed_figure')
    assert.equal(faultOf(await make(county, spoilt({ body: '请各校抓紧。' }))), '422, input.invalid, wording.zh_cn.body bulletins.placeholder_missing')
    assert.equal(faultOf(await make(county, spoilt({ body: `${wording.en.body} {best}` }, 'en'))), '422, input.invalid, wording.en.body bulletins.placeholder_unknown')
    assert.equal(faultOf(await make(county, spoilt({ title: ' ' }))), '422, input.invalid, wording.zh_cn.title required')
    assert.equal(faultOf(await make(county, { organisation_id: countyId, day: dayInChina(2) })), '422, input.invalid, day bulletins.day_to_come')
    assert.equal(faultOf(await make(county, { organisation_id: countyId, day: dayInChina(-3) })), '422, input.invalid, day bulletins.day_not_kept')
    assert.equal(faultOf(await make(county, { organisation_id: school.class_id })), '422, input.invalid, organisation_id bulletins.of_class')
    assert.equal(faultOf(await make(neighbour, { organisation_id: countyId })), '403, scope.outside')
    assert.equal(faultOf(await make(head, { organisation_id: countyId })), '403, scope.outside')
    assert.equal((await make(pupil, { organisation_id: countyId })).status, 403)
    assert.deepEqual((await county.get('/api/v1/bulletins')).items, [])
  })

  await t.test('a draft is its administrators’ own; published it has a number and is read below, and nowhere else', async () => {
    const { body: draft } = await make(county, { organisation_id: countyId })
    assert.deepEqual([draft.summary.state, draft.summary.number, draft.revision, draft.may_edit], ['draft', null, 1, true])
    await head.refused(404, 'GET', `/api/v1/bulletins/${draft.summary.id}`, undefined, 'bulletins.unknown')
    await head.refused(404, 'GET', `/api/v1/bulletins/${draft.summary.id}/pdf`, undefined, 'bulletins.unknown')
    assert.equal((await province.get(`/api/v1/bulletins/${draft.summary.id}`)).may_edit, true)
    const path = `/api/v1/bulletins/${draft.summary.id}`
    const wording = structuredClone(draft.wording)
    wording.zh_cn.body += '\n联系人：县教育局信息中心。'
    const edited = await county.patch(path, { revision: 1, wording })
    assert.equal(edited.shown.paragraphs.at(-1), '联系人：县教育局信息中心。')
    assert.equal(faultOf(await county.call('PATCH', path, { revision: 1, order_by_rate: true })), '409, bulletins.changed_meanwhile')
    assert.equal(faultOf(await county.call('POST', `${path}/publish`, { revision: 1 })), '409, bulletins.changed_meanwhile')
    first = await county.post(`${path}/publish`, { revision: edited.revision })
    assert.deepEqual([first.summary.state, first.summary.number, first.published_by], ['published', `玄武区教育卡通报〔${dayInChina().slice(0, 4)}〕1号`, '县管理员'])
    assert.equal(faultOf(await county.call('PATCH', path, { revision: first.revision, order_by_rate: true })), '409, bulletins.not_draft')
    for (const reader of [head, school.teacher]) {
      const seen = await reader.get(path)
      assert.deepEqual([seen.may_edit, seen.wording, seen.readers, seen.summary.read], [false, null, null, false])
      await reader.post(`${path}/read`)
      assert.equal((await reader.get('/api/v1/bulletins?box=above')).items[0].read, true)
    }
    assert.deepEqual((await county.get(path)).readers, { accounts: 2, organisations: 2 })
    for (const [who, status] of [[neighbour, 404], [pupil, 403], [new Client(url), 401]]) {
      for (const part of ['', '/pdf', '/xlsx', '/difference']) await who.refused(status, 'GET', path + part)
      await who.refused(status, 'POST', `${path}/read`)
    }
    assert.deepEqual((await neighbour.get('/api/v1/bulletins')).items, [])
    await head.refused(403, 'POST', `${path}/withdraw`, { revision: first.revision, reason: '不' }, 'scope.outside')
  })

  await t.test('what was published stays; a correction is a new version that says what it changed, cell by cell', async () => {
    const path = `/api/v1/bulletins/${first.summary.id}`
    await applied(4, 'approve')
    assert.deepEqual(recounted(), { certified: 3, in_review: 1, returned: 1, not_begun: 1 })
    const frozen = await head.get(path)
    assert.deepEqual(frozen.figures, first.figures)
    const correction = { revision: first.revision, reason: '漏计一人' }
    assert.equal(faultOf(await county.call('POST', `${path}/corrections`, correction)), '409, bulletins.nothing_to_correct')
    assert.equal(faultOf(await county.call('POST', `${path}/corrections`, { ...correction, recompute: true, reason: ' ' })), '422, input.invalid, reason required')
    const cells = [
      { column: 'certified', before: 2, after: 3, name: school.name },
      { column: 'not_begun', before: 2, after: 1, name: school.name },
      { column: 'certified', before: 2, after: 3, name: '玄武区' },
      { column: 'not_begun', before: 2, after: 1, name: '玄武区' },
    ]
    const told = ({ cells: found }) => found.map(({ column, before, after, name }) => ({ column, before, after, name }))
    assert.deepEqual(told(await county.post(`${path}/correction-preview`, { ...correction, recompute: true })), cells)
    assert.equal((await head.get(path)).summary.version, 1)
    const corrected = await county.post(`${path}/corrections`, { ...correction, recompute: true })
    assert.deepEqual([corrected.summary.version, corrected.summary.number], [2, first.summary.number])
    const difference = await head.get(`${path}/difference`)
    assert.deepEqual(told(difference), cells)
    assert.equal(difference.reason, '漏计一人')
    assert.match(difference.texts[0].after, /已认证3人/)
    const old = await head.get(`${path}?version=1`)
    assert.deepEqual([old.replaced, old.shown_version, old.figures.organisation.certified], [true, 1, 2])
    assert.deepEqual(old.versions.map(one => [one.version, one.reason]), [[2, '漏计一人'], [1, null]])
    assert.equal((await head.get('/api/v1/bulletins?box=above')).items[0].read, false, 'a new version is unread')
    await head.refused(409, 'GET', `${path}/difference?version=1`, undefined, 'bulletins.first_version')
    await head.refused(404, 'GET', `${path}?version=9`)
  })

  await t.test('numbers are consecutive when many publish at once, and a draft that is thrown away leaves no hole', async () => {
    const drafts = await Promise.all(Array.from({ length: 6 }, () => make(county, { organisation_id: countyId })))
    await county.call('DELETE', `/api/v1/bulletins/${drafts[5].body.summary.id}?revision=1`)
    await county.refused(404, 'GET', `/api/v1/bulletins/${drafts[5].body.summary.id}`)
    const twice = [...drafts.slice(0, 5), drafts[0]].map(({ body }) => county.call('POST', `/api/v1/bulletins/${body.summary.id}/publish`, { revision: 1 }))
    const answers = await Promise.all(twice)
    assert.equal(answers.filter(({ status }) => status === 200).length, 5)
    assert.equal(answers.filter(({ status }) => status === 409).length, 1)
    const numbers = (await county.get('/api/v1/bulletins?box=own')).items.map(one => Number(/〕(\d+)号/.exec(one.number)[1]))
    assert.deepEqual(numbers.sort((a, b) => a - b), [1, 2, 3, 4, 5, 6])
  })

  await t.test('the pattern of numbers and the template are the organisation’s own', async () => {
    const setting = await county.get(`/api/v1/bulletin-settings?organisation_id=${countyId}`)
    assert.match(setting.next_number, /〕7号$/)
    assert.equal(faultOf(await county.call('PUT', '/api/v1/bulletin-settings', { organisation_id: countyId, number_pattern: '通报{number}号', wording: setting.wording })), '422, input.invalid, number_pattern bulletins.pattern')
    const wording = { ...setting.wording, zh_cn: { title: '{organisation}周报', body: '已认证{certified}人。' } }
    const changed = await county.put('/api/v1/bulletin-settings', { organisation_id: countyId, number_pattern: '玄教卡〔{year}〕{number}号', wording })
    assert.equal(changed.next_number, `玄教卡〔${dayInChina().slice(0, 4)}〕7号`)
    const { body: draft } = await make(county, { organisation_id: countyId })
    assert.deepEqual(draft.shown, { title: '玄武区周报', paragraphs: ['已认证3人。'] })
    const english = await county.get(`/api/v1/bulletins/${draft.summary.id}?language=en`)
    assert.match(english.shown.paragraphs[0], /had 6 people to certify\. 3 were certified, a rate of 50\.0%/)
    await neighbour.refused(403, 'PUT', '/api/v1/bulletin-settings', { organisation_id: countyId, number_pattern: changed.number_pattern, wording }, 'scope.outside')
    await county.call('PUT', '/api/v1/bulletin-settings', { organisation_id: countyId, number_pattern: setting.number_pattern, wording: setting.wording })
  })

  await t.test('of a day that was kept, under the names of the day', async () => {
    const [day, before] = [dayInChina(-1), dayInChina(-2)]
    const kept = (id, parent, not_begun, certified) => `INSERT INTO progress_day VALUES (${id}, '${day}', ${parent}, ${not_begun}, 0, 0, ${certified}, 0, 0, 0, 0, 0, 0, 0, 0, '${day}');`
    inDatabase(
      server,
      `DELETE FROM progress_day; DELETE FROM progress_day_run; INSERT INTO progress_day_run VALUES ('${before}', 'missing', 0, 0), ('${day}', 'kept', 0, 1);` + kept(provinceId, 'NULL', 5, 1) + kept(cityId, provinceId, 5, 1) + kept(countyId, cityId, 5, 1) + kept(school.id, countyId, 5, 1),
    )
    inDatabase(server, `UPDATE organisation SET valid_from = '2020-01-01' WHERE id = ${school.id}; UPDATE organisation_history SET valid_from = '2020-01-01' WHERE organisation_id = ${school.id}`)
    const { body: draft } = await make(county, { organisation_id: countyId, day })
    const of = draft.figures.rows[0]
    assert.deepEqual([draft.figures.live, of.name, of.total, of.certified, of.overdue, of.on_time], [false, school.name, 6, 1, 5, false])
    assert.equal(draft.figures.organisation.overdue, 5)
    const published = await county.post(`/api/v1/bulletins/${draft.summary.id}/publish`, { revision: 1 })
    const { version } = await province.get(`/api/v1/organisations/${school.id}`)
    await province.patch(`/api/v1/organisations/${school.id}`, { version, name: '南京市改名小学' })
    assert.equal((await head.get(`/api/v1/bulletins/${published.summary.id}`)).figures.rows[0].name, school.name)
    assert.equal((await preview(county, { organisation_id: countyId, day })).figures.rows[0].name, school.name)
    assert.equal((await preview(county, { organisation_id: countyId })).figures.rows[0].name, '南京市改名小学')
    assert.equal(faultOf(await county.call('GET', `/api/v1/bulletin-previews?organisation_id=${countyId}&day=${before}`)), '422, input.invalid, day bulletins.day_not_kept')

    const trend = await head.get(`/api/v1/progress/trend?organisation_id=${school.id}`)
    assert.deepEqual(trend.days.map(one => [one.day, one.missing, one.counts.certified, one.overdue]), [[before, true, 0, 0], [day, false, 1, 5], [dayInChina(), false, 3, 0]])
    const compared = await county.get(`/api/v1/progress/comparison?organisation_id=${countyId}&since=${day}`)
    assert.deepEqual(compared.items.map(one => [one.now.counts.certified, one.before?.student.certified]), [[3, 1]])
    assert.deepEqual(compared.days, [day])
    assert.equal((await province.get(`/api/v1/progress/comparison?organisation_id=${provinceId}&level=counties`)).since, null)
    await neighbour.refused(403, 'GET', `/api/v1/progress/trend?organisation_id=${countyId}`, undefined, 'scope.outside')
    await neighbour.refused(403, 'GET', `/api/v1/progress/comparison?organisation_id=${countyId}`, undefined, 'scope.outside')
    assert.equal(faultOf(await county.call('GET', `/api/v1/progress/trend?organisation_id=${countyId}&from=2020-01-01`)), '422, input.invalid, from rollout.too_many_days')
  })

  await t.test('as PDF with its fonts and as a spreadsheet with numbers; ranked only when asked for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulletins-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const download = async (client, path, name) => {
      const answer = await fetch(url + path, { headers: { authorization: `Bearer ${client.token}` } })
      assert.equal(answer.status, 200)
      writeFileSync(join(folder, name), Buffer.from(await answer.arrayBuffer()))
      return join(folder, name)
    }
    const pdf = await download(head, `/api/v1/bulletins/${first.summary.id}/pdf`, 'a.pdf')
    const text = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' })
    for (const word of [first.summary.number, '关于玄武区教育卡认证进度的通报', '更正', '50.0%', school.name, '合计', '按机构代码排列']) assert.ok(text.replace(/\s+/g, '').includes(word.replace(/\s+/g, '')), `${word} in ${text}`)
    const fonts = execFileSync('pdffonts', [pdf], { encoding: 'utf8' }).split('\n').slice(2).filter(Boolean)
    assert.ok(fonts.length > 0 && fonts.every(line => /yes\s+yes\s+yes/.test(line)), fonts.join('\n'))
    assert.match(execFileSync('pdfinfo', [pdf], { encoding: 'utf8' }), /Title: +关于玄武区[\s\S]*Tagged: +yes[\s\S]*A4/)
    const old = execFileSync('pdftotext', [await download(head, `/api/v1/bulletins/${first.summary.id}/pdf?version=1`, 'b.pdf'), '-'], { encoding: 'utf8' })
    assert.match(old, /已被第2版替代/)

    const { body: draft } = await make(province, { organisation_id: provinceId, order_by_rate: true })
    assert.equal(draft.order_by_rate, true)
    const sheet = async (client, path) => {
      const file = await download(client, path, 'a.xlsx')
      const script = 'import sys, json, openpyxl\nb = openpyxl.load_workbook(sys.argv[1])\ns = b.worksheets[0]\nprint(json.dumps({"sheets": b.sheetnames, "frozen": s.freeze_panes, "format": s.cell(6, 6).number_format, "rows": [[c.value for c in r] for r in s.iter_rows(min_row=6)]}))'
      return JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8' }))
    }
    const ranked = await sheet(province, `/api/v1/bulletins/${draft.summary.id}/xlsx`)
    assert.deepEqual(ranked.rows[0].slice(0, 6), [1, '南京市', '3201', 6, 3, 0.5])
    assert.equal(ranked.rows.length, 17)
    const plain = await sheet(head, `/api/v1/bulletins/${first.summary.id}/xlsx`)
    assert.deepEqual([plain.sheets.slice(0, 2), plain.frozen, plain.format], [['认证进度', '指标说明'], 'C6', '0.0%'])
    assert.deepEqual(plain.rows.map(row => row.slice(1, 9)), [[school.name, '2132000042', 6, 3, 0.5, 1, 1, 1], ['合计', '320102', 6, 3, 0.5, 1, 1, 1]])
  })

  await t.test('a schedule makes one, however often the work is looked for', async () => {
    const weekday = ((new Date(dayInChina()).getUTCDay() + 6) % 7) + 1
    assert.equal(faultOf(await county.call('POST', '/api/v1/bulletin-schedules', { organisation_id: countyId, every: 'week', at: 8, starts_on: dayInChina(-1) })), '422, input.invalid, at value, starts_on bulletins.starts_on')
    await neighbour.refused(403, 'POST', '/api/v1/bulletin-schedules', { organisation_id: countyId, every: 'week', at: 1 }, 'scope.outside')
    const made = await county.post('/api/v1/bulletin-schedules', { organisation_id: countyId, every: 'week', at: weekday, publish: true, starts_on: dayInChina() })
    const waiting = await county.post('/api/v1/bulletin-schedules', { organisation_id: countyId, every: 'deadline', at: 3 })
    assert.equal(waiting.next_on, null)
    const scheduled = async client => (await client.get('/api/v1/bulletins?box=own')).items.filter(one => one.scheduled)
    await eventually(async () => (await scheduled(county)).length > 0, 'the scheduled bulletin')
    for (let round = 0; round < 2; ++round) {
      await server.stop()
      await server.start()
    }
    const again = await signInAs(server.url, 'county.one', officePassword)
    const [bulletin, ...more] = await scheduled(again)
    assert.deepEqual([bulletin.state, more.length], ['published', 0])
    assert.match(bulletin.number, /〕8号$/)
    assert.equal((await again.get(`/api/v1/bulletins/${bulletin.id}`)).published_by, null)
    const listed = await again.get(`/api/v1/bulletin-schedules?organisation_id=${countyId}`)
    assert.deepEqual(listed.map(one => [one.id, one.next_on]), [[made.id, dayInChina(7)], [waiting.id, null]])
    const stranger = await signInAs(server.url, 'county.two', officePassword)
    await stranger.refused(404, 'DELETE', `/api/v1/bulletin-schedules/${made.id}`, undefined, 'bulletins.schedule_unknown')
    await again.delete(`/api/v1/bulletin-schedules/${made.id}`)
    assert.equal((await again.get(`/api/v1/bulletin-schedules?organisation_id=${countyId}`)).length, 1)
  })

  await t.test('withdrawn with a reason it stays readable and says so; everything is in the audit log', async () => {
    const [again, reader, top] = await Promise.all([signInAs(server.url, 'county.one', officePassword), signInAs(server.url, 'headmaster', officePassword), signInAs(server.url, 'province', officePassword)])
    const path = `/api/v1/bulletins/${first.summary.id}`
    const { revision } = await again.get(path)
    assert.equal(faultOf(await again.call('POST', `${path}/withdraw`, { revision, reason: '' })), '422, input.invalid, reason required')
    await again.post(`${path}/withdraw`, { revision, reason: '数据口径有误' })
    const seen = await reader.get(path)
    assert.deepEqual([seen.summary.state, seen.withdrawn_reason, seen.figures.organisation.certified], ['withdrawn', '数据口径有误', 3])
    assert.equal(faultOf(await again.call('POST', `${path}/corrections`, { revision: seen.revision, reason: '再改', recompute: true })), '409, bulletins.not_published')
    const actions = new Set((await top.all('/api/v1/audit-events?limit=200')).map(one => one.action).filter(one => one.startsWith('bulletins.')))
    assert.deepEqual([...actions].sort(), ['bulletins.corrected', 'bulletins.discarded', 'bulletins.made', 'bulletins.published', 'bulletins.schedule_ended', 'bulletins.scheduled', 'bulletins.setting_changed', 'bulletins.withdrawn'])
  })

  await t.test('the outlines of the map are replaced by what is a map of these places, and given back', async () => {
    const top = await signInAs(server.url, 'province', officePassword)
    const other = await signInAs(server.url, 'county.one', officePassword)
    const own = await top.get('/api/v1/map-outlines/cities')
    assert.equal(own.features.length, 16)
    const put = (client, content) => client.call('POST', `/api/v1/map-outlines/cities?credit=${encodeURIComponent('江苏省测绘工程院')}&approval_number=${encodeURIComponent('苏S(2026)001号')}`, new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content)))
    const ring = [[118, 31], [119, 31], [119, 32], [118, 31]]
    const place = (code, more = {}) => ({ type: 'Feature', properties: { name: code, code }, geometry: { type: 'Polygon', coordinates: [ring] }, ...more })
    const map = (...features) => ({ type: 'FeatureCollection', features })
    assert.equal(faultOf(await put(top, 'no map')), '422, rollout.map_not_json')
    assert.equal(faultOf(await put(top, { type: 'Topology' })), '422, rollout.map_not_collection')
    assert.equal(faultOf(await put(top, map(place('3201')))), '422, rollout.map_code')
    assert.equal(faultOf(await put(top, map(place('320100'), place('320100')))), '422, rollout.map_code_twice')
    assert.equal(faultOf(await put(top, map(place('320100', { geometry: { type: 'Polygon', coordinates: [[[13000000, 31], [1, 2], [3, 4], [13000000, 31]]] } })))), '422, rollout.map_geometry')
    assert.equal(faultOf(await put(top, map(place('110000'), place('120000')))), '422, rollout.map_unknown_places')
    assert.equal((await put(other, map(place('320100'), place('320200')))).status, 403)
    assert.equal((await top.get('/api/v1/map-outlines/cities')).features.length, 16, 'nothing has changed')
    assert.equal((await put(top, map(place('320100'), place('320200')))).status, 200)
    assert.equal((await other.get('/api/v1/map-outlines/cities')).features.length, 2)
    assert.deepEqual((await other.get('/api/v1/map-outlines')).map(({ name, replaced, credit, places }) => ({ name, replaced, credit, places })), [
      { name: 'cities', replaced: true, credit: '江苏省测绘工程院', places: 2 },
      { name: 'counties', replaced: false, credit: null, places: 0 },
    ])
    await top.delete('/api/v1/map-outlines/cities')
    assert.equal((await top.get('/api/v1/map-outlines/cities')).features.length, 16)
  })
})
