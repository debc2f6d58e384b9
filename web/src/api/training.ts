import type { Body, Schema } from './types'

export type TrainingSession = Schema<'training.SessionView'>
export type SessionItem = Schema<'training.SessionItem'>
export type MySession = Schema<'training.MyItem'>
export type Mine = MySession['mine']
export type Attendee = Schema<'training.Attendee'>
export type Material = Schema<'training.MaterialView'>
export type Gaps = Schema<'training.Gaps'>
export type NewSession = Body<'/api/v1/training-sessions', 'post'>
