import type { BulkOutcome, BulkWork } from '@/api/bulk'
import { t } from './texts'

const stateTone = { counting: 'info', ready: 'pending', running: 'info', done: 'ok', failed: 'bad' } as const satisfies Record<BulkWork['state'], string>
/** The state in words; a dry run that found nothing is not waiting for anybody. */
export const isEmpty = (work: BulkWork) => work.state === 'ready' && !work.total
export const workTone = (work: BulkWork) => (isEmpty(work) ? 'neutral' : stateTone[work.state])
export const workState = (work: BulkWork) => t(isEmpty(work) ? 'state_empty' : `state_${work.state}`)
export const outcomeTone = { planned: 'pending', left_out: 'neutral', done: 'ok', skipped: 'info' } as const satisfies Record<BulkOutcome, string>
export const outcomes = ['done', 'skipped', 'planned', 'left_out'] as const satisfies readonly BulkOutcome[]

const reasons = ['own_application', 'changed_meanwhile', 'number_certified', 'bulk_outside', 'bulk_other_turn', 'bulk_other_open', 'bulk_certified', 'bulk_newer'] as const
/** Why an application was left out or skipped; `code` is the server's. */
export function reasonLabel(code: string): string {
  const known = reasons.find(one => code === `applications.${one}`)
  return known ? t(`why_${known}`) : `${t('why_other')} (${code})`
}

/** What a work is about: "Close · Returned, and not handed in again". */
export function aboutLabel(work: BulkWork): string {
  return `${t(`action_${work.action}`)} · ${whichLabel(work.action === 'undo' ? work.to_state : work.from_state)}`
}

/** The same of the work that this one undoes. */
export function undoneLabel(work: BulkWork): string {
  return `${t(work.to_state === 'rejected' ? 'action_reopen' : 'action_close')} · ${whichLabel(work.to_state)}`
}

const whichLabel = (from: BulkWork['from_state']) => t(from === 'returned' || from === 'submitted' ? `which_${from}` : 'which_rejected')

/** Whom of them: kind and days. */
export function limitsLabel(work: BulkWork): string {
  const from = work.from_state
  if (work.action === 'undo' || (from !== 'returned' && from !== 'submitted' && from !== 'rejected')) return ''
  return [work.kind && t(`kind_${work.kind}`), work.since && `${t(`since_${from}`)} ${work.since}`, work.before && `${t(`before_${from}`)} ${work.before}`].filter(Boolean).join(' · ')
}

/** How many items of a work ended so; what waits is what was not turned yet. */
export const countOf = (work: BulkWork, outcome: BulkOutcome) => (outcome === 'planned' ? work.total - work.done - work.skipped : work[outcome])
