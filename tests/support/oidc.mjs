// An app on the other side of OpenID Connect, with clients that others wrote. The installation's public address is another than
// where the test reaches it, as behind a proxy.
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { decide, handIn, register, teacherProfile } from './accounts.mjs'
import { people } from './people.mjs'
import { signIn } from './school.mjs'
import { educard, root } from './server.mjs'

const require = createRequire(join(root, 'web/package.json'))
const load = name => import(require.resolve(name))
export const openid = await load('openid-client')
export const oauth = await load('oauth4webapi')
export const jose = await load('jose')

export const issuer = 'https://card.example.edu.cn'
export const callback = 'https://app.example.com/cb'
export const env = { EDUCARD_LIMIT_NETWORKS: 'false', EDUCARD_PUBLIC_URL: issuer }

/** fetch() for those clients. */
export const through = server => (url, options) => fetch(String(url).replace(issuer, server.url), options)

/** A teacher who is certified: { teacher, grown }. */
export async function certifiedTeacher(server, school) {
  const { one_time_password: secret } = await school.admin.post('/api/v1/appointments', { organisation_id: school.id, role: 'school_admin', user_name: 'school', name: '校办' })
  const head = await signIn(server.url, 'school', secret)
  const [grown] = people(1, { seed: 72, from: 1985, to: 1985 })
  const teacher = await register(server.url, grown, 'the.teacher')
  const decided = await decide(head, await handIn(teacher, teacherProfile(grown, school), 'teacher'))
  if (decided.status !== 200) throw new Error(JSON.stringify(decided.body))
  return { teacher, grown }
}

/** Registers an app on the command line: { id, secret }. `jwks`: it signs with the private halves of those. */
export function registered(server, { name = '口算', uris = [callback], essential = 'name', voluntary = '', organisation = '32', algorithm = 'ES256', open = false, jwks = undefined, more = [] } = {}) {
  const file = join(server.data, 'app-keys.json')
  if (jwks) writeFileSync(file, JSON.stringify(jwks))
  const done = educard(server.data, ['app', 'create', '--name', name, '--purpose', '布置和批改作业', ...uris.flatMap(uri => ['--redirect-uri', uri]), '--essential', essential, '--voluntary', voluntary, '--organisation', String(organisation), '--algorithm', algorithm, ...(open ? ['--public'] : []), ...(jwks ? ['--key-file', file] : []), ...more])
  if (done.status !== 0) throw new Error(done.err)
  return { id: /client_id +(\d+)/.exec(done.out)[1], secret: /client_secret +(\S+)/.exec(done.out)?.[1], algorithm }
}

/** The app as openid-client knows it. */
export function relyingParty(server, app, authentication = app.secret ? openid.ClientSecretBasic(app.secret) : openid.None()) {
  return openid.discovery(new URL(issuer), app.id, { client_secret: app.secret, id_token_signed_response_alg: app.algorithm }, authentication, { [openid.customFetch]: through(server) })
}

/** One sign-in as it begins: the parameters for the page, and what the app keeps meanwhile. */
export async function begun(config, { scope = 'openid profile', redirect_uri = callback, pushed = false, options = {}, ...more } = {}) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier()
  const kept = { pkceCodeVerifier, expectedState: openid.randomState(), expectedNonce: openid.randomNonce(), idTokenExpected: true }
  const build = pushed ? openid.buildAuthorizationUrlWithPAR : openid.buildAuthorizationUrl
  const url = await build(config, { redirect_uri, scope, code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256', state: kept.expectedState, nonce: kept.expectedNonce, ...more }, options)
  return { url, kept, parameters: Object.fromEntries(url.searchParams) }
}

/** What the page would do for this person, to the end: where the browser goes. */
export async function agreed(person, parameters, answer = { allowed: true, with: [] }) {
  const step = await person.post('/api/v1/authorizations', parameters)
  return step.location ?? (await person.post('/api/v1/authorizations', { ...parameters, ...answer })).location
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const plain = text => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => entities[name])

/** What the browser posts to the app after this step: { action, fields }. */
export async function postedBy(server, { ticket }) {
  const answer = await fetch(`${server.url}/oidc/form_post`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ ticket }) })
  const html = await answer.text()
  if (answer.status !== 200) throw new Error(html)
  const [, action] = /<form method="post" action="([^"]*)">/.exec(html)
  const fields = Object.fromEntries([...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [plain(name), plain(value)]))
  return { action: plain(action), fields }
}

/** The whole way: tokens as openid-client checked them. */
export async function enter(config, person, options = {}, answer) {
  const { kept, parameters } = await begun(config, options)
  return openid.authorizationCodeGrant(config, new URL(await agreed(person, parameters, answer)), kept, undefined, options.options)
}
