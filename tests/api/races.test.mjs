// Things that happen at the same time, from many connections at once: exactly one wins, the others are told, and the counts hold.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, draft, handIn, password, pupilProfile, register, signInAs } from '../support/accounts.mjs'
import { solved } from '../support/captcha.mjs'
import { enrolled, present } from '../support/card.mjs'
import { Client } from '../support/client.mjs'
import { officer } from '../support/county.mjs'
import { people } from '../support/people.mjs'
import { dryRun, rosterOf, settled } from '../support/roster.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

/** Runs `act(0…count-1)` at the same time and gives all answers; an answer of 503 is asked again, as a client would. */
function atOnce(count, act) {
  const patient = async index => {
    for (let tries = 0; ; ++tries) {
      const answer = await act(index)
      if (answer.status !== 503 || tries > 200) return answer
      await new Promise(done => setTimeout(done, 100))
    }
  }
  return Promise.all(Array.from({ length: count }, (_, index) => patient(index)))
}

/** How many answers had each status and code: { '200': 1, '409 applications.already_decided': 31 }. */
function tally(answers) {
  const counts = {}
  for (const { status, body } of answers) {
    const code = body?.code === 'input.invalid' ? body.errors.map(error => error.code).join() : body?.code
    const key = code ? `${status} ${code}` : String(status)
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

test('what happens at the same time', { timeout: 240_000 }, async t => {
  const server = await fresh(t, { env: { EDUCARD_LIMIT_NETWORKS: 'false' } })
  const { url } = server
  const school = await smallSchool(server)
  const { admin, teacher } = school
  const children = people(8, { seed: 7, from: 2016, to: 2017 })
  const year = new Date().getFullYear() - 1

  await t.test('a roster is confirmed sixteen times at once: it is written once', async () => {
    const ready = await dryRun(admin, school.id, rosterOf(children, school.class_name, year))
    const answers = await atOnce(16, () => admin.call('POST', `/api/v1/roster-imports/${ready.id}/confirm`, { create_classes: true, mark_missing_left: false }))
    assert.deepEqual(tally(answers), { 200: 1, '409 roster.import_over': 15 })
    await settled(admin, ready.id, ['done'])
    assert.equal((await admin.all(`/api/v1/roster-entries?organisation_id=${school.id}`)).length, children.length)
  })

  await t.test('one user name is registered 32 times at once, in several spellings: one account', async () => {
    const adults = people(32, { seed: 9, from: 1980, to: 1990 })
    const spellings = ['Same.Name', 'same.name', 'SAME.NAME', 'ｓame.name']
    const forms = []
    for (const [at, adult] of adults.entries()) {
      forms.push({ document: { kind: 'resident_id', number: adult.number }, name: adult.name, user_name: spellings[at % 4], password, captcha: await solved(admin), transport: 'token' })
    }
    const answers = await atOnce(32, at => new Client(url).call('POST', '/api/v1/accounts', forms[at]))
    assert.deepEqual(tally(answers), { 201: 1, '422 accounts.user_name_taken': 31 })
  })

  let pupil, application
  await t.test('one draft is handed in sixteen times at once: once in the history', async () => {
    pupil = await register(url, children[0], 'pupil.one')
    const { id, version } = await draft(pupil, pupilProfile(children[0], school))
    const answers = await atOnce(16, () => pupil.call('POST', `/api/v1/applications/${id}/submit`, { version }))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1, JSON.stringify(tally(answers)))
    assert.equal(answers.filter(({ status }) => status === 409).length, 15, JSON.stringify(tally(answers)))
    const history = await pupil.get(`/api/v1/applications/${id}/history`)
    assert.equal(history.filter(event => event.kind === 'submitted').length, 1)
    application = answers.find(({ status }) => status === 200).body
  })

  await t.test('a draft is discarded sixteen times at once: one line in the audit log, and the others are told it is gone', async () => {
    const owner = await register(url, children[6], 'pupil.wrong')
    const { id, version } = await draft(owner, pupilProfile(children[6], school))
    const answers = await atOnce(16, () => owner.call('DELETE', `/api/v1/applications/${id}?version=${version}`))
    const gone = answers.filter(({ status, body }) => ['applications.unknown', 'applications.changed_meanwhile'].includes(body?.code) && [404, 409].includes(status))
    assert.deepEqual([answers.filter(({ status }) => status === 204).length, gone.length], [1, 15], JSON.stringify(tally(answers)))
    assert.equal((await admin.all(`/api/v1/audit-events?action=applications.discarded&subject=${id}`)).length, 1)
  })

  await t.test('a draft is discarded, handed in and made another kind at once: one of them happens', async () => {
    const owner = await register(url, children[7], 'pupil.torn')
    for (let round = 0; round < 6; round++) {
      const profile = pupilProfile(children[7], school)
      const { id, version } = await draft(owner, profile)
      const answers = await atOnce(3, at => [
        () => owner.call('DELETE', `/api/v1/applications/${id}?version=${version}`),
        () => owner.call('POST', `/api/v1/applications/${id}/submit`, { version }),
        () => owner.call('PUT', `/api/v1/applications/${id}`, { version, kind: 'teacher', profile }),
      ][at]())
      const done = answers.filter(({ status }) => status < 300)
      assert.equal(done.length, 1, JSON.stringify(tally(answers)))
      const left = await owner.get('/api/v1/applications')
      const open = left.items.filter(one => one.id === id)
      assert.equal(open.length, answers[0].status === 204 ? 0 : 1)
      if (answers[1].status === 200) {
        const back = await owner.post(`/api/v1/applications/${id}/withdraw`, { version: answers[1].body.version })
        await owner.refused(409, 'DELETE', `/api/v1/applications/${id}?version=${back.version}`, undefined, 'applications.handed_in_once')
        break
      }
      if (open.length) await owner.delete(`/api/v1/applications/${id}?version=${open[0].version}`)
    }
  })

  await t.test('one application is decided from 32 connections: one wins, 31 are told so', async () => {
    const verdicts = ['approve', 'approve', 'send_back', 'reject']
    const answers = await atOnce(32, at => decide(teacher, application, verdicts[at % 4], '看过'))
    assert.deepEqual(tally(answers), { 200: 1, '409 applications.already_decided': 31 })
    const history = await pupil.get(`/api/v1/applications/${application.id}/history`)
    assert.equal(history.filter(event => ['approved', 'returned', 'rejected'].includes(event.kind)).length, 1)
  })

  await t.test('a withdrawal meets an approval: one of them happens', async () => {
    const child = await register(url, children[1], 'pupil.two')
    const handed = await handIn(child, pupilProfile(children[1], school))
    const [approved, withdrawn] = await atOnce(2, at => (at ? child.call('POST', `/api/v1/applications/${handed.id}/withdraw`, { version: handed.version }) : decide(teacher, handed)))
    assert.deepEqual([approved.status, withdrawn.status].sort(), [200, 409], JSON.stringify([approved.body, withdrawn.body]))
    const card = await child.call('GET', '/api/v1/card')
    assert.equal(card.status, approved.status === 200 ? 200 : 404)
  })

  await t.test('four accounts claim one number, two reviewers approve them all at once: one person, one card', async () => {
    const room = await admin.post('/api/v1/organisations', { parent_id: school.id, kind: 'class', stage: 'primary', entry_year: year, class_number: 8 })
    const first = await officer(url, admin, school.id, 'school_admin', 'head.one', '甲校长')
    const second = await officer(url, admin, school.id, 'school_admin', 'head.two', '乙校长')
    const claimants = []
    for (const name of ['claim.one', 'claim.two', 'claim.three', 'claim.four']) {
      const account = await register(url, children[2], name)
      claimants.push({ account, handed: await handIn(account, pupilProfile(children[2], { id: school.id, class_id: room.id })) })
    }
    const answers = await atOnce(8, at => decide(at % 2 ? first : second, claimants[at >> 1].handed))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1, JSON.stringify(tally(answers)))
    const told = answers.filter(({ status, body }) => status === 409 && ['applications.already_decided', 'applications.number_certified'].includes(body.code))
    assert.equal(told.length, 7, JSON.stringify(tally(answers)))
    const cards = await Promise.all(claimants.map(({ account }) => account.call('GET', '/api/v1/card')))
    assert.deepEqual(cards.map(({ status }) => status).sort(), [200, 404, 404, 404])
  })

  await t.test('one captcha opens one door', async () => {
    const captcha = await solved(admin)
    const answers = await atOnce(16, () => new Client(url).call('POST', '/api/v1/sessions', { login: 'pupil.two', password, captcha, transport: 'token' }))
    assert.deepEqual(tally(answers), { 201: 1, '422 accounts.captcha_wrong': 15 })
  })

  await t.test('eight class teachers are appointed at once: one holds the class', async () => {
    const room = await admin.post('/api/v1/organisations', { parent_id: school.id, kind: 'class', stage: 'primary', entry_year: year, class_number: 9 })
    const appoint = (at, replace) => admin.call('POST', '/api/v1/appointments', { organisation_id: room.id, role: 'class_teacher', user_name: `${replace ? 'new' : 'old'}.teacher.${at}x`, name: '班主任', replace })
    assert.deepEqual(tally(await atOnce(8, at => appoint(at, false))), { 201: 1, '409 accounts.class_has_teacher': 7 })
    assert.deepEqual(tally(await atOnce(4, at => appoint(at, true))), { 201: 4 })
    assert.equal((await admin.all(`/api/v1/appointments?organisation_id=${room.id}`)).length, 1)
  })

  const holder = new Client(url)
  await t.test('a card is suspended and resumed from 32 connections: every change counts once', async () => {
    const again = await register(url, children[3], 'pupil.four')
    assert.equal((await decide(teacher, await handIn(again, pupilProfile(children[3], school)))).status, 200)
    Object.assign(holder, again)
    const { card_number: number } = await holder.get('/api/v1/card')
    const device = await enrolled(holder, '手机')
    const answers = await atOnce(32, at => admin.call('POST', `/api/v1/cards/${number}/${at % 2 ? 'suspend' : 'resume'}`, { reason: 'mistake' }))
    const won = which => answers.filter(({ status }, at) => status < 300 && at % 2 === which).length
    assert.ok(answers.every(({ status, body }) => status < 300 || body.code === 'cards.wrong_state'), JSON.stringify(tally(answers)))
    assert.ok([0, 1].includes(won(1) - won(0)) && won(1) > 0, JSON.stringify(tally(answers)))
    const shown = await new Client(url).post('/api/v1/verifications', { code: await present(device) })
    assert.equal(shown.reason, won(1) > won(0) ? 'suspended' : 'valid')
    if (won(1) > won(0)) await admin.post(`/api/v1/cards/${number}/resume`, { reason: 'mistake' })
  })

  await t.test('a person enrols twenty devices at once: no more than the limit', async () => {
    const before = (await holder.get('/api/v1/card/devices')).length
    const enrol = async at => {
      let answer
      const witness = { get: path => holder.get(path), post: async (path, body) => ((answer = await holder.call('POST', path, body)), { credential: '' }) }
      await enrolled(witness, `设备${at}`)
      return answer
    }
    const answers = await atOnce(20, enrol)
    const made = answers.filter(({ status }) => status < 300).length
    const devices = (await holder.get('/api/v1/card/devices')).length
    assert.equal(devices, before + made)
    assert.ok(answers.every(({ status, body }) => status < 300 || body.code === 'cards.too_many_devices'), JSON.stringify(tally(answers)))
    assert.ok(made < 20, `all ${made} were let in`)
  })

  await t.test('a password is changed eight times at once: one change, and the sign-in that follows fits it', async () => {
    const person = await signInAs(url, 'pupil.four')
    const answers = await atOnce(8, at => person.call('PUT', '/api/v1/me/password', { current_password: password, new_password: `another kettle number ${at} sings` }))
    const winners = answers.flatMap(({ status }, at) => (status < 300 ? [at] : []))
    assert.equal(winners.length, 1, JSON.stringify(tally(answers)))
    await signInAs(url, 'pupil.four', `another kettle number ${winners[0]} sings`)
  })

  await t.test('the counts are those that counting anew gives', async () => {
    await server.stop()
    const doctor = educard(server.data, ['doctor'])
    assert.equal(doctor.status, 0, doctor.out + doctor.err)
    await server.start()
  })
})
