// What an account was registered for, as far as this device or the account itself tells; a guess, for a question that is asked anyway.
import type { Me } from '@/api/accounts'
import type { PersonKind } from '@/api/applications'
import { ageOn } from '@/lib/documents'

const key = 'educard.registered'
const youngestWorker = 14
interface Registered { account: string; kind: PersonKind }

export function rememberKind(account: string, kind: PersonKind) {
  try {
    localStorage.setItem(key, JSON.stringify({ account, kind } satisfies Registered))
  } catch {
    // no storage: it is asked again
  }
}

export function likelyKind(who: Me | null): PersonKind | undefined {
  if (!who) return undefined
  if (who.birth_date && ageOn(who.birth_date) < youngestWorker) return 'student'
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Registered | null
    return kept?.account === who.account_id ? kept.kind : undefined
  } catch {
    return undefined
  }
}
