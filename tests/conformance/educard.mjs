// educard as the suite sees it: the endpoints that discovery names, in a real browser. What a person does there is done by clicking.
import assert from 'node:assert/strict'
import { password, signInAs } from '../support/accounts.mjs'
import { browserFor, visitor } from '../support/browser.mjs'
import { solveCaptcha } from '../support/entry.mjs'
import { freePort } from '../support/ports.mjs'
import { certifiedTeacher, env, registered } from '../support/oidc.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh } from '../support/server.mjs'

const sessionCookie = '__Host-educard'
const elsewhere = 'http://app.example.com/'
const [agree, decline, signOut, goOn] = ['同意并登录', '不同意', '退出登录', '继续']

/** What comes first; the others may wait in vain. */
function first(...all) {
  for (const one of all) one.catch(() => {})
  return Promise.race(all)
}

/** One window for all visitors, whose cookies are put into it when it is their turn: what it loaded once stays in its cache. */
class Window {
  static async open(t, issuer) {
    // Without pictures, and without a service worker, which would answer in place of the server.
    const browser = await browserFor(t, { more: ['--blink-settings=imagesEnabled=false'] })
    const page = await visitor(browser, issuer, { serviceWorkers: 'block' })
    t.after(() => assert.deepEqual(page.faults, []))
    const window = Object.assign(new Window(), { issuer, page, context: page.context() })
    const debug = await window.context.newCDPSession(page)
    // Playwright's own interception would switch the cache off.
    debug.on('Fetch.requestPaused', ({ requestId, request: { url, urlFragment = '', method, postData } }) => {
      if (new URL(url).origin === issuer) return debug.send('Fetch.continueRequest', { requestId })
      if (url === elsewhere) return debug.send('Fetch.fulfillRequest', { requestId, responseCode: 200 })
      window.left?.(method === 'POST' ? { posted: { action: url, fields: Object.fromEntries(new URLSearchParams(postData)) } } : { location: new URL(url + urlFragment) })
      return debug.send('Fetch.fulfillRequest', { requestId, responseCode: 204 }) // the app has nothing to show; the browser stays where it is
    })
    // What is refused without any page of ours. Once it stands there, so that the next address is not in its way.
    page.on('response', answer => answer.request().isNavigationRequest() && answer.status() >= 400 && page.once('framenavigated', () => window.left?.({ page: 'refused' })))
    await debug.send('Fetch.enable', { patterns: [{ urlPattern: '*', resourceType: 'Document' }] })
    return window
  }

  /** The cookies of whose turn it is, as they can be put in again. */
  async cookies() {
    const all = await this.context.cookies(this.issuer)
    return all.map(({ name, value, httpOnly, secure, sameSite }) => ({ name, value, httpOnly, secure, sameSite, url: this.issuer.replace('http:', 'https:') }))
  }

  async turnOf(person) {
    if (this.holder === person) return
    if (this.holder) this.holder.cookies = await this.cookies()
    this.holder = person
    await this.context.clearCookies()
    await this.context.addCookies(person.cookies)
  }

  /** What an app lets the browser do: go to an address with parameters, or post them there from a page of its own. */
  async send(method, address, parameters) {
    const fields = [...new URLSearchParams(parameters)]
    if (method === 'GET') return this.page.goto(`${address}?${new URLSearchParams(fields)}`, { waitUntil: 'commit' })
    await this.page.goto(elsewhere)
    return this.page.evaluate(([action, pairs]) => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action })
      for (const [name, value] of pairs) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
      document.body.append(form)
      form.submit()
    }, [address, fields])
  }

  /**
   * Does that, and waits until the browser leaves or the page wants something: { location }, { posted } or { page }. The page that posts
   * an answer to the app wants nothing, though it has a button; it has no #main.
   */
  async after(act) {
    const away = new Promise(left => (this.left = left))
    await act()
    return await first(away, this.page.locator('#main :is([role=alert], button, a)').first().waitFor()) ?? { page: await this.state() }
  }

  press(name) {
    const button = this.button(name)
    return this.after(async () => {
      await button.click()
      await first(button.waitFor({ state: 'detached' }), this.page.locator('#main [role=alert]').waitFor())
    })
  }

  async state() {
    const { page } = this
    if (new URL(page.url()).pathname === '/login') return 'sign_in'
    if (await page.locator('#main [role=alert]').count()) return 'refused'
    for (const [name, state] of [[agree, 'consent'], [signOut, 'sign_out'], [goOn, 'choose']]) if (await this.button(name).count()) return state
    if (await page.getByText('已退出登录').count()) return 'done'
    throw new Error(`a page that nobody knows: ${await page.locator('#main').innerText()}`)
  }

  button(name) {
    return this.page.locator('#main').getByRole('button', { name, exact: true })
  }
}

