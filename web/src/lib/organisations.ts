// Words and small facts about organisations that several features show.
import type { OrganisationKind, SchoolKind, Stage } from '@/api/organisations'
import type { Role } from '@/api/types'
import { texts } from './i18n'

const t = texts({
  province: ['省', 'Province'],
  city: ['设区市', 'City'],
  county: ['县（市、区）', 'County or district'],
  unit: ['教育管理单位', 'Education unit'],
  school: ['学校', 'School'],
  class: ['班级', 'Class'],
  stage_primary: ['小学', 'Primary'],
  stage_junior: ['初中', 'Junior secondary'],
  stage_senior: ['普通高中', 'Senior secondary'],
  stage_vocational: ['中等职业', 'Vocational'],
  stage_special: ['特殊教育', 'Special education'],
  school_primary: ['小学', 'Primary school'],
  school_primary_branch: ['小学教学点', 'Primary branch'],
  school_junior: ['初级中学', 'Junior secondary school'],
  school_nine_year: ['九年一贯制学校', 'Nine-year school'],
  school_vocational_junior: ['职业初中', 'Vocational junior school'],
  school_complete: ['完全中学', 'Complete secondary school'],
  school_senior: ['高级中学', 'Senior secondary school'],
  school_twelve_year: ['十二年一贯制学校', 'Twelve-year school'],
  school_vocational: ['调整后中等职业学校', 'Vocational school'],
  school_technical: ['中等技术学校', 'Technical school'],
  school_teacher_training: ['中等师范学校', 'Teacher training school'],
  school_adult_secondary: ['成人中等专业学校', 'Adult secondary school'],
  school_vocational_senior: ['职业高中', 'Vocational senior school'],
  school_skilled_workers: ['技工学校', 'School for skilled workers'],
  school_correctional: ['专门学校（工读）', 'Correctional school'],
  school_blind: ['盲人学校', 'School for the blind'],
  school_deaf: ['聋人学校', 'School for the deaf'],
  school_intellectual: ['培智学校', 'School for the intellectually disabled'],
  school_other_special: ['其他特殊教育学校', 'Other special school'],
  province_admin: ['省级管理员', 'Province administrator'],
  city_admin: ['市级管理员', 'City administrator'],
  county_admin: ['县区管理员', 'County administrator'],
  school_admin: ['学校管理员', 'School administrator'],
  class_teacher: ['班主任', 'Class teacher'],
  inspector: ['督导（只查看）', 'Inspector (only looks)'],
})

export const kindLabel = (kind: OrganisationKind) => t(kind)
export const stageLabel = (stage: Stage) => t(`stage_${stage}`)
export const schoolKindLabel = (kind: SchoolKind) => t(`school_${kind}`)
export const roleLabel = (role: Role) => t(role)

export const stages: readonly Stage[] = ['primary', 'junior', 'senior', 'vocational', 'special']
export const schoolKinds: readonly SchoolKind[] = [
  'primary', 'primary_branch', 'junior', 'nine_year', 'vocational_junior', 'complete', 'senior', 'twelve_year', 'vocational', 'technical',
  'teacher_training', 'adult_secondary', 'vocational_senior', 'skilled_workers', 'correctional', 'blind', 'deaf', 'intellectual', 'other_special',
]

export { officeOf } from './office-of'

/** Whether who holds these offices may give, or end, that of an organisation: from above, in the province also among themselves. */
export function mayAppoint(own: readonly { role: Role; organisation_id: string; path: string }[], at: { id: string; kind: OrganisationKind; path: string }): boolean {
  return own.some(one => one.role !== 'class_teacher' && one.role !== 'inspector' && at.path.startsWith(one.path) && (one.organisation_id !== at.id || at.kind === 'province'))
}

/** An inspector is also appointed by the place's own administrators. */
export function mayAppointInspector(own: Parameters<typeof mayAppoint>[0], at: Parameters<typeof mayAppoint>[1]): boolean {
  return at.kind !== 'class' && own.some(one => one.role !== 'class_teacher' && one.role !== 'inspector' && at.path.startsWith(one.path))
}

/** Of several organisations those that lie below none of the others. */
export function outermost<T extends { path: string }>(all: readonly T[]): T[] {
  return all.filter((one, index) => !all.some((other, at) => (other.path !== one.path ? one.path.startsWith(other.path) : at < index)))
}
