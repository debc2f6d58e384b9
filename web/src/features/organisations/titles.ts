import { texts } from '@/lib/i18n'

export const t = texts({ title: ['组织机构', 'Organisations'] })
