// The example of a reverse proxy: every place that it hands on tells who asks, and over what.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../support/server.mjs'

test('nginx tells educard of each request where it came from', () => {
  const text = readFileSync(join(root, 'deploy/nginx.conf'), 'utf8')
  const places = [...text.matchAll(/location ([^{]+?) \{([^}]*)\}/g)].map(([, path, body]) => [path, [...body.matchAll(/proxy_set_header (\S+)/g)].map(found => found[1])])
  const handed = places.filter(([path]) => path !== '= /metrics') // it answers only those who were not passed on
  assert.ok(handed.some(([path]) => path === '= /api/v1/events'), 'the event stream has a place of its own')
  for (const [path, headers] of handed) assert.deepEqual(headers.sort(), ['Connection', 'Host', 'X-Forwarded-For', 'X-Forwarded-Proto'], path)
})
