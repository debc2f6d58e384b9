import { texts } from '@/lib/i18n'

export const t = texts({ plan: ['培训计划', 'Training plan'], mine: ['我的培训', 'My training'], session: ['培训', 'Training'], create: ['安排培训', 'Plan a session'], edit: ['修改培训', 'Change a session'] })