class Visitor {
  constructor(window, endpoints, cookies = []) {
    Object.assign(this, { window, endpoints, cookies })
  }

  /** Where the request leads: { location } or { posted } at the app, or the { page } at which the person is left. */
  async authorize(parameters, { method = 'GET', consent = true, sign_in = false, choose = true } = {}) {
    const { window } = this
    await window.turnOf(this)
    let at = await window.after(() => window.send(method, this.endpoints.authorization_endpoint, parameters))
    if (at.page === 'sign_in' && sign_in) at = await window.after(() => this.#signIn())
    if (at.page === 'choose' && choose) at = await window.press(goOn)
    return at.page === 'consent' && choose ? window.press(consent ? agree : decline) : at
  }

  /** Signs out as an app asks for, and says yes when asked: { location }, { page: 'done' } or { page: 'refused' }. */
  async leave(parameters, { method = 'GET' } = {}) {
    const { window } = this
    await window.turnOf(this)
    const at = await window.after(() => window.send(method, this.endpoints.end_session_endpoint, parameters))
    return at.page === 'sign_out' ? window.press(signOut) : at
  }

  /** Another browser with the cookies that this one has now. */
  async copy() {
    await this.window.turnOf(this)
    return new Visitor(this.window, this.endpoints, await this.window.cookies())
  }

  async #signIn() {
    const { page } = this.window
    await page.fill('#login', 'the.teacher')
    await page.fill('#password', password)
    await solveCaptcha(page)
    await page.click('form button[type=submit]')
    await page.waitForURL(url => url.pathname !== '/login')
  }
}

export async function start(t) {
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const server = await fresh(t, { port, env: { ...env, EDUCARD_PUBLIC_URL: issuer, EDUCARD_REACH_PRIVATE: 'true' } })
  await certifiedTeacher(server, await smallSchool(server))
  const [, initialToken] = /initial_token +(\S+)/.exec(educard(server.data, ['app', 'token', 'create', '--open', '--organisation', '32', '--uses', '1000']).out)
  const endpoints = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
  const window = await Window.open(t, issuer)
  return {
    name: 'educard',
    issuer,
    initialToken,
    fetch,
    app({ uris, authentication = 'client_secret_basic', keys, pushed = false, bound = false, service = false, post_logout_redirect_uris = [], backchannel_logout_uri }) {
      const more = [...post_logout_redirect_uris.flatMap(uri => ['--post-logout-redirect-uri', uri]), ...(backchannel_logout_uri ? ['--backchannel-logout-uri', backchannel_logout_uri] : []), ...(pushed ? ['--require-par'] : []), ...(bound ? ['--require-dpop'] : []), ...(service ? ['--service'] : [])]
      return registered(server, { uris, open: authentication === 'none', jwks: keys, more })
    },
    nobody: () => new Visitor(window, endpoints),
    /** Signed in already, by a session of the API: the page for that has its own check. */
    async somebody() {
      const { token } = await signInAs(issuer, 'the.teacher')
      return new Visitor(window, endpoints, [{ name: sessionCookie, value: token, httpOnly: true, secure: true, sameSite: 'Strict', url: issuer.replace('http:', 'https:') }])
    },
  }
}
