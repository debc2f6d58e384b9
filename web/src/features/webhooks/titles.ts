import { texts } from '@/lib/i18n'

export const t = texts({ webhooks: ['事件推送', 'Webhooks'] })
