import { texts } from '@/lib/i18n'

export const t = texts({ title: ['批量处理', 'Bulk work'] })
