import { texts } from '@/lib/i18n'

export const t = texts({ title: ['管理员', 'Administrators'] })
