import { texts } from '@/lib/i18n'

export const t = texts({
  campaigns: ['专项工作', 'Campaigns'],
  create: ['新建专项工作', 'New campaign'],
  edit: ['修改专项工作', 'Change a campaign'],
})
