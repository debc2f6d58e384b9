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
  assert.match(check(['--config', file]).err, /prot/)
  assert.equal(check(['--config', file]).status, 2)
  assert.equal(check(['--public-url', 'card.example.cn']).status, 1)
})

test("a database's password is not shown", () => {
  for (const url of ['postgresql://educard:s3cret@db/educard', 'postgresql://db/educard?user=educard&password=s3cret&sslmode=require']) {
    const { status, out } = check(['--database', url])
    assert.equal(status, 0)
    assert.ok(out.includes('***') && out.includes('db/educard') && !out.includes('s3cret'), out)
  }
  assert.equal(check(['--database', 'mysql://db/educard']).status, 1)
})
