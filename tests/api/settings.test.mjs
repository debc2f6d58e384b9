// Settings come from the file, the environment and flags, each overriding the one before; a name that does not exist is refused.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { binary, temporaryFolder } from '../support/server.mjs'

function check(args, env = {}) {
  const done = spawnSync(binary, ['config', 'check', ...args], { encoding: 'utf8', env: { ...process.env, ...env } })
  return { status: done.status, out: done.stdout, port: /^port = "(\d+)"$/m.exec(done.stdout)?.[1], err: done.stderr }
}

test('file, environment, flags', t => {
  const folder = temporaryFolder()
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'educard.conf')
  writeFileSync(file, 'port = 7001\n')
  const EDUCARD_PORT = '7002'
  assert.equal(check(['--config', file]).port, '7001')
  assert.equal(check(['--config', file], { EDUCARD_PORT }).port, '7002')
  assert.equal(check(['--config', file, '--port', '7003'], { EDUCARD_PORT }).port, '7003')
  assert.equal(check([], { EDUCARD_CONFIG: file }).port, '7001')
  writeFileSync(file, 'prot = 7001\n')
  assert.equal(check(['--config', file]).err, `educard: there is no setting "prot" (${file}); did you mean "port"?\n`)
  assert.equal(check(['--config', file]).status, 2)
  assert.equal(check(['--public-url', 'card.example.cn']).status, 1)
})

test('a misspelt name is told with the place it stands in', () => {
  const run = (args, env = {}) => {
    const { status, stdout, stderr } = spawnSync(binary, args, { encoding: 'utf8', env: { ...process.env, ...env } })
    return { status, out: stdout, err: stderr }
  }
  for (const [args, env, expected] of [
    [['config', 'check'], { EDUCARD_PROT: '1' }, /^educard: there is no setting "EDUCARD_PROT" \(environment variable\); did you mean "EDUCARD_PORT"\?\n$/],
    [['config', 'check'], { EDUCARD_FROBNICATION: '1' }, /^educard: there is no setting "EDUCARD_FROBNICATION" \(environment variable\)\n$/],
    [['frobnicate'], {}, /^educard: "educard" has no command "frobnicate"\nThere are: serve, .*doctor\. Run educard --help/],
    [['serv'], {}, /no command "serv"; did you mean "serve"\?/],
    [['import', 'rooster', 'x.csv'], {}, /^educard: "educard import" has no command "rooster"; did you mean "roster"\?\nThere are: organisations, roster\./],
    [['config', 'check', '--prot', '7001'], {}, /^educard: "educard config check" has no flag "--prot"; did you mean "--port"\?/],
    [['config', 'check', 'now'], {}, /^educard: "educard config check" does not know what to do with "now"/],
  ]) {
    const { status, out, err } = run(args, env)
    assert.match(err, expected)
    assert.equal(status, 2, args.join(' '))
    assert.equal(out, '')
  }
  assert.equal(run(['--help'], { EDUCARD_PROT: '1' }).status, 0)
  assert.equal(run(['config', 'check'], { EDUCARD_TEST_ROUNDS: '1' }).status, 0, 'what the test suite uses')
})

test('what Kubernetes sets for a service that is named educard is no misspelt setting', () => {
  const links = {
    EDUCARD_SERVICE_HOST: '10.96.0.7', EDUCARD_SERVICE_PORT: '80', EDUCARD_SERVICE_PORT_HTTP: '80',
    EDUCARD_PORT_80_TCP: 'tcp://10.96.0.7:80', EDUCARD_PORT_80_TCP_PROTO: 'tcp', EDUCARD_PORT_80_TCP_PORT: '80', EDUCARD_PORT_80_TCP_ADDR: '10.96.0.7',
    EDUCARD_WEB_SERVICE_HOST: '10.96.0.8', EDUCARD_WEB_PORT: 'tcp://10.96.0.8:80', EDUCARD_WEB_PORT_80_TCP: 'tcp://10.96.0.8:80',
  }
  const beside = check([], { ...links, EDUCARD_PORT: '7002' })
  assert.equal(beside.status, 0, beside.err)
  assert.equal(beside.port, '7002', 'a setting keeps its meaning')
  const instead = check([], { ...links, EDUCARD_PORT: 'tcp://10.96.0.7:80' })
  assert.equal(instead.status, 2)
  assert.match(instead.err, /^educard: EDUCARD_PORT is "tcp:\/\/10\.96\.0\.7:80", which is no port: Kubernetes .*\n.*enableServiceLinks: false/)
  assert.equal(check(['--port', '7003'], { ...links, EDUCARD_PORT: 'tcp://10.96.0.7:80' }).port, '7003')
  for (const [name, value] of [['EDUCARD_WEB_PORT', '80'], ['EDUCARD_SERVICE_HOSTS', '10.96.0.7'], ['EDUCARD_PORT_HTTP_TCP', 'tcp'], ['EDUCARD_SERVICEPORT', '80']]) {
    assert.match(check([], { [name]: value }).err, new RegExp(`there is no setting "${name}"`))
  }
})

test("a database's password is not shown", () => {
  for (const url of ['postgresql://educard:s3cret@db/educard', 'postgresql://db/educard?user=educard&password=s3cret&sslmode=require']) {
    const { status, out } = check(['--database', url])
    assert.equal(status, 0)
    assert.ok(out.includes('***') && out.includes('db/educard') && !out.includes('s3cret'), out)
  }
  assert.equal(check(['--database', 'mysql://db/educard']).status, 1)
})
