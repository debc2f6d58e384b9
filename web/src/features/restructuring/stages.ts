// Which stages a kind of school teaches, as the server has it (organisations::may_teach).
import type { SchoolKind, Stage } from '@/api/organisations'
import { stages } from '@/lib/organisations'

const taught: Partial<Record<SchoolKind, readonly Stage[]>> = {
  primary: ['primary'],
  primary_branch: ['primary'],
  junior: ['junior'],
  vocational_junior: ['junior'],
  nine_year: ['primary', 'junior'],
  complete: ['junior', 'senior'],
  senior: ['senior'],
  twelve_year: ['primary', 'junior', 'senior'],
  correctional: ['junior', 'senior', 'vocational'],
  blind: stages,
  deaf: stages,
  intellectual: stages,
  other_special: stages,
}

export const stagesOf = (kind: SchoolKind): readonly Stage[] => taught[kind] ?? ['vocational']
