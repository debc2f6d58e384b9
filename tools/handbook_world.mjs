// Fills the demonstration province for the pictures of the handbook, over the API: a programme in its third week. What people write is in
// the language of the handbook; names of people and places stay Chinese, as they would.
import { decide, draft, guardianOf, handIn, pupilProfile, register, signInAs } from '../tests/support/accounts.mjs'
import { officer } from '../tests/support/county.mjs'
import { people } from '../tests/support/people.mjs'
import { inDays } from '../tests/support/plan.mjs'
import { draftOf } from '../tests/support/portal.mjs'
import { dryRun, importRoster, rosterOf } from '../tests/support/roster.mjs'
import { officePassword } from '../tests/support/school.mjs'
import { password } from './picture_taking.mjs'

const chinese = {
  language: 'zh_cn',
  campaign: { name: '2026 年秋季学期教育卡认证', text: '请各地于截止日期前完成在校师生的教育卡认证。先培训、再导入名册、后认证；有困难的学校请及时上报。' },
  training: { title: '学校管理员和班主任操作培训', text: '一、导入名册\n二、审核认证申请\n三、常见问题的处理', trainer: '鼓楼区教育信息中心', place: '区教师发展中心三楼报告厅' },
  started: { title: '班主任审核答疑（线上）', text: '请带着问题来。', trainer: '李老师', place: '线上' },
  material: '审核操作手册',
  problems: [
    { kind: 'e_card', title: '换了手机后打不开电子卡', description: '在新手机上登录后，教育卡页面一直在转圈，旧手机已经卖掉了。' },
    { kind: 'roster_data', title: '班里有一名学生的姓名用字和证件不同', description: '名册里写的是“钰”，证件上是“玉”，学生提交后显示不一致。' },
    { kind: 'registration', title: '提示证件号码已有人使用', description: '给孩子注册时提示有其他账户申报了同一证件号码。' },
  ],
  answer: '请在旧手机对应的设备上点“移除”，再在新手机上重新打开教育卡。',
  handUp: '全校有十几名学生遇到同样情况，请区里统一答复。',
  known: { kind: 'sign_in', title: '部分学生晚间登录较慢', text: '晚七点至八点访问集中，登录可能需要等待。正在处理，预计本周内恢复。' },
  question: { title: '孩子转学来本校，怎样办理教育卡？', answer: '教育卡号终身不变，不用重新领卡。\n\n1. 学校先把孩子导入名册。\n2. 家长登录后打开“认证申请”，选择本校和班级，再提交一次。\n3. 班主任审核通过后，原来的卡自动恢复。' },
  welcome: '本周五前请完成教育卡认证，有问题找班主任。',
  contactLine: '025-8300 0001（校办公室）',
  guardian: '林晓梅',
  app: { name: '口算天天练', purpose: '布置和批改口算作业', description: '每天十分钟口算。\n老师布置，系统批改，家长可以看到进步。' },
  library: { name: '区图书馆借阅', purpose: '用教育卡登录并借书', description: '查书目、预约、续借。' },
}
const english = {
  language: 'en',
  campaign: { name: 'Certification in the autumn of 2026', text: 'Please have everybody at school certified by the deadline: first training, then the roster, then certification. Schools in difficulty report early.' },
  training: { title: 'How to import, review and answer: for schools', text: '1. Importing a roster\n2. Reviewing applications\n3. What people ask', trainer: 'The district’s information centre', place: 'Lecture hall, third floor' },
  started: { title: 'Questions about reviewing (online)', text: 'Bring your questions.', trainer: 'Ms Li', place: 'Online' },
  material: 'How to review, step by step',
  problems: [
    { kind: 'e_card', title: 'The e-card does not open on my new phone', description: 'I signed in on the new phone, but the page of the card never loads. The old phone is sold.' },
    { kind: 'roster_data', title: 'A pupil’s name is written differently on the roster', description: 'The roster has 钰, the document has 玉. The application says that they differ.' },
    { kind: 'registration', title: 'Somebody else is said to use the document number', description: 'When I registered my child I read that another account claims the same number.' },
  ],
  answer: 'Press Remove at the old phone under your devices, then open the card on the new one.',
  handUp: 'A dozen pupils have the same. Could the district answer for all schools?',
  known: { kind: 'sign_in', title: 'Signing in is slow in the evening', text: 'Between seven and eight many people sign in at once. We are working on it; it should be over this week.' },
  question: { title: 'My child comes from another school: what about the card?', answer: 'The card number stays for life; no new card is needed.\n\n1. The school adds your child to its roster.\n2. Sign in, open Certification, choose the school and class and hand in once more.\n3. When the class teacher has approved it, the card works again.' },
  welcome: 'Please be certified by Friday; ask your class teacher if something is in the way.',
  contactLine: '025-8300 0001 (school office)',
  guardian: '林晓梅',
  app: { name: 'Ten Minutes of Sums', purpose: 'Setting and correcting homework in mental arithmetic', description: 'Ten minutes a day. Teachers set it, the app corrects it.' },
  library: { name: 'District library', purpose: 'Borrowing books with the card', description: 'Search, reserve and renew.' },
}
export const wordsOf = { 'zh-CN': chinese, en: english }

