// What every route of the API may be asked for that belongs to somebody else, and what an answer may not tell. The scope tests go
// through this table; a route that is served and not in it fails them.
import assert from 'node:assert/strict'

const tomorrow = new Date(Date.now() + 86400_000).toISOString().slice(0, 10)
const column = { columns: [{ key: '姓名', field: 'name' }] }
const captcha = { id: '1', answer: '1' }

// What each route is asked for: `closed` must be refused to a stranger, `veiled` may answer but tell nothing of the other county,
// `own` speaks of the caller alone, `open` is for everybody and names no person. `b` is the other county, `a` the caller's own.
const closed = ask => ({ ask, kind: 'closed' })
const veiled = ask => ({ ask, kind: 'veiled' })
const own = ask => ({ ask: ask ?? (() => ({})), kind: 'own' })
const open = ask => ({ ask: ask ?? (() => ({})), kind: 'open' })

export const routes = {
  'POST /api/v1/captchas': open(() => ({ body: { form: 'text' } })),
  'GET /api/v1/policies/current': open(),
  'POST /api/v1/accounts': open((b, a) => ({ body: { document: { kind: 'resident_id', number: b.pupils[0].number }, name: 'x', user_name: 'x.y.z', password: 'green kettle on fire', captcha, transport: 'token' } })),
  'POST /api/v1/sessions': open(b => ({ body: { login: b.card, password: 'green kettle on fire', captcha, transport: 'token' } })),
  'POST /api/v1/passkey-challenges': open(),
  'POST /api/v1/sessions/passkey': open(() => ({ body: { passkey: { credential_id: 'AA', client_data: 'e30', authenticator_data: 'AA', signature: 'AA' } } })),
  'POST /api/v1/sessions/second-step': open(() => ({ body: { ticket: 'none', code: '000000' } })),
  'GET /api/v1/sessions': own(),
  'DELETE /api/v1/sessions': own(),
  'DELETE /api/v1/sessions/{id}': closed(b => ({ id: b.session })),
  'GET /api/v1/me': own(),
  'PATCH /api/v1/me': own(() => ({ body: { language: 'zh_cn' } })),
  'PUT /api/v1/me/password': own(() => ({ body: { current_password: 'not this one', new_password: 'another green kettle' } })),
  'POST /api/v1/sms-recoveries': open(() => ({ body: { login: 'nobody.here', captcha } })),
  'POST /api/v1/sms-recoveries/confirm': open(() => ({ body: { ticket: 'none', code: '000000', number: '1', new_password: 'four red lanterns' } })),
  'GET /api/v1/sms-reports/{id}': open(() => ({ id: '1', query: { key: 'none', status: 1 } })),
  'DELETE /api/v1/me/recovery': own(),
  'POST /api/v1/me/phone-codes': own(),
  'POST /api/v1/me/phone-codes/confirm': own(() => ({ body: { code: '000000' } })),
  'GET /api/v1/me/events': own(),
  'GET /api/v1/me/events/unseen': own(),
  'POST /api/v1/me/events/seen': own(() => ({ body: { last: '1' } })),
  'GET /api/v1/me/second-factor': own(),
  'PUT /api/v1/me/proof': own(() => ({ body: { password: 'not this one' } })),
  'POST /api/v1/me/authenticator': own(),
  'POST /api/v1/me/authenticator/confirm': own(() => ({ body: { code: '000000' } })),
  'DELETE /api/v1/me/authenticator': own(),
  'POST /api/v1/me/recovery-codes': own(),
  'POST /api/v1/me/passkey-offers': own(),
  'POST /api/v1/me/passkeys': own(() => ({ body: { name: 'none', client_data: 'e30', attestation: 'oA' } })),
  'DELETE /api/v1/me/passkeys/{id}': own(() => ({ path: { id: '1' } })),
  'GET /api/v1/me/sign-ins': own(),
  'GET /api/v1/me/consents': own(),
  'POST /api/v1/me/consents': own(() => ({ body: { guardian_name: '某某', relation: 'mother', phone: '13800000000', policy_version: 'none', purposes: ['identity'] } })),
  'POST /api/v1/me/claim': own(b => ({ body: { document: { kind: 'resident_id', number: b.pupils[0].number } } })),
  'POST /api/v1/me/consents/{id}/withdraw': closed(b => ({ id: b.consent })),
  'GET /api/v1/appointments': closed(b => [{ query: { organisation_id: b.county, below: true } }, { query: { organisation_id: b.room } }]),
  'POST /api/v1/appointments': closed(b => [
    { body: { organisation_id: b.room, role: 'class_teacher', user_name: 'spy.one', name: '间谍', replace: true } },
    { body: { organisation_id: b.school, role: 'school_admin', user_name: 'spy.two', name: '间谍' } },
    { body: { organisation_id: b.county, role: 'county_admin', user_name: 'spy.three', name: '间谍' } },
  ]),
  'POST /api/v1/recoveries': closed(b => ({ body: { card_number: b.card } })),
  'DELETE /api/v1/appointments/{id}': closed(b => [{ id: b.appointment }, { id: b.countyAppointment }]),
  'GET /api/v1/organisations': open(b => ({ query: { query: '小学', under: b.county } })),
  'POST /api/v1/organisations': closed(b => [
    { body: { parent_id: b.school, kind: 'class', stage: 'primary', entry_year: new Date().getFullYear() - 2, class_number: 9 } },
    { body: { parent_id: b.county, kind: 'school', name: '影子小学', school_code: '2132000999', school_kind: 'primary' } },
  ]),
  'GET /api/v1/organisations/{id}': open(b => ({ id: b.school })),
  'PATCH /api/v1/organisations/{id}': closed((b, a) => [
    { id: b.school, body: { version: b.schoolVersion, name: '改名小学' } },
    { id: a.school, body: { version: a.schoolVersion, parent_id: b.county }, mine: true },
  ]),
  'GET /api/v1/organisations/{id}/children': open(b => ({ id: b.school })),
  'GET /api/v1/organisations/{id}/history': open(b => ({ id: b.school })),
  'POST /api/v1/organisations/{id}/close': closed((b, a) => [
    { id: b.room, body: { version: b.roomVersion } },
    { id: a.school, body: { version: a.schoolVersion, successor_id: b.school }, mine: true },
  ]),
  'GET /api/v1/organisations/{id}/closing': closed(b => [{ id: b.county }, { id: b.school }, { id: b.room }]),
  'POST /api/v1/organisations/{id}/reopen': closed(b => [{ id: b.school, body: { version: b.schoolVersion } }, { id: b.room, body: { version: b.roomVersion } }]),
  'POST /api/v1/organisation-imports': closed(b => ({ query: { organisation_id: b.county, kind: 'schools', file_name: 'a.csv' }, raw: '学校名称,学校标识码,办学类型\n影子小学,2132000998,211\n' })),
  'GET /api/v1/organisation-imports/{id}': closed(b => ({ id: b.organisationImport })),
  'GET /api/v1/organisation-imports/{id}/rows': closed(b => ({ id: b.organisationImport })),
  'POST /api/v1/organisation-imports/{id}/confirm': closed(b => ({ id: b.organisationImport })),
  'POST /api/v1/roster-imports': closed(b => ({ query: { organisation_id: b.school, kind: 'student', file_name: 'a.csv' }, raw: '姓名,身份证件号码\n王小明,320106201601010017\n' })),
  'GET /api/v1/roster-imports': closed(b => ({ query: { organisation_id: b.school } })),
  'GET /api/v1/roster-imports/{id}': closed(b => ({ id: b.import })),
  'GET /api/v1/roster-imports/{id}/first-rows': closed(b => ({ id: b.import })),
  'PUT /api/v1/roster-imports/{id}/mapping': closed(b => ({ id: b.import, body: column })),
  'GET /api/v1/roster-imports/{id}/rows': closed(b => ({ id: b.import })),
  'GET /api/v1/roster-imports/{id}/rejected.csv': closed(b => ({ id: b.import })),
  'POST /api/v1/roster-imports/{id}/confirm': closed(b => ({ id: b.import, body: { create_classes: true, mark_missing_left: true } })),
  'POST /api/v1/roster-imports/{id}/cancel': closed(b => ({ id: b.import })),
  'GET /api/v1/roster-entries': closed(b => [{ query: { organisation_id: b.school } }, { query: { organisation_id: b.room } }]),
  'POST /api/v1/roster-searches': closed(b => [{ body: { organisation_id: b.room, query: b.pupils[0].name } }, { body: { organisation_id: b.school, query: b.pupils[0].number } }]),
  'POST /api/v1/roster-entries/{id}/reveal': closed(b => ({ id: b.entry })),
  'POST /api/v1/applications': own(() => ({ body: { kind: 'staff' } })),
  'GET /api/v1/applications': own(),
  'GET /api/v1/applications/{id}': closed(b => ({ id: b.application.id })),
  'PUT /api/v1/applications/{id}': closed(b => ({ id: b.application.id, body: { version: b.application.version, profile: { name: '改名' } } })),
  'DELETE /api/v1/applications/{id}': closed(b => ({ id: b.application.id, query: { version: b.application.version } })),
  'POST /api/v1/applications/{id}/submit': closed(b => ({ id: b.application.id, body: { version: b.application.version } })),
  'POST /api/v1/applications/{id}/withdraw': closed(b => ({ id: b.application.id, body: { version: b.application.version } })),
  'GET /api/v1/applications/{id}/history': closed(b => ({ id: b.application.id })),
  'POST /api/v1/applications/{id}/decision': closed(b => ['approve', 'send_back', 'reject'].map(verdict => ({ id: b.application.id, body: { version: b.application.version, verdict, reason: '不' } }))),
  'GET /api/v1/reviews': veiled(b => [{}, { query: { organisation_id: b.school, all: true } }, { query: { state: 'approved', query: b.pupils[0].name } }]),
  'GET /api/v1/reviews/{id}': closed(b => ({ id: b.application.id })),
  'POST /api/v1/reviews/{id}/reveal': closed(b => [{ id: b.application.id, body: { what: 'document' } }, { id: b.application.id, body: { what: 'guardians' } }]),
  'POST /api/v1/reviews/bulk-preview': veiled(b => ({ body: { organisation_id: b.school } })),
  'POST /api/v1/reviews/bulk-approve': closed(b => ({ body: { token: b.bulk } })),
  'GET /api/v1/reviews/bulk': closed(b => ({ query: { token: b.bulk } })),
  'GET /api/v1/delegations': own(),
  'POST /api/v1/delegations': closed((b, a) => [
    { body: { to_account: b.colleague.account_id, organisation_id: b.room, ends_on: tomorrow } },
    { body: { to_account: b.colleague.account_id, organisation_id: a.room, ends_on: tomorrow }, mine: true },
    { body: { to_account: b.colleague.account_id, organisation_id: a.school, ends_on: tomorrow }, mine: true },
  ]),
  'DELETE /api/v1/delegations/{id}': closed(b => ({ id: b.delegation.id })),
  'GET /api/v1/delegations/colleagues': closed(b => [{ query: { organisation_id: b.room } }, { query: { organisation_id: b.school } }]),
  'GET /api/v1/card': own(),
  'POST /api/v1/card/devices': own(() => ({ body: { public_key: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, name: 'x', time: 1, proof: 'AA' } })),
  'GET /api/v1/card/devices': own(),
  'DELETE /api/v1/card/devices/{id}': closed(b => ({ id: b.device.id })),
  'POST /api/v1/card/report-lost': own(),
  'GET /api/v1/cards/{number}': closed(b => ({ number: b.card })),
  'GET /api/v1/cards/{number}/history': closed(b => ({ number: b.card })),
  'POST /api/v1/card-searches': veiled(b => [{ body: { number: b.card } }, { body: { number: b.pupils[0].number } }, { body: { roster_entry_id: b.entry } }]),
  'POST /api/v1/cards/{number}/suspend': closed(b => ({ number: b.card, body: { reason: 'misuse' } })),
  'POST /api/v1/cards/{number}/resume': closed(b => ({ number: b.card, body: { reason: 'mistake' } })),
  'POST /api/v1/cards/{number}/revoke': closed(b => ({ number: b.card, body: { reason: 'misuse' } })),
  'POST /api/v1/verifications': open(b => ({ body: { code: b.card } })),
  'GET /api/v1/issuer-keys': open(),
  'GET /api/v1/status-lists': open(() => ({})),
  'GET /api/v1/status-lists/{id}': open(() => ({ id: '1' })),
  'GET /api/v1/progress': closed(b => [{ query: { organisation_id: b.county } }, { query: { organisation_id: b.room } }]),
  'GET /api/v1/progress.csv': closed(b => ({ query: { organisation_id: b.school } })),
  'GET /api/v1/progress/trend': closed(b => [{ query: { organisation_id: b.county } }, { query: { organisation_id: b.room } }]),
  'GET /api/v1/progress/comparison': closed(b => ({ query: { organisation_id: b.school } })),
  'GET /api/v1/map-outlines': own(),
  'GET /api/v1/map-outlines/{name}': own(() => ({ name: 'cities' })),
  'POST /api/v1/map-outlines/{name}': own(() => ({ name: 'cities', query: { credit: 'x' }, raw: '{}' })),
  'DELETE /api/v1/map-outlines/{name}': own(() => ({ name: 'cities' })),
  'GET /api/v1/bulletins': closed(b => ({ query: { organisation_id: b.school } })),
  'POST /api/v1/bulletins': closed(b => [{ body: { organisation_id: b.school } }, { body: { organisation_id: b.county } }]),
  'GET /api/v1/bulletin-previews': closed(b => [{ query: { organisation_id: b.school } }, { query: { organisation_id: b.county } }]),
  'GET /api/v1/bulletins/{id}': closed(b => ({ id: b.bulletin })),
  'PATCH /api/v1/bulletins/{id}': closed(b => ({ id: b.bulletin, body: { revision: 0, order_by_rate: true } })),
  'DELETE /api/v1/bulletins/{id}': closed(b => ({ id: b.bulletin, query: { revision: 0 } })),
  'GET /api/v1/bulletins/{id}/difference': closed(b => ({ id: b.bulletin })),
  'GET /api/v1/bulletins/{id}/pdf': closed(b => ({ id: b.bulletin })),
  'GET /api/v1/bulletins/{id}/xlsx': closed(b => ({ id: b.bulletin })),
  'POST /api/v1/bulletins/{id}/read': closed(b => ({ id: b.bulletin })),
  'POST /api/v1/bulletins/{id}/publish': closed(b => ({ id: b.bulletin, body: { revision: 0 } })),
  'POST /api/v1/bulletins/{id}/correction-preview': closed(b => ({ id: b.bulletin, body: { revision: 0, reason: '不' } })),
  'POST /api/v1/bulletins/{id}/corrections': closed(b => ({ id: b.bulletin, body: { revision: 0, reason: '不' } })),
  'POST /api/v1/bulletins/{id}/withdraw': closed(b => ({ id: b.bulletin, body: { revision: 0, reason: '不' } })),
  'GET /api/v1/bulletin-settings': closed(b => ({ query: { organisation_id: b.school } })),
  'PUT /api/v1/bulletin-settings': closed(b => ({ body: { organisation_id: b.school, number_pattern: '{year}{number}', wording: { zh_cn: { title: '影', body: '子' }, en: { title: 'x', body: 'y' } } } })),
  'GET /api/v1/bulletin-schedules': closed(b => ({ query: { organisation_id: b.school } })),
  'POST /api/v1/bulletin-schedules': closed(b => ({ body: { organisation_id: b.school, every: 'week', at: 1 } })),
  'DELETE /api/v1/bulletin-schedules/{id}': closed(b => ({ id: b.schedule })),
  'POST /api/v1/authorizations': open(() => ({ body: { client_id: '1', redirect_uri: 'https://app.example.com/cb' } })),
  'POST /api/v1/device-authorizations': open(() => ({ body: { user_code: 'WDJB-MJHT' } })),
  'POST /api/v1/logouts': open(),
  'POST /api/v1/guardian-invitations': closed(b => [
    { body: { card_number: b.card, guardian_name: '间谍', relation: 'mother', rights: 'full' } },
    { body: { roster_entry_id: b.entry, guardian_name: '间谍', relation: 'mother', rights: 'full' } },
  ]),
  'DELETE /api/v1/guardian-invitations/{id}': closed(b => ({ id: b.invitation.id })),
  'GET /api/v1/guardians': closed(b => [{ query: { card_number: b.card } }, { query: { roster_entry_id: b.entry } }]),
  'GET /api/v1/guardian-links': veiled(b => ({ query: { organisation_id: b.school } })),
  'GET /api/v1/guardian-links/{id}/history': closed(b => ({ id: b.link })),
  'POST /api/v1/guardian-links/{id}/confirm': closed(b => ({ id: b.link })),
  'POST /api/v1/guardian-links/{id}/decision': closed(b => ({ id: b.link, body: { verdict: 'keep', reason: '不' } })),
  'POST /api/v1/guardian-links/{id}/dispute': closed(b => ({ id: b.link, body: { reason: '不' } })),
  'POST /api/v1/guardian-links/{id}/end': closed(b => ({ id: b.link, body: { reason: '不' } })),
  'POST /api/v1/family/join': open(b => ({ body: { record: { card_number: b.card, guardian_name: b.pupils[0].guardian, phone: '13900000000' }, account: { user_name: 'a.spy', password: 'green kettle on fire', captcha, transport: 'token' } } })),
  'GET /api/v1/family': own(),
  'GET /api/v1/family/{id}': closed(b => ({ id: b.link })),
  'POST /api/v1/family/{id}/consents': closed(b => ({ id: b.link, body: { policy_version: 'none', purposes: ['identity'] } })),
  'POST /api/v1/family/{id}/consents/{consent_id}/withdraw': closed(b => ({ id: b.link, consent_id: b.pupilsConsent })),
  'PUT /api/v1/family/{id}/apps/{app_id}': closed(b => ({ id: b.link, app_id: '1', body: {} })),
  'DELETE /api/v1/family/{id}/apps/{app_id}': closed(b => ({ id: b.link, app_id: '1' })),
  'POST /api/v1/family/{id}/password': closed(b => ({ id: b.link })),
  'GET /api/v1/me/guardians': own(),
  'POST /api/v1/me/app-requests': own(() => ({ body: { app_id: '1' } })),
  'GET /api/v1/me/apps': own(),
  'DELETE /api/v1/me/apps/{id}': own(() => ({ id: '1' })),
  'GET /.well-known/openid-configuration': open(),
  'GET /oidc/jwks': open(),
  'POST /oidc/form_post': open(),
  'POST /oidc/token': open(),
  'POST /oidc/register': open(() => ({ body: {} })),
  'GET /oidc/register/{client_id}': open(() => ({ client_id: '1' })),
  'PUT /oidc/register/{client_id}': open(() => ({ client_id: '1', body: {} })),
  'DELETE /oidc/register/{client_id}': open(() => ({ client_id: '1' })),
  'POST /oidc/par': open(),
  'POST /oidc/device_authorization': open(),
  'POST /oidc/introspect': open(),
  'POST /oidc/revoke': open(),
  'GET /oidc/userinfo': open(),
  'POST /oidc/userinfo': open(),
  'GET /ims/oneroster/rostering/v1p2/orgs': open(() => ({})),
  'GET /ims/oneroster/rostering/v1p2/orgs/{id}': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/schools': open(() => ({})),
  'GET /ims/oneroster/rostering/v1p2/schools/{id}': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/classes': open(() => ({})),
  'GET /ims/oneroster/rostering/v1p2/classes/{id}': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/courses': open(() => ({})),
  'GET /ims/oneroster/rostering/v1p2/courses/{id}': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/academicSessions': open(() => ({})),
  'GET /ims/oneroster/rostering/v1p2/academicSessions/{id}': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/users': open(() => ({})),
  'GET /ims/oneroster/rostering/v1p2/users/{id}': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/students': open(() => ({})),
  'GET /ims/oneroster/rostering/v1p2/students/{id}': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/teachers': open(() => ({})),
  'GET /ims/oneroster/rostering/v1p2/teachers/{id}': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/enrollments': open(() => ({})),
  'GET /ims/oneroster/rostering/v1p2/enrollments/{id}': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/schools/{id}/classes': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/schools/{id}/students': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/schools/{id}/teachers': open(b => ({ id: b.school })),
  'GET /ims/oneroster/rostering/v1p2/classes/{id}/students': open(b => ({ id: b.room })),
  'GET /ims/oneroster/rostering/v1p2/classes/{id}/teachers': open(b => ({ id: b.room })),
  'GET /api/v1/audit-events': veiled(b => [{ query: { organisation_id: b.county } }, { query: { account_id: b.teacher.account_id } }, { query: { subject: b.application.id } }, { query: { subject: b.pupil.account_id } }]),
  'GET /api/v1/jobs/{id}': closed(b => ({ id: b.job })),
  'GET /api/v1/events': closed(b => [{ query: { topics: `progress:${b.school}` } }, { query: { topics: `job:${b.job}` } }]),
}

