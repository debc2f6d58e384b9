// Asks the server; when it cannot be reached, checks with what this device keeps.
import type { VerificationAnswer } from '@/api/cards'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import { keptLists } from '@/lib/card/keep'
import { offlineTrust } from '@/lib/card/trust'
import { verifyOffline, type Reason } from '@/lib/card/verification'

export type Outcome =
  | { kind: 'verdict'; offline: boolean; answer: Omit<VerificationAnswer, 'reason'> & { reason: Reason } }
  | { kind: 'cannot'; why: 'offline_trust_missing' | 'number_offline' }

const isUnreachable = (fault: unknown) => fault instanceof Problem && (fault.status === 0 || fault.status >= 500)

export async function check(code: string): Promise<Outcome> {
  try {
    const answer = await api.post('/api/v1/verifications', { body: { code } })
    return { kind: 'verdict', offline: false, answer: { ...answer, reason: answer.reason as Reason } }
  } catch (fault) {
    if (!isUnreachable(fault)) throw fault
  }
  if (!code.startsWith('EDU1:')) return { kind: 'cannot', why: 'number_offline' }
  const trust = await offlineTrust()
  if (!trust) return { kind: 'cannot', why: 'offline_trust_missing' }
  const verdict = await verifyOffline(code, trust, await keptLists())
  const { name, role, school_code, stage, card_number, expires_at } = verdict
  const about = Object.fromEntries(Object.entries({ name, role, school_code, stage, card_number, expires_at }).filter(([, value]) => value !== undefined))
  return { kind: 'verdict', offline: true, answer: { result: verdict.result, reason: verdict.reason, checked: 'code', checked_at: new Date().toISOString(), ...about } }
}
