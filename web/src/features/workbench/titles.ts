import { texts } from '@/lib/i18n'

export const t = texts({ title: ['工作台', 'Workbench'] })