/** Sends one request; of an endless answer only the head is read. */
export async function send(client, method, template, { query, body, raw, mine, ...ids }) {
  const path = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(ids[name])) + (query ? `?${new URLSearchParams(query)}` : '')
  const response = await fetch(client.url + path, {
    method,
    headers: { ...(client.token ? { authorization: `Bearer ${client.token}` } : {}), ...(raw ? { 'content-type': 'application/octet-stream' } : body ? { 'content-type': 'application/json' } : {}) },
    body: raw ?? (body ? JSON.stringify(body) : method === 'POST' ? '' : undefined),
  })
  const endless = /event-stream/.test(response.headers.get('content-type') ?? '')
  if (endless) await response.body.cancel()
  return { path, status: response.status, text: endless ? '(events)' : await response.text() }
}

export const listOf = asked => (Array.isArray(asked) ? asked : [asked])

/** What of a world only those may be told who are responsible for it: of its people, and the ids of what is theirs. */
export function secretsOf(world) {
  const of = list => list.flatMap(one => [one.name, one.number, one.phone, one.guardian].filter(text => text.length > 3 || text === one.name))
  const { application, entry, session, card, device, letter } = world
  const pupils = { people: of(world.pupils), all: [...of(world.pupils), `waiting.${letter}`, `pupil.${letter}`, application.id, entry, session, card, device.id] }
  const people = [...pupils.people, ...of(world.teachers)]
  return { pupils, people, all: [...people, ...pupils.all, `teacher0.${letter}`, `teacher1.${letter}`, world.delegation.id, world.import] }
}

