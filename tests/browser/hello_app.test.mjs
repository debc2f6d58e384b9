// The page for developers (docs/apps.md) walked literally: its command registers the app, its program runs, and somebody signs in.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { password } from '../support/accounts.mjs'
import { browserFor, visitor } from '../support/browser.mjs'
import { eventually } from '../support/client.mjs'
import { solveCaptcha } from '../support/entry.mjs'
import { certifiedTeacher } from '../support/oidc.mjs'
import { freePort } from '../support/ports.mjs'
import { smallSchool } from '../support/school.mjs'
import { educard, fresh, root, temporaryFolder } from '../support/server.mjs'

test('the hello-world app of the documentation', async t => {
  const [port, appPort] = [await freePort(), await freePort()]
  const issuer = `http://localhost:${port}`
  // As it stands in the page, but for the two ports.
  const page = readFileSync(join(root, 'docs/apps.md'), 'utf8').replaceAll('localhost:8080', `localhost:${port}`).replaceAll('localhost:3000', `localhost:${appPort}`).replaceAll('listen(3000)', `listen(${appPort})`)
  const command = /^build\/release\/educard (app create [^`]*?[^\\])\n/m.exec(page)[1].replaceAll(/\\\n/g, ' ').trim().split(/\s+/)
  const [, program] = /`app\.mjs`:\n\n```js\n([\s\S]*?)```/.exec(page)
  const server = await fresh(t, { port, env: { EDUCARD_PUBLIC_URL: issuer } })
  const { grown } = await certifiedTeacher(server, await smallSchool(server))

  const made = educard(server.data, command)
  assert.equal(made.status, 0, made.err)
  const [, id] = /client_id +(\d+)/.exec(made.out)
  const [, secret] = /client_secret +(\S+)/.exec(made.out)

  const folder = temporaryFolder('educard-app-')
  symlinkSync(join(root, 'web/node_modules'), join(folder, 'node_modules')) // what npm install brings
  writeFileSync(join(folder, 'app.mjs'), program)
  const app = spawn(process.execPath, ['app.mjs', id, secret], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
  t.after(async () => {
    app.kill()
    if (app.exitCode === null) await once(app, 'exit')
  })
  await eventually(() => fetch(`http://localhost:${appPort}/`, { redirect: 'manual' }).then(answer => answer.status === 302, () => false))

  const browser = await browserFor(t)
  const visit = await visitor(browser, issuer)
  await visit.goto(`http://localhost:${appPort}/`)
  await visit.waitForURL(/\/login/)
  await visit.fill('#login', 'the.teacher')
  await visit.fill('#password', password)
  await solveCaptcha(visit)
  await visit.click('form button[type=submit]')
  await visit.getByRole('button', { name: '同意并登录' }).click()
  await visit.getByText(`你好，${grown.name}！`).waitFor()
})
