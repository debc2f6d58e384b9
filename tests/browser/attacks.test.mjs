// What only a browser shows: pages that nobody can frame, another site's forms and scripts with somebody's cookie, and where links to pages of ours lead.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { password, register } from '../support/accounts.mjs'
import { browserFor, visitor } from '../support/browser.mjs'
import { signInAs, solveCaptcha } from '../support/entry.mjs'
import { begun, callback, certifiedTeacher, env, registered, relyingParty } from '../support/oidc.mjs'
import { people } from '../support/people.mjs'
import { smallSchool } from '../support/school.mjs'
import { fresh } from '../support/server.mjs'

/** The attacker's site, whose page is what `show` was given; `kept` is what came to it. */
async function evilSite(t) {
  const site = { html: '', kept: [] }
  const host = createServer((request, response) => {
    site.kept.push(`${request.method} ${request.url}`)
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    if (request.url === '/plant') response.setHeader('Set-Cookie', `__Host-educard=${'A'.repeat(43)}; Path=/; Secure; SameSite=Lax`)
    response.end(request.url === '/own' ? '<!doctype html><h1>own</h1>' : `<!doctype html><title>evil</title>${site.html}`)
  }).listen(0, '127.0.0.1')
  await once(host, 'listening')
  t.after(() => host.close())
  const { port } = host.address()
  return Object.assign(site, { port, at: name => `http://${name}:${port}/`, show: html => (site.html = html) })
}

/** The names that a loopback goes by: of the same site as the server's, and of another. */
const namesFor = url => {
  const { hostname } = new URL(url)
  return { 'of the same site, at another port': hostname, 'of another site': hostname === 'localhost' ? '127.0.0.1' : 'localhost' }
}

/** Notes every request that would leave the server under test, and answers it in its place. */
async function fenced(page, server) {
  const left = []
  await page.route(target => target.origin !== new URL(server.url).origin && target.protocol.startsWith('http'), (route, request) => {
    left.push(request.url())
    return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>evil</title>' })
  })
  return left
}