/**
 * `client` calls every route with what belongs to `b`, and `mine` with its own `a` towards `b`: refused, and nothing told of
 * `secrets`. With `towards: false` what concerns the caller's own organisations is left out.
 */
export async function assertShutOut(who, client, b, a, { secrets, towards = true }) {
  for (const [route, { kind, ask }] of Object.entries(routes)) {
    const [method, template] = route.split(' ')
    for (const asked of listOf(ask(b, a)).filter(one => towards || !one.mine)) {
      const answer = await send(client, method, template, asked)
      const said = `${who}: ${method} ${answer.path} ${JSON.stringify(asked.body ?? '')} → ${answer.status} ${answer.text.slice(0, 500)}`
      assert.ok(answer.status < 500, said)
      if (kind !== 'open' && !client.token) assert.equal(answer.status, 401, said)
      if (kind === 'closed') assert.ok([400, 401, 403, 404, 409, 422].includes(answer.status), said)
      if (kind === 'closed' && !asked.mine) assert.ok([401, 403, 404].includes(answer.status), said)
      for (const secret of kind === 'open' ? secrets.people : secrets.all) {
        const echoed = answer.status >= 400 && (answer.path.includes(secret) || JSON.stringify(asked).includes(secret))
        assert.ok(echoed || !answer.text.includes(secret), `tells ${secret}: ${said}`)
      }
    }
  }
}

/** Every route of the description is in the table and the other way round; what is open is described so, and nothing else. */
export function assertComplete(described) {
  const served = Object.entries(described.paths).flatMap(([path, methods]) => Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`))
  assert.deepEqual(served.filter(route => !routes[route]), [], 'say in tests/support/every_route.mjs what a stranger may ask of these routes')
  assert.deepEqual(Object.keys(routes).filter(route => !served.includes(route)), [])
  const unguarded = served.filter(route => {
    const [method, path] = route.split(' ')
    return !described.paths[path][method.toLowerCase()].security
  })
  assert.deepEqual(unguarded.sort(), Object.keys(routes).filter(route => routes[route].kind === 'open').sort())
}
