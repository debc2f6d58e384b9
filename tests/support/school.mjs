// A school with one class, its class teacher, and the province's administrator, on an empty server.
import assert from 'node:assert/strict'
import { setUp } from './authenticator.mjs'
import { solved } from './captcha.mjs'
import { Client } from './client.mjs'
import { classTeacher } from './people.mjs'
import { educard } from './server.mjs'

/** Of everybody who holds an office in smallSchool(). */
export const officePassword = 'seven lanterns by the river'

/** Signs in, and does what is asked of administrators at their first time; gives a client that holds the session's token. */
export async function signIn(url, login, secret) {
  const client = new Client(url)
  const { token, me } = await client.post('/api/v1/sessions', { login, password: secret, captcha: await solved(client), transport: 'token' })
  const signedIn = new Client(url, token)
  if (me.next.includes('second_factor') && !me.must_change_password) await setUp(signedIn)
  if (me.must_change_password) {
    await signedIn.put('/api/v1/me/password', { current_password: secret, new_password: officePassword })
    const again = new Client(url)
    return new Client(url, (await again.post('/api/v1/sessions', { login, password: officePassword, captcha: await solved(again), transport: 'token' })).token)
  }
  return signedIn
}

export async function smallSchool(server) {
  const made = educard(server.data, ['admin', 'create', '--user-name', 'province', '--name', '省管理员', '--password-stdin'], officePassword + '\n', server.options.binary)
  assert.equal(made.status, 0, made.err)
  const admin = await signIn(server.url, 'province', officePassword)
  const county = (await admin.get(`/api/v1/organisations?query=${encodeURIComponent('玄武区')}&kind=county`)).items[0]
  const year = new Date().getFullYear()
  const school = await admin.post('/api/v1/organisations', { parent_id: county.id, kind: 'school', name: '南京市玄武湖小学', school_code: '2132000042', school_kind: 'primary' })
  const room = await admin.post('/api/v1/organisations', { parent_id: school.id, kind: 'class', stage: 'primary', entry_year: year - 1, class_number: 3 })
  const { one_time_password: secret } = await admin.post('/api/v1/appointments', { organisation_id: room.id, role: 'class_teacher', user_name: 'teacher', name: classTeacher })
  const teacher = await signIn(server.url, 'teacher', secret)

  /** The class teacher decides on the one application that waits. */
  async function decide(verdict, reason) {
    const [waiting] = (await teacher.get('/api/v1/reviews')).items
    await teacher.post(`/api/v1/applications/${waiting.id}/decision`, { version: waiting.version, verdict, ...(reason ? { reason } : {}) })
  }

  return { admin, teacher, id: school.id, name: school.name, class_id: room.id, class_name: room.display_name ?? room.name, decide }
}
