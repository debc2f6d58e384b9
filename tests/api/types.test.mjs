// The client is typed by what the server says of itself; the types in the repository are those of this very program.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { binary, root } from '../support/server.mjs'

test('the types of the client are what the API says', () => {
  const made = spawnSync(process.execPath, [join(root, 'tools/make_api_types.mjs'), '--check'], { encoding: 'utf8', env: { ...process.env, EDUCARD_BINARY: binary } })
  assert.equal(made.status, 0, made.stderr)
})