const year = new Date().getFullYear() - 1

/** A school in that county of which so many of so many pupils are certified. */
async function someSchool(url, province, county, { name, code, seed, pupils, certified }) {
  const school = await province.post('/api/v1/organisations', { parent_id: county, kind: 'school', name, school_code: code, school_kind: 'primary' })
  const room = await province.post('/api/v1/organisations', { parent_id: school.id, kind: 'class', stage: 'primary', entry_year: year, class_number: 1 })
  const list = people(pupils, { seed, from: year - 8, to: year - 7 })
  await importRoster(province, school.id, rosterOf(list, room.display_name ?? room.name, year))
  const teacher = await officer(url, province, room.id, 'class_teacher', `teacher.${seed}`, '周敏')
  for (const [at, person] of list.slice(0, certified).entries()) {
    const account = await register(url, person, `pupil.${seed}.${at}`)
    await decide(teacher, await handIn(account, pupilProfile(person, { id: school.id, class_id: room.id }, year)))
  }
  return { id: school.id, room: room.id }
}

async function campaign({ province, nanjing, gulou }, { city, county }, words) {
  const made = await province.post('/api/v1/campaigns', {
    ...words.campaign, organisation_id: '32', begins_on: inDays(-20), ends_on: inDays(60), concerns: ['student', 'teacher'], school_kinds: [], target_percent: 90, reminder_days: [14, 7, 3, 1],
    phases: [
      { phase: 'training', begins_on: inDays(-20), deadline: inDays(3), later: 'open' },
      { phase: 'roster', begins_on: inDays(-18), deadline: inDays(6), later: 'until', latest: inDays(20) },
      { phase: 'certification', begins_on: inDays(-15), deadline: inDays(30), later: 'until', latest: inDays(45) },
    ],
  })
  await province.post(`/api/v1/campaigns/${made.id}/publish`, { version: made.version })
  await nanjing.put(`/api/v1/campaigns/${made.id}/deadline`, { organisation_id: city, phase: 'certification', deadline: inDays(25), later: 'open', version: 0 })
  await province.post(`/api/v1/campaigns/${made.id}/call`, { organisation_id: '32' })
  await gulou.put(`/api/v1/campaigns/${made.id}/target`, { organisation_id: county, percent: 95, version: 0 })
  return made.id
}

