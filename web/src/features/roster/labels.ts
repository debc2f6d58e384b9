import type { Certification, ImportState, RosterField, RowOutcome } from '@/api/roster'
import { t } from './texts'

export const fields: readonly RosterField[] = [
  'name', 'document_number', 'document_kind', 'gender', 'birth_date', 'school_code', 'school_name', 'grade', 'class_name', 'entry_year', 'student_number',
  'guardian_name', 'guardian_relation', 'guardian_phone', 'guardian2_name', 'guardian2_relation', 'guardian2_phone', 'father_name', 'father_phone', 'mother_name', 'mother_phone', 'post', 'subjects', 'appointed_on',
]
/** A field's words; what is not known is shown as the server calls it. */
export const fieldLabel = (field: string) => {
  const known = fields.find(one => one === field)
  return known ? t(`field_${known}`) : field
}

export const stateTone = { checking: 'info', ready: 'pending', applying: 'info', done: 'ok', failed: 'bad', cancelled: 'neutral' } as const satisfies Record<ImportState, string>
export const stateLabel = (state: ImportState) => t(`state_${state}`)
export const outcomeTone = { fresh: 'ok', changed: 'info', unchanged: 'neutral', rejected: 'bad', missing: 'pending' } as const satisfies Record<RowOutcome, string>
export const outcomeLabel = (outcome: RowOutcome) => t(`count_${outcome}`)
export const certificationTone = { not_begun: 'neutral', in_review: 'pending', returned: 'info', certified: 'ok' } as const satisfies Record<Certification, string>
