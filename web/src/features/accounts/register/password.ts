// What the server will refuse a password for, told where it is typed. Only the list of breached passwords is the server's alone.
import { isDay } from '@/lib/documents'

const shortest = 8
const longest = 256
const telling = 6

/** Few different characters, or hardly more than one run like "abcdef", "987654". */
function isSimple(word: string): boolean {
  const bytes = new TextEncoder().encode(word)
  if (new Set(bytes).size < 4) return true
  let [run, long] = [1, 1]
  for (let at = 1; at < bytes.length; at++) {
    run = Math.abs(bytes[at]! - bytes[at - 1]!) === 1 ? run + 1 : 1
    long = Math.max(long, run)
  }
  return long + 4 > bytes.length && long >= 5
}

const isBirthday = (word: string) => /^(19|20)\d{6}$/.test(word) && isDay(word.replace(/^(\d{4})(\d\d)/, '$1-$2-'))

/** Takes away what the password shares with `fact` in runs of six characters or more. */
function without(word: string, fact: string): string {
  const least = Math.min(telling, fact.length)
  if (least < 3) return word
  for (let length = Math.min(fact.length, word.length); length >= least; length--) {
    for (let at = 0; at + length <= fact.length; at++) word = word.replaceAll(fact.slice(at, at + length), '')
  }
  return word
}

/** `personal` is what its owner's acquaintances know: user name, document number, phone. */
export function findPasswordFault(password: string, personal: readonly string[]): 'short' | 'long' | 'simple' | 'personal' | undefined {
  const word = password.normalize('NFKC').toLowerCase()
  if ([...word].length < shortest) return 'short'
  if ([...word].length > longest) return 'long'
  if (isSimple(word) || isBirthday(word)) return 'simple'
  const rest = personal.reduce((left, fact) => without(left, fact.toLowerCase()), word)
  return [...rest].length < shortest && rest !== word ? 'personal' : undefined
}
