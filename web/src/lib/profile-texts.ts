// Words for the choices of a profile, as applicants and reviewers read them.
import type { Guardian } from '@/api/applications'
import { texts } from './i18n'

const t = texts({
  father: ['父亲', 'Father'],
  mother: ['母亲', 'Mother'],
  grandparent: ['祖父母或外祖父母', 'Grandparent'],
  other_relative: ['其他亲属', 'Other relative'],
  guardian: ['监护人', 'Guardian'],
  post_leadership: ['校领导', 'Leadership'],
  post_office: ['处室工作', 'Office'],
  post_teaching_support: ['教辅', 'Teaching support'],
  post_library: ['图书管理', 'Library'],
  post_audiovisual: ['电教', 'Audiovisual'],
  post_workman: ['工勤', 'Maintenance'],
  post_medical: ['医护', 'Medical'],
  post_finance: ['财务', 'Finance'],
  post_catering: ['餐饮', 'Catering'],
  post_research_head: ['教研室主任', 'Head of teaching research'],
  post_year_head: ['年级主任', 'Head of year'],
})

export const posts = ['leadership', 'office', 'teaching_support', 'library', 'audiovisual', 'workman', 'medical', 'finance', 'catering'] as const
export type Post = (typeof posts)[number] | 'research_head' | 'year_head'
export const postLabel = (post: Post) => t(`post_${post}`)
export const relationLabel = (relation: NonNullable<Guardian['relation']>) => t(relation)
