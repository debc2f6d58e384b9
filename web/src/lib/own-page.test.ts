import { expect, test } from 'vitest'
import { ownPage } from './own-page'

test.each(['/', '/me/apps', '/authorize?client_id=1&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb#x', '/device?user_code=WDJB-MJHT'])('%s is ours', path => {
  expect(ownPage(path)).toBe(path)
})

test.each([undefined, null, ['/me'], '', 'me', '//evil.example', '///evil.example', '/\\evil.example', '/\t/evil.example', '/\n\\evil.example', '/.//evil.example', '/x/..//evil.example', '/.\\/evil.example', 'https://evil.example', 'https:evil.example', 'javascript:alert(1)', '\\/evil.example', ' /me', '//', '//['])('%j leads to the first page', wanted => {
  expect(ownPage(wanted)).toBe('/')
})
