// What the power does: kill -9 at random moments, a full disk, a copy made while everybody writes. Nothing that was acknowledged is lost,
// nothing is doubled or half done. EDUCARD_TEST_ROUNDS sets how often each kill happens, EDUCARD_TEST_SEED the moments.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { Client, eventually } from '../support/client.mjs'
import { onPostgres } from '../support/database.mjs'
import { people, random } from '../support/people.mjs'
import { dryRun, rosterOf, settled } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { binary, educard, fresh, Server, temporaryFolder } from '../support/server.mjs'

const rounds = Number(process.env.EDUCARD_TEST_ROUNDS ?? 1)
const patience_ms = 120_000 + rounds * 120_000
const seed = Number(process.env.EDUCARD_TEST_SEED ?? Date.now() % 100_000)
const env = { EDUCARD_LIMIT_NETWORKS: 'false' }
const year = new Date().getFullYear() - 1

/** The same caller after a restart, which gives the server another port. */
const again = (server, client) => Object.assign(new Client(server.url, client.token), { account_id: client.account_id, user_name: client.user_name })

async function killAndStart(server) {
  await server.kill()
  await server.start()
}

const pause = ms => new Promise(done => setTimeout(done, ms))

async function assertWell(server) {
  await server.stop()
  const doctor = educard(server.data, ['doctor'])
  assert.equal(doctor.status, 0, doctor.out + doctor.err)
  await server.start()
}

async function countsOf(server, school) {
  return (await again(server, school.admin).get(`/api/v1/progress?organisation_id=${school.id}`)).organisation.counts
}

/** Pupils who are registered and have handed in, ready to be approved. */
async function waitingPupils(server, school, children, prefix) {
  const list = []
  const queue = [...children.entries()]
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const account = await register(server.url, next[1], `${prefix}${next[0]}`)
      list.push({ account, application: await handIn(account, pupilProfile(next[1], school)) })
    }
  }))
  return list
}

test(`kill -9 while a roster is imported (seed ${seed})`, { timeout: patience_ms }, async t => {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const next = random(seed)
  const size = 3000
  let expected = 0
  const seen = new Set()
  for (let round = 0; round < rounds; ++round) {
    const drawn = people(size, { seed: round + 1, from: 2016, to: 2017, division: ['320102', '320104', '320105', '320106', '320111'][round % 5] })
    const children = drawn.filter(child => !seen.has(child.number)) // of an earlier round, by chance
    const numbers = new Set(children.map(child => child.number))
    numbers.forEach(number => seen.add(number))
    const file = rosterOf(children, school.class_name, year)
    const unique = numbers.size

    const path = `/api/v1/roster-imports?organisation_id=${school.id}&kind=student&file_name=crash.csv`
    const { id } = await again(server, school.admin).post(path, new TextEncoder().encode(file))
    await pause(next() * 700)
    await killAndStart(server)
    const ready = await settled(again(server, school.admin), id, ['ready'])
    assert.deepEqual([ready.counts.rows, ready.counts.fresh], [children.length, unique], `dry run after a crash, seed ${seed} round ${round}`)

    await again(server, school.admin).post(`/api/v1/roster-imports/${id}/confirm`, { create_classes: true, mark_missing_left: false })
    await pause(next() * 700)
    await killAndStart(server)
    const done = await settled(again(server, school.admin), id, ['done'])
    expected += unique
    assert.equal(done.applied, unique, `applied, seed ${seed} round ${round}`)
    assert.equal((await countsOf(server, school)).not_begun, expected, `entries, seed ${seed} round ${round}`)

    const twice = await dryRun(again(server, school.admin), school.id, file)
    assert.deepEqual([twice.counts.fresh, twice.counts.changed, twice.counts.unchanged], [0, 0, unique], `the same file again, seed ${seed} round ${round}`)
  }
  await assertWell(server)
})

