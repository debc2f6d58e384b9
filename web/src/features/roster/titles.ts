import { texts } from '@/lib/i18n'

export const t = texts({ title: ['名册', 'Roster'], imports: ['名册导入', 'Roster import'] })
