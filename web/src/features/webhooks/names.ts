import type { Delivery } from '@/api/webhooks'
import { t } from './texts'

const known = ['person.certified', 'person.left_school', 'person.changed_school', 'card.revoked', 'card.restored', 'consent.withdrawn', 'app.test'] as const

/** An event in words; one that this client does not know yet, by its name. */
export function eventLabel(type: string): string {
  const found = known.find(one => one === type)
  return found ? t(found) : type
}

/** What the other side said, or why it said nothing. */
export function answerLabel(delivery: Delivery): string {
  if (delivery.error) return t(delivery.error)
  return delivery.status == null ? '—' : String(delivery.status)
}