test(`kill -9 while eight connections approve (seed ${seed})`, { timeout: patience_ms }, async t => {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const next = random(seed + 1)
  const cards = new Set()
  for (let round = 0; round < rounds; ++round) {
    const children = people(24, { seed: 50 + round, from: 2016, to: 2017 })
    const ready = await dryRun(again(server, school.admin), school.id, rosterOf(children, school.class_name, year))
    await again(server, school.admin).post(`/api/v1/roster-imports/${ready.id}/confirm`, { create_classes: true, mark_missing_left: false })
    await settled(again(server, school.admin), ready.id, ['done'])
    const before = await countsOf(server, school)
    const pupils = await waitingPupils(server, school, children, `pupil${round}x`)
    const teacher = again(server, school.teacher)

    const acknowledged = new Set()
    const moment = 1 + Math.floor(next() * 18)
    const queue = [...pupils]
    let killed
    await Promise.all(Array.from({ length: 8 }, async () => {
      for (let pupil = queue.shift(); pupil && !killed; pupil = queue.shift()) {
        const answer = await decide(teacher, pupil.application).catch(() => undefined)
        if (answer) assert.equal(answer.status, 200, JSON.stringify(answer.body))
        if (answer) acknowledged.add(pupil.application.id)
        if (acknowledged.size >= moment) killed ??= server.kill()
      }
    }))
    await killed
    await server.start()

    let approved = 0
    for (const { account, application } of pupils) {
      const now = await again(server, account).get(`/api/v1/applications/${application.id}`)
      const card = await again(server, account).call('GET', '/api/v1/card')
      const what = `application ${application.id}, seed ${seed} round ${round}`
      assert.ok(!acknowledged.has(application.id) || now.state === 'approved', `${what} was acknowledged`)
      assert.ok(['submitted', 'approved'].includes(now.state), what)
      assert.equal(card.status, now.state === 'approved' ? 200 : 404, `${what}: a card exactly when approved`)
      approved += now.state === 'approved' ? 1 : 0
    }
    const counts = await countsOf(server, school)
    assert.deepEqual([counts.certified - before.certified, counts.in_review], [approved, pupils.length - approved])

    const after = await Promise.all(pupils.map(({ application }) => decide(again(server, school.teacher), application)))
    assert.ok(after.every(({ status, body }) => status === 200 || body.code === 'applications.already_decided'), JSON.stringify(after.map(({ body }) => body.code)))
    assert.equal(after.filter(({ status }) => status === 200).length, pupils.length - approved)
    for (const { account } of pupils) cards.add((await again(server, account).get('/api/v1/card')).card_number)
  }
  assert.equal(cards.size, 24 * rounds, 'every card number is another')
  await assertWell(server)
})

