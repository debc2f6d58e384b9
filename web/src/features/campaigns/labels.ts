import type { CampaignState, Phase, Standing } from '@/api/campaigns'
import { count } from '@/lib/format'
import { comma } from '@/lib/i18n'
import { t } from './texts'

type Tone = 'neutral' | 'pending' | 'ok' | 'bad' | 'info'
export const stateTone: Record<CampaignState, Tone> = { draft: 'pending', published: 'info', finished: 'ok', withdrawn: 'bad' }
export const standingTone: Record<Standing, Tone> = { done: 'ok', on_course: 'info', behind: 'pending', overdue: 'bad', nothing: 'neutral' }
export const allPhases: readonly Phase[] = ['training', 'roster', 'certification', 'checking']

/** A changed field in words. */
export function fieldLabel(field: string): string {
  const [name, phase] = field.split('.') as [string, Phase | undefined]
  if (name === 'deadline' && phase) return t('field_deadline', { phase: t(`phase_${phase}`) })
  if (name === 'begins_on' && phase) return t('field_phase_begins', { phase: t(`phase_${phase}`) })
  const known = { name: 'field_name', text: 'field_text', begins_on: 'field_begins', ends_on: 'field_ends', state: 'field_state', concerns: 'field_concerns', school_kinds: 'field_school_kinds', reminder_days: 'field_reminder_days', target: 'field_target' } as const
  return name in known ? t(known[name as keyof typeof known]) : name
}

/** A value of a changed field in words. */
export function valueLabel(field: string, value: string): string {
  if (!value) return field.startsWith('deadline') || field === 'target' ? t('inherited') : '—'
  if (field === 'state') return t(value as CampaignState)
  if (field === 'concerns') return value.split(',').map(one => t(one as 'student' | 'teacher' | 'staff')).join(comma())
  return value
}

/** What is said when a deadline was saved. */
export const savedLabel = (brought: number) => (brought ? t('brought_forward', { n: count(brought) }) : t('saved'))