test('what another site can do in a browser', { timeout: 600_000 }, async t => {
  const server = await fresh(t, { env })
  const { url } = server
  const school = await smallSchool(server)
  const { teacher } = await certifiedTeacher(server, school)
  const [person] = people(1, { seed: 181, from: 1985, to: 1985 })
  const owner = await register(url, person, 'the.owner')
  const browser = await browserFor(t)
  const page = await visitor(browser, url, { size: 'computer' })
  await signInAs(page, 'the.owner', password)
  const evil = await evilSite(t)
  const { parameters } = await begun(await relyingParty(server, registered(server)))
  const authorize = `/authorize?${new URLSearchParams(parameters)}`
  const back = () => page.goto('/me')

  for (const [where, name] of Object.entries(namesFor(url))) {
    await t.test(`${where}: none of our pages shows in a frame, an object or an embed`, async () => {
      for (const path of ['/', '/login', authorize, '/device', '/logout', '/me/apps', '/me/password', '/nowhere', '/api', '/oidc/form_post', '/api/v1/nothing', '/favicon.ico']) {
        for (const html of [`<iframe src="${url}${path}"></iframe>`, `<iframe sandbox="allow-scripts allow-forms" src="${url}${path}"></iframe>`, `<object data="${url}${path}" type="text/html"></object>`, `<embed src="${url}${path}" type="text/html">`, `<form method="post" target="in" action="${url}/oidc/form_post"><input name="ticket" value="x"></form><iframe name="in"></iframe><script>document.forms[0].submit()</script>`].slice(path === '/oidc/form_post' ? 4 : 0, path === authorize ? 4 : path === '/oidc/form_post' ? 5 : 1)) {
          evil.show(html)
          await page.goto(evil.at(name), { waitUntil: 'load' })
          await page.waitForTimeout(150)
          for (const frame of page.frames().slice(1)) {
            const shown = await frame.evaluate(() => document.body?.innerText ?? '').catch(() => '')
            assert.ok(!frame.url().startsWith(url) || shown === '', `${path} in ${html}: ${frame.url()} shows ${shown.slice(0, 80)}`)
            assert.ok(!/登录|授权|教育卡/.test(shown), `${path}: ${shown.slice(0, 80)}`)
          }
        }
      }
      evil.show('<iframe src="/own"></iframe>')
      await page.goto(evil.at(name), { waitUntil: 'load' })
      assert.equal(await page.frames()[1].evaluate(() => document.body.innerText), 'own', 'the attacker\'s own page shows, so this can fail')
    })

    await t.test(`${where}: forms and scripts with the cookie change nothing and read nothing`, async () => {
      await back()
      const before = [await owner.get('/api/v1/applications'), (await owner.get('/api/v1/sessions')).length, (await owner.get('/api/v1/me')).language, (await owner.get('/api/v1/me/events')).items.length]
      const targets = [['/api/v1/applications', '{"kind":"staff","x":"', '"}'], ['/api/v1/me/authenticator', '', ''], ['/api/v1/card/report-lost', '', ''], ['/api/v1/me/events/seen', '{"last":"1","x":"', '"}'], ['/api/v1/me/claim', '{"document":{},"x":"', '"}'], ['/api/v1/sessions', '{"login":"the.teacher","x":"', '"}'], ['/api/v1/authorizations', '{"x":"', '"}']]
      for (const [path, start, end] of targets) {
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
          evil.show(`<form method="post" enctype="${type}" action="${url}${path}"><input name='${start}' value='${end}'></form><script>document.forms[0].submit()</script>`)
          const answered = page.waitForResponse(answer => answer.url() === url + path)
          await page.goto(evil.at(name)).catch(() => {})
          assert.equal((await answered).status(), 403, `${path} ${type}`)
          await page.waitForLoadState()
        }
      }
      evil.show('')
      await page.goto(evil.at(name))
      const told = await page.evaluate(async ([base, paths]) => {
        const out = []
        for (const [path, method] of paths) {
          for (const options of [{ mode: 'no-cors' }, { mode: 'cors' }, { mode: 'cors', headers: { 'content-type': 'application/json' } }]) {
            try {
              const answer = await fetch(base + path, { method, credentials: 'include', ...(method === 'GET' ? {} : { body: '{"kind":"staff","language":"en"}' }), ...options })
              out.push(`${method} ${path} ${answer.type} ${answer.status} ${(await answer.text()).slice(0, 100)}`)
            } catch { out.push('') }
          }
        }
        navigator.sendBeacon(`${base}/api/v1/applications`, '{"kind":"staff"}')
        return out
      }, [url, [['/api/v1/me', 'GET'], ['/api/v1/sessions', 'GET'], ['/api/v1/applications', 'POST'], ['/api/v1/me', 'PATCH'], ['/api/v1/sessions', 'DELETE'], ['/api/v1/me/authenticator', 'DELETE']]])
      for (const one of told) assert.match(one, /^(|\w+ \S+ opaque 0 )$/)
      for (const html of [`<img src="${url}/api/v1/me">`, `<script src="${url}/api/v1/me"></script>`, `<link rel="stylesheet" href="${url}/api/v1/me">`, `<script src="${url}/api/openapi.json"></script>`]) {
        evil.show(html)
        await page.goto(evil.at(name))
      }
      await back()
      assert.deepEqual([await owner.get('/api/v1/applications'), (await owner.get('/api/v1/sessions')).length, (await owner.get('/api/v1/me')).language, (await owner.get('/api/v1/me/events')).items.length], before)
      assert.equal(await page.evaluate(async () => (await fetch('/api/v1/me')).status), 200, 'the owner is signed in all the while')
      assert.equal(await page.evaluate(() => document.cookie), '')
    })

    await t.test(`${where}: a link to the sign-out asks, and a window that it opened is nobody's`, async () => {
      evil.show(`<a href="${url}/logout">x</a><img src="${url}/logout"><script>function go() { window.theirs = open('${url}/login') }</script>`)
      await page.goto(evil.at(name))
      const [popup] = await Promise.all([page.context().waitForEvent('page'), page.evaluate(() => go())])
      await popup.waitForLoadState()
      assert.equal(await popup.evaluate(() => window.opener), null)
      assert.equal(await page.evaluate(() => { try { return window.theirs.location.href } catch { return 'shut' } }).catch(() => 'shut') === `${url}/login`, false)
      await popup.close()
      await page.click('a')
      await page.getByText('要退出教育卡登录吗').waitFor()
      assert.equal(await page.evaluate(async () => (await fetch('/api/v1/me')).status), 200)
    })
  }

  await t.test('a cookie that the neighbour planted is not the session after signing in', async () => {
    const other = await visitor(browser, url)
    await other.goto(`${evil.at(new URL(url).hostname)}plant`)
    await other.goto('/')
    const cookie = async () => (await other.context().cookies(url)).filter(one => one.name === '__Host-educard')
    const [planted] = await cookie()
    assert.equal(planted?.value, 'A'.repeat(43), 'the browser took it')
    await signInAs(other, 'the.owner', password)
    const [own, ...more] = await cookie()
    assert.deepEqual(more, [])
    assert.match(own.value, /^[\w-]{43}$/)
    assert.notEqual(own.value, planted.value)
    assert.deepEqual([own.httpOnly, own.secure, own.sameSite], [true, true, 'Strict'])
    await other.context().close()
    assert.ok((await teacher.get('/api/v1/me')).user_name)
  })
})

