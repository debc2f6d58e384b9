import { texts } from '@/lib/i18n'

export const t = texts({ title: ['认证进度', 'Progress'] })
