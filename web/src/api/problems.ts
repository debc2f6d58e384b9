import type { Body, Schema } from './types'

export type Line = Schema<'problems.Line'>
export type ProblemView = Schema<'problems.Problem'>
export type DeskProblem = Schema<'problems.DeskProblem'>
export type ProblemEvent = Schema<'problems.EventView'>
export type Picture = Schema<'problems.PictureView'>
export type Home = Schema<'problems.Home'>
export type Notice = Schema<'problems.Notice'>
export type Statistics = Schema<'problems.Statistics'>
export type OfOrganisation = Schema<'problems.OfOrganisation'>
export type Kind = Line['kind']
export type State = Line['state']
export type Report = Body<'/api/v1/problems', 'post'>
export type Where = 'here' | 'below' | 'above' | 'solved'

export const kinds: readonly Kind[] = ['registration', 'sign_in', 'review', 'roster_data', 'e_card', 'app', 'client', 'other']
