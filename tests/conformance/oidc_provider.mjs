// npm oidc-provider as the suite sees it: an OpenID provider that others wrote. It keeps everything in memory.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from '../support/server.mjs'
import { jose } from '../support/oidc.mjs'

const load = name => import(createRequire(join(root, 'web/package.json')).resolve(name))
const registration = 'for-those-who-may-register'

/** A browser: cookies, and no redirect followed on its own. */
class Browser {
  cookies = new Map()

  async get(url, more = {}) {
    const response = await fetch(url, { ...more, redirect: 'manual', headers: { cookie: [...this.cookies].map(pair => pair.join('=')).join('; ') } })
    for (const cookie of response.headers.getSetCookie()) {
      const [name, value] = cookie.split(';')[0].split('=')
      if (/expires=Thu, 01 Jan 1970/i.test(cookie)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return response
  }

  /** What an app lets the browser do: go to an address with parameters, or post them there. */
  send(method, address, parameters) {
    const form = new URLSearchParams(parameters)
    return method === 'GET' ? this.get(`${address}?${form}`) : this.get(address, { method, body: form })
  }
}

const plain = text => text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'")

/** The form that a page posts by itself: { posted: { action, fields } }; nothing when there is none. */
function formOf(html) {
  const [, action] = /<form method="post" action="([^"]*)">/.exec(html) ?? []
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"\/?>/g)].map(([, name, value]) => [plain(name), plain(value)])
  return action ? { posted: { action: plain(action), fields: Object.fromEntries(fields) } } : undefined
}

class Visitor {
  constructor(provider, issuer, endpoints, name) {
    Object.assign(this, { provider, issuer, endpoints, name, browser: new Browser(), signs_in: false })
  }

  /** Where the request leads: { location } at the app, { page: 'sign_in' } or { page: 'refused' }. */
  async authorize(parameters, { method = 'GET', consent = true, sign_in = this.signs_in } = {}) {
    let response = await this.browser.send(method, this.endpoints.authorization_endpoint, parameters)
    for (let steps = 0; steps < 10; ++steps) {
      const location = response.headers.get('location')
      if (!location) return formOf(await response.text()) ?? { page: 'refused' }
      const url = new URL(location, this.issuer).href
      if (!url.startsWith(this.issuer)) return { location: new URL(url) }
      response = await this.browser.get(url)
      if (!url.includes('/interaction/')) continue
      const { prompt } = await response.json()
      if (prompt === 'login' && !sign_in) return { page: 'sign_in' }
      if (prompt === 'login') this.signs_in = sign_in = false // once
      response = await this.browser.get(url + (prompt === 'login' ? `/login?as=${this.name}` : consent ? '/consent' : '/decline'))
    }
    throw new Error(`no end to ${response.url}`)
  }

  /** Signs out as an app asks for, and says yes when asked: { location }, { page: 'done' } or { page: 'refused' }. */
  async leave(parameters, { method = 'GET' } = {}) {
    const asked = await this.browser.send(method, this.endpoints.end_session_endpoint, parameters)
    if (asked.status !== 200) return { page: 'refused' }
    const page = await asked.text()
    const [, action] = /<form[^>]* action="([^"]+)"/.exec(page)
    const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(page)
    const out = await this.browser.get(action, { method: 'POST', body: new URLSearchParams({ xsrf, logout: 'yes' }) })
    const location = new URL(out.headers.get('location'), this.issuer)
    return location.href.startsWith(this.issuer) ? { page: 'done' } : { location }
  }

  /** Another browser with the cookies that this one has now. */
  copy() {
    const other = new Visitor(this.provider, this.issuer, this.endpoints, this.name)
    other.browser.cookies = new Map(this.browser.cookies)
    return other
  }
}

/** `more`: other settings of the provider. */
export async function start(t, more = {}) {
  const { Provider } = await load('oidc-provider')
  const keys = await Promise.all([['ES256', 'ES256'], ['RS256', 'RS256']].map(async ([algorithm, alg]) => ({ ...await jose.exportJWK((await jose.generateKeyPair(algorithm, { extractable: true })).privateKey), alg, use: 'sig', kid: alg })))
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    jwks: { keys },
    cookies: { keys: ['only for tests'], long: { httpOnly: true, sameSite: 'none' } },
    enableHttpPostMethods: true,
    claims: { openid: ['sub'], profile: ['name'], acr: null, auth_time: null },
    acrValues: ['1'],
    scopes: ['openid', 'offline_access'],
    pkce: { required: () => true },
    enabledJWA: { clientAuthSigningAlgValues: ['ES256'], dPoPSigningAlgValues: ['ES256'], idTokenSigningAlgValues: ['ES256', 'RS256'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: '张三' }) }),
    fetch: (url, { dispatcher: _publicAddressesOnly, ...options }) => fetch(url, options), // the apps of the suite are on the loopback
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false }, registration: { enabled: true, initialAccessToken: registration },
      registrationManagement: { enabled: true, rotateRegistrationAccessToken: false },
      introspection: { enabled: true }, revocation: { enabled: true }, clientCredentials: { enabled: true }, deviceFlow: { enabled: true },
      pushedAuthorizationRequests: { enabled: true }, dPoP: { enabled: true }, backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true }, claimsParameter: { enabled: true },
    },
    ...more,
  })
  const answer = provider.callback()
  server.on('request', async (request, response) => {
    const [, uid, act, as] = /^\/interaction\/([^/?]+)(?:\/(\w+)(?:\?as=(\w+))?)?/.exec(request.url) ?? []
    if (!uid) return answer(request, response)
    const details = await provider.interactionDetails(request, response)
    if (act === 'login') return provider.interactionFinished(request, response, { login: { accountId: as } })
    if (act === 'decline') return provider.interactionFinished(request, response, { error: 'access_denied' })
    if (act === 'consent') {
      const grant = new provider.Grant({ accountId: details.session.accountId, clientId: details.params.client_id })
      grant.addOIDCScope(details.params.scope)
      grant.addOIDCClaims(details.prompt.details.missingOIDCClaims ?? [])
      return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true })
    }
    response.end(JSON.stringify({ prompt: details.prompt.name }))
  })
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const endpoints = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()

  return {
    name: 'oidc-provider',
    issuer,
    initialToken: registration,
    fetch,
    /** Registers an app: { id, secret }. */
    async app({ uris, authentication = 'client_secret_basic', keys, pushed = false, bound = false, service = false, post_logout_redirect_uris = [], backchannel_logout_uri }) {
      const body = {
        redirect_uris: uris, response_types: uris.length ? ['code'] : [], token_endpoint_auth_method: authentication,
        grant_types: [...(uris.length ? ['authorization_code', 'refresh_token'] : []), ...(service ? ['client_credentials'] : [])],
        post_logout_redirect_uris, ...(backchannel_logout_uri ? { backchannel_logout_uri, backchannel_logout_session_required: true } : {}),
        ...(keys ? { jwks: keys } : {}), ...(pushed ? { require_pushed_authorization_requests: true } : {}), ...(bound ? { dpop_bound_access_tokens: true } : {}),
      }
      const response = await fetch(endpoints.registration_endpoint, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${registration}` }, body: JSON.stringify(body) })
      const made = await response.json()
      if (response.status !== 201) throw new Error(JSON.stringify(made))
      return { id: made.client_id, secret: made.client_secret }
    },
    nobody: () => new Visitor(provider, issuer, endpoints, 'nobody'),
    somebody: async () => Object.assign(new Visitor(provider, issuer, endpoints, 'somebody'), { signs_in: true }), // at the first request
  }
}
