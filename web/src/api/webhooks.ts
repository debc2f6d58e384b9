import type { Schema } from './types'

export type AppWebhooks = Schema<'webhooks.AppWebhooks'>
export type Endpoint = Schema<'webhooks.Endpoint'>
export type Delivery = Schema<'webhooks.Delivery'>
export type DeliveryDetail = Schema<'webhooks.DeliveryDetail'>
export type DeliveryState = Delivery['state']
