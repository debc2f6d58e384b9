import type { Mine } from '@/api/training'

export const mineTone: Record<Mine, 'neutral' | 'pending' | 'ok' | 'info'> = { none: 'neutral', invited: 'pending', signed_up: 'info', attended: 'ok' }
