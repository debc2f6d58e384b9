import type { Schema } from './types'

/** Name, role and place are absent when the person is nothing anywhere at present. */
export type Card = Schema<'cards.CardView'>
export type CardEvent = Schema<'cards.CardEvent'>
export type CardReason = NonNullable<Card['reason']>
export type CardDevice = Schema<'cards.DeviceView'>
export type VerificationAnswer = Schema<'cards.VerificationView'>