async function training({ gulou, school, teacher }, { county, campaign: campaign_id }, words) {
  const at = minutes => new Date(Date.now() + minutes * 60_000).toISOString()
  const audience = [{ organisation_id: county, role: 'school_admin' }, { organisation_id: county, role: 'class_teacher' }]
  const plan = (about, minutes, more = {}) => gulou.post('/api/v1/training-sessions', { ...about, link: '', begins_at: at(minutes), ends_at: at(minutes + 150), audience, organisation_id: county, campaign_id, ...more })
  const main = await plan(words.training, 3 * 24 * 60, { capacity: 60 })
  const soon = await plan(words.started, 30)
  await gulou.post(`/api/v1/training-sessions/${main.id}/links`, { title: words.material, url: 'https://training.example.com/review.pdf' })
  for (const one of [school, teacher]) {
    await one.post(`/api/v1/training-sessions/${main.id}/sign-up`)
    await one.post(`/api/v1/training-sessions/${soon.id}/sign-up`)
  }
  const { room_code: code } = await gulou.get(`/api/v1/training-sessions/${soon.id}`)
  await teacher.post(`/api/v1/training-sessions/${soon.id}/check-in`, { code })
  return { session: main.id, soon: soon.id }
}

async function desk({ gulou, school, teacher, student }, { county, school: organisation_id }, words) {
  const report = (who, about) => who.post('/api/v1/problems', { ...about, organisation_id }).then(made => made.line.id)
  const act = async (officer, id, verb, body) => officer.post(`/api/v1/desk-problems/${id}/${verb}`, { version: (await officer.get(`/api/v1/desk-problems/${id}`)).version, ...body })
  const [card, name, number] = [await report(student, words.problems[0]), await report(teacher, words.problems[1]), await report(student, words.problems[2])]
  await act(school, card, 'answer', { text: words.answer, solved: false })
  await act(school, number, 'escalate', { text: words.handUp })
  await gulou.post('/api/v1/desk-notices', { ...words.known, organisation_id: county })
  return { card, name, number }
}

async function help({ school }, { school: organisation_id }, words) {
  const made = await school.post('/api/v1/questions', { ...words.question, organisation_id, language: words.language, audience: ['student', 'guardian', 'teacher'], open_to_all: true })
  await school.post(`/api/v1/questions/${made.id}/publish`, { version: made.version, number: made.number })
  return made.id
}

async function contacts({ gulou, school }, { county, school: organisation_id }) {
  await gulou.post('/api/v1/contact-persons', { organisation_id: county, name: '王志强', duty: '信息中心', phone: '025-8300 1234', mail: 'card@gulou.example.cn' })
  await school.post('/api/v1/contact-persons', { organisation_id, name: '李秀兰', duty: '教务处', phone: '025-8300 0001' })
}

/** A list that waits for its confirmation: new pupils, one who is there already, and two rows that cannot be taken. */
async function list({ school }, { school: organisation, room }) {
  const { name, display_name } = await school.get(`/api/v1/organisations/${room}`)
  const fresh = people(6, { seed: 44, from: year - 8, to: year - 7 })
  const wrong = { ...fresh[0], name: '孙小雨', number: fresh[0].number.slice(0, 17) + (fresh[0].number.endsWith('0') ? '1' : '0') }
  const nameless = { ...fresh[5], name: '' }
  return (await dryRun(school, organisation, rosterOf([...fresh.slice(0, 5), wrong, nameless], display_name ?? name, year - 1), { fileName: '学生名册.csv' })).id
}

/** A guardian of the demonstration's pupil, a second one who is invited, and an app that the child asks for. */
async function family(url, { teacher, student }, words) {
  const { card_number } = await student.get('/api/v1/card')
  const invite = (guardian_name, relation, rights) => teacher.post('/api/v1/guardian-invitations', { card_number, guardian_name, relation, rights })
  const { link } = await guardianOf(url, (await invite(words.guardian, 'mother', 'full')).code, 'guardian')
  await invite('赵建国', 'father', 'informed_only')
  return { child: link, spare: (await invite('王桂英', 'grandparent', 'informed_only')).code }
}

