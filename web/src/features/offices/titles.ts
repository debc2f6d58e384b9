import { texts } from '@/lib/i18n'

export const t = texts({ title: ['联系人', 'Contact persons'], invitation: ['任职邀请', 'Invitation to an office'] })
