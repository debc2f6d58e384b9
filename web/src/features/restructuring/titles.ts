import { texts } from '@/lib/i18n'

export const t = texts({ title: ['机构调整', 'Restructuring'] })