async function apps({ province, gulou, teacher }, { county }, words) {
  const about = ({ description, ...own }, category) => draftOf(own.name, { purpose: own.purpose, shown: { description, category, contact: 'help@app.example.com', home_url: 'https://app.example.com/' } })
  const register = async (own, category) => (await gulou.post('/api/v1/apps', { organisation_id: county, authentication: 'client_secret', keys: null, draft: about(own, category) })).app
  const library = await register(words.library, 'reading')
  await gulou.post(`/api/v1/apps/${library.id}/submission`, {})
  await province.post(`/api/v1/apps/${library.id}/review`, { version: (await province.get(`/api/v1/apps/${library.id}`)).version, verdict: 'approved', everywhere: true })
  const sums = await register(words.app, 'learning')
  const { code } = await gulou.post(`/api/v1/apps/${sums.id}/invitations`, { role: 'developer', uses: 1, days: 14 })
  await teacher.post('/api/v1/me/app-memberships', { code })
  return sums.id
}

/** Everything; gives the ids that pages need. */
export async function fill(url, language) {
  const words = wordsOf[language]
  const names = ['province', 'nanjing', 'gulou', 'school', 'teacher', 'student']
  const who = Object.fromEntries(await Promise.all(names.map(async name => [name, await signInAs(url, name, password)])))
  const { province } = who
  const find = async (query, kind) => (await province.get(`/api/v1/organisations?query=${encodeURIComponent(query)}&kind=${kind}`)).items[0].id
  const place = { city: await find('南京市', 'city'), county: await find('鼓楼区', 'county'), school: await find('金陵示范小学', 'school') }
  const xuanwu = await find('玄武区', 'county')
  await someSchool(url, province, xuanwu, { name: '玄武示范小学', code: '2132000011', seed: 41, pupils: 9, certified: 8 })
  const second = await someSchool(url, province, place.county, { name: '鼓楼第二示范小学', code: '2132000012', seed: 42, pupils: 10, certified: 4 })
  const [grown] = people(1, { seed: 43, from: 1984, to: 1986 })
  const newcomer = await register(url, grown, 'newcomer')
  const { id: started } = await draft(newcomer, { name: grown.name, school_id: place.school, appointed_on: '2019-09-01', subjects: ['数学'] }, 'teacher')
  const made = { ...place, second: second.id, room: (await who.teacher.get('/api/v1/me')).roles[0].organisation_id, campaign: await campaign(who, place, words) }
  const { code: invitation } = await who.gulou.post('/api/v1/office-invitations', { organisation_id: place.school, role: 'school_admin', name: grown.name })
  await officer(url, who.gulou, place.county, 'inspector', 'inspector', '督学郑明')
  await who.school.put('/api/v1/settings/welcome', { organisation_id: place.school, value: words.welcome, locked: false })
  await who.school.put('/api/v1/settings/contact_line', { organisation_id: place.school, value: words.contactLine, locked: false })
  await contacts(who, place)
  const waiting = (await who.teacher.get('/api/v1/reviews?state=submitted&limit=100')).items
  const entries = await who.teacher.all(`/api/v1/roster-entries?organisation_id=${made.room}`)
  const spare = (await who.school.get(`/api/v1/organisations/${place.school}/children`)).items.find(one => one.id !== made.room)
  const bulletin = (await who.province.post('/api/v1/bulletins', { organisation_id: '32' })).summary.id
  const { revision } = await who.province.get(`/api/v1/bulletins/${bulletin}`)
  await who.province.post(`/api/v1/bulletins/${bulletin}/publish`, { revision })
  return {
    ...made, words, invitation, bulletin, inspector: officePassword, draft: started, spare: spare.id,
    differs: waiting.find(one => one.roster_match === 'differs').id,
    entry: entries.find(one => one.certification === 'certified').id,
    import: await list(who, made),
    ...(await training(who, made, words)),
    problems: await desk(who, place, words),
    question: await help(who, place, words),
    family: await family(url, who, words),
    app: await apps(who, place, words),
  }
}
