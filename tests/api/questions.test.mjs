// Questions and answers: who edits and who reads what, versions, what people find with the words they type, and what they say of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from '../support/client.mjs'
import { certified } from '../support/desk.mjs'
import { fresh } from '../support/server.mjs'

const faultOf = ({ status, body }) => [status, body.code, ...(body.errors ?? []).map(error => `${error.path} ${error.code}`)].join(', ')
const everybody = ['student', 'guardian', 'teacher', 'staff', 'administrator']

test('questions and answers', { timeout: 480_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const world = await certified(server)
  const { province, county, school, otherSchool, pupil, teacher, newcomer } = world
  const visitor = new Client(server.url)
  const write = (editor, organisation_id, title, answer, more = {}) => editor.post('/api/v1/questions', { organisation_id, language: 'zh_cn', title, answer, audience: everybody, open_to_all: false, ...more })
  const publish = (editor, draft) => editor.post(`/api/v1/questions/${draft.id}/publish`, { version: draft.version, number: draft.number })
  const published = async (editor, ...what) => publish(editor, await write(editor, ...what))
  const search = (client, query, more = '') => client.get(`/api/v1/answers?query=${encodeURIComponent(query)}${more}`)
  const titles = async (client, query, more) => (await search(client, query, more)).items.map(one => one.title)

  await t.test('what is written is checked, by field', async () => {
    const wrong = await school.call('POST', '/api/v1/questions', { organisation_id: world.school_id, language: 'zh_cn', title: ' ', answer: '', audience: [], open_to_all: false, valid_from: '2026-09-01', valid_to: '2026-09-01' })
    assert.equal(faultOf(wrong), '422, input.invalid, title required, answer required, audience required, valid_to questions.ends_too_early')
    assert.equal(faultOf(await school.call('POST', '/api/v1/questions', { organisation_id: world.class_id, language: 'zh_cn', title: '问', answer: '答', audience: ['student'], open_to_all: false })), '422, input.invalid, organisation_id questions.no_owner')
    await school.refused(403, 'POST', '/api/v1/questions', { organisation_id: world.county_id, language: 'zh_cn', title: '问', answer: '答', audience: ['student'], open_to_all: false }, 'scope.outside')
    await pupil.refused(403, 'GET', `/api/v1/questions?organisation_id=${world.school_id}`)
  })

  await t.test('a draft is read by its editors only, what is published by whom it is meant for, and nothing once withdrawn', async () => {
    const draft = await write(school, world.school_id, '本校怎样领取实体卡？', '由班主任统一发放。', { audience: ['student'] })
    await pupil.refused(404, 'GET', `/api/v1/answers/${draft.id}`, undefined, 'questions.unknown')
    assert.deepEqual(await titles(pupil, '实体卡'), [])
    const live = await publish(school, draft)
    assert.equal(live.state, 'published')
    assert.deepEqual(await titles(pupil, '实体卡'), ['本校怎样领取实体卡？'])
    assert.equal((await pupil.get(`/api/v1/answers/${draft.id}`)).answer, '由班主任统一发放。')
    for (const other of [teacher, otherSchool.pupil, newcomer, visitor]) {
      await other.refused(404, 'GET', `/api/v1/answers/${draft.id}`, undefined, 'questions.unknown')
      assert.deepEqual(await titles(other, '实体卡'), [])
    }
    assert.equal((await county.get(`/api/v1/questions/${draft.id}`)).title, draft.title, 'the county looks into its schools')
    await otherSchool.admin.refused(404, 'GET', `/api/v1/questions/${draft.id}`, undefined, 'questions.unknown')
    const gone = await school.post(`/api/v1/questions/${draft.id}/withdraw`, { version: live.version })
    assert.equal(gone.state, 'withdrawn')
    assert.deepEqual(await titles(pupil, '实体卡'), [])
    await pupil.refused(404, 'GET', `/api/v1/answers/${draft.id}`)
  })

  await t.test('a change is a version of its own; what is read stays until it is published', async () => {
    const first = await published(county, world.county_id, '转学以后卡号会变吗？', '不会。\n卡号终身不变。')
    const change = { version: first.version, title: '转学后教育卡号会变吗？', answer: '不会，卡号终身不变。', audience: everybody, open_to_all: false, note: '说得更短' }
    const second = await county.put(`/api/v1/questions/${first.id}`, change)
    assert.deepEqual([second.number, second.published_number, second.state], [2, 1, 'published'])
    assert.equal((await pupil.get(`/api/v1/answers/${first.id}`)).title, '转学以后卡号会变吗？')
    await county.refused(409, 'PUT', `/api/v1/questions/${first.id}`, change, 'questions.changed_meanwhile')
    await publish(county, second)
    assert.equal((await pupil.get(`/api/v1/answers/${first.id}`)).title, '转学后教育卡号会变吗？')
    assert.deepEqual(await titles(pupil, '转学以后'), [], 'the old words find nothing')
    const versions = await county.get(`/api/v1/questions/${first.id}/versions`)
    assert.deepEqual(versions.map(one => [one.number, one.note, one.by]), [[2, '说得更短', '县管理员'], [1, '', '县管理员']])
    const back = await county.post(`/api/v1/questions/${first.id}/publish`, { version: (await county.get(`/api/v1/questions/${first.id}`)).version, number: 1 })
    assert.equal(back.published_number, 1)
    assert.equal((await pupil.get(`/api/v1/answers/${first.id}`)).title, '转学以后卡号会变吗？')
    const at_once = await Promise.all(['甲', '乙', '丙'].map(title => county.call('PUT', `/api/v1/questions/${first.id}`, { ...change, version: back.version, title })))
    assert.deepEqual(at_once.map(one => one.status).toSorted(), [200, 409, 409])
  })

  await t.test('the words that people type find it, on every engine alike', async () => {
    const texts = [
      ['怎样注册教育卡账户？', '打开教育卡APP，点击“注册”，输入身份证件号码。'],
      ['收不到验证码怎么办', '请检查手机号。短信验证码五分钟内有效。'],
      ['名字里有生僻字𠮷或䶮，无法提交', '系统支持生僻字，请直接输入。'],
      ['審核要多久', '班主任一般在三天內審核。'],
      ['教育卡与就餐', '食堂就餐刷卡即可，注册时无需充值。'],
      ['How to sign in on a new phone', 'Open the App and enter your card number.'],
    ]
    for (const [title, answer] of texts) await published(province, world.province_id, title, answer, { open_to_all: true })
    const found = {
      注册: ['怎样注册教育卡账户？', '教育卡与就餐'],
      教育卡: ['教育卡与就餐', '怎样注册教育卡账户？'],
      教育卡app: ['怎样注册教育卡账户？'],
      '教育卡ＡＰＰ 注册': ['怎样注册教育卡账户？'],
      验证码: ['收不到验证码怎么办'],
      短信: ['收不到验证码怎么办'],
      码: ['收不到验证码怎么办', '怎样注册教育卡账户？'],
      𠮷: ['名字里有生僻字𠮷或䶮，无法提交'],
      䶮: ['名字里有生僻字𠮷或䶮，无法提交'],
      生僻字: ['名字里有生僻字𠮷或䶮，无法提交'],
      審核: ['審核要多久'],
      审核: [],
      app: ['How to sign in on a new phone', '怎样注册教育卡账户？'],
      'SIGN IN': ['How to sign in on a new phone'],
      '注册”，': ['怎样注册教育卡账户？', '教育卡与就餐'],
      '？？': [],
      '"注册" OR *': [],
      '"注册"*': ['怎样注册教育卡账户？', '教育卡与就餐'],
    }
    for (const [query, expected] of Object.entries(found)) {
      const { items, exact } = await search(visitor, query)
      const hits = items.map(one => one.title)
      if (exact) assert.deepEqual(hits.toSorted(), expected.toSorted(), query)
      else assert.deepEqual([query, hits], [query, expected], query)
    }
    const sentence = await search(visitor, '我的手机收不到短信验证码了')
    assert.equal(sentence.exact, false)
    assert.equal(sentence.items[0].title, '收不到验证码怎么办', 'a whole sentence finds what has most of it')
    assert.ok(sentence.marks.includes('验证'))
    const { items, marks } = await search(visitor, '身份证件')
    assert.deepEqual(marks, ['身份证件'])
    assert.match(items[0].excerpt, /身份证件号码/)
    assert.equal((await titles(visitor, '注册'))[0], '怎样注册教育卡账户？', 'the title comes before the text')
  })

  await t.test('what helped comes first; once for each person, and they may change their mind', async () => {
    const [one, other] = [await published(province, world.province_id, '挂失方法甲', '联系班主任。', { open_to_all: true }), await published(province, world.province_id, '挂失方法乙', '在我的卡里挂失。', { open_to_all: true })]
    assert.deepEqual(await titles(visitor, '挂失方法'), ['挂失方法乙', '挂失方法甲'], 'the newest')
    const say = (client, question, body) => client.put(`/api/v1/answers/${question.id}/feedback`, body)
    await Promise.all([say(pupil, one, { helpful: true }), say(pupil, one, { helpful: true }), say(teacher, one, { helpful: true })])
    assert.equal((await visitor.get(`/api/v1/answers/${one.id}`)).helpful, 2)
    assert.deepEqual(await titles(visitor, '挂失方法'), ['挂失方法甲', '挂失方法乙'])
    assert.deepEqual((await visitor.get('/api/v1/answers?limit=1')).items.map(item => item.title), ['挂失方法甲'], 'without a question: most helpful first')
    assert.equal(faultOf(await pupil.call('PUT', `/api/v1/answers/${one.id}/feedback`, { helpful: false })), '422, input.invalid, reason required')
    const turned = await say(pupil, one, { helpful: false, reason: 'outdated', comment: '现在不是这样，我的证件号 11010519491231002X' })
    assert.deepEqual([turned.helpful, turned.mine], [1, false])
    await visitor.refused(401, 'PUT', `/api/v1/answers/${one.id}/feedback`, { helpful: true })
    const complaints = await province.get(`/api/v1/questions/${one.id}/complaints`)
    assert.deepEqual(complaints.map(({ reason, comment }) => [reason, comment]), [['outdated', '现在不是这样，我的证件号 ******************']])
    const line = (await province.get(`/api/v1/questions?organisation_id=${world.province_id}&query=${encodeURIComponent('挂失方法甲')}`)).items[0]
    assert.deepEqual([line.helpful, line.unhelpful], [1, 1])
    assert.equal((await visitor.get(`/api/v1/answers/${other.id}`)).helpful, 0)
  })

  await t.test('by role, by place and by the day', async () => {
    await published(county, world.county_id, '教师培训安排', '每周三。', { audience: ['teacher'] })
    assert.deepEqual(await titles(teacher, '教师培训'), ['教师培训安排'])
    assert.deepEqual(await titles(pupil, '教师培训'), [])
    assert.deepEqual(await titles(otherSchool.pupil, '教师培训'), [])
    await published(province, world.province_id, '监护人须知', '给监护人。', { audience: ['guardian'], open_to_all: true })
    assert.deepEqual(await titles(visitor, '监护人', '&audience=guardian'), ['监护人须知'])
    assert.deepEqual(await titles(visitor, '监护人须知', '&audience=student'), [])
    await published(province, world.province_id, '明年才开始', '先不显示。', { open_to_all: true, valid_from: '2999-01-01' })
    await published(province, world.province_id, '去年的规定', '不再适用。', { open_to_all: true, valid_to: '2020-01-01' })
    assert.deepEqual(await titles(visitor, '明年才开始'), [])
    assert.deepEqual(await titles(visitor, '去年的规定'), [])
  })

  await t.test('editors find theirs, page by page', async () => {
    const all = await province.all(`/api/v1/questions?organisation_id=${world.province_id}&limit=3`)
    assert.ok(all.length >= 10 && new Set(all.map(one => one.id)).size === all.length)
    assert.ok(all.every(one => one.organisation_id === world.province_id))
    const below = await province.all(`/api/v1/questions?organisation_id=${world.province_id}&below=true&limit=200`)
    assert.ok(below.length > all.length)
    assert.deepEqual((await school.all(`/api/v1/questions?organisation_id=${world.school_id}&state=withdrawn`)).map(one => one.title), ['本校怎样领取实体卡？'])
    await school.refused(403, 'GET', `/api/v1/questions?organisation_id=${world.province_id}`, undefined, 'scope.outside')
  })
})
