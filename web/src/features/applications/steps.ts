// The questions of a profile and what each asks for; the server checks everything again when it is handed in.
import type { ApplicationView, PersonKind, Profile } from '@/api/applications'
import type { Organisation } from '@/api/organisations'
import { isDay } from '@/lib/documents'
import { faults, type Errors } from '@/lib/form'
import { comma } from '@/lib/i18n'
import { isPhone } from '@/lib/phone'
import { postLabel, relationLabel, type Post } from '@/lib/profile-texts'
import { t } from './texts'

export type Step = 'name' | 'school' | 'class' | 'guardians' | 'work' | 'check'
const path: Record<PersonKind, readonly Step[]> = {
  student: ['name', 'school', 'class', 'guardians', 'check'],
  teacher: ['name', 'school', 'work', 'check'],
  staff: ['name', 'school', 'work', 'check'],
}
export const kinds: readonly PersonKind[] = ['student', 'teacher', 'staff']
export const mayChange = ({ state }: Pick<ApplicationView, 'state'>) => ['draft', 'returned', 'withdrawn'].includes(state)
/** What of a profile outlives another answer to who one is: a class that is led is none to be a pupil of. */
export const withoutClass = ({ class_id: _, ...rest }: Profile): Profile => JSON.parse(JSON.stringify(rest)) as Profile

export const stepsOf = (kind: PersonKind): readonly Step[] => path[kind]

export const relations = ['mother', 'father', 'grandparent', 'other_relative'] as const
export const subjects = ['语文', '数学', '英语', '道德与法治', '物理', '化学', '生物', '历史', '地理', '信息科技', '体育与健康', '音乐', '美术', '科学', '劳动'] as const

const year = (value: number | null | undefined) => typeof value === 'number' && value >= 1990 && value <= new Date().getFullYear() + 1

export function faultsOf(step: Step, kind: PersonKind, profile: Profile): Errors {
  switch (step) {
    case 'name': return faults({ name: !profile.name?.trim() && t('need_name') })
    case 'school': return faults({ school_id: !profile.school_id && t('need_school') })
    case 'class': return faults({ class_id: !profile.class_id && t('need_grade_and_class'), entry_year: !year(profile.entry_year) && t('need_year') })
    case 'guardians': return faults(Object.fromEntries((profile.guardians ?? []).flatMap((one, index) => [
      [`guardians[${index}].name`, (!one.name?.trim() && t('need_name')) || (one.name?.trim() === profile.name?.trim() && t('own_guardian'))],
      [`guardians[${index}].relation`, !one.relation && t('need_relation')],
      [`guardians[${index}].phone`, !isPhone(one.phone ?? '') && t('need_phone')],
    ])))
    case 'work': return faults({
      appointed_on: !isDay(profile.appointed_on ?? '') && t('need_appointed'),
      subjects: kind === 'teacher' && !profile.subjects?.length && t('need_subjects'),
      class_id: kind === 'teacher' && !!profile.class_teacher && !profile.class_id && t('need_class'),
      post: kind === 'staff' && !profile.post && t('need_post'),
    })
    case 'check': return {}
  }
}

/** The question that a field of the server's answer belongs to. */
export function stepOfField(field: string, kind: PersonKind): Step {
  const plain = field.replace(/^profile\./, '')
  if (plain.startsWith('guardians')) return 'guardians'
  if (plain === 'name') return 'name'
  if (plain === 'school_id') return 'school'
  if (kind !== 'student') return 'work'
  return plain === 'class_id' || plain === 'entry_year' ? 'class' : 'check'
}

/** The first question without a good answer. */
export function firstOpen(kind: PersonKind, profile: Profile): Step {
  return stepsOf(kind).find(step => (step === 'guardians' && !profile.guardians?.length) || Object.keys(faultsOf(step, kind, profile)).length > 0) ?? 'check'
}

export function rowsOf(view: ApplicationView, base?: string) {
  const { kind, profile } = view
  const to = (step: Step) => base && `${base}/${step}`
  const row = (key: string, label: string, value: string | null | undefined, step: Step) => ({ key, label, value: value || '—', to: to(step) })
  const common = [row('name', t('name'), profile.name, 'name'), row('school', t('school'), view.school, 'school')]
  if (kind === 'student') {
    const guardians = (profile.guardians ?? []).map((one, index) =>
      row(`guardian${index}`, t('guardian', { n: index + 1 }), [one.name, one.relation && relationLabel(one.relation), one.phone].filter(Boolean).join('\n'), 'guardians'))
    return [...common, row('class', t('class'), view.class_name, 'class'), row('year', t('entry_year'), profile.entry_year?.toString(), 'class'), ...guardians]
  }
  const work = [...common, row('appointed', t('appointed_on'), profile.appointed_on, 'work')]
  if (kind === 'staff') return [...work, row('post', t('post'), profile.post && postLabel(profile.post as Post), 'work')]
  return [...work, row('subjects', t('subjects'), profile.subjects?.join(comma()), 'work'), row('lead', t('class_teacher'), profile.class_teacher ? (view.class_name ?? t('yes')) : t('no'), 'work')]
}

/** Pupils of one year in one stage are a grade. */
export const gradeKey = (one: Organisation) => `${one.stage ?? ''}:${one.entry_year ?? ''}`
