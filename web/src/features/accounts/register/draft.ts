// What was answered so far. Lives as long as the tab; number and passwords only in memory, so that they are in no storage.
import { reactive, watch } from 'vue'
import type { ConsentPurpose, DocumentKind, GuardianRelation } from '@/api/accounts'
import { ageOn, birthDate, findFault, isResidentNumber, tidyNumber } from '@/lib/documents'

export type Who = 'student' | 'guardian' | 'teacher' | 'staff'
export const steps = ['who', 'document', 'name', 'consent', 'account', 'check', 'done'] as const
export type Step = (typeof steps)[number]

const empty = () => ({
  who: '' as Who | '',
  kind: 'resident_id' as DocumentKind,
  number: '',
  name: '',
  birth: '',
  guardianName: '',
  relation: '' as GuardianRelation | '',
  guardianPhone: '',
  policyVersion: '',
  purposes: [] as ConsentPurpose[],
  userName: '',
  password: '',
  phone: '',
})
export type Draft = ReturnType<typeof empty>

const key = 'educard.registration'
const keptFields = ['who', 'kind', 'name', 'birth', 'userName'] as const

export const draft = reactive<Draft>(empty())

export function restoreDraft() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<Draft>
    for (const field of keptFields) if (kept[field] && !draft[field]) Object.assign(draft, { [field]: kept[field] })
  } catch {
    // no storage: the draft lives in memory
  }
  watch(draft, () => {
    try {
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(keptFields.map(field => [field, draft[field]]))))
    } catch {
      // the same
    }
  })
}

export function forgetDraft() {
  Object.assign(draft, empty())
  try {
    sessionStorage.removeItem(key)
  } catch {
    // the same
  }
}

/** Known from the document, or asked for. */
export function bornOn(of: Draft = draft): string | undefined {
  return isResidentNumber(of.kind) ? birthDate(tidyNumber(of.number)) : of.birth || undefined
}

export function needsConsent(of: Draft = draft): boolean {
  const born = bornOn(of)
  return !!born && ageOn(born) < 14
}

export function pathOf(of: Draft = draft): Step[] {
  return steps.filter(step => step !== 'done' && (step !== 'consent' || needsConsent(of)))
}

/** The first question without an answer. */
export function firstOpen(of: Draft = draft): Step {
  if (!of.who) return 'who'
  if (findFault(of.kind, of.number)) return 'document'
  if (!of.name.trim() || !bornOn(of)) return 'name'
  if (needsConsent(of) && of.purposes.length < 2) return 'consent'
  return of.userName && of.password ? 'check' : 'account'
}

/** The question that a field of the server's answer belongs to. */
export function stepOfField(path: string): Step {
  if (path.startsWith('document')) return 'document'
  if (path === 'name' || path === 'birth_date') return 'name'
  if (path.startsWith('consent')) return 'consent'
  if (['user_name', 'password', 'phone'].includes(path)) return 'account'
  return 'check'
}

/** What the server calls the applicant: a guardian registers a student. */
export const kindOf = (who: Who | '') => (who === 'teacher' || who === 'staff' ? who : 'student')
