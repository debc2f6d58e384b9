// Makes data/breached_passwords.txt: the commonly breached passwords that registration refuses, lower case, sorted by
// byte, one a line, so that the program can search the embedded text without unpacking it.
//
//   npm pack @zxcvbn-ts/language-common@4.1.3 && tar xzf zxcvbn-ts-language-common-4.1.3.tgz
//   node tools/make_breached_passwords.mjs package/src/passwords.json > data/breached_passwords.txt
//
// Source: @zxcvbn-ts/language-common (MIT, see NOTICE). Shorter ones are left out: the length rule refuses them already.
import { readFileSync } from 'node:fs'

const shortest = 8 // kShortestPassword in src/modules/accounts/passwords.hpp

// Common in China and missing from the source: words of love, keyboard walks and lucky numbers, with the usual tails.
const stems = [
  'woaini', 'woaiwojia', 'aini', 'wang', 'zhang', 'li', 'liu', 'chen', 'xiaoming', 'beijing', 'shanghai', 'nanjing', 'jiangsu', 'zhongguo',
  'qwe', 'asd', 'zxc', 'abc', 'aaa', 'qaz', 'a', 'q', 'z', 'w', 'as', 'qq', 'zz', 'xuesheng', 'laoshi', 'jiaoyu', 'student', 'teacher', 'school', 'educard', 'password', 'admin',
]
const tails = [
  '123', '1234', '12345', '123456', '1234567', '12345678', '123456789', '1234567890', '123123', '123321', '111111', '000000', '666666',
  '888888', '88888888', '520', '521', '1314', '5201314', '1314520', '520520', '147258', '147258369', '789456', '789456123', '987654321', '@123', '@123456',
]
const walks = [
  '1qaz2wsx3edc', 'qwertyuiop123', 'asdfghjkl123', 'zxcvbnm123', '1q2w3e4r5t6y', '147258369', '147852369', '159357456', '741852963', '963852741',
  '7758521', '77585210', '520131400', '5201314520', '1314520520', '13145200', '52013140', '00000000', '66666666', '88888888', '99999999', '168168168',
  '123456aa', '123456abc', '12345678a', '123456789a', '123456qq', '123qweasd', '123qweasdzxc', 'qweasdzxc', '1234qwer', 'p@ssw0rd', 'p@ssword',
]

const words = new Set()
const add = (text) => {
  const lower = text.toLowerCase()
  if (lower.length >= shortest && /^[\x21-\x7e]+$/.test(lower)) words.add(lower)
}
for (const text of JSON.parse(readFileSync(process.argv[2], 'utf8'))) add(text)
for (const text of walks) add(text)
for (const stem of stems) for (const tail of tails) { add(stem + tail); add(tail + stem) }
process.stdout.write([...words].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).join('\n') + '\n')
