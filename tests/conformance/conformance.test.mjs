// The suite against educard and, for comparison, against npm oidc-provider. Where the two differ stands in docs/conformance.md.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as educard from './educard.mjs'
import * as peer from './oidc_provider.mjs'
import { back_channel_logout, basic, config, dynamic, fapi2, form_post, rp_logout } from './suite.mjs'

/** Checks that oidc-provider answers otherwise; each has its line in docs/conformance.md. */
const peerDiffers = new Set(['redirect_uri is missing', 'an essential acr that nobody can meet'])

for (const [name, provider] of Object.entries({ educard, 'oidc-provider': peer })) {
  test(`${name} by the conformance plans`, { timeout: 1200_000 }, async t => {
    const op = await provider.start(t)
    for (const [plan, checks] of Object.entries({ basic, form_post, config, dynamic, rp_logout, back_channel_logout, fapi2 })) {
      for (const [check, run] of Object.entries(checks)) {
        await t.test(`${plan}: ${check}`, async () => {
          if (name === 'oidc-provider' && peerDiffers.has(check)) await assert.rejects(run(op), undefined, 'it is as educard now: take it off the list')
          else await run(op)
        })
      }
    }
  })
}
