import { expect, test } from 'vitest'
import { isPhone, tidyPhone } from './phone'

test.each(['13812345678', '138 1234 5678', '+86 13812345678', '8613812345678', '025-83335678', '(0512) 65221234', '+44 20 7946 0958'])('%s is a telephone number', text => expect(isPhone(text)).toBe(true))
test.each(['', '1381234567', '12345678901', '83335678', '+0441234567', '13812345678x'])('"%s" is none', text => expect(isPhone(text)).toBe(false))
test('what sets digits apart goes', () => expect(tidyPhone('(025) 8333-5678')).toBe('02583335678'))
