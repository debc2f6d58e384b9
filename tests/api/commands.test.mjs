// Commands on an installation: the first administrator, lists of organisations, and a database restored from a copy.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { register } from '../support/accounts.mjs'
import { Client } from '../support/client.mjs'
import { inEnglishOrder, onPostgres } from '../support/database.mjs'
import { educard, fresh, root, temporaryFolder } from '../support/server.mjs'

function folder(t) {
  const data = temporaryFolder()
  t.after(() => rmSync(data, { recursive: true, force: true }))
  return data
}

test('an administrator is made once, and the second time is told so', t => {
  const data = folder(t)
  const create = user => educard(data, ['admin', 'create', '--user-name', user, '--name', '陈厅长', '--password-stdin'], 'four tall pagodas\n')
  assert.equal(create('province').status, 0)
  const again = create('Province')
  assert.equal(again.status, 1)
  assert.match(again.err, /province is an administrator of the province already; nothing was changed/)
})

test('lists of schools are judged, then written, and change nothing the second time', t => {
  const data = folder(t)
  const list = join(data, 'schools.csv')
  writeFileSync(list, '上级机构,学校名称,学校标识码,办学类型\n鼓楼区,望月小学,2132000001,211\n鼓楼区,坏小学,1,211\n')
  const run = (...flags) => educard(data, ['import', 'organisations', list, '--organisation', '320106', ...flags])
  const dry = run('--dry-run')
  assert.equal(dry.status, 0, dry.err)
  assert.match(dry.out, /^1 new, 0 changed, 0 unchanged, 1 rejected$/m)
  assert.match(dry.out, /line 3: school_code: /)
  assert.match(run('--confirm').out, /^1 organisation written$/m)
  assert.match(run('--yes').out, /^0 new, 0 changed, 1 unchanged, 1 rejected$/m)
  assert.equal(run('--dry-run', '--yes').status, 2)
})

test('a list of which nothing can be used fails, and says what to change', t => {
  const data = folder(t)
  const file = join(data, 'schools.csv')
  const run = (text, ...flags) => {
    writeFileSync(file, text)
    return educard(data, ['import', 'organisations', file, '--dry-run', ...flags])
  }
  const ambiguous = run('学校标识码,学校名称,办学类型,主管局,上级机构\n2132000001,望月小学,211,x,鼓楼区\n')
  assert.equal(ambiguous.status, 1, ambiguous.out)
  assert.match(ambiguous.out, /line 2: parent: Several organisations have this name.*division code/)
  assert.match(ambiguous.out, /column not used: 主管局/)
  for (const parent of ['320106', '南京市鼓楼区', '江苏省/南京市/鼓楼区', '南京市 鼓楼区']) {
    const dry = run(`学校标识码,学校名称,办学类型,上级机构\n2132000001,望月小学,211,${parent}\n`)
    assert.equal(dry.status, 0, parent + dry.out + dry.err)
    assert.match(dry.out, /^1 new/m)
  }
  assert.match(run('学校标识码,学校名称,办学类型,上级机构\n2132000001,望月小学,211,江苏省\n').out, /parent: A school cannot stand directly below the province/)
  const headings = run('单位编号,单位名字,类型\n2132000001,望月小学,211\n')
  assert.equal(headings.status, 1)
  assert.match(headings.err, /Found: 单位编号、单位名字、类型\. .*学校标识码 = .*学校代码.*; 学校名称 = /)
  assert.match(run('学校标识码,年级\n2132000001,三年级\n', '--kind', 'classes').err, /needs 班级\. Found: 学校标识码、年级/)
})

test('the help and the page on operations name every heading and the exit status', t => {
  const { out, status } = educard(folder(t), ['import', 'organisations', '--help'])
  assert.equal(status, 0)
  assert.match(out, /Exit status: 0 .* 1 nothing could/)
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8')
  const headings = ['schools', 'classes'].flatMap(kind => out.match(new RegExp(`${kind}: (学校标识码.*)`))[1].split(/ = |; /))
  assert.ok(headings.length > 20)
  for (const heading of headings) assert.ok(page.includes(heading), heading)
})

test('doctor tells of a restored copy, and of a mark that is not there', t => {
  const data = folder(t)
  assert.equal(educard(data, ['migrate']).status, 0)
  const mark = join(data, 'keys.json.serials')
  const doctor = () => educard(data, ['doctor'])
  assert.equal(educard(data, ['keys', 'list']).status, 0)
  const whole = doctor()
  assert.match(whole.out, /^serials +well$/m, whole.out + whole.err)
  writeFileSync(mark, 'educard serials 1\ncard 3000\nstatus 0\n')
  assert.match(doctor().out, /card: the database is a copy; 3000 that were handed out after it are left out/)
  assert.equal(doctor().status, 0)
  rmSync(mark)
  assert.match(doctor().out, /card: no mark of those handed out; 100000000 are left out to be safe/)
  writeFileSync(mark, 'nonsense')
  assert.equal(doctor().status, 1)
})

test('a data folder is served once at a time', async t => {
  const server = await fresh(t)
  const second = educard(server.data, ['serve', '--port', '0'])
  assert.equal(second.status, 1)
  assert.match(second.err, /Another server is serving/)
  assert.equal((await new Client(server.url).call('GET', '/healthz')).status, 200)
})

test('a database that orders text by a language is refused', { skip: !onPostgres && 'the embedded engine has one order' }, t => {
  const refused = educard(folder(t), ['migrate', '--database', inEnglishOrder(t)])
  assert.equal(refused.status, 1)
  assert.match(refused.err, /order text by code.*CREATE DATABASE/)
})

test('the demonstration names somebody to register until they have an account', { timeout: 120_000 }, async t => {
  const server = await fresh(t, { before: [['demo']] })
  const printed = async () => {
    while (!/^  student /m.test(server.stdout)) await once(server.child.stdout, 'data')
    return /^注册试用 To try registration: (\S+) (\d{17}[\dX])$/m.exec(server.stdout)
  }
  const [, name, number] = await printed()
  const birth = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  await register(server.url, { name, number, birth, guardian: '张大', phone: '13800000001' }, 'newcomer')
  await server.stop()
  await server.start()
  assert.equal(await printed(), null)
})
