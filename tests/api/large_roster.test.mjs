// A hundred thousand rows, as .csv and as .xlsx, without holding them in memory: what the server allocates while it checks and writes
// them is compared with what it allocates for twenty thousand.
import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { onPostgres, useDatabase } from '../support/database.mjs'
import { nationalId } from '../support/people.mjs'
import { dryRun, importRoster } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, Server, temporaryFolder } from '../support/server.mjs'
import { workbook } from '../support/xlsx.mjs'

const [few, many] = [20_000, 100_000]
const thorough = Number(process.env.EDUCARD_TEST_ROUNDS ?? 1) > 1
const year = new Date().getFullYear()
// What the address sanitizer keeps back to find late uses would hide how much the program holds.
const env = { EDUCARD_LIMIT_NETWORKS: 'false', ASAN_OPTIONS: [process.env.ASAN_OPTIONS, 'quarantine_size_mb=4', 'thread_local_quarantine_size_kb=64'].filter(Boolean).join(':') }

const headings = ['姓名', '性别', '身份证件号码', '班级', '入学年份', '监护人姓名', '监护人关系', '监护人电话']
// A program that kept the rows would hold at least a string object (32 octets) for every cell of them, and the longer texts beside. The
// address sanitizer adds its red zones to each allocation: to those of such a program, and to ours.
const redZones = pid => (Number(/VmSize:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) > 1e9 ? 1.5 : 1)
const boundOf = pid => (many - few) * headings.length * 32 * redZones(pid)

/** Everyone another person: the birth day and the sequence run through, of one division for each list. */
function rowsOf(count, division, className) {
  const rows = [headings]
  for (let at = 0; at < count; ++at) {
    const birth = new Date(Date.UTC(2016, 8, 1) + Math.floor(at / 900) * 86400_000).toISOString().slice(0, 10)
    rows.push([`学生${[...'甲乙丙丁戊己庚辛壬癸'][at % 10]}`, at % 2 ? '男' : '女', nationalId(division, birth, at % 900), className, String(year - 1), `王${String.fromCodePoint(0x4e00 + (at % 300), 0x4e00 + Math.floor(at / 300))}`, '母亲', `138${String(at).padStart(8, '0')}`])
  }
  return rows
}

/** Watches what the process allocates (pages that it maps of the database file are the system's to drop); gives the growth. */
function watched(pid) {
  const held = () => 1024 * Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])
  const before = held()
  let most = before
  const timer = setInterval(() => (most = Math.max(most, held())), 20)
  return () => {
    clearInterval(timer)
    return Math.max(most, held()) - before
  }
}

/** A server whose database keeps few pages, for what it keeps up to its limit is not the list's. */
async function smallServer(t) {
  const data = temporaryFolder()
  t.after(() => rmSync(data, { recursive: true, force: true }))
  if (!onPostgres) useDatabase(data, `sqlite:${join(data, 'educard.db')}?cache_mb=4`)
  const migrated = educard(data, ['migrate'])
  assert.equal(migrated.status, 0, migrated.err)
  const server = await new Server(data, { env }).start()
  t.after(() => server.stop())
  return server
}

const formats = {
  csv: rows => Buffer.from(rows.map(row => row.join(',')).join('\r\n')),
  xlsx: workbook,
}

for (const [format, write] of Object.entries(formats)) {
  test(`memory does not grow with the rows of a .${format}`, { timeout: 600_000, skip: format === 'xlsx' && !thorough && 'in the thorough run' }, async t => {
    const growth = {}
    let bound
    for (const count of [few, many]) {
      const server = await smallServer(t)
      const school = await smallSchool(server)
      await importRoster(school.admin, school.id, write(rowsOf(500, '320102', school.class_name)), { fileName: `warm.${format}` })
      const list = write(rowsOf(count, '320106', school.class_name))
      const grown = watched(server.child.pid)
      const done = await importRoster(school.admin, school.id, list, { fileName: `list.${format}` })
      growth[count] = grown()
      bound = boundOf(server.child.pid)
      assert.deepEqual([done.counts.rows, done.counts.fresh, done.counts.rejected, done.applied], [count, count, 0, count])
      if (count === few) {
        const again = await dryRun(school.admin, school.id, list, { fileName: `again.${format}` })
        assert.deepEqual([again.counts.fresh, again.counts.changed, again.counts.unchanged], [0, 0, count])
      }
      await server.stop()
    }
    const said = `${(growth[few] / 1e6).toFixed(1)} MB for ${few} rows, ${(growth[many] / 1e6).toFixed(1)} MB for ${many}`
    t.diagnostic(said)
    assert.ok(growth[many] - growth[few] < bound, `memory grows with the rows: ${said}; a row's cells alone would be ${(bound / 1e6).toFixed(1)} MB more`)
  })
}
