// The problem desk: a problem is at exactly one desk, goes up by hand, by time and where nobody is; its reporter sees where it is and what is
// said to them, and nothing of what the levels say to each other; of two officers at once one wins.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, eventually } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { inDatabase } from '../support/database.mjs'
import { certified } from '../support/desk.mjs'
import { chunk, jpeg, png, webp } from '../support/pictures.mjs'
import { fresh } from '../support/server.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')
const day = 86_400_000_000

test('the problem desk', { timeout: 600_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const world = await certified(server)
  const { province, city, county, school, pupil, teacher, newcomer, otherSchool } = world
  const visitor = new Client(server.url)
  const report = (client, title, more = {}) => client.post('/api/v1/problems', { kind: 'e_card', title, description: '昨天起打不开电子卡。', ...more })
  const reported = async (...what) => (await report(...what)).line.id
  const desk = (officer, id) => officer.get(`/api/v1/desk-problems/${id}`)
  const act = async (officer, id, verb, body = {}) => officer.call('POST', `/api/v1/desk-problems/${id}/${verb}`, { version: (await desk(officer, id)).version, text: '说明', ...body })
  const acted = async (...what) => {
    const answer = await act(...what)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return answer.body
  }
  const queue = async (officer, organisation_id, where, more = '') => (await officer.all(`/api/v1/desk-problems?organisation_id=${organisation_id}&where=${where}${more}`)).map(one => one.title)
  const mine = (client, id) => client.get(`/api/v1/problems/${id}`)
  const forget = () => inDatabase(server, "DELETE FROM rate_limit")
  // What the sweeper does comes at the start, and every ten minutes.
  const sweep = async () => {
    server.options.port = Number(new URL(server.address).port)
    await server.stop()
    await server.start()
  }

  await t.test('a report goes to the desk of the reporter\'s school, with what the client says of itself and without ID numbers', async () => {
    assert.deepEqual((await pupil.get('/api/v1/problems/homes')).map(({ name, desk_name, desk_level }) => [name, desk_name, desk_level]), [[world.school_name, world.school_name, 'school']])
    const made = await report(pupil, ' 电子卡 打不开 ', { description: '证件号 11010519491231002X\n\n点了没反应', context: { page: '/card', client_version: '0.1.0', browser: 'Chromium' } })
    assert.equal(made.line.title, '电子卡 打不开')
    assert.equal(made.description, '证件号 ******************\n\n点了没反应')
    assert.deepEqual([made.line.state, made.line.desk_name, made.line.overdue], ['open', world.school_name, false])
    assert.deepEqual(made.context, { page: '/card', client_version: '0.1.0', browser: 'Chromium' })
    const seen = await desk(school, made.line.id)
    assert.ok(seen.reporter && seen.may_act && seen.above)
    assert.deepEqual(await queue(school, world.school_id, 'here'), ['电子卡 打不开'])
    assert.deepEqual(await queue(county, world.county_id, 'below'), ['电子卡 打不开'])
    assert.deepEqual(await queue(county, world.county_id, 'here'), [])
    assert.equal(faultOf(await act(county, made.line.id, 'answer', { solved: true })), '403, problems.not_your_turn', 'those above only look')
    for (const stranger of [otherSchool.admin, visitor, teacher]) assert.ok([401, 403, 404].includes((await stranger.call('GET', `/api/v1/desk-problems/${made.line.id}`)).status))
    assert.equal(faultOf(await teacher.call('GET', `/api/v1/problems/${made.line.id}`)), '404, problems.unknown')
  })

  await t.test('what is wrong with a report is said by field', async () => {
    assert.equal(faultOf(await newcomer.call('POST', '/api/v1/problems', { kind: 'other', title: '', description: ' ' })), '422, input.invalid, title required, description required, organisation_id required')
    assert.equal(faultOf(await newcomer.call('POST', '/api/v1/problems', { kind: 'other', title: '问', description: '述', organisation_id: world.class_id })), '422, input.invalid, organisation_id problems.no_home')
    assert.equal((await report(newcomer, '不知道选哪个学校', { organisation_id: world.school_id })).line.home_name, world.school_name)
  })

  await t.test('answer, ask back, add, solve, reopen; notes between the levels stay there', async () => {
    forget()
    const id = await reported(pupil, '收不到审核通知')
    await school.post(`/api/v1/desk-problems/${id}/notes`, { text: '可能是短信平台的问题' })
    const asked = await acted(school, id, 'ask', { text: '哪一天提交的？' })
    assert.deepEqual([asked.line.state, asked.line.due_on], ['asked', null], 'the turn rests')
    assert.equal((await pupil.get('/api/v1/problems/unseen')).count, 1)
    const shown = await mine(pupil, id)
    assert.deepEqual(shown.events.map(one => one.step), ['reported', 'asked'])
    assert.ok(!JSON.stringify(shown).includes('短信平台') && !JSON.stringify(shown).includes('校管理员'), 'neither notes nor names')
    await pupil.post(`/api/v1/problems/${id}/seen`)
    assert.equal((await pupil.get('/api/v1/problems/unseen')).count, 0)
    const added = await pupil.post(`/api/v1/problems/${id}/messages`, { text: '上周五。' })
    assert.equal(added.line.state, 'open')
    assert.ok((await desk(school, id)).line.due_on, 'the turn goes on')
    await acted(school, id, 'answer', { text: '正在查。', solved: false })
    assert.equal((await mine(pupil, id)).line.state, 'open')
    await acted(school, id, 'answer', { text: '已补发通知。', solved: true })
    const over = await mine(pupil, id)
    assert.deepEqual([over.line.state, over.may_add, over.events.at(-1).text], ['solved', false, '已补发通知。'])
    assert.equal(faultOf(await pupil.call('POST', `/api/v1/problems/${id}/messages`, { text: '谢谢' })), '409, problems.is_over')
    assert.deepEqual(await queue(school, world.school_id, 'solved'), ['收不到审核通知'])
    await pupil.post(`/api/v1/problems/${id}/reopen`, { text: '还是没收到' })
    assert.equal((await mine(pupil, id)).line.state, 'open')
    await acted(school, id, 'answer', { text: '再次补发。', solved: true })
    inDatabase(server, `UPDATE problem SET solved_at = solved_at - ${15 * day} WHERE id = ${id}`)
    assert.equal(faultOf(await pupil.call('POST', `/api/v1/problems/${id}/reopen`, { text: '又没收到' })), '409, problems.too_late')
    const withdrawn = await reported(pupil, '点错了')
    assert.equal((await pupil.post(`/api/v1/problems/${withdrawn}/withdraw`)).line.state, 'withdrawn')
    assert.equal(faultOf(await pupil.call('POST', `/api/v1/problems/${withdrawn}/withdraw`)), '409, problems.is_over')
  })

  await t.test('up by hand to each level, and down again; at exactly one desk all the time', async () => {
    forget()
    const id = await reported(teacher, '全校无法登录')
    await acted(school, id, 'escalate', { text: '学校解决不了' })
    assert.deepEqual(await queue(school, world.school_id, 'above'), ['全校无法登录'])
    assert.deepEqual(await queue(county, world.county_id, 'here'), ['全校无法登录'])
    const shown = await mine(teacher, id)
    assert.deepEqual([shown.line.desk_level, shown.events.at(-1).step, shown.events.at(-1).text], ['county', 'escalated', ''])
    assert.equal(faultOf(await act(school, id, 'answer', { solved: true })), '403, problems.not_your_turn')
    await acted(county, id, 'hand-down', { text: '先重启路由器' })
    assert.deepEqual(await queue(county, world.county_id, 'here'), [])
    await acted(county, id, 'take', { text: '' })
    await acted(county, id, 'escalate')
    await acted(city, id, 'escalate')
    assert.equal((await mine(teacher, id)).line.desk_level, 'province')
    assert.equal((await desk(province, id)).line.due_on, null, 'the province has no deadline')
    assert.equal(faultOf(await act(province, id, 'escalate')), '409, problems.nobody_above')
    for (const [officer, at] of [[school, world.school_id], [county, world.county_id], [city, world.city_id]]) assert.deepEqual((await queue(officer, at, 'here')).filter(one => one === '全校无法登录'), [])
    assert.equal(faultOf(await county.call('POST', `/api/v1/desk-problems/${id}/escalate`, { version: 1, text: '' })), '403, problems.not_your_turn')
  })

  await t.test('of two officers at once one wins', async () => {
    const colleague = await officer(server.url, county, world.school_id, 'school_admin', 'desk.colleague', '校管理员乙')
    forget()
    const id = await reported(pupil, '两个人同时处理')
    const { version } = await desk(school, id)
    const answers = await Promise.all([school, colleague, school, colleague].map((one, at) => one.call('POST', `/api/v1/desk-problems/${id}/${at % 2 ? 'escalate' : 'answer'}`, { version, text: `第${at}个`, ...(at % 2 ? {} : { solved: true }) })))
    assert.equal(answers.filter(one => one.status === 200).length, 1, JSON.stringify(answers.map(one => one.body.code)))
    assert.ok(answers.every(one => [200, 403, 409].includes(one.status)))
    const steps = (await desk(school, id)).events.map(one => one.step).filter(step => step === 'solved' || step === 'escalated')
    assert.equal(steps.length, 1)
  })

  await t.test('reports that are one problem: all reporters hear, none reads what another wrote', async () => {
    forget()
    const [main, same] = [await reported(pupil, '食堂刷卡失败'), await reported(teacher, '刷卡机没有反应')]
    const merged = await acted(school, same, 'merge', { into: main, text: undefined })
    assert.equal(merged.line.state, 'merged')
    assert.deepEqual((await desk(school, main)).same.map(one => one.title), ['刷卡机没有反应'])
    assert.ok(!(await queue(school, world.school_id, 'here')).includes('刷卡机没有反应'))
    assert.equal(faultOf(await act(school, same, 'answer', { solved: true })), '409, problems.is_merged')
    await pupil.post(`/api/v1/problems/${main}/messages`, { text: '我的座位是三排五座' })
    await acted(school, main, 'answer', { text: '刷卡机已更换。', solved: true })
    const shown = await mine(teacher, same)
    assert.deepEqual([shown.merged, shown.line.state, shown.events.at(-1).text], [true, 'solved', '刷卡机已更换。'])
    assert.ok(!JSON.stringify(shown).includes('三排五座') && !JSON.stringify(shown).includes('食堂刷卡失败'))
    assert.equal((await teacher.get('/api/v1/problems/unseen')).count, 2)
    await teacher.post(`/api/v1/problems/${same}/reopen`, { text: '我这里还不行' })
    assert.equal((await desk(school, same)).line.state, 'open')
    assert.equal((await desk(school, main)).line.state, 'solved')
    forget()
    const third = await reported(pupil, '又坏了')
    await acted(school, third, 'merge', { into: same, text: undefined })
    const apart = await acted(school, third, 'unmerge', { text: '' })
    assert.deepEqual([apart.line.state, apart.main], ['open', null])
    assert.equal(faultOf(await act(school, third, 'merge', { into: third, text: undefined })), '422, input.invalid, into problems.not_at_this_desk')
    assert.equal(faultOf(await act(school, third, 'merge', { into: main, text: undefined })), '422, input.invalid, into problems.is_over')
  })

  await t.test('an answer becomes a draft of the questions and answers', async () => {
    const [solved] = (await school.get(`/api/v1/desk-problems?organisation_id=${world.school_id}&where=solved`)).items
    const draft = await school.post(`/api/v1/desk-problems/${solved.id}/question`)
    assert.deepEqual([draft.title, draft.state, draft.organisation_id, draft.problem_id], [solved.title, 'draft', world.school_id, solved.id])
    assert.ok(draft.answer)
  })

  await t.test('known problems are told to whom they concern, while they last', async () => {
    const notice = await county.post('/api/v1/desk-notices', { organisation_id: world.county_id, kind: 'sign_in', title: '验证码短信延迟', text: '运营商正在处理，预计今晚恢复。' })
    const shown = async client => (await client.get('/api/v1/problem-notices')).map(({ title, mine, me_too }) => [title, mine, me_too])
    assert.deepEqual(await shown(pupil), [['验证码短信延迟', false, 0]])
    assert.deepEqual(await shown(otherSchool.pupil), [])
    assert.deepEqual(await shown(visitor), [])
    await Promise.all([pupil, pupil, teacher].map(one => one.post(`/api/v1/problem-notices/${notice.id}/me-too`)))
    assert.deepEqual(await shown(pupil), [['验证码短信延迟', true, 2]])
    await otherSchool.pupil.refused(404, 'POST', `/api/v1/problem-notices/${notice.id}/me-too`)
    await school.refused(404, 'POST', `/api/v1/desk-notices/${notice.id}/end`, { version: notice.version })
    await county.refused(409, 'PUT', `/api/v1/desk-notices/${notice.id}`, { version: 99, title: '新', text: '新' }, 'problems.changed_meanwhile')
    const ended = await county.post(`/api/v1/desk-notices/${notice.id}/end`, { version: notice.version })
    assert.ok(ended.ended_at)
    assert.deepEqual(await shown(pupil), [])
  })

  await t.test('screenshots are taken by what they are, and cleaned', async () => {
    forget()
    const id = await reported(pupil, '有截图')
    const send = (octets, client = pupil) => client.call('POST', `/api/v1/problems/${id}/pictures`, octets)
    for (const [octets, code] of [
      [new TextEncoder().encode('<svg onload="alert(1)">'), 'picture_type'],
      [png(2, 2).subarray(0, 40), 'picture_damaged'],
      [png(2, 2, { extra: [chunk('acTL', [0, 0, 0, 1, 0, 0, 0, 0])] }), 'picture_animated'],
      [webp().subarray(0, 30), 'picture_damaged'],
    ]) assert.equal(faultOf(await send(octets)), `422, input.invalid, body problems.${code}`)
    const secret = 'GPS 32.05N 118.78E'
    const taken = []
    for (const octets of [png(3, 2, { extra: [chunk('tEXt', Buffer.from(`Comment\0${secret}`))] }), jpeg({ comment: secret }), webp({ meta: [['EXIF', secret]] })]) {
      const answer = await send(octets)
      assert.equal(answer.status, 201, JSON.stringify(answer.body))
      taken.push(answer.body)
    }
    assert.deepEqual(taken.map(one => one.content_type), ['image/png', 'image/jpeg', 'image/webp'])
    assert.deepEqual([taken[0].width, taken[0].height, taken[1].width, taken[1].height], [3, 2, 3, 4])
    assert.equal(faultOf(await send(png(1, 1))), '409, problems.too_many_pictures')
    for (const one of taken) {
      const response = await fetch(`${server.url}/api/v1/problems/${id}/pictures/${one.id}`, { headers: { authorization: `Bearer ${school.token}` } })
      assert.equal(response.headers.get('content-type'), one.content_type)
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
      assert.match(response.headers.get('content-security-policy'), /default-src 'none'/)
      const text = Buffer.from(await response.arrayBuffer()).toString('latin1')
      assert.ok(!text.includes(secret) && !text.includes('behind the end'))
    }
    await otherSchool.admin.refused(404, 'GET', `/api/v1/problems/${id}/pictures/${taken[0].id}`)
    assert.equal((await send(new Uint8Array(5 * 1024 * 1024 + 1))).status, 413)
  })

  await t.test('found in Chinese, by kind, and by what is overdue', async () => {
    forget()
    const id = await reported(pupil, '学籍信息有误', { kind: 'roster_data', description: '我的名字里有䶮字，名册里写错了。' })
    const find = (query, more = '') => queue(school, world.school_id, 'here', `&query=${encodeURIComponent(query)}${more}`)
    for (const query of ['学籍', '䶮', '名册', '信息有误', '有䶮']) assert.deepEqual(await find(query), ['学籍信息有误'], query)
    assert.deepEqual(await find('有误信息'), [])
    assert.deepEqual(await queue(school, world.school_id, 'here', '&kind=roster_data'), ['学籍信息有误'])
    assert.deepEqual(await queue(school, world.school_id, 'here', '&overdue=true'), [])
    inDatabase(server, `UPDATE problem SET due_on = '2020-01-01' WHERE id = ${id}`)
    assert.deepEqual(await queue(school, world.school_id, 'here', '&overdue=true'), ['学籍信息有误'])
    const pages = await school.all(`/api/v1/desk-problems?organisation_id=${world.school_id}&where=here&limit=2`)
    assert.equal(new Set(pages.map(one => one.id)).size, (await school.all(`/api/v1/desk-problems?organisation_id=${world.school_id}&where=here`)).length)
  })

  await t.test('statistics by kind, level, age and organisation add up', async () => {
    const own = await school.get(`/api/v1/problem-statistics?organisation_id=${world.school_id}`)
    const here = await school.all(`/api/v1/desk-problems?organisation_id=${world.school_id}&where=here`)
    assert.equal(own.whole.waiting, here.length)
    assert.equal(own.whole.overdue, 1)
    assert.ok(own.whole.hours_to_answer !== null && own.whole.answered > 0)
    const whole = await province.get('/api/v1/problem-statistics?organisation_id=32')
    const sum = (list, field) => list.reduce((all, one) => all + one[field], 0)
    assert.equal(sum(whole.kinds, 'waiting'), whole.whole.waiting)
    assert.equal(sum(whole.levels, 'waiting'), whole.whole.waiting)
    assert.equal(sum(Object.values(whole.ages).map(count => ({ count })), 'count'), whole.whole.waiting)
    assert.equal(sum(whole.below, 'waiting') + whole.own.waiting, whole.whole.waiting)
    const csv = await school.call('GET', `/api/v1/problem-statistics.csv?organisation_id=${world.school_id}`)
    assert.match(csv.body, /机构,待处理/)
    await school.refused(403, 'GET', '/api/v1/problem-statistics?organisation_id=32', undefined, 'scope.outside')
  })

  await t.test('who answers for a school reports to the desk above; where nobody is, to the next; nobody floods a desk', async () => {
    const own = await report(school, '校管理员自己的问题')
    assert.deepEqual([own.line.home_name, own.line.desk_level], [world.school_name, 'county'])
    const nowhere = await report(otherSchool.admin, '没有县管理员')
    assert.equal(nowhere.line.desk_level, 'province', 'neither county nor city has anybody')
    inDatabase(server, 'DELETE FROM rate_limit')
    const answers = []
    for (let i = 0; i < 11; ++i) answers.push((await newcomer.call('POST', '/api/v1/problems', { kind: 'other', title: `第${i}次`, description: '述', organisation_id: otherSchool.id })).status)
    assert.deepEqual([answers.filter(status => status === 201).length, answers.at(-1)], [10, 429])
  })

  await t.test('what is overdue goes up by itself, what lies where nobody is too, and both are written down', async () => {
    forget()
    const id = await reported(pupil, '没人理')
    inDatabase(server, `UPDATE problem SET due_on = '2020-01-01' WHERE id = ${id}`)
    const left = (await newcomer.get('/api/v1/problems?limit=1')).items[0]
    assert.equal(left.desk_name, '姑苏区观前小学')
    await province.delete(`/api/v1/appointments/${otherSchool.admin.appointment.id}`)
    await sweep()
    const moved = await eventually(async () => {
      const seen = await mine(pupil, id)
      return seen.line.desk_level === 'county' && seen
    }, 'the overdue problem to go up')
    assert.equal(moved.events.at(-1).step, 'overdue')
    const risen = await eventually(async () => {
      const seen = await mine(newcomer, left.id)
      return seen.line.desk_level === 'province' && seen
    }, 'the problem of a school without an administrator to go up')
    assert.equal(risen.events.at(-1).step, 'nobody')
    const numbers = await county.get(`/api/v1/problem-statistics?organisation_id=${world.county_id}`)
    assert.ok(numbers.whole.taken_overdue >= 1)
  })

  await t.test('a school that is closed hands its problems to its successor, one that is moved takes them along', async () => {
    const next = await province.post('/api/v1/organisations', { parent_id: world.county_id, kind: 'school', name: '接收小学', school_code: '2132000078', school_kind: 'primary' })
    const head = await officer(server.url, county, next.id, 'school_admin', 'desk.next', '接收校管理员')
    forget()
    const id = await reported(pupil, '学校要合并了')
    const other = await reported(pupil, '县里在处理')
    await acted(school, other, 'escalate')
    const arrived = async organisation => (await province.get(`/api/v1/problem-statistics?organisation_id=${organisation}`)).whole.arrived
    const before = await arrived(world.county_id)
    const { version } = await province.get(`/api/v1/organisations/${world.school_id}`)
    const { people } = await province.get(`/api/v1/organisations/${world.school_id}/closing`)
    await province.post(`/api/v1/organisations/${world.school_id}/close`, { version, successor_id: next.id, people })
    await sweep()
    const moved = await eventually(async () => {
      const seen = await desk(province, id)
      return seen.line.desk_name === '接收小学' && seen
    }, 'the problem to follow the merger')
    assert.equal(moved.events.at(-1).step, 'closed')
    assert.deepEqual([await arrived(world.county_id), await arrived(next.id)], [before, 0], 'what changed hands did not arrive once more')
    assert.ok((await queue(head, next.id, 'here')).includes('学校要合并了'))
    const neighbour = (await province.get(`/api/v1/organisations?query=${encodeURIComponent('鼓楼区')}&kind=county`)).items[0]
    const now = await province.get(`/api/v1/organisations/${next.id}`)
    await province.patch(`/api/v1/organisations/${next.id}`, { version: now.version, parent_id: neighbour.id })
    assert.ok((await queue(head, next.id, 'here')).includes('学校要合并了'))
    assert.ok((await queue(province, neighbour.id, 'below')).includes('学校要合并了'))
    assert.ok(!(await queue(county, world.county_id, 'below')).includes('学校要合并了'))
  })
})
