// Commands on an installation: the first administrator, lists of organisations, and a database restored from a copy.
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Client } from '../support/client.mjs'
import { inEnglishOrder, onPostgres } from '../support/database.mjs'
import { educard, fresh, temporaryFolder } from '../support/server.mjs'

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
  assert.match(run('--confirm').out, /^1 organisations written$/m)
  assert.match(run('--yes').out, /^0 new, 0 changed, 1 unchanged, 1 rejected$/m)
  assert.equal(run('--dry-run', '--yes').status, 2)
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