test('a full disk refuses what it cannot keep, and goes on when there is room', { timeout: 120_000, skip: (onPostgres && 'the database is on the disk of another server') || (process.getuid() !== 0 && 'needs root to mount a small disk') }, async t => {
  const disk = temporaryFolder('educard-disk-')
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'educard-test', disk], { stdio: 'ignore' })
  } catch {
    rmSync(disk, { recursive: true })
    return t.skip('this machine does not let us mount')
  }
  t.after(() => {
    execFileSync('umount', ['-l', disk])
    rmSync(disk, { recursive: true })
  })
  const data = join(disk, 'data')
  mkdirSync(data)
  assert.equal(educard(data, ['migrate']).status, 0)
  const server = await new Server(data, { env }).start()
  t.after(() => server.stop())
  const school = await smallSchool(server)
  const [child] = people(1, { seed: 77, from: 2016, to: 2016 })
  const [pupil] = await waitingPupils(server, school, [child], 'pupil.disk')

  const filler = join(disk, 'filler')
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'], { stdio: 'ignore' })
  } catch {
    // dd ends with 1 when the disk is full, which is what is wanted
  }
  const before = await school.admin.get(`/api/v1/applications`)
  let refused
  for (let tries = 0; tries < 3000 && !refused; ++tries) {
    const answer = await school.admin.call('PATCH', '/api/v1/me', { language: tries % 2 ? 'en' : 'zh_cn' })
    if (answer.status !== 200) refused = answer
  }
  assert.ok(refused, 'the disk was filled')
  assert.equal(refused.status, 503, JSON.stringify(refused.body))
  assert.equal(refused.body.code, 'sql.disk_full')
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  assert.equal((await fetch(server.url + '/readyz')).status, 503)
  assert.equal((await fetch(server.url + '/healthz')).status, 200)

  const approval = await decide(school.teacher, pupil.application)
  if (approval.status !== 200) assert.deepEqual([approval.status, approval.body.code], [503, 'sql.disk_full'])
  assert.deepEqual(await school.admin.get('/api/v1/applications'), before, 'reading goes on')
  const seen = await pupil.account.get(`/api/v1/applications/${pupil.application.id}`)
  assert.equal(seen.state, approval.status === 200 ? 'approved' : 'submitted', 'nothing half done')
  assert.equal((await pupil.account.call('GET', '/api/v1/card')).status, approval.status === 200 ? 200 : 404)
  const upload = await school.admin.call('POST', `/api/v1/roster-imports?organisation_id=${school.id}&kind=student&file_name=a.csv`, new TextEncoder().encode(rosterOf(people(2000), school.class_name, year)))
  assert.equal(upload.status, 503, JSON.stringify(upload.body))
  assert.ok(['roster.no_space', 'sql.disk_full', 'http.no_space'].includes(upload.body.code), JSON.stringify(upload.body))
  assert.equal((await school.admin.get(`/api/v1/roster-imports?organisation_id=${school.id}`)).items.length, 0)

  rmSync(filler)
  const later = await eventually(async () => {
    const answer = await decide(school.teacher, pupil.application)
    return (answer.status === 200 || answer.body.code === 'applications.already_decided') && answer
  }, 'the server to go on after room was made', 60)
  assert.ok(later)
  assert.equal((await fetch(server.url + '/readyz')).status, 200)
  assert.equal((await pupil.account.get('/api/v1/card')).card_number.length, 16)
  await server.stop()
  const doctor = educard(data, ['doctor'])
  assert.ok(!/counts of|block \d+:/.test(doctor.out) && /database +well/.test(doctor.out), doctor.out + doctor.err)
})

test('a backup made while everybody writes is whole, and serves', { skip: onPostgres && 'restored with pg_restore', timeout: 120_000 }, async t => {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const children = people(12, { seed: 90, from: 2016, to: 2017 })
  const pupils = await waitingPupils(server, school, children, 'pupil.backup')
  const first = pupils.splice(0, 4)
  for (const { application } of first) assert.equal((await decide(school.teacher, application)).status, 200)

  let writing = true
  const writers = Array.from({ length: 4 }, async (_, at) => {
    for (let count = 0; writing; ++count) {
      await school.admin.patch('/api/v1/me', { language: count % 2 ? 'en' : 'zh_cn' })
      if (at === 0 && pupils.length && count % 3 === 0) assert.equal((await decide(school.teacher, pupils.shift().application)).status, 200)
    }
  })
  const copy = temporaryFolder('educard-copy-')
  t.after(() => rmSync(copy, { recursive: true, force: true }))
  const child = spawn(binary, ['backup', join(copy, 'educard.db'), '--data', server.data])
  const code = await new Promise(done => child.once('exit', done))
  writing = false
  await Promise.all(writers)
  assert.equal(code, 0)

  copyFileSync(join(server.data, 'keys.json'), join(copy, 'keys.json'))
  execFileSync('chmod', ['600', join(copy, 'keys.json')])
  const doctor = educard(copy, ['doctor'])
  assert.equal(doctor.status, 0, doctor.out + doctor.err)
  const restored = await new Server(copy, { env }).start()
  t.after(() => restored.stop())
  for (const { account } of first) {
    const mine = await again(restored, account).get('/api/v1/card')
    assert.equal(mine.card_number, (await account.get('/api/v1/card')).card_number)
  }
})
