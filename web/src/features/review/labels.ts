import type { ApplicationState, FieldComparison, RosterMatch } from '@/api/applications'
import type { Role } from '@/api/types'
import { t } from './texts'

export const stateTone = { draft: 'neutral', submitted: 'pending', returned: 'info', withdrawn: 'neutral', approved: 'ok', rejected: 'bad' } as const satisfies Record<ApplicationState, string>
export const stateLabel = (state: ApplicationState) => t(`state_${state}`)
export const matchLabel = (match: RosterMatch) => t(`match_${match}`)
export const roleLabel = (role: Role | null | undefined) => t(role ? `role_${role}` : 'role_applicant')

const plain = ['document', 'name', 'school', 'class', 'entry_year', 'birth_date', 'gender', 'subjects', 'appointed_on', 'post', 'class_teacher', 'guardians'] as const
const ofGuardian = ['name', 'relation', 'phone', 'document'] as const

/** "guardians[0].phone" is "监护人1 电话". */
export function fieldLabel(field: string): string {
  const known = plain.find(one => one === field)
  if (known) return t(`field_${known}`)
  const guardian = /^guardians\[(\d+)\]\.(\w+)/.exec(field)
  const part = ofGuardian.find(one => one === guardian?.[2])
  return guardian && part ? t(`guardian_${part}`, { n: Number(guardian[1]) + 1 }) : field
}

/** What a field says, in words: values of the API that are nobody's own text get their label. */
export function valueLabel(field: string, value: string | null | undefined): string | null | undefined {
  return field === 'gender' && (value === 'male' || value === 'female') ? t(`gender_${value}`) : value
}

/** What is said beside a field that is not simply the same. */
export function noteOf(row: FieldComparison): { text: string; loud: boolean } | undefined {
  switch (row.match) {
    case 'same':
      return undefined
    case 'same_after_folding':
      return { text: t('folded'), loud: false }
    case 'missing':
      return { text: t('missing'), loud: true }
    case 'look_alike':
      return { text: `${t('differs')} · ${t('look_alike')}`, loud: true }
    case 'different':
      return { text: t('differs'), loud: true }
  }
}

const leftOutReasons = ['match_differs', 'match_none', 'contested', 'own_application', 'guardian_same_name', 'bulk_full', 'changed_meanwhile', 'roster_changed', 'not_your_turn', 'no_consent', 'child_by_roster', 'account_is_someone_else', 'number_certified'] as const
/** Why an application is not approved, in bulk or at all; `code` is the server's. */
export function leftOutLabel(code: string): string {
  const known = leftOutReasons.find(one => code === `applications.${one}`)
  return known ? t(`left_${known}`) : `${t('left_other')} (${code})`
}
