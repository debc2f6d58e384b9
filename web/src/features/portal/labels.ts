// Words that both sides of the portal show: people who look for an app, and those who answer for one.
import type { AppState, Category } from '@/api/portal'
import { texts } from '@/lib/i18n'

export const t = texts({
  learning: ['学习', 'Learning'],
  reading: ['阅读', 'Reading'],
  assessment: ['测评', 'Assessment'],
  teaching: ['教学', 'Teaching'],
  communication: ['沟通', 'Communication'],
  administration: ['管理', 'Administration'],
  other: ['其他', 'Other'],
  draft: ['未提交', 'Not handed in'],
  submitted: ['待审核', 'In review'],
  returned: ['已退回', 'Returned'],
  approved: ['已通过', 'Approved'],
  testing: ['测试中', 'In test'],
  disabled: ['已停用', 'Disabled'],
  developer: ['开发人员', 'Developer'],
  tester: ['测试人员', 'Tester'],
})

export const categories: readonly Category[] = ['learning', 'reading', 'assessment', 'teaching', 'communication', 'administration', 'other']
export const toneOf = (state: AppState) => ({ draft: 'neutral', submitted: 'pending', returned: 'bad', approved: 'ok' } as const)[state]
