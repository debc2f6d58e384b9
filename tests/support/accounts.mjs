// People at the counter: they register, apply, and are approved, over the API.
import { solved } from './captcha.mjs'
import { Client } from './client.mjs'

export const password = 'green kettle on the stove'

/** Registers an account that claims the person's number; gives a client with its token, `account_id` and `user_name`. */
export async function register(url, person, user_name, { number = person.number } = {}) {
  const client = new Client(url)
  const body = { document: { kind: 'resident_id', number }, name: person.name, user_name, password, captcha: await solved(client), transport: 'token' }
  if (Number(person.birth.slice(0, 4)) > new Date().getFullYear() - 15) {
    const { version } = await client.get('/api/v1/policies/current')
    body.consent = { guardian_name: person.guardian, relation: 'mother', phone: person.phone, policy_version: version, purposes: ['identity', 'e_card'] }
  }
  const { token, account_id } = await client.post('/api/v1/accounts', body)
  return Object.assign(new Client(url, token), { account_id, user_name, password })
}

/** A guardian makes an account with a code: { client, link, child }. */
export async function guardianOf(url, code, user_name, phone = '13812345678') {
  const client = new Client(url)
  const { token, account_id, child } = await client.post('/api/v1/family/join', { code, account: { user_name, password, phone, captcha: await solved(client), transport: 'token' } })
  return { client: Object.assign(new Client(url, token), { account_id, user_name, password }), link: child.id, child }
}

/** What a pupil fills in. */
export function pupilProfile(person, school, entryYear = new Date().getFullYear() - 1) {
  return { name: person.name, school_id: school.id, class_id: school.class_id, entry_year: entryYear, guardians: [{ name: person.guardian, relation: 'mother', phone: person.phone }] }
}

/** What a teacher fills in. */
export function teacherProfile(person, school) {
  return { name: person.name, school_id: school.id, appointed_on: '2020-09-01', subjects: ['语文'] }
}

/** A draft that is filled in, not yet handed in. */
export async function draft(client, profile, kind = 'student') {
  const { id, version } = await client.post('/api/v1/applications', { kind })
  return client.put(`/api/v1/applications/${id}`, { version, profile })
}

/** Fills in and hands in. */
export async function handIn(client, profile, kind = 'student') {
  const { id, version } = await draft(client, profile, kind)
  return client.post(`/api/v1/applications/${id}/submit`, { version })
}

/** One decision; gives the whole answer. */
export function decide(reviewer, { id, version }, verdict = 'approve', reason) {
  return reviewer.call('POST', `/api/v1/applications/${id}/decision`, { version, verdict, ...(reason ? { reason } : {}) })
}

/** Signs in anew; gives a client with a token. */
export async function signInAs(url, login, secret = password) {
  const client = new Client(url)
  const { token, session_id } = await client.post('/api/v1/sessions', { login, password: secret, captcha: await solved(client), transport: 'token' })
  return Object.assign(new Client(url, token), { session_id })
}