/** What attackers put where a page of ours is expected. */
const elsewhere = [
  '//evil.example', '///evil.example', '////evil.example', '/\\evil.example', '/\\/evil.example', '\\\\evil.example', '\\/evil.example', '/\t/evil.example', '/\n/evil.example', '/\r/evil.example', '/\t\\evil.example', '\t//evil.example', ' //evil.example', '/\u0000/evil.example',
  'https://evil.example', 'https:evil.example', 'https:/evil.example', 'https:\\\\evil.example', 'http:evil.example', 'HTTPS://evil.example', '%2f%2fevil.example', '/%2fevil.example', '/%5cevil.example', '/%09/evil.example', '/.//evil.example', '/..//evil.example', '/x/..//evil.example', '/./\\evil.example', '//evil.example/%2e%2e', '//evil.example:443', '//user@evil.example', '//evil\u3002example', '\uff0f\uff0fevil.example', '/\u2044evil.example', '@evil.example', '.evil.example', ':80@evil.example', '?//evil.example', '#//evil.example',
  'javascript:alert(1)//', 'JaVaScRiPt:alert(1)', 'java\nscript:alert(1)', ' javascript:alert(1)', '/javascript:alert(1)', 'data:text/html,<script>alert(1)</script>', 'vbscript:x', 'blob:x', 'file:///etc/passwd', 'about:blank',
]

test('links to our pages lead to our pages', { timeout: 600_000 }, async t => {
  const server = await fresh(t, { env })
  const { url } = server
  const school = await smallSchool(server)
  await certifiedTeacher(server, school)
  const browser = await browserFor(t)
  const page = await visitor(browser, url)
  const left = await fenced(page, server)
  let alerts = 0
  page.on('dialog', dialog => (++alerts, dialog.dismiss()))
  const assertHere = what => {
    assert.deepEqual(left, [], what)
    assert.equal(new URL(page.url()).origin, new URL(url).origin, `${what}: ${page.url()}`)
    assert.equal(alerts, 0, what)
  }

  await t.test('the fence sees who leaves', async () => {
    await page.goto('/verify')
    await page.evaluate(() => location.assign('/\\evil.example/x')).catch(() => {})
    await page.waitForTimeout(200)
    assert.deepEqual(left.splice(0), ['http://evil.example/x'])
    await page.waitForURL('**/x') // the fence's own page; else the next test's first step meets this one's last
  })

  await t.test('after another try, when the server did not answer (/trouble?next=)', async () => {
    const gone = []
    for (const next of elsewhere) {
      await page.goto(`/trouble?${new URLSearchParams({ next })}`)
      await page.getByRole('button', { name: '重试' }).click()
      await page.waitForURL(target => target.pathname !== '/trouble')
      await page.waitForLoadState()
      if (left.splice(0).length || new URL(page.url()).origin !== new URL(url).origin) gone.push(next)
    }
    assert.deepEqual(gone, [])
    assert.equal(alerts, 0)
    await page.goto('/trouble?next=/verify')
    await page.getByRole('button', { name: '重试' }).click()
    await page.waitForURL('**/verify')
  })

  await t.test('after signing in (/login?next=)', async () => {
    for (const next of ['//evil.example', '/\\evil.example', '/\t/evil.example', '/.//evil.example', 'https://evil.example', 'https:evil.example', 'javascript:alert(1)//', '/\u0000/evil.example']) {
      await page.context().clearCookies()
      await page.goto(`/login?${new URLSearchParams({ next })}`)
      await page.fill('#login', 'the.teacher')
      await page.fill('#password', password)
      await solveCaptcha(page)
      await page.click('form button[type=submit]')
      await page.waitForURL(target => !target.pathname.startsWith('/login'))
      await page.waitForTimeout(100)
      assertHere(JSON.stringify(next))
    }
  })

  await t.test('addresses that begin with two slashes, and pages with addresses in their parameters', async () => {
    for (const path of ['//evil.example', '//evil.example/', '///evil.example', '/\\evil.example', '/%2f/evil.example', '/%5cevil.example', '/login//evil.example', '//evil.example/%2e%2e']) {
      await page.goto(url + path).catch(() => {})
      await page.waitForTimeout(100)
      assertHere(path)
    }
    const names = ['next', 'url', 'redirect', 'redirect_uri', 'return', 'return_to', 'returnTo', 'continue', 'goto', 'target', 'location', 'post_logout_redirect_uri', 'login', 'user_code', 'ended']
    for (const path of ['/', '/login', '/register/who', '/device', '/logout', '/authorize', '/verify', '/me', '/forbidden', '/nowhere']) {
      await page.goto(`${path}?${new URLSearchParams(names.map(name => [name, '//evil.example/x']))}`)
      await page.locator('h1').first().waitFor()
      assertHere(path)
    }
  })

  await t.test('an app\'s address that only looks registered: the page stays and says so', async () => {
    const { parameters } = await begun(await relyingParty(server, registered(server)))
    for (const redirect_uri of [`${callback}/`, callback.replace('app.', 'evil.'), 'javascript:alert(1)', `${callback}\n`]) {
      for (const more of [{}, { prompt: 'none' }, { response_mode: 'form_post' }]) {
        await page.goto(`/authorize?${new URLSearchParams({ ...parameters, redirect_uri, ...more })}`)
        await page.locator('[role=alert]').first().waitFor()
        assertHere(redirect_uri)
      }
      await page.goto(`/logout?${new URLSearchParams({ client_id: parameters.client_id, post_logout_redirect_uri: redirect_uri })}`)
      await page.locator('[role=alert]').first().waitFor()
      assertHere(redirect_uri)
    }
  })
})
