import { texts } from '@/lib/i18n'

export const t = texts({
  family: ['我的孩子', 'My children'],
  join: ['关联孩子', 'Add a child'],
  child: ['孩子', 'Child'],
  guardians: ['监护人', 'Guardians'],
})
