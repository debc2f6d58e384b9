import { texts } from '@/lib/i18n'

export const t = texts({ title: ['本地设置', 'Settings'] })
