import { describe, expect, test } from 'vitest'
import { draftOf, fieldsOf, linesOf } from './draft'

describe('settings of an app', () => {
  test('a form that nobody touched gives back what it was made from', () => {
    const draft = draftOf({ ...fieldsOf(), name: '口算', purpose: '练习', redirect_uris: 'https://a.example/cb\n https://b.example/cb ', claims: { name: 'essential', role: 'voluntary', stage: 'no', school: 'no', class_name: 'no', card_number: 'no' } })
    expect(draft.redirect_uris).toEqual(['https://a.example/cb', 'https://b.example/cb'])
    expect(draft.essential).toEqual(['name'])
    expect(draft.voluntary).toEqual(['role'])
    expect(draft.shown.home_url).toBeNull()
    expect(draftOf(fieldsOf(draft))).toEqual(draft)
  })

  test('a change of any setting is a line that differs', () => {
    const before = draftOf({ ...fieldsOf(), name: '口算' })
    const changes = { name: '心算', purpose: 'x', redirect_uris: ['https://c.example'], essential: ['role' as const], voluntary: ['school' as const], id_token_algorithm: 'EdDSA' as const, service: true, pushed: true, bound: true, device: true, post_logout_redirect_uris: ['https://c.example'], backchannel_logout_uri: 'https://c.example' }
    for (const [key, value] of Object.entries(changes)) {
      const after = linesOf({ ...before, [key]: value })
      expect(linesOf(before).filter((line, at) => line.text !== after[at]!.text), key).toHaveLength(1)
    }
    const shown = { description: 'x', home_url: 'https://c.example', contact: 'x', category: 'reading' as const, logo: 'abc', listed: false }
    for (const [key, value] of Object.entries(shown)) {
      const after = linesOf({ ...before, shown: { ...before.shown, [key]: value } })
      expect(linesOf(before).filter((line, at) => line.text !== after[at]!.text), key).toHaveLength(1)
    }
  })
})
