import { texts } from '@/lib/i18n'

export const t = texts({
  apply: ['认证资料', 'Profile'],
  application: ['认证申请', 'Application'],
})
