// kill -9 while organisations are imported, and in the middle of the commands that write: backup, key rotation, migration. Each is
// whole or did not happen, and works when it is asked for again. EDUCARD_TEST_ROUNDS and EDUCARD_TEST_SEED as in crash.test.mjs.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decide, handIn, pupilProfile, register } from '../support/accounts.mjs'
import { enrolled, present } from '../support/card.mjs'
import { Client } from '../support/client.mjs'
import { databaseEnvironment, onPostgres } from '../support/database.mjs'
import { people, random } from '../support/people.mjs'
import { smallSchool } from '../support/school.mjs'
import { binary, educard, fresh, Server, temporaryFolder } from '../support/server.mjs'

const rounds = Number(process.env.EDUCARD_TEST_ROUNDS ?? 1)
const patience_ms = 120_000 + rounds * 120_000
const seed = Number(process.env.EDUCARD_TEST_SEED ?? Date.now() % 100_000)
const env = { EDUCARD_LIMIT_NETWORKS: 'false' }

function folder(t) {
  const path = temporaryFolder('educard-crash-')
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Runs a command and kills it after so long; gives whether it had ended by itself, and well. */
async function killed(data, args, after_ms) {
  const child = spawn(binary, [...args, '--data', data], { stdio: 'ignore', env: { ...process.env, ...databaseEnvironment(data) } })
  const ended = new Promise(done => child.once('exit', (code, signal) => done({ code, signal })))
  const timer = setTimeout(() => child.kill('SIGKILL'), after_ms)
  const { code, signal } = await ended
  clearTimeout(timer)
  assert.ok(signal === 'SIGKILL' || code === 0, `${args.join(' ')} ended with ${code ?? signal}`)
  return signal === null
}

/** How long the command takes when nobody kills it. */
function timed(data, args) {
  const started = performance.now()
  const done = educard(data, args)
  assert.equal(done.status, 0, done.out + done.err)
  return performance.now() - started
}

function assertWell(data) {
  const doctor = educard(data, ['doctor'])
  assert.equal(doctor.status, 0, doctor.out + doctor.err)
}

test(`kill -9 while organisations are imported (seed ${seed})`, { timeout: patience_ms }, async t => {
  const server = await fresh(t, { env })
  const { admin } = await smallSchool(server)
  const now = () => new Client(server.url, admin.token)
  const county = (await admin.get(`/api/v1/organisations?query=${encodeURIComponent('六合区')}&kind=county`)).items[0]
  const next = random(seed)
  const size = 1500
  const list = round => ['学校名称,学校标识码,办学类型', ...Array.from({ length: size }, (_, at) => `六合区第${at + 1}小学${'甲乙丙丁戊己庚辛壬癸'[round % 10]},${2132000000 + 100_000 + round * 2000 + at},211`)].join('\n')
  const upload = round => now().post(`/api/v1/organisation-imports?organisation_id=${county.id}&kind=schools&file_name=s.csv`, new TextEncoder().encode(list(round)))
  const schools = async () => (await now().all(`/api/v1/organisations/${county.id}/children?limit=200`)).length

  async function killWithin(ms, begun) {
    const answer = begun().catch(() => undefined)
    await new Promise(done => setTimeout(done, next() * ms))
    await server.kill()
    const got = await answer
    await server.start()
    return got
  }

  const before = await schools()
  let whole = 3000
  for (let round = 0; round < rounds; ++round) {
    const what = `seed ${seed} round ${round}`
    await killWithin(whole, () => upload(round))
    assert.equal(await schools(), before + round * size, `a dry run founds nothing, ${what}`)
    const ready = await upload(round)
    const started = performance.now()
    const answer = await killWithin(whole, () => now().call('POST', `/api/v1/organisation-imports/${ready.id}/confirm`))
    const found = (await schools()) - before - round * size
    assert.ok(found === 0 || found === size, `${found} of ${size} schools, ${what}`)
    if (answer?.status === 200) assert.equal(found, size, `what was acknowledged is there, ${what}`)
    const again = await now().call('POST', `/api/v1/organisation-imports/${ready.id}/confirm`)
    assert.deepEqual([again.status, again.body.code], found ? [409, 'organisations.import_confirmed'] : [200, undefined], what)
    assert.equal(await schools(), before + (round + 1) * size, what)
    whole = Math.min(whole, performance.now() - started)
    const twice = await upload(round)
    assert.deepEqual([twice.fresh, twice.changed, twice.unchanged, twice.rejected], [0, 0, size, 0], what)
  }
  await server.stop()
  assertWell(server.data)
  await server.start()
})

/** The copy is all there: what educard itself says of its own files, and PostgreSQL's tools, which read a dump to its end, of those. */
function assertWhole(server, copy, target) {
  if (onPostgres) {
    const read = spawnSync('pg_restore', ['-f', '/dev/null', target], { encoding: 'utf8' })
    assert.equal(read.status, 0, read.stderr)
    return
  }
  copyFileSync(join(server.data, 'keys.json'), join(copy, 'keys.json'))
  chmodSync(join(copy, 'keys.json'), 0o600)
  assertWell(copy)
}

test(`kill -9 during a backup (seed ${seed})`, { timeout: patience_ms }, async t => {
  const server = await fresh(t, { env })
  const { admin } = await smallSchool(server)
  const next = random(seed + 1)
  const copies = folder(t)
  const whole = timed(server.data, ['backup', join(copies, 'measured.db')])
  for (let round = 0; round < 3 * rounds; ++round) {
    const copy = join(copies, `copy${round}`)
    const target = join(copy, 'educard.db')
    mkdirSync(copy)
    const finished = await killed(server.data, ['backup', target], next() * whole)
    assert.ok(existsSync(target) || !finished, 'a backup that ended well is there')
    if (!existsSync(target)) assert.equal(educard(server.data, ['backup', target]).status, 0, 'and works when asked again')
    assert.deepEqual(readdirSync(copy), ['educard.db'], 'nothing is left beside it')
    assertWhole(server, copy, target)
    assert.equal((await admin.get('/api/v1/me')).user_name, 'province', 'the server goes on')
  }
})

test(`kill -9 during a key rotation (seed ${seed})`, { timeout: patience_ms }, async t => {
  const server = await fresh(t, { env })
  const school = await smallSchool(server)
  const [child] = people(1, { seed: 5, from: 2016, to: 2016 })
  const pupil = await register(server.url, child, 'pupil.keys')
  assert.equal((await decide(school.teacher, await handIn(pupil, pupilProfile(child, school)))).status, 200)
  const device = await enrolled(pupil, '手机')
  await server.stop()

  const next = random(seed + 2)
  const keys = () => {
    const listed = educard(server.data, ['keys', 'list'])
    assert.equal(listed.status, 0, listed.err)
    return listed.out.split('\n').slice(1).filter(Boolean).map(line => line.split(/ {2,}/)).map(([id, purpose, state]) => ({ id, purpose, state: state.trim() }))
  }
  const whole = timed(server.data, ['keys', 'rotate', 'field_encryption'])
  for (let round = 0; round < rounds; ++round) {
    for (const purpose of ['field_encryption', 'issuer_signature', 'audit_signature']) {
      const before = keys()
      const finished = await killed(server.data, ['keys', 'rotate', purpose], next() * whole)
      const after = keys()
      assert.ok(after.length === before.length || after.length === before.length + 1, `${after.length} keys after ${before.length}`)
      if (finished) assert.equal(after.length, before.length + 1)
      assert.ok(before.every(({ id }) => after.some(key => key.id === id)), 'no key is lost')
      assert.equal(after.filter(key => key.purpose === purpose && key.state === 'active').length, 1, 'one key is active')
      assert.equal(educard(server.data, ['keys', 'rotate', purpose]).status, 0, 'and works when asked again')
    }
    await server.start()
    const [me, anybody] = [new Client(server.url, pupil.token), new Client(server.url)]
    assert.equal((await me.get('/api/v1/me')).document_number.slice(-4), child.number.slice(-4), 'what was sealed opens')
    assert.equal((await anybody.post('/api/v1/verifications', { code: await present(device) })).reason, 'valid', 'what was signed is good')
    await server.stop()
    assertWell(server.data)
  }
  await server.start()
})

test(`kill -9 during a migration (seed ${seed})`, { timeout: patience_ms }, async t => {
  const next = random(seed + 3)
  const whole = timed(folder(t), ['migrate'])
  for (let round = 0; round < 3 * rounds; ++round) {
    const data = folder(t)
    for (let tries = 0; tries < 4; ++tries) await killed(data, ['migrate'], next() * whole)
    const kept = existsSync(join(data, 'keys.json')) && educard(data, ['keys', 'list']).out
    const again = educard(data, ['migrate'])
    assert.equal(again.status, 0, `seed ${seed} round ${round}: ${again.err}`)
    if (kept) assert.equal(educard(data, ['keys', 'list']).out, kept, 'the keys that were made are kept')
    assert.match(educard(data, ['migrate']).out, /^0 steps applied/)
    assertWell(data)
    const server = await new Server(data, { env }).start()
    t.after(() => server.stop())
    const { admin } = await smallSchool(server)
    const [{ organisation_id: province }] = (await admin.get('/api/v1/me')).roles
    assert.equal((await admin.all(`/api/v1/organisations/${province}/children`)).length, 16, 'cities and directly reporting counties are there once')
    await server.stop()
  }
})
