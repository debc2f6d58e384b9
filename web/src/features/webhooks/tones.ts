import type { DeliveryState } from '@/api/webhooks'

export const deliveryTone = { pending: 'pending', delivered: 'ok', failed: 'bad', withdrawn: 'neutral' } as const satisfies Record<DeliveryState, string>
