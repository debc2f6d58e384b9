// educard as the suite sees it.
import { signInAs } from '../support/accounts.mjs'
import { Client } from '../support/client.mjs'
import { certifiedTeacher, env, issuer, postedBy, registered, through } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

/** What the page passes on (web/src/features/oidc/AuthorizePage.vue). */
const known = new Set(['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'prompt', 'max_age', 'dpop_jkt', 'claims', 'id_token_hint', 'login_hint', 'acr_values', 'request', 'request_uri'])

class Visitor {
  constructor(server, client) {
    Object.assign(this, { server, client })
  }

  async authorize(parameters, { consent = true, sign_in = false } = {}) {
    const given = JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(parameters).filter(([name]) => known.has(name)))))
    const ask = more => this.client.call('POST', '/api/v1/authorizations', { ...given, ...more })
    let answer = await ask({})
    if (answer.status === 200 && answer.body.next === 'sign_in') {
      if (!sign_in) return { page: 'sign_in' }
      const { begun } = answer.body
      this.client = await signInAs(this.server.url, 'the.teacher')
      given.begun = begun
      answer = await ask({})
    }
    if (answer.status === 200 && answer.body.next === 'consent') answer = await ask({ allowed: consent, with: [] })
    if (answer.status !== 200) return { page: 'refused' }
    return answer.body.ticket ? { posted: await postedBy(this.server, answer.body) } : { location: new URL(answer.body.location) }
  }

  /** Signs out as an app asks for, and says yes when asked: { location }, { page: 'done' } or { page: 'refused' }. */
  async leave(parameters) {
    const { status, body } = await this.client.call('POST', '/api/v1/logouts', parameters)
    if (status !== 200) return { page: 'refused' }
    await this.client.delete(`/api/v1/sessions/${(await this.client.get('/api/v1/me')).session_id}`)
    return body.location ? { location: new URL(body.location) } : { page: 'done' }
  }
}

export async function start(t) {
  const server = await fresh(t, { env: { ...env, EDUCARD_REACH_PRIVATE: 'true' } })
  await certifiedTeacher(server, await smallSchool(server))
  const [, initialToken] = /initial_token +(\S+)/.exec(educard(server.data, ['app', 'token', 'create', '--open', '--organisation', '32', '--uses', '1000']).out)
  return {
    name: 'educard',
    issuer,
    initialToken,
    fetch: through(server),
    app({ uris, authentication = 'client_secret_basic', keys, pushed = false, bound = false, service = false, post_logout_redirect_uris = [], backchannel_logout_uri }) {
      const more = [...post_logout_redirect_uris.flatMap(uri => ['--post-logout-redirect-uri', uri]), ...(backchannel_logout_uri ? ['--backchannel-logout-uri', backchannel_logout_uri] : []), ...(pushed ? ['--require-par'] : []), ...(bound ? ['--require-dpop'] : []), ...(service ? ['--service'] : [])]
      return registered(server, { uris, open: authentication === 'none', jwks: keys, more })
    },
    nobody: () => new Visitor(server, new Client(server.url)),
    somebody: async () => new Visitor(server, await signInAs(server.url, 'the.teacher')),
  }
}
