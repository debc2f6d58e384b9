import { texts } from '@/lib/i18n'

export const t = texts({ title: ['审计日志', 'Audit log'] })
